"""What lies around some nodes, and the shortest link between two: look-ups that must answer at once.

Plain NumPy, one step per hop, over a stored adjacency: nothing is compiled, and nothing of the size of the graph is
allocated. A node that leads to more new nodes than ``fan_out`` is a hub, and is *cut*: only the first of them are
followed. What a cut may have hidden is part of every answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency

EdgeVisible = np.ndarray | Callable[[np.ndarray], np.ndarray]
"""Which edges count, for instance those known at a time: bool by edge position, or a function from an array of edge
positions to bool, which spares the array of the size of the graph."""


class Neighbourhood(NamedTuple):
    """Nodes within some hops of seeds, nearest first, those equally near in the order in which they were met.

    Attributes
    ----------
    nodes, distance : int32[k], the seeds first, at distance 0
    edges : int64[k], the edge by which each was met, -1 for seeds
    cut : how many new neighbours of a cut node were not followed, by node
    left_out : nodes met beyond the limit, where the search stopped; 0 where the limit did not bite
    """

    nodes: np.ndarray
    distance: np.ndarray
    edges: np.ndarray
    cut: dict[int, int]
    left_out: int


class Path(NamedTuple):
    """A link between two nodes, or that none was found.

    Attributes
    ----------
    nodes : from start to goal; None where no link was found
    edges : edge positions, one fewer than nodes
    cut : how many new neighbours of a cut node the search did not go on from, by node
    certain : every link of up to this many edges would have been found
    could_change : whether without cuts there might be a link of at most ``max_hops`` edges where none was found, or a
        shorter one than was found
    exhausted : all that one of the two reaches was seen, so that where none was found no longer link exists either
    """

    nodes: list[int] | None
    edges: list[int]
    cut: dict[int, int]
    certain: int
    could_change: bool
    exhausted: bool


def k_hop(
    adjacency: Adjacency,
    seeds: np.ndarray | list[int],
    hops: int,
    fan_out: int | None = 200,
    limit: int | None = None,
    edge_visible: EdgeVisible | None = None,
) -> Neighbourhood:
    """The nodes within ``hops`` of ``seeds``.

    Parameters
    ----------
    adjacency : which neighbours are followed; ``both`` for links without direction
    seeds : node ids; always in the answer, whatever the limit
    hops : how far to go
    fan_out : most new neighbours followed from one node, the first ones in the adjacency's order; None for all
    limit : most nodes in the answer; None for all
    edge_visible : which edges count
    """
    seeds = np.asarray(seeds, np.int32)
    frontier = seeds[np.sort(_first_new(seeds, [])[1])]
    rings, edges = [frontier], [np.full(len(frontier), -1, np.int64)]
    seen = np.sort(frontier)
    cut: dict[int, int] = {}
    left_out = 0
    for _ in range(hops):
        if not len(frontier) or left_out:
            break
        origin, near, via = _neighbours(adjacency, frontier, edge_visible)
        followed, skipped = _follow(origin, near, frontier, [seen], fan_out)
        cut.update(skipped)
        near, via = near[followed], via[followed]
        first = np.sort(_first_new(near, [seen])[1])
        room = len(first) if limit is None else max(limit - len(seen), 0)
        left_out = max(len(first) - room, 0)
        first = first[:room]
        frontier = near[first]
        rings.append(frontier)
        edges.append(via[first])
        seen = np.sort(np.concatenate((seen, frontier)))
    distance = np.repeat(np.arange(len(rings), dtype=np.int32), [len(ring) for ring in rings])
    return Neighbourhood(np.concatenate(rings), distance, np.concatenate(edges), cut, left_out)


def shortest_path(
    adjacency: Adjacency,
    start: int,
    goal: int,
    max_hops: int,
    fan_out: int | None = 200,
    edge_visible: EdgeVisible | None = None,
) -> Path:
    """A shortest link between two nodes of at most ``max_hops`` edges, searched from both ends.

    A wrong "no link" is worse than a slow one, so cuts are made to hide little. Start and goal are never cut. All
    neighbours of a hub are *seen*, so that the searches can meet at any of them; the search only does not go on from
    those behind the cut. Once it has a ring with such nodes, the other end's search is preferred. With ``max_hops`` up
    to 4, therefore, cuts hide nothing.

    Parameters
    ----------
    adjacency : links without direction, as made by ``both``; the search from the goal relies on it
    start, goal : node ids
    max_hops : longest link looked for
    fan_out : most new neighbours followed from one node between the two, the first ones in the adjacency's order;
        None for all, which makes the answer exact
    edge_visible : which edges count
    """
    one, other = _Side(adjacency, start), _Side(adjacency, goal)
    meeting = start if start == goal else None
    while meeting is None and one.depth + other.depth < max_hops and not (one.is_complete or other.is_complete):
        ready = [side for side in (one, other) if len(side.frontier)]
        if not ready:
            break
        side = min(ready, key=_Side.cost)
        side.widen(fan_out, edge_visible)
        meeting = side.meeting(other if side is one else one)

    cut = one.cut() | other.cut()
    certain = one.certain + other.certain
    exhausted = one.is_complete or other.is_complete
    if meeting is None:
        certain = max_hops if exhausted else min(certain, max_hops)
        return Path(None, [], cut, certain, certain < max_hops, exhausted)
    to_start, to_goal = one.trace(meeting), other.trace(meeting)
    nodes = [node for node, _ in reversed(to_start)] + [node for node, _ in to_goal[1:]]
    edges = [edge for _, edge in reversed(to_start[:-1])] + [edge for _, edge in to_goal[:-1]]
    return Path(nodes, edges, cut, certain, len(edges) > certain + 1, exhausted)


class _Side:
    """One end's search: rings of nodes at equal distance, each with the neighbour and edge it was seen by."""

    def __init__(self, adjacency: Adjacency, root: int):
        self.adjacency = adjacency
        ring = np.array([root], np.int32)
        none = np.array([-1])
        # Nodes ascending, the neighbour nearer to the root, the edge from it.
        self.rings: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = [(ring, none, none)]
        self.frontier = ring  # nodes of the outer ring to go on from
        self.skipped: list[dict[int, int]] = [{}]  # by ring, the hubs before it that hide something behind it

    @property
    def depth(self) -> int:
        return len(self.rings) - 1

    @property
    def is_blocked(self) -> bool:
        """Whether going further makes nothing more certain, since some ring has nodes not gone on from."""
        return any(self.skipped)

    @property
    def is_complete(self) -> bool:
        """Whether all that can be reached has been seen."""
        return not len(self.frontier) and not self.is_blocked

    @property
    def certain(self) -> int:
        """All nodes at up to this distance are seen, and in the right ring."""
        return next((ring for ring, hubs in enumerate(self.skipped) if hubs), self.depth)

    def cost(self) -> tuple[bool, int]:
        """What decides which side goes on: first one that gains certainty, then the one with fewer edges to look at."""
        offsets = self.adjacency.offsets
        return self.is_blocked, int((offsets[self.frontier + 1] - offsets[self.frontier]).sum())

    def widen(self, fan_out: int | None, edge_visible: EdgeVisible | None) -> None:
        """Add the next ring."""
        seen = [ring for ring, _, _ in self.rings]
        origin, near, via = _neighbours(self.adjacency, self.frontier, edge_visible)
        followed, skipped = _follow(origin, near, self.frontier, seen, fan_out if self.depth else None)
        nodes, first = _first_new(near, seen)
        self.rings.append((nodes, self.frontier[origin[first]], via[first]))
        self.frontier = _first_new(near[followed], seen)[0] if skipped else nodes
        self.skipped.append(skipped if len(self.frontier) < len(nodes) else {})

    def meeting(self, other: _Side) -> int | None:
        """The node of the outer ring nearest to the other's root, the least of several; None where none is seen."""
        outer = self.rings[-1][0]
        for ring, _, _ in other.rings:
            common = outer[_among(outer, ring)]
            if len(common):
                return int(common[0])
        return None

    def trace(self, node: int) -> list[tuple[int, int]]:
        """The way from a seen node to the root: nodes, each with the edge to the next; -1 at the root."""
        way = []
        for nodes, nearer, edges in reversed(self.rings):
            at = int(np.searchsorted(nodes, node))
            if at < len(nodes) and nodes[at] == node:
                way.append((node, int(edges[at])))
                node = int(nearer[at])
        return way

    def cut(self) -> dict[int, int]:
        """The hubs behind which something may be hidden, with how many neighbours were not gone on from."""
        return {hub: count for hubs in self.skipped[: self.depth] for hub, count in hubs.items()}


