"""The command ``ringfence ask``: the questions of FinBench, one at a time or many from a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...graph.errors import UserError
from ..services.questions.declared import BY_NAME, MEANINGS, QUESTIONS
from .commands import AsText, StoreUrl, TextFormat, audit, opened
from .output import bound, number, plain, say, table

if TYPE_CHECKING:
    from ...graph.snapshot import Snapshot
    from ..services.questions.asking import Asked
    from ..services.reader import Reader


def _option(name: str, metavar: str) -> Any:
    return typer.Option(f"--{name}", metavar=metavar, help=MEANINGS[name])


EPILOG = "\b\nQuestions, with what each must be given:\n" + "\n".join(
    f"  {question.number:<6}{question.name:<24}"
    + " ".join(parameter.name for parameter in question.parameters if parameter.required)
    for question in QUESTIONS.values()
)
"""What stands below the help of the command."""


def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="[QUESTION]", help="Its number or its name; both are listed below.")
    ] = None,
    params: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="What it takes; options say the same.")
    ] = None,
    id: Annotated[str | None, _option("id", "ID")] = None,
    id1: Annotated[str | None, _option("id1", "ID")] = None,
    id2: Annotated[str | None, _option("id2", "ID")] = None,
    threshold: Annotated[str | None, _option("threshold", "N")] = None,
    threshold1: Annotated[str | None, _option("threshold1", "N")] = None,
    threshold2: Annotated[str | None, _option("threshold2", "N")] = None,
    shortest: Annotated[str | None, _option("shortest", "N")] = None,
    longest: Annotated[str | None, _option("longest", "N")] = None,
    days: Annotated[str | None, _option("days", "N")] = None,
    start: Annotated[str | None, _option("start", "T")] = None,
    end: Annotated[str | None, _option("end", "T")] = None,
    limit: Annotated[str | None, _option("limit", "N")] = None,
    order: Annotated[str | None, _option("order", "ORDER")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help='A file of questions, a line each: {"question": "tcr4", "params": {…}}. Prints a line of JSON each.',
        ),
    ] = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Ask where money went: triangles, traces, loans behind a person.

    All rows of the history count, whatever has become of them since, within a window that leaves out both its ends.
    """
    stated = {
        "id": id, "id1": id1, "id2": id2, "threshold": threshold, "threshold1": threshold1, "threshold2": threshold2,
        "shortest": shortest, "longest": longest, "days": days, "start": start, "end": end, "limit": limit,
        "order": order,
    }  # fmt: skip
    given = _given(params or [], {name: value for name, value in stated.items() if value is not None})
    if (question is None) == (batch is None) or (batch is not None and given):
        raise UserError(
            "ask one question, as in 'ringfence ask tcr3 id1=A id2=B start=T end=T', or many with --batch FILE"
        )
    with opened(store) as reader:
        if batch is not None:
            _batch(reader, batch)
        else:
            _single(reader, str(question), given, format)


def _given(pairs: list[str], stated: dict[str, str]) -> dict[str, str]:
    """The parameters given as ``KEY=VALUE`` and as options."""
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise UserError("write what a question takes as KEY=VALUE, for example start=2026-01-01")
        if name in stated:
            raise UserError(f"{name} is given twice")
        stated[name] = value
    return stated


def _record(reader: Reader, asked: Asked) -> None:
    audit(reader, "ask", asked.subject, asked.detail)


def _single(reader: Reader, question: str, given: dict[str, str], form: str) -> None:
    from ..services.questions.asking import answer, read_question

    asked = read_question(reader, question, given)
    snapshot = reader.snapshot()
    _record(reader, asked)
    told = answer(snapshot, asked)
    if form == TextFormat.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print("\n".join([*_lines(snapshot, told), *(f"cut short: {bound(item)}" for item in told["truncated"])]))


def _batch(reader: Reader, file: Path) -> None:
    from ..services.questions.batch import answers

    failed = 0
    for told in answers(reader, _lines_of(file), lambda asked: _record(reader, asked)):
        failed += "error" in told
        print(json.dumps(told, ensure_ascii=False))
    if failed:
        say(f"{failed:,} of the questions could not be answered: their lines say why")


def _lines_of(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            yield from lines
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UserError(f"cannot read {file}: {reason}") from None


# -- words


def _lines(snapshot: Snapshot, told: dict) -> list[str]:
    """An answer to read: a table, or a value with what it is."""
    question, result = BY_NAME[told["question"]], told["result"]
    if question.shape == "value":
        return [f"{question.columns[0]}: {number(result)}"]
    if question.shape == "paths":
        return [" → ".join(_cell(snapshot, key) for key in path) for path in result] or ["none"]
    rows = [result] if question.shape == "row" else result
    if not rows:
        return ["none"]
    return [
        table([name.upper() for name in question.columns], [[_cell(snapshot, cell) for cell in row] for row in rows])
    ]


def _cell(snapshot: Snapshot, cell: str | float | list | None) -> str:
    """A number, or an id; one that is a token with its mask; of several, one after the other."""
    if isinstance(cell, list):
        return " → ".join(_cell(snapshot, one) for one in cell)
    if not isinstance(cell, str):
        return "" if cell is None else number(cell)
    mask = snapshot.mask(cell)
    return f"{plain(cell)} {mask}" if mask else plain(cell)
