"""A search for links from both ends at once: rings of nodes at equal distance around each, widened until they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


class Rules(NamedTuple):
    """What a search goes along: the arguments of ``paths.shortest_path``."""

    adjacency: Adjacency
    fan_out: int | None
    edge_visible: EdgeVisible | None
    leads: Leads | None
    times: EdgeTimes | None


class Ring(NamedTuple):
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

    def of(self, chosen: np.ndarray | slice) -> Ring:
        """Those of its nodes for which a mask holds, or at these places."""
        return Ring(self.nodes[chosen], self.when[chosen], self.nearer[chosen], self.edges[chosen])

    def holds(self, nodes: np.ndarray, when: np.ndarray) -> np.ndarray:
        """bool: which nodes that the same end reaches are here, and as early."""
        here, place = places(nodes, self.nodes)
        here[here] = self.when[place[here]] <= when[here]
        return here

    def meets(self, other: Ring) -> np.ndarray:
        """bool: which nodes of a ring of the other end are here, in time for what follows."""
        here, place = places(other.nodes, self.nodes)
        before, behind = self.when[place[here]], other.when[here]
        here[here] = (before == NO_TIME) | (behind == NO_TIME) | (before <= -behind)
        return here


class Side:
    """One end's search: rings of nodes at equal distance, each with the neighbour and edge it was seen by.

    Parameters
    ----------
    roots : int32, distinct and ascending, the node or nodes at that end
    ahead : along the edges and with time, or against both
    """

    def __init__(self, rules: Rules, roots: np.ndarray, ahead: bool):
        self.rules = rules
        self.ahead = ahead
        none = np.full(len(roots), -1)
        self.frontier = Ring(roots, np.full(len(roots), NO_TIME), none, none)  # what to go on from
        self.rings = [self.frontier]
        self.skipped: list[dict[int, int]] = [{}]  # by ring, the hubs before it that hide something behind it

    @property
    def depth(self) -> int:
        """How many rings there are around the roots."""
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

    def steps(self, ring: Ring) -> tuple[np.ndarray, Ring]:
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
        return origin, Ring(near, when, ring.nodes[origin], via)

    def _new(self, reached: Ring, span: slice) -> np.ndarray:
        """Where in a span of what was reached each distinct node stands that no ring holds as early; by node."""
        nodes, when = reached.nodes[span], reached.when[span]
        first = earliest(nodes, when)
        nodes, when = nodes[first], when[first]
        new = np.ones(len(first), bool)
        for ring in self.rings:
            new &= ~ring.holds(nodes, when)
        return first[new]

    def cut(self) -> dict[int, int]:
        """The hubs behind which something may be hidden, with how many neighbours were not gone on from."""
        return {hub: count for hubs in self.skipped[: self.depth] for hub, count in hubs.items()}


def widened(one: Side, other: Side, max_hops: int) -> Iterator[Side]:
    """Widens the sides of a search, each time the one that promises most, and gives the side that was: as long as a
    link of at most ``max_hops`` edges may come of it."""
    while one.depth + other.depth < max_hops and not (one.is_complete or other.is_complete):
        ready = [side for side in (one, other) if len(side.frontier.nodes)]
        if not ready:
            return
        side = min(ready, key=Side.cost)
        side.widen()
        yield side


def meeting(one: Side, other: Side, side: Side) -> tuple[np.ndarray, int, int] | None:
    """Where the outer ring of a side meets the ring of the opposite one that is nearest to its roots: the nodes, and
    the numbers of both sides' rings; None where it meets none."""
    outer, depth = side.rings[-1], side.depth
    for nearest, ring in enumerate((other if side is one else one).rings):
        common = outer.nodes[ring.meets(outer)]
        if len(common):
            return (common, depth, nearest) if side is one else (common, nearest, depth)
    return None


def earliest(nodes: np.ndarray, when: np.ndarray) -> np.ndarray:
    """Where each distinct node stands with its earliest time, and of several such places the first; by node."""
    if (when[:-1] <= when[1:]).all():  # as ever where times do not count
        return firsts(nodes)[1]
    order = np.argsort(when, kind="stable")
    return order[firsts(nodes[order])[1]]
