"""What a sale shows of turning credit into cash: money that came back, goods that never went, limits used up, odd
hours, many at once, and customers who know the shop or each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...graph.kernels.returns import Groups, Returns, returns
from ...graph.kernels.sets import distinct, laid_out
from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ..flows.ledger import Ledger, cents
from .sales import DAY, Sales

SIGNS = ("returned", "refunded", "undelivered", "at_limit", "off_hours", "burst", "tied")
HARD = ("returned", "refunded", "undelivered")
"""Signs of money or goods; the others are of behaviour, and a promotion day shows them too."""
NEAR_LIMIT = 0.9
LATE, EARLY = 22, 6
"""Hours of the day between which an application is filed off hours."""
CHINA = 8 * 3_600_000
BURST_DAYS, BURST_LEAST, BURST_TIMES = 3, 4, 5.0
"""Sales of a shop within so many days, at least so many, and so many times as many as is usual there, are a burst."""
SETTLED = 30
"""Days after payment from which on goods that did not go are taken not to go any more."""
NAMED_BY = 3
"""A phone that so many customers of one shop name ties them."""


@dataclass(frozen=True)
class Signs:
    """The signs of sales.

    Attributes
    ----------
    shown, known : bool[sales, signs], whether a sale shows a sign, and whether that can be known; in the order of
        ``SIGNS``
    back : transfers by which money came back, by sale
    side : the accounts of each merchant and of who controls it, by sale
    """

    shown: np.ndarray
    known: np.ndarray
    back: Returns
    side: Groups


def signs(view: GraphView, sales: Sales, ledger: Ledger, days: float, share: float) -> Signs:
    """The signs of all sales.

    Parameters
    ----------
    days, share : within so many days after the loan was paid so much of it comes back where a sale is cash
    """
    count = len(sales)
    shown, known = np.zeros((count, len(SIGNS)), bool), np.zeros((count, len(SIGNS)), bool)
    side = _side(view, sales, ledger)
    back = _back(sales, ledger, side, days, share)
    put = dict(zip(SIGNS, zip(shown.T, known.T, strict=True), strict=True))
    _set(put["returned"], _shown(back.case, count), _sends(ledger, side) & (sales.paid > ALWAYS) & (sales.amount > 0))
    has_order = sales.order >= 0
    refunded, sent = (_orders(sales, *names) for names in (("refunded_at",), ("shipped_at", "delivered_at")))
    _set(put["refunded"], refunded, has_order)
    settled = sales.paid < view.as_of - SETTLED * DAY
    _set(put["undelivered"], ~sent, has_order & settled & (sales.paid > ALWAYS))
    limited = (sales.limit > 0) & (sales.amount > 0)
    _set(put["at_limit"], sales.amount >= NEAR_LIMIT * np.where(limited, sales.limit, np.inf), limited)
    local = (sales.applied + CHINA) % DAY
    hour = local // 3_600_000
    _set(put["off_hours"], (hour >= LATE) | (hour < EARLY), (sales.applied > ALWAYS) & (local > 0))
    _set(put["burst"], _bursts(sales), sales.applied > ALWAYS)
    _set(put["tied"], _tied(view, sales), np.ones(count, bool))
    return Signs(shown, known, back, side)


def _set(sign: tuple[np.ndarray, np.ndarray], shown: np.ndarray, known: np.ndarray) -> None:
    sign[0][:], sign[1][:] = shown & known, known


def _shown(case: np.ndarray, count: int) -> np.ndarray:
    found = np.zeros(count, bool)
    found[case] = True
    return found


def _side(view: GraphView, sales: Sales, ledger: Ledger) -> Groups:
    """The accounts of each sale's merchant, and of who controls it."""
    controls = view.ties("CONTROLS")
    merchants = distinct(sales.merchant)
    controls = controls.where(np.isin(controls.target, merchants))
    party = np.concatenate((merchants, controls.source)).astype(np.int64)
    whose = np.concatenate((merchants, controls.target)).astype(np.int64)
    offsets, accounts = ledger.owned
    count = offsets[party + 1] - offsets[party]
    pairs = distinct((np.repeat(whose, count) << 32) | accounts[laid_out(offsets[party], offsets[party + 1])])
    return _by_case(sales.merchant, pairs >> 32, pairs & 0xFFFFFFFF)


def _by_case(key: np.ndarray, keys: np.ndarray, values: np.ndarray) -> Groups:
    """For each case the values of its key; ``keys`` ascend."""
    low, high = np.searchsorted(keys, key), np.searchsorted(keys, key, side="right")
    offsets = np.zeros(len(key) + 1, np.int64)
    np.cumsum(high - low, out=offsets[1:])
    return Groups(offsets, values[laid_out(low, high)])


