"""What clients of an intermediary carry: defaults known by now, and applications all alike."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView
from ..sharing.outcomes import bad_loans

BAD_FLAGS = ("overdue", "blacklist", "confirmed_fraud")
ALIKE = ("product", "term_months", "amount")
"""Columns in which applications made up by one hand are alike."""


class Outcomes(NamedTuple):
    """How loans went, as far as it is known by now; bool by node.

    Attributes
    ----------
    loans : a bad one
    borrowers : who has borrowed
    bad : whose loan is bad, or who is flagged as one who does not pay, of the borrowers
    """

    loans: np.ndarray
    borrowers: np.ndarray
    bad: np.ndarray


def outcomes(view: GraphView) -> Outcomes:
    """How the loans of a view went."""
    borrowed, loans = view.edges("BORROWED"), bad_loans(view)
    borrowers, bad = (np.zeros(view.node_count, dtype=bool) for _ in range(2))
    borrowers[borrowed.source] = True
    bad[borrowed.source[loans[borrowed.target]]] = True
    flags = view.facts("flags", columns=("flag",))
    if len(flags):
        nodes = flags["node"].to_numpy()[flags["flag"].isin(BAD_FLAGS).to_numpy()]
        bad[nodes[nodes >= 0]] = True
    return Outcomes(loans, borrowers, bad & borrowers)


def chance_of_bad(borrowers: int, bad: int, usual: float) -> float:
    """Minus the natural logarithm of the chance that so many or more of some borrowers are bad, where a share of
    ``usual`` is: the tail of the binomial distribution.

    >>> round(chance_of_bad(10, 3, 0.05), 1), chance_of_bad(10, 0, 0.05)
    (4.5, 0.0)
    """
    if bad <= usual * borrowers:
        return 0.0
    choices = (
        math.lgamma(borrowers + 1) - math.lgamma(k + 1) - math.lgamma(borrowers - k + 1)
        + k * math.log(usual) + (borrowers - k) * math.log1p(-usual)
        for k in range(bad, borrowers + 1)
    )  # fmt: skip
    return -math.log(max(math.fsum(map(math.exp, choices)), 1e-300))


class Made(NamedTuple):
    """Applications that state product, term and amount, by node.

    Attributes
    ----------
    node : int64, ascending
    rows : what they state
    as_one : int64, a number for all three, in the order of these
    """

    node: np.ndarray
    rows: pd.DataFrame
    as_one: np.ndarray


def made(view: GraphView, applications: np.ndarray | None = None) -> Made:
    """What applications state: all of a view, or some."""
    rows = view.facts("applications", None if applications is None else distinct(applications.astype(np.int64)), ALIKE)
    rows = pd.DataFrame(rows[["node", *ALIKE]]).dropna().sort_values(by="node")
    as_one = np.zeros(len(rows), dtype=np.int64)
    for name in ALIKE:
        code, values = pd.factorize(rows[name], sort=True)
        as_one = as_one * len(values) + code
    return Made(rows["node"].to_numpy().astype(np.int64), rows, as_one)


def most_alike(view: GraphView) -> float:
    """How large a share of the book's applications are of one product, term and amount: of the most frequent ones."""
    as_one = made(view).as_one
    return float(np.unique(as_one, return_counts=True)[1].max()) / len(as_one) if len(as_one) else 1.0


def alike(told: Made, applications: np.ndarray) -> tuple[int, tuple[str, int, float] | None]:
    """How many of some applications are of one product, term and amount, and which; 0 and None where none says."""
    places = np.flatnonzero(np.isin(told.node, applications))
    if not len(places):
        return 0, None
    _, first, counts = np.unique(told.as_one[places], return_index=True, return_counts=True)
    row = told.rows.iloc[int(places[first[counts.argmax()]])]
    return int(counts.max()), (str(row["product"]), int(row["term_months"]), float(row["amount"]))


def chance_of_alike(applications: int, alike: int, share: float) -> float:
    """Minus the natural logarithm of the chance that so many of some applications are like one of them, where a share
    of the book is: with the number of ways to choose them.

    >>> round(chance_of_alike(10, 8, 0.01), 1), chance_of_alike(10, 2, 0.5)
    (28.4, 0.0)
    """
    if alike < 2:
        return 0.0
    choices = math.log(math.comb(applications, alike))
    return max((alike - 1) * -math.log(max(share, 1e-9)) - choices, 0.0)
