"""Query results out of a SQLite file as columns: large ones at Arrow's speed, by a process of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from .apart import Ask, process_apart

if TYPE_CHECKING:
    from .file import SqliteFile

Read = Callable[[str, dict[str, pa.DataType]], Iterator[pa.Table]]
"""From a query and the types of its columns to its rows, in one or several parts that must all be taken."""

SMALL = 32 << 20
"""Bytes of a store below which starting a process takes longer than reading row by row."""


@contextmanager
def column_reader(store: SqliteFile) -> Iterator[Read]:
    """What reads query results from a store's file as Arrow tables.

    Raises
    ------
    Unavailable : by what is yielded: the process that reads a large file failed, died, or was silent for too long
    """
    if store.path.stat().st_size < SMALL:
        yield lambda query, schema: _row_by_row(store, query, schema)
    else:
        with process_apart(store.path) as ask:
            yield lambda query, schema: _by_batches(ask, query, schema)


def _row_by_row(store: SqliteFile, query: str, schema: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    rows = store.connection.execute(query).fetchall()
    yield pa.table(
        {name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(schema.items())}
    )


def _by_batches(ask: Ask, query: str, schema: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    yield pa.schema(schema.items()).empty_table()
    for batch in ask(query):
        yield pa.table({name: batch.column(name).cast(kind) for name, kind in schema.items()})
