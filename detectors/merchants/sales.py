"""What was bought on credit at merchants: loans, who took them, when, and what became of the order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...graph.kernels.sets import distinct, laid_out
from ...graph.model import ALWAYS, KIND_CODE
from ...graph.snapshot import Edges, GraphView
from ..flows.ledger import cents

DAY = 86_400_000
WEEK = 7 * DAY


@dataclass(frozen=True)
class Sales:
    """Loans that were paid to a merchant, or applied for at one; arrays of one length, in the order of the merchants.

    Attributes
    ----------
    merchant, customer, loan : int64 nodes
    application : int64 nodes, -1 where there is none
    position : int64, the relationship that says that the loan went to the merchant, or was applied for there
    amount : int64, in cents, 0 where unknown
    limit : int64, the credit limit in cents, 0 where unknown
    applied, paid : int64 times, ``ALWAYS`` where unknown
    order : int64, the order that the loan paid, a place in ``orders``; -1 where there is none
    orders : all orders
    """

    merchant: np.ndarray
    customer: np.ndarray
    loan: np.ndarray
    application: np.ndarray
    position: np.ndarray
    amount: np.ndarray
    limit: np.ndarray
    applied: np.ndarray
    paid: np.ndarray
    order: np.ndarray
    orders: Edges

    def __len__(self) -> int:
        return len(self.loan)


def read(view: GraphView) -> Sales:
    """The sales of a view, by merchant, then by time of payment and loan."""
    became, filed = view.ties("BECAME"), view.ties("AT_MERCHANT")
    paid, borrowed = view.ties("DISBURSED_TO"), view.ties("BORROWED")
    count = view.node_count
    application = _by_node(became.target, became.source, count)
    at = _by_node(filed.source, np.arange(len(filed)), count)
    shop = view.kinds[paid.target] == KIND_CODE["merchant"]
    to = _by_node(paid.source[shop], np.flatnonzero(shop), count)
    loan = borrowed.target.astype(np.int64)
    here = np.where(application[loan] >= 0, at[np.maximum(application[loan], 0)], -1)
    kept = (to[loan] >= 0) | (here >= 0)
    loan, here, customer = loan[kept], here[kept], borrowed.source[kept].astype(np.int64)
    by_payment = to[loan] >= 0
    merchant = np.where(by_payment, paid.target[np.maximum(to[loan], 0)] if len(paid) else -1, -1)
    merchant = np.where(by_payment, merchant, filed.target[np.maximum(here, 0)] if len(filed) else -1).astype(np.int64)
    position = np.where(
        by_payment,
        paid.positions[np.maximum(to[loan], 0)] if len(paid) else -1,
        filed.positions[np.maximum(here, 0)] if len(filed) else -1,
    )
    filing, when = application[loan], _first_paid(paid, count)[loan]
    order = np.lexsort((loan, when, merchant))
    columns = (merchant, customer, loan, filing, position, when)
    merchant, customer, loan, filing, position, when = (column[order] for column in columns)
    orders = view.ties("ORDERED")
    amount, limit, applied = _stated(view, loan, filing)
    return Sales(
        merchant=merchant,
        customer=customer,
        loan=loan,
        application=filing,
        position=position,
        amount=amount,
        limit=limit,
        applied=applied,
        paid=when,
        order=_orders(view, orders, _pair(merchant, customer), when, position),
        orders=orders,
    )


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
    amount, limit = _numbers(view.facts("loans", distinct(loan)), loan, ("amount", "credit_limit"))
    facts = view.facts("applications", distinct(application[application >= 0]))
    filed, time = _numbers(facts, application, ("credit_limit", "apply_time"))
    applied = np.where(np.isnan(time), ALWAYS, np.nan_to_num(time).astype(np.int64))
    amount, limit = (cents(np.nan_to_num(some)) for some in (amount, np.where(np.isnan(limit), filed, limit)))
    return amount, limit, applied


def _numbers(facts: pd.DataFrame, nodes: np.ndarray, names: tuple[str, ...]) -> list[np.ndarray]:
    """Columns of facts by node, NaN where there is none."""
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
    of_order, of_sale = _rank(view, orders.positions[place]), _rank(view, position[sale])
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


def _rank(view: GraphView, positions: np.ndarray) -> np.ndarray:
    """int64: the places of relationships in the order of their uids, which is no store's own."""
    rank = np.empty(len(positions), np.int64)
    rank[view.uid_order(positions)] = np.arange(len(positions))
    return rank
