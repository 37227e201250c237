"""Money that comes back: from accounts of one side to accounts of the other, straight or by way of one more account."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compiled import frozen, kernel
from .tracing import Outgoing


class Groups(NamedTuple):
    """Accounts by group: those of group ``g`` stand from ``offsets[g]`` to ``offsets[g + 1]``."""

    offsets: np.ndarray
    accounts: np.ndarray


class Returns(NamedTuple):
    """What came back; arrays of one length, case after case.

    Attributes
    ----------
    case : int64, ascending
    first, last : int64, the transfer out of an account of the one side, and the one into an account of the other;
        places in ``Outgoing``, the same where it came straight
    """

    case: np.ndarray
    first: np.ndarray
    last: np.ndarray


def returns(
    out: Outgoing, givers: Groups, takers: Groups, since: np.ndarray, until: np.ndarray, least: np.ndarray
) -> Returns:
    """Transfers by which money came back, for each case.

    Parameters
    ----------
    givers, takers : the accounts of either side, by case
    since, until : int64 by case, the first and the last time that count
    least : int64 by case, the least amount of a transfer that counts
    """
    columns = (frozen(group, np.int64) for group in (*givers, *takers, since, until, least))
    found = _returns(frozen(out.offsets, np.int64), out.target, out.amount, out.time, *columns)
    return Returns(*found)


@kernel
def _returns(offsets, target, amount, time, given, givers, taken, takers, since, until, least):
    room, total = 1024, 0
    cases, firsts, lasts = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    takes = np.full(len(offsets), -1, np.int64)  # by account, the last case that it takes part in
    for case in range(len(since)):
        for place in range(taken[case], taken[case + 1]):
            takes[takers[place]] = case
        for place in range(given[case], given[case + 1]):
            account = givers[place]
            begin, end = offsets[account], offsets[account + 1]
            first = begin + np.searchsorted(time[begin:end], since[case])
            while first < end and time[first] <= until[case]:
                over = target[first]
                low = first if takes[over] == case else offsets[over]
                if takes[over] != case:
                    low += np.searchsorted(time[offsets[over] : offsets[over + 1]], time[first])
                high = first + 1 if takes[over] == case else offsets[over + 1]
                for last in range(low, high if amount[first] >= least[case] else low):
                    if time[last] > until[case]:
                        break
                    if amount[last] < least[case] or takes[target[last]] != case:
                        continue
                    if total == room:
                        room *= 2
                        cases, firsts, lasts = _larger(cases, room), _larger(firsts, room), _larger(lasts, room)
                    cases[total], firsts[total], lasts[total] = case, first, last
                    total += 1
                first += 1
    return cases[:total], firsts[:total], lasts[:total]


@kernel
def _larger(values, room):
    grown = np.empty(room, np.int64)
    grown[: len(values)] = values
    return grown
