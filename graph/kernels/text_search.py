"""The compiled part of ``texts``, imported where many texts are sought."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def search(
    ends: np.ndarray, data: np.ndarray, order: np.ndarray, want_ends: np.ndarray, want: np.ndarray, turn: np.ndarray
) -> np.ndarray:
    """int64: the place of each wanted text among some texts, -1 where it is none of them.

    Wanted texts are taken in rising order, so that each search begins where the one before ended and touches memory
    that was just used.

    Parameters
    ----------
    ends, data, order : of the texts searched, as in ``Texts``
    want_ends, want, turn : the same of those that are wanted
    """
    found = np.full(len(want_ends) - 1, -1, dtype=np.int64)
    count = len(order)
    low = 0
    for i in turn:
        first, last = want_ends[i], want_ends[i + 1]
        step, high = 1, low
        while high < count and _compare(data, ends[order[high]], ends[order[high] + 1], want, first, last) < 0:
            low = high + 1
            high = min(count, high + step)
            step *= 2
        while low < high:
            middle = (low + high) // 2
            if _compare(data, ends[order[middle]], ends[order[middle] + 1], want, first, last) < 0:
                low = middle + 1
            else:
                high = middle
        if low < count and _compare(data, ends[order[low]], ends[order[low] + 1], want, first, last) == 0:
            found[i] = order[low]
    return found


@njit(cache=True)
def _compare(one: np.ndarray, begin, end, other: np.ndarray, first, last):
    """Below 0 where the one text stands before the other, 0 where they are equal, above 0 where it stands behind."""
    shorter = min(end - begin, last - first)
    for k in range(shorter):
        difference = np.int64(one[begin + k]) - np.int64(other[first + k])
        if difference != 0:
            return difference
    return np.int64((end - begin) - (last - first))
