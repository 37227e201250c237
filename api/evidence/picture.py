"""A finding's evidence as a picture: which nodes and arcs it shows, what stands on them, where they stand.

The result is vis-network's own data, placed and styled; the page only draws it. Labels of arcs are small nodes of
their own, because vis-network puts an arc's label at its middle, where those of crossing arcs cover each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import networkx as nx

from ...graph.model import PARTIES
from ...graph.words.names import KIND_WORDS, Words
from ..layout.arcs import Arc, route
from ..layout.blocks import blocked, blocks
from ..layout.circles import strong_parts
from ..layout.placing import GAP
from ..services.labels import Label
from .folds import around_folds, fold_items, folds_of, unfolded
from .items import (
    Picture,
    arc_title,
    bounds,
    bundle_label,
    edge_item,
    group_item,
    label_item,
    label_size,
    node_item,
    node_size,
    node_text,
    shared_names,
)
from .marks import NO_MARKS, Marks
from .ring import ring_picture

AROUND_THINGS = frozenset({"fraud_ring", "intermediary"})
"""Kinds of finding that are people around what they share."""
FLOWS = frozenset({"GUARANTEES", "HOLDS_SHARE", "CONTROLS", "TRANSFERRED", "DISBURSED_TO", "REPAID", "BORROWED"})
"""Relations that lead somewhere, and so from left to right."""


def picture_of(
    kind: str,
    members: Sequence[Mapping],
    rows: Sequence[Mapping],
    labels: Mapping[str, Label],
    things: Sequence[Mapping] = (),
    marks: Marks = NO_MARKS,
    opened: Sequence[str] | None = None,
) -> Picture:
    """The picture that suits a finding of this kind.

    Parameters
    ----------
    members, rows, labels, marks, opened : as for ``picture``
    things : what members share or stand in, as the finding has it
    """
    if kind in AROUND_THINGS:
        people = [member for member in members if member["role"] != "broker"]  # which are things that these use
        return ring_picture(people, rows, labels, things, opened)
    groups = [thing["members"] for thing in things if thing["kind"] == "group"]
    return picture(members, rows, labels, groups, marks, opened)


def picture(
    members: Sequence[Mapping],
    rows: Sequence[Mapping],
    labels: Mapping[str, Label],
    groups: Sequence[Sequence[str]] = (),
    marks: Marks = NO_MARKS,
    opened: Sequence[str] | None = None,
) -> Picture:
    """The picture of members and the relationships between them and others.

    Parameters
    ----------
    members : ``[{"node", "role"}]``
    rows : relationships as ``GraphView.relationship`` gives them; amount, times and ``data`` may be missing
    labels : how each node is shown, by name
    groups : members that stand together in a box and count as one: a cycle of groups is a cycle
    marks : parties and guarantees that stand out
    opened : folds that are opened, by name; None for a picture in which none can be

    Raises
    ------
    UserError : a fold that there is not
    """
    bundles: dict[tuple[str, str, str, bool], list[Mapping]] = {}
    for row in rows:
        counter = bool(row.get("data", {}).get("counter_of"))
        bundles.setdefault((row["source"], row["target"], row["relation"], counter), []).append(row)
    roles = {member["node"]: member["role"] for member in members}
    everything = {*roles, *(node for key in bundles for node in key[:2])}
    boxes = blocks(groups)
    block_of = {node: node for node in everything} | {node: name for name, group in boxes.items() for node in group}
    rings = _rings(block_of, bundles)
    first, folds = folds_of(everything, bundles, roles, rings, opened)
    kept = first.union(unfolded(folds))
    shown = {key: bundles[key] for key in sorted(bundles) if key[0] in kept and key[1] in kept}

    boxes = blocks(part for group in boxes.values() if len(part := [node for node in group if node in first]) > 1)
    crowded = len(kept) > 40
    twice = shared_names(labels[node] for node in kept)
    texts = {node: node_text(labels[node], labels[node].name in twice, crowded, marks.signs(node)) for node in kept}
    sizes = {node: node_size(labels[node].kind, texts[node], crowded) for node in kept}
    amounts = {key: _signed(marks.sign(key), bundle_label(key[2], bundle)) for key, bundle in shown.items()}
    pairs, flow = [key[:2] for key in shown], all(key[2] in FLOWS for key in shown)
    both = _both_ways(amounts, rings)
    shown = {key: bundle for key, bundle in shown.items() if both.get(key, True)}
    amounts.update({key: Words(f"各{amounts[key].zh}", f"each {amounts[key].en}") for key in both if both[key]})
    arcs = [Arc(key[0], key[1], label_size(amounts[key])) for key in shown]
    longest = max((arc.label[0] for arc in arcs), default=0.0)
    inner = [pair for pair in pairs if first.issuperset(pair)]
    laid = {node: sizes[node] for node in kept & first}
    points, around = blocked(laid, inner, boxes, flow=flow, gap=_gap(longest, len(first)))
    points, chips = around_folds(folds, sizes, points, pairs)
    sizes |= chips
    routes = route(arcs, points, sizes)

    nodes = [group_item(name, box) for name, box in around.items()]
    nodes += [
        node_item(labels[node], texts[node], points[node], roles.get(node), node in rings, crowded)
        for node in sorted(kept)
    ]
    edges = []
    for number, (key, way) in enumerate(zip(shown, routes, strict=True)):
        title = arc_title(key, shown[key], labels)
        if key in both:
            back = (key[1], key[0], *key[2:])
            title += "\n" + arc_title(back, bundles[back], labels)
        inside = _in_ring(key, rings, block_of)
        edges.append(edge_item(number, key, way.roundness, title, inside, key in both, len(shown) > 150))
        if way.label is not None:
            nodes.append(label_item(number, amounts[key], way.label, title, inside))
    folded = fold_items(folds, points)
    nodes += folded[0]
    edges += folded[1]
    wide = {name: (w, h) for name, (_, _, w, h) in around.items()}
    spread = points | {name: (x, y) for name, (x, y, _, _) in around.items()}
    left, top, right, bottom = bounds(spread, sizes | wide, [w.label for w in routes if w.label], longest)
    return Picture(
        nodes=nodes,
        edges=edges,
        width=right - left,
        height=bottom - top,
        shown=len(kept),
        left_out={
            "nodes": len(everything) - len(kept),
            "arcs": sum(not {key[0], key[1]} <= kept for key in bundles),
            "labels": sum(way.label is None for way in routes),
        },
        folds={fold.name: fold.hidden for fold in folds},
        legend=_legend(kept, roles, rings, shown, labels) + ["group"] * bool(boxes) + marks.legend(kept, shown),
    )


# -- what is shown ------------------------------------------------------------------------------------------------


def _rings(block_of: Mapping[str, str], bundles: Mapping[tuple, Sequence]) -> dict[str, int]:
    """Which nodes guarantee each other around, by number of their strong component; a counter-guarantee closes none.
    Nodes of one group count as one."""
    arcs = {
        (block_of[s], block_of[t]) for s, t, relation, counter in bundles if relation == "GUARANTEES" and not counter
    }
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(set(block_of.values())))
    graph.add_edges_from(sorted(arcs))
    ring_of = {block: number for number, part in enumerate(strong_parts(graph)) for block in part}
    return {node: ring_of[block] for node, block in block_of.items() if block in ring_of}


def _in_ring(key: tuple, rings: Mapping[str, int], block_of: Mapping[str, str]) -> bool:
    """Whether an arc is part of a cycle."""
    source, target, relation, counter = key
    apart = source == target or block_of[source] != block_of[target]
    return relation == "GUARANTEES" and not counter and apart and rings.get(source, -1) == rings.get(target, -2)


def _signed(sign: str, text: Words) -> Words:
    return Words(sign + text.zh, sign + text.en)


def _both_ways(amounts: Mapping[tuple, Words], rings: Mapping[str, int]) -> dict[tuple, bool]:
    """Guarantees that a web of more than two returns in equal measure: one line with two heads says as much as two
    lines, in half the ink. True for the one that is drawn, False for the one it stands for."""
    size = Counter(rings.values())
    found: dict[tuple, bool] = {}
    for key, text in amounts.items():
        source, target, relation, counter = key
        if relation == "GUARANTEES" and not counter and source < target and size[rings.get(source, -1)] > 2:
            back = (target, source, relation, counter)
            if amounts.get(back) == text:
                found.update({key: True, back: False})
    return found


def _legend(kept, roles, rings, shown, labels) -> list[str]:
    kinds = {labels[node].kind for node in kept}
    entries = [f"kind:{kind}" for kind in KIND_WORDS if kind in kinds]
    if any(node in rings for node in kept):
        entries.append("ring")
    if any(node not in roles and labels[node].kind in PARTIES for node in kept):
        entries.append("context")
    entries += [
        name
        for name, present in (
            ("guarantee", any(key[2] == "GUARANTEES" and not key[3] for key in shown)),
            ("counter", any(key[3] for key in shown)),
            ("other", any(key[2] != "GUARANTEES" for key in shown)),
        )
        if present
    ]
    return entries


def _gap(longest: float, nodes: int) -> float:
    """Room between neighbours: the longest label and the arrow's head, less of it in a crowd."""
    return max(48.0, min(longest + 40, 150.0)) if nodes <= 40 else min(GAP, longest + 20)
