"""The score of a cash-out merchant."""

from __future__ import annotations

import math

SCALE = 50.0
"""How much evidence takes a score from 0 to 1 - 1/e."""


def score(evidence: float) -> float:
    """0 to 1.

    >>> [round(score(evidence), 2) for evidence in (8, 26, 46, 81)]
    [0.15, 0.41, 0.6, 0.8]
    """
    return 1 - math.exp(-evidence / SCALE)
