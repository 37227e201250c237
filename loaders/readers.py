"""Reading one file, whatever its format, as batches of text.

``READERS`` names the formats by suffix; a new one is a class with the shape of ``Reader`` and a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ..graph.errors import UserError
from .raw import Chunk


class Reader(Protocol):
    """A file that has been opened far enough to know its columns."""

    columns: list[str]
    """Names in the file's header, blanks around them removed; a column without a name is an empty string."""

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records, as frames of the ``wanted`` columns, never many at once."""
        ...


def _csv(path: Path, label: str, delimiter: str | None) -> Reader:
    from .csv_reader import CsvReader

    return CsvReader(path, label, delimiter)


def _parquet(path: Path, label: str, delimiter: str | None) -> Reader:
    from .parquet_reader import ParquetReader

    return ParquetReader(path, label)


READERS: dict[str, Callable[[Path, str, str | None], Reader]] = {
    ".csv.gz": _csv,
    ".csv": _csv,
    ".parquet": _parquet,
}
"""What opens a file, by suffix: called with path, name to use in messages, and the CSV delimiter if set."""


def stem(name: str) -> str:
    """The name of a file or folder in lower case, without the suffix of a format that can be read.

    >>> stem("Applicants.CSV.gz"), stem("loans.2024"), stem("person")
    ('applicants', 'loans.2024', 'person')
    """
    lower = name.lower()
    suffix = suffix_of(lower)
    return lower.removesuffix(suffix) if suffix else lower


def suffix_of(name: str) -> str | None:
    """The suffix in ``READERS`` that a file name ends with, if any."""
    return next((suffix for suffix in READERS if name.lower().endswith(suffix)), None)


def open_file(path: Path, label: str, delimiter: str | None = None) -> Reader:
    """Open one file.

    Parameters
    ----------
    label : what messages call the file
    delimiter : the separator of a CSV file; found from its header line unless given

    Raises
    ------
    UserError : the file is unreadable, damaged, empty, in no known encoding, or has two columns of one name
    """
    suffix = suffix_of(path.name)
    if suffix is None:
        raise UserError(f"{label}: cannot read this format; give one of {', '.join(READERS)}")
    try:
        reader = READERS[suffix](path, label, delimiter)
    except OSError as error:
        raise UserError(f"{label}: cannot be read ({error.strerror or error}); check the file") from error
    _check_unique(reader.columns, label)
    return reader


def _check_unique(columns: list[str], label: str) -> None:
    seen = set()
    for column in columns:
        if column and column in seen:
            raise UserError(f"{label}: two columns are called '{column}'; rename or remove one")
        seen.add(column)
