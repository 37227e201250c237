"""A picture that somebody explores: what is in it, what more hangs on each node, and where it all stands.

The picture is whoever asks's: they say which nodes stand where, and what to put in. What stands, stays; what comes in
is laid around what it hangs on. Nothing is remembered between two questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ...graph.errors import UserError
from ...graph.model import KINDS
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from ..evidence.items import (
    FONT,
    MONEY,
    NODE_LIMIT,
    arc_title,
    bundle_label,
    edge_item,
    item_colours,
    node_item,
    node_size,
    node_text,
    shared_names,
)
from ..layout.arcs import Arc, route
from ..layout.around import around
from ..layout.circles import Point
from ..services.labels import COLOURS, OTHER_COLOURS, Label, labels
from ..services.nodes import between, bounded, place_of
from .traits import traits

MORE = 40
"""Nodes that opening one puts in by default, at most; what has more neighbours is a hub."""
COUNTED = 20_000
"""Most relationships of one node that are looked at."""

Node = tuple[str, str]
"""A node's name, and what was written for it."""


class Wanted(NamedTuple):
    """What to put in.

    Attributes
    ----------
    add : these nodes
    expand : what hangs on this one
    kind : of that, only nodes of this kind
    limit : of that, at most so many
    """

    add: Sequence[Node] = ()
    expand: Node | None = None
    kind: str | None = None
    limit: int = MORE


@dataclass
class _Seen:
    """What a picture holds while it is made: its nodes by number in the order they came, and each one's neighbours."""

    view: GraphView
    near: dict[int, np.ndarray] = field(default_factory=dict)
    uncounted: int = 0

    def put(self, number: int) -> None:
        """Add a node."""
        if number not in self.near:
            self.near[number], left = _near(self.view, number)
            self.uncounted += left

    @property
    def room(self) -> int:
        return NODE_LIMIT - len(self.near)


def explored(view: GraphView, placed: Mapping[str, Point], wanted: Wanted, risks: Mapping[str, str]) -> dict:
    """The picture with what is wanted put in.

    ``{"as_of", "revision", "nodes", "edges", "about", "added", "missing", "truncated"}``: ``nodes`` and ``edges`` are
    vis-network's items; ``about`` says of each node its ``kind``, ``label``, how many neighbours it has (``degree``),
    whether it is a ``hub``, how many of its neighbours are not in the picture by kind (``beyond``), and its traits;
    ``missing`` names placed nodes that the view does not show.

    Parameters
    ----------
    placed : where nodes stand already, by name; they keep their places
    risks : the colour of what was found of parties, by name

    Raises
    ------
    UserError : what is wanted does not exist, or the picture is full
    """
    at = dict(zip(placed, view.find_all(list(placed)).tolist(), strict=True)) if placed else {}
    held = {name: number for name, number in at.items() if number >= 0 and view.shows(number)}
    seen = _Seen(view)
    for number in held.values():
        seen.put(number)
    left_out = _put(view, seen, wanted)
    numbers = [*seen.near]
    names = view.names(numbers)
    positions, dropped = between(view, numbers)
    drawn = _draw(view, names, positions, {name: placed[name] for name in held})
    return {
        "as_of": to_iso(view.as_of),
        "revision": view.revision,
        **drawn,
        "about": _about(view, seen, names, risks),
        "added": [name for name in names if name not in held],
        "missing": [name for name in placed if name not in held],
        "truncated": [
            *bounded("limit", wanted.limit, left_out, True),
            *bounded("counted", COUNTED, seen.uncounted, True),
            *bounded("relationships", len(positions), dropped, False),
        ],
    }


def _put(view: GraphView, seen: _Seen, wanted: Wanted) -> int:
    """Put in what is wanted, and say how many neighbours were left out."""
    for node in wanted.add:
        _put_one(view, seen, node)
    if wanted.expand is None:
        return 0
    found = seen.near[_put_one(view, seen, wanted.expand)]
    new = [number for number in found.tolist() if number not in seen.near]
    if wanted.kind is not None:
        new = [number for number in new if view.kind(number) == wanted.kind]
    # What hangs on more of the picture comes first: it links what is looked at.
    ties = Counter(np.concatenate([*seen.near.values()]).tolist())
    new.sort(key=lambda number: -ties[number])
    taken = new[: min(wanted.limit, seen.room)]
    for number in taken:
        seen.put(number)
    return len(new) - len(taken)


