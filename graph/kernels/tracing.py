"""Which transfers may have carried money on, from where it was paid out to where it must not go: along ascending
times, never resting long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .compiled import edge_ids, frozen, ids, kernel


@dataclass(frozen=True)
class Outgoing:
    """The transfers out of each account, account after account, in the order of their times.

    Attributes
    ----------
    offsets : int64[accounts + 1], where those of each account begin
    source, target : int32, accounts
    amount : int64
    time : int64, ascending for each account
    order : int64, which of the transfers that it was made of each is
    """

    offsets: np.ndarray
    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    time: np.ndarray
    order: np.ndarray


def outgoing(source: np.ndarray, target: np.ndarray, amount: np.ndarray, time: np.ndarray, accounts: int) -> Outgoing:
    """Sort transfers by the account that they leave and by time."""
    source, target = edge_ids(source, target, accounts)
    order = np.lexsort((target, amount, time, source))
    offsets = np.zeros(accounts + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=accounts), out=offsets[1:])
    return Outgoing(
        offsets,
        frozen(source[order], np.int32),
        frozen(target[order], np.int32),
        frozen(amount[order], np.int64),
        frozen(time[order], np.int64),
        order,
    )


class Seeds(NamedTuple):
    """What is traced, each from one account; arrays of one length.

    Attributes
    ----------
    account, time : where and when the money was paid in
    least : int64, the least amount of a transfer that is followed
    owner : int64, the party whose account it is; the money has come back where it reaches that, or another account of
        theirs, from somebody else's. -1 where it cannot come back
    """

    account: np.ndarray
    time: np.ndarray
    least: np.ndarray
    owner: np.ndarray


class Rules(NamedTuple):
    """How far money is followed.

    Attributes
    ----------
    hops : most transfers one after the other
    rest : longest time that it may rest in an account
    fan_out : most transfers out of one account within ``rest`` that are followed; of a busier account none is
    most : most transfers that are followed from one seed
    late : by how much a transfer must be later than the one it follows: 0, or 1 where none follows another at once
    """

    hops: int
    rest: int
    fan_out: int
    most: int
    late: int


class Traces(NamedTuple):
    """What was followed from the seeds whose money reached a goal; arrays of one length, seed after seed.

    Attributes
    ----------
    seed : int64, ascending
    transfer : int64, places in ``Outgoing``
    leads : bool, whether it lies on a way to a goal
    arrives : bool, whether it arrives at one
    busy : int64[2, n], a seed and an account that was too busy to be followed from it; of all seeds
    stopped : whether ``most`` ended it, by seed
    """

    seed: np.ndarray
    transfer: np.ndarray
    leads: np.ndarray
    arrives: np.ndarray
    busy: np.ndarray
    stopped: np.ndarray


def traces(
    out: Outgoing,
    seeds: Seeds,
    goal: np.ndarray,
    back_only: np.ndarray,
    owned: tuple[np.ndarray, np.ndarray],
    rules: Rules,
) -> Traces:
    """Follow money from each seed to a goal, or back to its owner by way of an account that is not the owner's.

    Parameters
    ----------
    goal : bool by account, where money of anybody must not go; it is not followed from there
    back_only : bool by account, from where it is followed only back to the owner, straight or by one more account;
        where it begins there, that account is not the owner's
    owned : the accounts of each party: ``offsets``, and accounts

    Raises
    ------
    ValueError : an account or an owner of a seed that is none
    """
    start, _ = ids(seeds.account, len(goal), "account"), ids(seeds.owner + 1, len(owned[0]), "owner")
    stopped = np.zeros(len(start), np.bool_)
    found = _traces(
        frozen(out.offsets, np.int64), out.source, out.target, out.amount, out.time,
        frozen(start, np.int64), frozen(seeds.time, np.int64), frozen(seeds.least, np.int64),
        frozen(seeds.owner, np.int64), frozen(goal, np.bool_), frozen(back_only, np.bool_),
        frozen(owned[0], np.int64), frozen(owned[1], np.int64), *rules, stopped,
    )  # fmt: skip
    return Traces(found[0], found[1], (found[2] & 1) > 0, (found[2] & 2) > 0, found[3], stopped)


@kernel
def _traces(
    offsets, source, target, amount, time, start, since, least, owner, goal, back_only, owned, accounts,
    hops, rest, fan_out, most, late, stopped,
):  # fmt: skip
    reached = np.full(len(source), -1, np.int64)  # by transfer, the seed that last reached it
    place = np.empty(len(source), np.int64)  # by transfer, where it stands in the queue
    busy = np.full(len(goal), -1, np.int64)  # by account, the seed for which it was too busy
    own = np.full(len(goal), -1, np.int64)
    queue, hop, role = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    bound = np.zeros(most, np.bool_)  # by place in the queue, whether only the way back may follow
    room = 1024
    seeds, transfers, roles = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    hubs, hub_count, total = np.empty((2, 16), np.int64), 0, 0
    for seed in range(len(start)):
        if owner[seed] >= 0:
            if not back_only[start[seed]]:
                own[start[seed]] = seed
            for mine in range(owned[owner[seed]], owned[owner[seed] + 1]):
                own[accounts[mine]] = seed
        count, goals, looked = 0, 0, -1
        while looked < count and not stopped[seed]:
            if looked < 0:
                account, begin, depth = start[seed], since[seed], 0
            else:
                account, begin, depth = target[queue[looked]], time[queue[looked]], hop[looked]
            follows = depth < hops and not (goal[account] and looked >= 0)
            returns = looked >= 0 and bound[looked]
            looked += 1
            if not follows:
                continue
            first, last = _followed(offsets, time, account, begin, rest, late)
            if last - first > fan_out:
                if busy[account] != seed:
                    busy[account] = seed
                    if hub_count == hubs.shape[1]:
                        hubs = np.hstack((hubs, np.empty_like(hubs)))
                    hubs[0, hub_count], hubs[1, hub_count] = seed, account
                    hub_count += 1
                continue
            for out in range(first, last):
                if amount[out] < least[seed] or reached[out] == seed:
                    continue
                back = own[target[out]] == seed and own[source[out]] != seed
                if not back and (returns or (back_only[account] and goal[target[out]])):
                    continue
                if count == most:
                    stopped[seed] = True
                    break
                reached[out], place[out] = seed, count
                queue[count], hop[count], bound[count] = out, depth + 1, back_only[account] and not back
                arrives = goal[target[out]] or back
                role[count] = 3 if arrives else 0
                goals += arrives
                count += 1
        if goals == 0:
            continue
        _mark(
            queue[:count], hop, role, bound, own, offsets, target, time, reached, place, seed, hops, rest, fan_out, late
        )
        if total + count > room:
            room = 2 * (total + count)
            seeds, transfers, roles = _larger(seeds, room), _larger(transfers, room), _larger(roles, room)
        for one in range(count):
            seeds[total], transfers[total], roles[total] = seed, queue[one], role[one]
            total += 1
    return seeds[:total], transfers[:total], roles[:total], hubs[:, :hub_count]


@kernel
def _followed(offsets, time, account, begin, rest, late):
    """From where to where the transfers out of an account stand that may carry on what came in at a time."""
    here = time[offsets[account] : offsets[account + 1]]
    first, last = np.searchsorted(here, begin + late), np.searchsorted(here, begin + rest, side="right")
    return offsets[account] + first, offsets[account] + max(first, last)


@kernel
def _larger(values, room):
    grown = np.empty(room, np.int64)
    grown[: len(values)] = values
    return grown


@kernel
def _mark(queue, hop, role, bound, own, offsets, target, time, reached, place, seed, hops, rest, fan_out, late):
    """Mark what lies on a way of so many hops to a goal: from the latest on, and again while transfers of one instant
    follow each other."""
    far = np.full(len(queue), hops, np.int64)  # hops from behind it to a goal
    for one in range(len(queue)):
        if role[one]:
            far[one] = 0
    order = np.argsort(-time[queue])
    changed = True
    while changed:
        changed = False
        for one in order:
            here = queue[one]
            if role[one] == 3:
                continue
            first, last = _followed(offsets, time, target[here], time[here], rest, late)
            if last - first > fan_out:
                continue
            for out in range(first, last):
                if reached[out] != seed or (bound[one] and own[target[out]] != seed):
                    continue
                if far[place[out]] + 1 < far[one]:
                    far[one] = far[place[out]] + 1
                    changed = True
            if hop[one] + far[one] <= hops:
                role[one] = 1
