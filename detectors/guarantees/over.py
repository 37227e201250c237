"""Over-guarantee 过度担保: parties that guarantee more of their net assets than the policy allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import by_label
from .net import Net
from .view import Structure


class Limits(NamedTuple):
    """Shares of net assets from which on guarantees given are watched, and held; of the policy."""

    over_watch: float
    over_hold: float


def given(net: Net) -> np.ndarray:
    """bool by contract: one for somebody else, and no counter-guarantee."""
    return net.structural & (net.guarantor != net.borrower)


def over(net: Net, net_assets: np.ndarray) -> np.ndarray:
    """float64 by party: the known amounts it guarantees, in the whole book, by its net assets; infinite where it has
    none left, NaN where the book does not tell."""
    amount = np.bincount(net.guarantor, np.nan_to_num(net.amount) * given(net), len(net.parties))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(net_assets > 0, amount / net_assets, np.where(amount > 0, np.inf, 0.0))
    return np.where(np.isnan(net_assets), np.nan, ratio)


def over_structures(net: Net, net_assets: np.ndarray, limits: Limits) -> Iterator[Structure]:
    """One ``guarantee_over`` for each party above a limit; its rows are the contracts that it gave."""
    ratio, counts = over(net, net_assets), given(net)
    above = counts & (ratio > min(limits))[net.guarantor]
    for party, rows in by_label(np.where(above, net.guarantor, -1)).items():
        hold = bool(ratio[party] > limits.over_hold)
        measures = {
            "borrowers": len(np.unique(net.borrower[rows])),
            "net_assets": float(net_assets[party]),
            "over_limit": limits.over_hold if hold else limits.over_watch,
            "on_hold": int(hold),
        }
        if np.isfinite(ratio[party]):
            measures["over_ratio"] = float(ratio[party])
        yield Structure("guarantee_over", rows, measures, focus=[party], guarantor=party)
