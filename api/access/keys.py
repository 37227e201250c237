"""API keys: made by a command, shown once, kept as keyed hashes in an SQLite file of their own.

Every process reads the file anew within half a second, so that a revoked key is refused everywhere within a second.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ...graph.errors import Conflict, NotFound, UserError
from ...graph.keys import keyed_hash

PREFIX = "rf_"
"""What every key begins with, so that it is told from a token, and found by those who search for leaked secrets."""

FRESH_SECONDS = 0.5
"""How long what was read of the file is good for, where the file does not show that it was written since."""

_DAY_MS = 86_400_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    made_at INTEGER NOT NULL, made_by TEXT NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER
);
"""
_COLUMNS = "id, name, roles, hash, made_at, made_by, expires_at, revoked_at"


@dataclass(frozen=True)
class Key:
    """What is kept of an API key; times are epoch milliseconds."""

    id: str
    name: str
    roles: frozenset[str]
    hash: str
    made_at: int
    made_by: str
    expires_at: int
    revoked_at: int | None

    @property
    def state(self) -> str:
        """``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "valid" if _now() < self.expires_at else "expired"


class Keys:
    """The file of API keys.

    Parameters
    ----------
    path : the SQLite file; made by the first ``create``
    secret : what the keys are hashed under
    """

    def __init__(self, path: Path, secret: bytes):
        self.path = path
        self._secret = secret
        self._read_at = -FRESH_SECONDS
        self._read: tuple[int, ...] = ()
        self._by_hash: dict[str, Key] = {}

    def create(self, name: str, roles: frozenset[str], days: int, by: str) -> str:
        """Make a key and return it; only its hash is kept.

        Parameters
        ----------
        name : whom the audit log names
        days : how long it is valid
        by : who makes it

        Raises
        ------
        Conflict : a valid key has the name
        UserError : the file cannot be written
        """
        if any(key.name == name and key.state == "valid" for key in self.all()):
            raise Conflict(f"there is a valid key called {name!r}: revoke it first, or choose another name")
        shown = f"{PREFIX}{secrets.token_urlsafe(32)}"
        now = _now()
        row = (secrets.token_hex(4), name, " ".join(sorted(roles)), self._hash(shown), now, by, now + days * _DAY_MS)
        with closing(self._connect()) as connection, connection:
            connection.executescript(_SCHEMA)
            connection.execute(f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)
        return shown

    def revoke(self, name: str) -> list[Key]:
        """Revoke the valid keys of a name or an id, and return them.

        Raises
        ------
        NotFound : there is none
        """
        found = [key for key in self.all() if name in (key.name, key.id) and key.state == "valid"]
        if not found:
            raise NotFound(f"no valid key is called {name!r}: 'ringfence access list' shows all")
        with closing(self._connect()) as connection, connection:
            connection.executemany("UPDATE keys SET revoked_at = ? WHERE id = ?", [(_now(), key.id) for key in found])
        return found

    def all(self) -> list[Key]:
        """All keys, in the order they were made."""
        if not self.path.exists():
            return []
        with closing(self._connect()) as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY made_at, id").fetchall()
        return [Key(id_, name, frozenset(roles.split()), *rest) for id_, name, roles, *rest in rows]

    def find(self, shown: str) -> Key | None:
        """The key that somebody shows, whatever its state; None where there is no such key."""
        now, written = time.monotonic(), self._written()
        if now - self._read_at >= FRESH_SECONDS or written != self._read:
            self._by_hash, self._read_at, self._read = {key.hash: key for key in self.all()}, now, written
        return self._by_hash.get(self._hash(shown))

    def _written(self) -> tuple[int, ...]:
        """When the file, and the log of what was written last, were changed; 0 where there is none."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return tuple(_changed_at(file) for file in files)

    def _hash(self, shown: str) -> str:
        return keyed_hash(self._secret, "api key", shown).hex()

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self.path, timeout=30)
            connection.execute("PRAGMA journal_mode = WAL")
            return connection
        except sqlite3.Error as error:
            raise UserError(f"cannot use the file of API keys {self.path}: {error}; see RINGFENCE_ACCESS") from None


def _changed_at(file: Path) -> int:
    # Asked once: whoever closes the file as the last one removes its log between two questions.
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _now() -> int:
    return time.time_ns() // 1_000_000
