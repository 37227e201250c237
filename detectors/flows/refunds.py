"""What came back as a refund: whether it gave back the price of what had been ordered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct, laid_out
from ...graph.snapshot import Edges
from ..contract import Params
from .ledger import CENTS, Ledger
from .papers import Papers
from .search import DAY, Flow, Search

WEEK = 7 * DAY
"""An order belongs to what was paid to the merchant within so much time of it."""


class Refunds(NamedTuple):
    """What came back as a refund.

    Attributes
    ----------
    all : whether all that came back is on record as one
    short : the price that it fell short of, where no goods are on record as sent: a shop that sends nothing gives back
        what it got, and one that keeps a part of it sold cash; None elsewhere
    orders : int64, the relationships that say so
    """

    all: bool
    short: float | None
    orders: np.ndarray


def refunds(found: Search, flow: Flow, said: Papers, as_of: int, params: Params) -> Refunds:
    """What came back of a flow as a refund."""
    ledger, none = found.ledger, np.zeros(0, dtype=np.int64)
    back = flow.arrives[~found.where.restricted[ledger.target[flow.arrives]]]
    if not len(back) or not among(back, said.refunds).all():
        return Refunds(False, None, none)
    mine = _orders(ledger, flow, said.orders, distinct(ledger.source[back]))
    sent = [(mine.column(name).astype(float).to_numpy() <= as_of).any() for name in ("shipped_at", "delivered_at")]
    price = float(mine.amount.min(initial=np.inf))
    short = not any(sent) and ledger.amount[back].sum() / CENTS < (1 - params["least_part"]) * price < np.inf
    return Refunds(True, price, mine.positions) if short else Refunds(True, None, none)


def _orders(ledger: Ledger, flow: Flow, orders: Edges, tills: np.ndarray) -> Edges:
    """What the borrowers ordered of those who own some accounts, around the time when these were paid."""
    came = np.concatenate((flow.payments, flow.leads))
    paid = ledger.time[came[among(ledger.target[came], tills)]]
    if not len(paid):
        return orders.where(np.zeros(0, dtype=np.int64))
    borrowers = distinct(ledger.borrower[flow.loans])
    low, high = (np.searchsorted(orders.source, borrowers, side=side) for side in ("left", "right"))
    orders = orders.where(laid_out(low, high))
    shops = np.array(sorted({owner for till in tills.tolist() for owner in ledger.owners_of(till)}), dtype=np.int64)
    near = (orders.valid_from >= paid.min() - WEEK) & (orders.valid_from <= paid.max() + WEEK)
    return orders.where(near & among(orders.target.astype(np.int64), shops))
