"""How loans went, as far as it is known by now."""

from __future__ import annotations

import numpy as np

from ...graph.snapshot import GraphView

LATE = 30
"""A loan of more days past due is a bad one."""
BAD_CLASSES = ("次级", "可疑", "损失")


def bad_loans(view: GraphView) -> np.ndarray:
    """bool by node: a loan known to have been more than ``LATE`` days past due, or classed as bad, by now."""
    bad = np.zeros(view.node_count, dtype=bool)
    for table in ("loans", "loan_history"):
        rows = view.facts(table, columns=("dpd", "five_class"))
        if not len(rows):
            continue
        late = rows["dpd"].astype(np.float64).to_numpy() > LATE
        late |= rows["five_class"].isin(BAD_CLASSES).to_numpy()
        nodes = rows["node"].to_numpy()
        bad[nodes[late & (nodes >= 0)]] = True
    return bad
