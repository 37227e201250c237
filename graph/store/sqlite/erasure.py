"""Erasure in the embedded store, down to the bytes of its file: see ``store.erasure`` for what goes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...errors import Unavailable
from ...snapshot.cache import remove_folder
from ..case_entries import key_of, renamed
from ..erasure import SOURCE, Erased, Naming, Plan, Version, plan
from .schema import version_tables
from .writer import latest_revision, transaction

if TYPE_CHECKING:
    from .file import SqliteFile

_REMAINS = "remains"
"""In ``meta`` while bytes of what was removed may still lie in the file."""
_TEXTS = 200
"""Texts looked for in one pass: an expression of SQLite has a largest depth."""


def erase(store: SqliteFile, node: str, naming: Naming) -> Erased:
    """See ``store.Store.erase``."""
    connection = store.connection
    finish(store)
    with transaction(connection):
        made = plan(_Ground(connection), node, naming)
        findings = _carry_out(connection, made)
        note_remains(connection)
        # Readers that hold the revision before take a new snapshot.
        connection.execute(
            "INSERT INTO loads (source, bulk, state, revision) VALUES (?, 0, 'published', ?)",
            (SOURCE, latest_revision(connection) + 1),
        )
    finish(store)
    return Erased.of(node, made, findings)


def note_remains(connection: sqlite3.Connection) -> None:
    """Note that bytes of what was removed or replaced may still lie in the file: whoever is interrupted now, another
    sees to it."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", (_REMAINS,))


def finish(store: SqliteFile) -> None:
    """Where bytes of what was removed may remain, remove them: from the file, and with the snapshots and populations
    made of it."""
    if store.connection.execute("SELECT 1 FROM meta WHERE name = ?", (_REMAINS,)).fetchone():
        for what in ("snapshots", "populations"):
            remove_folder(store.beside(what))
        scrub(store)


def scrub(store: SqliteFile) -> None:
    """See ``store.Store.scrub``.

    Raises
    ------
    UserError : another process keeps reading, so that the write-ahead log cannot be emptied
    """
    connection = store.connection
    # Free pages, and what is free in the others, hold what was there before: the file is written anew.
    connection.execute("VACUUM")
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise Unavailable(
            f"another process reads {store.path} without end, and its write-ahead log still holds what was removed:"
            " end it and run the same again",
        )
    connection.execute("DELETE FROM meta WHERE name = ?", (_REMAINS,))


