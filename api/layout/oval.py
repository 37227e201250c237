"""Where people and what they share stand: people around on an oval, those who share most beside each other; what they
share inside, each thing near those who have it.

One idea from five people to some hundred: whoever looks sees who belongs together before reading a word. The oval is as
large as its people and things need. There is no chance in it; everything starts from the canonical order of the nodes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from .circles import Point, Sizes
from .inside import BULGE, SPARE, Oval, Ties, improved
from .placing import canonical
from .stress import SPACING

ASPECT = 1.55
"""How much wider than high the oval is: about as a page's picture."""
CROWD = 24
"""More people than this stand closer together."""
MARGIN = 30.0
"""Pixels kept clear between people and things, in which ties are seen to part."""


def oval(
    sizes: Sizes, things: Sequence[str], ties: Ties, links: Sequence[tuple[str, str]]
) -> tuple[dict[str, Point], list[str]]:
    """The centre of each node in pixels, y downwards, and the people in their order around, clockwise from the top.

    Parameters
    ----------
    sizes : width and height of every node, by name
    things : the nodes that stand inside
    ties : by person and thing, how much the tie counts
    links : pairs of people who know each other
    """
    order = canonical(sizes, [*ties, *links])
    inside = [node for node in order if node in set(things)]
    people = [node for node in order if node not in set(things)]
    people = _around(people, ties, links)
    between = SPACING if len(people) <= CROWD else SPACING / 2
    wide, high = (max((sizes[node][i] for node in people), default=0.0) for i in (0, 1))
    needed = len(inside) + min(0.8 * len(inside), SPARE)
    half = 150.0
    while True:
        at = _on_oval(len(people), (half, half / ASPECT), wide + between, high + between)
        inner = Oval(half - wide / 2 - MARGIN, half / ASPECT - high / 2 - MARGIN)
        places = inner.places([sizes[node] for node in inside])
        if at is not None and len(places) >= needed:
            break
        half *= 1.05
    points = {node: (float(x), float(y)) for node, (x, y) in zip(people, at, strict=True)}
    points.update(inner.filled(inside, places, points, ties, sizes))
    return {node: (round(points[node][0], 1), round(points[node][1], 1)) for node in sizes}, people


def _around(people: list[str], ties: Ties, links: Sequence[tuple[str, str]]) -> list[str]:
    """People in an order around in which those who share much are near: moves and reversals as long as one helps."""
    count = len(people)
    near = _nearness(people, ties, links)
    if count < 4:
        return people
    gap = np.abs(np.arange(count)[:, None] - np.arange(count)[None, :])
    gap = np.minimum(gap, count - gap).astype(float)

    def cost(order: list[int]) -> float:
        return float((near[np.ix_(order, order)] * gap).sum())

    def other_ways(order: list[int], i: int, j: int) -> Iterator[list[int]]:
        before, part, behind = order[:i], order[i : j + 1], order[j + 1 :]
        yield from (before + new + behind for new in (part[1:] + part[:1], part[-1:] + part[:-1], part[::-1]))

    # A look at all pairs takes the longer the more there are.
    best = improved(_greedy(near), cost, list(itertools.combinations(range(count), 2)), other_ways, count**2)
    # The loosest neighbours part at the top, where the order begins.
    loose = [near[best[i - 1], best[i]] for i in range(count)]
    start = int(np.argmin(np.round(loose, 6)))
    return [people[i] for i in best[start:] + best[:start]]


def _nearness(people: list[str], ties: Ties, links: Sequence[tuple[str, str]]) -> np.ndarray:
    """How much each two people have in common: a thing that many share brings each two of them less together."""
    number = {person: i for i, person in enumerate(people)}
    near = np.zeros((len(people), len(people)))
    sharing: dict[str, list[tuple[int, float]]] = {}
    for (person, thing), weight in sorted(ties.items()):
        sharing.setdefault(thing, []).append((number[person], weight))
    for users in sharing.values():
        for (i, weight), (j, _) in itertools.permutations(users, 2):
            near[i, j] += weight / len(users)
    for one, other in links:
        near[number[one], number[other]] += 1.0
        near[number[other], number[one]] += 1.0
    return np.round(near, 6)


def _greedy(near: np.ndarray) -> list[int]:
    """Begun with who has most in common with others, each time who has most with the last few."""
    left = list(range(len(near)))
    order = [left.pop(int(np.argmax(near.sum(axis=1))))]
    while left:
        pull = [sum(near[i, other] / step for step, other in enumerate(reversed(order[-6:]), 1)) for i in left]
        order.append(left.pop(int(np.argmax(np.round(pull, 6)))))
    return order


def _on_oval(count: int, half: Point, wide: float, high: float) -> np.ndarray | None:
    """Centres on an oval of these half axes, clockwise, the first half a step right of the top, evenly spaced so that
    boxes of this size keep apart; None where there is no room."""
    turn = np.linspace(-math.pi / 2, 1.5 * math.pi, 4001)
    x = half[0] * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** (2 / BULGE)
    y = half[1] * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (2 / BULGE)
    # Boxes keep apart if they do along either axis, so that is how distance is measured.
    steps = np.maximum(np.abs(np.diff(x)) / wide, np.abs(np.diff(y)) / high)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    at = (np.arange(count) + 0.5) / max(count, 1) * along[-1]
    points = np.stack((np.interp(at, along, x), np.interp(at, along, y)), axis=1)
    apart = np.abs(points - np.roll(points, 1, axis=0)) / (wide, high)
    return points if count < 2 or apart.max(axis=1).min() >= 0.999 else None
