"""Reading one file, whatever its format, as batches of text.

``READERS`` names the formats by suffix; a new one is a class with the shape of ``Reader`` and a line there. Workbooks
and archives hold several tables: ``contents`` lists what lies in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..graph.errors import UserError
from .raw import Chunk


class Reader(Protocol):
    """A table that has been opened far enough to know its columns."""

    columns: list[str]
    """Names in the header, blanks around them removed; a column without a name is an empty string."""

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records, as frames of the ``wanted`` columns, never many at once."""
        ...


def _csv(path: Path, label: str, delimiter: str | None) -> Reader:
    from .csv_reader import CsvReader
    from .text_stream import Stored

    return CsvReader(Stored(path), label, delimiter)


def _parquet(path: Path, label: str, delimiter: str | None) -> Reader:
    from .parquet_reader import ParquetReader

    return ParquetReader(path, label)


READERS: dict[str, Callable[[Path, str, str | None], Reader]] = {
    ".csv.gz": _csv,
    ".csv": _csv,
    ".parquet": _parquet,
}
"""What opens a file, by suffix: called with path, name to use in messages, and the CSV delimiter if set."""

WORKBOOKS = (".xlsx", ".xlsm")
ARCHIVES = (".zip",)
SUFFIXES = (*READERS, *WORKBOOKS, *ARCHIVES)
"""Of all files that can be read."""


@dataclass(frozen=True)
class Item:
    """One table of a file: the file itself, a sheet of a workbook, a member of an archive.

    Attributes
    ----------
    name : what messages and provenance call it, with ``/`` between a file and what lies in it
    bearers : the names that may tell its table, innermost first, each with the path of what bears it
    size : bytes, of a ``.gz`` as compressed
    open : opens it, given the CSV delimiter if set
    """

    name: str
    bearers: tuple[tuple[str, Path], ...]
    size: int
    open: Callable[[str | None], Reader]


def contents(path: Path, label: str) -> list[Item]:
    """The tables that lie in a file with one of ``SUFFIXES``; a file of one table is not opened for that.

    Raises
    ------
    UserError : a workbook or an archive is unreadable, damaged or locked
    """
    suffix = suffix_of(path.name)
    try:
        if suffix in WORKBOOKS:
            from .xlsx_reader import sheets

            return sheets(path, label)
        if suffix in ARCHIVES:
            from .zip_archive import members

            return members(path, label)
        size = path.stat().st_size
    except OSError as error:
        raise UserError(f"{label}: cannot be read ({error.strerror or error}); check the file") from error
    return [Item(label, ((stem(path.name), path),), size, lambda delimiter: open_file(path, label, delimiter))]


def stem(name: str) -> str:
    """The name of a file or folder in lower case, without the suffixes of formats that can be read.

    >>> stem("Applicants.CSV.gz"), stem("loans.csv.zip"), stem("loans.2024"), stem("person")
    ('applicants', 'loans', 'loans.2024', 'person')
    """
    lower = name.lower()
    while suffix := suffix_of(lower):
        lower = lower.removesuffix(suffix)
    return lower


def suffix_of(name: str) -> str | None:
    """The one of ``SUFFIXES`` that a file name ends with, if any."""
    return next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)


def open_file(path: Path, label: str, delimiter: str | None = None) -> Reader:
    """Open a file that is one table.

    Parameters
    ----------
    label : what messages call the file
    delimiter : the separator of a CSV file; found from its header line unless given

    Raises
    ------
    UserError : the file is unreadable, damaged, empty, in no known encoding, or has two columns of one name
    """
    opener = READERS.get(suffix_of(path.name) or "")
    if opener is None:
        raise UserError(f"{label}: cannot read this format; give one of {', '.join(READERS)}")
    try:
        reader = opener(path, label, delimiter)
    except OSError as error:
        raise UserError(f"{label}: cannot be read ({error.strerror or error}); check the file") from error
    check_unique(reader.columns, label)
    return reader


def check_unique(columns: list[str], label: str) -> None:
    """Raise a ``UserError`` where two columns bear one name."""
    seen = set()
    for column in columns:
        if column and column in seen:
            raise UserError(f"{label}: two columns are called '{column}'; rename or remove one")
        seen.add(column)
