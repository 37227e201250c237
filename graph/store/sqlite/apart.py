"""Queries answered by a process of its own, as Arrow: that process is started, watched and ended here."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.ipc as ipc

from ...errors import Unavailable
from . import messages
from .messages import Kind, receive, send

Ask = Callable[[str], Iterator[pa.RecordBatch]]
"""From a query to its rows, which must all be taken before the next query is asked."""


@contextmanager
def process_apart(path: Path) -> Iterator[Ask]:
    """What asks a process of its own that reads a SQLite file. The process ends with the context.

    They talk over a socket of their own. What the process prints, or a library in it, goes into a file without a name:
    it cannot get between the rows, and there is no pipe that it could fill.

    Raises
    ------
    Unavailable : by what is yielded: a query failed, or the process died, or it gave no sign of life for too long
    RuntimeError : by what is yielded: the answer before was not taken to its end
    """
    ours, theirs = socket.socketpair()
    # Without -P, a file in the user's folder that is named like a library would be run instead of the library.
    command = [sys.executable, "-P", "-m", f"{__package__}.serving", str(path.absolute()), str(messages.TURN)]
    with ours, tempfile.TemporaryFile() as printed:
        with theirs:
            process = subprocess.Popen(command, stdin=theirs.fileno(), stdout=printed, stderr=printed)
        ours.settimeout(messages.TURN)
        with process:
            try:
                yield _Apart(path, process, ours, printed).ask
            finally:
                process.kill()  # it only reads, so it has nothing to finish; and it may be stopped


class _Apart:
    """A process that reads a file, from the side of its parent."""

    def __init__(self, path: Path, process: subprocess.Popen, channel: socket.socket, printed: IO[bytes]):
        self._path = path
        self._process = process
        self._channel = channel
        self._printed = printed
        self._answering = False

    def ask(self, query: str) -> Iterator[pa.RecordBatch]:
        if self._answering:
            raise RuntimeError("the answer before was not taken to its end: what comes now would be its rest")
        self._answering = True
        try:
            send(self._channel, Kind.QUERY, query.encode())
            yield from self._answer()
        except TimeoutError:
            raise Unavailable(self._silent()) from None
        except ConnectionError:
            raise Unavailable(self._ended()) from None

    def _answer(self) -> Iterator[pa.RecordBatch]:
        schema = None
        while True:
            kind, content = receive(self._channel)
            if kind == Kind.SCHEMA:
                schema = ipc.read_schema(content)
            elif kind == Kind.ROWS:
                yield ipc.read_record_batch(content, schema)
            elif kind in (Kind.END, Kind.FAILED):
                break
        self._answering = False
        if kind == Kind.FAILED:
            why = content.to_pybytes().decode()
            raise Unavailable(
                f"reading {self._path} failed: {why}; see that the file is whole and that its disk can be read"
            )

    def _silent(self) -> str:
        return (
            f"reading {self._path} broke off: the process that reads it ({self._process.pid}) gave no sign of life for"
            f" {messages.TURN * messages.TURNS:g} seconds and was ended; see what stopped it, and run the same again"
        )

    def _ended(self) -> str:
        """How it ended, and the last line that it printed."""
        try:
            code = self._process.wait(messages.TURN)  # it closes the socket a moment before its end
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        how = f"by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"with exit code {code}"
        self._printed.seek(0)
        lines = self._printed.read().decode(errors="replace").strip().splitlines()
        told = f" and said: {lines[-1]}" if lines else ""
        return f"reading {self._path} broke off: the process that reads it ended {how}{told}; run the same again"
