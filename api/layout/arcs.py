"""How arcs run between placed nodes, and where their labels stand, so that each can be read.

Arcs between the same two nodes bow apart; an arc that would run through a third node bows around it. Curves are
vis-network's ``curvedCW`` and ``curvedCCW``: a quadratic Bézier curve whose control point is turned off the straight
line by the roundness.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .circles import Point, Sizes

BOW = 24.0
"""Pixels that arcs between the same two nodes keep apart at their middle, to each side."""
DENSE = 60
"""Beyond this many arcs, a label that finds no free place is left out; the tooltip still has it."""
_ALONG = (0.5, 0.43, 0.57, 0.36, 0.64, 0.29, 0.71, 0.23, 0.77)
_SAMPLES = np.linspace(0.06, 0.94, 19)
_TRIED = [sign * size for size in (0.0, 0.08, 0.16, 0.24, 0.34, 0.45, 0.58) for sign in (1, -1)]
"""Roundnesses of an arc that has nothing to bow for but nodes in its way, the straightest first."""


@dataclass(frozen=True)
class Arc:
    """An arc to be drawn: where it leads, the width and height of its label in pixels (0, 0 for none), and how many
    pixels it bows, positive as ``curvedCW`` does, where that is settled."""

    source: str
    target: str
    label: tuple[float, float]
    bow: float | None = None


@dataclass(frozen=True)
class Route:
    """How an arc runs.

    Attributes
    ----------
    roundness : positive for ``curvedCW``, negative for ``curvedCCW``, 0 for a straight line
    label : the centre of the label, None where there is none or no room for it
    """

    roundness: float
    label: Point | None


def route(arcs: Sequence[Arc], points: Mapping[str, Point], sizes: Sizes) -> list[Route]:
    """A route for each arc, in their order; the order in which they come decides nothing but ties."""
    nodes = list(points)
    boxes = np.array([[*points[n], *sizes[n]] for n in nodes]) if nodes else np.zeros((0, 4))
    number = {node: i for i, node in enumerate(nodes)}
    bows = _bows(arcs)
    rounds = [
        _roundness(arc, bow, points, boxes, number) if arc.source != arc.target else 0.0
        for arc, bow in zip(arcs, bows, strict=True)
    ]
    curves = [
        curve(points[arc.source], points[arc.target], roundness, _SAMPLES)
        for arc, roundness in zip(arcs, rounds, strict=True)
    ]
    return [
        Route(roundness, label)
        for roundness, label in zip(rounds, _labels(arcs, rounds, curves, points, sizes, boxes), strict=True)
    ]


def curve(start: Point, end: Point, roundness: float, along: np.ndarray) -> np.ndarray:
    """Points of an arc's curve at fractions of its way."""
    (x0, y0), (x1, y1) = start, end
    reach = math.hypot(x1 - x0, y1 - y0) * (0.5 + 0.5 * abs(roundness))
    angle = math.atan2(y0 - y1, x1 - x0) + (0.5 + 0.5 * roundness) * math.pi
    via = np.array([x0 + reach * math.sin(angle), y0 + reach * math.cos(angle)])
    t = along[:, None]
    return (1 - t) ** 2 * np.array(start) + 2 * t * (1 - t) * via + t**2 * np.array(end)


def _bows(arcs: Sequence[Arc]) -> list[float | None]:
    """How far each arc bows to its own right-hand side, in pixels; None for an arc alone between its nodes."""
    between: dict[tuple[str, str], list[int]] = {}
    for i, arc in enumerate(arcs):
        between.setdefault((min(arc.source, arc.target), max(arc.source, arc.target)), []).append(i)
    bows = [arc.bow for arc in arcs]
    for (low, _), members in between.items():
        members = [i for i in members if bows[i] is None]
        if len(members) < 2:
            continue
        members.sort(key=lambda i: arcs[i].source == low)
        for place, i in enumerate(members):
            offset = (place - (len(members) - 1) / 2) * 2 * BOW
            bows[i] = offset if arcs[i].source == low else -offset
    return bows


