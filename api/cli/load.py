"""Commands that fill a store and run detectors on it, and say how it stands: load, unload, detect, status, token."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph.errors import UserError
from .commands import AsOf, AsText, MappingName, PolicyFile, StoreUrl, TextFormat, audit, opened
from .output import bound, plain, print_json, say, table
from .working import working

if TYPE_CHECKING:
    from ...graph.store import Run
    from ...loaders.passes.load import LoadReport

COUNTS = ("read", "used", "unchanged", "duplicate", "rejected")
"""What becomes of a table's rows: the first is the sum of the others."""


REJECT_ROWS = 10
"""Kinds of reject shown after a load."""
LEFT_OUT = 20
"""Files, sheets and tables that were not read, shown of a load."""


def status(
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Say what the store holds.

    Nodes, relationships, loads, rejects and the last run of the detectors.
    """
    from ..services.status import status as standing

    with opened(store) as reader:
        state = standing(reader.store)
        if unpublished := reader.store.open_load():
            number, source = unpublished
            resumed = "it is running, or broke off and 'ringfence load --resume' goes on with it"
            say(f"load {number}, from {plain(source)}, is not published: {resumed}")
        if format == TextFormat.json:
            print_json(state)
        else:
            print(_status_text(state))


def _status_text(state: dict) -> str:
    parts = [
        table(("NODES", "COUNT"), [(kind, f"{count:,}") for kind, count in state["nodes"].items()], right=("COUNT",)),
        table(
            ("RELATIONS", "COUNT"),
            [(name, f"{count:,}") for name, count in state["relations"].items()],
            right=("COUNT",),
        ),
    ]
    for load in state["loads"]:
        heading = f"load {load['load']}, revision {load['revision']}, from {plain(load['source'])}"
        left_out = [(item["name"], item["reason"]) for item in load["left_out"]]
        parts.append("\n".join([heading, counts_table(load["tables"]), *_left_out_lines(left_out)]))
    if state["rejects"]:
        parts.append(_rejects_table(state["rejects"]))
    if state["unlinked"]:
        parts.append(unlinked_table(state["unlinked"]))
    last = state["last_run"]
    if last is None:
        parts.append("no detector has run yet: 'ringfence detect' runs them all")
    else:
        rows = [(run["detector"], run["version"], run["findings"], run["as_of"]) for run in last["detectors"]]
        parts.append(table(("LAST RUN OF", "VERSION", "FINDINGS", "AS OF"), rows, right=("FINDINGS",)))
    return "\n\n".join(parts)


def _rejects_table(rejects: list[dict]) -> str:
    rows = [(r["table"], r["column"], r["reason"], r["level"], f"{r['rows']:,}") for r in rejects]
    return table(("REJECTS OF", "COLUMN", "REASON", "LEVEL", "ROWS"), rows, right=("ROWS",))


def _left_out_lines(left_out: Sequence[tuple[str, str]]) -> list[str]:
    lines = [f"{plain(name)}: not read: {reason}" for name, reason in left_out[:LEFT_OUT]]
    more = len(left_out) - len(lines)
    return [*lines, f"{more:,} more were not read: 'ringfence status --format json' names all"] if more else lines


def unlinked_table(unlinked: list[dict]) -> str:
    """The values that are kept but link no one."""
    rows = [(r["table"], r["column"], r["flag"], f"{r['values']:,}", f"{r['of']:,}") for r in unlinked]
    return table(("KEPT, LINKS NO ONE", "COLUMN", "FLAG", "VALUES", "OF"), rows, right=("VALUES", "OF"))


def counts_table(tables: dict[str, dict[str, int]]) -> str:
    """What became of each table's rows."""
    header = ("TABLE", *(count.upper() for count in COUNTS))
    rows = [(name, *(f"{counts[count]:,}" for count in COUNTS)) for name, counts in tables.items()]
    return table(header, rows, right=header[1:])


def token(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="The kind of node the values are keys of, such as phone.")
    ],
    store: StoreUrl = None,
) -> None:
    """Turn raw values into node names.

    One value a line on standard input, one name a line on standard output, in order.
    """
    from ..services.names import key_names

    with opened(store) as reader:
        key_names(reader, kind, [])
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")
        for line in sys.stdin:
            value = line.rstrip("\r\n")
            print(*key_names(reader, kind, [value]) if value.strip() else "")


