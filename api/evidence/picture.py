"""A finding's evidence as a picture: which nodes and arcs it shows, what stands on them, where they stand.

The result is vis-network's own data, placed and styled; the page only draws it. Labels of arcs are small nodes of
their own, because vis-network puts an arc's label at its middle, where those of crossing arcs cover each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import networkx as nx

from ...graph.model import PARTIES
from ...graph.words.money import money
from ...graph.words.names import KIND_WORDS, RELATION_WORDS, Words
from ...graph.words.plain import plain
from ..layout.arcs import Arc, route
from ..layout.circles import strong_parts
from ..layout.placing import GAP, layout
from ..services.labels import Label
from .groups import GROUP, Group, merged
from .items import (
    ARC,
    RING,
    TIE,
    Picture,
    bounds,
    bundle_label,
    core,
    dates,
    figure,
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
) -> Picture:
    """The picture that suits a finding of this kind.

    Parameters
    ----------
    members, rows, labels, marks : as for ``picture``
    things : what members share or stand in, as the finding has it
    """
    if kind in AROUND_THINGS:
        people = [member for member in members if member["role"] != "broker"]  # which are things that these use
        return ring_picture(people, rows, labels, things)
    return picture(members, rows, labels, merged(things), marks)


def picture(
    members: Sequence[Mapping],
    rows: Sequence[Mapping],
    labels: Mapping[str, Label],
    groups: Sequence[Group] = (),
    marks: Marks = NO_MARKS,
) -> Picture:
    """The picture of members and the relationships between them and others.

    Parameters
    ----------
    members : ``[{"node", "role"}]``
    rows : relationships as ``GraphView.relationship`` gives them; amount, times and ``data`` may be missing
    labels : how each node is shown, by name
    groups : parties that the finding's view takes as one; each is one node, and what ties its parties is not drawn
    marks : parties and guarantees that stand out
    """
    within: dict[str, str] = {party: group.node for group in groups for party in group.parties}
    labels = {**labels, **{group.node: group.label(labels) for group in groups}}
    marks = marks.within(within)
    bundles: dict[tuple[str, str, str, bool], list[Mapping]] = {}
    for row in rows:
        source, target = (str(within.get(row[end], row[end])) for end in ("source", "target"))
        if source != target or row["source"] == row["target"]:
            counter = bool(row.get("data", {}).get("counter_of"))
            bundles.setdefault((source, target, row["relation"], counter), []).append(row)
    roles = {str(within.get(member["node"], member["node"])): member["role"] for member in members}
    everything = {*roles, *(node for key in bundles for node in key[:2])}
    rings = _rings(everything, bundles)
    kept = core(everything, bundles, roles, rings)
    shown = {key: bundles[key] for key in sorted(bundles) if key[0] in kept and key[1] in kept}

    crowded = len(kept) > 40
    twice = shared_names(labels[node] for node in kept)
    texts = {node: node_text(labels[node], labels[node].name in twice, crowded, marks.signs(node)) for node in kept}
    sizes = {node: node_size(labels[node].kind, texts[node], crowded) for node in kept}
    amounts = {key: marks.sign(key) + bundle_label(key[2], bundle) for key, bundle in shown.items()}
    pairs, flow = [key[:2] for key in shown], all(key[2] in FLOWS for key in shown)
    both = _both_ways(amounts, rings)
    shown = {key: bundle for key, bundle in shown.items() if both.get(key, True)}
    amounts.update({key: f"各{amounts[key]}" for key in both if both[key]})
    arcs = [Arc(key[0], key[1], label_size(amounts[key])) for key in shown]
    longest = max((arc.label[0] for arc in arcs), default=0.0)
    points = layout(sizes, pairs, flow=flow, gap=_gap(longest, len(kept)))
    routes = route(arcs, points, sizes)

    nodes = [
        node_item(labels[node], texts[node], points[node], roles.get(node), node in rings, crowded)
        for node in sorted(kept)
    ]
    edges = []
    for number, (key, way) in enumerate(zip(shown, routes, strict=True)):
        title = _arc_title(key, shown[key], labels)
        if key in both:
            back = (key[1], key[0], *key[2:])
            title += "\n" + _arc_title(back, bundles[back], labels)
        inside = key[2] == "GUARANTEES" and not key[3] and rings.get(key[0], -1) == rings.get(key[1], -2)
        edges.append(_edge(number, key, way.roundness, title, inside, key in both, len(shown) > 150))
        if way.label is not None:
            nodes.append(label_item(number, amounts[key], way.label, title, inside))
    left, top, right, bottom = bounds(points, sizes, [w.label for w in routes if w.label], longest)
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
        legend=_legend(kept, roles, rings, shown, labels) + marks.legend(kept, shown),
    )


# -- what is shown ------------------------------------------------------------------------------------------------


def _rings(nodes: set[str], bundles: Mapping[tuple, Sequence]) -> dict[str, int]:
    """Which nodes guarantee each other around, by number of their strong component; a counter-guarantee closes none."""
    arcs = sorted((s, t) for s, t, relation, counter in bundles if relation == "GUARANTEES" and not counter)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(nodes))
    graph.add_edges_from(arcs)
    return {node: number for number, part in enumerate(strong_parts(graph)) for node in part}


def _both_ways(amounts: Mapping[tuple, str], rings: Mapping[str, int]) -> dict[tuple, bool]:
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
    entries = [f"kind:{kind}" for kind in KIND_WORDS if kind in kinds] + (["group"] if GROUP in kinds else [])
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


# -- what stands on it ------------------------------------------------------------------------------------------------


def _arc_title(key: tuple, bundle: Sequence[Mapping], labels: Mapping[str, Label]) -> str:
    words = RELATION_WORDS.get(key[2], Words(key[2], key[2]))
    lines = [f"{words.zh} {words.en}", f"{labels[key[0]].name} → {labels[key[1]].name}"]
    for row in bundle[:12]:
        value, data = figure(row), row.get("data", {})
        amount = money(value, data.get("currency")).en if value is not None else ""
        ends = (row["source"], row["target"])
        who = "" if ends == key[:2] else " → ".join(labels[end].name for end in ends)
        parts = [who, str(data.get("contract_id") or ""), amount, dates(row), f"{row['file'] or ''}:{row['row']}"]
        lines.append(plain("  ".join(part for part in parts if part)))
    if len(bundle) > 12:
        lines.append(f"… 另{len(bundle) - 12}条 and {len(bundle) - 12} more")
    return "\n".join(lines)


def _gap(longest: float, nodes: int) -> float:
    """Room between neighbours: the longest label and the arrow's head, less of it in a crowd."""
    return max(48.0, min(longest + 40, 150.0)) if nodes <= 40 else min(GAP, longest + 20)


