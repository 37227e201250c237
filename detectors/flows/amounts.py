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
    carried : float64 by event of the course, how much of it is the loans' money by convention
    """

    lent: int
    arrived: list[Arrived]
    can: int
    convention: int
    must: int | None
    carried: np.ndarray


def amounts(ledger: Ledger, where: Destinations, flow: Flow, course: Course, params: Params) -> Amounts:
    """The three amounts of a flow, by destination and in all."""
    carried = np.minimum(by_convention(course, flow.payments, params), course.events.amount)
    whole = _arrived(ledger, flow, course, carried, params, None, flow.arrives)
    found = [
        _arrived(ledger, flow, course, carried, params, account, here)
        for account, here in _destinations(ledger, where, flow)
    ]
    found.sort(key=lambda one: (-one.convention, -one.can, one.account is None))
    lent = int(ledger.amount[flow.payments].sum())
    return Amounts(lent, found, whole.can, whole.convention, whole.must, carried)


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
    must = _must(ledger, flow, course, here, params)
    return Arrived(account, here, can, min(convention, can), None if must is None else must + direct)


def _must(ledger: Ledger, flow: Flow, course: Course, here: np.ndarray, params: Params) -> int | None:
    """What cannot but have arrived; None where no balance says so."""
    paid = np.flatnonzero(np.isin(course.movement, np.setdiff1d(flow.payments, flow.arrives)))
    if not len(paid):
        return 0
    moved, event = outward(course)
    first = Paid(course.events.target[paid], course.events.amount[paid], course.time[paid])
    arrives = np.isin(course.movement[event], here)
    amount, known = least(first, moved, arrives, balances(course), bool(params["follows_at_once"]))
    return amount if amount or known else None
