"""Compressed adjacency: for every node a slice of its neighbours, each with the edge that leads there.

Numba is imported only where adjacency is built, so that look-ups over a stored one start at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Adjacency(NamedTuple):
    """Neighbours of ``node`` are ``neighbours[offsets[node]:offsets[node + 1]]``, in the order of the edges given.

    Attributes
    ----------
    offsets : int64[node_count + 1]
    neighbours : int32[k], node ids; a neighbour appears once for each parallel edge
    edges : int64[k], the position in the input arrays of the edge that leads to each neighbour
    """

    offsets: np.ndarray
    neighbours: np.ndarray
    edges: np.ndarray

    @property
    def node_count(self) -> int:
        """Number of nodes, isolated ones included."""
        return len(self.offsets) - 1


def forward(source: np.ndarray, target: np.ndarray, node_count: int) -> Adjacency:
    """Where edges lead: each node's targets.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges
    node_count : ids run from 0 to ``node_count - 1``

    Raises
    ------
    ValueError : an id outside that range
    """
    from .compiled import edge_ids
    from .counting import by_first

    return Adjacency(*by_first(*edge_ids(source, target, node_count), node_count))


def backward(source: np.ndarray, target: np.ndarray, node_count: int) -> Adjacency:
    """Where edges come from: each node's sources. Arguments as for ``forward``."""
    return forward(target, source, node_count)


def both(source: np.ndarray, target: np.ndarray, node_count: int) -> Adjacency:
    """Edges without direction: each at both its ends, a self-loop once. Arguments as for ``forward``."""
    from .compiled import edge_ids
    from .counting import by_both

    return Adjacency(*by_both(*edge_ids(source, target, node_count), node_count))


def distinct_arcs(source: np.ndarray, target: np.ndarray, node_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets of the distinct arcs, sorted by source, then target.

    Parallel edges are one arc, self-loops are none. Arguments as for ``forward``.
    """
    source, target = np.asarray(source), np.asarray(target)
    apart = source != target
    keys = np.sort(source[apart].astype(np.int64) * node_count + target[apart])
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    one, other = np.divmod(keys, max(node_count, 1))
    return one.astype(np.int32), other.astype(np.int32)
