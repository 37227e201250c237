"""What is put before an investigator of one flow: who, by which accounts, how much, and the rows that show it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct
from ...graph.model import RELATION_CODE
from ...graph.snapshot import GraphView
from ...graph.words.money import by_currency
from ..contract import Candidate, Draft, Params, Thing, bound, evidence_within
from .amounts import Amounts
from .course import Course, moments
from .explained import explanations
from .ledger import CENTS, Ledger
from .papers import Papers
from .population import Population
from .refunds import Refunds
from .scoring import score
from .search import DAY, Flow, Search
from .weighing import Weighed, enough, told

FIFO, PRO_RATA = ("先进先出", "first in, first out"), ("按比例", "in proportion")
"""What the two conventions are called."""


class Traced(NamedTuple):
    """A flow with all that was made of it."""

    flow: Flow
    course: Course
    amounts: Amounts
    weighed: Weighed
    refunds: Refunds
    lent: dict[str, float]


def draft(
    view: GraphView,
    found: Search,
    traced: Traced,
    known: Population,
    kin: set[tuple[int, int]],
    unit: str,
    params: Params,
) -> Draft:
    """A flow as the run takes it.

    Parameters
    ----------
    kin : pairs of parties, in rising order, who are said to be kin
    unit : the name of its unit
    """
    flow, course, amounts, weighed, back, _ = traced
    reason = _reason(found, traced, kin, params)
    rows, cut = _rows(view, found.ledger, flow, course, back.orders, params["max_evidence"])
    candidate = Candidate(
        kind="fund_flow",
        unit=unit,
        score=score(amounts.convention / amounts.lent, amounts.can / amounts.lent, weighed.by_chance, _signs(reason)),
        reason=reason,
        measures=_measures(amounts, weighed, reason),
        things=_things(view, found.ledger, amounts, known),
        explanations=explanations(reason),
        truncated=[*_not_followed(flow, params), *cut],
    )
    return Draft(candidate, _members(view, found.ledger, flow, weighed, known), rows)


def _members(view: GraphView, ledger: Ledger, flow: Flow, weighed: Weighed, known: Population) -> list[tuple[int, str]]:
    """Borrowers, then those by whose accounts it went; by name. An account itself where nobody in the book owns any."""
    by_accounts = weighed.others if known.owned else [*weighed.others, *weighed.ownerless]
    found = []
    for nodes, role in ((distinct(ledger.borrower[flow.loans]).tolist(), "borrower"), (by_accounts, "mule")):
        names = dict(zip(nodes, view.names(nodes), strict=True))
        found += [(node, role) for node in sorted(nodes, key=names.__getitem__)]
    return found


def _things(view: GraphView, ledger: Ledger, amounts: Amounts, known: Population) -> list[Thing]:
    """The restricted accounts that it reached, with who paid into them."""
    found = []
    restricted = [(view.name(one.account), one) for one in amounts.arrived if one.account is not None]
    for name, arrived in sorted(restricted, key=lambda pair: (-pair[1].convention, pair[0])):
        payers = distinct(ledger.source[arrived.arrives])
        owners = sorted({owner for account in payers.tolist() if account >= 0 for owner in ledger.owners_of(account)})
        members = tuple(sorted(view.names(owners)))
        found.append(Thing("restricted_account", (name,), members, max(known.paid_into(name), len(members))))
    return found


# -- what the wording is made of ----------------------------------------------------------------------------------


def _reason(found: Search, traced: Traced, kin: set[tuple[int, int]], params: Params) -> dict[str, Any]:
    (flow, _, amounts, weighed, refunded, paid_out), (ledger, where, _) = traced, found
    borrowers = distinct(ledger.borrower[flow.loans]).tolist()
    back = flow.arrives[~where.restricted[ledger.target[flow.arrives]]]
    last, first = int(ledger.time[flow.arrives].max()), int(ledger.time[flow.payments].min())
    return {
        "borrowers": len(borrowers),
        "loans": len(flow.loans),
        "lent": paid_out,
        "days": math.ceil((last - first) / DAY),
        "others": len(weighed.others),
        "nobodys": len(weighed.ownerless),
        "transfers": len(flow.leads),
        "restricted": sum(arrived.account is not None for arrived in amounts.arrived),
        "returned": bool(len(back)),
        "back": len(back) == len(flow.arrives),
        "can": amounts.can / CENTS,
        "convention": amounts.convention / CENTS,
        "must": None if amounts.must is None else amounts.must / CENTS,
        "rule": list(PRO_RATA if params["pro_rata"] else FIFO),
        "rest_hours": math.ceil(weighed.longest_rest / (DAY / 24)),
        "repaid_old": weighed.repaid_old / CENTS,
        "repaid_for": weighed.repaid_for,
        "at_once": _at_once(ledger, flow),
        "follows_at_once": bool(params["follows_at_once"]),
        "by_chance": weighed.by_chance,
        "by_merchant": weighed.by_merchant,
        "told": told(weighed, amounts, params),
        "by_convention": enough(amounts, params),
        "kin": _in_family(weighed, borrowers, kin),
        "refunded": refunded.all,
        "short_of": refunded.short,
    }


def _in_family(weighed: Weighed, borrowers: list[int], kin: set[tuple[int, int]]) -> bool:
    """Whether all by whose accounts the money went are known, and kin of a borrower."""
    known = bool(weighed.others) and not weighed.ownerless
    return known and all(_is_kin(other, borrowers, kin) for other in weighed.others)


def _is_kin(other: int, borrowers: list[int], kin: set[tuple[int, int]]) -> bool:
    return any((min(other, one), max(other, one)) in kin for one in borrowers)


def _at_once(ledger: Ledger, flow: Flow) -> bool:
    """Whether one transfer followed another, or a payment, at one instant."""
    left, landed = moments(ledger, np.concatenate((flow.payments, flow.leads)))
    return bool(among(left[left >= 0], np.sort(landed[landed >= 0])).any())


def lent(found: Search, flow: Flow, said: Papers) -> dict[str, float]:
    """What the loans paid out, by the code of the currency; that of no currency on record comes last."""
    sums = by_currency((int(found.ledger.lent[loan]), said.currency.get(loan)) for loan in flow.loans.tolist())
    return {code: cents / CENTS for code, cents in sums.items()}


def _signs(reason: dict[str, Any]) -> int:
    """Fast in and fast out, loans that run together, old loans repaid, one account that repays for many."""
    fast = reason["transfers"] > 1 and reason["rest_hours"] <= 24
    return sum((fast, reason["loans"] > 1, reason["repaid_old"] > 0, reason["repaid_for"] > 1))


def _measures(amounts: Amounts, weighed: Weighed, reason: dict[str, Any]) -> dict[str, float]:
    lent = list(reason["lent"].values())
    measures: dict[str, float] = {
        "borrowers": reason["borrowers"],
        "loans": reason["loans"],
        "passed": reason["others"],
        "transfers": reason["transfers"],
        "days": reason["days"],
        "rest_hours": reason["rest_hours"],
        "restricted_accounts": reason["restricted"],
        "can": reason["can"],
        "convention": reason["convention"],
        "share": round(amounts.convention / amounts.lent, 4),
        "rarity": round(-math.log10(weighed.by_chance), 2) if weighed.by_chance > 0 else 99.0,
        "repaid_old": reason["repaid_old"],
        "repaid_for": reason["repaid_for"],
    }
    must = {} if reason["must"] is None else {"must": reason["must"]}
    return measures | must | ({"amount": lent[0]} if len(lent) == 1 else {})


# -- rows and bounds ----------------------------------------------------------------------------------------------


def _rows(
    view: GraphView, ledger: Ledger, flow: Flow, course: Course, orders: np.ndarray, limit: int
) -> tuple[np.ndarray, list[dict]]:
    """What the loans paid out, then transfers by time, then orders, then whose the loans and accounts are."""
    owns, borrowed = _ties(view, course.accounts, "OWNS"), _ties(view, flow.loans, "BORROWED")
    leads = flow.leads[view.uid_order(ledger.position[flow.leads])]
    leads = ledger.position[leads[np.argsort(ledger.time[leads], kind="stable")]]
    paid = ledger.position[ledger.paid_out(flow.loans)]
    paid, orders, borrowed, owns = (some[view.uid_order(some)] for some in (paid, orders, borrowed, owns))
    rows = np.concatenate((paid, leads, orders, borrowed, owns))
    return evidence_within(rows, limit, "more rows")


def _ties(view: GraphView, nodes: np.ndarray, relation: str) -> np.ndarray:
    """int64: the ties of a relation that end at some nodes."""
    positions = distinct(view.touching(nodes))
    positions = positions[view.relation_codes(positions) == RELATION_CODE[relation]]
    return positions[view.links(positions)]


def _not_followed(flow: Flow, params: Params) -> list[dict]:
    found = []
    if len(flow.hubs):
        limit = params["max_fan_out"]
        skipped = f"{len(flow.hubs)} accounts sent more transfers than that within the time and were not followed"
        found.append(bound("max_fan_out", limit, skipped, could_change=True))
    if flow.stopped:
        limit = params["max_transfers"]
        skipped = f"{flow.stopped} loans were followed along their first {limit} transfers"
        found.append(bound("max_transfers", limit, skipped, could_change=True))
    return found
