"""What speaks for a flow: how rarely money happens to go so, and what raises suspicion beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...graph.kernels.sets import distinct
from ..contract import Params
from .amounts import Amounts
from .course import OUTSIDE, Course
from .ledger import Ledger
from .population import Population
from .search import DAY, Flow, Search, rules

HALF = 0.5
"""A transfer out of an account is like another where it is at least half as large; and what an account is known to do
never, it is taken to do half a time."""
RARE = 0.05
"""How many such flows a book may hold by chance for one to be told that the convention does not show."""


@dataclass(frozen=True)
class Weighed:
    """What speaks for a flow.

    Attributes
    ----------
    by_chance : how many flows like it a book of this size holds by chance
    others : parties, ascending, that own the accounts by which the money went, without the borrowers
    ownerless : accounts, ascending, by which it went and that nobody is known to own
    longest_rest : milliseconds that it rested at most between two transfers
    by_merchant : whether it was paid to a merchant and came back from there
    repaid_old : cents of the loans' money, by convention, that repaid other loans of the borrowers
    repaid_for : how many other people's loans the accounts that it passed repaid
    """

    by_chance: float
    others: list[int]
    ownerless: list[int]
    longest_rest: int
    by_merchant: bool
    repaid_old: int
    repaid_for: int


def weigh(found: Search, flow: Flow, course: Course, amounts: Amounts, known: Population, params: Params) -> Weighed:
    """Weigh a flow."""
    ledger, where, _ = found
    borrowers = set(ledger.borrower[flow.loans].tolist())
    accounts = [account for account in course.accounts.tolist() if not where.restricted[account]]
    owners = {account: ledger.owners_of(account) for account in accounts}
    others = {owner for some in owners.values() for owner in some} - borrowers
    rests = _rests(ledger, flow, rules(params).late)
    first = set(ledger.target[flow.payments].tolist())
    return Weighed(
        by_chance=known.payments * math.prod(sorted(_habit(ledger, flow, *one[:3], known.span) for one in rests)),
        others=sorted(others),
        ownerless=sorted(account for account in accounts if not owners[account] and account not in first),
        longest_rest=max((longest for *_, longest in rests), default=0),
        by_merchant=found.by_merchant(flow),
        repaid_old=_repaid_old(ledger, flow, course, amounts, borrowers),
        repaid_for=_repaid_for(ledger, flow, course, borrowers),
    )


def told(weighed: Weighed, amounts: Amounts, params: Params) -> bool:
    """Whether it is told: by convention enough of the loans arrived; it went by accounts of others as money hardly ever
    happens to go; or it came back from the merchant to whom it had been paid."""
    return enough(amounts, params) or _rare(weighed) or weighed.by_merchant


def enough(amounts: Amounts, params: Params) -> bool:
    """Whether by convention enough of the loans arrived, at restricted accounts or back."""
    back = sum(one.convention for one in amounts.arrived if one.account is None)
    restricted = sum(one.convention for one in amounts.arrived if one.account is not None)
    return restricted >= params["least_share"] * amounts.lent or back >= params["least_back"] * amounts.lent


def _rare(weighed: Weighed) -> bool:
    return bool(weighed.others or weighed.ownerless) and weighed.by_chance <= RARE


def _rests(ledger: Ledger, flow: Flow, late: int) -> list[tuple[int, int, int, int]]:
    """By account that the money left: ``(account, its largest transfer on the way, how long money had been there when
    it left, how long at most before any transfer on the way)``."""
    found = []
    came = np.concatenate((flow.payments, flow.leads))
    for account in distinct(ledger.source[flow.leads]).tolist():
        mine = flow.leads[ledger.source[flow.leads] == account]
        before = np.sort(ledger.time[came[ledger.target[came] == account]])
        left = ledger.time[mine]
        rest = left - before[np.searchsorted(before, left - late, side="right") - 1]
        most = int(ledger.amount[mine].argmax())
        found.append((account, int(mine[most]), int(rest[most]), int(rest.max())))
    return found


def _habit(ledger: Ledger, flow: Flow, account: int, transfer: int, rest: int, span: int) -> float:
    """How often an account sends as much in such a time, by all else that it ever sent; a day at least."""
    out = np.arange(ledger.out.offsets[account], ledger.out.offsets[account + 1])
    alike = (ledger.amount[out] >= HALF * ledger.amount[transfer]) & ~np.isin(out, flow.leads)
    return min((int(alike.sum()) + HALF) * max(rest, DAY) / max(span, DAY), 1.0)


def _repaid_old(ledger: Ledger, flow: Flow, course: Course, amounts: Amounts, borrowers: set[int]) -> int:
    """Cents of the loans' money that repaid other loans of the borrowers."""
    repaid = np.flatnonzero((course.events.target == OUTSIDE) & (ledger.loan[course.movement] >= 0))
    loan = ledger.loan[course.movement[repaid]]
    old = np.isin(ledger.borrower[loan], list(borrowers)) & ~np.isin(loan, flow.loans)
    return round(amounts.carried[repaid[old]].sum())


def _repaid_for(ledger: Ledger, flow: Flow, course: Course, borrowers: set[int]) -> int:
    """How many other people's loans were repaid from accounts that the money passed."""
    passed = ledger.source[flow.leads]
    repaid = course.movement[(course.events.target == OUTSIDE) & (ledger.loan[course.movement] >= 0)]
    repaid = repaid[np.isin(ledger.source[repaid], passed)]
    whose = ledger.borrower[ledger.loan[repaid]]
    mine = {owner for account in distinct(passed).tolist() for owner in ledger.owners_of(account)} | borrowers
    return len(set(whose[whose >= 0].tolist()) - mine)
