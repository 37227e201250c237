"""Money that comes back to where it began: cycles of transfers whose times ascend."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compiled import frozen, kernel
from .tracing import Outgoing

LONGEST = 16
"""Most transfers of a cycle that can be asked for."""


class TimeCycles(NamedTuple):
    """Cycles of transfers, by their first transfer and then in the order of the search.

    Attributes
    ----------
    offsets : int64[k + 1], where the transfers of each cycle begin and the last one ends
    transfers : int64, places in ``Outgoing``, each cycle's in the order of their times
    cut : int64, the transfers, by their places, from which not all cycles were followed
    busy : how many accounts were too busy to be followed
    """

    offsets: np.ndarray
    transfers: np.ndarray
    cut: np.ndarray
    busy: int


def time_cycles(
    out: Outgoing,
    shortest: int,
    longest: int,
    window: int,
    fan_out: int = 1_000,
    most_each: int = 1_000,
    most: int = 1_000_000,
) -> TimeCycles:
    """Every cycle of ``shortest`` to ``longest`` transfers with strictly ascending times, all within ``window`` of the
    first, that passes no account twice. A cycle is found once, from its first transfer.

    Parameters
    ----------
    fan_out : most transfers out of, or into, one account within a window that are followed; of a busier account none is
    most_each, most : most cycles listed of one first transfer, and in all

    Raises
    ------
    ValueError : ``longest`` is above ``LONGEST``, or below ``shortest``
    """
    if not 2 <= shortest <= longest <= LONGEST:
        raise ValueError(f"cycles of {shortest} to {longest} transfers: choose 2 to {LONGEST}, the shorter first")
    accounts = len(out.offsets) - 1
    order = np.lexsort((out.time, out.target))
    into = np.zeros(accounts + 1, np.int64)
    np.cumsum(np.bincount(out.target, minlength=accounts), out=into[1:])
    length, transfers, cut, busy = _time_cycles(
        frozen(out.offsets, np.int64), out.source, out.target, out.time, frozen(into, np.int64),
        frozen(order, np.int64), frozen(out.time[order], np.int64), shortest, longest, window, fan_out, most_each, most,
    )  # fmt: skip
    return TimeCycles(np.concatenate(([0], np.cumsum(length))), transfers, cut, busy)


@kernel
def _time_cycles(
    offsets, source, target, time, into, came, came_at, shortest, longest, window, fan_out, most_each, most
):
    accounts = len(offsets) - 1
    latest = np.zeros((longest, accounts), np.int64)  # by transfers left: until when an account must be left
    known = np.full((longest, accounts), -1, np.int64)  # the first transfer for which that was found
    on_path, path, turn = np.zeros(accounts, np.bool_), np.empty(longest, np.int64), np.empty(longest, np.int64)
    busy = np.zeros(accounts, np.bool_)
    room, total, found = 1024, 0, 0
    lengths, transfers, cut = np.empty(room, np.int64), np.empty(room * longest, np.int64), []
    cut.append(np.int64(-1))
    queue, queued = np.empty(2 * accounts + 1, np.int64), np.full(accounts, -1, np.int64)
    turned = 0
    for first in range(len(source)):
        home, end = source[first], time[first] + window
        if target[first] == home:
            continue
        turned = _ways_home(
            home,
            first,
            time[first],
            end,
            into,
            came,
            came_at,
            source,
            latest,
            known,
            fan_out,
            busy,
            queue,
            queued,
            turned,
        )
        if not _leads_home(latest, known, first, target[first], time[first], longest - 1):
            continue
        begin = _after(offsets, time, target[first], time[first])
        if begin + fan_out < offsets[target[first] + 1] and time[begin + fan_out] <= end:
            busy[target[first]] = True
            continue
        listed, level = 0, 0
        path[0] = first
        on_path[home] = on_path[target[first]] = True
        turn[0] = begin
        while level >= 0:
            account, at = target[path[level]], turn[level]
            left = longest - level - 2
            if at >= offsets[account + 1] or time[at] > end or left < 0 or listed >= most_each or found >= most:
                on_path[account] = False
                level -= 1
                continue
            turn[level] += 1
            over = target[at]
            if over == home:
                if level + 2 >= shortest:
                    if found == room:
                        room *= 2
                        lengths, transfers = _larger(lengths, room), _larger(transfers, room * longest)
                    for step in range(level + 1):
                        transfers[total + step] = path[step]
                    transfers[total + level + 1] = at
                    lengths[found] = level + 2
                    total += level + 2
                    found += 1
                    listed += 1
                continue
            if on_path[over] or not _leads_home(latest, known, first, over, time[at], left):
                continue
            begin = _after(offsets, time, over, time[at])
            if begin + fan_out < offsets[over + 1] and time[begin + fan_out] <= end:
                busy[over] = True
                continue
            level += 1
            path[level], turn[level] = at, begin
            on_path[over] = True
        on_path[home] = False
        if listed >= most_each or found >= most:
            cut.append(np.int64(first))
        if found >= most:
            break
    return lengths[:found], transfers[:total], np.array(cut)[1:], busy.sum()


@kernel
def _leads_home(latest, known, first, account, moment, hops):
    """Whether money that is in an account from some moment on can be home within so many transfers."""
    leads = False
    for hop in range(hops):
        leads |= known[hop, account] == first and latest[hop, account] > moment
    return leads


@kernel
def _ways_home(
    home, first, since, end, into, came, came_at, source, latest, known, fan_out, busy, queue, queued, turned
):
    """Until when each account must be left for the money to be home by ``end``, with one transfer, two, and so on."""
    count = 1
    queue[0] = home
    for hops in range(len(latest)):
        turned += 1
        reached, upto = count, 0
        for place in range(count):
            account = queue[place]
            low = into[account] + np.searchsorted(came_at[into[account] : into[account + 1]], since + 1)
            before = end + 1 if hops == 0 else latest[hops - 1, account]
            high = into[account] + np.searchsorted(came_at[into[account] : into[account + 1]], before)
            if high - low > fan_out:
                busy[account] = True
                continue
            for at in range(high - 1, low - 1, -1):
                one = source[came[at]]
                if one == home:
                    continue
                if known[hops, one] != first:
                    known[hops, one], latest[hops, one] = first, came_at[at]
                elif latest[hops, one] < came_at[at]:
                    latest[hops, one] = came_at[at]
                else:
                    continue
                if queued[one] != turned:
                    queued[one] = turned
                    queue[reached + upto] = one
                    upto += 1
        # what fewer transfers reach, more do; only who must be left later than before leads further
        count = 0
        for place in range(reached, reached + upto):
            account = queue[place]
            if hops and known[hops - 1, account] == first and latest[hops - 1, account] >= latest[hops, account]:
                continue
            queue[count] = account
            count += 1
    return turned


@kernel
def _after(offsets, time, account, moment):
    """The place of the first transfer out of an account that is later."""
    return offsets[account] + np.searchsorted(time[offsets[account] : offsets[account + 1]], moment + 1)


@kernel
def _larger(values, room):
    grown = np.empty(room, np.int64)
    grown[: len(values)] = values
    return grown
