"""What is added to a book whose rings, brokers and honest borrowers are done: other frauds and their look-alikes."""

from __future__ import annotations

from .book import Book
from .flows import plant_flows
from .limits import list_accidents
from .places import open_restricted
from .schemes import Later, chance_of, later_in
from .velocity import plant_velocity

# Planted for each 20,000 applicants.
RATES = {"velocity": 20, "fund_flow": 12}


def add_later(book: Book, seed: int, share: float) -> Later:
    """Plants ``share`` times the rates of each kind; the innocent are drawn first and are the same for every share."""
    later = later_in(book, seed)
    counts = {kind: round(rate * share * len(book.applicants) / 20_000) for kind, rate in RATES.items()}
    with chance_of(later, "places"):
        where = open_restricted(later)
    with chance_of(later, "velocity"):
        plant_velocity(later, counts["velocity"])
    with chance_of(later, "flows"):
        plant_flows(later, counts["fund_flow"], where)
    list_accidents(later)
    return later
