"""Layout by stress: distances on paper as near as may be to distances in the graph.

Gansner, Koren and North, "Graph drawing by stress majorization" (2004), from a radial start, so without chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import dijkstra

from .circles import Point, Sizes, circle

SPACING = 22.0
"""Pixels kept clear between any two nodes."""


def stress(graph: nx.DiGraph, sizes: Sizes, rings: Sequence[list[str]], gap: float) -> dict[str, Point]:
    """Positions whose distances are as near as may be to those in the graph, wider than high, freed of overlaps."""
    nodes = list(graph)
    place = {node: i for i, node in enumerate(nodes)}
    undirected = graph.to_undirected()
    unit = gap + 0.55 * float(np.mean([sizes[node][0] for node in nodes]))
    around = {node: set(undirected[node]) for node in nodes}
    for a, b in undirected.edges:
        # Neighbours that share few neighbours need room between them for those they do not share (Gansner and others).
        apart = len(around[a] ^ around[b])
        undirected[a][b]["length"] = unit * max(1.0, math.sqrt(apart) / 3)
    distance = dijkstra(nx.to_scipy_sparse_array(undirected, nodes, weight="length"), directed=False)
    # Long arms bend, so that many nodes fill a page rather than span it.
    across, room = distance.max() / unit, 1.1 * math.sqrt(len(nodes))
    if across > room > 1:
        distance = unit * (distance / unit) ** (math.log(room) / math.log(across))
    weight = np.zeros_like(distance)
    np.divide(1.0, distance**2, out=weight, where=distance > 0)
    for ring in rings:
        if len(ring) >= 3:
            ideal = circle(ring, sizes, gap)
            at = np.array([ideal[node] for node in ring])
            inside = np.ix_(*[[place[node] for node in ring]] * 2)
            distance[inside] = np.linalg.norm(at[:, None] - at[None, :], axis=2)
            weight[inside] = 8 * weight[inside].max()
    np.fill_diagonal(weight, 0.0)
    points = _majorised(_radial(undirected, unit), distance, weight)
    points = _fitted(_upright(points), 0.9 if len(nodes) <= 40 else 0.6)
    points = _parted(points, np.array([sizes[node] for node in nodes]) + SPACING)
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}


def _radial(graph: nx.Graph, unit: float) -> np.ndarray:
    """Where stress starts: the busiest node in the middle, the others around it by distance, each in its branch."""
    nodes = list(graph)
    root = max(nodes, key=graph.degree)
    depth, children = {root: 0}, {node: [] for node in nodes}
    queue = [root]
    for node in queue:
        for other in graph[node]:
            if other not in depth:
                depth[other] = depth[node] + 1
                children[node].append(other)
                queue.append(other)
    leaves = dict.fromkeys(nodes, 1)
    for node in reversed(queue):
        leaves[node] = sum(leaves[child] for child in children[node]) or 1
    sector = {root: (0.0, 2 * math.pi)}
    for node in queue:
        start, end = sector[node]
        for child in children[node]:
            width = (end - start) * leaves[child] / leaves[node]
            sector[child] = (sector[node][0], sector[node][0] + width)
            sector[node] = (sector[child][1], end)
        sector[node] = (start, end)
    middle = {node: (sector[node][0] + sector[node][1]) / 2 for node in nodes}
    return unit * np.array([(depth[n] * math.cos(middle[n]), depth[n] * math.sin(middle[n])) for n in nodes])


def _majorised(points: np.ndarray, distance: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Stress majorisation: every step lowers the weighted squared difference between the two distances."""
    # All pairs have a weight, so that the Laplacian has one eigenvector of 0, the vector of ones: what is added for it
    # makes the matrix invertible, and is taken off again.
    ones = np.full_like(weight, 1 / len(points))
    inverse = np.linalg.inv(np.diag(weight.sum(axis=1)) - weight + ones) - ones
    wanted = weight * distance
    gaps, across = np.empty_like(weight), np.empty_like(weight)
    for _ in range(150):
        np.square(np.subtract.outer(points[:, 0], points[:, 0], out=gaps), out=gaps)
        gaps += np.square(np.subtract.outer(points[:, 1], points[:, 1], out=across), out=across)
        ratio = np.divide(wanted, np.maximum(np.sqrt(gaps, out=gaps), 1e-6, out=gaps), out=gaps)
        moved = inverse @ (ratio.sum(axis=1)[:, None] * points - ratio @ points)
        if np.abs(moved - points).max() < 0.05:
            return moved
        points = moved
    return points


def _upright(points: np.ndarray) -> np.ndarray:
    """Turned so that the longest extent lies level, where there is one."""
    points = points - points.mean(axis=0)
    (a, b), (_, d) = points.T @ points
    if math.hypot(a - d, 2 * b) < 0.15 * (a + d):
        return points
    angle = 0.5 * math.atan2(2 * b, a - d)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return points @ turn


def _fitted(points: np.ndarray, least: float) -> np.ndarray:
    """Stretched towards a page, four wide to three high, by ``least`` at the most; the area stays."""
    wide, high = np.maximum(points.max(axis=0) - points.min(axis=0), 1.0)
    stretch = min(1 / least, max(least, math.sqrt(4 / 3 * high / wide)))
    return points * np.array([stretch, 1 / stretch])


def _parted(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Boxes pushed apart, each overlapping pair along the way that needs least, until none overlap.

    Where pushing alone is slow to find room, the whole picture grows by a little with every further round.
    """
    x, y = points[:, 0].copy(), points[:, 1].copy()
    wide, high = (np.add.outer(side, side) / 2 for side in boxes.T)
    np.fill_diagonal(wide, -1.0)
    rounds = 0
    while True:
        near = np.abs(x[:, None] - x) < wide - 1e-6
        near &= np.abs(y[:, None] - y) < high - 1e-6
        one, other = np.nonzero(near)
        if not len(one):
            return np.stack([x, y], axis=1)
        dx, dy = x[one] - x[other], y[one] - y[other]
        inside_x, inside_y = wide[one, other] - np.abs(dx), high[one, other] - np.abs(dy)
        # Coinciding nodes part by their order.
        order = np.sign(one - other)
        push_x = np.where(inside_x < inside_y, inside_x * np.where(dx != 0, np.sign(dx), order), 0.0)
        push_y = np.where(inside_x < inside_y, 0.0, inside_y * np.where(dy != 0, np.sign(dy), order))
        crowd = np.sqrt(np.maximum(1, np.bincount(one, minlength=len(x))))
        x += 0.55 * np.bincount(one, push_x, len(x)) / crowd
        y += 0.55 * np.bincount(one, push_y, len(y)) / crowd
        rounds += 1
        if rounds > 40:
            x *= 1.01
            y *= 1.01
