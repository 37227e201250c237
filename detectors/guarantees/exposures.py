"""What stands behind the contracts of a net: own debts, net assets and in-force amounts, and what is not on record.

Amounts are float64 yuan (or units of the one currency that all are in); cascades count in whole cents.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...graph.kernels.cascade import UNKNOWN, UNLIMITED, Calls, calls
from ...graph.kernels.clearing import Clearing, Priority, clear
from ...graph.kernels.obligations import Obligations, obligations
from ...graph.kernels.sets import among, distinct
from ...graph.kernels.texts import Texts
from ...graph.snapshot import Edges, GraphView
from ...graph.words.money import currency_code
from ..policy import GRADES
from .firms import as_numbers, balance_sheets
from .loans import loans_at
from .net import Net, build_net, currencies, licensed_guarantors, main_currency

CENTS = 100
MOST = 1e15
"""No amount of one contract, loan or company is above this; what is, is taken as unusable."""


class Gap(NamedTuple):
    """Something of which an answer knows nothing, or that it leaves out: what, in which currency, how many."""

    name: str
    currency: str
    number: int


@dataclass(frozen=True)
class Exposures:
    """Contracts in one currency with what their parties owe and have.

    Attributes
    ----------
    net : the contracts in force
    currency : code of the currency; blank where none is on record
    rows : int64[c], the net's contracts that count; those with another currency, between a party and itself, of a
        negative amount and counter-guarantees do not
    amount : float64[c], in force; NaN where unknown
    debt : float64 by party, the known balances of its loans
    net_assets : float64 by party, NaN where not on record
    grade : int64 by party, place in ``GRADES`` of the worst grade of its loans, -1 where none is on record
    gaps : what is not on record or left out, none of them 0
    """

    net: Net
    currency: str
    rows: np.ndarray
    amount: np.ndarray
    debt: np.ndarray
    net_assets: np.ndarray
    grade: np.ndarray
    gaps: list[Gap]

    @cached_property
    def guarantor(self) -> np.ndarray:
        """int32 by contract, a party."""
        return self.net.guarantor[self.rows].astype(np.int32)

    @cached_property
    def borrower(self) -> np.ndarray:
        """int32 by contract, a party."""
        return self.net.borrower[self.rows].astype(np.int32)

    @cached_property
    def calls(self) -> Calls:
        """The contracts as cascades take them."""
        amount = np.where(np.isnan(self.amount), UNKNOWN, np.rint(np.nan_to_num(self.amount) * CENTS))
        return calls(self.guarantor, self.borrower, amount.astype(np.int64), len(self.debt))

    @cached_property
    def capital(self) -> np.ndarray:
        """int64 by party: net assets in cents; ``UNLIMITED`` where not on record, so that no call brings it down."""
        known = ~np.isnan(self.net_assets)
        return np.where(known, np.rint(np.nan_to_num(self.net_assets) * CENTS).astype(np.int64), UNLIMITED)

    @cached_property
    def owing(self) -> Obligations:
        """Debts and contracts of known amount as clearings take them; one of unknown amount covers nothing."""
        return obligations(self.debt, self.guarantor, self.borrower, np.nan_to_num(self.amount))

    @cached_property
    def resources(self) -> np.ndarray:
        """float64 by party: what it can pay with, infinite where its net assets are not on record."""
        return np.where(np.isnan(self.net_assets), np.inf, np.maximum(np.nan_to_num(self.net_assets) + self.debt, 0))

    @cached_property
    def _before(self) -> dict[Priority, Clearing]:
        return {}

    def before(self, priority: Priority) -> Clearing:
        """The clearing before anybody defaults; worked out once."""
        if priority not in self._before:
            self._before[priority] = clear(self.owing, self.resources, priority)
        return self._before[priority]


def exposures(view: GraphView, within: np.ndarray | None = None) -> Exposures:
    """The contracts in force at the view's ``as_of`` with what their parties owe and have.

    Parameters
    ----------
    within : node numbers; only contracts between these, and no other party is numbered. All contracts where None
    """
    contracts = view.edges("GUARANTEES")
    licensed = sorted(licensed_guarantors(view))
    currency = main_currency(contracts) or _most_frequent(_loans(view).currency)
    seen = view if within is None else view.part(_with_loans(view, within))
    net = build_net(seen, Texts.of(licensed), currency)
    taken = ~net.counter & (net.guarantor != net.borrower) & ~net.foreign
    unusable = taken & ((net.amount < 0) | (net.amount > MOST))
    rows = np.flatnonzero(taken & ~unusable)
    parties, borrowers = net.members(rows), distinct(net.borrower[rows])
    code = currency_code(currency)
    owed = _owed(net, _loans(seen), code)
    assets = balance_sheets(seen, net.parties).net_assets
    assets[np.abs(assets) > MOST] = np.nan
    gaps = [
        *_contract_gaps(seen, net, unusable),
        Gap("licensed_contracts", "", _beside(view, contracts, licensed, within)),
        *owed.gaps(parties),
        Gap("no_net_assets", "", int(np.isnan(assets[parties]).sum())),
        Gap("no_loans", "", int((~owed.borrows[borrowers]).sum())),
    ]
    gaps = [gap for gap in gaps if gap.number]
    return Exposures(net, code, rows, net.amount[rows], owed.debt, assets, owed.grade, gaps)


def _with_loans(view: GraphView, parties: np.ndarray) -> np.ndarray:
    return distinct(np.concatenate((parties, view.other_ends(parties, ("BORROWED",)))).astype(np.int64))


def _most_frequent(codes: list[str]) -> str | None:
    counts = Counter(code for code in codes if code)
    return min(counts, key=lambda code: (-counts[code], code), default=None)


def _contract_gaps(view: GraphView, net: Net, unusable: np.ndarray) -> list[Gap]:
    """What of the contracts does not count, or not as it stands."""
    edges = view.edges("GUARANTEES")
    order = np.argsort(edges.positions)
    named = currencies(edges.where(order[np.searchsorted(edges.positions, net.position, sorter=order)]))
    own = net.guarantor == net.borrower
    plain = ~own & ~net.counter
    foreign = Counter(currency_code(name) for name in named[plain & net.foreign])
    return [
        Gap("amount_unknown", "", int((plain & net.unknown).sum())),
        Gap("amount_unusable", "", int(unusable.sum())),
        *(Gap("contracts_other_currency", code, count) for code, count in sorted(foreign.items())),
        Gap("contracts_no_currency", "", int((plain & ~net.unknown & np.asarray(named.isna())).sum())),
        Gap("self_guarantees", "", int(own.sum())),
        Gap("counter_guarantees", "", int((net.counter & ~own).sum())),
        Gap("never_in_force", "", len(view.never_in_force("GUARANTEES"))),
    ]


def _beside(view: GraphView, contracts: Edges, licensed: list[str], within: np.ndarray | None) -> int:
    """Contracts of some parties with guarantors by trade."""
    barred = view.find_all(licensed) if licensed else np.zeros(0, np.int64)
    touches = np.isin(contracts.source, barred) | np.isin(contracts.target, barred)
    if within is not None:
        touches &= np.isin(contracts.source, within) | np.isin(contracts.target, within)
    return int(touches.sum())


# -- what parties owe and have


class _Loans(NamedTuple):
    """Loans with their borrowers, one row for each pair."""

    node: np.ndarray
    loan: np.ndarray
    balance: np.ndarray
    currency: list[str]
    grade: np.ndarray


def _loans(view: GraphView) -> _Loans:
    borrowed = view.edges("BORROWED")
    loans = distinct(borrowed.target)
    facts = loans_at(view, ("currency",), loans).reindex(borrowed.target)
    worst = {grade: place for place, grade in enumerate(GRADES)}
    grades = [worst.get(cell, -1) for cell in facts["five_class"]]
    return _Loans(
        borrowed.source.astype(np.int64),
        borrowed.target,
        as_numbers(facts["balance"]),
        [currency_code(cell if isinstance(cell, str) else None) for cell in facts["currency"]],
        np.array(grades, dtype=np.int64),
    )


class _Owed(NamedTuple):
    """By party, and by loan of a party what is the matter with it (``""`` where nothing is)."""

    debt: np.ndarray
    grade: np.ndarray
    borrows: np.ndarray
    party: np.ndarray
    matter: list[tuple[str, str]]

    def gaps(self, parties: np.ndarray) -> list[Gap]:
        """What of the loans of these parties does not count."""
        inside = among(self.party, parties)
        found = Counter(matter for matter, here in zip(self.matter, inside, strict=True) if here and matter[0])
        return [Gap(name, code, count) for (name, code), count in sorted(found.items())]


def _owed(net: Net, loans: _Loans, currency: str) -> _Owed:
    places = np.searchsorted(net.parties, loans.node)
    places[places == len(net.parties)] = 0
    mine = np.flatnonzero(net.parties[places] == loans.node) if len(net.parties) else np.zeros(0, np.int64)
    party, balance = places[mine], loans.balance[mine]
    codes = [loans.currency[place] for place in mine.tolist()]
    here = np.array([code in ("", currency) or not currency for code in codes], dtype=bool)
    usable = here & (balance >= 0) & (balance <= MOST)
    count = len(net.parties)
    grade = np.full(count, -1, dtype=np.int64)
    np.maximum.at(grade, party, loans.grade[mine])
    borrows = np.zeros(count, bool)
    borrows[party] = True
    matter = [
        _matter(code, amount, one, currency)
        for code, amount, one in zip(codes, balance.tolist(), here.tolist(), strict=True)
    ]
    return _Owed(np.bincount(party[usable], balance[usable], count), grade, borrows, party, matter)


def _matter(code: str, balance: float, here: bool, currency: str) -> tuple[str, str]:
    if not here:
        return "loans_other_currency", code
    if balance != balance:
        return "balance_unknown", ""
    if not 0 <= balance <= MOST:
        return "balance_unusable", ""
    return ("loans_no_currency", "") if currency and not code else ("", "")
