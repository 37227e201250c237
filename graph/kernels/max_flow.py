"""The most that can flow from one node to another, in whole numbers of 64 bits (SciPy's takes 32)."""

from __future__ import annotations

import numpy as np

from .compiled import edge_ids, frozen, kernel

UNBOUNDED = np.int64(1) << 60
"""The capacity of an arc that has no bound: more than all money in cents."""


def max_flow(
    source: np.ndarray, target: np.ndarray, capacity: np.ndarray, node_count: int, start: int, goal: int
) -> np.ndarray:
    """int64 by arc: a largest flow from ``start`` to ``goal``, by Dinic's method (Soviet Math. Doklady 11, 1970).

    Parameters
    ----------
    source, target : int32[m], the ends of the arcs
    capacity : int64[m], at least 0; ``UNBOUNDED`` where nothing bounds it. What leaves ``start`` or reaches ``goal``
        must be bounded
    node_count : ids run from 0 to ``node_count - 1``
    """
    source, target = edge_ids(source, target, node_count)
    left = np.empty(2 * len(source), np.int64)
    left[0::2], left[1::2] = capacity, 0
    ends = np.empty(2 * len(source), np.int32)
    ends[0::2], ends[1::2] = target, source
    tails = np.empty_like(ends)
    tails[0::2], tails[1::2] = source, target
    order = np.argsort(tails, kind="stable")
    offsets = np.zeros(node_count + 1, np.int64)
    np.cumsum(np.bincount(tails, minlength=node_count), out=offsets[1:])
    if len(source) and start != goal:
        _fill(offsets, frozen(order, np.int64), frozen(ends, np.int32), left, start, goal)
    return left[1::2].copy()


@kernel
def _fill(offsets, arcs, ends, left, start, goal):
    """Push along shortest ways that have room, until none is left. Arc ``a ^ 1`` is the way back of arc ``a``."""
    node_count = len(offsets) - 1
    level = np.empty(node_count, np.int32)
    queue = np.empty(node_count, np.int32)
    turn = np.empty(node_count, np.int64)
    path = np.empty(node_count, np.int64)
    while _levels(offsets, arcs, ends, left, start, goal, level, queue):
        turn[:] = offsets[:-1]
        node, depth = start, 0
        while True:
            if node == goal:
                least = left[path[0]]
                for step in range(1, depth):
                    least = min(least, left[path[step]])
                back = depth
                for step in range(depth - 1, -1, -1):
                    left[path[step]] -= least
                    left[path[step] ^ 1] += least
                    if left[path[step]] == 0:
                        back = step
                depth = back
                node = ends[path[depth] ^ 1]
                continue
            went = False
            while turn[node] < offsets[node + 1]:
                arc = arcs[turn[node]]
                if left[arc] > 0 and level[ends[arc]] == level[node] + 1:
                    path[depth] = arc
                    depth += 1
                    node = ends[arc]
                    went = True
                    break
                turn[node] += 1
            if went:
                continue
            if node == start:
                break
            level[node] = -1
            depth -= 1
            node = ends[path[depth] ^ 1]
            turn[node] += 1


@kernel
def _levels(offsets, arcs, ends, left, start, goal, level, queue):
    """How many arcs with room lie between ``start`` and each node; whether ``goal`` can be reached."""
    level[:] = -1
    level[start] = 0
    queue[0], first, last = start, 0, 1
    while first < last:
        node = queue[first]
        first += 1
        for place in range(offsets[node], offsets[node + 1]):
            arc = arcs[place]
            if left[arc] > 0 and level[ends[arc]] < 0:
                level[ends[arc]] = level[node] + 1
                queue[last] = ends[arc]
                last += 1
    return level[goal] >= 0
