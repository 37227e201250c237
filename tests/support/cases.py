"""For each detector the books that the sweeps run it on. A detector without a case fails the sweeps."""

from collections.abc import Callable
from dataclasses import dataclass

from support import (
    broker_books,
    cluster_books,
    flow_books,
    guarantee_books,
    merchant_books,
    ring_books,
    velocity_books,
)
from support.toy import Book


@dataclass(frozen=True)
class Case:
    """Books for one detector.

    Attributes
    ----------
    planted : holds something of every kind that the detector finds
    innocent : the same shapes with an innocent explanation; every finding in it names one
    told : whether what has an innocent explanation is reported all the same
    hard : makes a bound of the work bite
    units : from a seed, books that share nothing and so are units of their own
    """

    planted: Callable[[], Book]
    innocent: Callable[[], Book]
    hard: Callable[[], Book]
    units: Callable[[int], list[Book]]
    told: bool = True


CASES = {
    "guarantee": Case(guarantee_books.planted, guarantee_books.innocent, guarantee_books.hard, guarantee_books.units),
    "fraud-ring": Case(ring_books.planted, ring_books.innocent, ring_books.hard, ring_books.units, told=False),
    "intermediary": Case(
        broker_books.planted, broker_books.innocent, broker_books.hard, broker_books.units, told=False
    ),
    "fund-flow": Case(flow_books.planted, flow_books.innocent, flow_books.hard, flow_books.units, told=False),
    "velocity": Case(velocity_books.planted, velocity_books.innocent, velocity_books.hard, velocity_books.units),
    "risky-cluster": Case(
        cluster_books.planted, cluster_books.innocent, cluster_books.hard, cluster_books.units, told=False
    ),
    "cashout-merchant": Case(
        merchant_books.planted, merchant_books.innocent, merchant_books.hard, merchant_books.units, told=False
    ),
}
