"""How much of the loans' money arrived at each destination: can, by convention, must."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.flow_along_time import Paid, least
from ...graph.kernels.sets import distinct
from ..contract import Params
from .course import Course, balances, by_convention, outward
from .destinations import Destinations
from .ledger import Ledger
from .search import Flow, can_arrive


class Arrived(NamedTuple):
    """What arrived somewhere, in cents.

    Attributes
    ----------
    account : the restricted account; None for the borrowers' own
    arrives : int64, the movements that arrive there
    can : the most that can have come from the loans
    convention : what has by the policy's convention
    must : what cannot have come from elsewhere; None where balances do not tell
    """

    account: int | None
    arrives: np.ndarray
    can: int
    convention: int
    must: int | None


class Amounts(NamedTuple):
    """What arrived of a flow.

    Attributes
    ----------
    lent : what its loans paid out
    arrived : by destination, the most by convention first
    can, convention, must : at all destinations together
    carried : float64 by event of the course, how much of it is the loans' money by convention, that of an arrival
        counted once and not followed from there
    """

    lent: int
    arrived: list[Arrived]
    can: int
    convention: int
    must: int | None
    carried: np.ndarray


def amounts(ledger: Ledger, where: Destinations, flow: Flow, course: Course, params: Params) -> Amounts:
    """The three amounts of a flow, by destination and in all."""
    carried = by_convention(course, flow.payments, flow.arrives, params)
    ever = by_convention(course, flow.payments, flow.arrives[:0], params)
    whole = _arrived(ledger, flow, course, carried, params, None, flow.arrives)
    found = [
        _arrived(ledger, flow, course, carried if account is None else ever, params, account, here)
        for account, here in _destinations(ledger, where, flow)
    ]
    found.sort(key=lambda one: (-one.convention, -one.can, one.account is None))
    return Amounts(int(ledger.lent[flow.loans].sum()), found, whole.can, whole.convention, whole.must, carried)


def _destinations(ledger: Ledger, where: Destinations, flow: Flow) -> list[tuple[int | None, np.ndarray]]:
    """Where a flow arrives, with the movements that arrive there: each restricted account, and the borrowers' own."""
    target = ledger.target[flow.arrives]
    restricted = where.restricted[target]
    found: list[tuple[int | None, np.ndarray]] = [
        (int(account), flow.arrives[target == account]) for account in distinct(target[restricted]).tolist()
    ]
    return [*found, (None, flow.arrives[~restricted])] if not restricted.all() else found


def _arrived(
    ledger: Ledger,
    flow: Flow,
    course: Course,
    carried: np.ndarray,
    params: Params,
    account: int | None,
    here: np.ndarray,
) -> Arrived:
    direct = int(ledger.amount[np.intersect1d(flow.payments, here)].sum())
    can = int(can_arrive(ledger, flow, here, params).sum())
    convention = direct + round(carried[np.isin(course.movement, np.setdiff1d(here, flow.payments))].sum())
    must, known = _must(flow, course, here, params)
    must = min(must + direct, can)
    return Arrived(account, here, can, min(convention, can), must if must or known else None)


def _must(flow: Flow, course: Course, here: np.ndarray, params: Params) -> tuple[int, bool]:
    """What cannot but have arrived along transfers, and whether balances tell that it was no more."""
    paid = np.flatnonzero(np.isin(course.movement, np.setdiff1d(flow.payments, flow.arrives)))
    if not len(paid):
        return 0, True
    moved, event = outward(course)
    first = Paid(course.events.target[paid], course.events.amount[paid], course.time[paid])
    arrives = np.isin(course.movement[event], here)
    return least(first, moved, arrives, balances(course), bool(params["follows_at_once"]))
