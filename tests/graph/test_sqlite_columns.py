"""Reading columns out of a store's file, in this process or in one of its own, and leaving the file's locks alone."""

import os
import signal
import subprocess
import sys
import threading
import time

import pyarrow as pa
import pytest
from ringfence.graph.errors import Unavailable
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.sqlite import columns as sqlite_columns
from ringfence.graph.store.sqlite.apart import process_reading
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


def test_a_query_that_fails_says_why(store, monkeypatch):
    monkeypatch.setattr(sqlite_columns, "SMALL", 0)
    with (
        sqlite_columns.column_reader(store) as read,
        pytest.raises(Unavailable, match="no such table: nowhere"),
    ):
        list(read("SELECT 1 AS a FROM nowhere", {"a": pa.int64()}))


def test_a_reader_that_is_left_in_the_middle_does_not_wait_for_the_rest(store, monkeypatch):
    monkeypatch.setattr(sqlite_columns, "SMALL", 0)
    endless = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT a FROM n"
    with sqlite_columns.column_reader(store) as read:
        parts = (part for part in read(endless, {"a": pa.int64()}) if part.num_rows)
        assert next(parts).column("a")[0].as_py() == 1


# -- a process that is stopped, killed, or slow

NUMBERS = (
    "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n LIMIT {}) SELECT a, printf('%0200d', a) AS b FROM n"
)
MANY = 200_000


@pytest.fixture
def reading(store):
    """A process that reads the store."""
    with process_reading(store.path) as reading:
        yield reading


def whole(batches):
    """The numbers of a query, each of which must come once and in order."""
    count = 0
    for batch in batches:
        first = batch.column("a")[0].as_py()
        assert first == count + 1 and batch.column("b")[0].as_py() == f"{first:0200d}"
        count += batch.num_rows
    return count


def test_frames_arrive_whole_however_often_the_process_is_stopped(store, monkeypatch):
    # unbuffered, an interrupted write of the child is a short one
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    done = threading.Event()
    with process_reading(store.path) as reading:
        pid = reading._process.pid

        def stop_and_go():
            while not done.is_set():
                os.kill(pid, signal.SIGSTOP)
                done.wait(0.002)
                os.kill(pid, signal.SIGCONT)
                done.wait(0.002)

        stopping = threading.Thread(target=stop_and_go)
        stopping.start()
        try:
            assert whole(reading.batches(NUMBERS.format(MANY))) == MANY
            assert whole(reading.batches(NUMBERS.format(10))) == 10
        finally:
            done.set()
            stopping.join()


def test_one_who_takes_the_rows_slower_than_the_limit_still_gets_them(reading):
    batches = reading.batches(NUMBERS.format(MANY))
    first = next(batches)
    reading.patience = 3
    time.sleep(4)  # longer than the limit, which only counts while nothing has come
    assert first.num_rows + sum(batch.num_rows for batch in batches) == MANY


def test_a_process_that_stays_stopped_is_given_up(store):
    with process_reading(store.path) as reading:
        assert whole(reading.batches(NUMBERS.format(10))) == 10
        reading.patience = 0.5
        os.kill(reading._process.pid, signal.SIGSTOP)
        with pytest.raises(Unavailable, match=r"graph\.db failed: the process that reads it gave no sign for 0\.5 s"):
            whole(reading.batches(NUMBERS.format(MANY)))
    assert reading._process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("when", ["before a query", "in the middle"])
def test_a_process_that_is_killed_is_noticed_at_once(reading, when):
    batches = reading.batches(NUMBERS.format(10 * MANY))
    if when == "in the middle":
        next(batches)
    os.kill(reading._process.pid, signal.SIGKILL)
    with pytest.raises(Unavailable, match="the process that reads it was killed by signal 9; run this again"):
        list(batches)


def test_a_process_that_cannot_open_the_file_says_why(tmp_path):
    with (
        process_reading(tmp_path / "nowhere.db") as reading,
        pytest.raises(Unavailable, match=r"ended with code 1 \(.*failed to open 'file:.*nowhere\.db"),
    ):
        list(reading.batches("SELECT 1 AS a"))


def test_a_query_that_fails_leaves_the_process_ready_for_the_next(reading):
    with pytest.raises(Unavailable, match="no such column: b"):
        list(reading.batches("SELECT b"))
    assert whole(reading.batches(NUMBERS.format(10))) == 10


def test_a_process_whose_reader_is_gone_ends_without_a_word(store):
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom ringfence.graph.store.sqlite.apart import process_reading\n"
        "with process_reading(Path(sys.argv[1])) as reading:\n"
        "    next(reading.batches(sys.argv[2]))\n    print(reading._process.pid, flush=True)\n    os._exit(0)"
    )
    command = [sys.executable, "-c", code, str(store.path), NUMBERS.format(10 * MANY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    pid = int(done.stdout)
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)  # until it has noticed
    else:
        pytest.fail("the process is still there")
    assert done.stderr == ""
