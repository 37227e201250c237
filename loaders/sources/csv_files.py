"""CSV files, gzip'ed or not: fast while sound, record by record once a quotation mark stays open."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from ...graph.errors import UserError
from .header import ORDINARY, Layout
from .items import NONE_BEYOND
from .raw import Chunk, RawReject, text_frame
from .text_stream import Stored, Utf8Stream, find_encoding

_BLOCK = 2 << 20
"""Bytes parsed at a time; some dozens of blocks are held at once. A longer record is read the careful way."""
_CAREFUL_LINES = 100
"""Lines that one quoted value may span on the careful way; beyond, the quotation mark counts as left open."""
_CAREFUL_ROWS = 20_000
_END = "\x1eend of file\x1e"
"""Makes a record of its own behind the last one. A value that swallows it has an open quotation mark."""
_DELIMITERS = ",|\t;"
_HEAD_LINES = 200
"""Lines among which the header is looked for."""
_SEPARATOR_LINE = re.compile(r"^\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)
"""The line by which Excel is told the separator."""


class CsvReader:
    """A CSV file; see ``items.Reader``. Opening it reads all its bytes once, to settle the encoding."""

    serial_shift = 0
    beyond = NONE_BEYOND

    def __init__(self, stored: Stored, label: str, layout: Layout = ORDINARY):
        self._stored = stored
        self._encoding = find_encoding(stored, label)
        with _lines(Utf8Stream(stored, self._encoding)) as text:
            head = list(islice(text, _HEAD_LINES))
        if not any(line.strip() for line in head):
            raise UserError(f"{label}: the file is empty; it needs a header line with the names of its columns")
        try:
            start = _start(head, layout)
        except csv.Error as error:
            raise UserError(f"{label}: the header line cannot be read ({error}); check the file") from error
        if start is None:
            raise UserError(f"{label}: it has fewer rows than skip_rows says; correct the mapping")
        self._delimiter, self.above, self._skipped, first = start
        self._header = layout.header
        self.columns = layout.names(first)

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records as frames of the ``wanted`` columns; a record of the wrong width becomes a reject."""
        picks = [self.columns.index(name) for name in wanted]
        width = len(self.columns)
        end = self._delimiter * width + _END
        invalid: dict[int, str] = {}  # records of the wrong width that no chunk has reported yet

        def skip(record: pa_csv.InvalidRow) -> str:
            if record.text != end:
                invalid[record.number] = record.text
            return "skip"

        above = self.above  # records in front of the first that the parser sees
        row = 1  # the next record that it sees; the header comes through the parser like any other
        lost = None  # the record at which the parser was led astray
        too_long = False
        blocks = 0
        with self._stream(f"\n{end}\n".encode()) as stream:
            try:
                for batch in _parser(stream, self._delimiter, width, skip):
                    blocks += 1
                    rows = _free_numbers(row, batch.num_rows, invalid)
                    lost = _led_astray(batch.column(width - 1), rows, invalid)
                    if lost is not None:
                        rows = rows[rows < lost]
                    first = int(self._header and row == 1 and len(rows) > 0)
                    row = int(rows[-1]) + 1 if len(rows) else row
                    rejects, row = _rejects(row, lost, invalid, above)
                    count = len(rows) - first
                    frame = text_frame(wanted, [batch.column(pick).slice(first, count) for pick in picks], count)
                    if count or rejects:
                        yield Chunk(frame, rows[first:] + above, rejects, stream.position(blocks * _BLOCK))
                    if row == lost:
                        break
            except pa.ArrowInvalid:  # a record longer than a block
                too_long = True
            position = stream.position(blocks * _BLOCK)
            if row != lost:  # the parser came to an end; blocks without any sound record made no batch
                lost = _led_astray(None, None, invalid)
                rejects, row = _rejects(row, lost, invalid, above)
                if rejects:
                    nothing = text_frame(wanted, [pa.array([], pa.string()) for _ in wanted], 0)
                    yield Chunk(nothing, np.empty(0, dtype=np.int64), rejects, position)
        if too_long or lost is not None:
            yield from self._carefully(wanted, max(row, 1 + self._header), position)

    def _stream(self, tail: bytes = b"") -> Utf8Stream:
        """The file from its header on."""
        return Utf8Stream(self._stored, self._encoding, tail, self._skipped)

    def _carefully(self, wanted: Sequence[str], start: int, done: int) -> Iterator[Chunk]:
        """The same from the record ``start`` on, giving up a line whose quotation mark is never closed."""
        picks = [self.columns.index(name) for name in wanted]
        stream = self._stream()
        with _lines(stream) as text:
            records = islice(enumerate(careful_records(text, self._delimiter, len(self.columns)), 1), start - 1, None)
            while some := list(islice(records, _CAREFUL_ROWS)):
                sound = [(row, fields) for row, (fields, _) in some if len(fields) == len(self.columns)]
                bad = [(row, raw) for row, (fields, raw) in some if len(fields) != len(self.columns)]
                rejects = [_malformed(row + self.above, raw) for row, raw in bad]
                arrays = [pa.array([fields[pick] for _, fields in sound], pa.string()) for pick in picks]
                rows = np.array([row for row, _ in sound], dtype=np.int64) + self.above
                done = max(done, stream.position())  # it starts over, and a bar must not run backwards
                yield Chunk(text_frame(wanted, arrays, len(sound)), rows, rejects, done)


