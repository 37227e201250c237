"""What was bought on credit at merchants: loans, who took them, when, and what became of the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct, laid_out
from ...graph.model import ALWAYS, KIND_CODE
from ...graph.snapshot import Edges, GraphView
from ..flows.ledger import cents
from .spent import ranks, spent

DAY = 86_400_000
WEEK = 7 * DAY


@dataclass(frozen=True)
class Sales:
    """Loans that were paid to a merchant, applied for at one, or passed on to one; arrays of one length, by merchant.

    Attributes
    ----------
    merchant, customer, loan : int64 nodes
    application : int64 nodes, -1 where there is none
    position : int64, the relationship that says that the loan went to the merchant, or was applied for there
    is_spent : bool, whether it was paid to an account that passed it on to the merchant
    paid : int64 time, ``ALWAYS`` where unknown; where the loan was spent, when the merchant got it
    amount : int64, in cents, 0 where unknown
    limit : int64, the credit limit in cents, 0 where unknown
    applied : int64 time, ``ALWAYS`` where unknown
    order : int64, the order that the loan paid, a place in ``orders``; -1 where there is none
    orders : all orders
    """

    merchant: np.ndarray
    customer: np.ndarray
    loan: np.ndarray
    application: np.ndarray
    position: np.ndarray
    is_spent: np.ndarray
    paid: np.ndarray
    amount: np.ndarray
    limit: np.ndarray
    applied: np.ndarray
    order: np.ndarray
    orders: Edges

    def __len__(self) -> int:
        return len(self.loan)


class _Made(NamedTuple):
    """Columns of sales, as ``Sales`` has them."""

    merchant: np.ndarray
    customer: np.ndarray
    loan: np.ndarray
    application: np.ndarray
    position: np.ndarray
    is_spent: np.ndarray
    paid: np.ndarray


def read(view: GraphView) -> Sales:
    """The sales of a view, by merchant, then by time of payment and loan."""
    filing, became = _ends(view.ties("BECAME"))
    application = _by_node(became, filing, view.node_count)
    made = _on_credit(view, application)
    later = _spent(view, application, made)
    made = _Made(*(np.concatenate(columns) for columns in zip(made, later, strict=True)))
    order = np.lexsort((made.loan, made.paid, made.merchant))
    made = _Made(*(column[order] for column in made))
    orders = view.ties("ORDERED")
    amount, limit, applied = _stated(view, made.loan, made.application)
    order = _orders(view, orders, _pair(made.merchant, made.customer), made.paid, made.position)
    return Sales(*made, amount=amount, limit=limit, applied=applied, order=order, orders=orders)


def _on_credit(view: GraphView, application: np.ndarray) -> _Made:
    """Loans that were paid to a merchant, or else applied for at one.

    Parameters
    ----------
    application : by loan
    """
    filed, paid, count = view.ties("AT_MERCHANT"), view.ties("DISBURSED_TO"), view.node_count
    at = _by_node(filed.source, np.arange(len(filed)), count)
    shop = view.kinds[paid.target] == KIND_CODE["merchant"]
    to = _by_node(paid.source[shop], np.flatnonzero(shop), count)
    customer, loan = _ends(view.ties("BORROWED"))
    here = np.where(application[loan] >= 0, at[np.maximum(application[loan], 0)], -1)
    by_payment, by_filing = np.flatnonzero(to[loan] >= 0), np.flatnonzero((to[loan] < 0) & (here >= 0))
    kept = np.concatenate((by_payment, by_filing))
    ways = ((paid, to[loan[by_payment]]), (filed, here[by_filing]))
    merchant, position = (
        np.concatenate([getattr(edges, name)[place].astype(np.int64) for edges, place in ways])
        for name in ("target", "positions")
    )
    loan, when = loan[kept], _first_paid(paid, count)[loan[kept]]
    return _Made(merchant, customer[kept], loan, application[loan], position, np.zeros(len(kept), bool), when)


def _spent(view: GraphView, application: np.ndarray, made: _Made) -> _Made:
    """Loans that were spent at a merchant, without those that are sales of it already."""
    customer, loan = _ends(view.ties("BORROWED"))
    borrower = _by_node(loan, customer, view.node_count)
    was = spent(view)
    new = (borrower[was.loan] >= 0) & ~among(_pair(was.merchant, was.loan), np.sort(_pair(made.merchant, made.loan)))
    loan, merchant, position, time = (column[new] for column in was)
    return _Made(merchant, borrower[loan], loan, application[loan], position, np.ones(len(loan), bool), time)


def _ends(edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets, int64."""
    return edges.source.astype(np.int64), edges.target.astype(np.int64)


