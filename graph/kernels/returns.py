"""Money that comes back: from accounts of one side to accounts of the other, straight or by way of one more account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .compiled import edge_ids, frozen, kernel


class Groups(NamedTuple):
    """Accounts by group: those of group ``g`` stand from ``offsets[g]`` to ``offsets[g + 1]``."""

    offsets: np.ndarray
    accounts: np.ndarray


@dataclass(frozen=True)
class Moves:
    """Transfers into each account, account after account, in the order of their times.

    Attributes
    ----------
    source, target : int64, accounts
    amount, time : int64
    order : int64, which of the transfers that it was made of each is
    into : int64[accounts + 1], where those into each account begin
    out : int64[accounts + 1], where those out of each account begin in ``pairs``
    pairs : int64, places of the transfers by source, target, time and amount
    """

    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    time: np.ndarray
    order: np.ndarray
    into: np.ndarray
    out: np.ndarray
    pairs: np.ndarray


class Returns(NamedTuple):
    """What came back; arrays of one length, case after case.

    Attributes
    ----------
    case : int64, ascending
    first, last : int64, the transfer out of an account of the one side, and the one into an account of the other;
        places in ``Moves``, the same where it came straight
    """

    case: np.ndarray
    first: np.ndarray
    last: np.ndarray


def moves(source: np.ndarray, target: np.ndarray, amount: np.ndarray, time: np.ndarray, accounts: int) -> Moves:
    """Sort transfers by the account that they reach and by time.

    Raises
    ------
    ValueError : an account outside ``0..accounts - 1``
    """
    source, target = edge_ids(source, target, accounts)
    order = np.lexsort((time, target))
    columns = [frozen(column[order], np.int64) for column in (source, target, amount, time)]
    source, target, amount, time = columns
    pairs = np.lexsort((amount, time, target, source))
    return Moves(source, target, amount, time, order, _offsets(target, accounts), _offsets(source, accounts), pairs)


def _offsets(account: np.ndarray, accounts: int) -> np.ndarray:
    offsets = np.zeros(accounts + 1, np.int64)
    np.cumsum(np.bincount(account, minlength=accounts), out=offsets[1:])
    return offsets


def returns(
    moves: Moves, givers: Groups, takers: Groups, since: np.ndarray, until: np.ndarray, least: np.ndarray
) -> Returns:
    """Transfers by which money came back, for each case.

    What a taker got from an account of neither side came back if a giver had paid that account within the time, at
    the same instant at the latest; the last such payment is told. What takers pay each other had come back already.

    Parameters
    ----------
    givers, takers : the accounts of either side, by case
    since, until : int64 by case, the first and the last time that count
    least : int64 by case, the least amount of a transfer that counts
    """
    columns = (moves.source, moves.target, moves.amount, moves.time, moves.into, moves.out, moves.pairs)
    rest = (*givers, *takers, since, until, least)
    return Returns(*_returns(*(frozen(column, np.int64) for column in (*columns, *rest))))


@kernel
def _returns(source, target, amount, time, into, out, pairs, given, givers, taken, takers, since, until, least):
    room, total = 1024, 0
    cases, firsts, lasts = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    gives = np.full(len(into), -1, np.int64)  # by account, the last case that it gives in
    takes = np.full(len(into), -1, np.int64)
    for case in range(len(since)):
        givers_here, takers_here = givers[given[case] : given[case + 1]], takers[taken[case] : taken[case + 1]]
        gives[givers_here] = case
        takes[takers_here] = case
        for taker in takers_here:
            last = into[taker] + np.searchsorted(time[into[taker] : into[taker + 1]], since[case])
            while last < into[taker + 1] and time[last] <= until[case]:
                first = -1
                if amount[last] >= least[case] and takes[source[last]] != case:
                    first = last
                    if gives[source[last]] != case:
                        window = (since[case], time[last], least[case])
                        first = _latest(target, amount, time, out, pairs, givers_here, source[last], window)
                if first >= 0:
                    if total == room:
                        room *= 2
                        cases, firsts, lasts = _larger(cases, room), _larger(firsts, room), _larger(lasts, room)
                    cases[total], firsts[total], lasts[total] = case, first, last
                    total += 1
                last += 1
    return cases[:total], firsts[:total], lasts[:total]


@kernel
def _latest(target, amount, time, out, pairs, givers, over, window):
    """The latest transfer of enough from any giver to an account within a time, the largest of those; -1 if none."""
    since, until, least = window
    found = -1
    for giver in givers:
        low, high = out[giver], out[giver + 1]
        while low < high:
            middle = (low + high) // 2
            move = pairs[middle]
            if target[move] < over or (target[move] == over and time[move] <= until):
                low = middle + 1
            else:
                high = middle
        for rank in range(low - 1, out[giver] - 1, -1):
            move = pairs[rank]
            if target[move] != over or time[move] < since:
                break
            if amount[move] >= least:
                later = found < 0 or time[move] > time[found]
                if later or (time[move] == time[found] and amount[move] > amount[found]):
                    found = move
                break
    return found


@kernel
def _larger(values, room):
    grown = np.empty(room, np.int64)
    grown[: len(values)] = values
    return grown
