"""Loans as they stood at a time: what their rows say of the present, and their history of the past."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...graph.snapshot import GraphView

STATE = ("balance", "five_class", "dpd")
"""Cells that a history has, too."""


def loans_at(view: GraphView, columns: Sequence[str], nodes: np.ndarray | None = None) -> Any:
    """A frame of loans by node, with ``STATE`` and some columns, at the view's ``as_of``.

    A cell of ``STATE`` is that of the latest row of the loan's history with one, where the loan's own is blank or of an
    earlier ``status_date``.
    """
    loans: Any = view.facts("loans", nodes, (*STATE, "status_date", *columns))
    loans = loans.drop_duplicates("node").set_index("node").sort_index()
    history: Any = view.facts("loan_history", nodes, ("date", *STATE))
    history = history[history["node"].isin(loans.index) & (history["date"] <= view.as_of)].sort_values(["node", "date"])
    dated: Any = pd.to_numeric(loans["status_date"])
    for name in STATE:
        latest = history.dropna(subset=[name]).groupby("node").last()
        later = loans[name].reindex(latest.index).isna() | (latest["date"] > dated.reindex(latest.index))
        cells = loans[name].astype(object)
        cells.loc[latest.index[later]] = latest.loc[later, name].astype(object)
        loans[name] = cells
    return loans