class _Ground:
    """See ``erasure.Ground``."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection
        self._tables = version_tables(connection)

    def at(self, nodes: Iterable[str]) -> list[Version]:
        return self._ending(nodes, self._tables)

    def facts_about(self, nodes: Iterable[str]) -> list[Version]:
        return self._ending(nodes, [owner for owner in self._tables if owner.startswith("fact_")])

    def mentioning(self, texts: Iterable[str]) -> list[Version]:
        wanted = sorted(texts)
        found: list[Version] = []
        for start in range(0, len(wanted), _TEXTS):
            part = wanted[start : start + _TEXTS]
            held = " OR ".join(["instr(v.uid, ?) OR instr(v.data, ?)"] * len(part))
            for owner in self._tables:
                found += self._versions(owner, held, [text for text in part for _ in range(2)])
        return found

    def held(self, node: str) -> bool:
        query = "SELECT 1 FROM nodes WHERE name = ?1 UNION SELECT 1 FROM secrets WHERE token = ?2"
        return self._connection.execute(query, (node, node.partition(":")[2])).fetchone() is not None

    def _ending(self, nodes: Iterable[str], tables: list[str]) -> list[Version]:
        numbers = "(SELECT id FROM nodes WHERE name IN (SELECT value FROM json_each(?)))"
        names = json.dumps(sorted(nodes))
        found: list[Version] = []
        for owner in tables:
            ends = ("source", "target") if owner.startswith("rel_") else ("node",)
            for end in ends:
                found += self._versions(owner, f"v.{end} IN {numbers}", [names])
        return found

    def _versions(self, owner: str, condition: str, arguments: list[str]) -> list[Version]:
        if owner.startswith("rel_"):
            names, joins = "s.name, t.name", "JOIN nodes s ON s.id = v.source JOIN nodes t ON t.id = v.target"
        else:
            names, joins = "n.name", "LEFT JOIN nodes n ON n.id = v.node"
        rows = self._connection.execute(
            f'SELECT v.uid, v.load, v.data, f.name, v.row, {names} FROM "{owner}" v {joins}'
            f" LEFT JOIN files f ON f.file = v.file WHERE {condition}",
            arguments,
        )
        called = owner.partition("_")[2]
        return [
            Version(called, uid, load, tuple(name for name in ends if name is not None), data, file, row)
            for uid, load, data, file, row, *ends in rows
        ]


def _carry_out(connection: sqlite3.Connection, made: Plan) -> int:
    """Do what a plan says, and return how many findings went."""
    tables = {owner.partition("_")[2]: owner for owner in version_tables(connection)}
    for version in made.gone:
        connection.execute(
            f'DELETE FROM "{tables[version.owner]}" WHERE uid = ? AND load = ?', (version.uid, version.load)
        )
    for version, uid, data in made.changed:
        connection.execute(
            f'UPDATE "{tables[version.owner]}" SET uid = ?, data = ? WHERE uid = ? AND load = ?',
            (uid, data, version.uid, version.load),
        )
    connection.executemany("UPDATE nodes SET name = ? WHERE name = ?", [(n, o) for o, n in made.renamed.items()])
    connection.executemany("DELETE FROM secrets WHERE token = ?", [(token,) for token in sorted(made.tokens)])
    for name in sorted(made.renamed.get(name, name) for name in made.loose):
        _remove_loose(connection, name, list(tables.values()))
    connection.executemany(
        "UPDATE rejects SET value = NULL WHERE load = ? AND file IS ? AND row IS ?", sorted(made.rows, key=repr)
    )
    # of a reference that was no good: the key of a person itself
    keys = [(old.partition(":")[2],) for old in made.renamed]
    connection.executemany("UPDATE rejects SET value = NULL WHERE value = ?", keys)
    _rename_in_cases(connection, made)
    return _remove_findings(connection, made)


def _remove_loose(connection: sqlite3.Connection, name: str, tables: list[str]) -> None:
    """Remove a node at which no version ends any more."""
    found = connection.execute("SELECT id FROM nodes WHERE name = ?", (name,)).fetchone()
    for owner in tables if found else ():
        for end in ("source", "target") if owner.startswith("rel_") else ("node",):
            if connection.execute(f'SELECT 1 FROM "{owner}" WHERE {end} = ? LIMIT 1', found).fetchone():
                return
    if found:
        connection.execute("DELETE FROM nodes WHERE id = ?", found)


def _rename_in_cases(connection: sqlite3.Connection, made: Plan) -> None:
    """Cases and what was decided about them stay, with the new names of what was erased."""
    keys = [old.partition(":")[2] for old in made.renamed]
    mention = " OR ".join(["instr(body, ?)"] * len(keys))
    for batch, place, body in connection.execute(f"SELECT * FROM cases WHERE {mention}", keys).fetchall():
        changed = json.dumps(renamed(body, made.renamed), ensure_ascii=False)
        connection.execute("UPDATE cases SET body = ? WHERE batch = ? AND place = ?", (changed, batch, place))
    for number, body in connection.execute(f"SELECT entry, body FROM case_entries WHERE {mention}", keys).fetchall():
        entry = renamed(body, made.renamed)
        row = (key_of(entry), json.dumps(entry, ensure_ascii=False), number)
        connection.execute("UPDATE case_entries SET key = ?, body = ? WHERE entry = ?", row)


def _remove_findings(connection: sqlite3.Connection, made: Plan) -> int:
    mention = " OR ".join(["instr(body, ?)"] * len(made.texts))
    gone = connection.execute(f"SELECT rowid, run FROM findings WHERE {mention}", made.texts).fetchall()
    connection.executemany("DELETE FROM findings WHERE rowid = ?", [(row,) for row, _ in gone])
    connection.executemany("UPDATE runs SET findings = findings - 1 WHERE run = ?", [(run,) for _, run in gone])
    return len(gone)
