"""Where the header of a table stands, and what it calls the columns.

The header is the first row, unless the rows above it are a title: then it is the first of ``SEARCHED`` rows that has
the columns that are looked for. A mapping can say where it stands (``skip_rows``), or that there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from ..cleaning.values import visible

SEARCHED = 20
"""Rows among which the header is looked for; blank ones do not count."""


@dataclass(frozen=True)
class Layout:
    """How a table is laid out, as far as a mapping says.

    Attributes
    ----------
    delimiter : of CSV files; None where the header line tells it
    skip_rows : rows above the header, or above the records where there is none; None where they are to be found
    header : whether there is a header
    fits : whether names of columns are those that are looked for
    """

    delimiter: str | None = None
    skip_rows: int | None = None
    header: bool = True
    fits: Callable[[Sequence[str]], bool] = lambda names: True

    def place(self, rows: Iterable[Sequence[str | None]]) -> int | None:
        """Which of the first rows, blank ones left out, is the header; None where none has the columns."""
        if not self.header or self.skip_rows is not None:
            return 0
        found = (place for place, row in enumerate(islice(rows, SEARCHED)) if self.fits(column_names(row)))
        return next(found, None)

    def names(self, row: Sequence[str | None]) -> list[str]:
        """The names of the columns, from the header or from the first record where there is none."""
        return column_names(row if self.header else [None] * len(row))


ORDINARY = Layout()
"""The header is the first row."""


def column_names(header: Sequence[str | None]) -> list[str]:
    """The names of columns, each once: one without a name bears its place, one whose name stood before is numbered.

    Characters that nobody sees are no part of a name, and a line break in it is a blank.

    >>> column_names(["\\ufeff 编号", None, "Account", "到期\\n日", "Account"])
    ['编号', '#2', 'Account', '到期 日', 'Account.2']
    """
    names: list[str] = []
    for place, text in enumerate(spelled(header), 1):
        name = base = text or f"#{place}"
        count = 1
        while name in names:
            count += 1
            name = f"{base}.{count}"
        names.append(name)
    return names


def spelled(header: Sequence[str | None]) -> list[str]:
    """The cells of a header without what nobody sees, each on one line; blank ones are empty."""
    cells = [cell or "" for cell in header]
    # most are seen to be visible at a glance; columns of Arrow are slow for a dozen words
    if not all(cell.isascii() and cell.isprintable() and "_x00" not in cell for cell in cells):
        cells = visible(pa.array(cells, pa.string())).to_pylist()
    return [" ".join(cell.split()) for cell in cells]


def column_called(columns: Sequence[str], names: Sequence[str | int]) -> str | None:
    """The first of ``names`` that is among the columns, as they spell it; without regard to case and width.

    Parameters
    ----------
    names : each a name, or the place of a column counted from 1

    >>> column_called(["ID", "name"], ["personId", "id"]), column_called(["ID", "name"], [2])
    ('ID', 'name')
    """
    folded = {_folded(column): column for column in reversed(columns)}
    for name in names:
        if isinstance(name, int):
            if name <= len(columns):
                return columns[name - 1]
        elif name in columns:
            return name
        elif _folded(name) in folded:
            return folded[_folded(name)]
    return None


def namesakes(columns: Sequence[str], name: str) -> list[int]:
    """The places of the columns that bear one name, counted from 1, where there are several.

    >>> namesakes(["a", "b", "a.2"], "a"), namesakes(["a", "b"], "a")
    ([1, 3], [])
    """
    same = re.compile(re.escape(name) + r"(\.\d+)?")
    places = [place for place, column in enumerate(columns, 1) if same.fullmatch(column)]
    return places if len(places) > 1 and name in columns else []


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
