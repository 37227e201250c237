"""What a sale shows of turning credit into cash: money that came back, goods that never went, limits used up, odd
hours, many at once, and customers who know the shop or each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from .returned import Returned, returned
from .sales import DAY, Sales
from .ties import Ties, ties

SIGNS = ("returned", "refunded", "undelivered", "at_limit", "off_hours", "burst", "tied")
HARD = ("returned", "refunded", "undelivered")
"""Signs of money or goods; the others are of behaviour, and a promotion day shows them too."""
NEAR_LIMIT = 0.9
LATE, EARLY = 22, 6
"""Hours of the day between which an application is filed off hours."""
CHINA = 8 * 3_600_000
BURST_DAYS, BURST_LEAST, BURST_TIMES = 3, 4, 5
"""Sales of a shop within so many days, at least so many, and so many times as many as is usual there, are a burst."""
USUAL_DAYS = 30
"""What is usual at a shop is taken over at least so many days."""
SETTLED = 30
"""Days after payment from which on goods that did not go are taken not to go any more."""


@dataclass(frozen=True)
class Signs:
    """The signs of sales.

    Attributes
    ----------
    shown, known : bool[sales, signs], whether a sale shows a sign, and whether that can be known; in the order of
        ``SIGNS``
    sent : bool by sale, whether its order was dispatched or delivered
    returned, ties : what of the signs was looked at
    """

    shown: np.ndarray
    known: np.ndarray
    sent: np.ndarray
    returned: Returned
    ties: Ties


def signs(view: GraphView, sales: Sales, days: float, share: float) -> Signs:
    """The signs of all sales.

    Parameters
    ----------
    days, share : within so many days after the loan was paid so much of it comes back where a sale is cash
    """
    back, tied = returned(view, sales, days, share), ties(view, sales)
    refunded, shipped, delivered = _reached(view, sales, ("refunded_at", "shipped_at", "delivered_at"))
    sent = shipped | delivered
    has_order, settled = sales.order >= 0, (sales.paid > ALWAYS) & (sales.paid < view.as_of - SETTLED * DAY)
    limited, dated = (sales.limit > 0) & (sales.amount > 0), sales.applied > ALWAYS
    hour, has_hour = _hour(sales.applied)
    found = {
        "returned": (back.shown, back.known),
        "refunded": (refunded, has_order),
        # an order that was called off need not go
        "undelivered": (~sent, has_order & settled & ~refunded),
        "at_limit": (sales.amount >= np.round(NEAR_LIMIT * sales.limit, 6), limited),
        "off_hours": ((hour >= LATE) | (hour < EARLY), has_hour),
        "burst": (_bursts(sales), dated),
        "tied": (tied.shown, tied.known),
    }
    known = np.stack([found[sign][1] for sign in SIGNS], axis=1)
    shown = np.stack([found[sign][0] for sign in SIGNS], axis=1) & known
    return Signs(shown, known, sent, back, tied)


def _reached(view: GraphView, sales: Sales, names: tuple[str, ...]) -> list[np.ndarray]:
    """bool by sale: whether its order had come to each of these times by ``as_of``."""
    has = np.flatnonzero(sales.order >= 0)
    rows = sales.orders.where(sales.order[has])
    reached = [np.zeros(len(sales), bool) for _ in names]
    for name, found in zip(names, reached, strict=True):
        found[has] = rows.column(name).astype(float).to_numpy() <= view.as_of
    return reached


def _hour(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64 and bool: the hour of the day, and whether it is known. Midnight itself is a date without an hour."""
    local = np.where(time > ALWAYS, time + CHINA, 0) % DAY
    return local // 3_600_000, local > 0


def _bursts(sales: Sales) -> np.ndarray:
    """bool by sale: whether the shop sold many times as much as usual in the days around it."""
    found = np.zeros(len(sales), bool)
    starts = np.flatnonzero(np.diff(sales.merchant, prepend=-1, append=-1))
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if end - begin >= BURST_LEAST:
            found[begin:end] = _burst(sales.applied[begin:end])
    return found


def _burst(applied: np.ndarray) -> np.ndarray:
    """bool by sale of one shop."""
    times = np.sort(applied[applied > ALWAYS])
    if len(times) < BURST_LEAST:
        return np.zeros(len(applied), bool)
    half, span = BURST_DAYS * DAY // 2, max(int(times[-1] - times[0]), USUAL_DAYS * DAY)
    near = np.searchsorted(times, applied + half, "right") - np.searchsorted(times, applied - half)
    return (applied > ALWAYS) & (near >= BURST_LEAST) & (near * span >= BURST_TIMES * BURST_DAYS * DAY * len(times))
