"""The picture of a fraud ring: people around, what they share inside, drawn the heavier the fewer others use it.

What stands between a person and a shared thing is folded into the tie, whose tooltip tells every application and row;
hubs are folded into notes under the picture. See ``ring_ties`` for what is one thing, ``layout_oval`` for the places.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...graph.model import PARTIES, kind_of
from ...graph.words.names import KIND_WORDS, Words
from ..layout.arcs import Arc, route
from ..layout.oval import CROWD, oval
from ..services.labels import COLOURS, OTHER_COLOURS, Label, text_width
from .folds import around_folds, fold_items, folds_of, unfolded
from .items import (
    FONT,
    INK,
    Picture,
    bounds,
    item_colours,
    label_item,
    label_size,
    node_item,
    node_size,
    node_text,
)
from .ring_ties import Folded, Rows, Shared, fold
from .ring_words import ROWS_TOLD, chip_text, counted, link_text, link_title, named, note, tie_title, who

FEW = 5
"""Up to so many others who use a thing are few."""
SHADES = {"alone": "#b42318", "few": "#c9781c", "many": "#9aa5b4"}
"""The colour of a thing and its ties: nobody else uses it, few others do, more do."""
CONTACT = "#2f6fb3"


def ring_picture(
    members: Sequence[Mapping],
    rows: Sequence[Mapping],
    labels: Mapping[str, Label],
    things: Sequence[Mapping],
    opened: Sequence[str] | None = None,
) -> Picture:
    """The picture of a ring.

    Parameters
    ----------
    members, rows, labels : as for ``picture``
    things : what members share, as the finding has it
    opened : folds that are opened, by name; None for a picture in which none can be

    Raises
    ------
    UserError : a fold that there is not
    """
    roles = {member["node"]: member["role"] for member in members}
    folded = fold(roles, rows, things)
    shared = {thing.name: thing for thing in folded.shared}
    everything = {*folded.people, *shared}
    hold = [(person, thing.name) for thing in folded.shared for person in thing.uses] + list(folded.links)
    first, folds = folds_of(everything, dict.fromkeys(hold, ()), roles, {}, opened)
    kept = first.union(unfolded(folds))
    people = [person for person in folded.people if person in kept]
    crowded = len(kept) > 40
    texts = {person: node_text(labels[person], True, crowded) for person in people}
    chips = _apart({name: chip_text(thing, labels) for name, thing in shared.items() if name in kept})
    sizes = {person: node_size(labels[person].kind, texts[person], crowded) for person in people}
    sizes |= {name: _chip_size(lines) for name, lines in chips.items()}
    ties = {(person, name): weight(shared[name]) for name in chips for person in shared[name].uses}
    ties = {tie: value for tie, value in ties.items() if tie[0] in kept}
    links = {link: found for link, found in folded.links.items() if kept.issuperset(link)}
    laid = {node: size for node, size in sizes.items() if node in first}
    inner = {tie: value for tie, value in ties.items() if first.issuperset(tie)}
    points, around = oval(laid, [c for c in chips if c in first], inner, [k for k in links if first.issuperset(k)])
    points, beside = around_folds(folds, sizes, points, [*ties, *links])
    sizes |= beside

    place = {person: number for number, person in enumerate([*around, *(p for p in people if p not in first)])}
    lines = [
        _tie(shared[name], person, labels)
        for person, name in sorted(ties, key=lambda tie: (place[tie[0]], points[tie[1]]))
    ]
    lines += _links(links, place, labels)
    ways = route([line.arc for line in lines], points, sizes)
    nodes = [_person(labels[p], texts[p], points[p], roles.get(p), crowded, folded, labels) for p in sorted(people)]
    nodes += [_chip(shared[name], chips[name], points[name], labels) for name in sorted(chips)]
    edges = []
    for number, (line, way) in enumerate(zip(lines, ways, strict=True)):
        edges.append(_edge(number, line, way.roundness))
        if way.label is not None and line.text.zh:
            nodes.append(label_item(number, line.text, way.label, line.title, False))
    folded_items = fold_items(folds, points)
    nodes += folded_items[0]
    edges += folded_items[1]
    spots, longest = [way.label for way in ways if way.label], max((line.arc.label[0] for line in lines), default=0.0)
    left, top, right, bottom = bounds(points, sizes, spots, longest)
    return Picture(
        nodes=nodes,
        edges=edges,
        width=right - left,
        height=bottom - top,
        shown=len(kept),
        left_out={
            "nodes": len(folded.people) + len(shared) - len(kept),
            "arcs": sum(len(thing.uses) for thing in shared.values()) + len(folded.links) - len(ties) - len(links),
            "labels": sum(way.label is None and bool(line.text.zh) for way, line in zip(ways, lines, strict=True)),
            "alone": folded.alone,
            "rows": folded.unplaced,
        },
        folds={fold.name: fold.hidden for fold in folds},
        legend=_legend(people, roles, [shared[name] for name in chips], links, labels),
        notes=[note(hub, labels) for hub in folded.hubs],
        whole=True,
    )


def weight(thing: Shared) -> float:
    """How heavy a tie is drawn, 0–1: the rarer the thing in the whole book, the heavier; 1 for two users."""
    return math.sqrt(2 / max(2, thing.everyone))


def shade(thing: Shared) -> str:
    """``alone``, ``few`` or ``many``: how many outside of the ring use a thing."""
    return "many" if thing.others > FEW else "few" if thing.others else "alone"


# -- lines ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """A line to be drawn: where, its text and tooltip, its colour, opacity and width, and which ends have heads."""

    arc: Arc
    text: Words
    title: str
    pen: tuple[str, float, float]
    heads: tuple[str, ...] = ()


def _tie(thing: Shared, person: str, labels: Mapping[str, Label]) -> _Line:
    """A person's tie to a shared thing."""
    uses, heavy = len(thing.uses[person]), weight(thing)
    text = Words(*2 * [f"×{uses}" if uses > 1 else ""])
    pen = SHADES[shade(thing)], 0.55 + 0.35 * heavy, 1.0 + 3.8 * heavy
    return _Line(Arc(person, thing.name, label_size(text)), text, tie_title(thing, person, labels), pen)


