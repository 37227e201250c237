"""What the readers hand on: text as it stands in the files, with the place where it stands.

Every cell is text; a blank or missing one is missing (``Series.isna()``; pandas shows ``nan`` or ``None``).
Nothing has been typed, trimmed or cleaned. Row numbers count records, not lines: the header is row 1, the
first record is row 2, blank lines do not count, and a record that could not be read counts like any other.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class RawReject:
    """A record that could not be read.

    Attributes
    ----------
    row : its number in the file
    column : the canonical column at fault, or None where it is the whole record
    reason : ``malformed_row`` (too many or too few fields, or a quotation mark that is never closed)
    value : the record's raw text: it may hold personal data, so it must be masked before it is kept
    """

    row: int
    column: str | None
    reason: str
    value: str


@dataclass(frozen=True)
class Chunk:
    """Some records of one file, under the file's own column names.

    Attributes
    ----------
    frame : text columns, a RangeIndex
    rows : int64, the number of each record in its file
    bytes_done : how much of the file has been read so far, in bytes on disk
    """

    frame: pd.DataFrame
    rows: np.ndarray
    rejects: list[RawReject]
    bytes_done: int


@dataclass(frozen=True)
class RawBatch:
    """Some records of one file as rows of one canonical table.

    Attributes
    ----------
    table : canonical name of the table
    file : name of the file relative to the source folder, with ``/`` between folders
    frame : canonical columns, only those that the file has; all text; a RangeIndex
    rows : int64, the number of each row in its file
    rejects : records that could not be read
    bytes_done : how much of the file this pass over it has read so far, in bytes on disk
    """

    table: str
    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    rejects: list[RawReject] = field(default_factory=list)
    bytes_done: int = 0

    @property
    def read(self) -> int:
        """How many rows were read into the table, those rejected here included."""
        return len(self.frame) + len(self.rejects)


def larger(batches: Iterable[RawBatch], least: int) -> Iterator[RawBatch]:
    """Batches of so many rows at least, as far as a file has them for a table: some that follow each other as one."""
    waiting: list[RawBatch] = []
    for batch in batches:
        if waiting and (_whose(batch) != _whose(waiting[0]) or sum(one.read for one in waiting) >= least):
            yield _as_one(waiting)
            waiting = []
        waiting.append(batch)
    if waiting:
        yield _as_one(waiting)


def _whose(batch: RawBatch) -> tuple[str, str, list[str]]:
    return batch.table, batch.file, batch.frame.columns.tolist()


def _as_one(batches: Sequence[RawBatch]) -> RawBatch:
    if len(batches) == 1:
        return batches[0]
    return replace(
        batches[-1],
        frame=pd.concat([batch.frame for batch in batches], ignore_index=True),
        rows=np.concatenate([batch.rows for batch in batches]),
        rejects=[reject for batch in batches for reject in batch.rejects],
    )


def each_distinct(texts: pd.Series, convert: Callable[[str], str | None]) -> pd.Series:
    """Each distinct text of a column converted once; blank cells stay blank."""
    known = {text: convert(text) for text in texts.dropna().unique()}
    return texts.map(known).astype(texts.dtype)


def text_frame(names: Sequence[str], arrays: Sequence[pa.Array], length: int) -> pd.DataFrame:
    """Text columns as a frame of ``length`` rows; cells that hold nothing but blanks are missing."""
    columns = {}
    for name, array in zip(names, arrays, strict=True):
        blank = pc.or_(pc.equal(array, ""), pc.utf8_is_space(array))
        columns[name] = pc.if_else(blank, pa.scalar(None, pa.string()), array).to_pandas()
    return pd.DataFrame(columns, index=pd.RangeIndex(length))
