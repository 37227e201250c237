"""The net of guarantees at one time, and what only the whole graph knows of it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...graph.kernels.sets import distinct
from ...graph.kernels.texts import Texts
from ...graph.snapshot import Edges, GraphView
from ...graph.words.money import currency_code
from .people import party_labels

LICENSED_ROLES = ("融资担保", "保险增信")
"""Roles on a partner list whose holders guarantee by trade."""

NO_ID = ("0", "否", "/")
"""What books write where a party or contract has no group: a number, an answer and a sign that may be values in other
columns, so that no load takes them for blank. Taken for an id, one would make one group of all that have none."""


@dataclass(frozen=True)
class Net:
    """Guarantee contracts in force, licensed guarantors left out; contracts, by uid, and parties are numbered from 0.

    Attributes
    ----------
    snapshot : where the contracts are from
    edges : the contracts there
    parties : int64[p], node numbers in the snapshot, ascending
    guarantor, borrower : int64[c], party numbers of each contract
    position : int64[c], the relationship in the snapshot
    amount : float64[c], the cap where the form is maximum and a cap is known; NaN where unknown or in another currency
    unknown : bool[c], no amount is known
    foreign : bool[c], the amount is in another currency than most of the book's
    joint : int64[c], number of the joint group named in the contract, -1 where none is
    joint_names : ids of joint groups by number
    counter : bool[c], a counter-guarantee 反担保; it takes no part in any structure
    start, end : int64[c], epoch milliseconds
    """

    snapshot: GraphView
    edges: Edges
    parties: np.ndarray
    guarantor: np.ndarray
    borrower: np.ndarray
    position: np.ndarray
    amount: np.ndarray
    unknown: np.ndarray
    foreign: np.ndarray
    joint: np.ndarray
    joint_names: list[str]
    counter: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def structural(self) -> np.ndarray:
        """bool[c]: the contract may take part in a structure; self-guarantees still among them."""
        return ~self.counter

    def column(self, name: str) -> pd.Series:
        """A column of the contracts as they stand in the book."""
        return self.edges.column(name)

    @cached_property
    def names(self) -> list[str]:
        """The parties' node names."""
        return self.snapshot.names(self.parties)

    @cached_property
    def labels(self) -> list[str]:
        """What people call the parties."""
        return party_labels(self.snapshot, self.parties)

    @cached_property
    def self_guarantees(self) -> np.ndarray:
        """int64 by party: contracts in which it is guarantor and borrower."""
        own = self.guarantor[self.guarantor == self.borrower]
        return np.bincount(own, minlength=len(self.parties))

    @cached_property
    def _counters(self) -> dict[int, list[int]]:
        by_guarantor: dict[int, list[int]] = {}
        for row in np.flatnonzero(self.counter).tolist():
            by_guarantor.setdefault(int(self.guarantor[row]), []).append(row)
        return by_guarantor

    def counters_among(self, members: np.ndarray) -> list[int]:
        """The counter-guarantees that run between these parties."""
        if not self._counters:
            return []
        inside = set(members.tolist())
        return [row for one in inside for row in self._counters.get(one, ()) if int(self.borrower[row]) in inside]

    def known_amount(self, rows: np.ndarray, name: str) -> dict[str, float]:
        """``{name: sum of the known amounts}`` of contracts; empty where none is known, which is not 0."""
        amounts = self.amount[rows]
        known = amounts[~np.isnan(amounts)]
        # Exactly rounded, so that the order of contracts does not show in the last digit.
        return {name: math.fsum(known.tolist())} if len(known) else {}

    def members(self, rows: np.ndarray) -> np.ndarray:
        """Party numbers of the parties to contracts, ascending."""
        return distinct(np.concatenate((self.guarantor[rows], self.borrower[rows])))


def build_net(snapshot: GraphView, licensed: Texts, currency: str | None) -> Net:
    """The net at the snapshot's ``as_of``.

    Parameters
    ----------
    licensed : names of nodes that guarantee by trade; contracts that touch them are left out
    currency : the currency amounts are added up in; a contract without a currency is in it
    """
    edges = snapshot.edges("GUARANTEES")
    barred = np.zeros(snapshot.node_count, dtype=bool)
    found = snapshot.find_all(licensed.texts(range(len(licensed))))
    barred[found[found >= 0]] = True
    edges = edges.where(~(barred[edges.source] | barred[edges.target]))
    # the order of positions is the store's own, and evidence must not tell one store from another
    edges = edges.where(snapshot.uid_order(edges.positions))

    taking_part = np.zeros(snapshot.node_count, dtype=bool)
    taking_part[edges.source] = True
    taking_part[edges.target] = True
    parties = np.flatnonzero(taking_part)
    number = np.cumsum(taking_part) - 1

    amount = contract_amounts(edges)
    unknown = np.isnan(amount)
    named = currencies(edges)
    foreign = ~unknown & np.asarray(named.notna() & (named != currency))
    joint, joint_names = stated(edges.column("joint_group_id"))
    return Net(
        snapshot=snapshot,
        edges=edges,
        parties=parties,
        guarantor=number[edges.source],
        borrower=number[edges.target],
        position=edges.positions,
        amount=np.where(foreign, np.nan, amount),
        unknown=unknown,
        foreign=foreign,
        joint=joint,
        joint_names=joint_names,
        counter=stated(edges.column("counter_of"))[0] >= 0,
        start=edges.valid_from,
        end=edges.valid_to,
    )


