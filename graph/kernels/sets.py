"""Sets as sorted arrays. NumPy's own ``unique`` hashes integers, which takes ten times as long on large arrays."""

from __future__ import annotations

import numpy as np


def distinct(values: np.ndarray) -> np.ndarray:
    """The different values, ascending, as ``np.unique`` gives them.

    >>> distinct(np.array([3, 1, 3]))
    array([1, 3])
    """
    ordered = np.sort(values)
    new = np.empty(len(ordered), dtype=bool)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def among(values: np.ndarray, ascending: np.ndarray) -> np.ndarray:
    """bool by value: does it occur among ``ascending``, which is sorted?"""
    if not len(ascending):
        return np.zeros(len(values), dtype=bool)
    places = np.searchsorted(ascending, values)
    places[places == len(ascending)] = 0
    return ascending[places] == values


def laid_out(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """int64: the numbers of several spans, one span behind the other.

    >>> laid_out(np.array([4, 9]), np.array([6, 10]))
    array([4, 5, 9])
    """
    count = high - low
    ends = np.cumsum(count)
    return np.repeat(low - (ends - count), count) + np.arange(ends[-1] if len(ends) else 0)


def by_label(labels: np.ndarray, telling: np.ndarray | None = None) -> dict[int, np.ndarray]:
    """Places of each label of 0 and above, ascending, those for which ``telling`` holds first; labels ascend.

    >>> by_label(np.array([7, -1, 2, 7]))
    {2: array([2]), 7: array([0, 3])}
    """
    places = np.flatnonzero(labels >= 0)
    keys = (places, labels[places]) if telling is None else (places, ~telling[places], labels[places])
    order = places[np.lexsort(keys)]
    sorted_labels = labels[order]
    starts = np.flatnonzero(np.diff(sorted_labels, prepend=-1))
    return dict(zip(sorted_labels[starts].tolist(), np.split(order, starts[1:]), strict=True)) if len(order) else {}
