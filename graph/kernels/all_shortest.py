"""All shortest links between two groups of nodes: not one of them, as ``paths`` finds it, but each, counted.

Searched from both groups, ring by ring, until the rings meet. Every step by which a node of a ring is first reached is
kept, so that the links can be read off without another search. Nothing of the size of the graph is allocated.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import islice, pairwise, product
from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency
from .paths import Leads
from .steps import firsts, follow, neighbours, places


class AllShortest(NamedTuple):
    """The shortest links between two groups.

    Attributes
    ----------
    paths : those listed, each its nodes from the one group to the other, in rising order of their nodes
    found : how many there are; parallel edges are one link
    edges : by the two nodes of a step of one of ``paths``, all edges between them that count, ascending
    cut : how many new neighbours of a hub the search did not go on from, by hub
    stopped : ``max_hops`` ended the search before it had found a link or seen all
    """

    paths: list[list[int]]
    found: int
    edges: dict[tuple[int, int], list[int]]
    cut: dict[int, int]
    stopped: bool


class _Side:
    """One group's search."""

    def __init__(self, roots: np.ndarray):
        self.frontier = np.unique(np.asarray(roots, np.int32))  # what to go on from
        self.rings = [self.frontier]
        self.steps: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []  # by ring: from, to, edge, in the order of to
        self.cut: dict[int, int] = {}

    @property
    def depth(self) -> int:
        return len(self.steps)

    @property
    def is_complete(self) -> bool:
        """Whether all that can be reached has been seen."""
        return not len(self.frontier) and not self.cut

    def cost(self, adjacency: Adjacency) -> tuple[bool, int]:
        """What decides which side goes on: first one that has cut nothing, then the one with fewer edges to look at."""
        return bool(self.cut), int((adjacency.offsets[self.frontier + 1] - adjacency.offsets[self.frontier]).sum())

    def widen(self, adjacency: Adjacency, fan_out: int | None, leads: Leads | None, ahead: bool) -> None:
        """Add the next ring. The group itself is never cut; of a hub behind it all neighbours are seen, but the search
        goes on from the first of them alone."""
        origin, near, via = neighbours(adjacency, self.frontier)
        if leads is not None:
            may = leads(via, near if ahead else self.frontier[origin])
            origin, near, via = origin[may], near[may], via[may]
        new = self._new(near)
        origin, near, via = origin[new], near[new], via[new]
        followed, skipped = follow(origin, self.frontier, fan_out if self.depth else None, partial(_distinct, near))
        order = np.lexsort((via, self.frontier[origin], near))
        self.steps.append((self.frontier[origin][order], near[order], via[order]))
        self.rings.append(firsts(near)[0])
        self.frontier = firsts(near[followed])[0] if skipped else self.rings[-1]
        self.cut |= skipped

    def _new(self, near: np.ndarray) -> np.ndarray:
        """bool: which neighbours no ring holds."""
        new = np.ones(len(near), bool)
        for ring in self.rings:
            at = np.minimum(np.searchsorted(ring, near), max(len(ring) - 1, 0))
            new &= ring[at] != near if len(ring) else True
        return new


def _distinct(near: np.ndarray, span: slice) -> np.ndarray:
    return firsts(near[span])[1]


def all_shortest(
    adjacency: Adjacency,
    starts: np.ndarray | list[int],
    goals: np.ndarray | list[int],
    max_hops: int,
    most: int,
    fan_out: int | None = 200,
    leads: Leads | None = None,
) -> AllShortest:
    """All links of the least number of edges, at most ``max_hops``, from any node of one group to any of another.

    A node of both groups is a link of no edge.

    Parameters
    ----------
    adjacency : edges at both their ends, as made by ``adjacency.both``
    starts, goals : node ids
    most : how many links are listed; all are counted
    fan_out : most new neighbours gone on from at one node between the two, the first ones in the adjacency's order;
        None for all, which makes the answer exact
    leads : which edges count, towards which of their ends, as for ``paths.shortest_path``
    """
    one, other = _Side(np.asarray(starts)), _Side(np.asarray(goals))
    met = places(one.frontier, other.frontier)[0]
    ring, behind = one.frontier[met], 0
    while not len(ring) and one.depth + other.depth < max_hops and not (one.is_complete or other.is_complete):
        ready = [side for side in (one, other) if len(side.frontier)]
        if not ready:
            break
        side = min(ready, key=lambda side: side.cost(adjacency))
        opposite = other if side is one else one
        side.widen(adjacency, fan_out, leads, side is one)
        ring, behind = _meeting(side.rings[-1], opposite)
        if len(ring):
            depths = {id(side): side.depth, id(opposite): behind}
            return _links(one, other, depths[id(one)], depths[id(other)], ring, most)
    if len(ring):
        return AllShortest([[int(node)] for node in ring[:most]], len(ring), {}, {}, False)
    stopped = one.depth + other.depth >= max_hops and not (one.is_complete or other.is_complete)
    return AllShortest([], 0, {}, one.cut | other.cut, stopped)


def _meeting(outer: np.ndarray, side: _Side) -> tuple[np.ndarray, int]:
    """Where an outer ring meets the nearest ring of the opposite side, and that ring's number."""
    for depth, ring in enumerate(side.rings):
        met = outer[places(outer, ring)[0]]
        if len(met):
            return met, depth
    return np.zeros(0, np.int32), 0


def _links(one: _Side, other: _Side, before: int, behind: int, ring: np.ndarray, most: int) -> AllShortest:
    """The links through the nodes at which the two sides meet."""
    back, on = _Back(one, before), _Back(other, behind)
    found = sum(back.count(node) * on.count(node) for node in ring.tolist())
    paths = (
        [*left, node, *reversed(right)]
        for node in ring.tolist()
        for left, right in product(back.ways(node, most), on.ways(node, most))
    )
    listed = sorted(islice(paths, most))
    edges = {
        (one_end, next_end): back.edges.get((one_end, next_end)) or on.edges[(next_end, one_end)]
        for path in listed
        for one_end, next_end in pairwise(path)
    }
    return AllShortest(listed, found, edges, one.cut | other.cut, False)


class _Back:
    """From a node of a ring back to its group, along the steps by which it was reached."""

    def __init__(self, side: _Side, depth: int):
        self._steps = side.steps
        self._depth = depth
        self._counts: dict[tuple[int, int], int] = {}
        self.edges: dict[tuple[int, int], list[int]] = {}

    def count(self, node: int, depth: int | None = None) -> int:
        """How many ways there are."""
        depth = self._depth if depth is None else depth
        if depth == 0:
            return 1
        if (node, depth) not in self._counts:
            self._counts[node, depth] = sum(self.count(near, depth - 1) for near in self._nearer(node, depth))
        return self._counts[node, depth]

    def ways(self, node: int, most: int, depth: int | None = None) -> list[list[int]]:
        """So many of them: the nodes before this one, the group's first."""
        depth = self._depth if depth is None else depth
        if depth == 0:
            return [[]]
        found: list[list[int]] = []
        for near in self._nearer(node, depth):
            found += [[*way, near] for way in self.ways(near, most - len(found), depth - 1)]
            if len(found) >= most:
                break
        return found[:most]

    def _nearer(self, node: int, depth: int) -> list[int]:
        begin, end, via = self._steps[depth - 1]
        here = slice(*np.searchsorted(end, [node, node + 1]))
        edges: dict[int, list[int]] = defaultdict(list)
        for one, edge in zip(begin[here].tolist(), via[here].tolist(), strict=True):
            edges[one].append(edge)
        self.edges |= {(one, node): found for one, found in edges.items()}
        return [*edges]
