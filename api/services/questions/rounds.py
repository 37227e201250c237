"""The question of money that goes round."""

from __future__ import annotations

import numpy as np

from ....graph.errors import UserError
from ....graph.kernels.time_cycles import LONGEST, time_cycles
from ....graph.kernels.tracing import outgoing
from .figures import id_order, rounded
from .steps import Steps

FAN_OUT, MOST_EACH, MOST = 1_000, 1_000, 100_000
"""Most transfers out of, or into, one account within the days that are followed; most cycles listed of one first
transfer, and in all."""
DAY = 86_400_000


def money_cycles(steps: Steps, shortest: int, longest: int, days: float) -> list[list]:
    """Transfers in order of time by which money comes back to where it began: how many, the first and the last time,
    the least amount, and the accounts in their order."""
    if not 2 <= shortest <= longest <= LONGEST or days <= 0:
        raise UserError(f"cycles: choose shortest and longest from 2 to {LONGEST}, the shorter first, and days above 0")
    edges = steps.snapshot.ledger.rows("transfers")
    edges = edges.where((steps.start < edges.valid_from) & (edges.valid_from < steps.end))
    out = outgoing(edges.source, edges.target, np.zeros(len(edges)), edges.valid_from, steps.snapshot.node_count)
    found = time_cycles(out, shortest, longest, round(days * DAY), FAN_OUT, MOST_EACH, MOST)
    steps.note("fan_out", FAN_OUT, int(found.busy))
    steps.note("cycles", MOST_EACH, len(found.cut))
    amount = edges.amount[out.order]
    keys = np.array(steps.keys(out.source[found.transfers]), dtype=object)
    rows = []
    for low, high in zip(found.offsets[:-1].tolist(), found.offsets[1:].tolist(), strict=True):
        moved = found.transfers[low:high]
        least = rounded(np.nanmin(amount[moved])) if not np.isnan(amount[moved]).all() else None
        rows.append([high - low, int(out.time[moved[0]]), int(out.time[moved[-1]]), least, keys[low:high].tolist()])
    return sorted(rows, key=lambda row: (row[0], row[1], row[2], [id_order(key) for key in row[4]]))
