"""The score of a flow."""

from __future__ import annotations

import math

CERTAIN = 8.0
"""Decimal places of rarity that count in full."""


def score(convention: float, can: float, by_chance: float, signs: int) -> float:
    """0 to 1: the shares of the loans that arrived by convention and at most, how rare such a way is by chance, and how
    many further signs there are, of which two count.

    >>> round(score(1.0, 1.0, 1e-8, 2), 2), round(score(0.5, 0.9, 0.02, 0), 2), round(score(0.3, 0.3, 1, 0), 2)
    (1.0, 0.5, 0.28)
    """
    rare = min(max(-math.log10(by_chance), 0.0), CERTAIN) / CERTAIN if by_chance > 0 else 1.0
    return 0.1 + 0.45 * convention + 0.15 * can + 0.2 * rare + 0.05 * min(signs, 2)
