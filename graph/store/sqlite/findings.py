"""Runs, findings and cases in the embedded store. See ``protocol`` for what every function promises."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import fields

from ..case_entries import key_of
from ..records import Run
from ..runs import assigned, chosen_runs, latest_nightly, latest_runs, numbered, run_of, run_record
from .writer import transaction

_MOST = 20
"""Findings told of those whose id begins alike."""


def save_batch(
    connection: sqlite3.Connection, runs: Sequence[Run], findings: Sequence[dict], cases: Sequence[dict]
) -> list[Run]:
    """See ``Findings.save_batch``."""
    with transaction(connection):
        batch, last = connection.execute(
            "SELECT coalesce(max(batch), 0) + 1, coalesce(max(run), 0) FROM runs"
        ).fetchone()
        saved = numbered(runs, range(last + 1, last + 1 + len(runs)), batch, findings)
        names = [field.name for field in fields(Run)]
        columns, marks = ", ".join(names), ", ".join(f":{name}" for name in names)
        connection.executemany(f"INSERT INTO runs ({columns}) VALUES ({marks})", map(run_record, saved))
        connection.executemany(
            "INSERT INTO findings VALUES (?, ?, ?, ?)",
            [(f["run"], f["id"], f["rank_all"], json.dumps(f, ensure_ascii=False)) for f in assigned(findings, saved)],
        )
        connection.executemany(
            "INSERT INTO cases VALUES (?, ?, ?)",
            [(batch, place, json.dumps(case, ensure_ascii=False)) for place, case in enumerate(cases)],
        )
    return saved


def runs(connection: sqlite3.Connection) -> list[Run]:
    """See ``Findings.runs``."""
    rows = connection.execute("SELECT * FROM runs ORDER BY run")
    names = [column[0] for column in rows.description]
    return [run_of(dict(zip(names, row, strict=True))) for row in rows]


def findings(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[dict]:
    """See ``Findings.findings``."""
    rows = connection.execute(
        "SELECT body FROM findings WHERE run IN (SELECT value FROM json_each(?)) ORDER BY rank_all, run",
        (json.dumps(list(numbers)),),
    )
    return [json.loads(row[0]) for row in rows]


def finding(connection: sqlite3.Connection, prefix: str) -> list[dict]:
    """See ``Findings.finding``."""
    rows = connection.execute(
        "SELECT id, json_group_array(run) FROM findings WHERE id >= ? AND id < ? GROUP BY id ORDER BY id LIMIT ?",
        (prefix, prefix + "\U0010ffff", _MOST),
    )
    held = {name: json.loads(numbers) for name, numbers in rows}
    shown = chosen_runs(held, latest_runs(runs(connection)))
    query = "SELECT body FROM findings WHERE id = ? AND run = ?"
    return [json.loads(connection.execute(query, pair).fetchone()[0]) for pair in shown.items()]


def cases(connection: sqlite3.Connection, batch: int | None) -> list[dict]:
    """See ``Cases.cases``."""
    wanted = latest_nightly(runs(connection)) if batch is None else batch
    rows = connection.execute("SELECT body FROM cases WHERE batch = ? ORDER BY place", (wanted,))
    return [json.loads(row[0]) for row in rows]


def add_case_entries(connection: sqlite3.Connection, entries: Sequence[dict]) -> None:
    """See ``Cases.add_case_entries``."""
    with transaction(connection):
        connection.executemany(
            "INSERT OR IGNORE INTO case_entries (key, body) VALUES (?, ?)",
            [(key_of(entry), json.dumps(entry, ensure_ascii=False)) for entry in entries],
        )


def case_entries(connection: sqlite3.Connection) -> list[dict]:
    """See ``Cases.case_entries``."""
    return [json.loads(row[0]) for row in connection.execute("SELECT body FROM case_entries ORDER BY entry")]
