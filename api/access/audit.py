"""The audit log: who saw or did what, when and why. Its own SQLite file, whichever the store; rows are only added.

Every row carries a keyed hash of itself and of the one before it, so that a row changed, taken out or moved later shows
in ``verify``: without the key file nobody can make the hashes fit again. What is cut off the end shows against an
anchor (``access.anchor``). Rows from before the chain was keyed carry a plain hash, and keep verifying.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
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
_COLUMNS = ("entry", "at", "actor", "action", "subject", "reason", "detail", "chain")
_KEYED = "hmac:"
"""What the keyed link of a row begins with."""


@dataclass(frozen=True)
class Checked:
    """What ``verify`` found: ``broken`` is the first row that does not follow from the one before it, None where the
    chain is whole; ``rows`` how many there are; ``plain`` how many of the first carry a hash without a key."""

    broken: int | None
    rows: int
    plain: int


class AuditLog:
    """An audit file, made on first use.

    Parameters
    ----------
    path : the SQLite file
    key : what the chain is keyed with; None where rows are only read

    Raises
    ------
    UserError : the file cannot be opened or is no audit log
    """

    def __init__(self, path: Path, key: bytes | None = None):
        self.path = Path(path)
        self._key = key
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise UserError(f"cannot write the audit log {self.path}: {error}; see RINGFENCE_AUDIT") from None

    def record(
        self, actor: str, action: str, subject: str, reason: str | None = None, detail: dict | None = None
    ) -> int:
        """Add one row, and return its number.

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
            entry, chain = _head(connection)
            row = (entry + 1, time.time_ns() // 1_000_000, actor, action, subject, reason, text)
            link = self._keyed_link(chain, row)
            connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, link))
            return entry + 1

    def entries(
        self, limit: int = 1000, *, actor: str | None = None, action: str | None = None, subject: str | None = None
    ) -> list[dict]:
        """The latest rows, newest first: entry, at (epoch milliseconds), actor, action, subject, reason, detail, chain.

        Parameters
        ----------
        actor, action, subject : only rows that have exactly this
        """
        wanted = {"actor": actor, "action": action, "subject": subject}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = "".join(f" AND {name} = :{name}" for name in given)
        query = f"SELECT {', '.join(_COLUMNS)} FROM audit WHERE 1{where} ORDER BY entry DESC LIMIT :limit"
        with closing(self._connect()) as connection:
            return [_as_dict(row) for row in connection.execute(query, {**given, "limit": limit})]

    def all(self) -> Iterator[dict]:
        """Every row in order, in the shape of ``entries``."""
        with closing(self._connect()) as connection:
            for row in connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM audit ORDER BY entry"):
                yield _as_dict(row)

    def head(self) -> tuple[int, str]:
        """Number and link of the last row; 0 and nothing where there is none."""
        with closing(self._connect()) as connection:
            return _head(connection)

    def link(self, entry: int) -> str | None:
        """The link of one row; None where there is no such row."""
        with closing(self._connect()) as connection:
            found = connection.execute("SELECT chain FROM audit WHERE entry = ?", (entry,)).fetchone()
        return found[0] if found else None

    def verify(self) -> Checked:
        """Whether each row follows from the one before it."""
        chain, rows, plain = "", 0, 0
        with closing(self._connect()) as connection:
            for *row, link in connection.execute("SELECT * FROM audit ORDER BY entry"):
                keyed = link.startswith(_KEYED) or plain < rows
                expected = (self._keyed_link if keyed else _plain_link)(chain, tuple(row))
                if row[0] != rows + 1 or not hmac.compare_digest(link, expected):
                    return Checked(rows + 1, rows, plain)
                chain, rows, plain = link, rows + 1, plain + (not keyed)
        return Checked(None, rows, plain)

    def _keyed_link(self, chain: str, row: tuple) -> str:
        if self._key is None:
            raise UserError("the audit log was opened without its key, to be read only")
        return _KEYED + hmac.digest(self._key, _text(chain, row), "sha256").hex()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)


def _head(connection: sqlite3.Connection) -> tuple[int, str]:
    last = connection.execute("SELECT entry, chain FROM audit ORDER BY entry DESC LIMIT 1").fetchone()
    return last or (0, "")


def _as_dict(row: tuple) -> dict:
    named = dict(zip(_COLUMNS, row, strict=True))
    return {**named, "detail": json.loads(named["detail"])}


def _plain_link(chain: str, row: tuple) -> str:
    return hashlib.sha256(_text(chain, row)).hexdigest()


def _text(chain: str, row: tuple) -> bytes:
    return (chain + json.dumps(row, ensure_ascii=False)).encode()
