"""All shortest links between two groups of nodes: not one of them, as ``paths`` finds it, but each, counted.

Searched from both groups, as ``sides`` does it. From where the rings meet, the links are read off backwards, ring by
ring. Nothing of the size of the graph is allocated.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice, pairwise, product
from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency
from .sides import Leads, Ring, Rules, Side, meeting, widened
from .steps import firsts, neighbours


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
    rules = Rules(adjacency, fan_out, None, leads, None)
    one, other = (
        Side(rules, np.unique(np.asarray(roots, np.int32)), ahead) for roots, ahead in ((starts, True), (goals, False))
    )
    met = meeting(one, other, one)
    for side in widened(one, other, max_hops) if met is None else ():
        if met := meeting(one, other, side):
            break
    cut = one.cut() | other.cut()
    if met is None:
        stopped = one.depth + other.depth >= max_hops and not (one.is_complete or other.is_complete)
        return AllShortest([], 0, {}, cut, stopped)
    ring, before, behind = met
    paths, found, edges = _links(_Back(one, ring, before), _Back(other, ring, behind), ring.tolist(), most)
    return AllShortest(paths, found, edges, cut, False)


def _links(
    back: _Back, on: _Back, ring: list[int], most: int
) -> tuple[list[list[int]], int, dict[tuple[int, int], list[int]]]:
    """The links through the nodes at which the two sides meet: some of them, how many there are, and their edges."""
    found = sum(back.count(node) * on.count(node) for node in ring)
    paths = (
        [*left, node, *reversed(right)]
        for node in ring
        for left, right in product(back.ways(node, most), on.ways(node, most))
    )
    listed = sorted(islice(paths, most))
    edges = {
        (one, other): back.edges.get((one, other)) or on.edges[(other, one)]
        for path in listed
        for one, other in pairwise(path)
    }
    return listed, found, edges


class _Back:
    """From nodes of a ring back to their group, along every step by which the next ring is reached."""

    def __init__(self, side: Side, nodes: np.ndarray, depth: int):
        self._depth = depth
        self._steps: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []  # by ring: from, to, edge, in the order of to
        self._counts: dict[tuple[int, int], int] = {}
        self.edges: dict[tuple[int, int], list[int]] = {}
        for ring in reversed(side.rings[:depth]):
            step = _towards(side, ring, nodes)
            self._steps.insert(0, step)
            nodes = firsts(step[0])[0]

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


def _towards(side: Side, ring: Ring, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The steps from a ring of a side to some nodes of the next: from, to and edge, in the order of to."""
    adjacency, _, _, leads, _ = side.rules
    origin, near, via = neighbours(adjacency, nodes)
    here = np.isin(near, ring.nodes)
    begin, end, via = near[here], nodes[origin[here]], via[here]
    if leads is not None:
        may = leads(via, end if side.ahead else begin)
        begin, end, via = begin[may], end[may], via[may]
    order = np.lexsort((via, begin, end))
    return begin[order], end[order], via[order]
