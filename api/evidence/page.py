"""The evidence file: one finding as one HTML page that opens anywhere, with no network and nothing installed.

Pyvis holds the picture and renders the page, from a template of ours: its own names two content delivery networks,
puts the heading in unescaped, and shows tooltips that contain ``href`` as markup. What a page may do is closed by a
Content-Security-Policy that names the hashes of the two scripts and the one style sheet in it: nothing else runs,
nothing is fetched, whatever the names in the data say.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...graph.errors import UserError
from ...graph.snapshot import GraphView
from ...graph.times import parse_moment
from ...graph.words.money import money
from ...graph.words.names import (
    COLOUR_WORDS,
    FINDING_WORDS,
    KIND_WORDS,
    RELATION_WORDS,
    ROLE_WORDS,
    VIEW_WORDS,
    Words,
)
from ...graph.words.plain import plain
from ..services.labels import Label, labels
from .circle_page import circle_page, marks_of
from .course import course
from .declared import Told, told_by
from .flow_moves import MOVES, RESTRICTED
from .flow_page import flow_page
from .grouped import grouped
from .items import EMPTY, Picture, bundle_label, dates, figure
from .library import vis_network
from .marks import NO_MARKS
from .owed import owed
from .picture import picture_of

_HERE = Path(__file__).parent

PAGE_WIDTH = 1130
"""Pixels the picture has across on a wide screen, by which its height is chosen."""
PAGE_HEIGHT = 900.0
"""The most it has down."""
LEGIBLE = 0.6
"""The scale below which a picture shown whole cannot be read: it then opens at its telling part."""
TELLING_ROWS = 12
"""Rows of evidence, from the first on, whose parties are that part."""

OPTIONS = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "dragNodes": False,
        "zoomView": False,
        "hover": True,
        "selectConnectedEdges": False,
        "tooltipDelay": 120,
    },
    "nodes": {"labelHighlightBold": False},
}
"""vis-network's settings; the wheel is left to the page, which is scrolled, and zooming has its buttons."""


def write_page(html: str, path: Path) -> None:
    """Write a page as a file, over what is there.

    Raises
    ------
    UserError : the file cannot be written
    """
    try:
        path.write_text(html, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror or error}; name a file in a folder that exists"
        ) from None


