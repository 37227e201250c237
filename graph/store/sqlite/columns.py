"""Query results out of a SQLite file as columns: large ones at Arrow's speed, by a process of their own.

The ADBC driver brings its own copy of SQLite, and two copies in one process break each other's locks: when one closes
a file, POSIX drops every lock that the process holds on it (sqlite.org/howtocorrupt.html, section 2.2). Other
processes then take the write-ahead log for abandoned and remove it, and whatever is written here afterwards is lost.
So the driver is never imported where a store is open.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.ipc as ipc

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
        with _apart(store.path) as read:
            yield read


def _row_by_row(store: SqliteFile, query: str, schema: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    rows = store.connection.execute(query).fetchall()
    yield pa.table(
        {name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(schema.items())}
    )


@contextmanager
def _apart(path: Path) -> Iterator[Read]:
    """Reads in a process of its own: queries go in as lines of JSON, Arrow streams come out."""
    command = [sys.executable, "-m", __name__, str(path.absolute())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        asking, answering, complaining = process.stdin, process.stdout, process.stderr

        def read(query: str, schema: dict[str, pa.DataType]) -> Iterator[pa.Table]:
            yield pa.schema(schema.items()).empty_table()
            try:
                asking.write(json.dumps(query).encode() + b"\n")
                asking.flush()
                with ipc.open_stream(answering) as stream:
                    for batch in stream:
                        yield pa.table({name: batch.column(name).cast(kind) for name, kind in schema.items()})
            except (OSError, pa.ArrowInvalid):
                process.kill()
                raise RuntimeError(f"reading {path} failed: {complaining.read().decode(errors='replace')}") from None

        try:
            yield read
        finally:
            asking.close()


def serve(path: str) -> None:
    """Answer queries on standard input with Arrow streams on standard output, until there are no more."""
    from adbc_driver_sqlite import dbapi

    with dbapi.connect(f"file:{path}?mode=ro") as connection:
        for line in sys.stdin.buffer:
            with connection.cursor() as cursor:
                # Types are read off the first rows; a large first batch means fewer and larger batches too.
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
                cursor.execute(json.loads(line))
                batches = cursor.fetch_record_batch()
                with ipc.new_stream(sys.stdout.buffer, batches.schema) as stream:
                    for batch in batches:
                        stream.write_batch(batch)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
