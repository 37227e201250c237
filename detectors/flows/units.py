"""What a flow can be decided on alone: its borrowers, with all that moved in the accounts that their money reached."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct
from ...graph.model import KIND_CODE, PARTIES, RELATION_CODE
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from .population import Population
from .search import Search, by_borrower, rules, search

MONEY = ("TRANSFERRED", "DISBURSED_TO", "REPAID")
BESIDE = ("OWNS", "HAS_PHONE", "LISTS_CONTACT", "RELATED_TO")
"""What tells of people beside their money: their accounts, and who is kin to whom."""


class _Group(NamedTuple):
    """Borrowers of flows that have a borrower in common, with their loans, the accounts that were looked at, those that
    the money left, and those by which it went, where it arrived among them."""

    borrowers: np.ndarray
    loans: np.ndarray
    reached: np.ndarray
    left: np.ndarray
    passed: np.ndarray


def units(view: GraphView, known: Population, params: Params) -> list[Unit]:
    """The borrowers of all flows."""
    return [_unit(view, group) for group in _groups(search(view, params))]


def around(view: GraphView, known: Population, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The units of flows in which some nodes lie: borrowers, parties and accounts by which money went.

    Money is followed from loans of people who are known so far, and back from where it went to loans of others, until
    no one is added.

    Parameters
    ----------
    nodes : node numbers
    """
    nodes = distinct(np.asarray(nodes, dtype=np.int64))
    accounts = _accounts_of(view, nodes)
    borrowers = distinct(np.concatenate((view.only(nodes, *PARTIES), _paid(view, _back(view, accounts, params)))))
    while True:
        loans = view.only(view.other_ends(borrowers, ("BORROWED",)), "loan")
        if not len(loans):
            return []
        part_nodes = _nodes(view, borrowers, loans, _forward(view, loans, params))
        found = [_in_whole(group, part_nodes) for group in _groups(search(view.part(part_nodes), params))]
        mine = [group for group in found if among(group.borrowers, borrowers).any()]
        left = np.concatenate([group.left for group in mine]) if mine else accounts[:0]
        grown = distinct(np.concatenate((borrowers, _paid(view, _back(view, left, params)))))
        if len(grown) == len(borrowers):
            return [_unit(view, group) for group in mine if _touches(group, nodes, accounts)]
        borrowers = grown


def _groups(found: Search) -> list[_Group]:
    ledger, groups = found.ledger, []
    for borrowers, flows in by_borrower(found):
        loans, reached, left, passed = (
            distinct(np.concatenate([column(flow) for flow in flows]))
            for column in (
                lambda flow: flow.loans,
                lambda flow: flow.reached,
                lambda flow: ledger.source[flow.leads],
                lambda flow: np.concatenate((ledger.source[flow.leads], ledger.target[flow.leads]))[
                    : 0 if found.by_merchant(flow) else None
                ],
            )
        )
        groups.append(_Group(borrowers, loans, reached, left, passed))
    return groups


def _in_whole(group: _Group, part_nodes: np.ndarray) -> _Group:
    return _Group(*(part_nodes[column].astype(np.int64) for column in group))


def _touches(group: _Group, nodes: np.ndarray, accounts: np.ndarray) -> bool:
    return bool(among(group.borrowers, nodes).any() or among(group.passed, accounts).any())


def _unit(view: GraphView, group: _Group) -> Unit:
    return Unit(group.borrowers, _nodes(view, group.borrowers, group.loans, group.reached))


def _nodes(view: GraphView, borrowers: np.ndarray, loans: np.ndarray, reached: np.ndarray) -> np.ndarray:
    """int64, ascending: accounts that were looked at and all accounts of the borrowers, whatever moved in them, whose
    they are, and who these are kin to."""
    paid_to = view.other_ends(loans, ("DISBURSED_TO",))
    accounts = distinct(np.concatenate((reached, view.only(paid_to, "account"))))
    near = view.other_ends(accounts, (*MONEY, "OWNS"))
    shops = distinct(np.concatenate((view.only(near, "merchant"), view.only(paid_to, "merchant"))))
    shopping = view.other_ends(shops, ("OWNS", "DISBURSED_TO"))
    all_loans = distinct(np.concatenate((view.only(near, "loan"), view.only(shopping, "loan"), loans)))
    people = distinct(np.concatenate((view.only(near, *PARTIES), borrowers)))
    rest = (view.other_ends(all_loans, ("BORROWED",)), view.other_ends(people, BESIDE))
    everything = (borrowers, accounts, near, shops, shopping, all_loans, people, *rest)
    return distinct(np.concatenate(everything).astype(np.int64))