class _Start(NamedTuple):
    """Where records begin: the separator, the records and bytes (as UTF-8) above, and the first record."""

    delimiter: str
    before: int
    skipped: int
    first: list[str]


def _start(head: Sequence[str], layout: Layout) -> _Start | None:
    """Where the header stands among the first lines, or the first record where there is none; None where the rows to be
    skipped are all there are."""
    stated = stated_delimiter(head[0])
    above = head[:1] if stated else []
    delimiter = layout.delimiter or stated
    skipped = layout.skip_rows or 0
    lines = head[len(above) :]
    usual = delimiter or sniff_delimiter(next((line for line in lines[skipped:] if line.strip()), ""))
    start = _at(lines, usual, layout)
    if not delimiter and (start is None or start.before):  # nothing stands above a header on the first line
        others = [_at(lines, each, layout) for each in _DELIMITERS if each != usual]
        start = min(filter(None, [start, *others]), key=lambda start: start.before, default=None)
    start = start or _at(lines, usual, replace(layout, fits=bool))
    if start is None or not above:
        return start
    return start._replace(before=start.before + 1, skipped=start.skipped + len(above[0].encode()))


def _at(lines: Sequence[str], delimiter: str, layout: Layout) -> _Start | None:
    """The first record that has the columns looked for, where this is the separator."""
    taken = 0

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in lines:
            taken += len(line.encode())
            yield line

    starts: list[_Start] = []
    number = before = 0
    try:
        for rank, record in enumerate(csv.reader(counted(), delimiter=delimiter)):
            if any(map(str.strip, record)) and rank >= (layout.skip_rows or 0):
                starts.append(_Start(delimiter, number, before, record))
            number += bool(record)
            before = taken
    except csv.Error:
        if not starts:  # a later record is none of the header's concern
            raise
    place = layout.place([start.first for start in starts])
    return starts[place] if place is not None and starts else None


def stated_delimiter(line: str) -> str | None:
    """The separator that a line of Excel's states, which is no row of the file; None where it is another line.

    >>> stated_delimiter("sep=;"), stated_delimiter("a;b")
    (';', None)
    """
    stated = _SEPARATOR_LINE.match(line)
    return stated[1] if stated else None


