"""How answers look on a terminal: tables, lines and CSV, safe for whatever names the data holds."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..services.triage import News

from ...graph.times import to_iso


def say(message: str) -> None:
    """One line on standard error."""
    print(f"ringfence: {plain(message)}", file=sys.stderr)


def plain(value: object) -> str:
    r"""A value as one line of text that cannot move the cursor, colour the screen or reverse what follows.

    >>> plain("甲公司\n\x1b[31m")
    '甲公司 \\x1b[31m'
    """
    text = str(value)
    if text.isprintable():
        return text
    return "".join(_harmless(character) for character in text)


def _harmless(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def width(text: str) -> int:
    """Columns a text takes on a terminal: two for Chinese characters, none for combining marks.

    >>> width("甲公司 A")
    8
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def table(header: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[str] = ()) -> str:
    """Aligned columns under their headings; on a terminal the last column is cut to fit.

    Parameters
    ----------
    right : headings of the columns that are set flush right
    """
    cells = [[plain("" if cell is None else cell) for cell in row] for row in (header, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(header))]
    flush_right = [name in set(right) for name in header]
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = []
    for row in cells:
        parts = []
        for column, cell in enumerate(row):
            gap = " " * (widths[column] - width(cell))
            parts.append(gap + cell if flush_right[column] else cell + gap)
        lines.append(cut("  ".join(parts).rstrip(), limit))
    return "\n".join(lines)


def cut(line: str, limit: int | None) -> str:
    """A line of at most ``limit`` columns, with ``…`` where something was left out.

    >>> cut("担保链 of 8", 7)
    '担保链…'
    """
    if limit is None or width(line) <= limit:
        return line
    while width(line) > limit - 1:
        line = line[:-1]
    return line + "…"


def number(value: float | int | None) -> str:
    """A measure or amount for people: whole numbers without a point, others with up to four digits after it.

    >>> number(4500000.0), number(0.25), number(None)
    ('4,500,000', '0.25', 'unknown')
    """
    if value is None or value != value:
        return "unknown"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def bound(cut_off: dict) -> str:
    """A bound that bit, in words."""
    could = "the answer could change" if cut_off.get("could_change") else "the answer stands"
    limit, left = ("some" if what is None else _amount(what) for what in (cut_off["limit"], cut_off["skipped"]))
    return f"{plain(cut_off['bound'])} limit {limit}: {left} left out, {could}"


def _amount(what: object) -> str:
    return number(what) if isinstance(what, int | float) else plain(what)


def print_json(answer: object) -> None:
    """An answer as one line of JSON."""
    print(json.dumps(answer, ensure_ascii=False))


FINDING_COLUMNS = (
    "id", "kind", "view", "score", "rank", "rank_all", "colour", "members", "evidence", "reason_zh", "reason_en",
    "innocent_twin", "truncated", "as_of", "detector", "version", "thread", "people", "new", "joined",
)  # fmt: skip


BOM = "\ufeff"
"""By which spreadsheets know UTF-8."""


def findings_csv(findings: Sequence[dict], fresh: Mapping[str, News]) -> str:
    """Findings as CSV for spreadsheets, one row each: with a byte order mark, and no text that is taken for a formula.

    ``members`` are ``role node`` pairs, one to a line of the cell; ``evidence`` is the number of rows; ``truncated``
    is JSON, blank where no bound bit; ``people`` is the number of parties; ``new`` is ``yes`` for a thread that did
    not exist before, and ``joined`` how many members another one has more; measures follow as ``measures.<name>``.

    Parameters
    ----------
    fresh : what is new of each finding, by its id
    """
    measures = sorted({name for finding in findings for name in finding["measures"]})
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([*FINDING_COLUMNS, *(f"measures.{name}" for name in measures)])
    for finding in findings:
        flat = {
            "people": len({member["node"] for member in finding["members"]}),
            "new": "yes" if fresh[finding["id"]].is_new else "",
            "joined": len(fresh[finding["id"]].joined),
            **finding,
            "members": "\n".join(f"{member['role']} {member['node']}" for member in finding["members"]),
            "evidence": len(finding["evidence"]),
            "truncated": json.dumps(finding["truncated"], ensure_ascii=False) if finding["truncated"] else "",
        }
        writer.writerow(
            [
                *(no_formula(flat[name]) for name in FINDING_COLUMNS),
                *(finding["measures"].get(name) for name in measures),
            ]
        )
    return BOM + sheet.getvalue()


