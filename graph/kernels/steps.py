"""One step outward from some nodes: their neighbours, those of hubs that are followed, and each node once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .adjacency import Adjacency

EdgeVisible = np.ndarray | Callable[[np.ndarray], np.ndarray]
"""Which edges count, for instance those known at a time: bool by edge position, or a function from an array of edge
positions to bool, which spares the array of the size of the graph."""


def neighbours(
    adjacency: Adjacency, nodes: np.ndarray, edge_visible: EdgeVisible | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The visible neighbours of some nodes, node after node: index of the node, its neighbour, the edge between."""
    begin = adjacency.offsets[nodes]
    count = adjacency.offsets[nodes + 1] - begin
    origin = np.repeat(np.arange(len(nodes)), count)
    place = np.arange(len(origin)) + np.repeat(begin - (np.cumsum(count) - count), count)
    near, via = adjacency.neighbours[place], adjacency.edges[place]
    if edge_visible is None:
        return origin, near, via
    visible = edge_visible(via) if callable(edge_visible) else edge_visible[via]
    return origin[visible], near[visible], via[visible]


def follow(
    origin: np.ndarray,
    nodes: np.ndarray,
    fan_out: int | None,
    new: Callable[[slice], np.ndarray],
) -> tuple[np.ndarray, dict[int, int]]:
    """Which of the neighbours of some nodes are followed, and how many distinct new ones are not, by hub.

    Parameters
    ----------
    origin : index of the node, by neighbour, as ``neighbours`` gives it
    fan_out : most new neighbours followed from one node; None for all
    new : where in a span of the neighbours each distinct new one stands first
    """
    followed = np.ones(len(origin), bool)
    skipped: dict[int, int] = {}
    if fan_out is None:
        return followed, skipped
    count = np.bincount(origin, minlength=len(nodes))
    end = np.cumsum(count)
    for hub in np.flatnonzero(count > fan_out):
        begin = end[hub] - count[hub]
        first = new(slice(begin, end[hub]))
        if len(first) > fan_out:
            followed[begin : end[hub]] = False
            followed[begin + np.sort(first)[:fan_out]] = True
            skipped[int(nodes[hub])] = len(first) - fan_out
    return followed, skipped


def firsts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct values, ascending, and where each occurs first."""
    keys = np.sort((values.astype(np.int64) << 32) | np.arange(len(values)))
    distinct = keys >> 32
    new = np.ones(len(keys), bool)
    new[1:] = distinct[1:] != distinct[:-1]
    keys = keys[new]
    return (keys >> 32).astype(np.int32), keys & 0xFFFFFFFF


def places(values: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """bool and index: which values occur among the others, and at what place there each stands that does; both distinct
    and ascending."""
    if len(others) < len(values):
        found, place = np.zeros(len(values), bool), np.zeros(len(values), np.int64)
        here, at = places(others, values)
        found[at[here]] = True
        place[at[here]] = np.flatnonzero(here)
        return found, place
    if not len(others):
        return np.zeros(0, bool), np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(others, values), len(others) - 1)
    return others[at] == values, at
