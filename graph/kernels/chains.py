"""The longest chain of arcs in each weak component once strong components are contracted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .adjacency import forward
from .compiled import edge_ids, frozen, kernel
from .components import sinks_first, weak_components


class Chains(NamedTuple):
    """Longest chains, by weak component.

    Attributes
    ----------
    component : int32[node_count], the weak component of each node, labelled as by ``weak_components``
    length : int32[k], arcs of the longest chain of each weak component; arcs inside a strong component do not count
    first_edge : int64[k], the edge each longest chain begins with, -1 where its length is 0
    next_edge : int64[m], the edge that continues the longest chain after each edge, -1 at its end
    """

    component: np.ndarray
    length: np.ndarray
    first_edge: np.ndarray
    next_edge: np.ndarray

    def edges(self, component: int) -> np.ndarray:
        """int64[length], the edges of one longest chain of a weak component, in order from its first guarantor on.

        Between two consecutive edges the chain may run through a strong component: the one ends and the next begins
        at any of its nodes.
        """
        found = np.empty(self.length[component], np.int64)
        edge = self.first_edge[component]
        for place in range(len(found)):
            found[place] = edge
            edge = self.next_edge[edge]
        return found


def longest_chains(source: np.ndarray, target: np.ndarray, node_count: int) -> Chains:
    """The longest chain of each weak component, and which edges make it.

    Among chains of equal length the one whose edges have the least source, then target, then position is taken, edge
    by edge from the start of the chain, so the nodes it names do not depend on the order of edges.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges; parallel edges and self-loops may be among them
    node_count : ids run from 0 to ``node_count - 1``
    """
    source, target = edge_ids(source, target, node_count)
    weak = weak_components(source, target, node_count)
    group = sinks_first(source, target, node_count)
    # Out-edges of each strong component, in the order in which ties are decided.
    order = np.lexsort((target, source))
    order = order[group[source[order]] != group[target[order]]]
    out = forward(group[source[order]], group[target[order]], node_count)
    length, best = _longest(
        frozen(out.offsets, np.int64), frozen(out.neighbours, np.int32), frozen(out.edges, np.int64)
    )
    best_edge = np.where(best >= 0, order[best], -1) if len(order) else best

    # The best start of each weak component: the longest, ties by the least first edge in the order of ties.
    count = int(weak.max()) + 1 if node_count else 0
    per_component = np.zeros(count, np.int32)
    np.maximum.at(per_component, weak, length[group])
    starts = np.flatnonzero((length[group] == per_component[weak]) & (best[group] >= 0))
    rank = np.full(count, len(order), np.int64)
    np.minimum.at(rank, weak[starts], best[group[starts]])
    first_edge = np.full(count, -1, np.int64)
    some = rank < len(order)
    first_edge[some] = order[rank[some]]
    return Chains(weak, per_component, first_edge, best_edge[group[target]])


@kernel
def _longest(offsets, neighbours, edges):
    """Arcs of the longest path from each strong component, and its first edge; neighbours have lower labels."""
    count = offsets.size - 1
    length = np.zeros(count, np.int32)
    best = np.full(count, -1, np.int64)
    for node in range(count):
        for at in range(offsets[node], offsets[node + 1]):
            if length[neighbours[at]] + 1 > length[node]:
                length[node] = length[neighbours[at]] + 1
                best[node] = edges[at]
    return length, best
