"""The evidence of a case as one HTML page: its findings drawn as one picture, its people, loans, rows and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from ...graph.words.names import COLOUR_WORDS, FINDING_WORDS, Words
from ...graph.words.plain import plain
from .page import audited, evidence_page, said

CASE = Words("案件", "Case")
STATE_WORDS = {
    "new": Words("新增", "new"),
    "grown": Words("扩大", "grown"),
    "shrunk": Words("缩小", "shrunk"),
    "unchanged": Words("未变", "unchanged"),
    "gone": Words("已消失", "gone"),
}
DONE_WORDS = {
    "verdict": Words("结论", "verdict"),
    "note": Words("备注", "note"),
    "assign": Words("分派", "assigned to"),
    "close": Words("结案", "closed"),
    "snooze": Words("推迟", "put off"),
    "confirmed": Words("确认欺诈", "confirmed"),
    "innocent": Words("排除嫌疑", "innocent"),
    "unsure": Words("存疑", "unsure"),
}


def case_page(case: Mapping[str, Any], parts: Sequence[dict], snapshot: GraphView, reference: str = "") -> str:
    """A case's evidence as one page, as ``page.evidence_page`` makes it of a finding.

    Parameters
    ----------
    case : as ``services.cases.case`` gives it
    parts : the findings it is made of, in their JSON shape, the first one first
    snapshot : the graph in which its people were found
    reference : where the audit log says who had the page made
    """
    told = [said(part) for part in parts]
    more = {
        "kind": CASE,
        "colour_words": COLOUR_WORDS[case["colour"]],
        "reason": _summary(case, parts),
        "facts": [*_facts(case), audited(reference)],
        "truncated": _distinct(cut for one in told for cut in one["truncated"]),
        "explanations": [],
        "measures": [],
        "case": {
            "parts": [_part(part, one) for part, one in zip(parts, told, strict=True)],
            "entries": [_entry(entry) for entry in case["entries"]],
        },
    }
    return evidence_page(merged(case, parts), snapshot, reference, more=more)


def merged(case: Mapping[str, Any], parts: Sequence[dict]) -> dict:
    """The findings of a case as one: the kind of the first, and everybody's members, rows and things, each once."""
    first = parts[0]
    evidence = (row for part in parts for row in part["evidence"])
    rows = {(row["relation"], row["uid"], row["source"], row["target"]): row for row in evidence}
    alone = len(parts) == 1 or first["kind"] != "fund_flow"
    return {
        **first,
        "kind": first["kind"] if alone else "case",
        "colour": case["colour"],
        "members": _once(member for part in parts for member in part["members"]),
        "evidence": [*rows.values()],
        "things": _distinct(thing for part in parts for thing in part["things"]),
    }


def _once(members: Iterable[dict]) -> list[dict]:
    """Each party once, in the first of its roles."""
    found: dict[str, dict] = {}
    for member in members:
        found.setdefault(member["node"], member)
    return [*found.values()]


def _distinct(items: Iterable[dict]) -> list[dict]:
    found: list[dict] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def _summary(case: Mapping[str, Any], parts: Sequence[dict]) -> Words:
    kinds = [(FINDING_WORDS[kind], count) for kind, count in case["kinds"].items()]
    people, findings = len(case["people"]), len(parts)
    return Words(
        f"{people}个主体，{findings}项发现：{'、'.join(f'{words.zh}{count}项' for words, count in kinds)}",
        f"{people} parties, {findings} findings: {', '.join(f'{count} {words.en.lower()}' for words, count in kinds)}",
    )


def _facts(case: Mapping[str, Any]) -> list[tuple[Words, str]]:
    given = case["verdict"]
    facts = [
        (Words("案件号", "case"), case["id"]),
        (Words("状态", "state"), "{} {}".format(*STATE_WORDS.get(case["state"], Words(case["state"], case["state"])))),
        (Words("首次发现", "first seen"), case["first_seen"].replace("T", " ")),
        (Words("最近发现", "last seen"), case["last_seen"].replace("T", " ")),
        (Words("数据版本", "revision"), str(case["revision"])),
        (Words("经办人", "assigned to"), case["assigned"] or "—"),
        (Words("结论", "verdict"), "{} {}".format(*DONE_WORDS[given["verdict"]]) if given else "—"),
    ]
    return [(words, plain(value)) for words, value in facts]


def _part(part: dict, told: Mapping[str, Any]) -> dict[str, Any]:
    facts = [
        (Words("编号", "finding"), part["id"]),
        (Words("截至", "as of"), part["as_of"].replace("T", " ")),
        (Words("批次 / 运行", "batch / run"), f"{part['batch']} / {part['run']}"),
        (Words("数据版本", "revision"), str(part["revision"])),
        (Words("政策", "policy"), part["policy"] or "—"),
        (Words("检测器", "detector"), f"{part['detector']} {part['version']}"),
        (Words("排名", "rank"), str(part["rank_all"])),
    ]
    return {
        "kind": FINDING_WORDS[part["kind"]],
        "colour": COLOUR_WORDS[part["colour"]],
        "score": f"{part['score']:.2f}",
        "reason": Words(plain(part["reason_zh"]), plain(part["reason_en"])),
        "facts": [(words, plain(value)) for words, value in facts],
        "explanations": told["explanations"],
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    action, verdict = entry["action"], entry["verdict"]
    what = [DONE_WORDS.get(word, Words(plain(word), plain(word))) for word in (action, verdict) if word]
    return {
        "at": (to_iso(entry["at"] // 1000 * 1000) or "").replace("T", " "),
        "by": plain(entry["by"]),
        "what": Words("：".join(word.zh for word in what), ": ".join(word.en for word in what)),
        "text": plain(entry["text"]),
    }
