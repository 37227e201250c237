"""What is added to a book whose rings, brokers and honest borrowers are done: other frauds and their look-alikes."""

from __future__ import annotations

from .alike_haste import hasty_innocents
from .alike_money import moving_innocents
from .book import Book
from .cashout import plant_cashout
from .clusters import plant_clusters, village_borrows
from .everyday import busy_innocents, go_on_living
from .flows import plant_flows
from .limits import list_accidents
from .places import open_restricted
from .schemes import Later, chance_of, later_in
from .velocity import plant_velocity

# Planted for each 20,000 applicants.
RATES = {"velocity": 20, "fund_flow": 12, "cashout_merchant": 6, "risky_cluster": 4}
VILLAGES = 3


def add_later(book: Book, seed: int, share: float) -> Later:
    """Plants ``share`` times the rates of each kind; the innocent are drawn first and are the same for every share."""
    later, applicants = later_in(book, seed), len(book.applicants)
    counts = {kind: round(rate * share * applicants / 20_000) for kind, rate in RATES.items()}
    with chance_of(later, "places"):
        where = open_restricted(later)
    with chance_of(later, "innocents"):
        village_borrows(later, max(1, round(VILLAGES * applicants / 20_000)))
        hasty_innocents(later, applicants)
        moving_innocents(later, applicants, where)
    with chance_of(later, "velocity"):
        plant_velocity(later, counts["velocity"])
    with chance_of(later, "flows"):
        plant_flows(later, counts["fund_flow"], where)
    with chance_of(later, "cashout"):
        plant_cashout(later, counts["cashout_merchant"])
    with chance_of(later, "clusters"):
        plant_clusters(later, counts["risky_cluster"])
    with chance_of(later, "everyday"):
        go_on_living(later)
    list_accidents(later)
    busy_innocents(later)
    return later
