"""A SQLite file read by a process of its own, whatever befalls that process, its parent or their environment."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from ringfence.graph.errors import Unavailable
from ringfence.graph.store.sqlite import messages
from ringfence.graph.store.sqlite.apart import process_apart
from support.processes import PATIENCE_S, child_of, command, is_listed, peak_mb, stopped_again_and_again, until

ROWS = """WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n LIMIT {})
SELECT a, printf('%0100d', a * 7919) AS text FROM n"""
"""So many rows of a hundred bytes, worked out as they are asked for."""
LONG = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n LIMIT 20000000) SELECT count(*) AS many FROM n"
"""A query that takes seconds before its first row."""
ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT count(*) AS many FROM n"
SERVING = "ringfence.graph.store.sqlite.serving"
PROGRAM = f"""
import signal, sys
from pathlib import Path
from ringfence.graph.store.sqlite import messages
from ringfence.graph.store.sqlite.apart import process_apart
ROWS, LONG, ENDLESS = {ROWS!r}, {LONG!r}, {ENDLESS!r}
messages.TURN, messages.TURNS = 0.1, 10 * {PATIENCE_S}
signal.signal(signal.SIGINT, signal.default_int_handler)  # which tests in the background have not
with process_apart(Path(sys.argv[1])) as ask:
    assert len(list(ask("SELECT 1 AS a"))) == 1
    print("begun", flush=True)
