"""How much money can, and how much must, have gone from where it was paid out to where it arrived.

Money that comes into an account may stay there, and leave with any later transfer, up to its amount. So an account at
one moment is a node, and what stays until the next moment is an arc: a flow along time is a flow in that network.
Amounts are whole numbers (cents), of 64 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .max_flow import UNBOUNDED, max_flow

OUTSIDE = -1
"""The account of a transfer that leads to where nothing is followed any more."""


@dataclass(frozen=True)
class Movements:
    """Transfers between accounts; arrays of one length.

    Attributes
    ----------
    source, target : int64, accounts by number; ``OUTSIDE`` for a target that is not followed
    amount : int64, at least 0
    time : int64
    """

    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    time: np.ndarray

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Paid:
    """What was paid into accounts to begin with; arrays of one length."""

    account: np.ndarray
    amount: np.ndarray
    time: np.ndarray


@dataclass(frozen=True)
class Balances:
    """What was in accounts at most, behind all that happened at a time; arrays of one length, each account and time
    once.

    Attributes
    ----------
    account, time : int64
    amount : int64, the balance
    unseen : int64, how much of the money had left by then without a row that shows it
    """

    account: np.ndarray
    time: np.ndarray
    amount: np.ndarray
    unseen: np.ndarray


NO_BALANCES = Balances(*np.zeros((4, 0), np.int64))


def most(paid: Paid, moved: Movements, arrives: np.ndarray, follows_at_once: bool = True) -> np.ndarray:
    """int64 by transfer: a largest flow of what was paid to the goal. What reaches the goal is its sum over
    ``arrives``.

    Parameters
    ----------
    arrives : bool by transfer, whether it leads to the goal, where the money stays
    follows_at_once : whether of two transfers at one instant either may follow the other
    """
    net = _Net(paid, moved, arrives, follows_at_once)
    net.transfers(moved, np.flatnonzero(~arrives & (moved.target != OUTSIDE)))
    net.transfers(moved, np.flatnonzero(arrives), to_goal=True)
    return net.flow()[1]


def least(
    paid: Paid, moved: Movements, arrives: np.ndarray, balances: Balances, follows_at_once: bool = True
) -> tuple[int, bool]:
    """How much of what was paid cannot but have reached the goal, and whether balances were known wherever money could
    rest. Where they were not, it is still at least that much.

    That is what remains when as much as possible went elsewhere: stayed in accounts, never more than their balance;
    left with other transfers; or left unseen.

    Parameters
    ----------
    moved : all transfers out of the accounts that are followed, those to the goal among them
    arrives : bool by transfer, whether it leads to the goal
    """
    net = _Net(paid, moved, arrives, follows_at_once, balances)
    outside = ~arrives & (moved.target == OUTSIDE)
    net.transfers(moved, np.flatnonzero(~arrives & ~outside))
    net.transfers(moved, np.flatnonzero(outside), to_goal=True)
    known = net.rest(balances)
    return int(paid.amount.sum()) - int(net.flow()[0]), known


class _Net:
    """The network of accounts at moments, between a start before all and a goal behind all.

    A moment is twice the time. Where of two transfers at one instant none may follow the other, money lands one moment
    later than it could have left.
    """

    def __init__(
        self, paid: Paid, moved: Movements, arrives: np.ndarray, follows_at_once: bool, known: Balances | None = None
    ):
        known, late = known or NO_BALANCES, 0 if follows_at_once else 1
        lands = np.flatnonzero(~arrives & (moved.target != OUTSIDE))
        account = np.concatenate((paid.account, moved.source, moved.target[lands], known.account)).astype(np.int64)
        landed = np.concatenate((moved.time[lands], known.time))
        moment = np.concatenate((2 * paid.time + late, 2 * moved.time, 2 * landed + late))
        self._moments, rank = np.unique(moment, return_inverse=True)
        self._keys, place = np.unique(account * len(self._moments) + rank, return_inverse=True)
        begin, count, there = len(paid.account), len(moved), len(lands)
        paid_at, self._leaves, landed_at, self._told = np.split(
            place.astype(np.int32), np.cumsum([begin, count, there])
        )
        self._lands = np.full(count, -1, np.int32)
        self._lands[lands] = landed_at
        self.start, self.goal = len(self._keys), len(self._keys) + 1
        owner = self._keys // max(len(self._moments), 1)
        self._last = np.append(owner[1:] != owner[:-1], True) if len(owner) else np.zeros(0, bool)
        self._room = np.full(len(self._keys), UNBOUNDED)
        self._arcs: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._moved: list[np.ndarray] = []
        self._count = count
        self._add(self.start, paid_at, paid.amount)

    def _add(self, tail: np.ndarray | int, head: np.ndarray | int, room: np.ndarray, moved: np.ndarray | None = None):
        tails, heads = (np.broadcast_to(end, len(room)).astype(np.int32) for end in (tail, head))
        self._arcs.append((tails, heads, np.asarray(room, np.int64)))
        self._moved.append(np.full(len(room), -1) if moved is None else moved)

    def transfers(self, moved: Movements, which: np.ndarray, to_goal: bool = False) -> None:
        """Let money go along some transfers."""
        head = self.goal if to_goal else self._lands[which]
        self._add(self._leaves[which], head, moved.amount[which], which)

    def rest(self, known: Balances) -> bool:
        """Let money stay where it is at the end and leave unseen, and never more stay anywhere than the balance;
        whether the balance is known wherever it can stay."""
        self._room[self._told] = known.amount
        gone = np.flatnonzero(known.unseen > 0)
        self._add(self._told[gone], self.goal, known.unseen[gone])
        self._add(np.flatnonzero(self._last), self.goal, self._room[self._last])
        moment = self._moments[self._keys % max(len(self._moments), 1)]
        at_once = ~self._last & (np.append(moment[1:], -1) == moment + 1) & (moment % 2 == 0)
        return bool((at_once | (self._room < UNBOUNDED)).all())

    def flow(self) -> tuple[int, np.ndarray]:
        """What reaches the goal at most, and by transfer how much goes along it."""
        stays = np.flatnonzero(~self._last)
        self._add(stays, stays + 1, self._room[stays])
        tail, head, room = (np.concatenate(column) for column in zip(*self._arcs, strict=True))
        carried = max_flow(tail, head, room, self.goal + 1, self.start, self.goal)
        along, moved = np.zeros(self._count, np.int64), np.concatenate(self._moved)
        np.add.at(along, moved[moved >= 0], carried[moved >= 0])
        return int(carried[tail == self.start].sum()), along
