"""Whose money leaves a mixed account: by the order in which it came (first in, first out), or in proportion.

Both are conventions: nothing in an account tells one yuan from another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .compiled import frozen, kernel

OUTSIDE = -1
UNSTATED = np.int64(-1)


@dataclass(frozen=True)
class Events:
    """What happened to accounts, in the order in which it counts; arrays of one length.

    Attributes
    ----------
    source, target : int64, accounts by number from 0; ``OUTSIDE`` where the money came from elsewhere, or went there
    amount : int64, at least 0
    traced : bool, whether what came in from elsewhere is the money that is traced
    source_after, target_after : int64, the stated balance of either behind it; ``UNSTATED`` where there is none
    """

    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    traced: np.ndarray
    source_after: np.ndarray
    target_after: np.ndarray

    def __len__(self) -> int:
        return len(self.amount)


def carried(events: Events, accounts: int, pro_rata: bool = False) -> np.ndarray:
    """float64 by event: how much of its amount is the traced money.

    An account begins with what its first stated balance says that it held before all that is on record, with nothing
    where none is stated. What leaves beyond what it holds came in unseen just before. At each further stated balance,
    what is too much left unseen, and what is missing came in unseen.

    Parameters
    ----------
    accounts : how many there are
    pro_rata : whether every withdrawal takes of all money in the account in proportion; otherwise what came in first
        leaves first
    """
    columns = (events.source, events.target, events.amount, events.source_after, events.target_after)
    run = _in_proportion if pro_rata else _first_in
    whole = tuple(frozen(column, np.int64) for column in columns)
    return run(*whole, frozen(events.traced, np.bool_), frozen(_opening(*whole, accounts), np.int64))


@kernel
def _opening(source, target, amount, source_after, target_after, accounts):
    """What each account held before all: its first stated balance without what had come in and gone out by then."""
    opening, told = np.zeros(accounts, np.int64), np.zeros(accounts, np.bool_)
    for event in range(len(amount)):
        for account, moved, after in (
            (source[event], -amount[event], source_after[event]),
            (target[event], amount[event], target_after[event]),
        ):
            if account < 0 or told[account]:
                continue
            opening[account] -= moved
            if after >= 0:
                opening[account] += after
                told[account] = True
    return np.where(told, np.maximum(opening, 0), 0)


@kernel
def _in_proportion(source, target, amount, source_after, target_after, traced, opening):
    held, mine = opening.astype(np.float64), np.zeros(len(opening))
    part = np.zeros(len(amount))
    for event in range(len(amount)):
        one, other, moved = source[event], target[event], float(amount[event])
        if one >= 0 and source_after[event] >= 0:
            _state(held, mine, one, source_after[event] + moved)
        if other >= 0 and target_after[event] >= 0:
            _state(held, mine, other, max(target_after[event] - moved, 0.0))
        if one >= 0:
            share = mine[one] * min(moved / held[one], 1.0) if held[one] > 0 else 0.0
            part[event] = share
            mine[one] -= share
            held[one] = max(held[one] - moved, 0.0)
        elif traced[event]:
            part[event] = moved
        if other >= 0:
            mine[other] += part[event]
            held[other] += moved
    return part


@kernel
def _state(held, mine, account, before):
    """An account held so much: what is too much left in proportion."""
    if held[account] > before:
        mine[account] *= before / held[account]
    held[account] = before


@kernel
def _first_in(source, target, amount, source_after, target_after, traced, opening):
    """Every account is a queue of lots. A lot is money that came in together and is traced, or is not."""
    accounts = len(opening)
    room = 4 * len(amount) + accounts + 4
    lot, own = np.zeros(room, np.int64), np.zeros(room, np.bool_)
    after, free = np.full(room, -1, np.int64), np.arange(room)
    first, last = np.full(accounts + 1, -1, np.int64), np.full(accounts + 1, -1, np.int64)
    held = np.zeros(accounts + 1, np.int64)
    left = room  # free lots
    purse = accounts  # what is on its way
    part = np.zeros(len(amount))
    for account in range(accounts):
        left = _put(account, opening[account], False, lot, own, after, first, last, held, free, left)
    for event in range(len(amount)):
        one, other, moved = source[event], target[event], amount[event]
        if one >= 0:
            if source_after[event] >= 0:
                left = _settle(one, source_after[event] + moved, lot, own, after, first, last, held, free, left)
            left = _take(one, purse, moved, lot, own, after, first, last, held, free, left)
            if held[purse] < moved:
                left = _put(purse, moved - held[purse], False, lot, own, after, first, last, held, free, left)
        else:
            left = _put(purse, moved, traced[event], lot, own, after, first, last, held, free, left)
        piece = first[purse]
        while piece >= 0:
            part[event] += lot[piece] if own[piece] else 0
            piece = after[piece]
        if other >= 0 and target_after[event] >= 0:
            before = max(target_after[event] - moved, 0)
            left = _settle(other, before, lot, own, after, first, last, held, free, left)
        left = _take(purse, other, moved, lot, own, after, first, last, held, free, left)
    return part


@kernel
def _settle(account, stated, lot, own, after, first, last, held, free, left):
    """An account held so much, whatever is on record."""
    if held[account] > stated:
        return _take(account, -1, held[account] - stated, lot, own, after, first, last, held, free, left)
    if held[account] < stated:
        return _put(account, stated - held[account], False, lot, own, after, first, last, held, free, left)
    return left


@kernel
def _take(account, to, amount, lot, own, after, first, last, held, free, left):
    """Move the oldest lots of an account into another, behind what that has, or out of sight."""
    while amount > 0 and first[account] >= 0:
        piece = first[account]
        moved = min(lot[piece], amount)
        amount -= moved
        held[account] -= moved
        lot[piece] -= moved
        if to >= 0:
            left = _put(to, moved, own[piece], lot, own, after, first, last, held, free, left)
        if lot[piece] == 0:
            first[account] = after[piece]
            if first[account] < 0:
                last[account] = -1
            free[left] = piece
            left += 1
    return left


@kernel
def _put(account, amount, mine, lot, own, after, first, last, held, free, left):
    """Add money to an account: to its newest lot, where that is of the same sort."""
    held[account] += amount
    if amount == 0:
        return left
    if last[account] >= 0 and own[last[account]] == mine:
        lot[last[account]] += amount
        return left
    left -= 1
    piece = free[left]
    lot[piece], own[piece], after[piece] = amount, mine, -1
    if last[account] >= 0:
        after[last[account]] = piece
    else:
        first[account] = piece
    last[account] = piece
    return left
