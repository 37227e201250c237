"""Reading columns out of a store's file, in this process or in one of its own, and leaving the file's locks alone."""

import subprocess
import sys

import pyarrow as pa
import pytest
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.sqlite import columns as sqlite_columns
from ringfence.loaders import load
from support.book import write_book


@pytest.fixture
def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'graph.db'}")
    load(store, write_book(tmp_path / "tables"))
    yield store
    store.close()


def in_another_process(store, statement):
    """Open the store's file there, run a statement, close; the printed rows."""
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute(sys.argv[2]).fetchall()); c.close()"
    command = [sys.executable, "-c", code, str(store.path), statement]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_snapshot_is_the_same_bytes_whichever_way_it_is_read(store, monkeypatch, tmp_path):
    near = contents(store.snapshot().folder)
    store.snapshot().folder.rename(tmp_path / "first")
    monkeypatch.setattr(sqlite_columns, "SMALL", 0)
    assert contents(store.snapshot().folder) == near
    assert len(near) > 10


@pytest.mark.parametrize("small", [0, 1 << 30])
def test_what_is_written_after_a_snapshot_is_not_lost_when_another_process_comes_and_goes(store, monkeypatch, small):
    # Another process that closes its last connection removes the log that it believes nobody else uses.
    monkeypatch.setattr(sqlite_columns, "SMALL", small)
    snapshot = store.snapshot()
    in_another_process(store, "PRAGMA user_version = 1")
    store.save_batch([Run("probe", "1", snapshot.revision, snapshot.as_of, {})], [])
    assert in_another_process(store, "SELECT count(*) FROM runs") == "[(1,)]"


def test_a_reader_that_is_left_in_the_middle_does_not_wait_for_the_rest(store, monkeypatch):
    monkeypatch.setattr(sqlite_columns, "SMALL", 0)
    endless = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT a FROM n"
    with sqlite_columns.column_reader(store) as read:
        parts = (part for part in read(endless, {"a": pa.int64()}) if part.num_rows)
        assert next(parts).column("a")[0].as_py() == 1
