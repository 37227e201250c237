"""How much the sales of one merchant speak for cash, and which of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.model import ALWAYS
from .sales import DAY
from .signs import BURST_DAYS, HARD, SIGNS

OFTEN = 0.5
"""How often a sale that was cash shows each sign."""
ROUNDS = 50
"""Rounds of the estimate of how many sales were cash; it has long settled by then."""
AROUND = BURST_DAYS * DAY // 2
"""So long before and after a sale others are of the same days."""
IS_HARD = np.array([sign in HARD for sign in SIGNS])


@dataclass(frozen=True)
class Weighed:
    """What the sales of a merchant come to.

    Attributes
    ----------
    evidence : natural logarithm of how much likelier they are if some were cash
    least : the same without the sign that speaks most for it
    cash : bool by sale, whether it was rather cash than not
    """

    evidence: float
    least: float
    cash: np.ndarray


def weigh(shown: np.ndarray, known: np.ndarray, usual: np.ndarray, applied: np.ndarray) -> Weighed:
    """Weigh the sales of one merchant: a mixture of usual sales and of sales that were cash, its share estimated by
    expectation and maximisation.

    Parameters
    ----------
    shown, known : bool[sales, signs]
    usual : float64 by sign, how often usual sales show it
    applied : int64 by sale, when it was applied for
    """
    usual = np.minimum(usual, OFTEN)
    ratio = np.where(shown, np.log(OFTEN / usual), np.log((1 - OFTEN) / (1 - usual))) * known
    evidence, share = _mixture(ratio.sum(axis=1))
    odds = ratio.sum(axis=1) + np.log(max(share, 1e-9)) - np.log(max(1 - share, 1e-9))
    without = [_mixture(np.delete(ratio, sign, axis=1).sum(axis=1))[0] for sign in range(ratio.shape[1])]
    hard = (shown & IS_HARD).any(axis=1)
    return Weighed(evidence, min(without), (odds > 0) & (hard | _among_such(hard, applied)))


def _among_such(hard: np.ndarray, applied: np.ndarray) -> np.ndarray:
    """bool by sale: whether most of the sales of the days around it show a sign of money or goods."""
    order = np.argsort(applied, kind="stable")
    order = order[applied[order] > ALWAYS]
    first = np.searchsorted(applied[order], applied - AROUND)
    last = np.searchsorted(applied[order], applied + AROUND, side="right")
    count = np.concatenate(([0], np.cumsum(hard[order])))
    return (2 * (count[last] - count[first]) > last - first) & (applied > ALWAYS)


def _mixture(ratio: np.ndarray) -> tuple[float, float]:
    """The evidence that some sales were cash, and the share that were."""
    share = 0.1
    for _ in range(ROUNDS):
        cash = 1 / (1 + np.exp(-(ratio + np.log(max(share, 1e-9)) - np.log(max(1 - share, 1e-9)))))
        share = float(cash.mean())
    return float(np.log1p(share * np.expm1(np.minimum(ratio, 500))).sum()), share
