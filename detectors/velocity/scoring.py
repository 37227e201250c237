"""How grave signs are: how rare each is in the whole book, how far above its limit, and how many sorts there are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from .hits import Hit
from .limits import Limit
from .population import SIGNS, Known

PRIOR = 1000
"""A small book says little of what is rare: one more who reaches a limit is reckoned with, and so many who do not."""
ABOVE, MOST_ABOVE = 2.0, 4.0
"""What twice the limit adds to how rare it is to reach it, and the most that is added."""
SCALE = 8.0
"""Evidence whose score is ``1 - 1/e``: natural logarithms of rarity."""
SORT = {"draws": "drawing", "new_card": "drawing", "night_card": "drawing"}
"""Signs of one sort are one piece of evidence, the rarest of them; the others are sorts of their own."""
SHARED = ("people", "names")
"""What is counted where a thing is shared rather than used often."""


def score(hits: Iterable[Hit], known: Known, order: Mapping[Limit, int]) -> float:
    """The score of all signs of a person or a group, 0 to 1.

    Parameters
    ----------
    order : the place of each limit in the table
    """
    best: dict[str, float] = {}
    for hit in hits:
        best[_sort(hit)] = max(best.get(_sort(hit), 0.0), _strength(hit, known, order))
    return 1.0 - math.exp(-math.fsum(best.values()) / SCALE)


def reached(hit: Hit, known: Known, order: Mapping[Limit, int]) -> tuple[int, int]:
    """How many of the whole book reach the limit or show the sign, this one at least, and of how many."""
    place = order[hit.limit] if hit.limit else len(order) + SIGNS.index(hit.sign)
    count, of = int(known.reached[place]), int(known.of[place])
    return max(count, 1), max(of, count, 1)


def _sort(hit: Hit) -> str:
    if hit.limit:
        return "sharing" if hit.limit.count in SHARED else "filing"
    return SORT.get(hit.sign, hit.sign)


def _strength(hit: Hit, known: Known, order: Mapping[Limit, int]) -> float:
    count, of = reached(hit, known, order)
    above = min(ABOVE * math.log2(hit.count / hit.least), MOST_ABOVE)
    return math.log((of + PRIOR) / (count + 1)) + above
