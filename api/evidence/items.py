"""What pictures of every kind of finding are made of: the picture itself, what stands on nodes and arcs, how large
that is, and vis-network's items for it. Labels of arcs are small nodes of their own, because vis-network puts an
arc's label at its middle, where those of crossing arcs cover each other.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...graph.model import PARTIES
from ...graph.times import to_iso
from ...graph.words.money import currency_code, money
from ...graph.words.names import COMMA, KIND_WORDS, RELATION_WORDS, ROLE_WORDS, Words, joined
from ...graph.words.plain import plain
from ..layout.placing import canonical
from ..services.labels import COLOURS, OTHER_COLOURS, SHAPES, Label, text_width, wrapped

NODE_LIMIT = 400
"""A picture of more nodes than this shows the core of what was found, and says what it left out."""
FONT = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, Hiragino Sans GB, sans-serif"
MONEY = frozenset({"GUARANTEES", "TRANSFERRED", "DISBURSED_TO", "REPAID", "ORDERED"})
INK, RING, RING_FILL, ARC, TIE = "#1f2937", "#b42318", "#fdeeec", "#64748b", "#8d99a6"


@dataclass(frozen=True)
class Picture:
    """What the page draws.

    Attributes
    ----------
    nodes, edges : vis-network's items; those whose id starts with ``label:`` are labels of arcs
    width, height : pixels that nodes and labels cover
    shown : how many nodes of the graph are drawn
    left_out : how many nodes, arcs and labels are not, by ``nodes``, ``arcs``, ``labels``
    legend : what kinds and lines it shows, of ``kind:…``, ``group``, ``ring``, ``context``, ``guarantee``, ``counter``,
        ``other``, of a circle ``key``, ``core``, ``cut``, and of a fraud ring ``alone``, ``few``, ``many``, ``thick``,
        ``contact``
    notes : what is told in words instead of drawn, in both languages
    folds : by the id of a fold, the nodes that are folded away there
    whole : it is to be seen as one, and so opens whole even where it is too large to be read then
    """

    nodes: list[dict]
    edges: list[dict]
    width: float
    height: float
    shown: int
    left_out: dict[str, int]
    legend: list[str]
    notes: list[Words] = field(default_factory=list)
    folds: dict[str, list[str]] = field(default_factory=dict)
    whole: bool = False


EMPTY = Picture(nodes=[], edges=[], width=0.0, height=0.0, shown=0, left_out={}, legend=[])
"""What vis-network draws where the page draws by itself."""


# -- what is shown -----------------------------------------------------------------------------------------------------


def core(
    nodes: set[str], bundles: Mapping[tuple, Sequence], roles: Mapping[str, str], rings: Mapping[str, int], most: int
) -> set[str]:
    """All nodes, or so many where they are more than ``NODE_LIMIT``: rings first, then members, then the busiest, each
    beside one already taken."""
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
        while waiting and len(kept) < most:
            _, node = heapq.heappop(waiting)
            if node not in kept:
                kept.add(node)
                for other in around[node] - kept:
                    heapq.heappush(waiting, (worth[other], other))
    return kept


def shared_names(labels: Iterable[Label]) -> set[str]:
    """Names that more than one of the nodes goes by."""
    seen: set[str] = set()
    return {label.name for label in labels if label.name in seen or seen.add(label.name)}


# -- what stands on it -------------------------------------------------------------------------------------------------


def figure(row: Mapping) -> float | None:
    """What a contract or event is worth: the cap of a maximum-amount contract, else the amount; None where unknown."""
    data = row.get("data", {})
    if data.get("form") == "maximum" and data.get("cap") is not None:
        return float(data["cap"])
    return row.get("amount")


def bundle_label(relation: str, bundle: Sequence[Mapping]) -> Words:
    """What stands on the arc of parallel relationships: ``3份 共1.2亿元`` and ``3 × CNY 120,000,000``, ``金额未知``,
    or the relation's word."""
    word = RELATION_WORDS.get(relation, Words(relation, relation))
    if relation == "HOLDS_SHARE":
        ratio = bundle[0].get("data", {}).get("ratio")
        part = "" if ratio is None else f"{100 * ratio:.4g}%"
        return Words(f"持股{part}", f"holds {part or 'share'}")
    if relation == "RELATED_TO":
        said = {plain(str(row.get("data", {}).get("relation") or "")) for row in bundle} - {""}
        return joined([Words(how, how) for how in sorted(said)], COMMA) if said else word
    times = f" ×{len(bundle)}" if len(bundle) > 1 else ""
    if relation not in MONEY:
        return Words(word.zh + times, word.en + times)
    counter = any(row.get("data", {}).get("counter_of") for row in bundle)
    zh, en = _amounts(bundle, "份" if relation == "GUARANTEES" else "笔")
    if counter:
        zh, en = f"反担保 {zh}", f"counter {en}"
    return Words(zh, en) if relation == "GUARANTEES" else Words(f"{word.zh} {zh}", en)


