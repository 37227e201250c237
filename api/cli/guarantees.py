"""Commands of the risk manager: guarantees list, show, table, portfolio, changes."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .commands import AsOf, Output, StoreUrl, Top, audit, check_output, first, opened, write_file
from .guarantee_app import app
from .output import BOM, bound, no_formula, number, plain, say, table

if TYPE_CHECKING:
    from ...detectors.guarantees.survey import Survey
    from ..services.reader import Reader


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"


class TableFormat(StrEnum):
    """How the supervisory table is given."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


AsFormat = Annotated[Format, typer.Option("--format", help="Lines to read, or one JSON object.")]
FIGURES = (
    "parties", "arcs", "contracts", "contract_sum", "contract_amount_unknown", "contract_other_currency",
    "contract_never_in_force", "contract_without_loan", "loans", "balance", "guaranteed_balance", "mutual_balance",
    "circulating",
    "circulating_share", "reciprocity", "largest_guarantor_share", "net_assets", "over_watch", "over_hold",
    "over_unknown", "class_contradicts_dpd",
)  # fmt: skip
"""What ``show`` lists of a circle's figures; the others stand in its row of the table."""


@app.command("list")
def list_circles(top: Top = None, as_of: AsOf = None, format: AsFormat = Format.table, store: StoreUrl = None) -> None:
    """List guarantee circles with their grade, the largest balance first."""
    from ..services.guarantees import circles

    with opened(store) as reader:
        audit(reader, "guarantees.list", "guarantees", {"as_of": as_of, "top": top})
        told = circles(reader, as_of)
        shown = first(told["circles"], top, format)
        if format == Format.json:
            print(json.dumps({**told, "circles": shown}, ensure_ascii=False))
            return
        print(_circles(shown))
        print(
            f"{len(shown)} of {len(told['circles'])} circles, as of {told['as_of']}, in {_currency(told['currency'])}"
        )


def _circles(circles: list[dict]) -> str:
    header = ("ID", "GRADE", "COLOUR", "PARTIES", "BALANCE", "GUARANTEED", "CIRCULATING", "BAD", "UNKNOWN", "NAME")
    rows = [
        (
            one["id"], one["grade"] or "unknown", one["colour"], one["parties"], number(one["balance"]),
            number(one["guaranteed_balance"]), _share(one["circulating_share"]), number(one["bad_balance"]),
            one["balance_unknown"] + one["class_unknown"], one["name"],
        )
        for one in circles
    ]  # fmt: skip
    return table(header, rows, right=header[3:9])


@app.command()
def show(
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="A circle's id, or as much of the beginning as is unique.")
    ],
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write the circle as one page that opens without a network: picture, contagion, what to replace.",
        ),
    ] = None,
    as_of: AsOf = None,
    format: AsFormat = Format.table,
    store: StoreUrl = None,
) -> None:
    """Show one circle from near: figures, core enterprises, key parties, hidden groups, contradictions."""
    from ..services.guarantees import near, told

    with opened(store) as reader:
        found, place = near(reader, finding, as_of)
        told_of = {"as_of": as_of, "html": html is not None}
        recorded = audit(reader, "guarantees.show", found.findings[place].id, told_of)
        if html is not None:
            _write_report(reader, found, place, str(recorded), html)
            return
        circle = told(found, place)
        print(json.dumps(circle, ensure_ascii=False) if format == Format.json else "\n".join(_lines(circle)))


def _write_report(reader: Reader, found: Survey, place: int, recorded: str, html: Path) -> None:
    from ..evidence.page import evidence_page, write_page
    from ..services.guarantee_report import report

    finding = found.findings[place].as_dict()
    write_page(evidence_page(finding, found.view, recorded, report(found, place, reader.policy())), html)
    print(f"the report of circle {finding['id']} is in {html}")


def _lines(told: dict) -> list[str]:
    lines = [
        f"guarantee circle {told['id']}: {plain(told['name'])}",
        f"grade {told['grade'] or 'unknown'}, as of {told['as_of']}",
        plain(told["reason_zh"]),
        plain(told["reason_en"]),
        "",
        table(("FIGURE", "VALUE"), [(name, number(told[name])) for name in FIGURES], right=("VALUE",)),
        "",
        table(("COLUMN", "VALUE"), [(name, _cell(value)) for name, value in told["table"].items()]),
    ]
    for one in told["core_enterprises"]:
        hands = ", ".join(f"{one[f'within_{hand}']} within {hand}" for hand in (1, 2, 3))
        lines.append(
            f"core enterprise {plain(one['name'])} (condition {', '.join(one['conditions'])}): parties {hands}"
        )
    for one in told["key_nodes"]:
        parts = ", ".join(map(str, one["parts"]))
        lines.append(f"without {plain(one['name'])} the circle falls into parts of {parts}")
    for one in told["over_guarantee"]:
        ratio = "more than all" if one["ratio"] is None else _share(one["ratio"])
        lines.append(f"{one['level']}: {plain(one['name'])} guarantees {ratio} of its net assets")
    for one in told["hidden_groups"]:
        who = ", ".join(map(plain, one["members"]))
        lines.append(f"same {one['by']} {plain(one['value'])}: {who} ({one['users']} users in the book)")
    for one in told["contradictions"]:
        lines.append(f"warning: {plain(one['loan'])} is {one['five_class']}, yet {one['dpd']} days past due")
    return [*lines, *(f"cut short: {bound(item)}" for item in told["truncated"])]


