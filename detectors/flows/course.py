"""What happened in the accounts that a flow passed: whose money went on by convention, and what was there at most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...graph.kernels.flow_along_time import Balances, Movements
from ...graph.kernels.lots import OUTSIDE, UNSTATED, Events, carried
from ...graph.kernels.sets import among, distinct
from ...graph.snapshot import GraphView
from ..contract import Params
from .destinations import Destinations
from .ledger import Ledger, cents
from .search import Flow


@dataclass(frozen=True)
class Course:
    """All that is on record of the accounts that a flow passed, until its last arrival.

    Attributes
    ----------
    accounts : int64, ascending
    movement : int64 by event
    events : what happened, by places in ``accounts``
    since : the time of the first payment
    """

    accounts: np.ndarray
    movement: np.ndarray
    events: Events
    time: np.ndarray
    since: int


def course(view: GraphView, ledger: Ledger, where: Destinations, flow: Flow, params: Params) -> Course:
    """The course of a flow."""
    passed = (ledger.target[flow.payments], ledger.source[flow.leads], ledger.target[flow.leads])
    accounts = distinct(np.concatenate(passed))
    accounts = accounts[~where.restricted[accounts]]
    movement = ledger.of_accounts(accounts)
    movement = movement[ledger.time[movement] <= ledger.time[flow.arrives].max()]
    movement = movement[_order(view, ledger, flow, movement, params)]
    source, target = (_among(accounts, column[movement]) for column in (ledger.source, ledger.target))
    paid = np.isin(movement, flow.payments)
    stated = _by_instant(source, target, ledger.amount[movement], ledger.time[movement], _stated(ledger, movement))
    events = Events(source, target, ledger.amount[movement], paid, *stated)
    return Course(accounts, movement, events, ledger.time[movement], int(ledger.time[flow.payments].min()))


def _order(view: GraphView, ledger: Ledger, flow: Flow, movement: np.ndarray, params: Params) -> np.ndarray:
    """Places of movements by time. At one instant other money moves first, then the flow, step by step, and loans are
    repaid last. Where nothing follows at once, all of an instant that leaves an account does so before anything comes.
    """
    if params["follows_at_once"]:
        step = np.where(ledger.target[movement] == OUTSIDE, params["max_hops"] + 2, 0)
        leads = np.flatnonzero(among(movement, flow.leads))
        step[leads] = 1 + _steps(ledger, movement[leads], params["max_hops"])
    else:
        step = -_steps(ledger, movement, params["max_hops"])
    by_uid = np.argsort(view.uid_order(ledger.position[movement]))
    return np.lexsort((by_uid, ledger.amount[movement], step, ledger.time[movement]))


def _steps(ledger: Ledger, movement: np.ndarray, most: int) -> np.ndarray:
    """int64 by movement: how many of its own instant can have come before it, one after the other."""
    left, landed = moments(ledger, movement)
    lands, steps = np.flatnonzero(landed >= 0), np.zeros(len(movement), np.int64)
    for _ in range(most):
        before = np.zeros(2 * len(movement), np.int64)
        np.maximum.at(before, landed[lands], steps[lands] + 1)
        later = np.where(left >= 0, before[left], 0)
        if (later == steps).all():
            break
        steps = later
    return steps


def moments(ledger: Ledger, movement: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64 by movement: the account that it left at its time, and that in which it landed, as one number for each
    account and time; -1 for ``OUTSIDE``."""
    account = np.concatenate((ledger.source[movement], ledger.target[movement]))
    time = np.tile(ledger.time[movement], 2)
    _, moment = np.unique(np.stack((account, time)), axis=1, return_inverse=True)
    left, landed = np.where(account == OUTSIDE, -1, moment.reshape(-1)).reshape(2, -1)
    return left, landed