def _back(sales: Sales, ledger: Ledger, side: Groups, days: float, share: float) -> Returns:
    offsets, accounts = ledger.owned
    low, high = offsets[sales.customer], offsets[sales.customer + 1]
    ends = np.zeros(len(sales) + 1, np.int64)
    np.cumsum(high - low, out=ends[1:])
    own = Groups(ends, accounts[laid_out(low, high)])
    least = np.where(sales.amount > 0, np.ceil(cents(np.nan_to_num(sales.amount)) * share), np.iinfo(np.int64).max)
    until = np.where(sales.paid > ALWAYS, sales.paid + round(days * DAY), ALWAYS)
    return returns(ledger.out, side, own, sales.paid, until, least.astype(np.int64))


def _sends(ledger: Ledger, side: Groups) -> np.ndarray:
    """bool by sale: whether any transfer out of an account of the merchant's side is on record."""
    sends = np.diff(ledger.out.offsets)[side.accounts]
    total = np.concatenate(([0], np.cumsum(sends)))
    return total[side.offsets[1:]] > total[side.offsets[:-1]]


def _orders(sales: Sales, *names: str) -> np.ndarray:
    """bool by sale: whether its order states any of these times."""
    stated = np.zeros(len(sales), bool)
    has = np.flatnonzero(sales.order >= 0)
    rows = sales.orders.where(sales.order[has])
    for name in names:
        stated[has] |= rows.column(name).notna().to_numpy(dtype=bool)
    return stated


def _bursts(sales: Sales) -> np.ndarray:
    """bool by sale: whether the shop sold many times as much as usual in the days around it."""
    found = np.zeros(len(sales), bool)
    starts = np.flatnonzero(np.diff(sales.merchant, prepend=-1))
    for here in np.split(np.arange(len(sales)), starts[1:]) if len(sales) else ():
        here = here[sales.applied[here] > ALWAYS]
        times = np.sort(sales.applied[here])
        if len(times) < BURST_LEAST:
            continue
        half = BURST_DAYS * DAY // 2
        near = np.searchsorted(times, sales.applied[here] + half, "right") - np.searchsorted(
            times, sales.applied[here] - half
        )
        usual = len(times) * BURST_DAYS * DAY / max(int(times[-1] - times[0]), 30 * DAY)
        found[here] = near >= max(BURST_LEAST, BURST_TIMES * usual)
    return found


def _tied(view: GraphView, sales: Sales) -> np.ndarray:
    """bool by sale: whether the customer names a phone of the merchant or of who controls it, of another customer of
    the merchant, or one that others of its customers name."""
    named = ties_to_phones(view, sales)
    sold = pd.DataFrame({"merchant": sales.merchant, "customer": sales.customer}).drop_duplicates()
    calls = sold.merge(named[named["named"]], left_on="customer", right_on="party")[["merchant", "customer", "phone"]]
    own = named[~named["named"]]
    side = _sides(view, distinct(sales.merchant)).merge(own, on="party")[["merchant", "phone"]]
    customers = sold.merge(own, left_on="customer", right_on="party")[["merchant", "customer", "phone"]]
    of_side = calls.merge(side.drop_duplicates(), on=["merchant", "phone"])
    of_others = calls.merge(customers, on=["merchant", "phone"], suffixes=("", "_called"))
    of_others = of_others[of_others["customer"] != of_others["customer_called"]]
    calls = calls.drop_duplicates()
    _, phone, callers = np.unique(_key(calls, "phone"), return_inverse=True, return_counts=True)
    told = (_key(of_side), _key(of_others), _key(calls)[callers[phone] >= NAMED_BY])
    keys = np.concatenate(told)
    return np.isin((sales.merchant << 32) | sales.customer, keys)


def _key(rows: Any, of: str = "customer") -> np.ndarray:
    """int64 by row: a merchant with one of its customers, or with a phone."""
    return (np.asarray(rows["merchant"], dtype=np.int64) << 32) | np.asarray(rows[of], dtype=np.int64)


def ties_to_phones(view: GraphView, sales: Sales) -> pd.DataFrame:
    """``party, phone, named, position``: which phones customers name, and which they, merchants and who controls these
    have as their own."""
    called, own = view.ties("LISTS_CONTACT"), view.ties("HAS_PHONE")
    own = own.where(np.asarray(own.column("use") != "work"))
    called = called.where(np.isin(called.source, sales.customer))
    parts = [
        pd.DataFrame({"party": e.source.astype(np.int64), "phone": e.target, "named": named, "position": e.positions})
        for e, named in ((called, True), (own, False))
    ]
    return pd.concat(parts, ignore_index=True)


def _sides(view: GraphView, merchants: np.ndarray) -> pd.DataFrame:
    """``merchant, party``: each merchant with itself and who controls it."""
    controls = view.ties("CONTROLS")
    controls = controls.where(np.isin(controls.target, merchants))
    party = np.concatenate((merchants, controls.source)).astype(np.int64)
    return pd.DataFrame({"merchant": np.concatenate((merchants, controls.target)).astype(np.int64), "party": party})