def _amounts(bundle: Sequence[Mapping], counted: str) -> Words:
    """What parallel contracts or events are worth, each currency by itself, and of how many that is not known."""
    count = Words("", "") if len(bundle) == 1 else Words(f"{len(bundle)}{counted} ", f"{len(bundle)} × ")
    figures = [(figure(row), row.get("data", {}).get("currency")) for row in bundle]
    unknown = sum(value is None for value, _ in figures)
    if unknown == len(bundle):
        return Words(count.zh + "金额未知", count.en + "unknown amount")
    sums: dict[str, float] = {}
    for value, currency in figures:
        if value is not None:
            code = currency_code(currency)
            sums[code] = sums.get(code, 0.0) + value
    total = joined([money(value, code) for code, value in sorted(sums.items())], Words("＋", " + "))
    if len(bundle) == 1:
        capped = bundle[0].get("data", {}).get("form") == "maximum"
        return Words(f"最高额{total.zh}", f"up to {total.en}") if capped else total
    left = Words(f"，另{unknown}{counted}金额未知", f", {unknown} unknown") if unknown else Words("", "")
    return Words(f"{count.zh}共{total.zh}{left.zh}", f"{count.en}{total.en}{left.en}")


def arc_title(key: tuple, bundle: Sequence[Mapping], labels: Mapping[str, Label]) -> str:
    """What the tooltip of an arc says of each relationship on it, in both languages.

    Parameters
    ----------
    key : source, target and relation first
    """
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


def node_text(label: Label, ambiguous: bool, crowded: bool, signs: str = "") -> list[str]:
    """The lines of text on a node; ``ambiguous``: another node goes by the same name; ``signs`` stand before it."""
    if label.kind not in PARTIES:
        return [KIND_WORDS.get(label.kind, Words(label.kind, label.kind)).zh, *wrapped(label.name, 11)[:3]]
    lines = wrapped(f"{signs} {label.name}".strip(), 7.2 if crowded else 8.4)
    if len(lines) > 4:
        lines = [*lines[:3], lines[3] + "…"]
    if label.key and (ambiguous or label.kind == "applicant"):
        lines += wrapped(label.key, 8.4)[:2]
    return lines


def node_size(kind: str, lines: Sequence[str], crowded: bool) -> tuple[float, float]:
    """Width and height of a node as vis-network draws it with this text."""
    font = 12 if crowded else 14
    wide, high = font * max(map(text_width, lines)), font * 1.0 * len(lines)
    if SHAPES.get(kind) == "ellipse":
        return wide + high + 4, 2 * high + 4
    return wide + 20, high + 16


def label_size(text: Words) -> tuple[float, float]:
    """Width and height of an arc's label, with room for either language; 0 for none."""
    return (12 * max(map(text_width, text)) + 8, 18.0) if text.zh else (0.0, 0.0)


# -- vis-network's items -----------------------------------------------------------------------------------------------


def node_item(
    label: Label, lines: Sequence[str], point: tuple[float, float], role: str | None, ring: bool, crowded: bool
) -> dict:
    """A node with this text at a point, of what is no party the kind first; ``role`` is None for what is no member,
    ``ring`` marks a cycle's. Where a picture is in English, ``label_en`` stands on it, as on all items that have it."""
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
        "label_en": "\n".join(lines if party else [kind.en, *lines[1:]]),
        "shape": SHAPES.get(label.kind, "box"),
        "x": point[0],
        "y": point[1],
        "title": "\n".join(part for part in title if part),
        "color": item_colours(fill if role or not party else "#ffffff", border),
        "borderWidth": 2.6 if ring else 1.4,
        "borderWidthSelected": 3,
        "shapeProperties": {"borderRadius": 5 if party else 17, "borderDashes": False if role or not party else [5, 4]},
        "margin": {"top": 8, "right": 10, "bottom": 8, "left": 10},
        "font": {"size": 12 if crowded else 14, "face": FONT, "color": INK},
    }


