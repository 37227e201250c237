"""Where a sign shows: events that come close enough together, and the people behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...graph.kernels.windows import windows
from .limits import Limit


@dataclass(frozen=True)
class Hit:
    """One sign that one person or group shows.

    Attributes
    ----------
    sign : ``limit`` for one of the policy's table, else a name in ``SIGNS``
    limit : the row of the table
    key : id in the frame of the thing that it was counted on; -1 where that is the person
    things : int64 nodes of that thing
    people : node numbers of the applicants, ascending
    persons : how many people these are, where one has applied under several numbers
    count : the most in one window; for ``far`` the distance in kilometres
    least : the count from which on it shows; for ``far`` the same distance, as a city away is away
    first, last : epoch milliseconds of the first and last event of that window
    rows : int64 positions of the relationships that say so, the telling ones first
    figures : further numbers for words and explanations
    """

    sign: str
    people: tuple[int, ...]
    persons: int
    count: float
    least: float
    first: int
    last: int
    rows: np.ndarray
    limit: Limit | None = None
    key: int = -1
    things: tuple[int, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Busy:
    """A group whose events come close together.

    Attributes
    ----------
    count : the most different values in one window
    first, last : times of the first and last event of the earliest window that holds so many
    inside : int64, the places of all events in windows that hold enough, by time
    """

    group: int
    count: int
    first: int
    last: int
    inside: np.ndarray


def busy(
    group: np.ndarray, time: np.ndarray, value: np.ndarray, span: int, least: int, begins: np.ndarray | None = None
) -> Iterator[Busy]:
    """The groups of which a window of time holds enough different values.

    Parameters
    ----------
    group, time, value : int64 by event, in any order; values are ids from 0
    span : of a window, which holds its last instant
    least : how many different values are enough
    begins : bool by event: whether a window may begin with it, where not all may
    """
    order = np.lexsort((value, time, group))
    group, time = group[order], time[order]
    count, last = windows(group, time, value[order], span)
    enough = count >= least
    if begins is not None:
        enough &= begins[order]
    starts = np.flatnonzero(enough)
    if not len(starts):
        return
    change = np.zeros(len(group) + 1, dtype=np.int64)
    np.add.at(change, starts, 1)
    np.add.at(change, last[starts] + 1, -1)
    inside = np.flatnonzero(change.cumsum()[:-1] > 0)
    of_starts, of_inside = group[starts], group[inside]
    for begin, end in _spans(of_starts):
        best = starts[begin + int(np.argmax(count[starts[begin:end]]))]
        low, high = np.searchsorted(of_inside, [group[best], group[best] + 1])
        yield Busy(int(group[best]), int(count[best]), int(time[best]), int(time[last[best]]), order[inside[low:high]])


def _spans(labels: np.ndarray) -> Iterator[tuple[int, int]]:
    """Begin and end of each run of equal labels."""
    edges = np.flatnonzero(np.diff(labels, prepend=labels[0] - 1, append=labels[-1] + 1))
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
