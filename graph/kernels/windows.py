"""Sliding windows: how many different values each window of time holds, group by group."""

from __future__ import annotations

import numpy as np

from .compiled import frozen, ids, kernel


def windows(group: np.ndarray, time: np.ndarray, value: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """What the window that begins with each event holds: the events of its group from it on, as they stand, up to
    ``span`` later, the last instant included.

    Parameters
    ----------
    group : int64 by event, ascending
    time : int64 by event, ascending within a group
    value : int32 by event: ids from 0
    span : 0 or more, in the unit of ``time``

    Returns
    -------
    count : int64 by event, how many different values its window holds
    last : int64 by event, the place of the last event of its window

    >>> [found.tolist() for found in windows(np.array([1, 1, 1, 2]), np.array([0, 5, 6, 6]), np.array([0, 1, 0, 1]), 5)]
    [[2, 2, 1, 1], [1, 2, 2, 3]]
    """
    values = int(value.max(initial=-1)) + 1
    return _windows(frozen(group, np.int64), frozen(time, np.int64), ids(value, values, "value"), span, values)


@kernel
def _windows(group, time, value, span, values):
    count, last = np.zeros(group.size, np.int64), np.zeros(group.size, np.int64)
    held = np.zeros(values, np.int64)
    inside, end = 0, 0
    for begin in range(group.size):
        while end < group.size and group[end] == group[begin] and time[end] - time[begin] <= span:
            inside += held[value[end]] == 0
            held[value[end]] += 1
            end += 1
        count[begin], last[begin] = inside, end - 1
        held[value[begin]] -= 1
        inside -= held[value[begin]] == 0
    return count, last
