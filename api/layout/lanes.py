"""Boxes in columns and the arrows between them, laid out so that no label lies on a box, a line or a label.

An arrow leaves its box to the right and runs level beside its label, then bends to the height at which it enters the
next box; one that skips columns runs level between their boxes. What leaves a box is as far apart as labels are high.
Everything is deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .stops import Stop

BOX_HEIGHT, OUT_PITCH, IN_PITCH = 64.0, 38.0, 20.0
"""The least height of a box, and how far apart arrows leave and enter it."""
BOX_GAP, LANE_GAP = 18.0, 16.0
"""Between two boxes of a column, and beside an arrow that runs past them."""
BEND, MOST_BEND = 30.0, 80.0
"""Pixels across in which an arrow bends to its height, at least and at most: the more, the further up or down."""
SLOPE = 0.16
SWEEPS = 12

Lane = tuple[int, int]
"""Where an arrow passes a column: the arrow's number, the column's."""
Item = Stop | Lane


@dataclass(frozen=True)
class Way:
    """Where an arrow runs: level from ``start`` to ``bend``, then by turns a bend and a level stretch.

    Attributes
    ----------
    start : x and y at which it leaves
    level : x of the end of its first level stretch, beside its label
    past : of each column that it passes, x of the left, x of where it bends again, and y
    end : x and y at which it enters
    """

    start: tuple[float, float]
    level: float
    past: tuple[tuple[float, float, float], ...]
    end: tuple[float, float]


@dataclass(frozen=True)
class Lanes:
    """A layout.

    Attributes
    ----------
    boxes : by stop its left, top, and height
    ways : by arrow
    lefts : x of the left of each column
    width, height : of all of it
    """

    boxes: Mapping[Stop, tuple[float, float, float]]
    ways: Sequence[Way]
    lefts: Sequence[float]
    width: float
    height: float


def lanes(
    column: Mapping[Stop, int], arrows: Sequence[tuple[Stop, Stop]], labels: Sequence[float], box_width: float
) -> Lanes:
    """Where boxes and arrows stand.

    Parameters
    ----------
    column : of each stop
    arrows : each leads to a column further right
    labels : by arrow, how wide its label is
    """
    trails = [_trail(number, arrow, column) for number, arrow in enumerate(arrows)]
    order = _ordered(column, trails)
    heights = _heights(order, arrows)
    centres = _centres(order, trails, heights)
    leaves, enters = _ports(trails, centres, 0, OUT_PITCH), _ports(trails, centres, -1, IN_PITCH)
    levels_of = [
        [leaves[number], *(centres[lane] for lane in trail[1:-1]), enters[number]]
        for number, trail in enumerate(trails)
    ]
    lefts, bends = _across(column, arrows, labels, levels_of, box_width)
    top = min((centres[item] - heights[item] / 2 for item in centres), default=0.0)
    bottom = max((centres[item] + heights[item] / 2 for item in centres), default=0.0)
    boxes = {s: (lefts[column[s]], centres[s] - heights[s] / 2 - top, heights[s]) for s in column}
    ways = []
    for number, trail in enumerate(trails):
        here, there = column[arrows[number][0]], column[arrows[number][1]]
        past = tuple((lefts[lane[1]], bends[lane[1]], centres[lane] - top) for lane in trail[1:-1])
        start = lefts[here] + box_width, leaves[number] - top
        ways.append(Way(start, bends[here], past, (lefts[there], enters[number] - top)))
    return Lanes(boxes, ways, lefts, lefts[-1] + box_width if lefts else 0.0, bottom - top)


def _trail(number: int, arrow: tuple[Stop, Stop], column: Mapping[Stop, int]) -> list:
    """What an arrow touches: its box, the lanes by which it passes columns, and the box it enters."""
    start, end = arrow
    return [start, *((number, passed) for passed in range(column[start] + 1, column[end])), end]


def _across(
    column: Mapping[Stop, int],
    arrows: Sequence[tuple[Stop, Stop]],
    labels: Sequence[float],
    levels: Sequence[Sequence[float]],
    box_width: float,
) -> tuple[list[float], list[float]]:
    """x of the left of each column, and of where what leaves it begins to bend.

    Parameters
    ----------
    levels : by arrow, y at its start, in each column that it passes, and at its end
    """
    count = max(column.values(), default=-1) + 1
    longest, steepest = [0.0] * count, [0.0] * count
    for (start, _), label, heights in zip(arrows, labels, levels, strict=True):
        longest[column[start]] = max(longest[column[start]], label)
        for place, (here, there) in enumerate(pairwise(heights), start=column[start]):
            steepest[place] = max(steepest[place], abs(there - here))
    lefts, bends = [], []
    x = 0.0
    for label, steep in zip(longest, steepest, strict=True):
        lefts.append(x)
        bends.append(x + box_width + label)
        x = bends[-1] + min(MOST_BEND, BEND + SLOPE * steep)
    return lefts, bends


# -- which stands above which -----------------------------------------------------------------------------------------


def _ordered(column: Mapping[Stop, int], trails: Sequence[list]) -> list[list]:
    """What stands in each column from above: of some sweeps, the one that gives the fewest crossings."""
    order: list[list] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for trail in trails:
        for item, place in zip(trail, range(column[trail[0]], column[trail[-1]] + 1), strict=True):
            if item not in order[place]:
                order[place].append(item)
    best, fewest = order, _crossings(order, trails, column)
    for sweep in range(SWEEPS):
        order = _swept(order, trails, forward=sweep % 2 == 0)
        crossings = _crossings(order, trails, column)
        if crossings < fewest:
            best, fewest = order, crossings
    return best


def _neighbours(trails: Sequence[list], forward: bool) -> dict:
    """By item, what it is joined with in the column before, or behind."""
    found: dict = {}
    for trail in trails:
        for before, behind in pairwise(trail):
            item, other = (behind, before) if forward else (before, behind)
            found.setdefault(item, []).append(other)
    return found


def _swept(order: list[list], trails: Sequence[list], forward: bool) -> list[list]:
    """Each column in the order of the middle of what its items are joined with; what is joined with nothing stays."""
    joined = _neighbours(trails, forward)
    swept = [list(items) for items in order]
    rank = {item: float(place) for items in order for place, item in enumerate(items)}
    for items in swept if forward else reversed(swept):
        middle = {
            item: sum(rank[other] for other in joined[item]) / len(joined[item]) if item in joined else rank[item]
            for item in items
        }
        items.sort(key=middle.__getitem__)
        rank.update({item: float(place) for place, item in enumerate(items)})
    return swept


def _crossings(order: list[list], trails: Sequence[list], column: Mapping[Stop, int]) -> int:
    rank = {item: place for items in order for place, item in enumerate(items)}
    steps: dict[int, list[tuple[int, int]]] = {}
    for trail in trails:
        for number, (before, behind) in enumerate(pairwise(trail)):
            steps.setdefault(column[trail[0]] + number, []).append((rank[before], rank[behind]))
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for found in steps.values()
        for place, one in enumerate(found)
        for other in found[:place]
    )


# -- how high ---------------------------------------------------------------------------------------------------------


def _heights(order: list[list], arrows: Sequence[tuple[Stop, Stop]]) -> dict:
    """A box is as high as what leaves and enters it needs; a lane has no height."""
    out: dict[Stop, int] = {}
    into: dict[Stop, int] = {}
    for start, end in arrows:
        out[start], into[end] = out.get(start, 0) + 1, into.get(end, 0) + 1
    return {
        item: max(BOX_HEIGHT, OUT_PITCH * out.get(item, 0), IN_PITCH * into.get(item, 0)) if _is_box(item) else 0.0
        for items in order
        for item in items
    }


def _is_box(item: Item) -> bool:
    return isinstance(item[0], str)


def _centres(order: list[list], trails: Sequence[list], heights: Mapping) -> dict:
    """y of the middle of each item: near that of what it is joined with, in order, and clear of its neighbours."""
    offsets: dict = {}
    for items in order:
        y = 0.0
        for above, item in zip([None, *items], items, strict=False):
            if above is not None:
                gap = BOX_GAP if _is_box(above) and _is_box(item) else LANE_GAP
                y += heights[above] / 2 + gap + heights[item] / 2
            offsets[item] = y
    centres = {item: offsets[item] - offsets[items[-1]] / 2 for items in order for item in items}
    both = [_neighbours(trails, True), _neighbours(trails, False)]
    for sweep in range(2 * SWEEPS):
        joined = both[sweep % 2]
        for items in order if sweep % 2 == 0 else reversed(order):
            wanted = [
                sum(centres[other] for other in joined.get(item, [item])) / len(joined.get(item, [item]))
                for item in items
            ]
            level = _rising([want - offsets[item] for want, item in zip(wanted, items, strict=True)])
            centres.update({item: value + offsets[item] for item, value in zip(items, level, strict=True)})
    return centres


def _rising(wanted: Sequence[float]) -> list[float]:
    """The numbers that never fall and are nearest to those that are wanted, by least squares.

    >>> _rising([1.0, 4.0, 2.0, 5.0])
    [1.0, 3.0, 3.0, 5.0]
    """
    pools: list[tuple[float, int]] = []
    for value in wanted:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, many), (other, more) = pools[-2:]
            pools[-2:] = [((one * many + other * more) / (many + more), many + more)]
    return [value for value, count in pools for _ in range(count)]


def _ports(trails: Sequence[list], centres: Mapping, end: int, pitch: float) -> list[float]:
    """y at which each arrow leaves its box (``end`` 0) or enters it (-1), ordered by where it goes or comes from."""
    at: dict[Stop, list[int]] = {}
    for number, trail in enumerate(trails):
        at.setdefault(trail[end], []).append(number)
    next_to = 1 if end == 0 else -2
    found = [0.0] * len(trails)
    for box, numbers in at.items():
        numbers.sort(key=lambda number: (centres[trails[number][next_to]], number))
        for place, number in enumerate(numbers):
            found[number] = centres[box] + pitch * (place - (len(numbers) - 1) / 2)
    return found