def no_formula(cell: object) -> object:
    """A cell of a CSV file that no spreadsheet takes for a formula: what begins like one has an apostrophe before it.

    >>> no_formula("=1+1"), no_formula("甲"), no_formula(-0.5)
    ("'=1+1", '甲', -0.5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


CASE_COLUMNS = (
    "id", "state", "colour", "level", "owner", "due", "overdue", "closed", "assigned", "verdict", "until", "people",
    "beside", "added", "left", "kinds", "new_kinds", "parts", "first_seen", "last_seen", "into",
)  # fmt: skip


def cases_csv(cases: Sequence[dict]) -> str:
    """Cases as CSV for spreadsheets, as ``findings_csv`` makes it, one row each, lists one item to a line of the cell.

    Amounts follow as columns ``<figure>.<currency>``, blank where nothing is known, each with ``<figure>.<currency>
    .unknown``: of how many loans it is not known.
    """
    from ...detectors.stakes import FIGURES

    currencies = sorted({one["currency"] for case in cases for one in case["amounts"]})
    figures = [(figure, currency) for currency in currencies for figure in FIGURES]
    names = [f"{figure}.{currency or 'unknown_currency'}" for figure, currency in figures]
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([*CASE_COLUMNS, *(f"{name}{end}" for name in names for end in ("", ".unknown"))])
    for case in cases:
        of = {one["currency"]: one for one in case["amounts"]}
        cells = [_figure(of.get(currency), figure) for figure, currency in figures]
        writer.writerow(map(no_formula, [*_case_cells(case), *(cell for pair in cells for cell in pair)]))
    return BOM + sheet.getvalue()


def _case_cells(case: dict) -> list:
    given = case["verdict"] or {"verdict": None, "until": None}
    flat = {
        **case,
        "verdict": given["verdict"],
        "until": to_iso(given["until"]),
        **{name: "\n".join(case[name]) for name in ("people", "beside", "added", "left", "new_kinds")},
        "kinds": "\n".join(f"{count} {kind}" for kind, count in case["kinds"].items()),
        "parts": "\n".join(part["id"] for part in case["parts"]),
    }
    return [flat[name] for name in CASE_COLUMNS]


def _figure(amounts: dict | None, figure: str) -> tuple[float | None, int | None]:
    return (amounts[figure], amounts["unknown"][figure]) if amounts else (None, None)


def case_amounts(amounts: Sequence[dict], figure: str) -> str:
    """What is at stake, each currency by itself, and of how many loans it is not known.

    >>> one = {"currency": "CNY", "balance": 500.0, "overdue": None, "unknown": {"balance": 1, "overdue": 3}}
    >>> case_amounts([one], "balance"), case_amounts([one], "overdue"), case_amounts([], "balance")
    ('500 CNY + 1 unknown', 'unknown CNY', '')
    """
    return "; ".join(_amount_of(one, figure) for one in amounts)


def _amount_of(one: dict, figure: str) -> str:
    gap = one["unknown"][figure] if one[figure] is not None else 0
    return f"{number(one[figure])} {one['currency']}".strip() + (f" + {gap} unknown" if gap else "")


REJECTED = ("load", "table", "file", "row", "column", "reason", "level", "value")
"""What is said of a reject, in order."""


def rejects_csv(rejects: Sequence[dict]) -> str:
    """Rejects as CSV, one row each, in the columns of ``REJECTED``."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(REJECTED)
    writer.writerows([reject[name] for name in REJECTED] for reject in rejects)
    return sheet.getvalue()
