"""Parquet files, with columns of any type written out as text."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...graph.errors import UserError
from .header import column_names
from .items import NONE_BEYOND
from .raw import Chunk, text_frame

_BUFFER = 1 << 20
"""Bytes of a column that are fetched at a time."""
_ROWS = 65_536
_EXACT = 2.0**53
"""From here on a floating-point number no longer holds every integer, so its digits are not to be trusted."""


class ParquetReader:
    """A Parquet file; see ``items.Reader``."""

    above = serial_shift = 0
    beyond = NONE_BEYOND

    def __init__(self, path: Path, label: str):
        self._path = path
        self._label = label
        with self._open() as file, self._telling():
            self._names = file.schema_arrow.names
        self.columns = column_names(self._names)
        if twice := sorted({name for name in self._names if self._names.count(name) > 1}):
            raise UserError(f"{label}: two columns are called '{twice[0]}'; write the file with one name each")

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records as frames of the ``wanted`` columns, one row group after another."""
        names = [self._names[self.columns.index(name)] for name in wanted]
        size = self._path.stat().st_size
        row = 2
        with self._open() as file:
            batches = file.iter_batches(batch_size=_ROWS, columns=names)
            while (batch := self._next(batches)) is not None:
                arrays = [self._text(batch.column(name), name) for name in names]
                rows = np.arange(row, row + batch.num_rows, dtype=np.int64)
                row += batch.num_rows
                done = size * (row - 2) // max(file.metadata.num_rows, 1)
                yield Chunk(text_frame(wanted, arrays, batch.num_rows), rows, [], done)

    def _open(self) -> pq.ParquetFile:
        with self._telling():
            # Arrow would else fetch all row groups before it gives the first.
            return pq.ParquetFile(self._path, page_checksum_verification=True, pre_buffer=False, buffer_size=_BUFFER)

    def _next(self, batches: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        with self._telling():
            return next(batches, None)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What Arrow says of a bad file becomes one clear line."""
        try:
            yield
        except (pa.ArrowException, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the file system's word, not the format's
                raise
            said = " ".join(str(error).split())
            raise UserError(f"{self._label}: not a sound Parquet file ({said}); fetch or write it again") from error

    def _text(self, column: pa.Array, name: str) -> pa.Array:
        try:
            texts = as_text(column)
            texts.validate(full=True)  # nothing else says that text is no UTF-8
            return texts
        except (pa.ArrowException, NotImplementedError) as error:
            raise UserError(
                f"{self._label}: column '{name}' ({column.type}) cannot be read as text; write it as text"
            ) from error


def as_text(column: pa.Array) -> pa.Array:
    """Values as exact text: integers and whole numbers without a point, times in ISO form, true and false.

    A time with a zone is written in UTC with ``Z``. A floating-point number from 2^53 on stays in scientific
    notation: its last digits are lost already, and an identifier must not look as if they were known.

    >>> as_text(pa.array([2.0, 0.1, None, 6222021234567890123.0])).to_pylist()
    ['2', '0.1', None, '6.22202123456789e+18']
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_floating(kind):
        column = column.cast(pa.float64()) if kind != pa.float64() and kind != pa.float32() else column
        whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), _EXACT))
        digits = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
        known = pc.if_else(pc.is_finite(column), column, None)
        return _written_out(pc.coalesce(digits, known.cast(pa.string())))
    if pa.types.is_decimal(kind):
        return _written_out(pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", ""))
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        utc = column.cast(pa.timestamp(kind.unit, "UTC")).cast(pa.timestamp(kind.unit))
        return pc.binary_join_element_wise(utc.cast(pa.string()), "Z", "")
    return column.cast(pa.string())


def _written_out(numbers: pa.Array) -> pa.Array:
    """Numbers without scientific notation, but for floating-point ones whose digits are not all known."""
    scientific = pc.fill_null(pc.match_substring(numbers, "e", ignore_case=True), False)
    if not pc.any(scientific).as_py():
        return numbers
    texts = numbers.to_pylist()
    for position in np.flatnonzero(scientific.to_numpy(zero_copy_only=False)):
        exact = Decimal(texts[position])
        if "E" in texts[position] or abs(exact) < _EXACT:
            texts[position] = f"{exact:f}"
    return pa.array(texts, pa.string())