# -- vis-network's items ------------------------------------------------------------------------------------------


def _edge(number: int, key: tuple, roundness: float, title: str, ring: bool, both: bool, crowded: bool) -> dict:
    guarantee = key[2] == "GUARANTEES"
    colour = RING if ring else ARC if guarantee else TIE
    opacity = 0.6 if crowded else 1.0
    head = {"enabled": True, "scaleFactor": 0.7 if guarantee else 0.5}
    curved = {"enabled": True, "type": "curvedCW" if roundness > 0 else "curvedCCW", "roundness": abs(roundness)}
    return {
        "id": f"arc:{number}",
        "from": key[0],
        "to": key[1],
        "title": title,
        "color": {"color": colour, "highlight": colour, "hover": colour, "inherit": False, "opacity": opacity},
        "width": (1.6 if both else 2.4 if ring else 1.6 if guarantee else 1.2) * (0.5 if crowded else 1),
        "hoverWidth": 0.8,
        "selectionWidth": 0.8,
        "dashes": [7, 5] if key[3] else False if guarantee else [2, 4],
        "arrows": {"to": head, "from": head} if both else {"to": head},
        "smooth": curved if roundness else False,
        "selfReference": {"size": 20, "angle": 1.5708, "renderBehindTheNode": True},
    }