def _links(links: Mapping[tuple[str, str], Rows], place: Mapping[str, int], labels: Mapping[str, Label]) -> list[_Line]:
    """Lines from person to person; two who name each other have one with two heads."""
    lines = []
    for source, target in sorted(links, key=lambda link: (place[link[0]], place[link[1]])):
        back = links.get((target, source), [])
        if back and place[source] > place[target]:
            continue
        text = link_text([*links[source, target], *back], len(place) > CROWD)
        title = link_title(source, target, links[source, target], labels)
        if back:
            title += "\n" + link_title(target, source, back, labels)
        arc = Arc(source, target, label_size(text), _outward(place[source], place[target], len(place)))
        lines.append(_Line(arc, text, title, (CONTACT, 0.9, 1.6), ("to", "from") if back else ("to",)))
    return lines


def _outward(one: int, other: int, count: int) -> float | None:
    """How far the arc from one place around to another bows; None for one that runs through the inside."""
    ahead, back = (other - one) % count, (one - other) % count
    if min(ahead, back) > 2:
        return None
    return 26.0 if ahead <= back else -26.0


# -- what it shows, how large ---------------------------------------------------------------------------------------


def _apart(chips: Mapping[str, Sequence[Words]]) -> dict[str, list[Words]]:
    """Things of one text told apart by a number: where they differ is hidden by their masks."""
    alike = Counter(tuple(lines) for lines in chips.values())
    numbers: Counter[tuple[Words, ...]] = Counter()
    told = {}
    for name, lines in chips.items():
        numbers[tuple(lines)] += 1
        number = f" #{numbers[tuple(lines)]}" if alike[tuple(lines)] > 1 else ""
        told[name] = [Words(*(f"{text}{number}" for text in lines[0])), *lines[1:]]
    return told


def _chip_size(lines: Sequence[Words]) -> tuple[float, float]:
    """Width and height of a thing with room for either language."""
    wide = max(13 * max(text_width(text) for line in lines[:-1] for text in line), 11 * max(map(text_width, lines[-1])))
    return wide + 22, 14.0 * len(lines) + 16


