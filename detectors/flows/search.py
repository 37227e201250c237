"""Which loans' money arrives where it must not go, or back at its borrower, and which of these are one flow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.flow_along_time import Movements, Paid, most
from ...graph.kernels.sets import among, by_label, distinct
from ...graph.kernels.tracing import Rules, Seeds, Traces, traces
from ...graph.snapshot import GraphView
from ..contract import Params
from .destinations import Destinations, destinations
from .ledger import Ledger, read

DAY = 86_400_000


class Flow(NamedTuple):
    """Loans whose money arrives by way of the same transfers.

    Attributes
    ----------
    loans : int64, ascending
    payments : int64, the movements that paid them out
    leads : int64, the transfers that lie on a way from a payment to where it arrives; movements
    arrives : int64, those of them, or of the payments, that arrive
    reached : int64, accounts that were looked at
    hubs : int64, accounts that were too busy to be followed
    stopped : how many of the loans were followed no further, for the number of their transfers
    """

    loans: np.ndarray
    payments: np.ndarray
    leads: np.ndarray
    arrives: np.ndarray
    reached: np.ndarray
    hubs: np.ndarray
    stopped: int


class Search(NamedTuple):
    """What was looked at, and what was found."""

    ledger: Ledger
    where: Destinations
    flows: list[Flow]

    def by_merchant(self, flow: Flow) -> bool:
        """Whether the money was paid to a merchant, and came back from there."""
        return bool(self.where.shop[self.ledger.source[flow.leads]].any())


def search(view: GraphView, params: Params) -> Search:
    """Every flow of the view, in the order of its first loan."""
    ledger, where = read(view), destinations(view, params["restricted_categories"])
    return Search(ledger, where, _flows(ledger, where, params))


def rules(params: Params) -> Rules:
    """How far money is followed."""
    rest, late = round(params["rest_days"] * DAY), 0 if params["follows_at_once"] else 1
    return Rules(params["max_hops"], rest, params["max_fan_out"], params["max_transfers"], late)


def _flows(ledger: Ledger, where: Destinations, params: Params) -> list[Flow]:
    payments = ledger.payments
    at = ledger.target[payments]
    direct, followed = payments[where.restricted[at]], payments[~where.restricted[at]]
    seeds = Seeds(
        ledger.target[followed],
        ledger.time[followed],
        np.ceil(ledger.lent[ledger.loan[followed]] * params["least_part"]).astype(np.int64),
        _whose(ledger, where, followed),
    )
    traced = traces(ledger.out, seeds, where.restricted, where.shop, ledger.owned, rules(params))
    found = _of_loans(ledger, followed, traced, direct)
    return _together(ledger, where, [flow for flow in found if _arrives(ledger, where, flow, params)])


def _whose(ledger: Ledger, where: Destinations, payments: np.ndarray) -> np.ndarray:
    """int64 by payment: the borrower, where it went to an account of the borrower, of a merchant or of nobody known;
    money paid to somebody else has not come back when the borrower gets it. -1 there."""
    borrower, account = ledger.borrower[ledger.loan[payments]], ledger.target[payments]
    offsets, owners = ledger.owners
    owned = offsets[account + 1] > offsets[account]
    pairs = (np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)) << 32) | owners
    own = among((account << 32) | borrower, pairs)
    return np.where(own | ~owned | where.shop[account], borrower, -1)


def _of_loans(ledger: Ledger, followed: np.ndarray, traced: Traces, direct: np.ndarray) -> list[Flow]:
    """What was found of each loan by itself."""
    payment = np.concatenate((followed[traced.seed], direct))
    loan = ledger.loan[payment]
    found = []
    for one, places in by_label(loan).items():
        mine = places[places < len(traced.seed)]
        seeds = distinct(traced.seed[mine])
        arrives = np.concatenate((traced.transfer[mine][traced.arrives[mine]], payment[places[len(mine) :]]))
        reached = (ledger.target[payment[places]], ledger.target[traced.transfer[mine]])
        found.append(
            Flow(
                np.array([one]),
                distinct(payment[places]),
                distinct(traced.transfer[mine][traced.leads[mine]]),
                distinct(arrives),
                distinct(np.concatenate(reached)),
                distinct(traced.busy[1][np.isin(traced.busy[0], seeds)]),
                int(traced.stopped[seeds].any()),
            )
        )
    return found


def _arrives(ledger: Ledger, where: Destinations, flow: Flow, params: Params) -> bool:
    """Whether enough of a loan can have arrived: at restricted accounts, or back at the borrower."""
    lent = ledger.lent[flow.loans].sum()
    for restricted, share in ((True, params["least_share"]), (False, params["least_back"])):
        here = flow.arrives[where.restricted[ledger.target[flow.arrives]] == restricted]
        if can_arrive(ledger, flow, here, params).sum() >= share * lent:
            return True
    return False


def can_arrive(ledger: Ledger, flow: Flow, arrives: np.ndarray, params: Params) -> np.ndarray:
    """int64 by transfer that leads there: of a largest flow of the loans' money to some arrivals, what goes along it;
    of a payment that is an arrival itself, all of it, behind these."""
    paid = np.setdiff1d(flow.payments, flow.arrives)
    direct = np.intersect1d(flow.payments, arrives)
    moved = Movements(*(column[flow.leads] for column in (ledger.source, ledger.target, ledger.amount, ledger.time)))
    first = Paid(ledger.target[paid], ledger.amount[paid], ledger.time[paid])
    along = most(first, moved, np.isin(flow.leads, arrives), bool(params["follows_at_once"]))
    return np.concatenate((along * np.isin(flow.leads, arrives), ledger.amount[direct]))


def by_borrower(found: Search) -> list[tuple[np.ndarray, list[Flow]]]:
    """Flows that have a borrower in common, with all their borrowers; in the order of the first."""
    whose = [distinct(found.ledger.borrower[flow.loans]) for flow in found.flows]
    flow = np.repeat(np.arange(len(whose)), [len(some) for some in whose])
    borrower = np.concatenate(whose) if whose else np.zeros(0, np.int64)
    people, place = np.unique(borrower, return_inverse=True)
    label = weak_components(flow, len(whose) + place, len(whose) + len(people))
    groups = by_label(label[: len(whose)])
    found_of = [
        (distinct(np.concatenate([whose[i] for i in some])), [found.flows[i] for i in some]) for some in groups.values()
    ]
    return sorted(found_of, key=lambda group: int(group[0][0]))


def _together(ledger: Ledger, where: Destinations, flows: list[Flow]) -> list[Flow]:
    """Flows of loans whose money may have gone along the same transfer are one; but what a merchant pays out is of its
    takings, and ties no two loans."""
    number = np.repeat(np.arange(len(flows)), [len(flow.leads) for flow in flows])
    leads = np.concatenate([flow.leads for flow in flows]) if flows else np.zeros(0, np.int64)
    telling = ~where.shop[ledger.source[leads]]
    number, leads = number[telling], leads[telling]
    order = np.argsort(leads, kind="stable")
    same = leads[order][1:] == leads[order][:-1]
    label = weak_components(number[order][:-1][same], number[order][1:][same], len(flows))
    return [_merged([flows[place] for place in places]) for places in by_label(label).values()]


def _merged(flows: list[Flow]) -> Flow:
    if len(flows) == 1:
        return flows[0]
    columns = (distinct(np.concatenate(column)) for column in zip(*(flow[:6] for flow in flows), strict=True))
    return Flow(*columns, stopped=sum(flow.stopped for flow in flows))