def _pair(merchant: np.ndarray, customer: np.ndarray) -> np.ndarray:
    """int64: a merchant and a customer as one number."""
    return (merchant.astype(np.int64) << 32) | customer


def _by_node(node: np.ndarray, value: np.ndarray, count: int) -> np.ndarray:
    """int64 by node: its value, the largest where there are several; -1 where there is none."""
    found = np.full(count, -1, np.int64)
    np.maximum.at(found, node, value)
    return found


def _first_paid(paid: Edges, count: int) -> np.ndarray:
    """int64 by loan node: when its first payment was made, ``ALWAYS`` where that is not known."""
    known = np.flatnonzero(paid.valid_from > ALWAYS)
    order = known[np.argsort(-paid.valid_from[known], kind="stable")]
    first = np.full(count, ALWAYS)
    first[paid.source[order]] = paid.valid_from[order]
    return first


def _stated(view: GraphView, loan: np.ndarray, application: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each loan came to, its credit limit, the application's where the loan has none, and when it was applied
    for."""
    amount, limit = _numbers(view, "loans", loan, ("amount", "credit_limit"))
    filed, time = _numbers(view, "applications", application, ("credit_limit", "apply_time"))
    applied = np.where(np.isnan(time), ALWAYS, np.nan_to_num(time).astype(np.int64))
    amount, limit = (cents(np.nan_to_num(some)) for some in (amount, np.where(np.isnan(limit), filed, limit)))
    return amount, limit, applied


def _numbers(view: GraphView, table: str, nodes: np.ndarray, names: tuple[str, ...]) -> list[np.ndarray]:
    """Columns of facts by node, NaN where there is none, and for -1."""
    facts = view.facts(table, distinct(nodes[nodes >= 0]), names)
    rows = facts.drop_duplicates("node").set_index("node").reindex(nodes, columns=list(names))
    return [np.asarray(rows[name].astype(float)) for name in names]


def _orders(view: GraphView, orders: Edges, sold: np.ndarray, when: np.ndarray, position: np.ndarray) -> np.ndarray:
    """int64 by sale: the order of that customer at that merchant which is nearest in time, within a week, unless
    another sale is nearer to it."""
    placed = _pair(orders.target, orders.source)
    order = np.argsort(placed, kind="stable")
    low, high = (np.searchsorted(placed[order], sold, side=side) for side in ("left", "right"))
    sale, place = np.repeat(np.arange(len(sold)), high - low), order[laid_out(low, high)]
    dated = (orders.valid_from[place] > ALWAYS) & (when[sale] > ALWAYS)
    sale, place = sale[dated], place[dated]
    apart = np.abs(orders.valid_from[place] - when[sale])
    sale, place, apart = sale[apart <= WEEK], place[apart <= WEEK], apart[apart <= WEEK]
    found = np.full(len(sold), -1, np.int64)
    several = (_count(sale) > 1) | (_count(place) > 1)
    found[sale[~several]] = place[~several]
    sale, place, apart = sale[several], place[several], apart[several]
    of_order, of_sale = ranks(view, orders.positions[place]), ranks(view, position[sale])
    ranked = np.lexsort((of_order, of_sale, orders.valid_from[place], apart))
    sale, place = sale[ranked], place[ranked]
    nearest = _is_first(sale) & _is_first(place)
    found[sale[nearest]] = place[nearest]
    return found


def _count(values: np.ndarray) -> np.ndarray:
    """int64: how often each value occurs."""
    return np.bincount(values)[values] if len(values) else values


def _is_first(values: np.ndarray) -> np.ndarray:
    """bool: whether each value occurs for the first time."""
    first = np.zeros(len(values), bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first
