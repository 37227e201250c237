"""Where nodes come to stand in a picture that is looked at already: around what they hang on, and nothing else moves.

Each new node takes the free place near its neighbours that is the shortest way off, on the side where there is room,
with no box in between. Nodes come in their canonical order, so there is no chance in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from .circles import Point, Sizes
from .placing import canonical, layout
from .stress import SPACING

NEAREST = 100.0
"""Pixels from the middle of a node to the first ring around it."""
STEP = 48.0
"""Pixels from ring to ring."""
FLAT = 0.72
"""How much less high than wide a ring is, as boxes are."""
LOOKED_AT = 24
"""Places of which it is seen whether a box stands in between."""
BEHIND = 90.0
"""Pixels of length that a box in between, and a place on the far side, are as bad as."""
_ALONG = np.linspace(0.1, 0.9, 9)


def around(sizes: Sizes, placed: Mapping[str, Point], ties: Iterable[tuple[str, str]]) -> dict[str, Point]:
    """The centre of each node that has no place yet, in pixels, y downwards; it overlaps no other.

    Parameters
    ----------
    sizes : width and height of every node, by name
    placed : where some of them stand; they stay
    ties : pairs of nodes that are linked
    """
    ties = [tie for tie in dict.fromkeys(ties) if tie[0] != tie[1]]
    near: dict[str, set[str]] = {node: set() for node in sizes}
    for one, other in ties:
        near[one].add(other)
        near[other].add(one)
    order = canonical(sizes, ties)
    points = dict(placed)
    found: dict[str, Point] = {}
    full: dict[str, int] = {}
    waiting = [node for node in order if node not in points]
    while waiting:
        ready = [node for node in waiting if not near[node].isdisjoint(points)]
        if not ready:
            apart = _beside({node: sizes[node] for node in waiting}, ties, points, sizes)
            return found | apart
        for node in sorted(ready, key=lambda node: -len(near[node] & points.keys())):
            anchors = [other for other in order if other in near[node] and other in points]
            found[node] = points[node] = _place(sizes[node], anchors, points, sizes, near, full)
        waiting = [node for node in waiting if node not in points]
    return found


def _place(
    size: tuple[float, float],
    anchors: Sequence[str],
    points: Mapping[str, Point],
    sizes: Sizes,
    near: Mapping[str, set[str]],
    full: dict[str, int],
) -> Point:
    """The best free place for a node that hangs on ``anchors``; ``full`` counts the rings around a node that have no
    place left, so that none is looked at again."""
    ends = np.array([points[anchor] for anchor in anchors])
    boxes = np.array([[*points[node], *sizes[node]] for node in points])
    own = [node in set(anchors) for node in points]
    away = _away(anchors[0], points, near)
    while True:
        ring = full.setdefault(anchors[0], 0)
        spots = np.concatenate([_ring(ends[0], sizes[anchors[0]], ring + more) for more in range(3)])
        free = spots[~_taken(spots, size, boxes)]
        if len(free):
            return _best(free, ends, boxes[~np.array(own)], away)
        full[anchors[0]] += 2


def _ring(centre: np.ndarray, size: tuple[float, float], number: int) -> np.ndarray:
    """Places on one ring around a node, evenly apart, from its right on."""
    wide = NEAREST + size[0] / 2 + STEP * number
    count = max(12, int(2 * math.pi * wide / 34))
    turn = np.arange(count) * 2 * math.pi / count
    return centre + np.stack((wide * np.cos(turn), FLAT * wide * np.sin(turn)), axis=1)


def _taken(spots: np.ndarray, size: tuple[float, float], boxes: np.ndarray) -> np.ndarray:
    """bool by place: would the node there touch a box?"""
    wide, high = (boxes[:, 2:] + np.array(size)).T / 2 + SPACING / 2
    beside = np.abs(spots[:, :1] - boxes[:, 0]) < wide
    return (beside & (np.abs(spots[:, 1:] - boxes[:, 1]) < high)).any(axis=1)


def _away(anchor: str, points: Mapping[str, Point], near: Mapping[str, set[str]]) -> np.ndarray:
    """The direction in which an anchor has the fewest neighbours; none where it has none or they lie all around."""
    here = np.array(points[anchor])
    others = np.array([points[node] for node in sorted(near[anchor]) if node in points]).reshape(-1, 2) - here
    lengths = np.linalg.norm(others, axis=1, keepdims=True)
    mean = -np.round((others / np.maximum(lengths, 1.0)).sum(axis=0), 6)
    return mean / max(1.0, float(np.linalg.norm(mean)))


def _best(spots: np.ndarray, ends: np.ndarray, boxes: np.ndarray, away: np.ndarray) -> Point:
    """The place with short ties, on the free side, and nothing in between."""
    off = spots - ends[0]
    side = off @ away / np.linalg.norm(off, axis=1)
    length = np.linalg.norm(spots[:, None] - ends[None], axis=2).mean(axis=1)
    cost = length - BEHIND * side
    few = np.argsort(np.round(cost, 3), kind="stable")[:LOOKED_AT]
    crossed = [sum(_crosses(spots[place], end, boxes) for end in ends) for place in few]
    best = few[int(np.argmin(np.round(cost[few] + BEHIND * np.array(crossed), 3)))]
    return (round(float(spots[best][0]), 1), round(float(spots[best][1]), 1))


def _crosses(spot: np.ndarray, end: np.ndarray, boxes: np.ndarray) -> int:
    """How many boxes lie between a place and a neighbour."""
    line = spot + (end - spot) * _ALONG[:, None]
    beside = np.abs(line[:, :1] - boxes[:, 0]) < boxes[:, 2] / 2
    return int((beside & (np.abs(line[:, 1:] - boxes[:, 1]) < boxes[:, 3] / 2)).any(axis=0).sum())


def _beside(new: Sizes, ties: Iterable[tuple[str, str]], points: Mapping[str, Point], sizes: Sizes) -> dict[str, Point]:
    """Nodes that hang on nothing in the picture, laid out by themselves under what is there."""
    laid = layout(new, [tie for tie in ties if tie[0] in new and tie[1] in new], flow=False)
    if not points:
        return laid
    left = min(x - sizes[node][0] / 2 for node, (x, _) in points.items())
    bottom = max(y + sizes[node][1] / 2 for node, (_, y) in points.items())
    shift_x = left - min(x - new[node][0] / 2 for node, (x, _) in laid.items())
    shift_y = bottom + 3 * SPACING - min(y - new[node][1] / 2 for node, (_, y) in laid.items())
    return {node: (round(x + shift_x, 1), round(y + shift_y, 1)) for node, (x, y) in laid.items()}
