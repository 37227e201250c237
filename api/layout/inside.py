"""Where things stand inside an oval of people: ties short, over no other thing or person, crossing few others.

Things first take places of a grid, by the Hungarian method (what each place costs each thing) and then by moves and
swaps as long as one helps; then each is eased off the grid to where it stands better still.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from .circles import Point, Sizes
from .stress import SPACING

BULGE = 2.5
"""The exponent of an oval (a superellipse, Lamé 1818): 2 is an ellipse, more is fuller, with more room inside."""
SPARE = 10
"""Places that stay free, at most, so that things can stand near their people."""
CLEAR = 7.0
"""Pixels that a tie keeps from boxes that are not its own."""
OVER, CROSS = 400.0, 14.0
"""Pixels of length that a tie over another's box, and a crossing of two ties, are as bad as."""
WORK = 30_000_000
"""Numbers looked at, at most, in a search for something better; less than a second."""
COARSE = WORK // 5
"""The same in the search for a place of the grid, from which things are eased further anyway."""
AT_ONCE = 200_000
"""Numbers looked at in one go."""
_POWERS = (1.0, 2.0, 0.5)
_STEPS = (0.0, 0.0, 60.0, 0.0, 60.0, 30.0, 12.0, 12.0)
"""How far things move in one go of easing, in pixels; 0 is anywhere."""
_WHOLE = (55.0, 38.0)
_AROUND = np.array([at for at in itertools.product((-2, -1, 0, 1, 2), repeat=2) if at != (0, 0)]) * (1.0, 0.7)

Ties = Mapping[tuple[str, str], float]
"""By person and thing, how much a tie counts."""


def improved(
    state: Any,
    cost: Callable[[Any], float],
    moves: Sequence[tuple[int, int]],
    changed: Callable[[Any, int, int], Iterable[Any]],
    size: int,
    work: int = WORK,
) -> Any:
    """A state of less cost, by moves as long as one helps and ``work`` lasts; ``size``: what a look at a cost takes."""
    limit, least, tries, better = work // (size + 2000), cost(state), 0, True
    while better:
        better = False
        for i, j in moves:
            for other in changed(state, i, j):
                total = cost(other)
                if total < least - 1e-6:
                    state, least, better = other, total, True
            tries += 1
            if tries >= limit:
                return state
    return state


