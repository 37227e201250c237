"""The floor under a load: what SQLite itself takes for the rows of a store."""

from __future__ import annotations

import sys
from pathlib import Path

from _measured import measured

_SCRIPT = """
import sqlite3, sys, time
from ringfence.graph.store.sqlite.schema import index_statements, indexed_tables
source, copy = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])
copy.execute("PRAGMA journal_mode = WAL")
schema = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
spent = 0.0
for name, statement in source.execute(schema).fetchall():
    rows = source.execute(f'SELECT * FROM "{name}"').fetchall()
    began = time.process_time()
    copy.execute(statement)
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        with copy:
            copy.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    spent += time.process_time() - began
began = time.process_time()
for owner in indexed_tables(copy):
    for statement in index_statements(owner):
        copy.execute(statement)
print(spent + time.process_time() - began)
"""

_FURTHER = """
import sqlite3, sys, time
from ringfence.graph.store.sqlite.schema import version_tables
after, before = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])
before.execute("PRAGMA synchronous = NORMAL")
before.execute("PRAGMA cache_size = -65536")
load = after.execute("SELECT max(load) FROM loads").fetchone()[0]
last = before.execute("SELECT max(id) FROM nodes").fetchone()[0]
queries = {"nodes": f"SELECT * FROM nodes WHERE id > {last}"}
queries |= {owner: f'SELECT * FROM "{owner}" WHERE load = {load}' for owner in version_tables(after)}
spent = 0.0
for owner, query in queries.items():
    if rows := after.execute(query).fetchall():
        began = time.process_time()
        with before:
            before.executemany(f'INSERT INTO "{owner}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
        spent += time.process_time() - began
print(spent)
"""


def bare_seconds(store: Path, copy: Path) -> float:
    """CPU-seconds of ``executemany`` of all rows of a store into the same tables, one after the other, and of building
    the same indexes at the end."""
    return float(measured(sys.executable, "-c", _SCRIPT, str(store), str(copy))[0])


def bare_further_seconds(store: Path, before: Path) -> float:
    """CPU-seconds of ``executemany`` of the nodes and versions of a store's last load, as the store was before it."""
    return float(measured(sys.executable, "-c", _FURTHER, str(store), str(before))[0])
