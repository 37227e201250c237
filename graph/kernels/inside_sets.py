"""Which edges lie inside sets of nodes that may overlap: both ends of an edge belong to the set."""

from __future__ import annotations

import numpy as np

from .adjacency import forward
from .compiled import frozen, ids, kernel


def edges_inside(
    source: np.ndarray, target: np.ndarray, node_count: int, offsets: np.ndarray, members: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each edge inside each set, as the number of the set and that of the edge; by set, in the order of its members.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges
    node_count : ids run from 0 to ``node_count - 1``
    offsets, members : set ``i`` is ``members[offsets[i]:offsets[i + 1]]``, each node once

    >>> edges_inside(np.array([0, 1, 2]), np.array([1, 2, 0]), 3, np.array([0, 2, 5]), np.array([0, 1, 0, 1, 2]))
    (array([0, 1, 1, 1]), array([0, 0, 1, 2]))
    """
    starts, neighbours, edges = forward(source, target, node_count)
    offsets, members = frozen(offsets, np.int64), ids(members, node_count, "members")
    graph = frozen(starts, np.int64), frozen(neighbours, np.int32)
    at = np.zeros(int(_marked(*graph, offsets, members, np.zeros(0, np.int64), np.zeros(0, np.int64))), np.int64)
    of = np.zeros_like(at)
    _marked(*graph, offsets, members, of, at)
    return of, edges[at]


@kernel
def _marked(starts, neighbours, offsets, members, of, at):
    """How many edges lie inside sets; their sets and places are written as far as there is room."""
    mark = np.full(len(starts) - 1, -1, np.int64)
    found = 0
    for one in range(len(offsets) - 1):
        for place in range(offsets[one], offsets[one + 1]):
            mark[members[place]] = one
        for place in range(offsets[one], offsets[one + 1]):
            node = members[place]
            for edge in range(starts[node], starts[node + 1]):
                if mark[neighbours[edge]] == one:
                    if found < len(at):
                        of[found] = one
                        at[found] = edge
                    found += 1
    return found