def _put_one(view: GraphView, seen: _Seen, node: Node) -> int:
    number = place_of(view, *node)
    if number not in seen.near and seen.room < 1:
        raise UserError(f"the picture holds {NODE_LIMIT} nodes, the most that can be read: take some out first")
    seen.put(number)
    return number


def _near(view: GraphView, number: int) -> tuple[np.ndarray, int]:
    """A node's neighbours in the order of its relationships, and how many relationships were not looked at."""
    offsets, neighbours, positions = view.adjacency()
    first, last = int(offsets[number]), int(offsets[number + 1])
    span = slice(first, min(last, first + COUNTED))
    found = np.asarray(neighbours[span])[view.visible(positions[span])]
    distinct, where = np.unique(found, return_index=True)
    ordered = distinct[np.argsort(where)]
    return ordered[ordered != number].astype(np.int64), max(0, last - first - COUNTED)


# -- what is drawn


def _draw(view: GraphView, names: Sequence[str], positions: np.ndarray, held: Mapping[str, Point]) -> dict:
    seen = labels(view, names)
    twice = shared_names(seen.values())
    texts = {name: node_text(seen[name], seen[name].name in twice, True) for name in names}
    sizes = {name: node_size(seen[name].kind, texts[name], True) for name in names}
    bundles = _bundles(view, positions)
    ties = [key[:2] for key in bundles]
    points = {**held, **around(sizes, held, ties)}
    ways = route([Arc(source, target, (0.0, 0.0)) for source, target in ties], points, sizes)
    return {
        "nodes": [_node(seen[name], texts[name], points[name]) for name in names],
        "edges": [
            _edge(key, bundle, way.roundness, seen)
            for (key, bundle), way in zip(bundles.items(), ways, strict=True)
        ],
    }  # fmt: skip


def _node(label: Label, lines: Sequence[str], point: Point) -> dict:
    """A node, which is not part of a finding, so that none is drawn as being outside of one."""
    item = node_item(label, lines, point, None, False, True)
    item["color"] = item_colours(*COLOURS.get(label.kind, OTHER_COLOURS))
    item["shapeProperties"]["borderDashes"] = False
    return item


def _bundles(view: GraphView, positions: np.ndarray) -> dict[tuple, list[dict]]:
    """Relationships by source, target, relation, whether they are counter-guarantees, and whether they link no one."""
    bundles: dict[tuple, list[dict]] = {}
    for position, flagged in zip(positions.tolist(), view.flagged(positions).tolist(), strict=True):
        row = view.relationship(position)
        key = (row["source"], row["target"], row["relation"], bool(row["data"].get("counter_of")), flagged)
        bundles.setdefault(key, []).append(row)
    return dict(sorted(bundles.items()))


def _edge(key: tuple, bundle: Sequence[Mapping], roundness: float, seen: Mapping[str, Label]) -> dict:
    source, target, relation, counter, flagged = key
    item = edge_item(0, key[:4], roundness, arc_title(key, bundle, seen))
    item["id"] = "|".join((source, relation, target, *(["counter"] if counter else []), *(["none"] if flagged else [])))
    if relation in MONEY:
        item["label"], item["label_en"] = bundle_label(relation, bundle)
        item["font"] = {"size": 11, "face": FONT, "color": "#334155", "strokeWidth": 0, "background": "#ffffff"}
    if flagged:
        item["dashes"] = [1, 6]
    return item


def _about(view: GraphView, seen: _Seen, names: Sequence[str], risks: Mapping[str, str]) -> dict[str, dict]:
    numbers = [*seen.near]
    inside = np.array(numbers, dtype=np.int64)
    known = traits(view, numbers)
    shown = labels(view, names)
    told = {}
    for number, name in zip(numbers, names, strict=True):
        near = seen.near[number]
        beyond = Counter(view.kinds[near[~np.isin(near, inside)]].tolist())
        told[name] = {
            "kind": view.kind(number),
            "label": shown[name].name,
            "degree": len(near),
            "hub": len(near) > MORE,
            "beyond": {KINDS[code]: count for code, count in sorted(beyond.items())},
            "risk": risks.get(name),
            **known[number],
        }
    return told
