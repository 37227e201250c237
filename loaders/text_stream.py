"""Text files of unknown encoding, plain or gzip'ed, as streams of UTF-8."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ..graph.errors import UserError

_BLOCK = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_bytes(path: Path) -> tuple[BinaryIO, BinaryIO]:
    """The file as it is on disk, and the same without compression."""
    disk = path.open("rb")
    if path.name.lower().endswith(".gz"):
        return disk, cast(BinaryIO, gzip.GzipFile(fileobj=disk))
    return disk, disk


def find_encoding(path: Path, label: str) -> str:
    """The encoding that all bytes of a file agree with: its byte order mark, else UTF-8, else GB18030.

    Raises
    ------
    UserError : none fits (names row and byte of the first bad byte), or the compressed data are damaged
    """
    try:
        _, stream = open_bytes(path)
        with stream:
            start = stream.read(4)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
        candidates = [marked.removesuffix("-sig")] if marked else ["utf-8", "gb18030"]
        failures = []
        for encoding in candidates:
            bad = _first_bad_byte(path, encoding)
            if bad is None:
                return marked or encoding
            failures.append((bad, encoding))
        bad, encoding = max(failures)
        row = _row_at(path, bad)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UserError(f"{label}: the gzip data are damaged ({error}); fetch the file again") from error
    names = " nor ".join(name.upper() for name in candidates)
    raise UserError(f"{label}: row {row}, byte {bad} (counted from 0) is not valid {names}; save the file as UTF-8")


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    """Offset (after decompression) of the first byte that does not decode; None where all do."""
    decoder = codecs.getincrementaldecoder(encoding)()
    ascii_alike = encoding in ("utf-8", "gb18030")
    done = 0
    _, stream = open_bytes(path)
    with stream:
        while True:
            block = stream.read(_BLOCK)
            held = len(decoder.getstate()[0])
            if not (ascii_alike and held == 0 and block.isascii()) or not block:
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    return done - held + error.start
            if not block:
                return None
            done += len(block)


def _row_at(path: Path, offset: int) -> int:
    """The record that holds a byte; the header is row 1."""

    def lines() -> Iterator[str]:
        done = 0
        _, stream = open_bytes(path)
        with stream:
            for line in stream:
                yield line[: offset + 1 - done].decode("latin-1")
                done += len(line)
                if done > offset:
                    return

    try:
        return sum(1 for record in csv.reader(lines()) if record)
    except csv.Error:  # no table at all: count its lines
        return sum(1 for _ in lines())


class Utf8Stream(io.RawIOBase):
    """A text file as UTF-8 bytes without byte order mark, followed by ``tail``.

    Readers work ahead, so ``position`` can also tell how much of the file is behind what has been used.
    """

    def __init__(self, path: Path, encoding: str, tail: bytes = b""):
        self._disk, self._bytes = open_bytes(path)
        self._size = path.stat().st_size
        self._decoder = None
        if encoding == "utf-8-sig":
            self._bytes.read(len(codecs.BOM_UTF8))
        elif encoding != "utf-8":
            self._decoder = codecs.getincrementaldecoder(encoding)()
        self._tail = tail
        self._ready = b""
        self._ended = False
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready and not self._ended:
            self._fill(max(len(view), 4096))
        taken = self._ready[: len(view)]
        view[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        self._given += len(taken)
        return len(taken)

    def _fill(self, size: int) -> None:
        block = self._bytes.read(size)
        self._ended = not block
        if self._decoder is not None:
            block = self._decoder.decode(block, final=self._ended).encode()
        self._ready = block + self._tail if self._ended else block

    def position(self, taken: int | None = None) -> int:
        """Bytes on disk that have been read; or about those that the first ``taken`` bytes given out came from."""
        disk = self._size if self._disk.closed else self._disk.tell()
        return disk if taken is None or taken >= self._given else disk * taken // self._given

    def close(self) -> None:
        if not self.closed:
            self._bytes.close()
            self._disk.close()
        super().close()
