"""Where events lead that follow each other in time: nodes reached, and the paths themselves.

Of each node reached, the earliest time suffices: whoever can go on from a later arrival can go on from that one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .sets import distinct
from .timed import Rows

Onward = Callable[[np.ndarray, np.ndarray | None], Rows]
"""The events by which one goes on from some nodes, each later than the time given for its node; None for any time."""


def traced(onward: Onward, seeds: np.ndarray, hops: int) -> list[np.ndarray]:
    """int32, ascending, by number of events from 1 to ``hops``: the nodes that so many lead to from ``seeds``, each
    event later than the one before. Nodes may be passed again."""
    nodes, since, rings = distinct(np.asarray(seeds, np.int32)), None, []
    for _ in range(hops):
        rows = onward(nodes, since)
        first = _earliest(rows.time, rows.other)
        nodes, since = rows.other[first], rows.time[first]
        rings.append(nodes)
    return rings


def simple_paths(onward: Onward, starts: np.ndarray, hops: int) -> list[np.ndarray]:
    """int32[paths, events + 1], by number of events from 1 to ``hops``: the different paths of nodes from ``starts``
    along events each later than the one before, no node twice. Parallel events make one path."""
    paths, since, found = distinct(np.asarray(starts, np.int32))[:, None], None, []
    for _ in range(hops):
        rows = onward(paths[:, -1], since)
        rows = rows.where((paths[rows.origin] != rows.other[:, None]).all(axis=1))
        rows = rows.where(_earliest(rows.time, rows.other, rows.origin))
        paths, since = np.column_stack((paths[rows.origin], rows.other)), rows.time
        found.append(paths)
    return found


def _earliest(time: np.ndarray, *keys: np.ndarray) -> np.ndarray:
    """The place of the earliest of the events that have the same keys, in rising order of the last key first."""
    order = np.lexsort((time, *keys))
    new = np.zeros(len(order), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order[1:]] != key[order[:-1]]
    return order[new]
