"""Channels and salespeople whose clients come in a burst: all of a book's, in one pass over their applications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ..sharing.facets import DAY

LENGTHS = (2, 7, 14, 30, 60, 90, 180)
"""Days within which a burst is sought."""
TIMES = 2.0
"""So many times as many as at a channel's usual pace make a burst: of thousands, a few more are neither chance nor
anything."""
LEAST_SURPRISE = 3.0
"""Minus the natural logarithm of the chance from which on so many clients at once are a burst."""


@dataclass(frozen=True)
class Brought:
    """Each client of each channel once, by the first application that it brought; by channel, then by time.

    Attributes
    ----------
    channel, person : int64 ids of the frame
    time : int64, when the client first applied through it, epoch milliseconds
    node : int64, the channel as the view numbers it
    position, via : int64 positions of the relationships that say so: application to channel, client to application
    """

    channel: np.ndarray
    person: np.ndarray
    time: np.ndarray
    node: np.ndarray
    position: np.ndarray
    via: np.ndarray

    def __len__(self) -> int:
        return len(self.channel)

    def where(self, mask: np.ndarray) -> Brought:
        """Those for which ``mask`` holds, or at these places."""
        return Brought(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Bursts:
    """Of each channel with one the least likely burst; arrays of one length, by channel.

    Attributes
    ----------
    channel : int64 ids of the frame, ascending
    first, last : int64, the first and last application in it, epoch milliseconds
    clients, brought : int64, the clients in it, and all whom the channel ever brought
    surprise : minus the natural logarithm of the chance of it
    """

    channel: np.ndarray
    first: np.ndarray
    last: np.ndarray
    clients: np.ndarray
    brought: np.ndarray
    surprise: np.ndarray


def brought(view: GraphView, numbers: np.ndarray) -> Brought:
    """Whom channels brought.

    Parameters
    ----------
    numbers : int64 by node of the view, its id in the frame
    """
    via, applied = view.edges("VIA_CHANNEL"), view.edges("APPLIED")
    filed = np.full(view.node_count, -1, dtype=np.int64)
    filed[applied.target] = np.arange(len(applied))
    place = filed[via.source]
    known = (place >= 0) & (applied.valid_from[place] > ALWAYS)
    via, place = via.where(known), place[known]
    found = Brought(
        channel=numbers[via.target],
        person=numbers[applied.source[place]],
        time=applied.valid_from[place],
        node=via.target.astype(np.int64),
        position=via.positions,
        via=applied.positions[place],
    )
    found = found.where(np.lexsort((found.time, found.person, found.channel)))
    again = (found.channel[1:] == found.channel[:-1]) & (found.person[1:] == found.person[:-1])
    found = found.where(np.flatnonzero(np.append(True, ~again)[: len(found)]))
    return found.where(np.lexsort((found.person, found.time, found.channel)))


def bursts(clients: Brought, calendar: np.ndarray, least: int) -> Bursts:
    """The bursts of all channels.

    A scan statistic with the book's own calendar as the clock: that so many others of a channel's n clients come within
    a time after one of them in which a share w of all applications of the book fall has at most the chance of a
    binomial tail, times n and the number of lengths that were tried.

    Parameters
    ----------
    calendar : int64, evenly spaced quantiles of all application times of the book, ascending
    least : fewest clients of a burst
    """
    count, none = len(clients), np.zeros(0, dtype=np.int64)
    if not count or len(calendar) < 2:
        return Bursts(none, none, none, none, none, none.astype(np.float64))
    channels, place, total = np.unique(clients.channel, return_inverse=True, return_counts=True)
    before = np.searchsorted(calendar, clients.time, side="left")
    since = clients.time - clients.time.min()
    ordered = place * (int(since.max()) + (max(LENGTHS) + 1) * DAY) + since
    factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, int(total.max()) + 1)))))
    n, begin = total[place], np.arange(count)
    best, end = np.zeros(count), begin.copy()
    for days in LENGTHS:
        last = np.searchsorted(ordered, ordered + days * DAY, side="right") - 1
        until = np.searchsorted(calendar, clients.time + days * DAY, side="right")
        share = np.maximum(until - before, 1) / len(calendar)
        surprise = -_tail(n - 1, last - begin, share, factorial) - np.log(n * len(LENGTHS))
        many = np.maximum(TIMES * n * share, least)
        better = (last - begin + 1 >= many) & (surprise > best)
        best[better], end[better] = surprise[better], last[better]
    order = np.lexsort((begin, -best, place))
    chosen = order[np.append(True, np.diff(place[order]) > 0)]
    chosen = chosen[best[chosen] >= LEAST_SURPRISE]
    end = end[chosen]
    return Bursts(
        channels[place[chosen]], clients.time[chosen], clients.time[end], end - chosen + 1, n[chosen], best[chosen]
    )


def _tail(n: np.ndarray, k: np.ndarray, share: np.ndarray, factorial: np.ndarray) -> np.ndarray:
    """The logarithm of no less than the chance that ``k`` or more of ``n`` fall where a ``share`` of all do; 0 where
    that is no rare thing.

    Parameters
    ----------
    factorial : the logarithms of the factorials from 0 to ``n``
    """
    share = np.clip(share, 1e-9, 1 - 1e-9)
    first = factorial[n] - factorial[k] - factorial[n - k] + k * np.log(share) + (n - k) * np.log(1 - share)
    # each further term is at most this part of the one before it
    ratio = (n - k) / (k + 1) * share / (1 - share)
    rest = np.log1p(-np.minimum(ratio, 0.999))
    return np.where(ratio < 1, np.minimum(first - rest, 0.0), 0.0)


def within(clients: Brought, known: Bursts) -> np.ndarray:
    """int64 by client: the place of the burst that it falls in, -1 for none."""
    if not len(known.channel):
        return np.full(len(clients), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(known.channel, clients.channel), len(known.channel) - 1)
    inside = (known.channel[place] == clients.channel) & (known.first[place] <= clients.time)
    return np.where(inside & (clients.time <= known.last[place]), place, -1)
