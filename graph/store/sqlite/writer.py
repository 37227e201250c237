"""One load into the embedded store, in short transactions; nothing of it shows before ``publish``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from ..records import FACT_COLUMNS, REJECT_COLUMNS, RELATIONSHIP_COLUMNS, FieldType
from .inserting import insert_rows, same
from .numbers import held_in_memory, looked_up
from .schema import build_indexes, create_fact_table, drop_indexes, fact_table, relation_table

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 20_000
"""Rows a transaction, so that another writer never waits long."""
_FIRST_CHUNK = 200_000
"""Rows a transaction of a first load."""
_LOG_PAGES = 8_192
"""Pages of 4 KiB that the write-ahead log takes before they go to the file: those written again go there once."""


class SqliteWriter:
    """See ``store.Writer``."""

    def __init__(self, connection: sqlite3.Connection, load: int, *, privacy: dict[str, str], indexed: bool):
        self._connection = connection
        self.load = load
        self.privacy = privacy
        self.published = self.left = False
        self.abandoned: tuple[int, str] | None = None
        # A first load into an empty store builds the indexes at the end: half the time of keeping them alive.
        self._indexed = indexed
        self._mark = [0, 0]
        self._numbers = looked_up(connection) if indexed else held_in_memory(connection)
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        if not indexed:
            drop_indexes(connection)

    @classmethod
    def begin(
        cls, connection: sqlite3.Connection, source: str, *, bulk: bool, privacy: dict[str, str], load: int | None
    ) -> SqliteWriter:
        """Begin a load, under the next free number where ``load`` is None."""
        first = not connection.execute("SELECT 1 FROM loads LIMIT 1").fetchone()
        number = connection.execute(
            "INSERT INTO loads (load, source, bulk, state) VALUES (?, ?, ?, 'open')", (load, source, int(bulk))
        ).lastrowid
        return cls(connection, cast(int, number), privacy=privacy, indexed=not (bulk and first))

    def mark(self) -> list[int]:
        return list(self._mark)

    def rewind(self, mark: list[int]) -> None:
        self._mark = list(mark) or [0, 0]
        remove_versions(self._connection, self.load, after=self._mark[0])
        with transaction(self._connection):
            self._connection.execute("DELETE FROM rejects WHERE rowid > ? AND load = ?", (self._mark[1], self.load))
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('orphans', '1')")

    def file(self, name: str) -> int:
        self._connection.execute("INSERT OR IGNORE INTO files (name) VALUES (?)", (name,))
        return self._connection.execute("SELECT file FROM files WHERE name = ?", (name,)).fetchone()[0]

    def facts(self, table: str, frame: pd.DataFrame, fields: dict[str, FieldType]) -> None:
        create_fact_table(self._connection, table, self._indexed)
        self._append(fact_table(table), frame, FACT_COLUMNS, ("node",))
        self._fields(table, fields)

    def relationships(self, relation: str, frame: pd.DataFrame, fields: dict[str, FieldType]) -> None:
        self._append(relation_table(relation), frame, RELATIONSHIP_COLUMNS, ("source", "target"))
        self._fields(relation, fields)

    def secrets(self, frame: pd.DataFrame) -> None:
        cells = {name: _cells(frame[name]) for name in ("token", "mask", "cipher")}
        with transaction(self._connection):
            insert_rows(self._connection, "INSERT OR IGNORE INTO secrets", cells, len(frame))

    def rejects(self, frame: pd.DataFrame) -> None:
        cells = {f'"{name}"': _cells(frame[name]) for name in REJECT_COLUMNS}
        with transaction(self._connection):
            insert_rows(self._connection, "INSERT INTO rejects", {"load": self.load, **cells}, len(frame))
            self._mark[1] = self._last_row("rejects")

    def publish(
        self,
        tables: dict[str, dict[str, int]],
        data_date: int | None,
        since: int | None = None,
        notes: dict | None = None,
    ) -> int | None:
        connection = self._connection
        build_indexes(connection)
        with transaction(connection):
            revision = latest_revision(connection) + 1
            if since is not None and revision != since + 1:
                return None
            connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [(f"privacy:{kind}", value) for kind, value in sorted(self.privacy.items())],
            )
            connection.execute(
                "UPDATE loads SET state = 'published', revision = ?, data_date = ?, tables = ?, notes = ?"
                " WHERE load = ?",
                (revision, data_date, json.dumps(tables), json.dumps(notes or {}), self.load),
            )
        self.published = True
        return revision

    def discard(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        discard_load(self._connection, self.load)
        build_indexes(self._connection)

    def _append(self, owner: str, frame: pd.DataFrame, columns: tuple[str, ...], ends: tuple[str, ...]) -> None:
        # Nobody reads what a first load writes, and larger parts repeat fewer names.
        rows = _CHUNK if self._indexed else _FIRST_CHUNK
        for start in range(0, len(frame), rows):
            part = frame.iloc[start : start + rows]
            with transaction(self._connection):
                numbers = self._node_numbers(part, ends)
                before = self._last_row(owner)
                self._insert(owner, part, columns, numbers)
                span = (self.load, owner, before + 1, self._last_row(owner))
                cursor = self._connection.execute("INSERT INTO spans VALUES (?, ?, ?, ?)", span)
                self._mark[0] = cast(int, cursor.lastrowid)

    def _insert(self, owner: str, part: pd.DataFrame, columns: tuple[str, ...], numbers: dict[str, pa.Array]) -> None:
        for start in range(0, len(part), _CHUNK):
            some = part.iloc[start : start + _CHUNK]
            cells = {
                name: numbers[name].slice(start, _CHUNK).to_pylist() if name in numbers else _cells(some[name])
                for name in columns
            }
            insert_rows(self._connection, f'INSERT INTO "{owner}"', {"load": self.load, **cells}, len(some))

    def _last_row(self, owner: str) -> int:
        return self._connection.execute(f'SELECT coalesce(max(rowid), 0) FROM "{owner}"').fetchone()[0]

    def _node_numbers(self, part: pd.DataFrame, ends: tuple[str, ...]) -> dict[str, pa.Array]:
        coded = pa.concat_arrays([_text(part[end]) for end in ends]).dictionary_encode()
        each = pa.array(self._numbers(coded.dictionary)).take(coded.indices)
        return {end: each.slice(place * len(part), len(part)) for place, end in enumerate(ends)}

    def _fields(self, owner: str, fields: dict[str, FieldType]) -> None:
        self._connection.executemany(
            "INSERT OR IGNORE INTO fields VALUES (?, ?, ?)",
            [(owner, name, kind) for name, kind in fields.items()],
        )


def latest_revision(connection: sqlite3.Connection) -> int:
    """The highest revision that a publication or an undo has made; 0 where there is none."""
    query = "SELECT max(max(coalesce(revision, 0)), max(coalesce(withdrawn, 0))) FROM loads"
    return connection.execute(query).fetchone()[0] or 0


def discard_load(connection: sqlite3.Connection, load: int) -> None:
    """Remove a load that was never published, with all it wrote."""
    # Before anything goes, it is closed: what is half removed must not be resumed.
    with transaction(connection):
        connection.execute("UPDATE loads SET state = 'discarded' WHERE load = ?", (load,))
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('orphans', '1')")
    remove_versions(connection, load)
    with transaction(connection):
        connection.execute("DELETE FROM rejects WHERE load = ?", (load,))
        connection.execute("DELETE FROM loads WHERE load = ?", (load,))


def remove_versions(connection: sqlite3.Connection, load: int, after: int = 0) -> None:
    """Delete all versions a load wrote, some thousands at a time so that other writers get their turn.

    Parameters
    ----------
    after : only what it wrote after this row of ``spans``
    """
    for span, owner, first, last in connection.execute(
        "SELECT rowid, owner, first, last FROM spans WHERE load = ? AND rowid > ? ORDER BY rowid DESC", (load, after)
    ).fetchall():
        with transaction(connection):
            connection.execute(f'DELETE FROM "{owner}" WHERE rowid BETWEEN ? AND ?', (first, last))
            connection.execute("DELETE FROM spans WHERE rowid = ?", (span,))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction that takes its lock at once, so that it never fails half-way for want of one."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _text(column) -> pa.Array:
    array = pa.array(column, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _cells(column) -> list | int | None:
    """A column as ``insert_rows`` takes it."""
    import pandas as pd

    if isinstance(column.dtype, pd.StringDtype):
        texts = _text(column)
        return texts.to_pylist() if texts.null_count < len(texts) else None  # several times as fast as pandas
    if column.dtype.kind == "f" and column.isna().all():
        return None
    number = same(column.to_numpy()) if column.dtype.kind == "i" else None
    return column.tolist() if number is None else number
