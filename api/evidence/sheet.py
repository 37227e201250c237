"""A finding's evidence as data: what its page shows, for a page that draws it by itself.

Nothing is computed that the finding and its rows do not say: the picture is that of the evidence page, texts come in
both languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ...graph.model import ALWAYS, FOREVER
from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ...graph.words.plain import plain
from ..services.labels import Label, labels
from .declared import Told, told_by
from .items import Picture, figure
from .page import evidence_rows
from .picture import FLOWS, picture, picture_of


def evidence_sheet(finding: dict, snapshot: GraphView, opened: Sequence[str] = ()) -> dict[str, Any]:
    """What a finding's evidence shows: ``picture``, ``members``, ``rows``, ``outsiders``, ``explanations``,
    ``measures``, ``truncated``.

    Parameters
    ----------
    finding : in its JSON shape
    snapshot : the graph as its detector saw it
    opened : folds of its picture that are opened, by name

    Raises
    ------
    UserError : a fold that there is not
    """
    rows, told = evidence_rows(snapshot, finding["evidence"]), told_by(finding["detector"])
    members = [member["node"] for member in finding["members"]]
    ends = {row[end] for row in rows for end in ("source", "target")}
    things = {node for thing in finding["things"] for node in (*thing["nodes"], *thing.get("others", ()))}
    seen = labels(snapshot, ends.union(members, things))
    drawn = _drawn(finding, rows, seen, opened)
    on = _places({node["id"] for node in drawn.nodes}, rows, drawn.folds)
    return {
        "picture": asdict(drawn),
        "members": [{**shown(seen[member["node"]]), "role": member["role"]} for member in finding["members"]],
        "rows": [_row(row, seen, on) for row in rows],
        "outsiders": [_outside(thing, seen) for thing in finding["things"] if thing.get("others")],
        "explanations": [_explanation(tried, told) for tried in finding["explanations"]],
        "measures": [
            {"name": name, "words": _words(told.measures, name), "value": value}
            for name, value in finding["measures"].items()
        ],
        "truncated": [{**cut, "words": _words(told.bounds, cut["bound"])} for cut in finding["truncated"]],
    }


def _drawn(finding: dict, rows: Sequence[Mapping], seen: Mapping[str, Label], opened: Sequence[str]) -> Picture:
    """The picture; that of a flow leads from left to right, its accounts under the names of their owners."""
    flow = [row for row in rows if row["relation"] in FLOWS]
    if finding["kind"] != "fund_flow" or not flow:
        return picture_of(finding["kind"], finding["members"], rows, seen, finding["things"], opened=opened)
    owned = {row["target"]: seen[row["source"]].name for row in rows if row["relation"] == "OWNS"}
    named = {
        node: replace(label, name=f"{owned[node]} {label.name}") if node in owned else label
        for node, label in seen.items()
    }
    ends = {row[end] for row in flow for end in ("source", "target")}
    return picture([member for member in finding["members"] if member["node"] in ends], flow, named, opened=opened)


def shown(label: Label) -> dict[str, str]:
    """How a node is shown: ``node``, ``name``, ``key``, ``kind``."""
    return {"node": label.node, "name": label.name, "key": label.key, "kind": label.kind}


def _places(drawn: set[str], rows: Sequence[Mapping], folds: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Where in the picture each node of the evidence stands: on itself, on the things that it is part of, in a fold,
    or, of what is part of a tie such as an application, on those whose it is."""
    places: dict[str, list[str]] = {node: [node] for node in drawn if " " not in node}
    for thing in sorted(node for node in drawn if " " in node):  # a handset or a network stands for several nodes
        for node in thing.split(" "):
            places.setdefault(node, []).append(thing)
    for fold, hidden in folds.items():
        for node in hidden:
            places.setdefault(node, []).append(fold)
    owners: dict[str, list[str]] = {}
    for row in rows:
        if row["target"] not in places and row["source"] in places and row["relation"] != "LISTS_CONTACT":
            owners.setdefault(row["target"], []).append(row["source"])
    return {**{node: list(dict.fromkeys(found)) for node, found in owners.items()}, **places}


def _row(row: Mapping, seen: Mapping[str, Label], on: Mapping[str, list[str]]) -> dict[str, Any]:
    data, ends = row.get("data", {}), (row["source"], row["target"])
    return {
        "uid": row["uid"],
        "file": plain(str(row["file"] or "")),
        "row": row["row"],
        "relation": row["relation"],
        "contract": plain(str(data.get("contract_id") or "")),
        "source": shown(seen[ends[0]]),
        "target": shown(seen[ends[1]]),
        "amount": figure(row),
        "currency": data.get("currency"),
        "since": None if row.get("valid_from") == ALWAYS else row.get("valid_from"),
        "until": None if row.get("valid_to") == FOREVER else row.get("valid_to"),
        "on": sorted({place for end in ends for place in on.get(end, ())}),
    }


def _outside(thing: Mapping, seen: Mapping[str, Label]) -> dict[str, Any]:
    """A thing that others than the members use, and who they are as far as they are named."""
    return {
        "things": [shown(seen[node]) for node in thing["nodes"]],
        "kind": thing["kind"],
        "members": len(thing["members"]),
        "users": thing["users"],
        "people": [shown(seen[node]) for node in thing["others"]],
    }


def _explanation(tried: Mapping, told: Told) -> dict[str, Any]:
    return {
        "twin": tried["twin"],
        "words": _words(told.twins, tried["twin"]),
        "fits": bool(tried["fits"]),
        "why": Words(plain(tried["why_zh"]), plain(tried["why_en"])),
    }


def _words(words: Mapping[str, Words], name: str) -> Words:
    return words.get(name, Words(plain(name), plain(name)))