def label_item(number: int, text: Words, point: tuple[float, float], title: str, ring: bool) -> dict:
    """The label of an arc, by the arc's number."""
    return {
        "id": f"label:{number}",
        "label": text.zh,
        "label_en": text.en,
        "shape": "box",
        "x": point[0],
        "y": point[1],
        "title": title,
        "color": item_colours("rgba(255,255,255,0.92)", "rgba(255,255,255,0)"),
        "borderWidth": 0,
        "borderWidthSelected": 0,
        "shapeProperties": {"borderRadius": 2, "borderDashes": False},
        "margin": {"top": 2, "right": 3, "bottom": 2, "left": 3},
        "font": {"size": 12, "face": FONT, "color": RING if ring else "#334155"},
        "labelHighlightBold": False,
        "chosen": False,
    }


def edge_item(
    number: int, key: tuple, roundness: float, title: str, ring: bool = False, both: bool = False, crowded: bool = False
) -> dict:
    """An arc, by its number.

    Parameters
    ----------
    key : source, target, relation, and whether it is a counter-guarantee
    ring : it is part of a cycle
    both : it stands for the arc back as well, and has two heads
    """
    guarantee = key[2] == "GUARANTEES"
    colour = RING if ring else ARC if guarantee else TIE
    opacity = 0.8 if crowded else 1.0
    head = {"enabled": True, "scaleFactor": 0.7 if guarantee else 0.5}
    curved = {"enabled": True, "type": "curvedCW" if roundness > 0 else "curvedCCW", "roundness": abs(roundness)}
    return {
        "id": f"arc:{number}",
        "from": key[0],
        "to": key[1],
        "title": title,
        "color": {"color": colour, "highlight": colour, "hover": colour, "inherit": False, "opacity": opacity},
        "width": (1.6 if both else 2.4 if ring else 1.6 if guarantee else 1.2) * (0.5 if crowded and guarantee else 1),
        "hoverWidth": 0.8,
        "selectionWidth": 0.8,
        # Many dotted lines, seen from afar, are none.
        "dashes": [7, 5] if key[3] else False if guarantee or crowded else [2, 4],
        "arrows": {"to": head, "from": head} if both else {"to": head},
        "smooth": curved if roundness else False,
        "selfReference": {"size": 20, "angle": 1.5708, "renderBehindTheNode": True},
    }


def group_item(name: str, box: tuple[float, float, float, float]) -> dict:
    """The box around a group, by its name, centre, width and height; nodes that come later stand on it."""
    x, y, wide, high = box
    return {
        "id": f"label:{name}",
        "label": "视同一体 as one",
        "label_en": "as one",
        "shape": "box",
        "x": x,
        "y": y,
        "color": item_colours("rgba(65,97,143,0.07)", COLOURS["company"][1]),
        "borderWidth": 1.2,
        "borderWidthSelected": 1.2,
        "shapeProperties": {"borderRadius": 8, "borderDashes": [3, 3]},
        "margin": {"top": 4, "right": 0, "bottom": 0, "left": 0},
        "widthConstraint": {"minimum": wide, "maximum": wide},
        "heightConstraint": {"minimum": high, "valign": "top"},
        "font": {"size": 12, "face": FONT, "color": "#41618f"},
        "labelHighlightBold": False,
        "chosen": False,
    }


def item_colours(fill: str, border: str) -> dict:
    """vis-network's colours of a node, the same when it is pointed at."""
    same = {"background": fill, "border": border}
    return {**same, "highlight": same, "hover": same}


def bounds(points, sizes, spots, label_width: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what nodes and labels cover."""
    boxes = [(*points[node], *sizes[node]) for node in points] + [(x, y, label_width, 18.0) for x, y in spots]
    return (
        min((x - w / 2 for x, _, w, _ in boxes), default=0.0),
        min((y - h / 2 for _, y, _, h in boxes), default=0.0),
        max((x + w / 2 for x, _, w, _ in boxes), default=0.0),
        max((y + h / 2 for _, y, _, h in boxes), default=0.0),
    )
