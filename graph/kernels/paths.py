"""What lies around some nodes, and the shortest link between two: look-ups that must answer at once.

Plain NumPy, one step per hop, over a stored adjacency: nothing is compiled, and nothing of the size of the graph is
allocated. A node that leads to more new nodes than ``fan_out`` is a hub, and is *cut*: only the first of them are
followed. What a cut may have hidden is part of every answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency
from .steps import EdgeVisible, firsts, follow, neighbours, places

Leads = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Which way edges may be gone along: bool, from arrays of edge positions and of the node at one end of each, towards
which one would go."""
EdgeTimes = Callable[[np.ndarray], np.ndarray]
"""When edges happen: int64, from an array of edge positions; ``NO_TIME`` for those that are no events."""
NO_TIME = np.iinfo(np.int64).min
"""The time of an edge that has none: it may stand before or behind any other."""


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
        shorter one than was found (where times count, also one as short that ends earlier)
    exhausted : all that one of the two reaches was seen, so that where none was found no longer link exists either
    stopped : ``max_hops`` ended the search before it had found a link or seen all
    """

    nodes: list[int] | None
    edges: list[int]
    cut: dict[int, int]
    certain: int
    could_change: bool
    exhausted: bool
    stopped: bool


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
    frontier = seeds[np.sort(firsts(seeds)[1])]
    rings, edges = [frontier], [np.full(len(frontier), -1, np.int64)]
    seen = np.sort(frontier)
    cut: dict[int, int] = {}
    left_out = 0
    for _ in range(hops):
        if not len(frontier) or left_out:
            break
        origin, near, via = neighbours(adjacency, frontier, edge_visible)
        followed, skipped = follow(origin, frontier, fan_out, partial(_unseen, near, seen))
        cut.update(skipped)
        near, via = near[followed], via[followed]
        first = np.sort(_unseen(near, seen, slice(None)))
        room = len(first) if limit is None else max(limit - len(seen), 0)
        left_out = max(len(first) - room, 0)
        first = first[:room]
        frontier = near[first]
        rings.append(frontier)
        edges.append(via[first])
        seen = np.sort(np.concatenate((seen, frontier)))
    distance = np.repeat(np.arange(len(rings), dtype=np.int32), [len(ring) for ring in rings])
    return Neighbourhood(np.concatenate(rings), distance, np.concatenate(edges), cut, left_out)


def _unseen(near: np.ndarray, seen: np.ndarray, span: slice) -> np.ndarray:
    """Where in a span of neighbours each distinct one stands first that is not among the ascending ``seen``."""
    nodes, first = firsts(near[span])
    return first[~places(nodes, seen)[0]]


def shortest_path(
    adjacency: Adjacency,
    start: int,
    goal: int,
    max_hops: int,
    fan_out: int | None = 200,
    edge_visible: EdgeVisible | None = None,
    leads: Leads | None = None,
    times: EdgeTimes | None = None,
) -> Path:
    """A shortest link between two nodes of at most ``max_hops`` edges, searched from both ends.

    A wrong "no link" is worse than a slow one, so cuts are made to hide little. Start and goal are never cut. All
    neighbours of a hub are *seen*, so that the searches can meet at any of them; the search only does not go on from
    those behind the cut. Once it has a ring with such nodes, the other end's search is preferred. With ``max_hops`` up
    to 4, therefore, cuts hide nothing.

    Where times count, no edge of a link is earlier than one before it, and of the shortest links it is one whose last
    event is earliest. For that it suffices to know of each node, hop by hop, the earliest time at which it is reached
    from the start and the latest at which the goal is still reached from it: of parallel edges, too, the earliest that
    is not too early is taken.

    Parameters
    ----------
    adjacency : edges at both their ends, as made by ``both``
    start, goal : node ids
    max_hops : longest link looked for
    fan_out : most new neighbours followed from one node between the two, the first ones in the adjacency's order;
        None for all, which makes the answer exact
    edge_visible : which edges count
    leads : which way they may be gone along, from start to goal; None for both ways
    times : when they happen; None where times do not count
    """
    rules = _Rules(adjacency, fan_out, edge_visible, leads, times)
    one, other = _Side(rules, start, True), _Side(rules, goal, False)
    met = (start, 0, 0) if start == goal else None
    while met is None and one.depth + other.depth < max_hops and not (one.is_complete or other.is_complete):
        ready = [side for side in (one, other) if len(side.frontier.nodes)]
        if not ready:
            break
        side = min(ready, key=_Side.cost)
        side.widen()
        met = _meeting(one, other, side)

    cut = one.cut() | other.cut()
    certain = one.certain + other.certain
    exhausted = one.is_complete or other.is_complete
    if met is None:
        certain = max_hops if exhausted else min(certain, max_hops)
        stopped = not exhausted and one.depth + other.depth >= max_hops
        return Path(None, [], cut, certain, certain < max_hops, exhausted, stopped)
    nodes, edges = _link(one, other, *met)
    # A link one edge longer than is certain is a shortest one; but one as short that ends earlier may be hidden.
    could_change = len(edges) > certain + (times is None)
    return Path(nodes, edges, cut, certain, could_change, exhausted, False)


class _Rules(NamedTuple):
    """What a search goes along: the arguments of ``shortest_path``."""

    adjacency: Adjacency
    fan_out: int | None
    edge_visible: EdgeVisible | None
    leads: Leads | None
    times: EdgeTimes | None


class _Ring(NamedTuple):
    """Nodes at equal distance from one end, those at which it is the least or whose time it improves.

    Attributes
    ----------
    nodes : ascending
    when : the earliest time at which each is reached by so many edges, ``NO_TIME`` where no event is needed or times
        do not count; from the goal time runs backwards, so that it is the latest one, with the sign changed
    nearer, edges : the neighbour in the ring before, and the edge from it
    """

    nodes: np.ndarray
    when: np.ndarray
    nearer: np.ndarray
    edges: np.ndarray

    def of(self, chosen: np.ndarray | slice) -> _Ring:
        """Those of its nodes for which a mask holds, or at these places."""
        return _Ring(self.nodes[chosen], self.when[chosen], self.nearer[chosen], self.edges[chosen])

    def holds(self, nodes: np.ndarray, when: np.ndarray) -> np.ndarray:
        """bool: which nodes that the same end reaches are here, and as early."""
        here, place = places(nodes, self.nodes)
        here[here] = self.when[place[here]] <= when[here]
        return here

    def meets(self, other: _Ring) -> np.ndarray:
        """bool: which nodes of a ring of the other end are here, in time for what follows."""
        here, place = places(other.nodes, self.nodes)
        before, behind = self.when[place[here]], other.when[here]
        here[here] = (before == NO_TIME) | (behind == NO_TIME) | (before <= -behind)
        return here


class _Side:
    """One end's search: rings of nodes at equal distance, each with the neighbour and edge it was seen by."""

    def __init__(self, rules: _Rules, root: int, ahead: bool):
        self.rules = rules
        self.ahead = ahead  # along the edges and with time, or against both
        none = np.array([-1])
        self.frontier = _Ring(np.array([root], np.int32), np.array([NO_TIME]), none, none)  # what to go on from
        self.rings = [self.frontier]
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
        return not len(self.frontier.nodes) and not self.is_blocked

    @property
    def certain(self) -> int:
        """All nodes at up to this distance are seen, and in the right ring."""
        return next((ring for ring, hubs in enumerate(self.skipped) if hubs), self.depth)

    def cost(self) -> tuple[bool, int]:
        """What decides which side goes on: first one that gains certainty, then the one with fewer edges to look at."""
        offsets, nodes = self.rules.adjacency.offsets, self.frontier.nodes
        return self.is_blocked, int((offsets[nodes + 1] - offsets[nodes]).sum())

    def widen(self) -> None:
        """Add the next ring."""
        origin, reached = self.steps(self.frontier)
        new = partial(self._new, reached)
        followed, skipped = follow(origin, self.frontier.nodes, self.rules.fan_out if self.depth else None, new)
        ring = reached.of(new(slice(None)))
        self.rings.append(ring)
        self.frontier = ring.of(places(ring.nodes, firsts(reached.nodes[followed])[0])[0]) if skipped else ring
        self.skipped.append(skipped if len(self.frontier.nodes) < len(ring.nodes) else {})

    def steps(self, ring: _Ring) -> tuple[np.ndarray, _Ring]:
        """What one edge leads to from the nodes of a ring, node after node: index of the node, and what it leads to, as
        a ring that is neither ascending nor distinct."""
        adjacency, _, edge_visible, leads, times = self.rules
        origin, near, via = neighbours(adjacency, ring.nodes, edge_visible)
        if leads is not None:
            may = leads(via, near if self.ahead else ring.nodes[origin])
            origin, near, via = origin[may], near[may], via[may]
        when = ring.when[origin]
        if times is not None:
            time = times(via)
            time = np.where(time == NO_TIME, when, time if self.ahead else -time)
            may = time >= when
            origin, near, via, when = origin[may], near[may], via[may], time[may]
        return origin, _Ring(near, when, ring.nodes[origin], via)

    def _new(self, reached: _Ring, span: slice) -> np.ndarray:
        """Where in a span of what was reached each distinct node stands that no ring holds as early; by node."""
        nodes, when = reached.nodes[span], reached.when[span]
        first = _earliest(nodes, when)
        nodes, when = nodes[first], when[first]
        new = np.ones(len(first), bool)
        for ring in self.rings:
            new &= ~ring.holds(nodes, when)
        return first[new]

    def cut(self) -> dict[int, int]:
        """The hubs behind which something may be hidden, with how many neighbours were not gone on from."""
        return {hub: count for hubs in self.skipped[: self.depth] for hub, count in hubs.items()}


