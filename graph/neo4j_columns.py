"""Versions out of Neo4j as columns: one record a batch of rows, times as integers, nothing missing.

Cypher's ``collect`` leaves out what is null, so every column has a stand-in for it. Grouped by ``batch``, which the
index delivers in order, the server sends one batch after the other and never holds them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .model import ALWAYS, FOREVER, RELATIONS
from .neo4j_connection import Connection

_BATCHES_AT_A_TIME = 500
_ASKED_AT_A_TIME = 20_000
_TIMES = {
    "valid_from": "coalesce(v.valid_from.epochMillis, $always)",
    "known_at": "coalesce(v.known_at.epochMillis, $always)",
}
_PLACE = {"file": "coalesce(v.file, -1)", "row": "coalesce(v.row, -1)"}
_FACT = {
    "uid": "v.uid",
    "load": "v.load",
    "node": "coalesce(n.key, '')",
    "node_id": "coalesce(id(n), -1)",
    "data": "v.data",
    "valid_to": "coalesce(v.valid_to.epochMillis, $forever)",
    "status_from": "coalesce(v.status_from.epochMillis, $always)",
    **_TIMES,
    **_PLACE,
}
_RELATIONSHIP = {
    "uid": "v.uid",
    "load": "v.load",
    "source": "a.key",
    "target": "b.key",
    "source_id": "id(a)",
    "target_id": "id(b)",
    "amount": "coalesce(v.amount, $nan)",
    "data": "coalesce(v.data, '')",
    "valid_to": "CASE WHEN v.retracted THEN $always ELSE coalesce(v.valid_to.epochMillis, $forever) END",
    **_TIMES,
    **_PLACE,
}
_STAND_INS = {"always": ALWAYS, "forever": FOREVER, "nan": float("nan")}


@dataclass(frozen=True)
class Batch:
    """What one transaction of a load wrote.

    Attributes
    ----------
    owner : the table or relation of its rows, or ``reject``
    """

    batch: int
    load: int
    owner: str
    rows: int


def batches(connection: Connection, owner: str | None = None) -> list[Batch]:
    """The batches of all loads, in order; those of one table or relation only, where given."""
    which = "MATCH (b:Batch {owner: $owner})" if owner is not None else "MATCH (b:Batch)"
    record = connection.read(
        f"{which} WITH b ORDER BY b.batch"
        " RETURN collect(b.batch) AS batch, collect(b.load) AS load, collect(b.owner) AS owner,"
        " collect(b.rows) AS rows",
        owner=owner,
    )[0]
    return [Batch(*item) for item in zip(*record.values(), strict=True)]


def by_batches(connection: Connection, owner: str, columns: Sequence[str], wanted: Sequence[Batch]) -> Iterator[dict]:
    """The versions that batches of one table or relation hold, as they were written: lists by column, and ``batch``.

    Parameters
    ----------
    columns : of ``store.FACT_COLUMNS`` or ``store.RELATIONSHIP_COLUMNS``, and ``load``; ``node_id``, ``source_id`` and
        ``target_id`` are the numbers that Neo4j gives nodes, -1 where a row is about none
    """
    collected, expressions = _collected(owner, columns)
    query = (
        f"{_matched(owner, 'v.batch IN $batches', expressions)}"
        f" RETURN v.batch AS batch, collect(v.place) AS place, {collected}"
    )
    numbers = [item.batch for item in wanted]
    for start in range(0, len(numbers), _BATCHES_AT_A_TIME):
        part = numbers[start : start + _BATCHES_AT_A_TIME]
        for record in connection.stream(query, batches=part, **_STAND_INS):
            yield _in_order(dict(record))


def by_uids(
    connection: Connection, owner: str, columns: Sequence[str], uids: Sequence[str]
) -> Iterator[dict[str, list]]:
    """All versions of uids, whichever load wrote them."""
    collected, expressions = _collected(owner, columns)
    restriction = "v.uid IN $uids AND v.load IS NOT NULL"
    if owner not in RELATIONS:
        restriction += " AND v.table = $owner"
    query = f"{_matched(owner, restriction, expressions)} RETURN {collected}"
    for start in range(0, len(uids), _ASKED_AT_A_TIME):
        part = list(uids[start : start + _ASKED_AT_A_TIME])
        yield from (dict(record) for record in connection.read(query, uids=part, owner=owner, **_STAND_INS))


def _in_order(record: dict) -> dict:
    """A batch with its rows as they were written: Neo4j takes them up in any order where it fills gaps."""
    place = np.array(record.pop("place"))
    if (np.diff(place) > 0).all():
        return record
    order = np.argsort(place, kind="stable").tolist()
    return {name: [column[i] for i in order] if name != "batch" else column for name, column in record.items()}


def _collected(owner: str, columns: Sequence[str]) -> tuple[str, list[str]]:
    table = _RELATIONSHIP if owner in RELATIONS else _FACT
    expressions = [table[name] for name in columns]
    return ", ".join(f"collect({table[name]}) AS {name}" for name in columns), expressions


def _matched(owner: str, restriction: str, expressions: list[str]) -> str:
    if owner in RELATIONS:
        return f"MATCH (a)-[v:{owner}]->(b) WHERE {restriction}"
    about = " OPTIONAL MATCH (v)-[:OF]->(n)" if any("n.key" in e or "id(n)" in e for e in expressions) else ""
    return f"MATCH (v:Fact) WHERE {restriction}{about}"