def evidence_page(
    finding: dict,
    snapshot: GraphView,
    reference: str = "",
    report: Mapping | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """A finding's evidence as one HTML page that needs no network; the same of all gives the same bytes.

    Parameters
    ----------
    finding : in its JSON shape
    snapshot : the graph at the finding's revision; it is shown as it was known at the finding's time
    reference : where the audit log says who had the page made
    report : of a guarantee circle, as ``guarantee_report.report`` gives it
    more : what else the template shows, or shows in place of what the finding says
    """
    from pyvis.network import Network

    if finding.get("as_of"):
        snapshot = snapshot.at(parse_moment(finding["as_of"]))
    rows = evidence_rows(snapshot, finding["evidence"])
    members = finding["members"]
    nodes = {*(m["node"] for m in members), *(row[end] for row in rows for end in ("source", "target"))}
    told = {node for thing in finding["things"] for node in (*thing["nodes"], *thing.get("others", ()))}
    seen = labels(snapshot, nodes | told)
    flow = finding["kind"] == "fund_flow" and any(row["relation"] in MOVES for row in rows)
    marks = marks_of(report) if report else NO_MARKS
    drawn = EMPTY if flow else picture_of(finding["kind"], members, rows, seen, finding["things"], marks)
    page = _page(finding, rows, seen, drawn, reference)
    page["owed"] = owed(snapshot, {member["node"] for member in members})
    if flow:
        page |= _flow(finding, rows, seen)
    if report:
        page["circle"] = circle_page(report)
    page |= more or {}

    network = Network(directed=True, cdn_resources="in_line")
    for node in drawn.nodes:
        network.add_node(node["id"], **{key: value for key, value in node.items() if key != "id"})
    for edge in drawn.edges:
        ends = ("from", "to")
        network.add_edge(edge["from"], edge["to"], **{k: v for k, v in edge.items() if k not in ends})
    network.options = OPTIONS
    network.set_template_dir(str(_HERE), "page.html")
    network.templateEnv.autoescape = True
    network.templateEnv.globals["page"] = page
    return network.generate_html()


def evidence_rows(snapshot: GraphView, evidence: Sequence[Mapping]) -> list[dict]:
    """Evidence with what its relationships say: ``amount``, ``valid_from``, ``valid_to`` and ``data`` as
    ``GraphView.relationship`` gives them. An item that the snapshot does not hold comes back as it is.

    Of a relationship's versions, the one counts that shows at the snapshot's time; where none does, the one that
    stands in the evidence's file and row.
    """
    by_pair: dict[tuple[str, str], dict[tuple[str, str], list[int]]] = {}
    rows = []
    for item in evidence:
        pair = (item["source"], item["target"])
        if pair not in by_pair:
            by_pair[pair] = _between(snapshot, *pair)
        positions = by_pair[pair].get((item["relation"], item["uid"]), [])
        rows.append({**item, **_version(snapshot, positions, item)})
    return rows


def _version(snapshot: GraphView, positions: Sequence[int], item: Mapping) -> dict:
    if not positions:
        return {}
    visible = [p for p in positions if snapshot.visible(np.array([p]))[0]]
    versions = [snapshot.relationship(position) for position in visible or positions]
    same = [v for v in versions if (v["file"], v["row"]) == (item["file"], item["row"])]
    chosen = (same or versions)[-1]
    return {name: chosen[name] for name in ("amount", "valid_from", "valid_to", "data") if name in chosen}


def _between(snapshot: GraphView, source: str, target: str) -> dict[tuple[str, str], list[int]]:
    """The numbers of all versions of relationships from one node to another, by relation and uid."""
    start, end = snapshot.find(source), snapshot.find(target)
    if start is None or end is None:
        return {}
    offsets, neighbours, positions = snapshot.adjacency()
    # The end with fewer relationships is looked through: the other may be a hub.
    if offsets[start + 1] - offsets[start] > offsets[end + 1] - offsets[end]:
        here, there = end, start
    else:
        here, there = start, end
    span = slice(int(offsets[here]), int(offsets[here + 1]))
    found = np.unique(positions[span][neighbours[span] == there])
    by_uid: dict[tuple[str, str], list[int]] = {}
    for position, item in zip(found, snapshot.evidence(found), strict=True):
        if (item["source"], item["target"]) == (source, target):
            by_uid.setdefault((item["relation"], item["uid"]), []).append(int(position))
    return by_uid


# -- what the template shows --------------------------------------------------------------------------------------


def _page(
    finding: dict, rows: Sequence[Mapping], seen: Mapping[str, Label], drawn: Picture, reference: str
) -> dict[str, Any]:
    style, script, library = _asset("page.css"), _asset("page.js"), vis_network()
    scale = min(1.15, PAGE_WIDTH / max(1.0, 1.1 * drawn.width))
    illegible = min(scale, PAGE_HEIGHT / max(1.0, 1.12 * drawn.height)) < LEGIBLE
    return {
        "policy": _policy([library, script], style),
        "style": style,
        "script": script,
        "library": library,
        "kind": FINDING_WORDS.get(finding["kind"], Words(finding["kind"], finding["kind"])),
        "colour": finding["colour"] if finding["colour"] in COLOUR_WORDS else "blue",
        "colour_words": COLOUR_WORDS.get(finding["colour"], Words(finding["colour"], finding["colour"])),
        "reason": Words(plain(finding["reason_zh"]), plain(finding["reason_en"])),
        "score": f"{finding['score']:.2f}",
        "facts": [*_facts(finding), audited(reference)],
        **said(finding),
        "members": [
            {"label": seen[m["node"]], "role": _words(ROLE_WORDS, m["role"]), "kind": _kind(seen, m["node"])}
            for m in finding["members"]
        ],
        "others": [_others(thing, seen) for thing in finding["things"] if _used_by_others(thing)],
        "course": course(rows, seen),
        "count": len(rows),
        "groups": [
            {"about": [(_kind(seen, node), seen[node]) for node in nodes], "rows": [_row(row, seen) for row in some]}
            for nodes, some in grouped(rows, finding["things"])
        ],
        "height": round(max(200.0, min(1.12 * drawn.height * scale + 36, PAGE_HEIGHT))),
        "width": PAGE_WIDTH,
        "picture": drawn,
        "small": illegible,
        "telling": json.dumps(_telling(rows, drawn) if illegible and not drawn.whole else []),
        "legend": drawn.legend,
        "kinds": KIND_WORDS,
    }


def said(finding: dict) -> dict[str, Any]:
    """What a finding says of itself in the words of its detector: ``twin``, ``truncated``, ``explanations``,
    ``measures``."""
    told = told_by(finding["detector"])
    return {
        "twin": _words(told.twins, finding["innocent_twin"]) if finding["innocent_twin"] else None,
        "truncated": [_bound(cut, told) for cut in finding["truncated"]],
        "explanations": [_explanation(tried, told) for tried in finding["explanations"]],
        "measures": [
            {"name": name, "words": told.measures.get(name), "value": _measure(name, finding["measures"], told)}
            for name in finding["measures"]
        ],
    }


def audited(reference: str) -> tuple[Words, str]:
    """The fact that says where the audit log tells who had the page made."""
    return Words("审计记录", "audit row"), plain(reference) or "—"


def _flow(finding: dict, rows: Sequence[Mapping], seen: Mapping[str, Label]) -> dict[str, Any]:
    """What the page of a fund flow shows instead of a network; it needs no script."""
    told = told_by(finding["detector"])
    return {"flow": flow_page(finding, rows, seen, told.measures), "policy": _policy([], _asset("page.css"))}


def _telling(rows: Sequence[Mapping], drawn: Picture) -> list[str]:
    """The drawn nodes of the first rows of evidence, which are the telling ones, as far as these hang together."""
    shown = {node["id"] for node in drawn.nodes}
    found: dict[str, None] = {}
    for row in rows[:TELLING_ROWS]:
        ends = (row["source"], row["target"])
        if found and not found.keys() & ends:
            break
        found.update(dict.fromkeys(end for end in ends if end in shown))
    return list(found)


def _facts(finding: dict) -> list[tuple[Words, str]]:
    facts = [
        (Words("截至", "as of"), (finding["as_of"] or "—").replace("T", " ")),
        (Words("口径", "view"), "{} {}".format(*_words(VIEW_WORDS, finding["view"]))),
        (Words("同类排名", "rank in kind"), str(finding["rank"])),
        (Words("总排名", "rank overall"), str(finding["rank_all"])),
        (Words("批次 / 运行", "batch / run"), f"{finding['batch']} / {finding['run']}" if finding["run"] else "—"),
        (Words("数据版本", "revision"), str(finding["revision"])),
        (Words("政策", "policy"), finding["policy"] or "—"),
        (Words("检测器", "detector"), f"{finding['detector']} {finding['version']}".strip() or "—"),
        (Words("编号", "finding"), finding["id"]),
        (Words("跟踪号", "thread"), finding["thread"] or "—"),
    ]
    return [(words, plain(value)) for words, value in facts]


def _used_by_others(thing: Mapping) -> bool:
    return bool(thing["nodes"]) and thing["kind"] != RESTRICTED and thing["users"] > len(thing["members"])


def _others(thing: Mapping, seen: Mapping[str, Label]) -> dict:
    """A thing that others than the members use: what it is, how many they are, and as far as they are named, who."""
    return {
        "things": [(_kind(seen, node), seen[node]) for node in thing["nodes"]],
        "members": len(thing["members"]),
        "count": thing["users"] - len(thing["members"]),
        "people": [seen[node] for node in thing.get("others", ())],
    }


def _explanation(tried: Mapping, told: Told) -> dict:
    """An innocent explanation that was tried, and why it fits or does not."""
    return {
        "words": _words(told.twins, tried["twin"]),
        "fits": bool(tried["fits"]),
        "why": Words(plain(tried["why_zh"]), plain(tried["why_en"])),
    }


def _bound(cut: Mapping, told: Told) -> dict:
    skipped = cut.get("skipped")
    return {
        "name": plain(str(cut["bound"])),
        "words": told.bounds.get(cut["bound"]),
        "limit": _number(cut["limit"]),
        "skipped": "—" if skipped is None else _number(skipped),
        "could_change": bool(cut["could_change"]),
    }


def _row(row: Mapping, seen: Mapping[str, Label]) -> dict:
    data = row.get("data", {})
    value = figure(row)
    amount = money(value, data.get("currency")) if value is not None else Words("", "")
    return {
        "file": plain(str(row["file"] or "—")),
        "row": row["row"],
        "relation": _words(RELATION_WORDS, row["relation"]),
        "contract": plain(str(data.get("contract_id") or "")),
        "source": seen[row["source"]],
        "target": seen[row["target"]],
        "amount": amount,
        "note": bundle_label(row["relation"], [row]).zh if value is None else "最高额 cap" if _capped(row) else "",
        "dates": dates(row),
        "uid": plain(row["uid"]),
    }


def _capped(row: Mapping) -> bool:
    return row.get("data", {}).get("form") == "maximum"


def _kind(seen: Mapping[str, Label], node: str) -> Words:
    return _words(KIND_WORDS, seen[node].kind)


def _words(words: Mapping[str, Words], name: str) -> Words:
    return words.get(name, Words(plain(name), plain(name)))


def _measure(name: str, measures: Mapping[str, float], told: Told) -> str:
    """A measure's value; a sum of amounts in 万 and 亿, and never 0 where the truth is that nothing is known."""
    value = measures[name]
    if name not in told.unknown:
        return _number(value)
    if not value and measures.get(told.unknown[name]):
        return "未知 unknown"
    return money(value).zh if value < 1e4 else "{}（{}）".format(*money(value))


def _number(value: object) -> str:
    """A measure or limit: whole numbers with separators, others to four digits, words as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    if value != value or value in (float("inf"), float("-inf")):
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0")


# -- what it is made of -------------------------------------------------------------------------------------------


def _asset(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _policy(scripts: Iterable[str], style: str) -> str:
    """A Content-Security-Policy that lets just these scripts and this style sheet be."""
    hashes = " ".join(map(_hash, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
