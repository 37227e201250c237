"""How unlikely a group is by chance, and its score."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..sharing.common import Common, Piece
from .concert import Concert

SCALE = 15.7
"""How much evidence takes a score from 0 to 1 - 1/e. Calibrated so that books without rings give no red finding."""

NEARLY = 1.5
"""What innocent causes nearly explain must come to so many times what others must."""

LOOSELY = 2.0
"""To those whom weak ties bind, acting together adds so many times what ties them, at most."""

HUB = 5
"""So many clients at least make a hub of what they share."""

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


def by_ties(shared: Common, people: int, acting: Concert, most: float = math.inf) -> float:
    """What a group comes to: the weight of what ties a member on average, places left out, and the surprise of their
    acting together, as far as it is no more than ``most`` times that weight.

    Parameters
    ----------
    people : how many the book holds
    """
    ties = _weight(shared)
    return ties + (min(acting.surprise, most * ties) if ties else 0.0)


def by_loose_ties(shared: Common, people: int, acting: Concert) -> float:
    """The same for those whom weak ties bind, where acting together adds no more than ``LOOSELY`` times what ties them:
    a place holds people who apply in one season. Nothing, where ties as theirs are found by chance, or one thing that
    no place explains ties more than half of them, and no fewer than ``HUB``: a hub, by which anybody is tied to
    anybody.
    """
    most = max((len(value.people) for value in shared.values if value.alone), default=0)
    hub = most >= HUB and 2 * most > len(shared.people)
    sure = chance(shared.tied, len(shared.people), people) >= SURE
    return by_ties(shared, people, acting, LOOSELY) if sure and not hub else 0.0


def whenever(shared: Common, people: int, acting: Concert) -> float:
    """What a group comes to whenever its members applied: twice the weight of what ties a member on average, places
    left out. Nothing, where households so tied are found by chance, or where an innocent cause is near.
    """
    sure = chance(shared.by_household, shared.households, people) >= SURE
    return 2 * _weight(shared) if sure and not shared.nearly_explained else 0.0


def _weight(shared: Common) -> float:
    return sum((len(piece.people) - 1) * piece.weight for piece in shared.tied if piece.alone) / len(shared.people)


def score(evidence: float) -> float:
    """0 to 1: 0.4 at an evidence of 8, 0.6 at 14.4, 0.8 at 25.3.

    >>> [round(score(evidence), 2) for evidence in (8, 14.4, 25.3)]
    [0.4, 0.6, 0.8]
    """
    return 1 - math.exp(-evidence / SCALE)
