"""How much of what is guaranteed only goes round: the maximum circulation, by linear programming."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from ...graph.kernels.components import strong_components
from ...graph.kernels.sets import by_label

AT_A_TIME = 4000
"""Arcs of circles that are solved as one program: they share no variable, so each gets its own maximum."""
SECONDS = 20.0
"""The longest that one program is solved for."""


def circulation(
    circle: np.ndarray, source: np.ndarray, target: np.ndarray, amount: np.ndarray, count: int
) -> np.ndarray:
    """float64 by circle: the most that can flow along its arcs, at most the amount of each, as much into each vertex as
    out of it; NaN where it was not found in time.

    Parameters
    ----------
    circle, source, target, amount : by arc; an arc that lies on no cycle carries nothing
    count : how many circles

    >>> circulation(*map(np.array, ([0] * 4, [0, 1, 2, 0], [1, 2, 0, 3], [5.0, 3.0, 4.0, 9.0])), 1)
    array([9.])
    """
    circle, ends, amount = _on_cycles(circle, source, target, amount)
    largest = np.zeros(count)
    np.maximum.at(largest, circle, amount)
    found = np.zeros(count)
    for arcs in _batches(circle):
        of = circle[arcs]
        flow = _solved(ends[:, arcs], amount[arcs] / np.maximum(largest[of], 1.0))
        found += np.bincount(of, flow * largest[of], count)
    return np.round(found, 2)


def _on_cycles(
    circle: np.ndarray, source: np.ndarray, target: np.ndarray, amount: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The arcs that lie on a cycle of their circle, parallel ones as one: circle, both ends, amount. A vertex is
    another in each circle."""
    size = int(max(source.max(initial=0), target.max(initial=0))) + 1
    vertices, at = np.unique(np.concatenate((circle * size + source, circle * size + target)), return_inverse=True)
    keys, arc = np.unique(at[: len(circle)] * len(vertices) + at[len(circle) :], return_inverse=True)
    one, other = np.divmod(keys, max(len(vertices), 1))
    strong = strong_components(one, other, len(vertices))
    inner = strong[one] == strong[other]
    total = np.bincount(arc, amount, len(keys))
    return vertices[one[inner]] // size, np.stack((one[inner], other[inner])), total[inner]


def _batches(circle: np.ndarray) -> list[np.ndarray]:
    """Places of arcs to be solved together, whole circles."""
    parts = list(by_label(circle).values())
    if not parts:
        return []
    batch = np.cumsum([len(part) for part in parts]) // AT_A_TIME
    return [np.concatenate([parts[i] for i in places]) for places in by_label(batch).values()]


def _solved(ends: np.ndarray, room: np.ndarray) -> np.ndarray:
    """The flow along each arc, NaN where it was not found in time."""
    vertices, at = np.unique(ends.ravel(), return_inverse=True)
    arcs = np.arange(len(room))
    sign = np.repeat([-1.0, 1.0], len(arcs))
    balance = csr_matrix((sign, (at, np.tile(arcs, 2))), shape=(len(vertices), len(arcs)))
    solved = linprog(
        np.full(len(arcs), -1.0),
        A_eq=balance,
        b_eq=np.zeros(len(vertices)),
        bounds=np.stack((np.zeros(len(arcs)), room), axis=1),
        method="highs",
        options={"time_limit": SECONDS},
    )
    return np.clip(solved.x, 0, room) if solved.status == 0 else np.full(len(arcs), np.nan)
