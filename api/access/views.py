"""Pictures that people keep and share: an SQLite file beside the API keys. A view holds names of nodes and where they
stand, and no raw personal value.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from ...graph.errors import NotFound, UserError
from .errors import Forbidden

MOST = 500
"""Views that one person keeps, at most."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS views (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, shared INTEGER NOT NULL, saved_at INTEGER NOT NULL,
    body TEXT NOT NULL, UNIQUE (owner, name)
);
"""
_COLUMNS = "id, owner, name, shared, saved_at, body"


class Views:
    """The file of views.

    Parameters
    ----------
    path : the SQLite file; made when the first view is kept
    """

    def __init__(self, path: Path):
        self.path = path

    def seen_by(self, who: str) -> list[dict]:
        """The views that somebody may open, their own first, then by name: each ``id``, ``name``, ``owner``,
        ``shared``, ``own``, ``saved_at``, ``nodes`` and ``filters``."""
        seen = [view for row in self._all() if (view := _told(row, who))["own"] or view["shared"]]
        return sorted(seen, key=lambda view: (not view["own"], view["name"], view["owner"]))

    def view(self, id: str, who: str) -> dict:
        """One of ``seen_by``.

        Raises
        ------
        NotFound : there is none, or it is another's and not shared
        """
        for view in self.seen_by(who):
            if view["id"] == id:
                return view
        raise NotFound(f"no view {id!r} that you may open: GET /v1/views lists them")

    def keep(self, who: str, name: str, shared: bool, body: Mapping) -> dict:
        """Keep a view; one of the same owner and name gives way.

        Parameters
        ----------
        body : its ``nodes`` and ``filters``

        Raises
        ------
        UserError : the owner has too many
        """
        own = [view["name"] for view in self.seen_by(who) if view["own"]]
        if len(own) >= MOST and name not in own:
            raise UserError(f"you keep {MOST} views, the most there can be: remove one first")
        row = (secrets.token_hex(8), who, name, shared, time.time_ns() // 1_000_000, json.dumps(body))
        with self._connected() as connection:
            connection.execute(_SCHEMA)
            connection.execute(f"INSERT OR REPLACE INTO views ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)
        return _told(row, who)

    def remove(self, id: str, who: str) -> None:
        """Remove a view.

        Raises
        ------
        NotFound : there is none that they may open
        Forbidden : it is another's
        """
        if not self.view(id, who)["own"]:
            raise Forbidden("a view is removed by whoever keeps it: ask them")
        with self._connected() as connection:
            connection.execute("DELETE FROM views WHERE id = ?", (id,))

    def forget(self, held: Callable[[str], bool]) -> None:
        """Take out of every view the nodes that are held no more, as after an erasure."""
        changed = []
        for id_, *_, body in self._all():
            told = json.loads(body)
            kept = [node for node in told["nodes"] if held(node["node"])]
            if len(kept) < len(told["nodes"]):
                changed.append((json.dumps({**told, "nodes": kept}), id_))
        if changed:
            with self._connected() as connection:
                connection.executemany("UPDATE views SET body = ? WHERE id = ?", changed)

    def _all(self) -> list[tuple]:
        if not self.path.exists():
            return []
        with self._connected() as connection:
            return connection.execute(f"SELECT {_COLUMNS} FROM views").fetchall()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection, connection:
                # What is removed leaves no bytes behind.
                connection.execute("PRAGMA secure_delete = ON")
                yield connection
        except sqlite3.Error as error:
            raise UserError(f"cannot use the file of views {self.path}: {error}") from None


def _told(row: tuple, who: str) -> dict:
    id_, owner, name, shared, saved_at, body = row
    told = {"id": id_, "name": name, "owner": owner, "shared": bool(shared), "own": owner == who}
    return {**told, "saved_at": saved_at, **json.loads(body)}