def contract_amounts(edges: Edges) -> np.ndarray:
    """What each contract covers: of the maximum form 最高额 the cap where known, else the amount; NaN if unknown."""
    is_maximum = np.asarray(edges.column("form") == "maximum")
    cap = numbers(edges, "cap")
    return np.where(is_maximum & ~np.isnan(cap), cap, edges.amount)


def stated(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """A number for each distinct id in a column, -1 for cells that are blank or only say that there is none, and the
    ids by number.

    >>> stated(pd.Series(["G1", None, "否", "G2", "G1"]))
    (array([ 0, -1, -1,  1,  0]), ['G1', 'G2'])
    """
    codes, ids = pd.factorize(column.where(~column.isin(NO_ID)))
    return codes, ids.tolist()


def numbers(edges: Edges, column: str) -> np.ndarray:
    """A column of numbers as float64, NaN where blank."""
    return np.asarray(edges.column(column), dtype=np.float64)


def currencies(edges: Edges) -> pd.Series:
    """The code of each contract's currency; None where the contract names none."""
    return coded(edges.column("currency"))


def coded(column: pd.Series) -> pd.Series:
    """Currencies however they are written, by their code; None where blank.

    >>> coded(pd.Series(["人民币元", "usd", None])).tolist()
    ['CNY', 'USD', None]
    """
    places, written = pd.factorize(column)
    codes = np.array([*map(currency_code, written), None], dtype=object)
    return pd.Series(codes[places], dtype=object)


def main_currency(edges: Edges) -> str | None:
    """The currency most contracts are in (ties: the first in the alphabet); None where no contract names one."""
    counts = Counter(currencies(edges).dropna())
    return min(counts, key=lambda name: (-counts[name], name), default=None)


def licensed_guarantors(snapshot: GraphView) -> frozenset[str]:
    """Names of the companies that guarantee by trade at ``as_of``.

    A company is one if its line of business is 融资担保, or if its name or a former one stands on a partner list in a
    role of ``LICENSED_ROLES``, as the partner's name or a former one.
    """
    companies = snapshot.facts("companies")
    found = np.zeros(len(companies), dtype=bool)
    if "industry" in companies:
        industry = companies["industry"].fillna("").astype(str)
        found |= np.asarray(industry.str.contains("融资担保") & ~industry.str.contains("非融资担保"))
    listed = _listed_names(snapshot)
    for column, names_in in _NAMES.items():
        if listed and column in companies:
            cells = companies[column].tolist()
            found |= np.fromiter((not listed.isdisjoint(names_in(cell)) for cell in cells), bool, len(cells))
    return frozenset(snapshot.names(np.asarray(companies["node"])[found]))


def _listed_names(snapshot: GraphView) -> set[str]:
    partners = snapshot.facts("partners")
    if "role" not in partners or "partner_name" not in partners:
        return set()
    partners = partners.loc[partners["role"].isin(LICENSED_ROLES)]
    if "listed_from" in partners:
        partners = partners.loc[~(partners["listed_from"] > snapshot.as_of)]
    if "listed_to" in partners:
        partners = partners.loc[~(partners["listed_to"] <= snapshot.as_of)]
    listed = {plain_name(name) for name in partners["partner_name"]}
    if "former_names" in partners:
        listed.update(name for cell in partners["former_names"] for name in former_names(cell))
    return listed - {""}


def plain_name(text: str | None) -> str:
    """A company name in one form: full-width letters and brackets made plain, no spaces.

    >>> plain_name(" 华信融资担保（上海）有限公司")
    '华信融资担保(上海)有限公司'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)) if isinstance(text, str) else ""


def former_names(text: str | None) -> list[str]:
    """The names in a cell that may hold several. A comma parts Chinese names; in others it belongs to the name.

    >>> former_names("华信担保；Huaxin Co., Ltd."), former_names("华信担保，信达担保")
    (['华信担保', 'HuaxinCo.,Ltd.'], ['华信担保', '信达担保'])
    """
    names = [name for name in re.split("[;、|/]", plain_name(text)) if name]
    return [part for name in names for part in ([name] if name.isascii() else name.split(",")) if part]


_NAMES = {"name": lambda cell: [plain_name(cell)], "former_names": former_names}
