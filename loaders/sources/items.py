"""What can be read as one table, and how it is named: a file, a sheet of a workbook, a member of an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...graph.errors import UserError
from .raw import Chunk

TABLE_FILES = (".csv.gz", ".csv", ".parquet")
WORKBOOKS = (".xlsx", ".xlsm")
ARCHIVES = (".zip",)
SUFFIXES = (*TABLE_FILES, *WORKBOOKS, *ARCHIVES)
"""Of all files that can be read."""


class Reader(Protocol):
    """A table that has been opened far enough to know its columns."""

    columns: list[str]
    """Names in the header, blanks around them removed; a column without a name is an empty string."""

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records, as frames of the ``wanted`` columns, never many at once."""
        ...


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


def check_unique(columns: list[str], label: str) -> None:
    """Raise a ``UserError`` where two columns bear one name."""
    seen = set()
    for column in columns:
        if column and column in seen:
            raise UserError(f"{label}: two columns are called '{column}'; rename or remove one")
        seen.add(column)
