"""The audit log: who saw or did what, when and why. Its own SQLite file, whichever the store; rows are only added.

Every row carries the hash of the one before it, so that a row changed or taken out later shows in ``verify``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from ...graph.errors import UserError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    entry INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    reason TEXT, detail TEXT NOT NULL, chain TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows stay'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows stay'); END;
"""
_COLUMNS = ("entry", "at", "actor", "action", "subject", "reason", "detail")


class AuditLog:
    """An audit file, made on first use.

    Parameters
    ----------
    path : the SQLite file

    Raises
    ------
    UserError : the file cannot be opened or is no audit log
    """

    def __init__(self, path: Path):
        self.path = Path(path)
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise UserError(f"cannot write the audit log {self.path}: {error}; see RINGFENCE_AUDIT") from None

    def record(
        self, actor: str, action: str, subject: str, reason: str | None = None, detail: dict | None = None
    ) -> None:
        """Add one row.

        Parameters
        ----------
        actor : who
        action : what, such as ``node.view``
        subject : on whom or what: node names or finding ids, never a raw personal value
        reason : why, as stated
        detail : bounds and parameters, JSON-ready
        """
        text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True)
        with closing(self._connect()) as connection, connection:
            # Taken before the last row is read, so that two writers never chain to the same row.
            connection.execute("BEGIN IMMEDIATE")
            last = connection.execute("SELECT entry, chain FROM audit ORDER BY entry DESC LIMIT 1").fetchone()
            entry, chain = (last[0] + 1, last[1]) if last else (1, "")
            row = (entry, time.time_ns() // 1_000_000, actor, action, subject, reason, text)
            connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, _link(chain, row)))

    def entries(self, limit: int = 1000) -> list[dict]:
        """The latest rows, newest first: entry, at (epoch milliseconds), actor, action, subject, reason, detail."""
        with closing(self._connect()) as connection:
            rows = connection.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM audit ORDER BY entry DESC LIMIT ?", (limit,)
            ).fetchall()
        return [{**dict(zip(_COLUMNS, row, strict=True)), "detail": json.loads(row[-1])} for row in rows]

    def verify(self) -> int | None:
        """The first row that does not follow from the one before it, None where the chain is whole."""
        chain, expected = "", 1
        with closing(self._connect()) as connection:
            for *row, link in connection.execute("SELECT * FROM audit ORDER BY entry"):
                if row[0] != expected or link != _link(chain, tuple(row)):
                    return expected
                chain, expected = link, expected + 1
        return None

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)


def _link(chain: str, row: tuple) -> str:
    return hashlib.sha256((chain + json.dumps(row, ensure_ascii=False)).encode()).hexdigest()
