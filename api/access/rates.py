"""How often a caller may ask: so many requests in a minute of the clock, counted for all processes in one file."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from .errors import TooMany

_MINUTE = 60
_SCHEMA = """
CREATE TABLE IF NOT EXISTS counts (caller TEXT PRIMARY KEY, minute INTEGER NOT NULL, requests INTEGER NOT NULL)
    WITHOUT ROWID;
"""
_COUNT = """
INSERT INTO counts VALUES (?, ?, 1)
ON CONFLICT (caller) DO UPDATE SET
    requests = CASE WHEN minute = excluded.minute THEN requests + 1 ELSE 1 END, minute = excluded.minute
RETURNING requests
"""


class Rates:
    """Counts of requests by caller.

    Parameters
    ----------
    path : the SQLite file of the counts, made on first use; it may be lost at any time
    most : requests a caller may make in a minute
    """

    def __init__(self, path: Path, most: int):
        self._path = path
        self._most = most
        self._mine = threading.local()

    def count(self, caller: str) -> None:
        """Count one request.

        Raises
        ------
        TooMany : the caller made as many in this minute as may be
        """
        now = time.time()
        (requests,) = self._connection().execute(_COUNT, (caller, int(now // _MINUTE))).fetchone()
        if requests > self._most:
            seconds = int(_MINUTE - now % _MINUTE) + 1
            raise TooMany(f"{caller} asks more than {self._most} times a minute: ask again in {seconds} s", seconds)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._mine, "connection"):
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            # Counts that are lost with the power were of a minute that is over.
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
            self._mine.connection = connection
        return self._mine.connection
