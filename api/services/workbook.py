"""Findings, or cases, as a workbook: one sheet of them, one of their members."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...detectors.stakes import FIGURES
from ...graph.model import KIND_CODE, RELATION_CODE
from ...graph.snapshot import GraphView
from ...graph.words.money import currency_code
from ...graph.words.names import FINDING_WORDS, ROLE_WORDS
from ...graph.words.plain import plain
from .labels import labels
from .triage import News, amount, people

FINDINGS = (
    "rank", "id", "thread", "kind", "种类", "view", "colour", "score", "people", "amount", "new", "joined", "reason_zh",
    "reason_en", "as_of", "detector", "batch",
)  # fmt: skip
MEMBERS = (
    "finding", "thread", "kind", "colour", "role", "角色", "member", "name", "new", "loans", "amount", "currency",
    "amounts_unknown",
)  # fmt: skip
CASES = (
    "id", "state", "colour", "level", "owner", "due", "is_overdue", "assigned", "verdict", "kinds", "parts", "people",
    "beside", "added", "currency", "loans", "balance", "overdue", "written_off", "balance_unknown", "overdue_unknown",
    "written_off_unknown", "first_seen", "last_seen",
)  # fmt: skip
CASE_MEMBERS = (
    "case", "state", "colour", "member", "name", "added", "currency", "loans", "balance", "overdue", "written_off",
    "balance_unknown", "overdue_unknown", "written_off_unknown",
)  # fmt: skip
LONGEST = 32_000
"""Most characters of a cell: a workbook holds no more than 32,767."""


def workbook(findings: Sequence[dict], view: GraphView, fresh: Mapping[str, News]) -> bytes:
    """The file's content. Names are masked, and no cell is a formula, whatever it begins with.

    A member's loans are those that show at the view's time; their known amounts are added up currency by currency, each
    in a row of its own.

    Parameters
    ----------
    fresh : what is new of each finding, by its id
    """
    listed = (_finding(finding, fresh[finding["id"]]) for finding in findings)
    return content(("findings", FINDINGS, listed), ("members", MEMBERS, _members(findings, view, fresh)))


def case_workbook(cases: Sequence[dict], view: GraphView) -> bytes:
    """The file's content, as ``workbook`` makes it: money at stake currency by currency, each in a row of its own."""
    listed = (row for case in cases for row in _case(case))
    return content(("cases", CASES, listed), ("members", CASE_MEMBERS, _case_members(cases, view)))


def content(*sheets: tuple[str, Sequence[str], Iterable[Sequence]]) -> bytes:
    """A workbook of sheets, each with a title, a header and rows; no cell is a formula, whatever it begins with."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for row in (header, *rows):
            sheet.append([_cell(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, value: object) -> object:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, plain(value)[:LONGEST])
    cell.data_type = "s"  # a text that begins with = is a text
    return cell


def _finding(finding: dict, fresh: News) -> tuple:
    told = (finding["rank_all"], finding["id"], finding["thread"], finding["kind"], FINDING_WORDS[finding["kind"]].zh)
    size = people(finding), amount(finding), "yes" if fresh.is_new else "", len(fresh.joined)
    reasons = finding["reason_zh"], finding["reason_en"], finding["as_of"], finding["detector"], finding["batch"]
    return *told, finding["view"], finding["colour"], finding["score"], *size, *reasons


def _members(findings: Sequence[dict], view: GraphView, fresh: Mapping[str, News]) -> Iterable[tuple]:
    nodes = sorted({member["node"] for finding in findings for member in finding["members"]})
    shown, loans = labels(view, nodes), _loans(view, nodes)
    for finding in findings:
        new = fresh[finding["id"]]
        for member in finding["members"]:
            node, role = member["node"], member["role"]
            told = (finding["id"], finding["thread"], finding["kind"], finding["colour"], role, ROLE_WORDS[role].zh)
            is_new = "yes" if new.is_new or node in new.joined else ""
            for row in loans.get(node, [(0, None, None, 0)]):
                yield *told, node, shown[node].name, is_new, *row


def _case(case: dict) -> Iterable[tuple]:
    verdict = case["verdict"]["verdict"] if case["verdict"] else None
    kinds = "\n".join(f"{count} {kind}" for kind, count in case["kinds"].items())
    asked = (case["level"], case["owner"], case["due"], "yes" if case["overdue"] else "")
    told = (case["id"], case["state"], case["colour"], *asked, case["assigned"], verdict, kinds, len(case["parts"]))
    sizes = (len(case["people"]), len(case["beside"]), len(case["added"]))
    for figures in _at_stake(case["amounts"]):
        yield *told, *sizes, *figures, case["first_seen"], case["last_seen"]


def _case_members(cases: Sequence[dict], view: GraphView) -> Iterable[tuple]:
    shown = labels(view, sorted({node for case in cases for node in case["people"]}))
    for case in cases:
        for node in case["people"]:
            told = (case["id"], case["state"], case["colour"], node, shown[node].name)
            for figures in _at_stake(case["by_member"].get(node, ())):
                yield *told, "yes" if node in case["added"] else "", *figures


def _at_stake(amounts: Sequence[dict]) -> list[tuple]:
    """By currency: its code, the number of loans, each figure, and of how many loans each is not known."""
    found = [
        (
            one["currency"] or None,
            one["loans"],
            *(one[figure] for figure in FIGURES),
            *(one["unknown"][figure] for figure in FIGURES),
        )
        for one in amounts
    ]
    return found or [(None, 0, *(None for _ in FIGURES), *(0 for _ in FIGURES))]


def _loans(view: GraphView, nodes: Sequence[str]) -> dict[str, list[tuple]]:
    """By party, of each currency: how many loans it borrowed, the sum of the known amounts, the currency's code, and of
    how many no amount is known."""
    numbers = view.find_all(nodes)
    parties = dict(zip(numbers.tolist(), nodes, strict=True))
    positions = view.touching(np.unique(numbers[numbers >= 0]))
    positions = positions[view.relation_codes(positions) == RELATION_CODE["BORROWED"]]
    positions = np.unique(positions[view.visible(positions)])
    borrower, loan = view.ends(positions)
    rows = view.facts("loans", np.unique(loan[view.kinds[loan] == KIND_CODE["loan"]])).set_index("node")
    cells = rows.reindex(loan, columns=["amount", "currency"]).astype(object)
    found: dict[str, dict[str, list[float]]] = {}
    for party, value, currency in zip(borrower.tolist(), cells["amount"], cells["currency"], strict=True):
        code = currency_code(None if pd.isna(currency) else str(currency))
        found.setdefault(parties[party], {}).setdefault(code, []).append(math.nan if pd.isna(value) else float(value))
    return {party: [_sum(code, of[code]) for code in sorted(of)] for party, of in found.items()}


def _sum(code: str, amounts: list[float]) -> tuple:
    known = [value for value in amounts if not math.isnan(value)]
    return len(amounts), math.fsum(known) if known else None, code or None, len(amounts) - len(known)
