"""Runs and findings in the embedded store. See ``store.Store`` for what every function promises."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import cast

from ..protocol import Run
from .writer import transaction

_COLUMNS = "detector, version, revision, as_of, params, seconds, cpu_seconds, findings, truncated"


def save_run(connection: sqlite3.Connection, run: Run, findings: list[dict]) -> int:
    """See ``store.Store.save_run``."""
    row = (
        run.detector,
        run.version,
        run.revision,
        run.as_of,
        json.dumps(run.params),
        run.seconds,
        run.cpu_seconds,
        len(findings),
        json.dumps(run.truncated),
    )
    with transaction(connection):
        marks = ", ".join("?" * len(row))
        number = cast(int, connection.execute(f"INSERT INTO runs ({_COLUMNS}) VALUES ({marks})", row).lastrowid)
        connection.executemany(
            "INSERT INTO findings VALUES (?, ?, ?, ?)",
            [(number, f["id"], f["rank_all"], json.dumps(f, ensure_ascii=False)) for f in findings],
        )
    return number


def runs(connection: sqlite3.Connection) -> list[Run]:
    """See ``store.Store.runs``."""
    rows = connection.execute(f"SELECT {_COLUMNS}, run FROM runs ORDER BY run")
    return [Run(r[0], r[1], r[2], r[3], json.loads(r[4]), r[5], r[6], r[7], json.loads(r[8]), r[9]) for r in rows]


def findings(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[dict]:
    """See ``store.Store.findings``."""
    rows = connection.execute(
        "SELECT body FROM findings WHERE run IN (SELECT value FROM json_each(?)) ORDER BY rank_all, run",
        (json.dumps(list(numbers)),),
    )
    return [json.loads(row[0]) for row in rows]


def finding(connection: sqlite3.Connection, prefix: str) -> list[dict]:
    """See ``store.Store.finding``."""
    rows = connection.execute(
        "SELECT body, max(run) FROM findings WHERE id >= ? AND id < ? GROUP BY id ORDER BY id LIMIT 20",
        (prefix, prefix + "\U0010ffff"),
    )
    return [json.loads(row[0]) for row in rows]
