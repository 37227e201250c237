"""How much the sales of one merchant speak for cash, and which of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.model import ALWAYS
from .sales import DAY
from .signs import BURST_DAYS, HARD, SIGNS

OFTEN = 0.5
"""How often a sale that was cash shows each sign. One that usual sales show as often says nothing."""
HALVINGS = 50
"""How often the span is halved in which the share of cash lies."""
AROUND = BURST_DAYS * DAY // 2
"""So long before and after a sale others are of the same days."""
IS_HARD = np.array([sign in HARD for sign in SIGNS])


class Mixture(NamedTuple):
    """Sales as a mixture of usual ones and of some that were cash.

    Attributes
    ----------
    evidence : natural logarithm of how much likelier the sales are if so many were cash than if none was
    share : how many were, as makes the sales likeliest
    """

    evidence: float
    share: float


def ratios(shown: np.ndarray, known: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """float64[sales, signs]: how much each sign of a sale speaks for cash, in natural logarithms.

    Parameters
    ----------
    shown, known : bool[sales, signs]
    usual : float64 by sign, how often usual sales show it
    """
    usual = np.minimum(usual, OFTEN)
    return np.where(shown, np.log(OFTEN / usual), np.log((1 - OFTEN) / (1 - usual))) * known


def mixture(ratio: np.ndarray) -> Mixture:
    """The likeliest mixture. The likelihood has one peak, which is found by halving.

    Parameters
    ----------
    ratio : float64 by sale
    """
    gain = np.expm1(np.sort(np.minimum(ratio, 500)))  # in an order of their own: sums are the same in every store
    if gain.sum() <= 0:
        return Mixture(0.0, 0.0)
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (low + high) / 2
        low, high = (share, high) if (gain / (1 + share * gain)).sum() > 0 else (low, share)
    return Mixture(float(np.log1p(low * gain).sum()), low)


def without_best(ratio: np.ndarray) -> float:
    """What the sales come to without the sign that speaks most for cash.

    Parameters
    ----------
    ratio : float64[sales, signs]
    """
    return min(mixture(np.delete(ratio, sign, axis=1).sum(axis=1)).evidence for sign in range(ratio.shape[1]))


def of_cash_days(hard: np.ndarray, applied: np.ndarray) -> np.ndarray:
    """bool by sale: whether most of the sales of the days around it show a sign of money or goods.

    Parameters
    ----------
    hard : bool by sale, whether it shows one
    applied : int64 by sale, when it was applied for
    """
    order = np.argsort(applied, kind="stable")
    order = order[applied[order] > ALWAYS]
    first = np.searchsorted(applied[order], applied - AROUND)
    last = np.searchsorted(applied[order], applied + AROUND, side="right")
    count = np.concatenate(([0], np.cumsum(hard[order])))
    return (applied > ALWAYS) & (2 * (count[last] - count[first]) > last - first)


def rather_cash(ratio: np.ndarray, share: float) -> np.ndarray:
    """bool by sale: whether it was rather cash than not, where so many were.

    Parameters
    ----------
    ratio : float64 by sale
    """
    return share * np.exp(np.minimum(ratio, 500)) > 1 - share
