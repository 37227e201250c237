"""What the store holds of rows: their current versions, beside the rows of a load."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...graph.model import RELATIONS
from ...graph.store.protocol import Reading
from .declared import BLOCK


def current(store: Reading, owner: str, uids: Sequence[str]) -> pd.DataFrame:
    """The current versions of some uids of a relation or table, some thousands at a time."""
    ask = store.current_relationships if owner in RELATIONS else store.current_facts
    parts = [ask(owner, uids[start : start + BLOCK]) for start in range(0, len(uids), BLOCK)]
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else parts[0]


def aligned(held: pd.DataFrame, uids: Sequence[str] | pd.Series) -> pd.DataFrame:
    """Versions in the order of ``uids``, missing where there is none; times as Int64, as float64 is not exact."""
    times = held.columns.intersection(["valid_from", "valid_to", "known_at", "status_from"])
    return held.astype(dict.fromkeys(times, "Int64")).set_index("uid").reindex(uids)


def filled_times(column: pd.Series, blank: int) -> np.ndarray:
    """int64 of a column of times that may have gaps."""
    return column.astype("Int64").fillna(blank).to_numpy(dtype=np.int64)