def detect(
    detectors: Annotated[
        list[str] | None, typer.Argument(metavar="[DETECTOR]...", help="Which ones; all of them by default.")
    ] = None,
    as_of: AsOf = None,
    policy: PolicyFile = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="DETECTOR.PARAMETER=VALUE",
            help="A setting of a detector for this run, over that of the policy; say it again for another.",
        ),
    ] = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Run detectors and keep what they find.

    A run at a time before the store's data date is a backtest: it changes nothing of what 'ringfence findings' shows
    for today.
    """
    from ...detectors.kept import home_of
    from ...detectors.policy import read_policy, shipped
    from ...detectors.run import run
    from ...detectors.settings import all_settings, chosen, stated_settings
    from ...graph.times import to_iso
    from ..services.findings import run_as_dict

    chosen(detectors or ())
    decided, params = read_policy(policy) if policy else shipped(), stated_settings(settings or ())
    all_settings(decided.parameters)  # what it cannot take is told before a store is opened
    with opened(store) as reader:
        reader.moment(as_of)
        with working(reader.settings, "detect") as (job, progress):
            moment = reader.moment(as_of)
            purpose = "backtest" if moment < reader.moment(None) else "nightly"
            snapshot = reader.snapshot(progress).at(moment)
            keep_in = home_of(reader.store) if purpose == "nightly" else None
            batch = run(
                snapshot, reader.store, detectors or (), params, progress, policy=decided, purpose=purpose,
                keep_in=keep_in,
            )  # fmt: skip
            job.said = f"batch {batch.runs[0].batch}, {purpose}, policy {decided.version}"
        say(job.said)
        if format == TextFormat.json:
            print_json([run_as_dict(this) for this in batch.runs])
        else:
            print("\n".join(_run_lines(batch.runs)))
            print(f"as of {to_iso(snapshot.as_of)}, revision {snapshot.revision}")


def _run_lines(runs: Sequence[Run]) -> list[str]:
    header = ("DETECTOR", "VERSION", "FINDINGS", "SECONDS", "CPU SECONDS")
    rows = [
        (this.detector, this.version, f"{this.findings:,}", f"{this.seconds:.2f}", f"{this.cpu_seconds:.2f}")
        for this in runs
    ]
    cut_short = [f"{this.detector} cut short: {bound(item)}" for this in runs for item in this.truncated]
    return [table(header, rows, right=header[2:]), *cut_short]


def load(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="A folder of tables, one file, or the URL of a database.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the load that broke off; without SOURCE and --mapping.")
    ] = False,
    mapping: MappingName = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Load tables into the store.

    All or nothing; the store is made where there is none. While another job runs on the store, nothing is changed.
    """
    from ...graph.store import open_store
    from ...loaders import load as load_source
    from ...loaders import resume as resume_load
    from ...loaders.schema.mapping import load_mapping
    from ...loaders.sources import open_source
    from ..settings import read_settings

    if resume == (source is not None) or (resume and mapping is not None):
        raise UserError("name what to load, or say --resume alone to go on with the load that broke off")
    # What mapping and files alone can tell is told before a store or a key file is made.
    files = open_source(source, load_mapping(mapping) if mapping is not None else None) if source is not None else None
    settings = read_settings(store=store)
    with (
        closing(open_store(settings.store, create=not resume, key_file=settings.key_file)) as into,
        working(settings, "load", files.name if files is not None else None) as (job, progress),
    ):
        if files is not None:
            report = load_source(into, files, progress=progress, waiting=_waits)
        else:
            report = resume_load(into, progress=progress, waiting=_waits)
        job.said = _done(report) if report is not None else "no load was open"
    if report is None:
        print("no load is open: there is nothing to resume")
        return
    say_ignored(report)
    if format == TextFormat.json:
        print_json(asdict(report))
    else:
        _tell_load(report)


def _tell_load(report: LoadReport) -> None:
    from ...loaders.passes.unlinked import advice

    print(counts_table(report.tables))
    for line in closed_lines(report):
        print(line)
    if report.rejects:
        print()
        print(_rejects_table(report.rejects[:REJECT_ROWS]))
        if len(report.rejects) > REJECT_ROWS:
            print(f"and {len(report.rejects) - REJECT_ROWS} more kinds of reject: 'ringfence status' lists all")
        print(f"'ringfence rejects --load {report.load}' lists them one by one")
        print()
    if report.unlinked:
        print(unlinked_table(report.unlinked))
        print()
        for line in advice(report.unlinked):
            say(line)
    print(_done(report))


def _done(report: LoadReport) -> str:
    return f"load {report.load}, revision {report.revision}, from {plain(report.source)}"


def say_ignored(report: LoadReport) -> None:
    """Say what of a source, and of a load before, came to nothing."""
    if report.abandoned:
        number, name = report.abandoned
        say(f"load {number}, from {plain(name)}, had broken off: it was discarded, and nothing of it is left")
    for file, column in report.unknown_columns:
        say(f"{file}: column '{column}' is unknown and was ignored")
    for line in _left_out_lines(report.left_out):
        say(line)


def closed_lines(report: LoadReport) -> list[str]:
    """How many rows a full extract no longer had, a line for each table."""
    return [
        f"{name}: {rows:,} rows are missing from this full extract and were closed"
        for name, rows in report.closed.items()
    ]


def unload(
    number: Annotated[
        int, typer.Argument(metavar="LOAD", help="The number of the load; 'ringfence status' lists them.")
    ],
    store: StoreUrl = None,
) -> None:
    """Undo a load.

    What it covered shows again. The newest load goes first, because later ones rest on what it left unchanged.
    """
    with opened(store) as reader:
        held = next((load for load in reader.store.loads() if load.load == number), None)
        audit(reader, "unload", f"load {number}", {"source": held.source if held else None})
        revision = reader.store.unload(number)
    print(f"load {number} is undone, revision {revision}")


def _waits(source: str) -> None:
    named = f", from {plain(source)}," if source else ""
    say(f"another load{named} is running: this one waits for its end")