def _legend(
    people: Sequence[str],
    roles: Mapping[str, str],
    things: Sequence[Shared],
    links: Mapping[tuple[str, str], Rows],
    labels: Mapping[str, Label],
) -> list[str]:
    kinds = {labels[person].kind for person in people} | {kind_of(node) for thing in things for node in thing.nodes}
    entries = [f"kind:{kind}" for kind in KIND_WORDS if kind in kinds]
    if any(person not in roles and labels[person].kind in PARTIES for person in people):
        entries.append("context")
    shades = {shade(thing) for thing in things}
    entries += [name for name in SHADES if name in shades] + (["thick"] if shades else [])
    relations = {row["relation"] for rows in links.values() for row in rows}
    entries += ["contact"] if "LISTS_CONTACT" in relations else []
    return entries + (["other"] if relations - {"LISTS_CONTACT", "HAS_PHONE"} else [])


# -- vis-network's items -------------------------------------------------------------------------------------------


def _person(
    label: Label,
    lines: Sequence[str],
    point: tuple[float, float],
    role: str | None,
    crowded: bool,
    folded: Folded,
    labels: Mapping[str, Label],
) -> dict:
    item = node_item(label, lines, point, role, False, crowded)
    shared = [thing for thing in folded.shared if label.node in thing.uses]
    told = [" ".join(f"{words.zh} {name}" for words, name in named(thing, labels)) for thing in shared]
    if told:
        item["title"] += "\n" + "\n".join([f"共用{len(told)}项 shares {len(told)}：", *sorted(told)[:ROWS_TOLD]])
    return item


def _chip(thing: Shared, lines: Sequence[Words], point: tuple[float, float], labels: Mapping[str, Label]) -> dict:
    fill, _ = COLOURS.get(kind_of(thing.name), OTHER_COLOURS)
    colour = SHADES[shade(thing)]
    title = [f"{words.zh} {words.en} {name}" for words, name in named(thing, labels)]
    title += [*counted(thing), _told(thing.uses, labels)]
    if thing.outsiders:
        title.append(f"他人 others：{_told(thing.outsiders, labels)}")
    return {
        "id": thing.name,
        "label": _marked_up([line.zh for line in lines]),
        "label_en": _marked_up([line.en for line in lines]),
        "shape": "box",
        "x": point[0],
        "y": point[1],
        "title": "\n".join(title),
        "color": item_colours(fill, colour),
        "borderWidth": 1.2 + 1.4 * weight(thing),
        "borderWidthSelected": 3,
        "shapeProperties": {"borderRadius": 9, "borderDashes": False},
        "margin": {"top": 8, "right": 10, "bottom": 8, "left": 10},
        "font": {
            "size": 13,
            "face": FONT,
            "color": INK,
            "multi": "html",
            "ital": {"size": 11, "face": FONT, "color": colour if colour != SHADES["many"] else "#5b6675", "mod": ""},
        },
    }


def _told(people: Collection[str], labels: Mapping[str, Label]) -> str:
    names = [who(labels[person]) for person in people]
    return "、".join(names[:ROWS_TOLD]) + (f" 等{len(names)}人" if len(names) > ROWS_TOLD else "")


def _marked_up(lines: Sequence[str]) -> str:
    return "\n".join([*map(_escaped, lines[:-1]), f"<i>{_escaped(lines[-1])}</i>"])


def _escaped(text: str) -> str:
    """Text that vis-network's own little markup leaves as it is: a tag with a word joiner in it is none. (It knows no
    entities: those of its documentation stay as they are written.)"""
    return text.replace("<", "<\u2060")


def _edge(number: int, line: _Line, roundness: float) -> dict:
    curved = {"enabled": True, "type": "curvedCW" if roundness > 0 else "curvedCCW", "roundness": abs(roundness)}
    colour, opacity, width = line.pen
    same = {"color": colour, "highlight": colour, "hover": colour}
    head = {"enabled": True, "scaleFactor": 0.6}
    return {
        "id": f"arc:{number}",
        "from": line.arc.source,
        "to": line.arc.target,
        "title": line.title,
        "color": {**same, "inherit": False, "opacity": round(opacity, 2)},
        "width": round(width, 2),
        "hoverWidth": 1.2,
        "selectionWidth": 1.2,
        "arrows": dict.fromkeys(line.heads, head) or {"to": {"enabled": False}},
        "smooth": curved if roundness else False,
    }
