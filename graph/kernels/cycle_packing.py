"""Cycles packed into weights: what every cut of all cycles weighs at least, and a first cut.

Local ratio (Bar-Yehuda & Even 1985, "A local-ratio theorem for approximating the weighted vertex cover problem"): each
cycle takes of the weight of all that could break it as much as the lightest still has. A cut must pay that for each
cycle, so their sum is a bound from below; what has nothing left is cut. Short cycles go first, as they take least.
"""

from __future__ import annotations

import math
import time
from typing import NamedTuple

import numpy as np

from .adjacency import backward, forward
from .compiled import frozen, kernel

AT_ONCE = 20_000_000
"""Arcs looked at between two looks at the clock, a fraction of a second."""
LENGTHS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 2**62)
"""Cycles up to so many arcs are taken before longer ones."""


class Items(NamedTuple):
    """What can be cut, by arc: arc ``i`` is gone when all of ``items[offsets[i]:offsets[i + 1]]`` are cut."""

    offsets: np.ndarray
    items: np.ndarray


class Packing(NamedTuple):
    """Cycles that were met, and what they took.

    Attributes
    ----------
    offsets, arcs : cycle ``i`` is ``arcs[offsets[i]:offsets[i + 1]]``
    bound : every cut weighs at least this, beside what was cut before
    cut : bool by item, it was cut before or has nothing left
    whole : the arcs that stay hold no cycle; False where time was too short
    """

    offsets: np.ndarray
    arcs: np.ndarray
    bound: float
    cut: np.ndarray
    whole: bool


def pack_cycles(
    source: np.ndarray, target: np.ndarray, node_count: int, held: Items, weight: np.ndarray, until: float
) -> Packing:
    """Cycles packed one after the other until none is left.

    Parameters
    ----------
    source, target : int32 by arc, no loops and no arc twice
    held : what each arc is cut with
    weight : float64 by item; 0 for one that is cut already
    until : by the monotonic clock
    """
    out, into = forward(source, target, node_count), backward(source, target, node_count)
    graph = [
        frozen(column, kind)
        for side in (out, into)
        for column, kind in zip(side, (np.int64, np.int32, np.int64), strict=True)
    ]
    items = frozen(held.offsets, np.int64), frozen(held.items, np.int64)
    left = weight.astype(np.float64)
    open_nodes = np.ones(node_count, dtype=bool)
    longest = frozen(np.array(LENGTHS), np.int64)
    lengths, arcs, taken = [np.zeros(1, np.int64)], [], []
    turn = start = 0
    # what can be done at once is done, however late it is
    while turn < len(LENGTHS) and (not arcs or time.monotonic() <= until):
        turn, start, long, flat, took = _packed(*graph, *items, left, open_nodes, longest, turn, start, AT_ONCE)
        lengths.append(long)
        arcs.append(flat)
        taken += took.tolist()
    # a little less than the sum, for what rounding may have added
    bound = math.fsum(taken) * (1 - 1e-12)
    return Packing(np.cumsum(np.concatenate(lengths)), np.concatenate(arcs), bound, left <= 0, turn == len(LENGTHS))


@kernel
def _payer(arc, item_offsets, items, left):
    """The first item of an arc that has something left; -1 where none has, and the arc is gone."""
    for at in range(item_offsets[arc], item_offsets[arc + 1]):
        if left[items[at]] > 0:
            return items[at]
    return -1


@kernel
def _packed(
    out_offsets, out, out_arcs, in_offsets, into, in_arcs, item_offsets, items, left, open_nodes,
    longest, turn, start, work,
):  # fmt: skip
    """Takes cycles of up to ``longest[turn]`` arcs through the nodes from ``start`` on, then longer ones, until so much
    ``work`` is done; returns where it stopped, and the length, the arcs and the taken weight of each cycle."""
    count = out_offsets.size - 1
    seen = np.full((2, count), -1, np.int64)
    via = np.empty((2, count), np.int64)  # the arc by which a node was seen
    before = np.empty((2, count), np.int64)
    queue = np.empty((2, count + 1), np.int64)
    begin, end = np.zeros(2, np.int64), np.zeros(2, np.int64)
    lengths, flat, took = [0 for _ in range(0)], [0 for _ in range(0)], [0.0 for _ in range(0)]
    search, done, centre = 0, 0, start
    while done < work:
        if centre == count:
            centre, turn = 0, turn + 1
            if turn == longest.size:
                break
        if not open_nodes[centre]:
            centre += 1
            continue
        search += 1
        for side in range(2):
            queue[side, 0], begin[side], end[side], seen[side, centre] = centre, 0, 1, search
        steps, meeting = 0, -1
        closing = -1  # the arc that leads back to the centre at once
        while meeting < 0 and steps < longest[turn] and begin[0] < end[0] and begin[1] < end[1]:
            side = 0 if end[0] - begin[0] <= end[1] - begin[1] else 1
            steps += 1
            last = end[side]
            while begin[side] < last and meeting < 0:
                node = queue[side, begin[side]]
                begin[side] += 1
                first = out_offsets[node] if side == 0 else in_offsets[node]
                stop = out_offsets[node + 1] if side == 0 else in_offsets[node + 1]
                done += stop - first
                for at in range(first, stop):
                    arc = out_arcs[at] if side == 0 else in_arcs[at]
                    other = out[at] if side == 0 else into[at]
                    if not open_nodes[other] or _payer(arc, item_offsets, items, left) < 0:
                        continue
                    if other == centre:
                        meeting, closing = node, arc
                        break
                    if seen[side, other] == search:
                        continue
                    seen[side, other], via[side, other], before[side, other] = search, arc, node
                    queue[side, end[side]] = other
                    end[side] += 1
                    if seen[1 - side, other] == search:
                        meeting = other
                        break
        if meeting < 0:
            if begin[0] == end[0] or begin[1] == end[1]:
                open_nodes[centre] = False  # it lies on no cycle, and never will
            centre += 1
            continue
        first = len(flat)
        if closing >= 0:
            flat.append(closing)
        for side in range(2):
            node = meeting
            if closing >= 0 and seen[side, node] != search:
                continue
            while node != centre:
                flat.append(via[side, node])
                node = before[side, node]
            if closing >= 0:
                break
        paid = np.empty(len(flat) - first, np.int64)
        for place in range(first, len(flat)):
            paid[place - first] = _payer(flat[place], item_offsets, items, left)
        paid = np.unique(paid)
        least = left[paid].min()
        left[paid] -= least
        lengths.append(len(flat) - first)
        took.append(least)
    return turn, centre, np.array(lengths), np.array(flat), np.array(took)
