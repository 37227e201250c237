"""Queries on a SQLite file answered by a process of their own, as Arrow record batches.

Queries go in as lines of JSON. What comes out is framed: a letter, the length of what follows, and so many bytes. So
what is cut short is noticed.

=====  ======================================
``S``  the schema of an answer
``B``  a record batch of it
``E``  the answer is complete
``F``  the query failed; a text says why
=====  ======================================
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

import pyarrow as pa
import pyarrow.ipc as ipc

from ...errors import Unavailable

PATIENCE = 1800.0
"""Seconds without a sign from the process after which it is given up: a query on twenty million rows may sort for
minutes before its first row, the more where other work shares the machine."""
_HEAD = struct.Struct("<cQ")
_PIPE = 1 << 20
_BATCH = "65536"
"""Rows a batch. Types are read off the first rows, so a large batch makes them surer too."""


@contextmanager
def process_reading(path: Path) -> Iterator[Reading]:
    """A process that reads a store's file until the context ends."""
    command = [sys.executable, "-m", __name__, str(path.absolute())]
    pipe = subprocess.PIPE
    with (
        TemporaryFile() as said,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, bufsize=0, pipesize=_PIPE) as process,
    ):
        try:
            yield Reading(path, process, said)
        finally:
            process.kill()  # it only reads; and it may be stopped, or in the middle of an answer nobody takes


class Reading:
    """What the process answers.

    Attributes
    ----------
    patience : seconds without a sign from the process after which it is given up
    """

    def __init__(self, path: Path, process: subprocess.Popen[bytes], said: IO[bytes]):
        assert process.stdin and process.stdout
        self._path, self._process, self._said, self.patience = path, process, said, PATIENCE
        self._asking, self._answer = process.stdin, process.stdout.fileno()
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(self._answer, selectors.EVENT_READ)

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query; all must be taken before the next.

        Raises
        ------
        Unavailable : the query failed, or the process ended or gave no sign for too long
        """
        try:
            self._asking.write(json.dumps(query).encode() + b"\n")
        except BrokenPipeError:
            raise self._ended() from None
        schema = None
        while (frame := self._frame())[0] != b"E":
            letter, content = frame
            if letter == b"F":
                raise self._failed(content.decode(errors="replace"))
            if letter == b"S":
                schema = ipc.read_schema(pa.py_buffer(content))
            else:
                yield ipc.read_record_batch(pa.py_buffer(content), schema)

    def _frame(self) -> tuple[bytes, bytearray]:
        letter, length = _HEAD.unpack(self._take(_HEAD.size))
        return letter, self._take(length)

    def _take(self, count: int) -> bytearray:
        """The next bytes of the answer, all of them."""
        taken = bytearray(count)
        rest = memoryview(taken)
        while rest:
            if not self._waiting.select(self.patience):
                raise self._failed(
                    f"the process that reads it gave no sign for {self.patience:g} s; see what stopped it"
                )
            got = os.readv(self._answer, [rest])
            if not got:
                raise self._ended()
            rest = rest[got:]
        return taken

    def _ended(self) -> Unavailable:
        code = self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return self._failed(f"the process that reads it {how}{f' ({last})' if last else ''}; run this again")

    def _failed(self, why: str) -> Unavailable:
        return Unavailable(f"reading {self._path} failed: {why}")


def serve(path: str) -> None:
    """Answer the queries on standard input until there are no more, or nobody takes the answers."""
    from adbc_driver_sqlite import dbapi

    # Frames have standard output for themselves, whatever else prints; and what is buffered is written in full.
    with os.fdopen(os.dup(1), "wb", _PIPE) as out:
        os.dup2(2, 1)
        try:
            with dbapi.connect(f"file:{path}?mode=ro") as connection:
                for line in sys.stdin.buffer:
                    _answer(out, connection, json.loads(line))
                    out.flush()
        except BrokenPipeError:
            os._exit(0)  # the one who asked is gone, and what is buffered for him cannot be written


def _answer(out: BinaryIO, connection, query: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH})
            cursor.execute(query)
            batches = cursor.fetch_record_batch()
            _write(out, b"S", batches.schema.serialize())
            for batch in batches:
                _write(out, b"B", batch.serialize())
    except BrokenPipeError:
        raise
    except Exception as error:  # of the driver or of Arrow: it is for the one who asked
        _write(out, b"F", " ".join(str(error).split()).encode())
    else:
        _write(out, b"E", b"")


def _write(out: BinaryIO, letter: bytes, content: pa.Buffer | bytes) -> None:
    out.write(_HEAD.pack(letter, len(content)))
    out.write(content)


if __name__ == "__main__":
    serve(sys.argv[1])
