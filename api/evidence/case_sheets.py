"""A case as a workbook: its people, their loans, what ties them, and the source rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...graph.snapshot import GraphView
from ...graph.words.names import ROLE_WORDS
from ..services.labels import Label, labels
from ..services.loans import CELLS, loans_of
from ..services.workbook import content
from .case_page import merged
from .items import day, figure
from .page import evidence_rows

MEMBERS = ("case", "role", "角色", "member", "name", "added", "loans", "currency", "balance", "overdue", "written_off")
LOANS = ("borrower", "name", "loan", "product", "currency", "amount", "balance", "disbursed", "dpd", "five_class")
TIES = ("kind", "thing", "shown", "members", "users", "who")
ROWS = (
    "file", "row", "relation", "source", "source_name", "target", "target_name", "amount", "currency", "from", "until",
    "uid",
)  # fmt: skip


def case_sheets(case: Mapping[str, Any], parts: Sequence[dict], view: GraphView) -> bytes:
    """The workbook's content, with the sheets ``members``, ``loans``, ``ties`` and ``rows``.

    Names are masked, and no cell is a formula, whatever it begins with. Money is told currency by currency.

    Parameters
    ----------
    case, parts : as for ``case_page.case_page``
    view : the graph in which its people were found
    """
    whole = merged(case, parts)
    rows, loans = evidence_rows(view, whole["evidence"]), loans_of(view, [*case["people"], *case["beside"]])
    nodes = {row[end] for row in rows for end in ("source", "target")} | {loan["who"] for loan in loans}
    nodes |= {node for thing in whole["things"] for node in (*thing["nodes"], *thing["members"])}
    seen = labels(view, nodes.union(case["people"], case["beside"]))
    return content(
        ("members", MEMBERS, _members(case, whole, seen)),
        ("loans", LOANS, (_loan(loan, seen) for loan in loans)),
        ("ties", TIES, (_tie(thing, seen) for thing in whole["things"])),
        ("rows", ROWS, (_row(row, seen) for row in rows)),
    )


def _members(case: Mapping[str, Any], whole: dict, seen: Mapping[str, Label]) -> Iterable[tuple]:
    roles = {member["node"]: member["role"] for member in whole["members"]}
    for node in (*case["people"], *case["beside"]):
        role = roles.get(node, "")
        who = (case["id"], role or "beside", ROLE_WORDS[role].zh if role else "关联方", node, seen[node].name)
        added = "yes" if node in case["added"] else ""
        for one in case["by_member"].get(node, ()) or ({},):
            money = (one.get(name) for name in ("balance", "overdue", "written_off"))
            yield *who, added, one.get("loans", 0), one.get("currency") or None, *money


def _loan(loan: Mapping[str, Any], seen: Mapping[str, Label]) -> tuple:
    cells = {**loan, "disbursed_at": _day(loan["disbursed_at"])}
    return loan["who"], seen[loan["who"]].name, loan["loan"], *(cells[name] for name in CELLS)


def _tie(thing: Mapping[str, Any], seen: Mapping[str, Label]) -> tuple:
    shown = "\n".join(seen[node].name for node in thing["nodes"])
    who = "\n".join(f"{seen[node].name} {node}" for node in thing["members"])
    return thing["kind"], "\n".join(thing["nodes"]), shown, len(thing["members"]), thing["users"], who


def _row(row: Mapping[str, Any], seen: Mapping[str, Label]) -> tuple:
    source, target = row["source"], row["target"]
    ends = (source, seen[source].name, target, seen[target].name)
    money = (figure(row), row.get("data", {}).get("currency"))
    times = (day(row.get("valid_from")) or None, day(row.get("valid_to")) or None)
    return row["file"], row["row"], row["relation"], *ends, *money, *times, row["uid"]


def _day(millis: float | None) -> str | None:
    return None if millis is None else day(int(millis))[:10]
