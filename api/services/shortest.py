"""All shortest links between two parties, or between two groups of nodes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...graph.errors import UserError
from ...graph.kernels.adjacency import Adjacency
from ...graph.kernels.all_shortest import all_shortest
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from .nodes import FAN_OUT, MAX_HOPS, bounded, place_of, relationships, shown
from .set_aside import Following, links_no_one

PATHS = 50
"""Most links listed by default."""
ROWS = 2000
"""Most relationships in an answer."""


def shortest(
    snapshot: GraphView,
    sources: Sequence[tuple[str, str]],
    targets: Sequence[tuple[str, str]],
    max_hops: int = MAX_HOPS,
    limit: int = PATHS,
    fan_out: int = FAN_OUT,
) -> dict:
    """All links of the least length from one of some nodes to one of others.

    ``{"from", "to", "as_of", "revision", "max_hops", "hops", "found", "paths", "nodes", "relationships",
    "links_no_one", "truncated"}``: ``found`` counts the links, ``paths`` lists them by their nodes' names, ``nodes``
    and ``relationships`` are what they go over. Landlines, sentinels and invalid identifiers are never crossed;
    ``links_no_one`` counts such ties of the nodes asked about.

    Parameters
    ----------
    sources, targets : each a node's name and what was written for it
    max_hops : longest link looked for
    limit : most links listed
    fan_out : most neighbours followed from one node between the two groups

    Raises
    ------
    UserError : the store has no such node, or a node is in both groups
    """
    starts, goals = ([place_of(snapshot, *end) for end in ends] for ends in (sources, targets))
    if both := set(starts) & set(goals):
        raise UserError(f"{snapshot.name(min(both))} stands on both sides: name it on one of them")
    following = Following(snapshot)
    found = all_shortest(Adjacency(*snapshot.adjacency()), starts, goals, max_hops, limit, fan_out, following)
    nodes = [*dict.fromkeys(node for path in found.paths for node in path)]
    edges = np.array(sorted({edge for edges in found.edges.values() for edge in edges}), dtype=np.int64)
    names = dict(zip(nodes, snapshot.names(nodes), strict=True))
    stopped = [{"bound": "max_hops", "limit": max_hops, "skipped": None, "could_change": True}] if found.stopped else []
    return {
        "from": [name for name, _ in sources],
        "to": [name for name, _ in targets],
        "as_of": to_iso(snapshot.as_of),
        "revision": snapshot.revision,
        "max_hops": max_hops,
        "hops": len(found.paths[0]) - 1 if found.paths else None,
        "found": found.found,
        "paths": [[names[node] for node in path] for path in found.paths],
        "nodes": shown(snapshot, [*names.values()]),
        "relationships": relationships(snapshot, edges[:ROWS]),
        "links_no_one": [tied for node in [*starts, *goals] for tied in links_no_one(snapshot, node)],
        "truncated": [
            *stopped,
            *bounded("limit", limit, found.found - len(found.paths), False),
            *bounded("fan_out", fan_out, sum(found.cut.values()), True),
            *bounded("relationships", ROWS, len(edges) - ROWS, False),
        ],
    }
