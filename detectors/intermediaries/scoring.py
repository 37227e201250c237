"""The score of an intermediary."""

from __future__ import annotations

import math

SCALE = 40.0
"""How much evidence takes a score from 0 to 1 - 1/e."""


def score(evidence: float) -> float:
    """0 to 1.

    >>> [round(score(evidence), 2) for evidence in (13, 20.4, 36.7, 64.4)]
    [0.28, 0.4, 0.6, 0.8]
    """
    return 1 - math.exp(-evidence / SCALE)
