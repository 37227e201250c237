"""Questions that add up what went into accounts and out of them."""

from __future__ import annotations

import numpy as np

from ....graph.kernels.sets import among, distinct
from ....graph.kernels.timed import Rows
from .figures import by_other, id_order, ratio, rounded, totals
from .steps import Steps

COLLECTED = 3
"""An account collects where it received more transfers than these."""


def transfer_triangle(steps: Steps, id1: int, id2: int) -> list[list]:
    """Accounts that one account's payment to another came back by, with what both sides of it come to."""
    if id2 not in steps.out_of(np.array([id1]), "transfers").other:
        return []
    sides = [by_other(steps.into(np.array([id1]), "transfers")), by_other(steps.out_of(np.array([id2]), "transfers"))]
    others = np.setdiff1d(np.intersect1d(sides[0][0], sides[1][0]), [id1, id2])
    counted = [_counted(others, *side) for side in sides]
    rows = [[key, *second, *third] for key, second, third in zip(steps.keys(others), *counted, strict=True)]
    return sorted(rows, key=lambda row: (-row[2], -row[5], id_order(row[0])))


def _counted(others: np.ndarray, nodes: np.ndarray, rows: Rows) -> list[list]:
    """Number, sum and greatest of the rows of some of the nodes."""
    rows = rows.where(among(nodes[rows.origin], others))
    rows = rows._replace(origin=np.searchsorted(others, nodes[rows.origin]))
    greatest = np.full(len(others), -np.inf)
    np.maximum.at(greatest, rows.origin, rows.amount)
    counts = np.bincount(rows.origin, minlength=len(others)).tolist()
    columns = zip(counts, totals(rows, len(others)).tolist(), greatest.tolist(), strict=True)
    return [[count, rounded(total), rounded(most)] for count, total, most in columns]


def pooled_withdrawal(steps: Steps, id: int, threshold1: float, threshold2: float) -> list[list]:
    """Accounts that withdrew to a card and had collected before, with the sums of both."""
    accounts, withdrawn = by_other(steps.into(np.array([id]), "withdrawals", above=threshold2))
    received = steps.into(accounts, "transfers", above=threshold1)
    collects = np.bincount(received.origin, minlength=len(accounts)) > COLLECTED
    sums = zip(totals(received, len(accounts)).tolist(), totals(withdrawn, len(accounts)).tolist(), strict=True)
    found = [
        [key, *map(rounded, both)] for key, both, so in zip(steps.keys(accounts), sums, collects, strict=True) if so
    ]
    return sorted(found, key=lambda row: (-row[2], id_order(row[0])))


def in_out_ratio(steps: Steps, id: int, threshold: float) -> list:
    """Sources and destinations of an account's transfers, and what came in by what went out."""
    node = np.array([id])
    into, out = (way(node, "transfers", above=threshold) for way in (steps.into, steps.out_of))
    return [len(distinct(into.other)), len(distinct(out.other)), ratio(_total(into), _total(out))]


def loan_turnover(steps: Steps, id: int, threshold: float) -> list[float]:
    """An account's loans by its repayments and by its transfers out, and its transfers in by those out."""
    node = np.array([id])
    loans, into = (_total(steps.into(node, kind, above=threshold)) for kind in ("deposits", "transfers"))
    repaid, out = (_total(steps.out_of(node, kind, above=threshold)) for kind in ("repayments", "transfers"))
    return [ratio(loans, repaid), ratio(loans, out), ratio(into, out)]


def _total(rows: Rows) -> float:
    return float(totals(rows, 1)[0])


def paid_to_companies(steps: Steps, id: int) -> list[list]:
    """Accounts of companies that a person's accounts transferred to, with the sums."""
    accounts, rows = by_other(steps.out_of(steps.accounts_of(id), "transfers"))
    companies = steps.owned_by(accounts, "company")
    sums = zip(steps.keys(accounts), totals(rows, len(accounts)).tolist(), companies.tolist(), strict=True)
    found = [[key, rounded(total)] for key, total, so in sums if so]
    return sorted(found, key=lambda row: (-row[1], id_order(row[0])))