@app.command("table")
def supervisory_table(
    as_of: AsOf = None,
    format: Annotated[
        TableFormat,
        typer.Option("--format", help="Lines to read, one JSON object, CSV for spreadsheets, or a workbook."),
    ] = TableFormat.table,
    output: Output = None,
    store: StoreUrl = None,
) -> None:
    """Give the supervisory table of all circles, with sizes and with totals that tie out to the loans."""
    from ..services.guarantee_sheets import TOTALS, table_workbook
    from ..services.guarantees import table as answer

    check_output(format, output)
    with opened(store) as reader:
        audit(reader, "guarantees.table", "guarantees", {"as_of": as_of, "format": format})
        told = answer(reader, as_of)
        if format == TableFormat.json:
            print(json.dumps(told, ensure_ascii=False))
        elif format == TableFormat.csv:
            print(_table_csv(told), end="")
        elif output is not None:
            write_file(output, table_workbook(told))
            print(f"{len(told['rows'])} circles are in {output}")
        else:
            print(table(told["columns"], [[_cell(row[name]) for name in told["columns"]] for row in told["rows"]]))
            sizes = [(one["bucket"], one["circles"], one["parties"], number(one["balance"])) for one in told["buckets"]]
            print(table(("规模", "担保圈个数", "主体个数", "贷款余额"), sizes))
            print(table(("项目", "数值"), [(TOTALS[name], number(value)) for name, value in told["totals"].items()]))


def _table_csv(told: dict) -> str:
    """The table with a byte order mark; no text in it is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(told["columns"])
    for row in told["rows"]:
        writer.writerow([no_formula(row[column]) for column in told["columns"]])
    return BOM + sheet.getvalue()


@app.command()
def portfolio(as_of: AsOf = None, format: AsFormat = Format.table, store: StoreUrl = None) -> None:
    """Say how much of the book guarantors and insurers enhance, against the policy's limit."""
    from ..services.guarantees import portfolio as answer

    with opened(store) as reader:
        audit(reader, "guarantees.portfolio", "guarantees", {"as_of": as_of})
        told = answer(reader, as_of)
        if format == Format.json:
            print(json.dumps(told, ensure_ascii=False))
            return
        print("\n".join(_portfolio(told)))
        if gaps := {name: count for name, count in told["gaps"].items() if count and name != "loans"}:
            counted = ", ".join(f"{name} {count}" for name, count in gaps.items())
            say(f"of {told['gaps']['loans']} loans: {counted}")


def _portfolio(told: dict) -> list[str]:
    total, enhanced = number(told["total"]), number(told["enhanced"])
    limit, warning = _share(told["limit"]), _share(told["warning"])
    currency = _currency(told["currency"])
    lines = [
        f"{told['state']}: {enhanced} of {total} is enhanced, {_share(told['share'])}, in {currency}; "
        f"limit {limit}, warning from {warning}"
    ]
    if told["crossed_at"]:
        lines.append(f"the limit was reached on {told['crossed_at']}")
    partners = [
        (one["partner"], one["loans"], number(one["balance"]), _share(one["share"])) for one in told["partners"]
    ]
    months = [
        (one["as_of"], number(one["total"]), number(one["enhanced"]), _share(one["share"]), one["balance_unknown"])
        for one in told["trend"]
    ]
    lines.append(table(("PARTNER", "LOANS", "BALANCE", "SHARE"), partners, right=("LOANS", "BALANCE", "SHARE")))
    lines.append(
        table(
            ("AS OF", "TOTAL", "ENHANCED", "SHARE", "UNKNOWN"), months, right=("TOTAL", "ENHANCED", "SHARE", "UNKNOWN")
        )
    )
    return lines


@app.command()
def changes(
    since: Annotated[str, typer.Option("--since", metavar="T", help="The earlier time.")],
    as_of: AsOf = None,
    format: AsFormat = Format.table,
    store: StoreUrl = None,
) -> None:
    """Say what became of the circles since an earlier time: new, grown, shrunk, merged, split, dissolved."""
    from ..services.guarantees import changes as answer

    with opened(store) as reader:
        audit(reader, "guarantees.changes", "guarantees", {"since": since, "as_of": as_of})
        told = answer(reader, since, as_of)
        if format == Format.json:
            print(json.dumps(told, ensure_ascii=False))
            return
        rows = [_change(one) for one in told["changes"]]
        print(table(("CHANGE", "BEFORE", "AFTER", "JOINED", "LEFT", "NAME"), rows, right=("JOINED", "LEFT")))
        print(f"{len(rows)} changes from {told['since']} to {told['as_of']}")


def _change(one: dict) -> tuple:
    before, after = " ".join(one["before"]), " ".join(one["after"])
    return one["change"], before, after, len(one["joined"]), len(one["left"]), one["names"][0]


def _cell(value: object) -> str:
    return (
        value
        if isinstance(value, str)
        else number(value)
        if isinstance(value, int | float) or value is None
        else str(value)
    )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1%}"


def _currency(code: str | None) -> str:
    return code or "a currency not on record"
