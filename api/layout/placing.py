"""Where the nodes of a picture stand: computed here, once, so that the same ring looks the same everywhere.

A strong component stands on a circle in cycle order, clockwise; what flows into it and out of it stands in columns from
left to right by longest path; anything that would grow too high that way, and anything that does not flow, is laid
out by stress (Gansner, Koren, North 2004: graph distances become distances on paper). There is no chance in it:
every step starts from the canonical order of the nodes, so neither the order of the rows nor of a dict shows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

from ...graph.model import kind_of
from .circles import Point, Sizes, between, circle, ring_order, strong_parts
from .stress import SPACING, stress

RING_LIMIT = 24
"""A strong component of more nodes than this is laid out by stress: on a circle it would be all circumference."""
COLUMN_LIMIT = 2000.0
"""Columns higher than this, in pixels, make a worse picture than stress does."""
ROW_LIMIT = 1700.0
"""Columns that together are wider than this, in pixels, go on in a second row, back from right to left."""
GAP = 84.0
"""Pixels between neighbours along an arc: room for the arrow and its label."""


def canonical(nodes: Iterable[str], arcs: Iterable[tuple[str, str]]) -> list[str]:
    """The nodes in an order that depends on the graph and on plain names alone.

    A token is a fresh random-looking name in every key file, so nodes named by one are told apart by how they stand
    among the others (colour refinement); only where that says nothing, where they are interchangeable, by the name.
    """
    nodes, arcs = sorted(set(nodes)), sorted(set(arcs))
    told = {node: (kind_of(node), "" if ":tok_" in node else node) for node in nodes}
    rank = _ranks(told)
    for _ in range(len(nodes)):
        around: dict[str, list[tuple[int, int]]] = {node: [] for node in nodes}
        for source, target in arcs:
            around[source].append((0, rank[target]))
            around[target].append((1, rank[source]))
        refined = _ranks({node: (rank[node], tuple(sorted(around[node]))) for node in nodes})
        if refined == rank:
            break
        rank = refined
    return sorted(nodes, key=lambda node: (rank[node], node))


def _ranks(values: Mapping[str, tuple]) -> dict[str, int]:
    place = {value: number for number, value in enumerate(sorted(set(values.values())))}
    return {node: place[value] for node, value in values.items()}


def layout(sizes: Sizes, arcs: Iterable[tuple[str, str]], *, flow: bool = True, gap: float = GAP) -> dict[str, Point]:
    """The centre of each node in pixels, y downwards; no two nodes overlap.

    Parameters
    ----------
    sizes : width and height of each node with its label, by name
    arcs : source and target of each arc; parallel ones and self-loops change nothing
    flow : arcs lead from left to right (guarantees, money); ties to identifiers do not
    gap : pixels between neighbours along an arc
    """
    arcs = [arc for arc in dict.fromkeys(arcs) if arc[0] != arc[1]]
    order = canonical(sizes, arcs)
    graph = nx.DiGraph()
    graph.add_nodes_from(order)
    place = {node: number for number, node in enumerate(order)}
    graph.add_edges_from(sorted(arcs, key=lambda arc: (place[arc[0]], place[arc[1]])))
    parts = sorted(
        (sorted(part, key=place.__getitem__) for part in nx.weakly_connected_components(graph)),
        key=lambda part: (-len(part), place[part[0]]),
    )
    laid = [_part(between(graph, part), sizes, flow, gap) for part in parts]
    return _packed(laid, sizes)


def _part(graph: nx.DiGraph, sizes: Sizes, flow: bool, gap: float) -> dict[str, Point]:
    """One weakly connected part, around its own origin."""
    if len(graph) == 1:
        return dict.fromkeys(graph, (0.0, 0.0))
    strong = [between(graph, part) for part in strong_parts(graph)]
    rings = [ring_order(part) for part in strong if len(part) <= RING_LIMIT or len(part.edges) == len(part)]
    if rings and len(rings[0]) == len(graph):
        # Chords need room as well: their labels meet in the middle.
        return circle(rings[0], sizes, gap * min(1.7, 0.8 + 0.2 * len(graph.edges) / len(graph)))
    if flow and len(rings) == len(strong):
        columns = _columns(graph, sizes, rings, gap)
        if columns is not None:
            return columns
    return stress(graph, sizes, rings, gap)


# -- columns ------------------------------------------------------------------------------------------------------


def _columns(graph: nx.DiGraph, sizes: Sizes, rings: Sequence[list[str]], gap: float) -> dict[str, Point] | None:
    """Left to right by longest path, each ring one block; None where that would be too high."""
    block_of = {node: node for node in graph} | {node: ring[0] for ring in rings for node in ring}
    # A ring is turned further down, so each of its places must do for each of its nodes.
    largest = {ring[0]: (max(sizes[n][0] for n in ring), max(sizes[n][1] for n in ring)) for ring in rings}
    roomy = {node: largest.get(block_of[node], sizes[node]) for node in graph}
    inner = {node: {node: (0.0, 0.0)} for node in graph if block_of[node] == node}
    inner.update({ring[0]: _centred(circle(ring, roomy, gap), roomy) for ring in rings})
    acyclic = nx.DiGraph()
    acyclic.add_nodes_from(inner)
    acyclic.add_edges_from((block_of[s], block_of[t]) for s, t in graph.edges if block_of[s] != block_of[t])
    columns = _by_depth(acyclic)
    boxes = {block: _box(points, roomy)[2:] for block, points in inner.items()}
    if max(sum(boxes[b][1] + SPACING for b in column) for column in columns) > COLUMN_LIMIT:
        return None
    arcs = [(s, t) for s, t in graph.edges if block_of[s] != block_of[t]]
    steps = _stepwise(arcs, block_of, columns)
    for bend in {end for step in steps for end in step if end not in block_of}:
        block_of[bend], boxes[bend] = bend, (0.0, SPACING)
    points: dict[str, Point] = {}
    # Rings are turned towards their neighbours, then the neighbours set to where that put the rings' nodes.
    for _ in range(2):
        centres = _across(columns, boxes, _heights(steps, block_of, inner, columns, boxes), gap)
        points = {
            node: (centres[block][0] + x, centres[block][1] + y)
            for block, part in inner.items()
            for node, (x, y) in part.items()
        }
        for ring in rings:
            turned = _turned(inner[ring[0]], points, arcs)
            points.update({n: (centres[ring[0]][0] + x, centres[ring[0]][1] + y) for n, (x, y) in turned.items()})
            inner[ring[0]] = turned
    return points


def _stepwise(
    arcs: Sequence[tuple[str, str]], block_of: Mapping[str, str], columns: list[list[str]]
) -> list[tuple[str, str]]:
    """Arcs in steps from column to column, with a place of their own in every column they pass (Sugiyama)."""
    column_of = {block: i for i, column in enumerate(columns) for block in column}
    steps = []
    for source, target in arcs:
        way = [source]
        for column in range(column_of[block_of[source]] + 1, column_of[block_of[target]]):
            way.append(f"{source}\n{target}\n{column}")
            columns[column].append(way[-1])
        way.append(target)
        steps += itertools.pairwise(way)
    return steps


def _centred(points: dict[str, Point], sizes: Sizes) -> dict[str, Point]:
    x0, y0, *_ = _box(points, sizes)
    return {node: (x - x0, y - y0) for node, (x, y) in points.items()}


def _by_depth(graph: nx.DiGraph) -> list[list[str]]:
    """Columns by the longest path that leads to a node; a node nothing leads to stands just before its first target."""
    depth: dict[str, int] = {}
    order = list(nx.lexicographical_topological_sort(graph, key={n: i for i, n in enumerate(graph)}.__getitem__))
    for node in order:
        depth[node] = max((depth[n] + 1 for n in graph.predecessors(node)), default=0)
    for node in order:
        if graph.in_degree(node) == 0 and graph.out_degree(node) > 0:
            depth[node] = min(depth[n] for n in graph.successors(node)) - 1
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in graph:
        columns[depth[node]].append(node)
    return columns


def _heights(
    arcs: Sequence[tuple[str, str]],
    block_of: Mapping[str, str],
    inner: Mapping[str, Mapping[str, Point]],
    columns: list[list[str]],
    boxes: Mapping[str, tuple[float, float]],
) -> dict[str, float]:
    """The y of each block: sweeps that order every column by the mean of its neighbours, then settle it there."""
    column_of = {block: i for i, column in enumerate(columns) for block in column}
    ties: dict[str, list[tuple[str, float]]] = {block: [] for block in column_of}
    for source, target in arcs:
        s, t = block_of[source], block_of[target]
        rise = _offset(inner, t, target) - _offset(inner, s, source)
        ties[s].append((t, rise))
        ties[t].append((s, -rise))
    y: dict[str, float] = {}
    for column in columns:
        y.update(_settled(column, dict.fromkeys(column, 0.0), boxes))
    for sweep in range(12):
        inward = sweep % 2 == 0
        for column in columns if inward else reversed(columns):
            wish = {}
            for block in column:
                near = [
                    y[other] + rise
                    for other, rise in ties[block]
                    if sweep > 7 or (column_of[other] < column_of[block]) == inward
                ]
                wish[block] = sum(near) / len(near) if near else y[block]
            column.sort(key=lambda block: round(wish[block], 3))
            y.update(_settled(column, wish, boxes))
    return y


def _offset(inner: Mapping[str, Mapping[str, Point]], block: str, node: str) -> float:
    return inner[block][node][1] if block in inner else 0.0


def _settled(
    column: Sequence[str], wish: Mapping[str, float], boxes: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """The places nearest to what is wished, in the column's order and without overlap (pool adjacent violators)."""
    offset, offsets = 0.0, []
    for i, block in enumerate(column):
        if i:
            offset += (boxes[column[i - 1]][1] + boxes[block][1]) / 2 + SPACING
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for block, shift in zip(column, offsets, strict=True):
        pools.append((wish[block] - shift, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    flat = [mean for mean, count in pools for _ in range(count)]
    return {block: flat[i] + offsets[i] for i, block in enumerate(column)}


def _across(
    columns: Sequence[Sequence[str]],
    boxes: Mapping[str, tuple[float, float]],
    y: Mapping[str, float],
    gap: float,
) -> dict[str, Point]:
    """The centre of each block; a long file of narrow columns goes on in a second row, from right to left."""
    wide = [max(boxes[block][0] for block in column) for column in columns]
    total = sum(wide) + gap * (len(columns) - 1)
    rows = 1 if max(map(len, columns)) > 3 else math.ceil(total / ROW_LIMIT)
    per_row = math.ceil(len(columns) / rows)
    points: dict[str, Point] = {}
    top = 0.0
    for row, first in enumerate(range(0, len(columns), per_row)):
        part = columns[first : first + per_row]
        high = min(y[b] - boxes[b][1] / 2 for column in part for b in column)
        low = max(y[b] + boxes[b][1] / 2 for column in part for b in column)
        x = 0.0
        for width, column in zip(wide[first:], part, strict=False):
            centre = x + width / 2
            for block in column:
                points[block] = (total / rows - centre if row % 2 else centre, y[block] - high + top)
            x += width + gap
        top += low - high + gap
    return points


def _turned(ring: dict[str, Point], points: Mapping[str, Point], arcs: Sequence[tuple[str, str]]) -> dict[str, Point]:
    """A ring turned, by steps of its own spacing, to where its arcs to the nodes around it are shortest."""
    nodes = list(ring)
    around = [(s, points[t]) for s, t in arcs if s in ring] + [(t, points[s]) for s, t in arcs if t in ring]
    if len(nodes) < 3 or not around:
        return ring
    x0, y0 = points[nodes[0]][0] - ring[nodes[0]][0], points[nodes[0]][1] - ring[nodes[0]][1]

    def turn(steps: int) -> dict[str, Point]:
        return {node: ring[nodes[(i + steps) % len(nodes)]] for i, node in enumerate(nodes)}

    def length(steps: int) -> float:
        at = turn(steps)
        return round(sum(math.dist((x0 + at[node][0], y0 + at[node][1]), far) for node, far in around), 3)

    return turn(min(range(len(nodes)), key=length))


# -- side by side -------------------------------------------------------------------------------------------------


def _box(points: Mapping[str, Point], sizes: Sizes) -> tuple[float, float, float, float]:
    """The centre, width and height of what nodes cover."""
    left = min(x - sizes[n][0] / 2 for n, (x, _) in points.items())
    right = max(x + sizes[n][0] / 2 for n, (x, _) in points.items())
    top = min(y - sizes[n][1] / 2 for n, (_, y) in points.items())
    bottom = max(y + sizes[n][1] / 2 for n, (_, y) in points.items())
    return (left + right) / 2, (top + bottom) / 2, right - left, bottom - top


def _packed(parts: Sequence[dict[str, Point]], sizes: Sizes) -> dict[str, Point]:
    """Parts on shelves, in order, about three wide to two high."""
    boxes = [_box(part, sizes) for part in parts]
    area = sum((w + 2 * SPACING) * (h + 2 * SPACING) for _, _, w, h in boxes)
    limit = max([math.sqrt(1.6 * area), *(w for _, _, w, _ in boxes)])
    points: dict[str, Point] = {}
    x = y = shelf = 0.0
    for part, (cx, cy, w, h) in zip(parts, boxes, strict=True):
        if x and x + w > limit:
            x, y, shelf = 0.0, y + shelf + 2 * SPACING, 0.0
        points.update({n: (px - cx + w / 2 + x, py - cy + h / 2 + y) for n, (px, py) in part.items()})
        x, shelf = x + w + 2 * SPACING, max(shelf, h)
    cx, cy, _, _ = _box(points, sizes)
    return {n: (round(px - cx, 1), round(py - cy, 1)) for n, (px, py) in points.items()}