def _meeting(one: _Side, other: _Side, side: _Side) -> tuple[int, int, int] | None:
    """Where the outer ring of a side meets the ring of the opposite one that is nearest to its root: the least such
    node, and the numbers of both sides' rings; None where it meets none."""
    outer, depth = side.rings[-1], side.depth
    for nearest, ring in enumerate((other if side is one else one).rings):
        common = outer.nodes[ring.meets(outer)]
        if len(common):
            return (int(common[0]), depth, nearest) if side is one else (int(common[0]), nearest, depth)
    return None


def _link(one: _Side, other: _Side, node: int, before: int, behind: int) -> tuple[list[int], list[int]]:
    """Nodes and edges of a link through a node that lies in these rings of both sides."""
    if one.rules.times is None:
        to_start, to_goal = _trace(one.rings[: before + 1], node), _trace(other.rings[: behind + 1], node)
    else:
        goal = int(other.rings[0].nodes[0])
        to_start, to_goal = _trace([*one.rings[:before], *_soonest(one, before, other, behind)], goal), []
    nodes = [node for node, _ in reversed(to_start)] + [node for node, _ in to_goal[1:]]
    edges = [edge for _, edge in reversed(to_start[:-1])] + [edge for _, edge in to_goal[:-1]]
    return nodes, edges