def _neighbours(
    adjacency: Adjacency, frontier: np.ndarray, edge_visible: EdgeVisible | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The frontier's visible neighbours, node after node: index of the node, its neighbour, the edge between."""
    begin = adjacency.offsets[frontier]
    count = adjacency.offsets[frontier + 1] - begin
    origin = np.repeat(np.arange(len(frontier)), count)
    place = np.arange(len(origin)) + np.repeat(begin - (np.cumsum(count) - count), count)
    near, via = adjacency.neighbours[place], adjacency.edges[place]
    if edge_visible is None:
        return origin, near, via
    visible = edge_visible(via) if callable(edge_visible) else edge_visible[via]
    return origin[visible], near[visible], via[visible]


def _follow(
    origin: np.ndarray, near: np.ndarray, frontier: np.ndarray, seen: list[np.ndarray], fan_out: int | None
) -> tuple[np.ndarray, dict[int, int]]:
    """Which of these neighbours are followed, and how many distinct new ones are not, by hub."""
    followed = np.ones(len(near), bool)
    skipped: dict[int, int] = {}
    if fan_out is None:
        return followed, skipped
    count = np.bincount(origin, minlength=len(frontier))
    end = np.cumsum(count)
    for hub in np.flatnonzero(count > fan_out):
        begin = end[hub] - count[hub]
        first = _first_new(near[begin : end[hub]], seen)[1]
        if len(first) > fan_out:
            followed[begin : end[hub]] = False
            followed[begin + np.sort(first)[:fan_out]] = True
            skipped[int(frontier[hub])] = len(first) - fan_out
    return followed, skipped


def _first_new(values: np.ndarray, seen: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The distinct values in none of the ascending arrays ``seen``, ascending, and where each occurs first."""
    keys = np.sort((values.astype(np.int64) << 32) | np.arange(len(values)))
    distinct = keys >> 32
    new = np.ones(len(keys), bool)
    new[1:] = distinct[1:] != distinct[:-1]
    keys = keys[new]
    distinct = (keys >> 32).astype(np.int32)
    new = np.ones(len(keys), bool)
    for nodes in seen:
        new &= ~_among(distinct, nodes)
    return distinct[new], keys[new] & 0xFFFFFFFF


def _among(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the distinct ascending values occur among the others, distinct and ascending too."""
    if len(others) < len(values):
        found = np.zeros(len(values), bool)
        found[np.searchsorted(values, others[_among(others, values)])] = True
        return found
    if not len(others):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(others, values), len(others) - 1)
    return others[at] == values
