"""A finding's evidence as a picture: which nodes and arcs it shows, what stands on them, where they stand.

The result is vis-network's own data, placed and styled; the page only draws it. Labels of arcs are small nodes of
their own, because vis-network puts an arc's label at its middle, where those of crossing arcs cover each other.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from ..graph.model import PARTIES
from ..graph.times import to_iso
from .labels import COLOURS, OTHER_COLOURS, SHAPES, Label, currency_words, money, plain, text_width, wrapped
from .layout import GAP, canonical, layout
from .layout_arcs import Arc, route
from .layout_rings import strong_parts
from .words import KIND_WORDS, RELATION_WORDS, ROLE_WORDS, Words

NODE_LIMIT = 400
"""A picture of more nodes than this shows the core of what was found, and says what it left out."""
FONT = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, Hiragino Sans GB, sans-serif"
FLOWS = frozenset({"GUARANTEES", "HOLDS_SHARE", "CONTROLS", "TRANSFERRED", "DISBURSED_TO", "REPAID", "BORROWED"})
"""Relations that lead somewhere, and so from left to right."""
MONEY = frozenset({"GUARANTEES", "TRANSFERRED", "DISBURSED_TO", "REPAID", "ORDERED"})
INK, RING, RING_FILL, ARC, TIE = "#1f2937", "#b42318", "#fdeeec", "#64748b", "#a3acb9"


@dataclass(frozen=True)
class Picture:
    """What the page draws.

    Attributes
    ----------
    nodes, edges : vis-network's items; those whose id starts with ``label:`` are labels of arcs
    width, height : pixels that nodes and labels cover
    shown : how many nodes of the graph are drawn
    left_out : how many nodes, arcs and labels are not, by ``nodes``, ``arcs``, ``labels``
    legend : what kinds and lines it shows, of ``kind:…``, ``ring``, ``context``, ``guarantee``, ``counter``, ``other``
    """

    nodes: list[dict]
    edges: list[dict]
    width: float
    height: float
    shown: int
    left_out: dict[str, int]
    legend: list[str]


def picture(members: Sequence[Mapping], rows: Sequence[Mapping], labels: Mapping[str, Label]) -> Picture:
    """The picture of members and the relationships between them and others.

    Parameters
    ----------
    members : ``[{"node", "role"}]``
    rows : relationships as ``Snapshot.relationship`` gives them; amount, times and ``data`` may be missing
    labels : how each node is shown, by name
    """
    bundles: dict[tuple[str, str, str, bool], list[Mapping]] = {}
    for row in rows:
        counter = bool(row.get("data", {}).get("counter_of"))
        bundles.setdefault((row["source"], row["target"], row["relation"], counter), []).append(row)
    roles = {member["node"]: member["role"] for member in members}
    everything = {*roles, *(node for key in bundles for node in key[:2])}
    rings = _rings(everything, bundles)
    kept = _core(everything, bundles, roles, rings)
    shown = {key: bundles[key] for key in sorted(bundles) if key[0] in kept and key[1] in kept}

    crowded = len(kept) > 40
    twice = _shared_names(labels[node] for node in kept)
    texts = {node: _node_text(labels[node], labels[node].name in twice, crowded) for node in kept}
    sizes = {node: _size(labels[node].kind, texts[node], crowded) for node in kept}
    amounts = {key: bundle_label(key[2], bundle) for key, bundle in shown.items()}
    pairs, flow = [key[:2] for key in shown], all(key[2] in FLOWS for key in shown)
    both = _both_ways(amounts, rings)
    shown = {key: bundle for key, bundle in shown.items() if both.get(key, True)}
    amounts.update({key: f"各{amounts[key]}" for key in both if both[key]})
    arcs = [Arc(key[0], key[1], _label_size(amounts[key])) for key in shown]
    longest = max((arc.label[0] for arc in arcs), default=0.0)
    points = layout(sizes, pairs, flow=flow, gap=_gap(longest, len(kept)))
    routes = route(arcs, points, sizes)

    nodes = [
        _node(labels[node], texts[node], points[node], roles.get(node), node in rings, crowded) for node in sorted(kept)
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
            nodes.append(_label_node(number, amounts[key], way.label, title, inside))
    left, top, right, bottom = _bounds(points, sizes, [w.label for w in routes if w.label], longest)
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
        legend=_legend(kept, roles, rings, shown, labels),
    )


# -- what is shown ------------------------------------------------------------------------------------------------


def _rings(nodes: set[str], bundles: Mapping[tuple, Sequence]) -> dict[str, int]:
    """Which nodes guarantee each other around, by number of their strong component; a counter-guarantee closes none."""
    arcs = sorted((s, t) for s, t, relation, counter in bundles if relation == "GUARANTEES" and not counter)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(nodes))
    graph.add_edges_from(arcs)
    return {node: number for number, part in enumerate(strong_parts(graph)) for node in part}


def _core(
    nodes: set[str], bundles: Mapping[tuple, Sequence], roles: Mapping[str, str], rings: Mapping[str, int]
) -> set[str]:
    """At most ``NODE_LIMIT`` nodes: rings first, then members, then the busiest, each beside one already taken."""
    if len(nodes) <= NODE_LIMIT:
        return nodes
    around: dict[str, set[str]] = {node: set() for node in nodes}
    for source, target, *_ in bundles:
        around[source].add(target)
        around[target].add(source)
    order = {node: place for place, node in enumerate(canonical(nodes, [key[:2] for key in bundles]))}
    worth = {node: (node not in rings, node not in roles, -len(around[node]), order[node]) for node in nodes}
    kept: set[str] = set()
    waiting: list[tuple[tuple, str]] = []
    for start in sorted(nodes, key=worth.__getitem__):
        heapq.heappush(waiting, (worth[start], start))
        while waiting and len(kept) < NODE_LIMIT:
            _, node = heapq.heappop(waiting)
            if node not in kept:
                kept.add(node)
                for other in around[node] - kept:
                    heapq.heappush(waiting, (worth[other], other))
    return kept


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


def _shared_names(labels) -> set[str]:
    seen: set[str] = set()
    return {label.name for label in labels if label.name in seen or seen.add(label.name)}


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


# -- what stands on it --------------------------------------------------------------------------------------------


def figure(row: Mapping) -> float | None:
    """What a contract or event is worth: the cap of a maximum-amount contract, else the amount; None where unknown."""
    data = row.get("data", {})
    if data.get("form") == "maximum" and data.get("cap") is not None:
        return float(data["cap"])
    return row.get("amount")


def bundle_label(relation: str, bundle: Sequence[Mapping]) -> str:
    """What stands on the arc of parallel relationships: ``3份 共1.2亿元``, ``金额未知``, or the relation's word."""
    if relation == "HOLDS_SHARE":
        ratio = bundle[0].get("data", {}).get("ratio")
        return "持股" if ratio is None else f"持股{100 * ratio:.4g}%"
    word = RELATION_WORDS.get(relation, Words(relation, relation)).zh
    if relation not in MONEY:
        return word if len(bundle) == 1 else f"{word} ×{len(bundle)}"
    counted = "份" if relation == "GUARANTEES" else "笔"
    count = "" if len(bundle) == 1 else f"{len(bundle)}{counted} "
    sums: dict[str, float] = {}
    unknown = 0
    for row in bundle:
        value = figure(row)
        if value is None:
            unknown += 1
        else:
            currency = currency_words(row.get("data", {}).get("currency")).zh
            sums[currency] = sums.get(currency, 0.0) + value
    if not sums:
        text = count + "金额未知"
    else:
        total = "＋".join(money(value).zh + currency for currency, value in sorted(sums.items()))
        text = f"{count}{'共' if count else ''}{total}"
        if unknown:
            text += f"，另{unknown}{counted}金额未知"
        elif not count and bundle[0].get("data", {}).get("form") == "maximum":
            text = f"最高额{text}"
    if any(row.get("data", {}).get("counter_of") for row in bundle):
        text = f"反担保 {text}"
    return text if relation == "GUARANTEES" else f"{word} {text}"


