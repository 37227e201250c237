"""What lies around some nodes, and the shortest link between two: look-ups that must answer at once.

Plain NumPy, one step per hop, over a stored adjacency: nothing is compiled, and nothing of the size of the graph is
allocated. A node that leads to more new nodes than ``fan_out`` is a hub, and is *cut*: only the first of them are
followed. What a cut may have hidden is part of every answer.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency
from .sides import EdgeTimes, Leads, Ring, Rules, Side, earliest, meeting, widened
from .steps import EdgeVisible, firsts, follow, neighbours, places


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
    rules = Rules(adjacency, fan_out, edge_visible, leads, times)
    one, other = (Side(rules, np.array([root], np.int32), ahead) for root, ahead in ((start, True), (goal, False)))
    met = (np.array([start]), 0, 0) if start == goal else None
    for side in widened(one, other, max_hops) if met is None else ():
        if met := meeting(one, other, side):
            break

    cut = one.cut() | other.cut()
    certain = one.certain + other.certain
    exhausted = one.is_complete or other.is_complete
    if met is None:
        certain = max_hops if exhausted else min(certain, max_hops)
        stopped = not exhausted and one.depth + other.depth >= max_hops
        return Path(None, [], cut, certain, certain < max_hops, exhausted, stopped)
    common, before, behind = met
    nodes, edges = _link(one, other, int(common[0]), before, behind)
    # A link one edge longer than is certain is a shortest one; but one as short that ends earlier may be hidden.
    could_change = len(edges) > certain + (times is None)
    return Path(nodes, edges, cut, certain, could_change, exhausted, False)


def _link(one: Side, other: Side, node: int, before: int, behind: int) -> tuple[list[int], list[int]]:
    """Nodes and edges of a link through a node that lies in these rings of both sides."""
    if one.rules.times is None:
        to_start, to_goal = _trace(one.rings[: before + 1], node), _trace(other.rings[: behind + 1], node)
    else:
        goal = int(other.rings[0].nodes[0])
        to_start, to_goal = _trace([*one.rings[:before], *_soonest(one, before, other, behind)], goal), []
    nodes = [node for node, _ in reversed(to_start)] + [node for node, _ in to_goal[1:]]
    edges = [edge for _, edge in reversed(to_start[:-1])] + [edge for _, edge in to_goal[:-1]]
    return nodes, edges


def _soonest(one: Side, before: int, other: Side, behind: int) -> list[Ring]:
    """Rings of one side from a given one on, each within the next ring of the other side towards its root: in the last,
    the root stands with the earliest time."""
    here, there = one.rings[before], other.rings[behind]
    rings = [here.of(there.meets(here))]
    for there in reversed(other.rings[:behind]):
        _, reached = one.steps(rings[-1])
        ring = reached.of(earliest(reached.nodes, reached.when))
        rings.append(ring.of(there.meets(ring)))
    return rings


def _trace(rings: list[Ring], node: int) -> list[tuple[int, int]]:
    """The way from a node of the last of some rings to the root: nodes, each with the edge to the next; -1 at the
    root."""
    way = []
    for ring in reversed(rings):
        at = int(np.searchsorted(ring.nodes, node))
        way.append((node, int(ring.edges[at])))
        node = int(ring.nearer[at])
    return way
