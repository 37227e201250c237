"""The jobs of a store: one table in an SQLite file, and a lock that goes with the process of the job that runs.

Whoever holds the lock is the job that runs, whatever the table says: a row that says so while the lock is free is of a
process that died. Whoever looks at the lock does so within a transaction of the table, so that nobody is refused
because somebody else was looking.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ...graph.errors import Busy, Conflict, NotFound
from ...graph.times import to_iso

STATES = ("running", "done", "failed", "cancelled", "lost")
"""What becomes of a job; ``lost`` is one whose process died without a word."""

_EVERY_SECONDS = 0.5
"""How often it is written down how far a step has come."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    job INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, source TEXT, by TEXT NOT NULL, state TEXT NOT NULL,
    began_at INTEGER NOT NULL, ended_at INTEGER, said TEXT, cancelled_by TEXT,
    step TEXT, name TEXT, done INTEGER, total INTEGER, host TEXT NOT NULL, pid INTEGER
)
"""
_COLUMNS = "job, kind, source, by, state, began_at, ended_at, said, cancelled_by, step, name, done, total, host, pid"


@dataclass(frozen=True)
class Job:
    """What is kept of a job; times are epoch milliseconds of the clock.

    Attributes
    ----------
    source : what is loaded; None where nothing is
    said : in one line what came of it, or why it failed
    cancelled_by : who told it to end
    step, name, done, total : how far it has come, as a store's ``Progress`` tells it; None before it tells any
    host, pid : where it runs
    """

    job: int
    kind: str
    source: str | None
    by: str
    state: str
    began_at: int
    ended_at: int | None
    said: str | None
    cancelled_by: str | None
    step: str | None
    name: str | None
    done: int | None
    total: int | None
    host: str
    pid: int | None


class Jobs:
    """The jobs of one store.

    Parameters
    ----------
    path : the SQLite file, made by the first job; the lock is the file of its name and ``.lock``
    """

    def __init__(self, path: Path):
        self.path = path
        self._lock = path.with_suffix(".lock")

    def begin(self, kind: str, by: str, source: str | None, pid: int | None) -> Held:
        """Begin a job.

        Parameters
        ----------
        pid : of the process that will do it; None where that is not known yet

        Raises
        ------
        Busy : another one runs
        """
        with self.alone() as connection:
            lock = self._take()
            if lock is None:
                raise Busy(_told(connection))
            try:
                _settle(connection)
                (number,) = connection.execute(
                    "INSERT INTO jobs (kind, source, by, state, began_at, host, pid)"
                    " VALUES (?, ?, ?, 'running', ?, ?, ?) RETURNING job",
                    (kind, source, by, _now(), socket.gethostname(), pid),
                ).fetchone()
            except BaseException:
                os.close(lock)
                raise
        return Held(self, number, lock)

    def all(self, most: int) -> list[Job]:
        """The last jobs, the latest first."""
        return self._read("ORDER BY job DESC LIMIT ?", most)

    def count(self) -> int:
        """How many there were."""
        if not self.path.exists():
            return 0
        with self.alone() as connection:
            return connection.execute("SELECT count(*) FROM jobs").fetchone()[0]

    def get(self, number: int) -> Job:
        """One job.

        Raises
        ------
        NotFound : there is none of this number
        """
        found = self._read("WHERE job = ?", number)
        if not found:
            raise NotFound(f"no job {number}: 'ringfence jobs list' shows all")
        return found[0]

    def cancel(self, number: int, by: str) -> Job:
        """Let the process of a job end, at once and wherever it stands, and return the job.

        Raises
        ------
        NotFound : there is no such job
        Conflict : it has ended, or is not to be reached from here
        """
        self.get(number)
        with self.alone() as connection:
            # As long as the transaction lasts a job that runs cannot end by itself, and its process is still its own.
            self._settle(connection)
            job = _rows(connection, "WHERE job = ?", number)[0]
            if job.state != "running":
                raise Conflict(f"job {number} is {job.state}: there is nothing to cancel")
            connection.execute("UPDATE jobs SET cancelled_by = ? WHERE job = ?", (by, number))
            _end(job)
        return self.get(number)

    def _read(self, which: str, value: int) -> list[Job]:
        if not self.path.exists():
            return []
        with self.alone() as connection:
            self._settle(connection)
            return _rows(connection, which, value)

    def _settle(self, connection: sqlite3.Connection) -> None:
        lock = self._take()
        if lock is not None:
            _settle(connection)
            os.close(lock)

    def _take(self) -> int | None:
        """The lock as an open file, None where another process holds it."""
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def connect(self) -> sqlite3.Connection:
        """A connection to the table's file, for one thread at a time."""
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        # The lock is lost with the power, too: what was written last may be.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """A transaction of the table; no other looks at the lock meanwhile."""
        with closing(self.connect()) as connection, _transaction(connection):
            yield connection


