"""Counting sort of edges into compressed adjacency."""

from __future__ import annotations

import numpy as np

from .compiled import kernel


@kernel
def by_first(first, second, node_count):
    """Offsets, neighbours and edge positions of edges grouped by ``first``, in the order of the input."""
    offsets = np.zeros(node_count + 1, np.int64)
    for edge in range(first.size):
        offsets[first[edge] + 1] += 1
    for node in range(node_count):
        offsets[node + 1] += offsets[node]
    place = offsets[:-1].copy()
    neighbours = np.empty(first.size, np.int32)
    edges = np.empty(first.size, np.int64)
    for edge in range(first.size):
        at = place[first[edge]]
        place[first[edge]] = at + 1
        neighbours[at] = second[edge]
        edges[at] = edge
    return offsets, neighbours, edges


@kernel
def by_both(source, target, node_count):
    """The same with every edge at both its ends, a self-loop once."""
    offsets = np.zeros(node_count + 1, np.int64)
    for edge in range(source.size):
        offsets[source[edge] + 1] += 1
        if source[edge] != target[edge]:
            offsets[target[edge] + 1] += 1
    for node in range(node_count):
        offsets[node + 1] += offsets[node]
    place = offsets[:-1].copy()
    neighbours = np.empty(offsets[-1], np.int32)
    edges = np.empty(offsets[-1], np.int64)
    for edge in range(source.size):
        one, other = source[edge], target[edge]
        at = place[one]
        place[one] = at + 1
        neighbours[at] = other
        edges[at] = edge
        if one != other:
            at = place[other]
            place[other] = at + 1
            neighbours[at] = one
            edges[at] = edge
    return offsets, neighbours, edges