def _soonest(one: _Side, before: int, other: _Side, behind: int) -> list[_Ring]:
    """Rings of one side from a given one on, each within the next ring of the other side towards its root: in the last,
    the root stands with the earliest time."""
    here, there = one.rings[before], other.rings[behind]
    rings = [here.of(there.meets(here))]
    for there in reversed(other.rings[:behind]):
        _, reached = one.steps(rings[-1])
        ring = reached.of(_earliest(reached.nodes, reached.when))
        rings.append(ring.of(there.meets(ring)))
    return rings


def _earliest(nodes: np.ndarray, when: np.ndarray) -> np.ndarray:
    """Where each distinct node stands with its earliest time, and of several such places the first; by node."""
    if (when[:-1] <= when[1:]).all():  # as ever where times do not count
        return firsts(nodes)[1]
    order = np.argsort(when, kind="stable")
    return order[firsts(nodes[order])[1]]


def _trace(rings: list[_Ring], node: int) -> list[tuple[int, int]]:
    """The way from a node of the last of some rings to the root: nodes, each with the edge to the next; -1 at the
    root."""
    way = []
    for ring in reversed(rings):
        at = int(np.searchsorted(ring.nodes, node))
        way.append((node, int(ring.edges[at])))
        node = int(ring.nearer[at])
    return way
