"""The file of the embedded store: its connections, and what it says of loads, secrets and versions."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ...keys import KeyFile
from ...model import RELATIONS
from ..records import FACT_COLUMNS, RELATIONSHIP_COLUMNS, Load
from .schema import fact_table, prepare, relation_table
from .writer import latest_revision

if TYPE_CHECKING:
    import pandas as pd

STANDING = "(SELECT load FROM loads WHERE revision <= {at} AND (withdrawn IS NULL OR withdrawn > {at}))"
"""The loads that exist at a revision, as a sub-select."""


class SqliteFile:
    """A SQLite file that holds a store, as its readers need it.

    Parameters
    ----------
    path : the file; its snapshots, staging and lock lie beside it
    create : make it where there is none
    key_file : its token secret's fingerprint must be the one the store was made under
    """

    def __init__(self, path: str | Path, *, create: bool, key_file: KeyFile):
        self.path = Path(path)
        self.url = f"sqlite:///{path}"
        self.keys = key_file
        prepare(self.path, key_file.fingerprint, create)
        self._local = threading.local()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection: SQLite wants one each."""
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -65536")
            self._local.connection = connection
            # A service's threads come and go: what ended ones left open is closed when the next one begins.
            for thread in list(self._connections):
                if not thread.is_alive() and (ended := self._connections.pop(thread, None)):
                    ended.close()
            self._connections[threading.current_thread()] = connection
        return self._local.connection

    def close(self) -> None:
        while self._connections:
            self._connections.popitem()[1].close()
        self._local = threading.local()

    def beside(self, what: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{what}")

    def revision(self) -> int:
        return latest_revision(self.connection)

    def data_date(self) -> int | None:
        return self.connection.execute(
            "SELECT max(data_date) FROM loads WHERE revision IS NOT NULL AND withdrawn IS NULL"
        ).fetchone()[0]

    def loads(self) -> list[Load]:
        rows = self.connection.execute(
            "SELECT load, source, bulk, state, revision, withdrawn, data_date, tables, purged, notes FROM loads"
            " WHERE revision IS NOT NULL ORDER BY revision"
        )
        return [
            Load(r[0], r[1], bool(r[2]), r[3], r[4], r[5], r[6], json.loads(r[7]), bool(r[8]), json.loads(r[9]))
            for r in rows
        ]

    def privacy(self) -> dict[str, str]:
        rows = self.connection.execute("SELECT substr(name, 9), value FROM meta WHERE name GLOB 'privacy:*'")
        return dict(rows.fetchall())

    @contextmanager
    def reading(self, revision: int | None = None) -> Iterator[int]:
        held = self.revision() if revision is None else revision
        reader = self.connection.execute(
            "INSERT INTO readers (revision, pid) VALUES (?, ?)", (held, os.getpid())
        ).lastrowid
        try:
            yield held
        finally:
            self.connection.execute("DELETE FROM readers WHERE reader = ?", (reader,))

    def owners(self, load: int) -> list[str]:
        rows = self.connection.execute("SELECT DISTINCT owner FROM spans WHERE load = ? ORDER BY owner", (load,))
        return [row[0].partition("_")[2] for row in rows]

    def versions(self, owner: str, load: int) -> Iterator[pd.DataFrame]:
        import pandas as pd

        relation = owner in RELATIONS
        table = relation_table(owner) if relation else fact_table(owner)
        columns = RELATIONSHIP_COLUMNS if relation else FACT_COLUMNS
        named = {"source": "s.name", "target": "t.name", "node": "n.name"}
        select = ", ".join(named.get(name, f"v.{name}") for name in columns)
        joins = (
            "JOIN nodes s ON s.id = v.source JOIN nodes t ON t.id = v.target"
            if relation
            else "LEFT JOIN nodes n ON n.id = v.node"
        )
        spans = "SELECT first, last FROM spans WHERE load = ? AND owner = ? ORDER BY first"
        for first, last in self.connection.execute(spans, (load, table)).fetchall():
            rows = self.connection.execute(
                f'SELECT {select} FROM "{table}" v {joins} WHERE v.rowid BETWEEN ? AND ? ORDER BY v.rowid',
                (first, last),
            ).fetchall()
            yield pd.DataFrame(rows, columns=list(columns))

    def fields(self) -> list[tuple[str, str, str]]:
        rows = self.connection.execute("SELECT owner, name, type FROM fields ORDER BY owner, name")
        return [tuple(row) for row in rows]

    def files(self) -> dict[int, str]:
        return dict(self.connection.execute("SELECT file, name FROM files ORDER BY file").fetchall())

    def secrets(self) -> Iterator[pd.DataFrame]:
        import pandas as pd

        last = ""
        while block := self.connection.execute(
            "SELECT token, mask, cipher FROM secrets WHERE token > ? ORDER BY token LIMIT 50000", (last,)
        ).fetchall():
            yield pd.DataFrame(block, columns=["token", "mask", "cipher"])
            last = block[-1][0]

    def secret(self, token: str) -> tuple[str, str] | None:
        return self.connection.execute("SELECT mask, cipher FROM secrets WHERE token = ?", (token,)).fetchone()
