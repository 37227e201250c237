"""Putting rows of one key together: field by field, so that their order never matters."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import ALWAYS
from ..schema.columns import Table
from ..vectors import TEXT, distinct, long, present

Reveal = Callable[[str, pa.Array], pa.Array]
"""Column and tokens to the normal forms behind them: nothing is ordered by a token."""


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