def sniff_delimiter(header: str) -> str:
    """The separator that a header line uses most, outside quotation marks: comma, bar, tab or semicolon.

    >>> sniff_delimiter('personId|"a,b,c"|name'), sniff_delimiter("only")
    ('|', ',')
    """
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def careful_records(lines: Iterable[str], delimiter: str, width: int) -> Iterator[tuple[list[str], str]]:
    """The records of CSV lines, each as its fields and its raw text; blank lines are none.

    A line that opens a quotation mark which is not closed within ``_CAREFUL_LINES``, or closed only in a record
    that has not ``width`` fields, is a record without fields; reading goes on with the next line.

    >>> list(careful_records(['1,"open\\n', "2,b\\n"], ",", 2))
    [([], '1,"open'), (['2', 'b'], '2,b')]
    """
    ahead: deque[str] = deque()
    rest = iter(lines)
    while True:
        taken = []
        while True:
            line = ahead.popleft() if ahead else next(rest, None)
            if line is not None:
                taken.append(line)
            if not taken:
                return
            fields = _closed_record(taken, delimiter)
            if fields is not None or line is None or len(taken) == _CAREFUL_LINES:
                break
        if fields is None or (len(taken) > 1 and len(fields) != width):
            ahead.extendleft(reversed(taken[1:]))
            taken, fields = taken[:1], ()
        if fields != []:
            yield list(fields), "".join(taken).rstrip("\r\n")


def _closed_record(lines: list[str], delimiter: str) -> list[str] | tuple | None:
    """The fields of the record in these lines; [] of a blank line, () past reading, None if still open."""
    if len(lines) == 1 and '"' not in lines[0]:
        bare = lines[0].rstrip("\r\n")
        return bare.split(delimiter) if bare else []
    reader = csv.reader([*lines, "probe"], delimiter=delimiter)
    try:
        fields = next(reader)
    except csv.Error:  # a field beyond the parser's limit
        return ()
    return None if reader.line_num > len(lines) else fields


def _lines(stream: Utf8Stream) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8", newline="")


def _parser(stream: Utf8Stream, delimiter: str, width: int, skip) -> pa_csv.CSVStreamingReader:
    names = [str(position) for position in range(width)]
    return pa_csv.open_csv(
        pa.PythonFile(io.BufferedReader(stream, _BLOCK), mode="r"),
        # one thread: only then does the parser number the records it cannot read
        pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
        pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )


def _led_astray(last: pa.Array | None, rows: np.ndarray | None, invalid: Mapping[int, str]) -> int | None:
    """The first record that an open quotation mark seems to have joined with others.

    That is one of the wrong width that spans lines, or one of the right width whose ``last`` value runs on to the
    end of the file.
    """
    suspects = [number for number, raw in invalid.items() if "\n" in raw or "\r" in raw]
    if last is not None and rows is not None and len(rows) and _END in (last[-1].as_py() or ""):
        suspects.append(int(rows[-1]))
    return min(suspects, default=None)


def _free_numbers(first: int, count: int, taken: Iterable[int]) -> np.ndarray:
    """The ``count`` smallest numbers from ``first`` on that are not in ``taken``."""
    taken = np.array(list(taken), dtype=np.int64)
    numbers = np.arange(first, first + count + len(taken), dtype=np.int64)
    return np.setdiff1d(numbers, taken, assume_unique=True)[:count] if len(taken) else numbers


def _rejects(row: int, lost: int | None, invalid: dict[int, str], above: int) -> tuple[list[RawReject], int]:
    """Takes the records before the next sound one out of ``invalid``: their rejects, and that one's number.

    The parser works ahead, so ``invalid`` may hold records far behind ``row``; ``lost`` is not passed. Rejects bear the
    number that a record has in the file, with the ``above`` records in front of the first that the parser sees.
    """
    while row in invalid and row != lost:
        row += 1
    return [_malformed(number + above, invalid.pop(number)) for number in sorted(invalid) if number < row], row


def _malformed(row: int, raw: str) -> RawReject:
    return RawReject(row, None, "malformed_row", raw)
