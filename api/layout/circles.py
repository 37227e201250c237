"""Circles: the order of a strong component's nodes along a cycle, and where that puts them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import networkx as nx

Point = tuple[float, float]
Sizes = Mapping[str, tuple[float, float]]


def between(graph: nx.DiGraph, nodes: Sequence[str]) -> nx.DiGraph:
    """The graph between nodes, its nodes and arcs in the order given (a NetworkX view would take a set's order)."""
    inside = set(nodes)
    part = nx.DiGraph()
    part.add_nodes_from(nodes)
    part.add_edges_from((s, t) for s in nodes for t in graph.successors(s) if t in inside)
    return part


def strong_parts(graph: nx.DiGraph) -> list[list[str]]:
    """The strong components of two or more nodes, nodes and components in the graph's own order."""
    place = {node: number for number, node in enumerate(graph)}
    found = [sorted(part, key=place.__getitem__) for part in nx.strongly_connected_components(graph)]
    return sorted((part for part in found if len(part) > 1), key=lambda part: place[part[0]])


def ring_order(graph: nx.DiGraph) -> list[str]:
    """The nodes of a strong component in the order of a cycle through all of them, where a bounded search finds one;
    else along a path that turns to an unvisited neighbour whenever it can.

    >>> ring_order(nx.DiGraph([("a", "c"), ("c", "b"), ("b", "a")]))
    ['a', 'c', 'b']
    """
    nodes = list(graph)
    first, best = nodes[0], [nodes[0]]
    path, seen, steps = [first], {first}, 0
    choices = [_onward(graph, first, seen)]
    while choices and steps < 20_000:
        steps += 1
        if len(path) == len(nodes) and graph.has_edge(path[-1], first):
            return path
        if len(path) > len(best):
            best = list(path)
        if choices[-1]:
            node = choices[-1].pop(0)
            path.append(node)
            seen.add(node)
            choices.append(_onward(graph, node, seen))
        else:
            choices.pop()
            seen.discard(path.pop())
    return _completed(graph, best, nodes)


def _onward(graph: nx.DiGraph, node: str, seen: set[str]) -> list[str]:
    """Unseen successors, those with the fewest ways onward first (Warnsdorff's rule), ties in the graph's order."""
    ahead = [n for n in graph.successors(node) if n not in seen]
    return sorted(ahead, key=lambda n: sum(m not in seen for m in graph.successors(n)))


def _completed(graph: nx.DiGraph, path: list[str], nodes: list[str]) -> list[str]:
    """A path with every missing node put beside its neighbours in it, where most of them stand next to each other."""
    order = list(path)
    missing = [node for node in nodes if node not in set(path)]
    while missing:
        around = {n: set(graph.successors(n)) | set(graph.predecessors(n)) for n in missing}
        node = max(missing, key=lambda n: len(around[n].intersection(order)))
        ties = [(order[i] in around[node]) + (order[i - 1] in around[node]) for i in range(len(order))]
        order.insert(ties.index(max(ties)) or len(order), node)
        missing.remove(node)
    return order


def circle(order: Sequence[str], sizes: Sizes, gap: float) -> dict[str, Point]:
    """Nodes on a circle around the origin, the first at the top, clockwise; two nodes stand side by side."""
    if len(order) == 2:
        apart = sum(sizes[node][0] for node in order) / 2 + 1.6 * gap
        return {order[0]: (-apart / 2, 0.0), order[1]: (apart / 2, 0.0)}
    angles = [2 * math.pi * i / len(order) - math.pi / 2 for i in range(len(order))]
    unit = [(math.cos(angle), math.sin(angle)) for angle in angles]
    radius = 0.0
    for i, j in itertools.combinations(range(len(order)), 2):
        chord = math.dist(unit[i], unit[j])
        neighbours = j - i in (1, len(order) - 1)
        apart = _clearance(sizes[order[i]], sizes[order[j]], unit[i], unit[j])
        radius = max(radius, (apart + (gap if neighbours else 0.0)) / chord)
    return {node: (radius * x, radius * y) for node, (x, y) in zip(order, unit, strict=True)}


def _clearance(one: tuple[float, float], other: tuple[float, float], a: Point, b: Point) -> float:
    """The distance from which on two boxes, one in the direction of the other as ``b`` is of ``a``, do not overlap."""
    chord = math.dist(a, b)
    along = [max(abs(a[i] - b[i]) / chord, 1e-9) for i in (0, 1)]
    return min((one[i] + other[i]) / 2 / along[i] for i in (0, 1))
