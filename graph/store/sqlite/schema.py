"""The tables of the embedded store, and how its file is made, opened and checked.

One table per relation and per canonical table, so that a relation is read in one pass and a hub costs nothing. Versions
are only added; ``spans`` says which row ids of a table one load wrote, which makes discarding, undo and
``changes_since`` cheap without an index on ``load``. The row id has a name, ``number``: so it stays as it is when the
file is written anew after an erasure.
"""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from pathlib import Path

from ...errors import NotFound, UserError
from ...model import RELATIONS

VERSION = 5
"""Of the tables of a file; it rises with every relation that is added too, as each has a table of its own."""
_APPLICATION_ID = 0x52464E43

_BASE = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE UNIQUE INDEX nodes_name ON nodes (name);
CREATE TABLE secrets (token TEXT PRIMARY KEY, mask TEXT NOT NULL, cipher TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (file INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE fields (owner TEXT, name TEXT, type TEXT NOT NULL, PRIMARY KEY (owner, name)) WITHOUT ROWID;
CREATE TABLE loads (
    load INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, bulk INTEGER NOT NULL, state TEXT NOT NULL,
    revision INTEGER, withdrawn INTEGER, data_date INTEGER, tables TEXT NOT NULL DEFAULT '{}',
    purged INTEGER NOT NULL DEFAULT 0, notes TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE spans (load INTEGER NOT NULL, owner TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE INDEX spans_by_owner ON spans (owner, load);
CREATE TABLE readers (reader INTEGER PRIMARY KEY, revision INTEGER NOT NULL, pid INTEGER NOT NULL);
CREATE TABLE rejects (
    load INTEGER NOT NULL, "table" TEXT NOT NULL, file TEXT, row INTEGER, "column" TEXT, reason TEXT NOT NULL,
    level TEXT NOT NULL, value TEXT
);
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, detector TEXT NOT NULL, version TEXT NOT NULL, revision INTEGER NOT NULL,
    as_of INTEGER NOT NULL, params TEXT NOT NULL, seconds REAL NOT NULL, cpu_seconds REAL NOT NULL,
    findings INTEGER NOT NULL, truncated TEXT NOT NULL, batch INTEGER NOT NULL DEFAULT 0,
    purpose TEXT NOT NULL DEFAULT 'nightly', policy TEXT NOT NULL DEFAULT ''
);
CREATE TABLE findings (run INTEGER NOT NULL, id TEXT NOT NULL, rank_all INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX findings_by_run ON findings (run, rank_all);
CREATE INDEX findings_by_id ON findings (id);
"""
_CASES = (
    "CREATE TABLE IF NOT EXISTS cases (batch INTEGER NOT NULL, place INTEGER NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (batch, place)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS case_entries (entry INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL)",
)
_RELATIONSHIPS = """
CREATE TABLE "{owner}" (
    number INTEGER PRIMARY KEY, uid TEXT NOT NULL, load INTEGER NOT NULL, source INTEGER NOT NULL,
    target INTEGER NOT NULL, amount REAL, data TEXT, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL,
    known_at INTEGER NOT NULL, file INTEGER, row INTEGER
);
"""
_FACTS = """
CREATE TABLE IF NOT EXISTS "{owner}" (
    number INTEGER PRIMARY KEY, uid TEXT NOT NULL, load INTEGER NOT NULL, node INTEGER, data TEXT NOT NULL,
    valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL, known_at INTEGER NOT NULL, status_from INTEGER NOT NULL,
    file INTEGER, row INTEGER
);
"""


def relation_table(relation: str) -> str:
    """The table that holds the versions of a relation's relationships."""
    return f"rel_{relation}"


def fact_table(table: str) -> str:
    """The table that holds the versions of a canonical table's rows.

    Raises
    ------
    ValueError : the name could not be one; names of tables come from the product's own declarations
    """
    if not re.fullmatch(r"[a-z_]+", table):
        raise ValueError(f"no canonical table is called {table!r}")
    return f"fact_{table}"


def index_statements(owner: str) -> list[str]:
    """What makes nodes or a version table quick to look up; left out while a first load fills an empty store."""
    return [
        f'CREATE {unique} INDEX IF NOT EXISTS "{owner}_{name}" ON "{owner}" ({columns})'
        for unique, name, columns in _indexes(owner)
    ]


def build_indexes(connection: sqlite3.Connection) -> None:
    """Make the indexes that are missing."""
    # SQLite sorts as much as its cache may hold at a time, and fastest what the processor's own cache holds.
    usual = connection.execute("PRAGMA cache_size").fetchone()[0]
    connection.execute("PRAGMA cache_size = -2000")
    for owner in indexed_tables(connection):
        for statement in index_statements(owner):
            connection.execute(statement)
    connection.execute(f"PRAGMA cache_size = {usual}")


def drop_indexes(connection: sqlite3.Connection) -> None:
    """Take away what ``build_indexes`` makes."""
    for owner in indexed_tables(connection):
        for _, name, _ in _indexes(owner):
            connection.execute(f'DROP INDEX IF EXISTS "{owner}_{name}"')


def indexed_tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that have indexes of ``index_statements``."""
    return ["nodes", *version_tables(connection)]


def _indexes(owner: str) -> list[tuple[str, str, str]]:
    """``UNIQUE`` or nothing, name and columns of the indexes of a table."""
    if owner == "nodes":
        return [("UNIQUE", "name", "name")]
    ends = ("source", "target") if owner.startswith("rel_") else ("node",)
    return [("UNIQUE", "uid", "uid, load"), *(("", end, end) for end in ends)]


def create_fact_table(connection: sqlite3.Connection, table: str, indexed: bool) -> None:
    """Make the table of a canonical table's rows where there is none yet."""
    owner = fact_table(table)
    connection.execute(_FACTS.format(owner=owner))
    for statement in index_statements(owner) if indexed else ():
        connection.execute(statement)


def version_tables(connection: sqlite3.Connection) -> list[str]:
    """All tables of versions the file holds."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND (name GLOB 'rel_*' OR name GLOB 'fact_*')"
    )
    return sorted(row[0] for row in rows)


def prepare(path: Path, fingerprint: str, create: bool) -> None:
    """Make the file where there is none, and check that it is a store of this version and of this key file.

    Raises
    ------
    UserError : an empty file and ``create`` is False, no store of ours, a newer version, or another key file's store
    """
    if not path.exists() and not path.parent.is_dir():
        raise UserError(f"cannot make store {path}: folder {path.parent} does not exist")
    try:
        connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            _prepare(connection, path, fingerprint, create)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if not os.access(path.parent, os.W_OK):
            raise UserError(
                f"cannot use {path} as a store: its folder {path.parent.absolute()} is read-only, and reading needs to"
                " write there too; give access, or name another with --store"
            ) from None
        raise UserError(f"cannot use {path} as a store: {error}") from None


def _prepare(connection: sqlite3.Connection, path: Path, fingerprint: str, create: bool) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] == 0:
        connection.execute("BEGIN IMMEDIATE")
        # Looked at again now that nobody else can be making it.
        ours = connection.execute("PRAGMA application_id").fetchone()[0]
        if ours == 0:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise UserError(f"{path} is a database of something else: name another file with --store")
            if not create:
                raise NotFound(f"{path} is empty: run 'ringfence load' first, or name another with --store")
            _create(connection, fingerprint)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise UserError(f"{path} is a database of something else: name another file with --store")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise UserError(
            f"store {path} was made by a newer version of Ringfence (format {version}, this one reads {VERSION}):"
            " upgrade to open it"
        )
    if version < VERSION:
        _upgrade(connection)
    held = connection.execute("SELECT value FROM meta WHERE name = 'fingerprint'").fetchone()[0]
    if held != fingerprint:
        raise UserError(
            f"store {path} was made under another key file (fingerprint {held}, this one is {fingerprint}):"
            " name the right one in RINGFENCE_KEY_FILE"
        )


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring a store of an earlier format to this one."""
    connection.execute("BEGIN IMMEDIATE")
    # Looked at again now that nobody else can be doing it.
    held = connection.execute("PRAGMA user_version").fetchone()[0]
    for version in range(held, VERSION):
        for statement in _UPGRADES[version]:
            connection.execute(statement)
    if held < VERSION:
        _create_relations(connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


_UPGRADES = {
    1: (
        "ALTER TABLE runs ADD COLUMN batch INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN purpose TEXT NOT NULL DEFAULT 'nightly'",
        "ALTER TABLE runs ADD COLUMN policy TEXT NOT NULL DEFAULT ''",
    ),
    2: ("ALTER TABLE loads ADD COLUMN notes TEXT NOT NULL DEFAULT '{}'",),
    3: (
        "CREATE TABLE named (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "INSERT INTO named SELECT id, name FROM nodes",
        "DROP TABLE nodes",
        "ALTER TABLE named RENAME TO nodes",
        *index_statements("nodes"),
    ),
    4: _CASES,
}
"""What brings a store of a format to the next one."""


def _create_relations(connection: sqlite3.Connection) -> None:
    """Make the tables of those relations that have none yet."""
    held = version_tables(connection)
    for owner in map(relation_table, RELATIONS):
        if owner not in held:
            connection.execute(_RELATIONSHIPS.format(owner=owner))
            for statement in index_statements(owner):
                connection.execute(statement)


def _create(connection: sqlite3.Connection, fingerprint: str) -> None:
    for statement in (*_BASE.split(";\n"), *_CASES):
        if statement.strip():
            connection.execute(statement)
    _create_relations(connection)
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)", [("fingerprint", fingerprint), ("store", uuid.uuid4().hex)]
    )
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
