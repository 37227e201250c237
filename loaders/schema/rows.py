"""Rows of one canonical table on their way from merged cells to facts and relationships."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import ALWAYS
from ..vectors import blanks, joined, long
from .columns import Table
from .tables import PLACE

_TIMES = pa.int64()
NUMBERS = pa.float64()


@dataclass
class Rows:
    """Rows of one table, each with a key of its own, columns side by side.

    Attributes
    ----------
    cells : by column: text, numbers or times; of a party its id, with its kind in the companion column; of an
        identifier the key of its node
    flags : by identifier column, where any row has one
    status_from : when the columns of the present state begin to count
    file, row : where each row stands (the number of a file from ``Writer.file``)
    origins : by column, file and row where its cell stands, for rows put together from several
    own : the names of the nodes that facts are about, where they are known already
    counts : how many rows of the files each row stands for, where rows of one key were put together
    further : rows of these keys, and perhaps of others, that state identifiers which do not show as their column's
        value; without their other links
    """

    table: Table
    uid: pa.Array
    cells: dict[str, pa.Array]
    status_from: np.ndarray
    file: np.ndarray
    row: np.ndarray
    flags: dict[str, pa.Array] = field(default_factory=dict)
    origins: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    own: pa.Array | None = None
    counts: np.ndarray | None = None
    further: Rows | None = None

    def __len__(self) -> int:
        return len(self.uid)

    def take(self, positions: np.ndarray) -> Rows:
        """Only these rows, in this order."""
        chosen = pa.array(positions)
        return Rows(
            self.table,
            self.uid.take(chosen),
            {name: column.take(chosen) for name, column in self.cells.items()},
            self.status_from[positions],
            self.file[positions],
            self.row[positions],
            {name: column.take(chosen) for name, column in self.flags.items()},
            {name: (file[positions], row[positions]) for name, (file, row) in self.origins.items()},
            None if self.own is None else self.own.take(chosen),
            None if self.counts is None else self.counts[positions],
            self.further,
        )

    def text(self, name: str) -> pa.Array:
        """A column of text, all missing where the files have none such."""
        return self.cells.get(name, blanks(len(self)))

    def times(self, name: str) -> pa.Array:
        """A column of times, likewise."""
        return self.cells.get(name, blanks(len(self), _TIMES))

    def numbers(self, name: str) -> pa.Array:
        """A column of numbers, likewise."""
        return self.cells.get(name, blanks(len(self), NUMBERS))

    def first_time(self, names: tuple[str, ...], otherwise: int = ALWAYS) -> np.ndarray:
        """int64 by row: the first of these columns that has a time."""
        return long(pc.coalesce(blanks(len(self), _TIMES), *(self.times(name) for name in names)), otherwise)

    def node(self, name: str, kind: str | None = None) -> pa.Array:
        """The names of the nodes that a column names; the companion column says which kind unless given."""
        column = self.table.all_columns.get(name, PLACE)
        companion = self.text(column.companion) if column.companion else None
        return joined([companion if companion is not None else kind or column.kind or "", ":", self.text(name)])
