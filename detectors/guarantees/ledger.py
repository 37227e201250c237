"""Loans and balance sheets of the parties to guarantees, as arrays: what exposure, grade and the table are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...graph.kernels.sets import among, distinct
from ...graph.snapshot import GraphView
from ..policy import GRADES
from .firms import as_numbers, balance_sheets, by_node
from .loans import loans_at
from .net import Net, coded


@dataclass(frozen=True)
class Ledger:
    """What the parties of a net borrowed and own.

    Attributes
    ----------
    currency : in which amounts are added up: that of most loans, else of most contracts
    loan : int64[l], node numbers of the loans, ascending
    borrowed : (party numbers, places in ``loan``), a pair for each borrower of each loan
    balance, off_balance, dpd : float64[l], NaN where unknown, negative, or in another currency (``dpd``: unknown)
    foreign, unstated : bool[l], it is in another currency; its currency is not on record, and taken for ``currency``
    grade : int64[l], place in ``GRADES``, -1 where unknown
    lender : int64[l], a number for each lender, -1 where unknown
    covers : int64[c], by contract of the net the place of the loan it names, -1 where it names none
    firm : bool by party, it is a company
    region : by party, None where unknown
    assets, liabilities, net_assets : float64 by party, NaN where unknown; the third is stated, else the difference
    """

    currency: str | None
    loan: np.ndarray
    borrowed: tuple[np.ndarray, np.ndarray]
    balance: np.ndarray
    off_balance: np.ndarray
    dpd: np.ndarray
    foreign: np.ndarray
    unstated: np.ndarray
    grade: np.ndarray
    lender: np.ndarray
    covers: np.ndarray
    firm: np.ndarray
    region: np.ndarray
    assets: np.ndarray
    liabilities: np.ndarray
    net_assets: np.ndarray

    @property
    def owed(self) -> np.ndarray:
        """bool[l]: not known to be paid off. What is has no lender, class or days that still matter."""
        return ~(self.balance == 0)

    @cached_property
    def owes(self) -> np.ndarray:
        """float64 by party: the known balances of its loans; a loan of two stands with both."""
        party, loan = self.borrowed
        return np.bincount(party, np.nan_to_num(self.balance[loan]), len(self.firm))


def loan_balances(view: GraphView, currency: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Balances of all loans of the book, NaN where unknown or in another currency; and which are in another."""
    facts = loans_at(view, ("currency",))
    named = coded(facts["currency"])
    foreign = np.asarray(named.notna() & (named != currency))
    return _amounts(facts["balance"], foreign), foreign


def build_ledger(view: GraphView, net: Net, currency: str | None) -> Ledger:
    """The ledger of a net at the view's ``as_of``.

    Parameters
    ----------
    currency : of most contracts
    """
    edges = view.edges("BORROWED")
    edges = edges.where(among(edges.source, net.parties))
    loan = distinct(edges.target.astype(np.int64))
    facts = loans_at(view, ("currency", "off_balance_amount", "lender"), loan).reindex(loan)
    named = coded(facts["currency"])
    codes = named.dropna()
    main = min(codes.unique(), key=lambda code: (-int((codes == code).sum()), code), default=currency)
    foreign = np.asarray(named.notna() & (named != main))
    return Ledger(
        currency=main,
        loan=loan,
        borrowed=(np.searchsorted(net.parties, edges.source), np.searchsorted(loan, edges.target)),
        balance=_amounts(facts["balance"], foreign),
        off_balance=_amounts(facts["off_balance_amount"], foreign),
        dpd=_amounts(facts["dpd"], np.zeros(len(loan), dtype=bool)),
        foreign=foreign,
        unstated=np.asarray(named.isna()),
        grade=pd.Categorical(facts["five_class"], categories=GRADES).codes.astype(np.int64),
        lender=pd.factorize(facts["lender"])[0],
        covers=_named_loans(view, net, loan),
        **_firms(view, net),
    )


def _amounts(column: Any, left_out: np.ndarray) -> np.ndarray:
    """Amounts as float64, NaN where unknown or negative."""
    values = as_numbers(column)
    return np.where(left_out | (values < 0), np.nan, values)


def _named_loans(view: GraphView, net: Net, loan: np.ndarray) -> np.ndarray:
    """By contract the place of the loan that it names, -1 where it names none, -2 where the ledger has no such loan."""
    codes, ids = pd.factorize(net.column("loan_id"))
    nodes = view.find_all([f"loan:{key}" for key in ids])
    places = np.where(among(nodes, loan), np.searchsorted(loan, nodes), -2)
    return np.append(places, -1)[codes]


def _firms(view: GraphView, net: Net) -> dict[str, np.ndarray]:
    of_companies, of_people = (by_node(view, table, net.parties, ("region",)) for table in ("companies", "applicants"))
    region = of_companies["region"].astype(object)
    region = region.where(region.notna(), of_people["region"].astype(object))
    return {
        "firm": np.array([name.startswith("company:") for name in net.names], dtype=bool),
        "region": np.asarray(region.where(region.notna(), None), dtype=object),
        **balance_sheets(view, net.parties)._asdict(),
    }
