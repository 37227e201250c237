"""Weakly and strongly connected components."""

from __future__ import annotations

import numpy as np

from .adjacency import forward
from .compiled import edge_ids, frozen, kernel


def weak_components(source: np.ndarray, target: np.ndarray, node_count: int) -> np.ndarray:
    """Label the components that remain when the direction of edges is ignored.

    Union-find with splicing and links towards the lower id (Rem's algorithm in Dijkstra 1976; fastest of 53 variants
    in Patwary, Blair & Manne 2010).

    Parameters
    ----------
    source, target : int32[m], the ends of the edges
    node_count : ids run from 0 to ``node_count - 1``; a node without edges is a component of its own

    Returns
    -------
    int32[node_count], labels 0 to k-1 in the order of each component's least node, whatever the order of edges
    """
    return _weak(*edge_ids(source, target, node_count), node_count)


def strong_components(source: np.ndarray, target: np.ndarray, node_count: int) -> np.ndarray:
    """Label the sets of nodes that reach each other along directed edges. Arguments as for ``weak_components``.

    Returns
    -------
    int32[node_count], labels 0 to k-1 in the order of each component's least node, whatever the order of edges
    """
    return numbered(frozen(sinks_first(source, target, node_count), np.int32))[0]


def sinks_first(source: np.ndarray, target: np.ndarray, node_count: int) -> np.ndarray:
    """Strong components labelled so that every edge between two of them leads to the lower label.

    The order depends on the order of edges; ``strong_components`` has labels that do not. Tarjan's algorithm in the
    form of Pearce 2016 ("A space-efficient algorithm for finding strongly connected components"), without recursion.
    Arguments as for ``weak_components``.
    """
    adjacency = forward(source, target, node_count)
    return _strong(frozen(adjacency.offsets, np.int64), frozen(adjacency.neighbours, np.int32))


@kernel
def _weak(source, target, node_count):
    parent = np.arange(node_count).astype(np.int32)
    for edge in range(source.size):
        one, other = source[edge], target[edge]
        while parent[one] != parent[other]:
            if parent[one] < parent[other]:
                one, other = other, one
            above = parent[one]
            parent[one] = parent[other]
            if above == one:
                break
            one = above
    # A parent is never above its child, so one pass in order of ids meets every root before the rest of its tree.
    count = np.int32(0)
    for node in range(node_count):
        if parent[node] == node:
            parent[node] = count
            count += np.int32(1)
        else:
            parent[node] = parent[parent[node]]
    return parent


@kernel
def _strong(offsets, neighbours):
    node_count = offsets.size - 1
    # Of an open node the order of its discovery, or of the earliest one it reaches; of a closed one its component,
    # counted down from node_count - 1 and so above every open node's number. 0: not seen yet.
    low = np.zeros(node_count, np.int32)
    is_root = np.ones(node_count, np.bool_)
    open_nodes = np.empty(node_count, np.int32)
    open_count = 0
    path = np.empty(node_count, np.int32)
    cursor = np.empty(node_count, np.int64)
    number = 1
    component = node_count
    for start in range(node_count):
        if low[start]:
            continue
        path[0] = start
        cursor[0] = offsets[start]
        low[start] = number
        number += 1
        depth = 0
        while depth >= 0:
            node = path[depth]
            if cursor[depth] < offsets[node + 1]:
                neighbour = neighbours[cursor[depth]]
                if low[neighbour] == 0:
                    # The cursor stays, so that the neighbour's number is looked at again once it is finished.
                    depth += 1
                    path[depth] = neighbour
                    cursor[depth] = offsets[neighbour]
                    low[neighbour] = number
                    number += 1
                    continue
                cursor[depth] += 1
                if low[neighbour] < low[node]:
                    low[node] = low[neighbour]
                    is_root[node] = False
            else:
                depth -= 1
                if is_root[node]:
                    number -= 1
                    while open_count and low[node] <= low[open_nodes[open_count - 1]]:
                        open_count -= 1
                        low[open_nodes[open_count]] = component
                        number -= 1
                    low[node] = component
                    component -= 1
                else:
                    open_nodes[open_count] = node
                    open_count += 1
    for node in range(node_count):
        low[node] = node_count - low[node]
    return low


@kernel
def numbered(labels):
    """Labels given anew, 0 to k-1 in the order of each one's least node, and k."""
    new = np.full(labels.size, -1, np.int32)
    result = np.empty(labels.size, np.int32)
    count = 0
    for node in range(labels.size):
        if new[labels[node]] < 0:
            new[labels[node]] = count
            count += 1
        result[node] = new[labels[node]]
    return result, count
