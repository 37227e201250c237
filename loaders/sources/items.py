"""What can be read as one table, and how it is named: a file, a sheet of a workbook, a member of an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

from .header import Layout
from .raw import Chunk

TABLE_FILES = (".csv.gz", ".csv", ".parquet")
WORKBOOKS = (".xlsx", ".xlsm")
ARCHIVES = (".zip",)
SUFFIXES = (*TABLE_FILES, *WORKBOOKS, *ARCHIVES)
"""Of all files that can be read."""


NONE_BEYOND: Mapping[str, int] = MappingProxyType({})
"""Of formats in which every record has the columns of the header."""


class Reader(Protocol):
    """A table that has been opened far enough to know its columns."""

    columns: list[str]
    """The names of its columns, each once: see ``header.column_names``."""
    above: int
    """Rows above the header that are not blank."""
    serial_shift: int
    """Days to add to plain numbers of days, so that they are counted as Excel counts them."""
    beyond: Mapping[str, int]
    """Columns beyond the header in which something stands, each with the first row of it, as far as was read."""

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
    open : opens it, given where its header stands
    """

    name: str
    bearers: tuple[tuple[str, Path], ...]
    size: int
    open: Callable[[Layout], Reader]


class LeftOut(NamedTuple):
    """Something in a source that is not read: its name, and why, with what to do."""

    name: str
    reason: str


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


def passed_over(name: str) -> bool:
    """Whether a file or folder is kept from readers by its name."""
    return name.startswith((".", "_", "~$"))


def hiding(name: str, file: str) -> str | None:
    """Why a file is passed over; None where it is no table but bookkeeping of the programs that wrote the others.

    Parameters
    ----------
    name : what is passed over: the file itself, or a folder around it

    >>> hiding("_old", "loans.csv"), hiding("~$loans.xlsx", "~$loans.xlsx"), hiding("_SUCCESS", "_SUCCESS")
    ("its name or a folder's begins with '_', as of what is not to be read; rename it to load it", None, None)
    """
    if not suffix_of(file) or file.startswith(("~$", "._")):
        return None
    return f"its name or a folder's begins with '{name[0]}', as of what is not to be read; rename it to load it"