def _roundness(
    arc: Arc, bow: float | None, points: Mapping[str, Point], boxes: np.ndarray, number: Mapping[str, int]
) -> float:
    start, end = points[arc.source], points[arc.target]
    length = max(1.0, math.dist(start, end))
    if bow is not None:
        # A curve's middle lies about 0.39 roundness lengths off the straight line.
        return max(-0.6, min(0.6, round(bow / (0.39 * length), 3)))
    # No curve that is tried leaves the circle around the middle whose diameter is the straight line.
    middle, reach = (np.array(start) + np.array(end)) / 2, length / 2 + 6
    near = np.asarray((np.abs(boxes[:, :2] - middle) < reach + boxes[:, 2:] / 2).all(axis=1))
    near[[number[arc.source], number[arc.target]]] = False
    others = boxes[near]
    best, least = 0.0, math.inf
    for roundness in _TRIED:
        cost = _hits(curve(start, end, roundness, _SAMPLES), others) + abs(roundness)
        if cost < least:
            best, least = roundness, cost
        # A curve that runs through nothing costs less than one, and the straighter ones came before.
        if cost < 1:
            break
    return best


def _hits(line: np.ndarray, boxes: np.ndarray) -> int:
    """How many points of a line lie inside boxes."""
    x, y, half = boxes[:, :1], boxes[:, 1:2], boxes[:, 2:] / 2 + 6
    return int(((np.abs(line[:, 0] - x) < half[:, :1]) & (np.abs(line[:, 1] - y) < half[:, 1:])).sum())


def _labels(
    arcs: Sequence[Arc],
    rounds: Sequence[float],
    curves: Sequence[np.ndarray],
    points: Mapping[str, Point],
    sizes: Sizes,
    boxes: np.ndarray,
) -> list[Point | None]:
    """Each label where it covers least: first no node and no other label, then as few other arcs as may be."""
    result: list[Point | None] = [None] * len(arcs)
    heads = [
        [*_head(line, points[arc.target], sizes[arc.target]), 14.0, 14.0]
        for arc, line in zip(arcs, curves, strict=True)
    ]
    taken = np.concatenate((boxes, np.array(heads).reshape(-1, 4)))
    lines = np.array(curves).reshape(-1, len(_SAMPLES), 2)
    low, high = lines.min(axis=1), lines.max(axis=1)
    # Short arcs have the fewest places to choose from, so they choose first.
    lengths = [math.dist(points[arc.source], points[arc.target]) for arc in arcs]
    for i in sorted(range(len(arcs)), key=lambda i: round(lengths[i], 1)):
        arc = arcs[i]
        if arc.label == (0, 0):
            continue
        if arc.source == arc.target:
            x, y = points[arc.source]
            options = np.array([[x, y - sizes[arc.source][1] / 2 - 34 - step] for step in (0, 18, 36)])
        else:
            options = curve(points[arc.source], points[arc.target], rounds[i], np.array(_ALONG))
        size = np.array(arc.label)
        middle, reach = options.mean(axis=0), np.ptp(options, axis=0) + size
        beside = ((low < middle + reach) & (high > middle - reach)).all(axis=1)
        beside[i] = False
        foreign = lines[beside].reshape(-1, 2)
        around = taken[(np.abs(taken[:, :2] - middle) < reach + taken[:, 2:]).all(axis=1)]
        crossed = (np.abs(foreign - options[:, None]) < size / 2 + 2).all(axis=2).sum(axis=1)
        costs = 8 * _covered(options, size, around) + 0.06 * crossed + 0.01 * np.arange(len(options))
        best = int(np.argmin(costs))
        if len(arcs) > DENSE and costs[best] > 0.8:
            continue
        x, y = (round(float(value), 1) for value in options[best])
        taken = np.concatenate((taken, np.array([[x, y, *arc.label]])))
        result[i] = (x, y)
    return result


def _head(line: np.ndarray, target: Point, size: tuple[float, float]) -> np.ndarray:
    """About where an arc's arrow is: the last of its points outside its target."""
    outside = (np.abs(line - np.array(target)) > np.array(size) / 2).any(axis=1)
    return line[np.flatnonzero(outside)[-1]] if outside.any() else line[0]


def _covered(centres: np.ndarray, size: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The share of a label that boxes cover, for each place that it may have."""
    overlap = (size + boxes[:, 2:]) / 2 - np.abs(centres[:, None] - boxes[:, :2])
    return np.clip(overlap, 0, None).prod(axis=2).sum(axis=1) / size.prod()
