"""Versions out of Neo4j as columns: one record a batch of rows, times as integers, nothing missing.

Cypher's ``collect`` leaves out what is null, so every column has a stand-in for it. Grouped by ``batch``, which the
index delivers in order, the server sends one batch after the other and never holds them all. What all rows of a batch
have in common stands on its ``(:Batch)`` too, so that it need not be collected row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ...keys import TOKEN_PREFIX
from ...model import ALWAYS, FOREVER, RELATIONS
from .connection import Connection

if TYPE_CHECKING:
    from neo4j import Record

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
    "place": "v.place",
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
    "place": "v.place",
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
_TELLING = (("known_at", "valid_from"), ("place", "row"))
"""Columns that another may tell, and that one."""
_STAND_INS = {"always": ALWAYS, "forever": FOREVER, "nan": float("nan")}
_TEXT = ("uid", "node", "source", "target", "data")
_TYPES = {"amount": pa.float64(), **dict.fromkeys(_TEXT, pa.large_string())}
"""Of columns that are no whole numbers."""


@dataclass(frozen=True)
class Batch:
    """What one transaction of a load wrote.

    Attributes
    ----------
    owner : the table or relation of its rows, or ``reject``
    same : what all its rows have in common, as ``shared_values`` tells; empty in stores of before that
    """

    batch: int
    load: int
    owner: str
    rows: int
    same: dict[str, Any] = field(default_factory=dict)


def shared_values(part: pd.DataFrame) -> str:
    """What all rows of a batch have in common, as JSON text: by column its value, or the name of the column that tells
    it: ``valid_from`` for a ``known_at`` that repeats it, ``row`` for a ``place`` that ascends with it. Text that holds
    a token is left out: it may have to be erased row by row."""
    same: dict[str, int | str | None] = {}
    columns = {name: part[name].to_numpy() for name in (*_TIMES, "valid_to", "status_from", "amount") if name in part}
    amount = columns.pop("amount", None)
    for name, values in columns.items():
        if (values == values[0]).all():
            same[name] = int(values[0])
    if "known_at" not in same and np.array_equal(columns["known_at"], columns["valid_from"]):
        same["known_at"] = "valid_from"
    if amount is not None and pd.isna(amount).all():
        same["amount"] = None
    if (np.diff(part["row"].fillna(-1)) > 0).all():
        same["place"] = "row"
    files = part["file"].unique()
    if len(files) == 1 and not pd.isna(files[0]):
        same["file"] = int(files[0])
    texts = part["data"].fillna("").unique()
    if len(texts) == 1 and TOKEN_PREFIX not in texts[0]:
        same["data"] = texts[0]
    return json.dumps(same, ensure_ascii=False)


def batches(connection: Connection, owner: str | None = None) -> list[Batch]:
    """The batches of all loads, in order; those of one table or relation only, where given."""
    which = "MATCH (b:Batch {owner: $owner})" if owner is not None else "MATCH (b:Batch)"
    record = connection.read(
        # one that is being removed may be met without its properties: no reader needs it
        f"{which} WITH properties(b) AS b WHERE b.batch IS NOT NULL WITH b ORDER BY b.batch"
        " RETURN collect(b.batch) AS batch, collect(b.load) AS load, collect(b.owner) AS owner,"
        " collect(b.rows) AS rows, collect(coalesce(b.same, '{}')) AS same",
        owner=owner,
    )[0]
    return [
        Batch(batch, load, owner, rows, json.loads(same))
        for batch, load, owner, rows, same in zip(*record.values(), strict=True)
    ]


def by_batches(
    connection: Connection, owner: str, columns: Sequence[str], wanted: Sequence[Batch]
) -> Iterator[tuple[Batch, pa.Table]]:
    """The versions that batches of one table or relation hold, batch after batch, as they were written.

    Parameters
    ----------
    columns : of ``store.FACT_COLUMNS`` or ``store.RELATIONSHIP_COLUMNS``, and ``load``; ``node_id``, ``source_id`` and
        ``target_id`` are the numbers that Neo4j gives nodes, -1 where a row is about none
    """
    for known, group in groupby(wanted, _known):
        told = [known.get(name) or name for name in ("place", *columns) if known.get(name, name) is not None]
        asked = list(dict.fromkeys(told))
        collected, expressions = _collected(owner, asked)
        query = f"{_matched(owner, 'v.batch IN $batches', expressions)} RETURN v.batch AS batch, {collected}"
        own = {batch.batch: batch for batch in group}
        numbers = list(own)
        for start in range(0, len(numbers), _BATCHES_AT_A_TIME):
            part = numbers[start : start + _BATCHES_AT_A_TIME]
            for record in connection.stream(query, batches=part, **_STAND_INS):
                batch = own[record["batch"]]
                yield batch, _rows(batch, record, asked).select(list(columns))


def _known(batch: Batch) -> dict[str, str | None]:
    """By column that need not be asked for, the column that tells it, None where the batch itself does."""
    return {"load": None} | {name: value if (name, value) in _TELLING else None for name, value in batch.same.items()}


def _rows(batch: Batch, record: Record, asked: Sequence[str]) -> pa.Table:
    """A batch's rows in the order they were written: Neo4j takes them up in any order where it fills gaps."""
    rows = pa.table({name: _column(name, record[name]) for name in asked})
    place = rows.column(batch.same.get("place", "place")).to_numpy()
    if (np.diff(place) < 0).any():
        rows = rows.take(pa.array(np.argsort(place, kind="stable")))
    for name, value in {**batch.same, "load": batch.load}.items():
        if (name, value) in _TELLING:
            column = rows.column(value) if value in asked else None
        else:
            value = _STAND_INS["nan"] if value is None else value
            column = repeated(value, _TYPES.get(name, pa.int64()), rows.num_rows)
        if column is not None:
            rows = rows.append_column(name, column)
    return rows


def _column(name: str, values: list) -> pa.Array:
    kind = _TYPES.get(name, pa.int64())
    if name in _TEXT:
        return pa.array(values, kind)
    # numpy reads a list of numbers several times as fast as Arrow does
    return pa.array(np.fromiter(values, kind.to_pandas_dtype(), len(values)))


@lru_cache(maxsize=64)
def repeated(value: float | str, kind: pa.DataType, count: int) -> pa.Array:
    """A column of one value; equal ones are one and the same, since memory never touched before costs more than most
    of what is done with it."""
    return pa.repeat(pa.scalar(value, kind), count)


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


def _collected(owner: str, columns: Sequence[str]) -> tuple[str, list[str]]:
    table = _RELATIONSHIP if owner in RELATIONS else _FACT
    expressions = [table[name] for name in columns]
    return ", ".join(f"collect({table[name]}) AS {name}" for name in columns), expressions


def _matched(owner: str, restriction: str, expressions: list[str]) -> str:
    if owner in RELATIONS:
        return f"MATCH (a)-[v:{owner}]->(b) WHERE {restriction}"
    about = " OPTIONAL MATCH (v)-[:OF]->(n)" if any("n.key" in e or "id(n)" in e for e in expressions) else ""
    return f"MATCH (v:Fact) WHERE {restriction}{about}"
