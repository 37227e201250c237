"""How unlikely a group is by chance, and its score."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..sharing.common import Piece
from .concert import Concert

SCALE = 15.7
"""How much evidence takes a score from 0 to 1 - 1/e. Calibrated so that books without rings give no red finding."""

NEARLY = 1.5
"""What innocent causes nearly explain must come to so many times the evidence."""


def cycles(pieces: Sequence[Piece], members: int) -> int:
    """How many independent ties there are beyond those that hold the members together."""
    return sum(len(piece.people) - 1 for piece in pieces) - (members - 1)


def chance(pieces: Sequence[Piece], members: int, people: int) -> float:
    """Minus the decimal logarithm of how many groups so tied a book of this size holds by chance.

    Among ``people`` there are ``people ** members`` choices of members, and a value that p of them share, of a kind by
    which a person has ``e`` partners by chance, is shared so with probability ``(e / people) ** (p - 1)``: with c
    independent cycles of ties the expected number is ``people ** (1 - c)`` times the product of ``e ** (p - 1)``.
    """
    weight = sum((len(piece.people) - 1) * piece.weight for piece in pieces)
    return round(((cycles(pieces, members) - 1) * math.log(people) + weight) / math.log(10), 2)


def evidence_of(pieces: Sequence[Piece], members: int, acting: Concert, most: float) -> float:
    """What a group comes to: the weight of what ties a member on average, places left out, and the surprise of their
    acting together, as far as it is no more than ``most`` times that weight.
    """
    ties = sum((len(piece.people) - 1) * piece.weight for piece in pieces if piece.alone) / members
    return ties + (min(acting.surprise, most * ties) if ties else 0.0)


def score(evidence: float) -> float:
    """0 to 1: 0.4 at an evidence of 8, 0.6 at 14.4, 0.8 at 25.3.

    >>> [round(score(evidence), 2) for evidence in (8, 14.4, 25.3)]
    [0.4, 0.6, 0.8]
    """
    return 1 - math.exp(-evidence / SCALE)
