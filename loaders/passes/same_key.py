"""Putting rows of one key together: field by field, so that their order never matters."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import ALWAYS
from ..schema.columns import Table
from ..schema.rows import Rows
from ..vectors import TEXT, distinct, joined, long, present

Reveal = Callable[[str, pa.Array], pa.Array]
"""Column and tokens to the normal forms behind them: nothing is ordered by a token."""


@dataclass
class Origin:
    """Where the rows of a partition come from.

    Attributes
    ----------
    columns : as staged, with companion columns
    alive : the positions of those rows that have a key
    uid, file, row : of all rows
    """

    columns: dict[str, pa.Array]
    alive: np.ndarray
    uid: pa.Array
    file: np.ndarray
    row: np.ndarray

    def rows(self, table: Table, places: np.ndarray, cells: dict[str, pa.Array]) -> Rows:
        """Rows that stand at some places among those that have a key."""
        at = self.alive[places]
        nothing = np.zeros(len(at), dtype=np.int64)
        return Rows(table, self.uid.take(pa.array(at)), cells, nothing, self.file[at], self.row[at])


class Together:
    """Which of the rows of each key gives which cell.

    Parameters
    ----------
    codes : by row the number of its key; rows lie in the order of file and row
    known : int64 by row: its ``known_at``, else its own time
    reveal : what stands behind tokens
    personal : the columns that hold tokens

    Attributes
    ----------
    first : by key its first row
    """

    def __init__(
        self,
        table: Table,
        cells: dict[str, pa.Array],
        codes: np.ndarray,
        known: np.ndarray,
        reveal: Reveal,
        personal: frozenset[str],
    ):
        self._table = table
        self._cells = cells
        self._codes = codes
        self._known = known
        self._reveal = reveal
        self._personal = personal
        count = int(codes.max()) + 1 if len(codes) else 0
        sizes = np.bincount(codes, minlength=count)
        self.first = np.zeros(count, dtype=np.int64)
        self.first[codes[::-1]] = np.arange(len(codes))[::-1]
        self.duplicates = len(codes) - count
        self._shared = np.flatnonzero(sizes[codes] > 1) if self.duplicates else np.array([], dtype=np.int64)

    def rows_of(self, name: str) -> np.ndarray:
        """By key the row whose cell in this column counts: any that is not blank, and of several that differ the
        one with the later ``status_date`` (for the columns it dates), the later ``known_at``, the greater value."""
        chosen = self.first
        if not len(self._shared):
            return chosen
        column = self._cells[name]
        stated = self._shared[present(column)[self._shared]]
        if not len(stated):
            return chosen
        chosen = chosen.copy()
        codes = self._codes[stated]
        chosen[codes[::-1]] = stated[::-1]
        _, values = distinct(column.take(pa.array(stated)))
        place = pd.Series(np.arange(len(stated)))
        first = place.groupby(codes).transform("first").to_numpy()
        differing = np.zeros(len(self.first), dtype=bool)
        differing[codes[values != values[first]]] = True
        disputed = stated[differing[codes]]
        if len(disputed):
            order = np.lexsort(
                (
                    -disputed,
                    self._ranks(name, column.take(pa.array(disputed))),
                    self._known[disputed],
                    self._status_dates(name)[disputed],
                    self._codes[disputed],
                )
            )
            winners = disputed[order]
            chosen[self._codes[winners]] = winners  # the last of each key stays
        return chosen

    def further(self, name: str) -> np.ndarray:
        """The rows whose cell in this column differs from the one that counts: of each further value of a key, the row
        from which it was known first."""
        chosen = self.rows_of(name)
        values = np.full(len(self._codes), -1)
        values[self._shared] = distinct(self._told_apart(name).take(pa.array(self._shared)))[1]
        rest = self._shared[values[self._shared] >= 0]
        rest = rest[values[rest] != values[chosen[self._codes[rest]]]]
        order = rest[
            np.lexsort((rest, self._times("valid_to")[rest], self._times("valid_from")[rest], self._known[rest]))
        ]
        _, first = np.unique(np.stack([self._codes[order], values[order]], axis=1), axis=0, return_index=True)
        return np.sort(order[first])

    def counts(self, names: Sequence[str]) -> np.ndarray:
        """By key how many rows it stands for: its first, and every other that gives a value in one of these columns."""
        given = np.zeros(len(self._codes), dtype=bool)
        for name in names if self.duplicates else ():
            chosen = self.rows_of(name)
            given[chosen[present(self._cells[name])[chosen]]] = True
            given[self.further(name)] = True
        given[self.first] = False
        return 1 + np.bincount(self._codes[given], minlength=len(self.first))

    def _told_apart(self, name: str) -> pa.Array:
        """A column, with what its companion says where it has one."""
        column = self._cells[name]
        declared = self._table.all_columns.get(name)
        if declared is None or not declared.companion:
            return column
        return joined([self._cells[declared.companion].fill_null(""), ":", column])

    def _times(self, name: str) -> np.ndarray:
        return long(self._cells[name], ALWAYS) if name in self._cells else np.zeros(len(self._codes), dtype=np.int64)

    def _status_dates(self, name: str) -> np.ndarray:
        declared = self._table.all_columns.get(name)
        dated = name == "status_date" or (declared is not None and declared.present)
        if not dated or "status_date" not in self._cells:
            return np.zeros(len(self._codes), dtype=np.int64)
        return long(self._cells["status_date"], ALWAYS)

    def _ranks(self, name: str, values: pa.Array) -> np.ndarray:
        if values.type != TEXT:
            return values.to_numpy(zero_copy_only=False)
        if name in self._personal:
            values = self._reveal(name, values)
        return pc.rank(values, tiebreaker="dense").to_numpy()
