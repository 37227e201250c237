"""Cuts of all cycles as orders of the nodes: what leads back is cut, and nodes are moved while that pays."""

from __future__ import annotations

import time

import numpy as np

from .adjacency import both
from .compiled import frozen, kernel
from .cycle_packing import Items

LEAST = 1e-9
"""Part of the largest weight below which a difference may be rounding, and moves nothing."""


def improved(
    source: np.ndarray, target: np.ndarray, held: Items, weight: np.ndarray, order: np.ndarray, until: float
) -> np.ndarray:
    """bool by item: what is cut once each node in turn has gone where least is cut, again and again until none gains by
    it or time is over. An arc that leads back is cut, and all of its items with it.

    Parameters
    ----------
    source, target : int32 by arc, no loops
    held : what each arc is cut with
    weight : float64 by item
    order : by node its place to begin with, each another
    until : by the monotonic clock
    """
    offsets, neighbours, arcs = both(source, target, len(order))
    graph = frozen(offsets, np.int64), frozen(neighbours, np.int32), frozen(arcs, np.int64), frozen(source, np.int32)
    items = frozen(held.offsets, np.int64), frozen(held.items, np.int64), frozen(weight, np.float64)
    owner = np.repeat(np.arange(len(source)), np.diff(held.offsets))
    back = np.bincount(held.items[(order[source] > order[target])[owner]], minlength=len(weight))
    least = LEAST * float(weight.max(initial=0.0))
    moved, begun = True, False
    while moved and not (begun and time.monotonic() > until):
        begun = True
        # numbered anew, so that gaps never get too narrow to tell the two sides apart
        order = np.argsort(np.argsort(order, kind="stable")).astype(np.float64)
        moved = _round(*graph, *items, order, back, least)
    return back > 0


@kernel
def _cross(arc, step, item_offsets, items, weight, back):
    """What an arc adds to the weight when it begins (1) or ceases (-1) to lead back."""
    cost = 0.0
    for at in range(item_offsets[arc], item_offsets[arc + 1]):
        item = items[at]
        if step == 1 and back[item] == 0:
            cost += weight[item]
        back[item] += step
        if step == -1 and back[item] == 0:
            cost -= weight[item]
    return cost


@kernel
def _round(offsets, neighbours, arcs, source, item_offsets, items, weight, order, back, least):
    """Moves every node once into the gap between its neighbours where least is cut; returns whether any moved."""
    moved = False
    for node in range(order.size):
        first, near = offsets[node], offsets[node + 1] - offsets[node]
        places = np.empty(near)
        for one in range(near):
            places[one] = order[neighbours[first + one]]
        by_place = np.argsort(places)
        # gap i lies before the neighbour of place i, the last behind all
        here = 0
        while here < near and places[by_place[here]] < order[node]:
            here += 1
        for one in range(here - 1, -1, -1):
            arc = arcs[first + by_place[one]]
            _cross(arc, -1 if source[arc] == node else 1, item_offsets, items, weight, back)
        cost = 0.0
        best, goal, now = 0.0, 0, 0.0
        for one in range(near):
            arc = arcs[first + by_place[one]]
            cost += _cross(arc, 1 if source[arc] == node else -1, item_offsets, items, weight, back)
            if one + 1 == here:
                now = cost
            apart = one + 1 == near or places[by_place[one + 1]] > places[by_place[one]]
            if apart and cost < best:
                best, goal = cost, one + 1
        if best >= now - least:
            goal = here
        for one in range(near - 1, goal - 1, -1):
            arc = arcs[first + by_place[one]]
            _cross(arc, -1 if source[arc] == node else 1, item_offsets, items, weight, back)
        if goal == here:
            continue
        moved = True
        if goal == 0:
            order[node] = places[by_place[0]] - 1.0
        elif goal == near:
            order[node] = places[by_place[near - 1]] + 1.0
        else:
            order[node] = (places[by_place[goal - 1]] + places[by_place[goal]]) / 2
    return moved