def _accounts_of(view: GraphView, nodes: np.ndarray) -> np.ndarray:
    """int64, ascending: the accounts among nodes, and those of the others."""
    owned = view.other_ends(nodes[view.kinds[nodes] != KIND_CODE["account"]], ("OWNS",))
    return distinct(np.concatenate((view.only(nodes, "account"), view.only(owned, "account")))).astype(np.int64)


def _paid(view: GraphView, accounts: np.ndarray) -> np.ndarray:
    """int64, ascending: who borrowed the loans that were paid into some accounts."""
    loans = view.only(view.other_ends(accounts, ("DISBURSED_TO",)), "loan")
    return view.other_ends(loans, ("BORROWED",)).astype(np.int64)


# -- following money step by step, at the cost of what the accounts have ------------------------------------------


def _forward(view: GraphView, loans: np.ndarray, params: Params) -> np.ndarray:
    """int64, ascending: the accounts that money of some loans can have reached."""
    paid = distinct(view.touching(loans))
    paid = paid[(view.relation_codes(paid) == RELATION_CODE["DISBURSED_TO"]) & view.visible(paid)]
    account, time = view.ends(paid)[1].astype(np.int64), view.valid_from(paid)
    is_account = view.kinds[account] == KIND_CODE["account"]
    reached = _follow(view, account[is_account], time[is_account], params, backward=False)
    return distinct(np.concatenate((reached, _by_shops(view, loans, account[~is_account], params))))


def _by_shops(view: GraphView, loans: np.ndarray, shops: np.ndarray, params: Params) -> np.ndarray:
    """int64, ascending: the accounts of shops that loans were paid to, and where their money can have gone from there.

    A shop pays many, and only what it pays back to the borrower, straight or by one more account, is followed: so this
    begins with what came into the borrower's accounts.
    """
    tills = _accounts_of(view, shops)
    payees = view.other_ends(tills, ("TRANSFERRED",))
    own = _accounts_of(view, view.only(view.other_ends(loans, ("BORROWED",)), *PARTIES))
    positions = _transfers(view, distinct(view.touching(own)))
    source, target = view.ends(positions)
    came = among(target, own) & (among(source, tills) | among(source, payees))
    on = _follow(view, target[came].astype(np.int64), view.valid_from(positions[came]), params, backward=False)
    return distinct(np.concatenate((tills, source[came], on)).astype(np.int64))


def _back(view: GraphView, accounts: np.ndarray, params: Params) -> np.ndarray:
    """int64, ascending: the accounts from which money can have come to some accounts."""
    positions = _transfers(view, distinct(view.touching(accounts)))
    source, target = view.ends(positions)
    times = np.concatenate((view.valid_from(positions), view.valid_from(positions)))
    ends = np.concatenate((source, target)).astype(np.int64)
    here = among(ends, np.sort(accounts))
    found = _follow(view, ends[here], times[here], params, backward=True)
    return distinct(np.concatenate((found, accounts)))


def _follow(view: GraphView, account: np.ndarray, time: np.ndarray, params: Params, backward: bool) -> np.ndarray:
    """int64, ascending: accounts from which, or to which, transfers lead in steps that rest no longer than allowed."""
    limits, seen, reached = rules(params), np.zeros(0, np.int64), [account]
    for _ in range(limits.hops):
        begun, positions = view.of_each(account)
        kept = np.flatnonzero((view.relation_codes(positions) == RELATION_CODE["TRANSFERRED"]) & view.links(positions))
        positions, begun = positions[kept], begun[kept]
        ends = view.ends(positions)
        here, there = (ends[1], ends[0]) if backward else ends
        wait = (view.valid_from(positions) - time[begun]) * (-1 if backward else 1)
        follows = (here == account[begun]) & (wait >= 0) & (wait <= limits.rest) & ~among(positions, seen)
        if not follows.any():
            break
        step, first = np.unique(positions[follows], return_index=True)
        seen = distinct(np.concatenate((seen, step)))
        account, time = there[follows][first].astype(np.int64), view.valid_from(step)
        reached.append(account)
    return distinct(np.concatenate(reached))


def _transfers(view: GraphView, positions: np.ndarray) -> np.ndarray:
    """The transfers among relationships."""
    return positions[(view.relation_codes(positions) == RELATION_CODE["TRANSFERRED"]) & view.links(positions)]
