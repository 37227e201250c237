"""What answers are made of: amounts added up, rounded and divided, and ids in their order."""

from __future__ import annotations

from itertools import pairwise
from math import fsum

import numpy as np

from ....graph.kernels.timed import Rows


def id_order(key: str) -> tuple:
    """Where an id stands in order: those of digits alone as numbers, before all others.

    >>> sorted(["b", "10", "9", "010", "a"], key=id_order)
    ['9', '010', '10', 'a', 'b']
    """
    if not (key.isascii() and key.isdigit()):
        return True, key
    number = key.lstrip("0")
    return False, len(number), number, key


def by_origin(values: np.ndarray, rows: Rows, count: int) -> list[list]:
    """Values of rows, by the ``count`` nodes that these are of."""
    ends = np.cumsum(np.bincount(rows.origin, minlength=count)).tolist()
    flat = values.tolist()
    return [flat[low:high] for low, high in pairwise([0, *ends])]


def totals(rows: Rows, count: int) -> np.ndarray:
    """float64: the amounts of the rows of each of ``count`` nodes together, exact, so that no order of rows shows."""
    return np.array([fsum(amounts) for amounts in by_origin(rows.amount, rows, count)])


def by_other(rows: Rows) -> tuple[np.ndarray, Rows]:
    """The distinct nodes at the other end, ascending, and the rows again, their ``origin`` the place among these."""
    others, place = np.unique(rows.other, return_inverse=True)
    order = np.argsort(place, kind="stable")
    return others, rows._replace(origin=place).where(order)


def rounded(value: float) -> float:
    """Three decimals, which an answer gives."""
    return round(float(value), 3)


def ratio(part: float, whole: float) -> float:
    """The one by the other, -1 where there is nothing to divide by."""
    return rounded(part / whole) if whole else -1
