"""Loans that were paid to their borrower and went to a merchant at once: sales on credit under another name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct, laid_out
from ...graph.model import ALWAYS, KIND_CODE, RELATION_CODE
from ...graph.snapshot import Edges, GraphView
from ..flows.ledger import cents

DAY = 86_400_000
SPENT_DAYS = 2
"""A loan of which most went to a merchant within so many days was taken for that."""


class Spent(NamedTuple):
    """Loans that were spent; arrays of one length.

    Attributes
    ----------
    loan, merchant : int64 nodes
    position : int64, the transfer by which it was spent
    time : int64, when
    """

    loan: np.ndarray
    merchant: np.ndarray
    position: np.ndarray
    time: np.ndarray


def spent(view: GraphView) -> Spent:
    """Loans whose account paid a merchant soon after: a transfer of more than half of what the loan brought, of which
    the loan is more than half.

    A transfer spends one loan, the one that was paid last before it. At a merchant a loan is spent once, by the first.
    """
    paid, bought = _paid(view), _bought(view)
    payment, purchase = _soon(paid.target, paid.valid_from, bought.source, bought.valid_from)
    wait = bought.valid_from[purchase] - paid.valid_from[payment]
    brought, price = cents(paid.amount[payment]), cents(bought.amount[purchase])
    most = (2 * price > brought) & (2 * brought > price)
    purchase, payment, wait, brought = purchase[most], payment[most], wait[most], brought[most]
    last = _first_of(purchase, wait, -brought, ranks(view, paid.positions[payment]))
    return _at_merchants(view, paid.source[payment[last]].astype(np.int64), bought.where(purchase[last]))


def _paid(view: GraphView) -> Edges:
    """What loans paid into accounts."""
    paid = _timed(view.ties("DISBURSED_TO"))
    return paid.where(view.kinds[paid.target] == KIND_CODE["account"])


def _bought(view: GraphView) -> Edges:
    """What accounts of merchants got."""
    is_till = np.zeros(view.node_count, bool)
    is_till[_tills(view).target] = True
    moved = view.ties("TRANSFERRED")
    return _timed(moved.where(is_till[moved.target]))


def _tills(view: GraphView) -> Edges:
    """Whose the accounts of merchants are."""
    owns = view.ties("OWNS")
    return owns.where(view.kinds[owns.source] == KIND_CODE["merchant"])


def _timed(edges: Edges) -> Edges:
    """Those of known time and of a known amount above nothing."""
    return edges.where((edges.valid_from > ALWAYS) & (edges.amount > 0))


def _at_merchants(view: GraphView, loan: np.ndarray, bought: Edges) -> Spent:
    """At which merchants loans were spent, by the first transfer of each to each."""
    tills = _tills(view)
    tills = tills.where(np.argsort(tills.target, kind="stable"))
    low, high = (np.searchsorted(tills.target, bought.target, side=side) for side in ("left", "right"))
    place, merchant = np.repeat(np.arange(len(bought)), high - low), tills.source[laid_out(low, high)].astype(np.int64)
    loan, bought = loan[place], bought.where(place)
    first = _first_of((merchant << 32) | loan, bought.valid_from, -cents(bought.amount), ranks(view, bought.positions))
    return Spent(loan[first], merchant[first], bought.positions[first], bought.valid_from[first])


def _first_of(group: np.ndarray, *by: np.ndarray) -> np.ndarray:
    """int64: the place of the first of each group, in the order of some columns."""
    order = np.lexsort((*reversed(by), group))
    return order[np.flatnonzero(np.diff(group[order], prepend=-1))]


def ranks(view: GraphView, positions: np.ndarray) -> np.ndarray:
    """int64: the places of relationships in the order of their uids, which is no store's own."""
    rank = np.empty(len(positions), np.int64)
    rank[view.uid_order(positions)] = np.arange(len(positions))
    return rank


# -- step by step, at the cost of what one merchant's accounts have


def lent(view: GraphView, tills: np.ndarray) -> np.ndarray:
    """int32: the loans that had been paid into accounts so soon before these paid a merchant.

    Parameters
    ----------
    tills : the merchant's accounts, ascending
    """
    payer, till, bought = _moves(view, tills, "TRANSFERRED")
    payer, bought = payer[among(till, tills)], bought[among(till, tills)]
    loan, account, paid = _moves(view, distinct(payer), "DISBURSED_TO")
    return loan[_soon(account, paid, payer, bought)[0]]


def reached(view: GraphView, loans: np.ndarray) -> np.ndarray:
    """int32: the accounts that were paid so soon after loans had been paid into the paying ones.

    Parameters
    ----------
    loans : ascending
    """
    _, account, paid = _moves(view, loans, "DISBURSED_TO")
    payer, account_paid, bought = _moves(view, distinct(account), "TRANSFERRED")
    return account_paid[_soon(account, paid, payer, bought)[1]]


def _soon(
    account: np.ndarray, paid: np.ndarray, payer: np.ndarray, bought: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """int64: payments of loans into accounts, and transfers out of these soon after, in pairs."""
    order = np.argsort(account, kind="stable")
    low, high = (np.searchsorted(account[order], payer, side=side) for side in ("left", "right"))
    move, payment = np.repeat(np.arange(len(payer)), high - low), order[laid_out(low, high)]
    wait = bought[move] - paid[payment]
    soon = (wait >= 0) & (wait <= SPENT_DAYS * DAY)
    return payment[soon], move[soon]


def _moves(view: GraphView, nodes: np.ndarray, relation: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Source, target and time of what moved out of nodes or into them."""
    positions = distinct(view.touching(nodes))
    positions = positions[view.relation_codes(positions) == RELATION_CODE[relation]]
    positions = positions[view.visible(positions)]
    return (*view.ends(positions), view.valid_from(positions))
