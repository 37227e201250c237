"""Cases in Neo4j: ``(:Case)`` for each case of a batch, ``(:CaseEntry)`` for what was decided and noted about one.

``body`` is the JSON shape, kept exactly; the other properties are for people's Cypher. A batch's cases show once its
runs do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..case_entries import key_of
from .connection import Connection
from .loads import LOCK_STORE

_CASES = 200
"""Cases a transaction."""
_ABANDONED = 24 * 3600 * 1000
"""Milliseconds after which the cases of a batch that never became whole count as those of a process that died."""


def save(connection: Connection, batch: int, cases: Sequence[dict]) -> None:
    """Keep the cases of a batch."""
    rows = [case_row(place, case) for place, case in enumerate(cases)]
    for start in range(0, len(rows), _CASES):
        # Where the answer to a commit was lost, these are there when it is tried again.
        connection.write(
            "UNWIND $rows AS row MERGE (c:Case {batch: $batch, place: row.place})"
            " ON CREATE SET c.begun = timestamp() SET c += row",
            batch=batch,
            rows=rows[start : start + _CASES],
        )


def case_row(place: int, case: dict) -> dict:
    """The properties of a case."""
    plain = {name: case.get(name) for name in ("id", "state", "colour", "people", "first_seen", "last_seen")}
    parts = [part["id"] for part in case.get("parts", ())]
    return {"place": place, **plain, "findings": parts, "body": json.dumps(case, ensure_ascii=False)}


def remove_abandoned(connection: Connection) -> None:
    """Remove the cases of batches that never became whole."""
    connection.write(
        f"MATCH (c:Case) WHERE c.begun < timestamp() - {_ABANDONED}"
        " AND NOT EXISTS { MATCH (r:Run {state: 'whole'}) WHERE r.batch = c.batch } DELETE c"
    )


def cases(connection: Connection, batch: int) -> list[dict]:
    """The cases of a batch, in their order."""
    records = connection.read("MATCH (c:Case {batch: $batch}) RETURN c.body AS body ORDER BY c.place", batch=batch)
    return [json.loads(record["body"]) for record in records]


def add_entries(connection: Connection, entries: Sequence[dict]) -> None:
    """See ``Cases.add_case_entries``."""
    connection.write(
        LOCK_STORE + "SET s.entries = coalesce(s.entries, 0) + size($rows) WITH s.entries - size($rows) AS first"
        " UNWIND range(1, size($rows)) AS place WITH first + place AS number, $rows[place - 1] AS row"
        " MERGE (e:CaseEntry {key: row.key}) ON CREATE SET e += row, e.entry = number",
        rows=[entry_row(entry) for entry in entries],
    )


def entry_row(entry: dict) -> dict:
    """The properties of an entry, but for its number."""
    plain = {name: entry.get(name) for name in ("case", "action", "verdict", "by")}
    return {**plain, "key": key_of(entry), "body": json.dumps(entry, ensure_ascii=False)}


def entries(connection: Connection) -> list[dict]:
    """See ``Cases.case_entries``."""
    records = connection.read("MATCH (e:CaseEntry) RETURN e.body AS body ORDER BY e.entry")
    return [json.loads(record["body"]) for record in records]
