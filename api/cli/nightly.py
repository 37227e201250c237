"""The command that a scheduler calls each night: nightly."""

from __future__ import annotations

import json
import os
import time
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph.errors import Busy, Rejected, UserError
from .commands import MappingName, PolicyFile, StoreUrl
from .load import closed_lines, counts_table, say_ignored, unlinked_table
from .output import bound, plain, say, table
from .working import working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...graph.store import Progress, Store
    from ...loaders.sources import Source
    from ..settings import Settings

REJECTED = 3
"""Exit code where the source is refused."""

CUT_SHORT = 5
"""Exit code where all is done and kept, and a bound of a detector bit that could change what it found."""


class SummaryFormat(StrEnum):
    """How a night is told."""

    text = "text"
    json = "json"


def nightly(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="A folder of tables, one file, or the URL of a database.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the night that broke off; without SOURCE and --mapping.")
    ] = False,
    mapping: MappingName = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            "--require",
            metavar="TABLE",
            help="Publish nothing unless the source has rows of this table; say it again for another. "
            "RINGFENCE_REQUIRE names more.",
        ),
    ] = None,
    policy: PolicyFile = None,
    format: Annotated[
        SummaryFormat, typer.Option("--format", help="Text to read, or one JSON object.")
    ] = SummaryFormat.text,
    store: StoreUrl = None,
) -> None:
    """Load a source, run all detectors, and say what changed since the night before.

    Exit codes: 0 done; 3 the source is refused; 4 another job is running; 5 done, but a search was cut short.
    """
    from ...detectors.policy import read_policy, shipped
    from ...detectors.settings import all_settings
    from ...loaders.schema.mapping import load_mapping
    from ...loaders.sources import open_source
    from ..services.nightly import required_tables
    from ..settings import read_settings

    if resume == (source is not None) or (resume and (mapping is not None or require)):
        raise UserError("name what to load, or say --resume alone to go on with the night that broke off")
    began, used = time.monotonic(), _cpu_seconds()
    settings = read_settings(store=store, policy=policy)
    # What can be told beforehand is told before a store is opened.
    required = required_tables([*(require or ()), settings.require])
    all_settings((read_policy(settings.policy) if settings.policy else shipped()).parameters)
    files = open_source(source, load_mapping(mapping) if mapping is not None else None) if source is not None else None
    try:
        told = _night(settings, files, required)
    except Rejected as error:
        say(str(error))
        raise typer.Exit(REJECTED) from None
    if told is None:
        print("no night broke off: there is nothing to resume")
        return
    told |= {"seconds": round(time.monotonic() - began, 3), "cpu_seconds": round(_cpu_seconds() - used, 3)}
    print(json.dumps(told, ensure_ascii=False) if format == SummaryFormat.json else _text(told))
    if any(item["could_change"] for item in told["truncated"]):
        say("all is done and kept, but a search was cut short, and an answer could change")
        raise typer.Exit(CUT_SHORT)


def _night(settings: Settings, files: Source | None, required: Sequence[str]) -> dict | None:
    """One job: the load, or what is left of it, and the detectors, as their summary; None where nothing is left."""
    from ...graph.store import open_store
    from ..services.nightly import detected, summary, undetected
    from ..services.reader import Reader

    with (
        closing(open_store(settings.store, create=files is not None, key_file=settings.key_file)) as into,
        working(settings, "nightly", files.name if files is not None else None) as (job, progress),
    ):
        _load(into, files, required, progress)
        with closing(Reader(settings)) as reader:
            load = undetected(reader.store, reader.store)
            if load is None:
                job.said = "no night had broken off"
                return None
            told = summary(detected(reader, load, progress))
        job.said = "; ".join(_done(told))
        return told


def _load(into: Store, files: Source | None, required: Sequence[str], progress: Progress) -> None:
    """Load a source, or go on with the load that broke off, if one did."""
    from ...loaders import load, resume

    if files is not None:
        report = load(into, files, required=required, progress=progress, waiting=_refuse)
    else:
        report = resume(into, progress=progress, waiting=_refuse)
    if report is not None:
        say_ignored(report)
        for line in closed_lines(report):
            say(line)


def _refuse(source: str) -> None:
    named = f", from {plain(source)}," if source else ""
    raise Busy(f"another load{named} is running: nothing was changed; try again when it has ended")


def _cpu_seconds() -> float:
    """Processor time of this process and of those it started that have ended."""
    return sum(os.times()[:4])


def _text(told: dict) -> str:
    rows = [
        (kind, colour, f"{count:,}") for kind, colours in told["findings"].items() for colour, count in colours.items()
    ]
    parts = [counts_table(told["tables"]), table(("FINDINGS", "COLOUR", "COUNT"), rows, right=("COUNT",))]
    if told["unlinked"]:
        parts.append(unlinked_table(told["unlinked"]))
    return "\n\n".join([*parts, "\n".join(_lines(told))])


def _done(told: dict) -> tuple[str, str]:
    """What was loaded, and which batch was made of it."""
    load = f"load {told['load']}, revision {told['revision']}, from {plain(told['source'])}"
    return load, f"batch {told['batch']}, nightly, policy {told['policy']}"


def _lines(told: dict) -> list[str]:
    """What a night's tables do not say, a line each."""
    listed = {**told["cases"], "overdue": told["overdue"]}
    cases = [f"cases {state}: {len(ids):,} {' '.join(ids)}".rstrip() for state, ids in listed.items()]
    cut = [f"{item['detector']} cut short: {bound(item)}" for item in told["truncated"]]
    return [
        *cases,
        *cut,
        *_done(told),
        f"{told['seconds']:.1f} seconds, {told['cpu_seconds']:.1f} of the processor",
    ]
