"""Communities: people each of whom is tied to several others of them, found by their ties alone, whatever became of
their loans."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.leiden import leiden
from ...graph.kernels.sets import distinct
from .ties import Ties

ROUNDS = (3.0, 2.5, 2.0)
"""What ties each member of a community to the others at least, round by round: those whom a round leaves are asked for
less in the next. Three: each of them names, or is named by, three others."""
SPREAD = 2000.0
"""Communities whose ties add up to so much fall apart where chance alone would put as many between their halves; so a
book's communities are as large as a part's, whatever its size."""
_SURE = 1e-9


def communities(ties: Ties, order: np.ndarray, size: int, least_members: int) -> np.ndarray:
    """int64 by id: the number of the community that a person belongs to, -1 where there is none.

    Parameters
    ----------
    order : int64 by id, in which people are looked at: no store's numbers decide
    size : how many ids there are
    """
    label, count = np.full(size, -1, dtype=np.int64), 0
    for least in ROUNDS:
        free = ties.where((label[ties.first] < 0) & (label[ties.second] < 0))
        inside = cored(free, least)
        people = distinct(np.concatenate((inside.first, inside.second)))
        people = people[np.argsort(order[people], kind="stable")]
        found = _found(inside, people, least, size)
        number, of, members = np.unique(found, return_inverse=True, return_counts=True)
        large = (members >= least_members) & (number >= 0)
        new = np.where(large, count + np.cumsum(large) - 1, -1)
        label[people] = new[of]
        count += int(large.sum())
    return label


def _found(ties: Ties, people: np.ndarray, least: float, size: int) -> np.ndarray:
    """int64 by person: communities by Leiden's method, each reduced to those whom enough ties bind to the rest of it
    and taken apart where that leaves pieces; -1 for those whom it leaves out."""
    place = np.full(size, -1, dtype=np.int64)
    place[people] = np.arange(len(people))
    one, other = (place[ends].astype(np.int32) for ends in (ties.first, ties.second))
    resolution = max(2 * float(ties.weight.sum()), 1.0) / SPREAD
    split = leiden(one, other, len(people), ties.weight, resolution).label
    kept = cored(ties.where(split[one] == split[other]), least)
    one, other = (place[ends].astype(np.int32) for ends in (kept.first, kept.second))
    pieces = weak_components(one, other, len(people))
    bound = np.zeros(len(people), dtype=bool)
    bound[one], bound[other] = True, True
    return np.where(bound, pieces, -1)


def cored(ties: Ties, least: float) -> Ties:
    """The ties of those whose ties to each other come to ``least`` for each of them: the weighted core, from which
    whoever has less is taken until nobody has."""
    people, ends = np.unique(np.concatenate((ties.first, ties.second)), return_inverse=True)
    one, other = ends[: len(ties.first)], ends[len(ties.first) :]
    left, weight = np.arange(len(one)), ties.weight
    while len(left):
        strength = np.bincount(one, weight, len(people)) + np.bincount(other, weight, len(people))
        bound = strength >= least - _SURE
        kept = bound[one] & bound[other]
        if kept.all():
            break
        left, one, other, weight = left[kept], one[kept], other[kept], weight[kept]
    return ties.where(left)
