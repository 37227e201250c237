"""The shortest runs of events in which so many different holders have one."""

from __future__ import annotations

import numpy as np

from .compiled import frozen, ids, kernel


def shortest_runs(holder: np.ndarray, clock: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """For each number of holders, from ``least`` to all, the shortest run of events in which so many have one.

    Parameters
    ----------
    holder : int32 by event, in rising order of time: ids from 0, each of which has an event
    clock : float64 by event, when it was, rising

    Returns
    -------
    first, last : int64, the places of the first and last event of the run of ``least`` holders, of ``least + 1`` and so
        on; of runs of one length the earliest

    >>> [places.tolist() for places in shortest_runs(np.array([0, 1, 0, 2]), np.array([0.0, 5.0, 6.0, 7.0]), 2)]
    [[1, 1], [2, 3]]
    """
    holders = int(holder.max(initial=-1)) + 1
    return _shortest(ids(holder, holders, "holder"), frozen(clock, np.float64), holders, least)


@kernel
def _shortest(holder, clock, holders, least):
    runs = max(holders - least + 1, 0)
    first, last = np.zeros(runs, np.int64), np.zeros(runs, np.int64)
    count = np.empty(holders, np.int64)
    for run in range(runs):
        count[:] = 0
        inside, left, best = 0, 0, np.inf
        for right in range(holder.size):
            inside += count[holder[right]] == 0
            count[holder[right]] += 1
            # no more holders than wanted, and the first event is the only one of its holder
            while inside > least + run or count[holder[left]] > 1:
                count[holder[left]] -= 1
                inside -= count[holder[left]] == 0
                left += 1
            if inside == least + run and clock[right] - clock[left] < best:
                best = clock[right] - clock[left]
                first[run], last[run] = left, right
    return first, last
