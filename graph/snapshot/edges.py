"""The relationships of one relation that show, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .files import Files

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Edges:
    """The relationships of one relation that show at a view's ``as_of``; arrays of one length.

    Attributes
    ----------
    positions : int64, the relationships' numbers in the snapshot, for ``GraphView.evidence`` and ``column``
    source, target : int32 node numbers
    amount : float64, NaN where unknown
    valid_from, valid_to : int64 epoch milliseconds, ``ALWAYS`` and ``FOREVER`` where open; an event's time is the first
    """

    relation: str
    positions: np.ndarray
    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    valid_from: np.ndarray
    valid_to: np.ndarray
    _files: Files

    def __len__(self) -> int:
        return len(self.positions)

    def column(self, name: str) -> pd.Series:
        """Another cell of the relationships' rows by its column name, such as ``joint_group_id``; blank cells are
        missing as pandas has it (``isna``), all of them where no row ever had the column."""
        import pandas as pd

        types = self._files.types(self.relation)
        if name not in types or not len(self):
            return pd.Series([None] * len(self), dtype=object)
        return self._files.cells(self.positions, {name: types[name]}).column(name).to_pandas()

    def where(self, mask: np.ndarray) -> Edges:
        """Those for which ``mask`` holds, or at these places."""
        arrays = ("positions", "source", "target", "amount", "valid_from", "valid_to")
        return replace(self, **{name: getattr(self, name)[mask] for name in arrays})
