"""Events by the node they start or end at, each node's in order of time, so that a window is found by search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .sets import laid_out


class Timed(NamedTuple):
    """Events of nodes, node by node, those of one node in rising order of time.

    Attributes
    ----------
    keys : int64, ascending: an event's node and the place of its time in ``clock``, as one number
    clock : int64, ascending: the distinct times, epoch milliseconds
    other : int32, the node at the event's other end
    amount : float64, NaN where it has none
    """

    keys: np.ndarray
    clock: np.ndarray
    other: np.ndarray
    amount: np.ndarray

    @classmethod
    def of(cls, node: np.ndarray, other: np.ndarray, time: np.ndarray, amount: np.ndarray) -> Timed:
        """Events in any order.

        Parameters
        ----------
        node, other : int32, the ends: that by which events are found, and the other
        time : int64, epoch milliseconds
        amount : float64
        """
        clock, place = np.unique(time, return_inverse=True)
        keys = np.asarray(node, np.int64) * max(len(clock), 1) + place
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], clock, np.asarray(other)[order], np.asarray(amount)[order])

    def spans(
        self, nodes: np.ndarray, after: np.ndarray | int, before: np.ndarray | int
    ) -> tuple[np.ndarray, np.ndarray]:
        """int64, twice: where the events of each of some nodes begin and end that lie between two times, both left out.

        Parameters
        ----------
        after, before : epoch milliseconds, one for all nodes or one for each
        """
        first = np.asarray(nodes, np.int64) * max(len(self.clock), 1)
        low = np.searchsorted(self.keys, first + np.searchsorted(self.clock, after, side="right"))
        high = np.searchsorted(self.keys, first + np.searchsorted(self.clock, before, side="left"))
        return low, np.maximum(low, high)

    def all_of(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same for all events of each of some nodes, whenever they were."""
        first = np.asarray(nodes, np.int64) * max(len(self.clock), 1)
        return np.searchsorted(self.keys, first), np.searchsorted(self.keys, first + len(self.clock))

    def times(self, places: np.ndarray) -> np.ndarray:
        """int64: when the events at some places were."""
        return self.clock[self.keys[places] % max(len(self.clock), 1)]


class Rows(NamedTuple):
    """Events of some nodes, node after node.

    Attributes
    ----------
    origin : int64, which of the nodes asked about each is of, ascending
    other, time, amount : as ``Timed`` has them
    """

    origin: np.ndarray
    other: np.ndarray
    time: np.ndarray
    amount: np.ndarray

    @classmethod
    def between(cls, events: Timed, low: np.ndarray, high: np.ndarray) -> Rows:
        """The events of spans, as ``Timed.spans`` gives them."""
        places = laid_out(low, high)
        origin = np.repeat(np.arange(len(low)), high - low)
        return cls(origin, events.other[places], events.times(places), events.amount[places])

    @classmethod
    def joined(cls, parts: list[Rows]) -> Rows:
        """Events of several kinds of the same nodes."""
        if len(parts) == 1:
            return parts[0]
        whole = cls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        return whole.where(np.argsort(whole.origin, kind="stable"))

    def where(self, chosen: np.ndarray) -> Rows:
        """Those that a mask tells, or those at some places."""
        return Rows(*(column[chosen] for column in self))
