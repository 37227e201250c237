"""The command ``ringfence screen``: an application screened before a decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ...graph.errors import UserError
from .commands import StoreUrl, TextFormat, audit, opened
from .output import bound, plain


def screen(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="One application as JSON, its rows by canonical table; or a list of several.",
        ),
    ],
    deadline_ms: Annotated[
        float | None,
        typer.Option("--deadline-ms", metavar="N", min=0, help="Begin nothing after so long; without it, check all."),
    ] = None,
    format: Annotated[
        TextFormat, typer.Option("--format", help="Lines to read, or a line of JSON each.")
    ] = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Screen an application over the book; nothing is stored.

    Its colour and why, the findings that it makes or touches, its counts against the limits, the distance to confirmed
    fraudsters, and what was not checked.
    """
    from ..services.screening import Desk

    given = _read(file)
    with opened(store) as reader:
        audit(reader, "screen", f"{len(given)} applications", {"deadline_ms": deadline_ms})
        desk = Desk(reader)
        told = [desk.screen(given[0], deadline_ms)] if len(given) == 1 else desk.screen_all(given, deadline_ms)
    for one in told:
        print(json.dumps(one, ensure_ascii=False) if format == TextFormat.json else "\n".join(_lines(one)))


def _read(file: Path) -> list[dict]:
    try:
        given = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{file} cannot be read as JSON ({type(error).__name__}): docs/screening.md shows one"
        ) from error
    batch = given if isinstance(given, list) else [given]
    if not batch or not all(_is_application(one) for one in batch):
        raise UserError(f"{file} holds no application: state rows by table, as docs/screening.md shows")
    return batch


def _is_application(given: object) -> bool:
    return isinstance(given, dict) and all(
        isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in given.values()
    )


def _lines(told: dict) -> list[str]:
    if "error" in told:
        return [f"no application: {told['error']}"]
    lines = [f"{', '.join(map(plain, told['applicants']))}: {told['colour'] or 'nothing found'}, as of {told['as_of']}"]
    for reason in told["reasons"]:
        lines += [f"  {reason['colour']}: {plain(reason['zh'])}", f"    {plain(reason['en'])}"]
    if told["portfolio"] and told["portfolio"]["state"] in ("block", "warning"):
        portfolio = told["portfolio"]
        lines += [f"  {portfolio['state']}: {portfolio['zh']}", f"    {portfolio['en']}"]
    lines += [f"  {_count(count)}" for count in told["velocity"] if count["counted"]]
    if told["confirmed_bad"]["path"]:
        lines.append(f"  to a confirmed fraudster: {' - '.join(map(plain, told['confirmed_bad']['path']))}")
    lines += [f"  not used: {row['table']}.{row['column'] or ''} {row['reason']}" for row in told["rejects"]]
    lines += [f"  not checked: {one['what']}: {one['why']}" for one in told["not_checked"]]
    return [*lines, *(f"  cut short: {bound(item)}" for item in told["truncated"])]


def _count(told: dict) -> str:
    counted = f"{told['counted']} {told['count']} by {told['key']} within {told['window']}"
    return f"{counted} (limit {told['limit']})"