def dates(row: Mapping) -> str:
    """From when until when, or at what time; a date where it is one to the day."""
    start, end = (day(row.get(name)) for name in ("valid_from", "valid_to"))
    if start and end:
        return f"{start} – {end}"
    return (
        f"{start} –"
        if start and row["relation"] in ("GUARANTEES", "HOLDS_SHARE", "CONTROLS")
        else start or (f"– {end}" if end else "")
    )


def day(millis: int | None) -> str:
    """A time in Asia/Shanghai, without the hours where they are nought; empty where it is open or unknown."""
    text = (to_iso(millis) or "").replace("T", " ")
    return text[:10] if text[11:19] == "00:00:00" else text[:19]


def _arc_title(key: tuple, bundle: Sequence[Mapping], labels: Mapping[str, Label]) -> str:
    words = RELATION_WORDS.get(key[2], Words(key[2], key[2]))
    lines = [f"{words.zh} {words.en}", f"{labels[key[0]].name} → {labels[key[1]].name}"]
    for row in bundle[:12]:
        value, data = figure(row), row.get("data", {})
        amount = money(value, data.get("currency")).en if value is not None else ""
        parts = [str(data.get("contract_id") or ""), amount, dates(row), f"{row['file'] or ''}:{row['row']}"]
        lines.append(plain("  ".join(part for part in parts if part)))
    if len(bundle) > 12:
        lines.append(f"… 另{len(bundle) - 12}条 and {len(bundle) - 12} more")
    return "\n".join(lines)


