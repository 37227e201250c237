"""How unlikely a group is by chance, and its score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..sharing.common import Common, Piece
from .concert import Concert

SCALE = 15.7
"""How much evidence takes a score from 0 to 1 - 1/e. Calibrated so that books without rings give no red finding."""

NEARLY = 1.5
"""What innocent causes nearly explain must come to so many times what others must."""

HUB = 5
"""What so many people share, and more than half of a group, is a hub, by which anybody is tied to anybody."""

SURE = 6.0
"""Ties that one book in a million has by chance: what ``chance`` gives."""


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


@dataclass(frozen=True)
class Judge:
    """How a group is judged.

    Attributes
    ----------
    most : how many times what ties its members acting together may add to that; None: they are judged whenever they
        applied, and what ties them counts twice
    sure : whether its ties must be such as hardly a book has by chance
    """

    most: float | None
    sure: bool

    def evidence(self, shared: Common, acting: Concert) -> float:
        """What a group comes to: the weight of what ties a member on average, places left out, and the surprise of
        their acting together."""
        ties = sum((len(piece.people) - 1) * piece.weight for piece in shared.tied if piece.alone) / len(shared.people)
        if self.most is None:
            return 2 * ties
        return ties + (min(acting.surprise, self.most * ties) if ties else 0.0)

    def rarity(self, shared: Common, people: int) -> float:
        """What ``chance`` gives of a group's ties. Of those who did not act together a household is one person, and
        what all who share it may have shared at one place is left out.

        Parameters
        ----------
        people : how many the book holds
        """
        if self.most is None:
            return chance(shared.by_household, shared.households, people)
        return chance(shared.tied, len(shared.people), people)


BY_TIES = Judge(math.inf, False)
"""Of those whom strong ties bind."""
BY_LOOSE_TIES = Judge(2.0, True)
"""Of those whom weak ties bind: a place holds people who apply in one season."""
WHENEVER = Judge(None, True)
"""Of those whom one rare thing ties."""


def score(evidence: float) -> float:
    """0 to 1: 0.4 at an evidence of 8, 0.6 at 14.4, 0.8 at 25.3.

    >>> [round(score(evidence), 2) for evidence in (8, 14.4, 25.3)]
    [0.4, 0.6, 0.8]
    """
    return 1 - math.exp(-evidence / SCALE)
