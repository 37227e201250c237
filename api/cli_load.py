"""Commands that fill a store and run detectors on it, and say how it stands: load, detect, status, token."""

from __future__ import annotations

import io
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from ..graph.errors import UserError
from .commands import AsOf, StoreUrl, opened
from .output import bound, plain, table

COUNTS = ("read", "used", "unchanged", "duplicate", "rejected")
"""What becomes of a table's rows: the first is the sum of the others."""


class StatusFormat(StrEnum):
    """How the state of a store is printed."""

    text = "text"
    json = "json"


def status(
    format: Annotated[
        StatusFormat, typer.Option("--format", help="Tables to read, or one JSON object.")
    ] = StatusFormat.text,
    store: StoreUrl = None,
) -> None:
    """Say what a store holds: nodes, relationships, loads, rejects and the last run of the detectors."""
    from . import services

    with opened(store) as reader:
        state = services.status(reader.store)
        print(json.dumps(state, ensure_ascii=False) if format == StatusFormat.json else _status_text(state))


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
        parts.append(f"{heading}\n{counts_table(load['tables'])}")
    if state["rejects"]:
        rows = [(r["table"], r["column"], r["reason"], r["level"], f"{r['rows']:,}") for r in state["rejects"]]
        parts.append(table(("REJECTS OF", "COLUMN", "REASON", "LEVEL", "ROWS"), rows, right=("ROWS",)))
    last = state["last_run"]
    if last is None:
        parts.append("no detector has run yet: 'ringfence detect' runs them all")
    else:
        rows = [(run["detector"], run["version"], run["findings"], run["as_of"]) for run in last["detectors"]]
        parts.append(table(("LAST RUN OF", "VERSION", "FINDINGS", "AS OF"), rows, right=("FINDINGS",)))
    return "\n\n".join(parts)


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
    """Turn raw values on standard input into node names: one value a line in, one name a line out, in order."""
    from .names import key_names

    with opened(store) as reader:
        key_names(reader, kind, [])
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")
        for line in sys.stdin:
            value = line.rstrip("\r\n")
            print(*key_names(reader, kind, [value]) if value.strip() else "")


def detect(
    detectors: Annotated[
        list[str] | None, typer.Argument(metavar="[DETECTOR]...", help="Which ones; all of them unless said.")
    ] = None,
    as_of: AsOf = None,
    store: StoreUrl = None,
) -> None:
    """Run detectors and keep what they find."""
    from ..detectors.run import chosen, run
    from ..graph.times import to_iso

    chosen(detectors or ())
    with opened(store) as reader:
        snapshot = reader.snapshot().at(reader.moment(as_of))
        batch = run(snapshot, reader.store, detectors or ())
        rows = [
            (this.detector, this.version, f"{this.findings:,}", f"{this.seconds:.2f}", f"{this.cpu_seconds:.2f}")
            for this in batch.runs
        ]
        header = ("DETECTOR", "VERSION", "FINDINGS", "SECONDS", "CPU SECONDS")
        print(table(header, rows, right=header[2:]))
        for this in batch.runs:
            for item in this.truncated:
                print(f"{this.detector} cut short: {bound(item)}")
        print(f"as of {to_iso(snapshot.as_of)}, revision {snapshot.revision}")


def load(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A folder of tables, or one file.")],
    store: StoreUrl = None,
) -> None:
    """Load tables."""
    raise UserError("not yet")
