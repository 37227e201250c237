"""How unlikely so many bad ones are by chance: exactly, and among many that were tested."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DIGITS = 12
"""Chances are told to so many significant digits, so that the order in which they were added up is no matter."""


def at_least(chances: Sequence[float], count: int) -> float:
    """The chance that ``count`` or more of some independent events happen: the tail of the Poisson-binomial
    distribution, exact, by convolution.

    >>> at_least([0.5, 0.5], 1), at_least([0.1, 0.2], 2), at_least([], 0)
    (0.75, 0.02, 1.0)
    """
    if count <= 0:
        return 1.0
    number = np.zeros(len(chances) + 1)
    number[0] = 1.0
    for chance in sorted(chances):
        number[1:] = number[1:] * (1 - chance) + number[:-1] * chance
        number[0] *= 1 - chance
    return float(f"{number[count:].sum():.{DIGITS}g}")


def largest_discovery(chances: np.ndarray, share: float) -> float:
    """The largest of many chances that is still a discovery where of all discoveries no more than ``share`` shall be
    false: Benjamini & Hochberg 1995; 0 where none is.

    >>> largest_discovery(np.array([0.001, 0.02, 0.9, 0.03]), 0.05)
    0.03
    >>> largest_discovery(np.array([0.04, 0.9]), 0.05)
    0.0
    """
    ascending = np.sort(chances)
    below = ascending <= share * np.arange(1, len(ascending) + 1) / max(len(ascending), 1)
    return float(ascending[below].max(initial=0.0))
