"""What was bought on credit at merchants: loans, who took them, when, and what became of the order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...graph.kernels.sets import distinct, laid_out
from ...graph.model import ALWAYS, KIND_CODE
from ...graph.snapshot import Edges, GraphView

DAY = 86_400_000


@dataclass(frozen=True)
class Sales:
    """Loans that were paid to a merchant, or applied for at one; arrays of one length, in the order of the merchants.

    Attributes
    ----------
    merchant, customer, loan : int64 nodes
    application : int64 nodes, -1 where there is none
    position : int64, the relationship that says that the loan went to the merchant, or was applied for there
    amount : float64, NaN where unknown
    limit : float64, the credit limit, NaN where unknown
    applied, paid : int64 times, ``ALWAYS`` where unknown
    order : int64, the customer's order at the merchant nearest in time, a place in ``orders``; -1 where there is none
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
    amount, limit = _amounts(view, loan, filing)
    return Sales(
        merchant=merchant,
        customer=customer,
        loan=loan,
        application=filing,
        position=position,
        amount=amount,
        limit=limit,
        applied=_applied(view, filing),
        paid=when,
        order=_orders(orders, merchant, customer, when),
        orders=orders,
    )


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


def _amounts(view: GraphView, loan: np.ndarray, application: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each loan came to, and its credit limit, the application's where the loan has none."""
    loans = _numbers(view.facts("loans", distinct(loan)), loan, ("amount", "credit_limit"))
    facts = view.facts("applications", distinct(application[application >= 0]))
    filed = _numbers(facts, application, ("credit_limit",))
    return loans[0], np.where(np.isnan(loans[1]), filed[0], loans[1])


def _applied(view: GraphView, application: np.ndarray) -> np.ndarray:
    """int64: when each was applied for."""
    facts = view.facts("applications", distinct(application[application >= 0]))
    time = _numbers(facts, application, ("apply_time",))[0]
    return np.where(np.isnan(time), ALWAYS, np.nan_to_num(time)).astype(np.int64)


def _numbers(facts: pd.DataFrame, nodes: np.ndarray, names: tuple[str, ...]) -> list[np.ndarray]:
    """Columns of facts by node, NaN where there is none."""
    rows = facts.drop_duplicates("node").set_index("node").reindex(nodes, columns=list(names))
    return [np.asarray(rows[name].astype(float)) for name in names]


def _orders(orders: Edges, merchant: np.ndarray, customer: np.ndarray, when: np.ndarray) -> np.ndarray:
    """int64 by sale: the order of that customer at that merchant which is nearest in time, within a week."""
    placed, sold = (orders.target.astype(np.int64) << 32) | orders.source, (merchant << 32) | customer
    order = np.argsort(placed, kind="stable")
    low, high = (np.searchsorted(placed[order], sold, side=side) for side in ("left", "right"))
    sale, place = np.repeat(np.arange(len(sold)), high - low), order[laid_out(low, high)]
    apart = np.abs(orders.valid_from[place] - when[sale])
    near = np.flatnonzero(apart <= 7 * DAY)
    near = near[np.lexsort((orders.valid_from[place[near]], apart[near], sale[near]))][::-1]
    found = np.full(len(merchant), -1, np.int64)
    found[sale[near]] = place[near]  # the nearest of each is set last
    return found
