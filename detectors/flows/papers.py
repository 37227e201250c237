"""What the rows say of loans and goods beside the money that moved, read once for all flows of a view."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import ALWAYS
from ...graph.snapshot import Edges, GraphView
from .search import Search


class Papers(NamedTuple):
    """What the rows say.

    Attributes
    ----------
    currency : by loan of a flow, as it is written
    refunds : int64, ascending, the arrivals of flows that are called refunds
    orders : all dated orders of known amount, by who placed them
    """

    currency: dict[int, Any]
    refunds: np.ndarray
    orders: Edges


def papers(view: GraphView, found: Search) -> Papers:
    """Read them."""
    loans, arrives = (_all(found, name) for name in ("loans", "arrives"))
    told = view.facts("loans", loans, ("currency",))
    moved = arrives[arrives < len(found.ledger.transfers)]
    is_refund = np.asarray(found.ledger.transfers.where(moved).column("kind") == "refund", dtype=bool)
    orders = view.ties("ORDERED")
    orders = orders.where((orders.valid_from > ALWAYS) & (orders.amount > 0))
    orders = orders.where(np.argsort(orders.source, kind="stable"))
    return Papers(dict(zip(told["node"], told["currency"], strict=True)), moved[is_refund], orders)


def _all(found: Search, name: str) -> np.ndarray:
    return distinct(np.concatenate([np.zeros(0, np.int64), *(getattr(flow, name) for flow in found.flows)]))
