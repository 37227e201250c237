"""Questions about nodes: what is said of one, what lies around it, and how two are linked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...graph.errors import NotFound
from ...graph.kernels.adjacency import Adjacency
from ...graph.kernels.paths import k_hop, shortest_path
from ...graph.kernels.sides import NO_TIME
from ...graph.keys import is_token
from ...graph.model import RELATIONS, kind_of
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from ...loaders.schema.tables import FURTHER, TABLES
from .labels import labels
from .money import money
from .names import no_link, safe
from .set_aside import Following, not_followed

FAN_OUT = 1000
"""Most neighbours followed from one node by default: more than a person has, fewer than a hub."""
MAX_HOPS = 6
"""Longest path looked for by default."""
RELATIONSHIPS = 2000
"""Most relationships in the answer about a neighbourhood."""

_NO_LINK = {
    "sentinel": "it stands on the stop-list, so it links no one",
    "invalid": "no such value can exist, so it links no one",
}
_TIMES = frozenset(
    column.name for table in TABLES.values() for column in table.all_columns.values() if column.type == "time"
)


def place_of(snapshot: GraphView, name: str, text: str) -> int:
    """The number of a node that shows at the snapshot's time.

    Parameters
    ----------
    name : the node's name
    text : what was written for it, for the message

    Raises
    ------
    UserError : the store has no such node, or knew of none at that time
    """
    number = snapshot.find(name)
    if number is None:
        why = no_link(text)
        hint = _NO_LINK[why] if why else "'ringfence status' counts what there is"
        raise NotFound(f"no node {safe(text, name)} in the store: {hint}")
    if not snapshot.shows(number):
        raise NotFound(f"node {safe(text, name)} was not known at {to_iso(snapshot.as_of)}: ask for a later time")
    return number


def node(snapshot: GraphView, name: str, text: str) -> dict:
    """What is said of a node at the snapshot's time: its facts with their rows, and its relationships, counted.

    Parameters
    ----------
    name, text : as for ``place_of``
    """
    number = place_of(snapshot, name, text)
    positions = snapshot.touching([number])
    positions = positions[snapshot.visible(positions)]
    counts: dict[str, int] = {}
    for position in positions:
        relation = snapshot.relation(int(position))
        counts[relation] = counts.get(relation, 0) + 1
    return {
        **shown(snapshot, [name])[0],
        "as_of": to_iso(snapshot.as_of),
        "revision": snapshot.revision,
        "facts": [_fact(snapshot, fact) for fact in snapshot.statements(number)],
        "relationships": {relation: counts[relation] for relation in RELATIONS if relation in counts},
        "truncated": [],
    }


def neighbourhood(
    snapshot: GraphView, name: str, text: str, hops: int = 1, limit: int = 200, fan_out: int = FAN_OUT
) -> dict:
    """What lies within ``hops`` of a node, and how it hangs together.

    All of the node's own relationships are followed. From there on, ties that link no one (landlines, sentinels,
    invalid identifiers) are not.

    Parameters
    ----------
    name, text : as for ``place_of``
    limit : most nodes in the answer
    fan_out : most neighbours followed from one node
    """
    start = place_of(snapshot, name, text)
    adjacency = Adjacency(*snapshot.adjacency())
    near = k_hop(adjacency, [start], 1, fan_out, limit, snapshot.visible)
    distance = {int(number): int(hop) for number, hop in zip(near.nodes, near.distance, strict=True)}
    cut, left_out = dict(near.cut), near.left_out
    if hops > 1 and not left_out:
        far = k_hop(adjacency, [start], hops, fan_out, limit + len(distance), snapshot.links)
        for number, hop in zip(far.nodes, far.distance, strict=True):
            distance.setdefault(int(number), int(hop))
        cut = far.cut | cut
        left_out = far.left_out + max(len(distance) - limit, 0)
    listed = sorted(distance, key=lambda number: distance[number])[:limit]
    positions, dropped = between(snapshot, listed)
    truncated = [
        *bounded("limit", limit, left_out, True),
        *bounded("fan_out", fan_out, sum(cut.values()), True),
        *bounded("relationships", RELATIONSHIPS, dropped, False),
    ]
    nodes = shown(snapshot, snapshot.names(listed))
    return {
        "node": name,
        "as_of": to_iso(snapshot.as_of),
        "revision": snapshot.revision,
        "hops": hops,
        "nodes": [{**item, "distance": distance[number]} for item, number in zip(nodes, listed, strict=True)],
        "relationships": relationships(snapshot, positions),
        "truncated": truncated,
    }


def path(
    snapshot: GraphView,
    source: tuple[str, str],
    target: tuple[str, str],
    max_hops: int = MAX_HOPS,
    fan_out: int = FAN_OUT,
    directed: bool = False,
    in_time: bool = False,
) -> dict:
    """A shortest link between two nodes, and what the search left out.

    It goes over all relations in both directions, or along the way of money alone. Ties that link no one (landlines,
    sentinels, invalid identifiers) are never crossed; those of either end are counted.

    Parameters
    ----------
    source, target : a node's name and what was written for it
    max_hops : longest link looked for
    fan_out : most neighbours followed from one node between the two
    directed : only where money can have gone from source to target, as ``Money`` says
    in_time : the same, each event not earlier than the one before

    Raises
    ------
    UserError : the store has no such node, or one that money does not go to or come from
    """
    start, goal = place_of(snapshot, *source), place_of(snapshot, *target)
    way = money(snapshot, start, goal, (source[1], target[1])) if directed or in_time else None
    following = Following(snapshot, way and way.leads)
    link = shortest_path(
        Adjacency(*snapshot.adjacency()),
        start,
        goal,
        max_hops,
        fan_out,
        leads=following,
        times=way.times if way and in_time else None,
    )
    nodes, edges = link.nodes or [], np.asarray(link.edges, dtype=np.int64)
    truncated = bounded("fan_out", fan_out, sum(link.cut.values()), link.could_change)
    if link.stopped:
        truncated.append({"bound": "max_hops", "limit": max_hops, "skipped": None, "could_change": True})
    return {
        "from": source[0],
        "to": target[0],
        "as_of": to_iso(snapshot.as_of),
        "revision": snapshot.revision,
        "max_hops": max_hops,
        "directed": way is not None,
        "in_time": in_time,
        "found": link.nodes is not None,
        "hops": len(link.edges) if link.nodes is not None else None,
        "nodes": shown(snapshot, snapshot.names(nodes)),
        "relationships": relationships(snapshot, edges),
        "same_instant": _same_instant(way.times(edges)) if way and in_time else 0,
        "not_followed": not_followed(following, start, goal, link.nodes is not None),
        "truncated": truncated,
    }


def _same_instant(times: np.ndarray) -> int:
    """How many events happened at the instant of the one before."""
    times = times[times != NO_TIME]
    return int((times[1:] == times[:-1]).sum())


def bounded(name: str, limit: int, skipped: int, could_change: bool) -> list[dict]:
    """What ``truncated`` says of a bound; nothing where it left nothing out."""
    if skipped <= 0:
        return []
    return [{"bound": name, "limit": limit, "skipped": int(skipped), "could_change": could_change}]


def between(snapshot: GraphView, numbers: Sequence[int]) -> tuple[np.ndarray, int]:
    """The relationships with both ends among some nodes, and how many the bound leaves out."""
    offsets, neighbours, positions = snapshot.adjacency()
    among = np.asarray(sorted(numbers), dtype=np.int32)
    found = []
    for number in numbers:
        span = slice(offsets[number], offsets[number + 1])
        found.append(np.asarray(positions[span])[np.isin(neighbours[span], among)])
    distinct = np.unique(np.concatenate(found)) if found else np.array([], dtype=np.int64)
    distinct = distinct[snapshot.visible(distinct)]
    return distinct[:RELATIONSHIPS], max(len(distinct) - RELATIONSHIPS, 0)


def shown(snapshot: GraphView, names: Sequence[str]) -> list[dict]:
    """Nodes as people see them: name, kind and label, in the order given."""
    found = labels(snapshot, names)
    return [{"node": name, "kind": kind_of(name), "label": found[name].name} for name in names]


def relationships(snapshot: GraphView, positions: np.ndarray) -> list[dict]:
    """Relationships as people see them: their evidence, amounts, times and other cells, personal ones masked."""
    return [_relationship(snapshot, int(position)) for position in positions]


def _relationship(snapshot: GraphView, position: int) -> dict:
    found = snapshot.relationship(position)
    times = {name: to_iso(found[name]) for name in ("valid_from", "valid_to", "known_at")}
    return {"amount": None, **found, **times, "data": _seen(snapshot, found["data"])}


def _fact(snapshot: GraphView, fact: dict) -> dict:
    times = {name: to_iso(fact[name]) for name in ("valid_from", "valid_to", "known_at")}
    return {**fact, **times, "data": _seen(snapshot, fact["data"])}


def _seen(snapshot: GraphView, data: dict) -> dict:
    """The cells of a row as people see them: personal ones as masks, times in ISO form. Further identifiers of a row
    are seen by their ties."""
    return {column: _cell(snapshot, column, cell) for column, cell in data.items() if column != FURTHER.name}


def _cell(snapshot: GraphView, column: str, cell: object) -> object:
    if isinstance(cell, str) and is_token(cell):
        return snapshot.mask(cell) or ""
    return to_iso(cell) if column in _TIMES and isinstance(cell, int) else cell
