"""What companies say of themselves: where they are, and their balance sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...graph.snapshot import GraphView


class Sheets(NamedTuple):
    """Balance sheets, float64 by party, NaN where unknown; ``net_assets`` are stated, else the difference."""

    assets: np.ndarray
    liabilities: np.ndarray
    net_assets: np.ndarray


def balance_sheets(view: GraphView, parties: np.ndarray) -> Sheets:
    """The balance sheets of parties; of what is no company nothing is known.

    Parameters
    ----------
    parties : node numbers
    """
    cells = by_node(view, "companies", parties, ("total_assets", "total_liabilities", "net_assets"))
    assets, debts, own = map(as_numbers, cells.values())
    return Sheets(assets, debts, np.where(np.isnan(own), assets - debts, own))


def by_node(view: GraphView, table: str, nodes: np.ndarray, columns: Sequence[str]) -> dict[str, pd.Series]:
    """Cells of a table by column, a place for each node; blank where no row tells of it."""
    facts = view.facts(table, nodes, columns).drop_duplicates("node").set_index("node").reindex(nodes)
    return {name: pd.Series(facts[name]) for name in columns}


def as_numbers(column: Any) -> np.ndarray:
    """A column as float64, NaN where blank."""
    return np.asarray(pd.to_numeric(column), dtype=np.float64)
