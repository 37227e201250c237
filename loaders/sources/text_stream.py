"""Text files of unknown encoding, plain, gzip'ed or inside a ZIP archive, as streams of UTF-8."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from ...graph.errors import UserError

_BLOCK = 1 << 20
_THREE_BYTES = re.compile("[\u0800-\ufffc]")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


DAMAGED = (gzip.BadGzipFile, BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)
"""What comes of compressed data that are cut off, changed, or packed in a way that nobody here can undo."""


@dataclass(frozen=True)
class Stored:
    """The bytes of a file, or of one member of a ZIP archive; what ``.gz`` compresses is read as it was before."""

    path: Path
    member: ZipInfo | None = None

    @property
    def size(self) -> int:
        """Their number, before what ``.gz`` compresses is undone."""
        return self.path.stat().st_size if self.member is None else self.member.file_size

    def before(self, place: int) -> int:
        """About how many of them come from before a place in the file on disk."""
        if self.member is None:
            return place
        share = max(place - self.member.header_offset, 0) / max(self.member.compress_size, 1)
        return int(self.size * min(share, 1))

    def open(self) -> tuple[BinaryIO, BinaryIO]:
        """The file as it is on disk, and these bytes without compression."""
        disk = self.path.open("rb")
        plain: BinaryIO = disk
        if self.member is not None:
            archive = ZipFile(disk)
            plain = cast(BinaryIO, archive.open(self.member))
        name = self.path.name if self.member is None else self.member.filename
        return disk, cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if name.lower().endswith(".gz") else plain


def find_encoding(stored: Stored, label: str) -> str:
    """The encoding that all bytes of a file agree with: its byte order mark, else UTF-8, else GB18030.

    Nearly every text in UTF-8 with a character cut in two can also be read as GB18030, as other characters. So a file
    whose Chinese is mostly sound UTF-8 is held to be UTF-8 that is damaged.

    Raises
    ------
    UserError : none fits (names row and byte of the first bad byte), or the compressed data are damaged
    """
    try:
        disk, stream = stored.open()
        with disk, stream:
            start = stream.read(4)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
        candidates = [marked.removesuffix("-sig")] if marked else ["utf-8", "gb18030"]
        failures = []
        for encoding in candidates:
            bad = _first_bad_byte(stored, encoding)
            if bad is None:
                return marked or encoding
            failures.append((bad, encoding))
            if encoding == "utf-8" and _mostly_utf8(stored):
                candidates = ["utf-8"]
                break
        bad, encoding = max(failures)
        row = _row_at(stored, bad)
    except DAMAGED as error:
        packed = "gzip" if stored.member is None else "ZIP"
        raise UserError(f"{label}: the {packed} data are damaged ({error}); fetch the file again") from error
    names = " nor ".join(name.upper() for name in candidates)
    raise UserError(f"{label}: row {row}, byte {bad} (counted from 0) is not valid {names}; save the file as UTF-8")


def _first_bad_byte(stored: Stored, encoding: str) -> int | None:
    """Offset (after decompression) of the first byte that does not decode; None where all do."""
    decoder = codecs.getincrementaldecoder(encoding)()
    ascii_alike = encoding in ("utf-8", "gb18030")
    done = 0
    disk, stream = stored.open()
    with disk, stream:
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


def start_of(stored: Stored, size: int) -> str:
    """The text of a file's first bytes: of its byte order mark's encoding, else UTF-8, else GB18030.

    Bytes that fit none are shown as U+FFFD: this is for a look at a file, not for reading it.
    """
    disk, stream = stored.open()
    with disk, stream:
        start = stream.read(size)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
    return start.decode(marked or "utf-8", "replace")


def _mostly_utf8(stored: Stored) -> bool:
    """Whether what is no ASCII is mostly characters of three bytes, as UTF-8 writes Chinese; in GB18030 hardly any
    bytes look so."""
    sound = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    disk, stream = stored.open()
    with disk, stream:
        while block := stream.read(_BLOCK):
            text = decoder.decode(block)
            bad += text.count("\ufffd")
            sound += len(_THREE_BYTES.findall(text))
    return sound > bad


def _row_at(stored: Stored, offset: int) -> int:
    """The record that holds a byte; the header is row 1."""

    def lines() -> Iterator[str]:
        done = 0
        disk, stream = stored.open()
        with disk, stream:
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
    """A text file as UTF-8 bytes without byte order mark and without the first ``skip`` of them, followed by ``tail``.

    Readers work ahead, so ``position`` can also tell how much of the file is behind what has been used.
    """

    def __init__(self, stored: Stored, encoding: str, tail: bytes = b"", skip: int = 0):
        self._disk, self._bytes = stored.open()
        self._stored, self._size = stored, stored.size
        self._decoder = None
        if encoding == "utf-8-sig":
            self._bytes.read(len(codecs.BOM_UTF8))
        elif encoding != "utf-8":
            self._decoder = codecs.getincrementaldecoder(encoding)()
        self._tail = tail
        self._skip = skip
        self._ready = b""
        self._ended = False
        self._given = self._behind = 0

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
        # noted here: whoever asks for it does so beside a reader that may close the file at any moment
        self._behind = self._size if self._ended else self._stored.before(self._disk.tell())
        if self._decoder is not None:
            block = self._decoder.decode(block, final=self._ended).encode()
        dropped, self._skip = self._skip, max(self._skip - len(block), 0)
        block = block[dropped:]
        self._ready = block + self._tail if self._ended else block

    def position(self, taken: int | None = None) -> int:
        """Bytes on disk that have been read; or about those that the first ``taken`` bytes given out came from."""
        behind, given = self._behind, self._given
        return behind if taken is None or taken >= given else behind * taken // given

    def close(self) -> None:
        if not self.closed:
            self._bytes.close()
            self._disk.close()
        super().close()
