"""Acting in concert: how unlikely it is that so many of a group applied within so short a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...graph.kernels.runs import shortest_runs
from ...graph.model import ALWAYS, FOREVER
from ..sharing.facets import DAY

FEWEST = 3
"""Fewer applicants than this within any time are no concert."""
TELLING = 3.0
"""From this surprise on a group is taken to have acted within its time; those who share something with it but did not
apply then are left out."""
MARGIN = 30 * DAY
"""So long before and after the others one may apply and still be one of them."""


class Concert(NamedTuple):
    """The time within which more of a group applied than chance explains.

    Attributes
    ----------
    surprise : minus the natural logarithm of the chance of it, 0 or more
    first, last : the first and last application in it, epoch milliseconds; of all, where there is no surprise
    """

    surprise: float
    first: int
    last: int

    @property
    def telling(self) -> bool:
        """Whether the group is taken to have acted within that time."""
        return self.surprise >= TELLING

    def span(self) -> tuple[int, int]:
        """From when until when one has acted with the others: all time, where that is nobody's mark."""
        return (self.first - MARGIN, self.last + MARGIN) if self.telling else (ALWAYS, FOREVER)


def concert(times: Sequence[Sequence[int]], calendar: np.ndarray) -> Concert:
    """The least likely concentration of a group's applications.

    A scan statistic with a Bonferroni bound: that some k of n people, each with m applications, all apply within a time
    in which a share w of all applications of the book fall, has at most the chance C(n, k) m^k k w^(k-1) (Naus 1965);
    the least over k, times the number of k that were tried. The book's own calendar is the clock, so that a season or
    a promotion day, when everybody applies, makes nobody suspect.

    Parameters
    ----------
    times : the application times of each of the group, epoch milliseconds
    calendar : int64, evenly spaced quantiles of all application times of the book, ascending

    >>> calendar = np.arange(0, 1001)
    >>> concert([[10], [12], [14]], calendar).surprise > 5, concert([[10], [400], [900]], calendar).surprise
    (True, 0.0)
    """
    acting = [own for own in times if own]
    people, events = len(acting), sorted((time, person) for person, own in enumerate(acting) for time in own)
    if people < FEWEST or len(calendar) < 2:
        return Concert(0.0, *_ends(events))
    at, holder = np.array(events, dtype=np.int64).T
    clock = np.interp(at, calendar, np.linspace(0.0, 1.0, len(calendar)))
    begin, end = shortest_runs(holder, clock, FEWEST)
    shares = np.clip(clock[end] - clock[begin], 1.0 / len(calendar), 1.0).tolist()
    most = math.log(len(events) / people)
    best = Concert(0.0, *_ends(events))
    for place, (k, share) in enumerate(zip(range(FEWEST, people + 1), shares, strict=True)):
        chance = math.log(math.comb(people, k)) + k * most + math.log(k) + (k - 1) * math.log(share)
        surprise = -chance - math.log(people - FEWEST + 1)
        if surprise > best.surprise:
            best = Concert(surprise, int(at[begin[place]]), int(at[end[place]]))
    return best


def likelier(one: Concert, other: Concert) -> Concert:
    """The more surprising of the concerts of a group and of its core, less the logarithm of two for two tries."""
    best = other if other.surprise > one.surprise else one
    return best._replace(surprise=max(best.surprise - math.log(2), 0.0))


def _ends(events: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return (events[0][0], events[-1][0]) if events else (0, 0)