class Held:
    """A job that runs, for the process that holds its lock.

    Attributes
    ----------
    number : of the job
    lock : the open lock, which a process that is started may inherit
    said : in one line what came of the job, as far as it knows
    """

    def __init__(self, jobs: Jobs, number: int, lock: int):
        self.number = number
        self.lock = lock
        self.said: str | None = None
        self._told: tuple[str, str] | None = None
        self._at = 0.0
        # Kept open: whoever closes a file as the last one waits until all of it is on the disk.
        self._connection = jobs.connect()
        self._turn = Lock()
        """Of the threads that tell how far the job has come, one at a time."""

    def progress(self, step: str, name: str, done: int, total: int) -> None:
        """Write down how far the job has come: each step, and twice a second within one."""
        now = time.monotonic()
        if (step, name) == self._told and now - self._at < _EVERY_SECONDS and done < total:
            return
        self._told, self._at = (step, name), now
        self._write("step = ?, name = ?, done = ?, total = ?", step, name, int(done), int(total))

    def hand_over(self, pid: int) -> None:
        """Leave the job to a process that inherited its lock."""
        self._write("pid = ?", pid)
        self._connection.close()
        os.close(self.lock)

    def end(self, state: str, said: str | None) -> None:
        """Write down how the job ended, and let others begin."""
        with self._turn, _transaction(self._connection):
            self._set("state = ?, said = ?, ended_at = ?", state, said, _now())
            # Also where the process that started this one has not let go yet.
            fcntl.flock(self.lock, fcntl.LOCK_UN)
        self._connection.close()
        os.close(self.lock)

    def _write(self, what: str, *values: object) -> None:
        with self._turn, _transaction(self._connection):
            self._set(what, *values)

    def _set(self, what: str, *values: object) -> None:
        self._connection.execute(f"UPDATE jobs SET {what} WHERE job = ?", (*values, self.number))


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_SCHEMA)
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _settle(connection: sqlite3.Connection) -> None:
    """Write down of jobs that run no more, as nobody holds the lock, that they ended."""
    connection.execute(
        "UPDATE jobs SET state = CASE WHEN cancelled_by IS NULL THEN 'lost' ELSE 'cancelled' END, ended_at = ?"
        " WHERE state = 'running'",
        (_now(),),
    )


def _rows(connection: sqlite3.Connection, which: str, value: int) -> list[Job]:
    return [Job(*row) for row in connection.execute(f"SELECT {_COLUMNS} FROM jobs {which}", (value,))]


def _end(job: Job) -> None:
    if job.host != socket.gethostname():
        raise Conflict(f"job {job.job} runs on {job.host}: cancel it there")
    if job.pid is None:
        raise Conflict(f"job {job.job} is just beginning: try again")
    try:
        os.kill(job.pid, signal.SIGTERM)
    except ProcessLookupError:
        return  # It died this instant.
    except PermissionError:
        raise Conflict(f"job {job.job} belongs to another user of the machine: cancel it as that user") from None


def _told(connection: sqlite3.Connection) -> str:
    """Who keeps others from beginning, and since when."""
    job = _rows(connection, "WHERE state = 'running' ORDER BY job DESC LIMIT ?", 1)[0]
    what, since = f"{job.kind} of {job.source}" if job.source else job.kind, to_iso(job.began_at // 1000 * 1000)
    return (
        f"job {job.job} of {job.by} is running since {since}: {what}; nothing was changed, try again when it has "
        f"ended, or end it with 'ringfence jobs cancel {job.job}'"
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