"""
"""How a program begins that has a process read for it; what it does then is appended."""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "graph.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE meta (name TEXT)")
    return path


def child():
    return child_of(os.getpid(), SERVING)


@contextmanager
def program(path, *lines):
    """A program that has begun, in a group of processes of its own."""
    command = [sys.executable, "-c", PROGRAM + "".join(f"    {line}\n" for line in lines), str(path)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


def row_by_row(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def rows_of(batches):
    return [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]


def limit(monkeypatch, seconds):
    monkeypatch.setattr(messages, "TURNS", round(seconds / messages.TURN))


@pytest.fixture
def quick_turns(monkeypatch):
    """A process gives more signs of life than usual, so that a test may wait for less of them."""
    monkeypatch.setattr(messages, "TURN", 0.1)
    limit(monkeypatch, PATIENCE_S)


# -- signals


def read_under_signals(path, rows, seed):
    """Two answers of a process that is stopped and continued all the while, and how often that was done."""
    with process_apart(path) as ask, stopped_again_and_again(child(), seed) as times:
        return rows_of(ask(ROWS.format(rows))), rows_of(ask("SELECT 1 AS a")), len(times)


def test_a_process_that_is_stopped_and_continued_loses_nothing_with_unbuffered_output_too(path, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    many, one, times = read_under_signals(path, 300_000, 1)
    assert many == row_by_row(path, ROWS.format(300_000))
    assert one == [(1,)]
    assert times > 10


@pytest.mark.soak
def test_a_hundred_reads_under_signals_lose_nothing(path, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    expected = row_by_row(path, ROWS.format(200_000))
    for turn in range(100):
        assert read_under_signals(path, 200_000, seed + turn)[:2] == (expected, [(1,)])


def test_a_process_that_is_killed_in_mid_answer_is_told_and_leaves_no_zombie(path):
    with process_apart(path) as ask:
        pid, parts = child(), ask(ROWS.format(1_000_000))
        next(parts)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match=r"graph\.db broke off: .* by signal 9 \(Killed\); run the same"):
            list(parts)
    assert not is_listed(pid)


def test_a_process_that_is_killed_while_it_is_waited_for_is_told_at_once(path):
    with process_apart(path) as ask:
        pid, started = child(), time.monotonic()
        rows_of(ask("SELECT 1 AS a"))
        killer = subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -9 {pid}"])
        with pytest.raises(Unavailable, match="ended by signal 9"):
            list(ask(ENDLESS))
        killer.wait()
    assert time.monotonic() - started < messages.TURN * messages.TURNS / 2, "not only when the time was up"


def test_a_process_that_was_killed_between_two_queries_is_told(path):
    with process_apart(path) as ask:
        rows_of(ask("SELECT 1 AS a"))
        os.kill(child(), signal.SIGTERM)
        with pytest.raises(Unavailable, match=r"ended by signal 15 \(Terminated\)"):
            list(ask("SELECT 1 AS a"))


def test_a_process_that_stays_stopped_is_given_up_and_ended(path, quick_turns, monkeypatch):
    with process_apart(path) as ask:
        pid, parts = child(), ask(ROWS.format(1_000_000))
        next(parts)
        os.kill(pid, signal.SIGSTOP)
        limit(monkeypatch, 1)
        with pytest.raises(Unavailable, match=rf"reads it \({pid}\) gave no sign of life for 1 seconds and was ended"):
            list(parts)
    assert not is_listed(pid)


def test_a_stopped_process_does_not_hold_up_whoever_is_done_with_it(path):
    with process_apart(path) as ask:
        pid = child()
        rows_of(ask("SELECT 1 AS a"))
        os.kill(pid, signal.SIGSTOP)
    assert not is_listed(pid)


def test_a_query_longer_than_its_socket_holds_is_not_sent_for_ever_to_a_stopped_process(path, quick_turns, monkeypatch):
    with process_apart(path) as ask:
        rows_of(ask("SELECT 1 AS a"))
        os.kill(child(), signal.SIGSTOP)
        limit(monkeypatch, 1)
        with pytest.raises(Unavailable, match="gave no sign of life"):
            list(ask(f"SELECT '{'x' * 2_000_000}' AS a"))


# -- who may take their time


def test_a_query_may_take_longer_than_the_limit_before_its_first_row(path, quick_turns, monkeypatch):
    with process_apart(path) as ask:
        rows_of(ask("SELECT 1 AS a"))
        limit(monkeypatch, 1)
        begun = time.monotonic()
        assert rows_of(ask(LONG)) == [(20_000_000,)]
        assert time.monotonic() - begun > 1, "the query is no test of the limit"


def test_whoever_takes_the_rows_may_take_longer_than_the_limit(path, quick_turns, monkeypatch):
    with process_apart(path) as ask:
        parts = ask(ROWS.format(300_000))
        taken = rows_of([next(parts)])
        limit(monkeypatch, 2)
        time.sleep(3)
        assert taken + rows_of(parts) == row_by_row(path, ROWS.format(300_000))


def test_a_pause_of_both_may_be_longer_than_the_limit(path):
    with program(path, "messages.TURNS = 20", "print(next(ask(LONG))[0].to_pylist())") as process:
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(4)
        os.killpg(process.pid, signal.SIGCONT)
        assert process.communicate(timeout=PATIENCE_S) == ("[20000000]\n", "")


# -- the parent


@pytest.mark.parametrize(
    "lines",
    [
        ["print(flush=True)", "sys.stdin.read()"],
        ["parts = ask(ROWS.format(10**9))", "next(parts)", "print(flush=True)", "sys.stdin.read()"],
        ["print(flush=True)", "list(ask(ENDLESS))"],
    ],
    ids=["that has no question", "that does not take the rest", "that waits for the answer"],
)
def test_a_process_ends_with_its_parent(path, lines):
    with program(path, *lines) as process:
        assert process.stdout.readline() == "\n"
        pid = child_of(process.pid, SERVING)
        process.kill()
        process.wait(PATIENCE_S)
        until(lambda: not command(pid))


@pytest.mark.parametrize("query", [None, ROWS.format(10**9)], ids=["nothing", "a large answer"])
def test_a_process_that_nobody_listens_to_says_nothing_of_it(path, query):
    ours, theirs = socket.socketpair()
    started = [sys.executable, "-m", SERVING, str(path), "5"]
    with subprocess.Popen(started, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        theirs.close()
        with ours:
            if query:
                messages.send(ours, messages.Kind.QUERY, query.encode())
                messages.receive(ours)
        assert process.communicate(timeout=PATIENCE_S) == (b"", b"")
    assert process.returncode == 0


def test_ctrl_c_ends_both_without_a_word_of_the_process_apart(path):
    with program(path, "try: list(ask(ENDLESS))", "except KeyboardInterrupt: print('interrupted')") as process:
        time.sleep(0.5)
        pid = child_of(process.pid, SERVING)
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=PATIENCE_S) == ("interrupted\n", "")
        assert not is_listed(pid)


def test_ctrl_c_is_for_the_parent_to_answer(path):
    with process_apart(path) as ask:
        assert rows_of(ask("SELECT 1 AS a")) == [(1,)]
        os.kill(child(), signal.SIGINT)
        assert rows_of(ask("SELECT 2 AS a")) == [(2,)]


# -- queries, and environments


def test_an_answer_that_was_left_in_the_middle_is_not_taken_for_the_next_one(path):
    with process_apart(path) as ask:
        next(ask("SELECT 1 AS a"))
        with pytest.raises(RuntimeError, match="was not taken to its end"):
            list(ask("SELECT 2 AS b"))


def test_a_query_that_fails_is_told_in_one_line_and_the_next_one_is_answered(path):
    with process_apart(path) as ask:
        with pytest.raises(Unavailable, match="no such table: nowhere; see") as raised:
            list(ask("SELECT 1 AS a\nFROM nowhere"))
        assert "SELECT" not in str(raised.value)
        assert rows_of(ask("SELECT 1 AS a")) == [(1,)]


def test_a_query_that_fails_after_its_first_rows_is_told(path):
    late = "SELECT CASE WHEN a < 200000 THEN a ELSE json_extract('not json', '$') END AS b FROM"
    with process_apart(path) as ask:
        parts = ask(f"{late} ({ROWS.format(300_000)})")
        assert next(parts).num_rows > 0
        with pytest.raises(Unavailable, match="malformed JSON"):
            list(parts)


def with_code(folder, monkeypatch, code):
    """Have every Python that is started run some code first."""
    (folder / "hooks").mkdir()
    (folder / "hooks" / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder / "hooks"))


def test_what_a_library_prints_neither_mixes_with_the_rows_nor_fills_a_pipe(path, tmp_path, monkeypatch):
    noise = "import sys; print('x' * 500_000, flush=True); print('y' * 500_000, file=sys.stderr, flush=True)"
    with_code(tmp_path, monkeypatch, noise)
    with process_apart(path) as ask:
        assert rows_of(ask("SELECT 1 AS a")) == [(1,)]


def test_a_process_that_cannot_start_is_told_with_its_last_words(path, tmp_path, monkeypatch):
    with_code(tmp_path, monkeypatch, "import os; os.write(2, b'first\\nno room for a library\\n'); os._exit(3)")
    with (
        process_apart(path) as ask,
        pytest.raises(Unavailable, match="ended with exit code 3 and said: no room for a library; run"),
    ):
        list(ask("SELECT 1 AS a"))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with process_apart(tmp_path / "nowhere.db") as ask, pytest.raises(Unavailable, match=r"open .*nowhere"):
        list(ask("SELECT 1 AS a"))


def test_a_file_that_is_named_like_a_library_is_not_run_for_it(path, tmp_path, monkeypatch):
    (tmp_path / "pyarrow.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    with process_apart(path) as ask:
        assert rows_of(ask("SELECT 1 AS a")) == [(1,)]


def test_nothing_is_left_beside_the_store(path, tmp_path):
    before = set(tmp_path.iterdir())
    with process_apart(path) as ask:
        rows_of(ask(ROWS.format(100_000)))
        assert {file for file in set(tmp_path.iterdir()) - before if "graph.db-" not in file.name} == set()


def test_a_larger_answer_takes_no_more_memory(path):
    small, large = peaks_mb(path, 400_000), peaks_mb(path, 1_600_000)
    assert max(more - less for less, more in zip(small, large, strict=True)) < 40, (small, large)


def peaks_mb(path, rows):
    """The most memory that a program and the process that reads for it have had, once so many rows were read."""
    lines = (f"for part in ask(ROWS.format({rows})): pass", "print(flush=True)", "sys.stdin.read()")
    with program(path, *lines) as process:
        assert process.stdout.readline() == "\n"
        return peak_mb(process.pid), peak_mb(child_of(process.pid, SERVING))
