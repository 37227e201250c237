"""How much attention a guarantee structure asks for, from 0 to 1.

``score = low + (high - low) · (0.6 · form + 0.4 · worth)`` with ``low`` and ``high`` of the kind. ``form`` and
``worth`` rise from 0 towards 1 as ``x / (x + half)`` and never reach it, so that the largest structures still differ:

- ``worth``: x = ln(1 + what is guaranteed, in typical contracts of the book); half at 20 typical contracts. A contract
  of unknown amount counts as one typical contract
- ``form`` of a mutual guarantee: x = contracts beyond the first; of a joint group: parties beyond the second; of a
  cycle: parties beyond the second + log2 of the number of cycles; of a chain: arcs beyond the first + half of
  log2(parties / 3); of a circle: log2 of the parties + half the parties that lie in cycles or joint groups, nothing
  where none does: what does not go round asks for attention by its worth alone; of an over-guarantee: by how much of
  the limit it exceeds it, with a band of its own for each limit: watch and hold

An innocent explanation multiplies the score by ``INNOCENT``. The score never falls when contracts, parties, cycles or
amounts are added.
"""

from __future__ import annotations

import math
from typing import NamedTuple

SMALLEST_JOINT = 3
"""Parties that a joint group has at least."""
INNOCENT = 0.35
"""What remains of the score of a structure that has an innocent explanation."""


class Band(NamedTuple):
    """Least and greatest score of a kind, and the ``x`` at which its form counts half."""

    low: float
    high: float
    half: float


BANDS = {
    "guarantee_chain": Band(0.05, 0.50, 6.0),
    "guarantee_mutual": Band(0.20, 0.65, 4.0),
    "guarantee_joint": Band(0.20, 0.70, 6.0),
    "guarantee_circle": Band(0.15, 0.90, 6.0),
    "guarantee_cycle": Band(0.30, 1.00, 8.0),
}
OVER = (Band(0.20, 0.40, 0.5), Band(0.60, 0.80, 1.0))
"""Of an over-guarantee that is watched, and held: blue and orange by the shipped policy."""


def score(kind: str, measures: dict[str, float], typical: float, innocent: bool) -> float:
    """The score of a structure.

    Parameters
    ----------
    measures : its measures by name
    typical : the median amount of the book's contracts
    """
    band = OVER[int(measures["on_hold"])] if kind == "guarantee_over" else BANDS[kind]
    unsized = measures["amount_unknown"] + measures["contracts_other_currency"]
    worth = math.log1p(measures.get("amount", 0.0) / typical + unsized)
    share = 0.6 * _rise(_form(kind, measures), band.half) + 0.4 * _rise(worth, math.log1p(20))
    return (band.low + (band.high - band.low) * share) * (INNOCENT if innocent else 1.0)


def _form(kind: str, measures: dict[str, float]) -> float:
    parties = measures["parties"]
    if kind == "guarantee_mutual":
        return measures["contracts"] - 1
    if kind == "guarantee_joint":
        return parties - 2
    if kind == "guarantee_cycle":
        return parties - 2 + math.log2(max(measures["cycles"], 1))
    if kind == "guarantee_chain":
        return measures["longest_chain"] - 1 + math.log2(parties / 3) / 2
    if kind == "guarantee_over":
        return measures.get("over_ratio", math.inf) / max(measures["over_limit"], 1e-9) - 1
    tied = measures["parties_in_cycles"] or SMALLEST_JOINT * measures["joint_groups"]
    return math.log2(parties) + tied / 2 if tied else 0.0


def _rise(x: float, half: float) -> float:
    return 1.0 if math.isinf(x) else x / (x + half)
