"""Query results out of a SQLite file as columns: large ones at Arrow's speed, by a process of their own.

The ADBC driver brings its own copy of SQLite, and two copies in one process break each other's locks: when one closes
a file, POSIX drops every lock that the process holds on it (sqlite.org/howtocorrupt.html, section 2.2). Other
processes then take the write-ahead log for abandoned and remove it, and whatever is written here afterwards is lost.
So the driver is never imported where a store is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from .apart import Reading, process_reading

if TYPE_CHECKING:
    from .file import SqliteFile

Read = Callable[[str, dict[str, pa.DataType]], Iterator[pa.Table]]
"""From a query and the types of its columns to its rows, in one or several parts that must all be taken."""

SMALL = 32 << 20
"""Bytes of a store below which starting a process takes longer than reading row by row."""


@contextmanager
def column_reader(store: SqliteFile) -> Iterator[Read]:
    """What reads query results from a store's file as Arrow tables."""
    if store.path.stat().st_size < SMALL:
        yield lambda query, schema: _row_by_row(store, query, schema)
    else:
        with process_reading(store.path) as reading:
            yield lambda query, schema: _columns(reading, query, schema)


def _row_by_row(store: SqliteFile, query: str, schema: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    rows = store.connection.execute(query).fetchall()
    yield pa.table(
        {name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(schema.items())}
    )


def _columns(reading: Reading, query: str, schema: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    yield pa.schema(schema.items()).empty_table()
    for batch in reading.batches(query):
        yield pa.table({name: batch.column(name).cast(kind) for name, kind in schema.items()})