def _node_text(label: Label, ambiguous: bool, crowded: bool) -> list[str]:
    if label.kind not in PARTIES:
        return [KIND_WORDS.get(label.kind, Words(label.kind, label.kind)).zh, *wrapped(label.name, 11)[:3]]
    lines = wrapped(label.name, 7.2 if crowded else 8.4)
    if len(lines) > 4:
        lines = [*lines[:3], lines[3] + "…"]
    if label.key and (ambiguous or label.kind == "applicant"):
        lines += wrapped(label.key, 8.4)[:2]
    return lines


def _size(kind: str, lines: Sequence[str], crowded: bool) -> tuple[float, float]:
    """Width and height of a node as vis-network draws it with this text."""
    font = 12 if crowded else 14
    wide, high = font * max(map(text_width, lines)), font * 1.0 * len(lines)
    if SHAPES.get(kind) == "ellipse":
        return wide + high + 4, 2 * high + 4
    return wide + 20, high + 16


def _label_size(text: str) -> tuple[float, float]:
    return (12 * text_width(text) + 8, 18.0) if text else (0.0, 0.0)


def _gap(longest: float, nodes: int) -> float:
    """Room between neighbours: the longest label and the arrow's head, less of it in a crowd."""
    return max(48.0, min(longest + 40, 150.0)) if nodes <= 40 else min(GAP, longest + 20)


# -- vis-network's items ------------------------------------------------------------------------------------------


def _node(
    label: Label, lines: Sequence[str], point: tuple[float, float], role: str | None, ring: bool, crowded: bool
) -> dict:
    kind = KIND_WORDS.get(label.kind, Words(label.kind, label.kind))
    fill, border = COLOURS.get(label.kind, OTHER_COLOURS)
    if ring:
        fill, border = RING_FILL, RING
    title = [f"{kind.zh} {kind.en}", label.name, label.key]
    if role:
        title.append("{} {}".format(*ROLE_WORDS.get(role, Words(role, role))))
    party = label.kind in PARTIES
    return {
        "id": label.node,
        "label": "\n".join(lines),
        "shape": SHAPES.get(label.kind, "box"),
        "x": point[0],
        "y": point[1],
        "title": "\n".join(part for part in title if part),
        "color": _colours(fill if role or not party else "#ffffff", border),
        "borderWidth": 2.6 if ring else 1.4,
        "borderWidthSelected": 3,
        "shapeProperties": {"borderRadius": 5 if party else 17, "borderDashes": False if role or not party else [5, 4]},
        "margin": {"top": 8, "right": 10, "bottom": 8, "left": 10},
        "font": {"size": 12 if crowded else 14, "face": FONT, "color": INK},
    }


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


def _label_node(number: int, text: str, point: tuple[float, float], title: str, ring: bool) -> dict:
    return {
        "id": f"label:{number}",
        "label": text,
        "shape": "box",
        "x": point[0],
        "y": point[1],
        "title": title,
        "color": _colours("rgba(255,255,255,0.92)", "rgba(255,255,255,0)"),
        "borderWidth": 0,
        "borderWidthSelected": 0,
        "shapeProperties": {"borderRadius": 2, "borderDashes": False},
        "margin": {"top": 2, "right": 3, "bottom": 2, "left": 3},
        "font": {"size": 12, "face": FONT, "color": RING if ring else "#334155"},
        "labelHighlightBold": False,
        "chosen": False,
    }


def _colours(fill: str, border: str) -> dict:
    same = {"background": fill, "border": border}
    return {**same, "highlight": same, "hover": same}


def _bounds(points, sizes, spots, label_width: float) -> tuple[float, float, float, float]:
    boxes = [(*points[node], *sizes[node]) for node in points] + [(x, y, label_width, 18.0) for x, y in spots]
    return (
        min((x - w / 2 for x, _, w, _ in boxes), default=0.0),
        min((y - h / 2 for _, y, _, h in boxes), default=0.0),
        max((x + w / 2 for x, _, w, _ in boxes), default=0.0),
        max((y + h / 2 for _, y, _, h in boxes), default=0.0),
    )