class Oval(NamedTuple):
    """The inside of an oval around the origin, by its half axes in pixels."""

    wide: float
    high: float

    def holds(self, points: np.ndarray, box: np.ndarray) -> np.ndarray:
        """bool by point: does a box there lie inside?"""
        corners = (np.abs(points) + np.asarray(box) / 2) / np.maximum(1e-9, (self.wide, self.high))
        return (corners**BULGE).sum(axis=1) <= 1

    def places(self, boxes: Sequence[tuple[float, float]]) -> np.ndarray:
        """Centres of a grid, every second row shifted, each with room for the largest box."""
        if not boxes or min(self) <= 0:
            return np.zeros((0, 2))
        wide, high = (max(box[i] for box in boxes) for i in (0, 1))
        across, down = wide + 2 * SPACING, high + 1.6 * SPACING
        # What an oval of many people and few things has room for is more than there is need to choose from.
        stretch = max(1.0, math.sqrt(3.4 * self.wide * self.high / (across * down) / (4 * len(boxes) + 24)))
        across, down = across * stretch, down * stretch
        rows, columns = int(self.high // down) + 1, int(self.wide // across) + 1
        spots = np.array(
            [
                ((column + (0.5 if row % 2 else 0.0)) * across, row * down)
                for row in range(-rows, rows + 1)
                for column in range(-columns, columns + 1)
            ]
        )
        return spots[self.holds(spots, np.array((wide, high)))]

    def filled(
        self, things: Sequence[str], places: np.ndarray, people: Mapping[str, Point], ties: Ties, sizes: Sizes
    ) -> dict[str, Point]:
        """Where each thing stands.

        Parameters
        ----------
        things : in the order that decides where nothing else does
        places : at least as many as there are things
        people : where people stand
        ties : by person and thing
        sizes : width and height of people and things
        """
        if not things:
            return {}
        number = {person: i for i, person in enumerate(people)}
        users: dict[str, list[int]] = {thing: [] for thing in things}
        for person, thing in sorted(ties, key=lambda tie: number[tie[0]]):
            users[thing].append(number[person])
        scene = _Scene(
            np.array(list(people.values())).reshape(-1, 2),
            np.array([sizes[person] for person in people]).reshape(-1, 2),
            np.array([sizes[thing] for thing in things]),
            [np.array(users[thing], dtype=int) for thing in things],
        )
        # Where a search ends depends on where it starts: of a few ends the best is taken, and eased.
        ends = [places[_assigned(scene, places, power)] for power in _POWERS]
        best = self._eased(scene, min(ends, key=lambda spots: round(scene.total(spots), 3)))
        return {thing: (float(x), float(y)) for thing, (x, y) in zip(things, best, strict=True)}

    def _eased(self, scene: _Scene, spots: np.ndarray) -> np.ndarray:
        """Things moved, at first anywhere and then by ever smaller steps, each to where its own ties and those of
        others fare best."""
        spots, work = spots.copy(), 0
        for step, thing in itertools.product(_STEPS, range(len(spots))):
            near = self._near(scene, spots, thing, step)
            near = near[:: 1 + len(near) * scene.size(thing) * 4 // WORK]
            # A look at where it stands comes first, so that it stays where nothing is better.
            costs = scene.costs(spots, thing, np.concatenate((spots[thing][None], near)))
            costs[1:] += 1e-6
            best = int(np.argmin(np.round(costs, 3)))
            spots[thing] = near[best - 1] if best else spots[thing]
            work += scene.size(thing) * len(costs)
            if work > WORK:
                break
        return spots

    def _near(self, scene: _Scene, spots: np.ndarray, thing: int, step: float) -> np.ndarray:
        """Spots around a thing's (all over the oval, for no step) where it lies inside and keeps apart from others."""
        box, rest = scene.boxes[thing], np.arange(len(spots)) != thing
        if step:
            around = spots[thing] + _AROUND * step
        else:
            x, y = np.arange(-self.wide, self.wide, _WHOLE[0]), np.arange(-self.high, self.high, _WHOLE[1])
            around = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        around = around[self.holds(around, box)]
        room = (scene.boxes[rest] + box) / 2 + (SPACING, 0.8 * SPACING)
        free = (np.abs(spots[rest] - around[:, None]) >= room).any(axis=2).all(axis=1)
        return around[free]


class _Scene:
    """People who stand, and things that may: what it costs to have a thing somewhere.

    Attributes
    ----------
    people, people_boxes : their centres, and their widths and heights
    boxes : widths and heights of things
    users : by thing, numbers of its people
    of, who : by tie, its thing and its person
    """

    def __init__(self, people: np.ndarray, people_boxes: np.ndarray, boxes: np.ndarray, users: Sequence[np.ndarray]):
        self.people, self.people_boxes, self.boxes, self.users = people, people_boxes, boxes, users
        self.of = np.repeat(np.arange(len(users)), [len(some) for some in users])
        self.who = np.concatenate(users)

    def size(self, thing: int) -> int:
        """About how many numbers a look at what one spot costs takes."""
        return len(self.users[thing]) * (len(self.people) + len(self.boxes) + len(self.of)) + len(self.of)

    def costs(self, spots: np.ndarray, thing: int, tried: np.ndarray) -> np.ndarray:
        """For each spot tried, how long the thing's ties would be, what they run over and cross, and whose ties run
        over the thing."""
        own = self.people[self.users[thing]]
        rest, others = np.arange(len(spots)) != thing, self.of != thing
        sources, targets = self.people[self.who[others]], spots[self.of[others]]
        part = max(1, AT_ONCE // self.size(thing))
        costs = []
        for at in range(0, len(tried), part):
            some = tried[at : at + part]
            starts, ends = np.tile(own, (len(some), 1)), np.repeat(some, len(own), axis=0)
            over = _over(starts, ends, spots[rest], self.boxes[rest]).sum(axis=1, dtype=float)
            past = _over(starts, ends, self.people, self.people_boxes)
            past[np.arange(len(starts)), np.tile(self.users[thing], len(some))] = False
            each = OVER * (over + past.sum(axis=1)) + CROSS * _crossings(starts, ends, sources, targets)
            each += np.linalg.norm(starts - ends, axis=1)
            under = _over(sources, targets, some, np.tile(self.boxes[thing], (len(some), 1))).sum(axis=0)
            costs.append(each.reshape(len(some), len(own)).sum(axis=1) + OVER * under)
        return np.concatenate(costs)

    def total(self, spots: np.ndarray) -> float:
        """What all things cost where they stand."""
        return sum(float(self.costs(spots, thing, spots[thing][None])[0]) for thing in range(len(spots)))


def _assigned(scene: _Scene, places: np.ndarray, power: float) -> np.ndarray:
    """A place for each thing; far ties count the more the higher the power."""
    away = np.linalg.norm(scene.people[:, None] - places[None, :], axis=2) / 100
    length = np.stack([100 * (away[some] ** power).sum(axis=0) for some in scene.users])
    boxes = np.tile(scene.boxes.max(axis=0), (len(places), 1))
    crossed = np.stack([_over(scene.people, place, places, boxes) for place in places], axis=1)
    crossed[:, np.arange(len(places)), np.arange(len(places))] = False

    def cost(spots: np.ndarray) -> float:
        over = crossed[scene.who[:, None], spots[scene.of][:, None], spots[None, :]].sum()
        return float(length[np.arange(len(spots)), spots].sum() + OVER * over)

    def swapped(spots: np.ndarray, thing: int, place: int) -> Iterator[np.ndarray]:
        other = spots.copy()
        other[spots == place] = spots[thing]
        other[thing] = place
        yield other

    first = linear_sum_assignment(np.round(length, 3))[1]
    moves = list(itertools.product(range(len(scene.users)), range(len(places))))
    return improved(first, cost, moves, swapped, len(scene.of) * len(scene.users), COARSE)


def _over(starts: np.ndarray, ends: np.ndarray, centres: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """bool by line and box: does the line from start to end run over the box, or close by? (Liang & Barsky 1984)"""
    way = ends - starts
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)
    spans = []
    for axis in (0, 1):
        middle = (centres[:, axis] - starts[:, None, axis]) / way[:, None, axis]
        half = (boxes[:, axis] / 2 + CLEAR) / np.abs(way[:, None, axis])
        spans.append((middle - half, middle + half))
    enters, leaves = np.maximum(spans[0][0], spans[1][0]), np.minimum(spans[0][1], spans[1][1])
    return (enters <= leaves) & (leaves >= 0) & (enters <= 1)


def _crossings(starts: np.ndarray, ends: np.ndarray, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """int by line from start to end: how many lines from sources to targets it crosses."""

    def sides(points: np.ndarray, other: np.ndarray, of: np.ndarray) -> np.ndarray:
        """bool by line from a point to the other, and point: on which side of the line is it?"""
        across = (other - points)[:, ::-1] * (-1.0, 1.0)
        return across @ of.T > (across * points).sum(axis=1)[:, None] + 1e-6

    parted = sides(starts, ends, sources) != sides(starts, ends, targets)
    return (parted & (sides(sources, targets, starts) != sides(sources, targets, ends)).T).sum(axis=1)
