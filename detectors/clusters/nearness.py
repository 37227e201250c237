"""How near people stand to confirmed fraudsters: by how many ties, and how much of a walk from these ends with them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.adjacency import both
from ...graph.kernels.pagerank import push_pagerank
from .ties import Ties

FARTHEST = 2
"""Ties between a person and a confirmed fraudster, at most, for the one to be near the other (一度、二度触黑)."""
STOPS = 0.15
"""The chance that a walk from a confirmed fraudster ends at each step."""
LEFT = 1e-9
"""Mass for each tie below which a walk is not followed."""


class Nearness(NamedTuple):
    """How near everybody stands.

    Attributes
    ----------
    distance : int8 by id: ties between a person and the nearest confirmed fraudster, 0 for these, -1 for more than
        ``FARTHEST``
    mass : float32 by id: where walks from confirmed fraudsters end, a random one first and a random tie at each step
    """

    distance: np.ndarray
    mass: np.ndarray


def nearness(ties: Ties, seeds: np.ndarray, order: np.ndarray, size: int) -> Nearness:
    """How near people stand to some, who are confirmed fraudsters.

    Parameters
    ----------
    seeds : int64 ids
    order : int64 by id, in which people are gone over: no store's numbers decide
    size : how many ids there are
    """
    distance, mass = np.full(size, -1, dtype=np.int8), np.zeros(size, dtype=np.float32)
    if len(seeds):
        distance[seeds] = 0
        people = np.unique(np.concatenate((ties.first, ties.second, seeds)))
        people = people[np.lexsort((people, order[people]))]
        place = np.zeros(size, dtype=np.int32)
        place[people] = np.arange(len(people), dtype=np.int32)
        walked = push_pagerank(both(place[ties.first], place[ties.second], len(people)), place[seeds], STOPS, LEFT)
        mass[people[walked.nodes]] = walked.mass
    for step in range(FARTHEST):
        for one, other in ((ties.first, ties.second), (ties.second, ties.first)):
            reached = other[distance[one] == step]
            distance[reached[distance[reached] < 0]] = step + 1
    return Nearness(distance, mass)