def _among(accounts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """int64: the places of values among the accounts, ``OUTSIDE`` for others."""
    return np.where(among(values, accounts), np.searchsorted(accounts, values), OUTSIDE)


def _stated(ledger: Ledger, movement: np.ndarray) -> np.ndarray:
    """int64[2, events]: the balances, in cents, that the rows of transfers state of both accounts."""
    stated = np.full((2, len(movement)), UNSTATED)
    transfers = np.flatnonzero(ledger.loan[movement] < 0)
    rows = ledger.transfers.where(movement[transfers])
    for balance, name in zip(stated, ("balance_after", "to_balance_after"), strict=True):
        values = rows.column(name).astype(float).to_numpy()
        known = np.flatnonzero(values >= 0)
        balance[transfers[known]] = cents(values[known])
    return stated


def _by_instant(
    source: np.ndarray, target: np.ndarray, amount: np.ndarray, time: np.ndarray, stated: np.ndarray
) -> np.ndarray:
    """int64[2, events]: of each account the balance behind all of an instant, at its last event of it.

    Rows of one instant state their balances in an order that nobody knows.
    """
    side = np.repeat([0, 1], len(amount))
    event = np.tile(np.arange(len(amount)), 2)
    account = np.concatenate((source, target))
    order = np.lexsort((event, np.where(account == OUTSIDE, np.iinfo(np.int64).max, account)))
    order = order[account[order] != OUTSIDE]
    side, event, account = side[order], event[order], account[order]
    change = np.where(side == 0, -amount[event], amount[event])
    found = np.full_like(stated, UNSTATED)
    begins = np.flatnonzero(np.diff(account, prepend=-1))
    for first, end in pairwise([*begins.tolist(), len(account)]):
        sides, events = side[first:end], event[first:end]
        told = stated[sides, events]
        if (told != UNSTATED).any():
            found[sides, events] = _behind_instants(time[events], change[first:end], told)
    return found


def _behind_instants(time: np.ndarray, change: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """int64 by event of one account: the balance behind the instant that it is the last of: among those that the
    instant's statements allow, the nearest to what is expected; ``UNSTATED`` elsewhere."""
    found, balance = np.full_like(stated, UNSTATED), int(UNSTATED)
    begins = np.flatnonzero(np.diff(time, prepend=time[0] - 1))
    for first, end in pairwise([*begins.tolist(), len(time)]):
        moved, told = change[first:end], stated[first:end]
        expected = int(UNSTATED) if balance == UNSTATED else max(balance + int(moved.sum()), 0)
        known = np.flatnonzero(told != UNSTATED)
        if len(known):
            up, down = np.maximum(moved, 0), np.minimum(moved, 0)
            most = max(int((told + up.sum() - up)[known].min()), 0)
            least = min(int((told + down.sum() - down)[known].max()), most)
            expected = most if expected == UNSTATED else min(max(expected, least), most)
            found[end - 1] = expected
        balance = expected
    return found


def by_convention(course: Course, payments: np.ndarray, settled: np.ndarray, params: Params) -> np.ndarray:
    """float64 by event: how much of it is the money that some payments brought, by the policy's convention.

    Parameters
    ----------
    settled : int64, ascending, movements behind which that money is no longer told from other money
    """
    events, times = course.events, 1 + among(course.movement, settled)
    row = np.repeat(np.arange(len(events)), times)
    first, last = np.diff(row, prepend=-1) > 0, np.diff(row, append=len(events)) > 0
    split = Events(
        np.where(first, events.source[row], OUTSIDE),
        np.where(last, events.target[row], OUTSIDE),
        events.amount[row],
        np.isin(course.movement, payments)[row] & first,
        np.where(first, events.source_after[row], UNSTATED),
        np.where(last, events.target_after[row], UNSTATED),
    )
    part = carried(split, len(course.accounts), bool(params["pro_rata"]))
    return np.minimum(part[first], events.amount)


def outward(course: Course) -> tuple[Movements, np.ndarray]:
    """What left the accounts of a course since its first payment, and by transfer the event that it is."""
    events = course.events
    left = np.flatnonzero((events.source != OUTSIDE) & (course.time >= course.since))
    return Movements(events.source[left], events.target[left], events.amount[left], course.time[left]), left


def balances(course: Course) -> Balances:
    """What was in accounts at most, for those of which any balance is stated since the first payment.

    Between two statements the balance is what the one before or the one behind gives with what is on record, whichever
    is more: what moved unseen moved at a time that nobody knows.
    """
    found: list[tuple[int, int, int, int]] = []
    for account in range(len(course.accounts)):
        found += _of_account(course, account)
    columns = np.array(found, dtype=np.int64).reshape(-1, 4).T
    return Balances(*columns)


def _of_account(course: Course, account: int) -> list[tuple[int, int, int, int]]:
    """``(account, time, balance at most, what left unseen)`` for each time at which something happened in it."""
    events = course.events
    places = np.flatnonzero((events.source == account) | (events.target == account))
    out = events.source[places] == account
    change = np.where(out, -events.amount[places], events.amount[places])
    stated = np.where(out, events.source_after[places], events.target_after[places])
    if not (stated != UNSTATED).any():
        return []
    behind = _carried_on(change, stated)
    before = _carried_on(-np.append(change[1:], 0)[::-1], stated[::-1])[::-1]
    unseen = np.zeros(len(places), np.int64)
    told = np.flatnonzero(stated != UNSTATED)
    told = told[told > 0]
    expected = behind[told - 1] + change[told]
    unseen[told] = np.where(behind[told - 1] == UNSTATED, 0, np.maximum(expected - stated[told], 0))
    last: dict[int, tuple[int, int]] = {}
    rows = zip(course.time[places].tolist(), np.maximum(behind, before).tolist(), unseen.tolist(), strict=True)
    for time, most, gone in rows:
        last[time] = (most, last.get(time, (0, 0))[1] + gone)
    return [(account, time, most, gone) for time, (most, gone) in last.items() if time >= course.since]


def _carried_on(change: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """int64: the balance behind each event, from the last statement on; ``UNSTATED`` before the first."""
    balance = stated.copy()
    for place in range(1, len(balance)):
        if balance[place] == UNSTATED and balance[place - 1] != UNSTATED:
            balance[place] = max(balance[place - 1] + change[place], 0)
    return balance
