"""Money that comes back from the merchant's side to the customer after a sale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.kernels.returns import Groups, Moves, Returns, moves, returns
from ...graph.kernels.sets import distinct, laid_out
from ...graph.model import ALWAYS
from ...graph.snapshot import Edges, GraphView
from ..flows.ledger import cents
from .sales import DAY, Sales
from .sides import Sides, sides

WAGES, REFUND = "payroll", "refund"
NEVER = 2**62
"""More than any amount in cents."""


@dataclass(frozen=True)
class Returned:
    """What came back.

    Attributes
    ----------
    back : transfers by which money came back, by sale
    moves : the transfers out of accounts of merchants' side and into accounts of customers
    position : int64 by transfer, the relationship
    is_refund : bool by return, whether it came straight, by a transfer that is called a refund
    shown, known : bool by sale, whether money came back, and whether that can be known: transfers of the merchant's
        side are on record, the customer's account is, and it did or the days are over
    """

    back: Returns
    moves: Moves
    position: np.ndarray
    is_refund: np.ndarray
    shown: np.ndarray
    known: np.ndarray


def returned(view: GraphView, sales: Sales, days: float, share: float) -> Returned:
    """What came back within so many days after the loan was paid, at least such a share of it at once. Wages are none
    of it: staff buy at their own shop."""
    owns = view.ties("OWNS")
    customers = distinct(sales.customer)
    side = _accounts(sides(view, distinct(sales.merchant)), owns, sales.merchant, view.node_count)
    own = _accounts(Sides(customers, customers), owns, sales.customer, view.node_count)
    moved = _moved(view, side.accounts, own.accounts)
    money = moves(moved.source, moved.target, cents(moved.amount), moved.valid_from, view.node_count)
    dated = (sales.paid > ALWAYS) & (sales.amount > 0)
    until = np.where(dated, sales.paid + round(days * DAY), ALWAYS)
    least = np.where(dated, np.ceil(np.round(sales.amount * share, 6)), NEVER)
    back = returns(money, side, own, sales.paid, until, least)
    back, is_refund = _without_wages(back, moved.where(money.order))
    shown = np.zeros(len(sales), bool)
    shown[back.case] = True
    can = dated & (np.diff(own.offsets) > 0) & _sends(money, side)
    return Returned(back, money, moved.positions[money.order], is_refund, shown, can & (shown | (until <= view.as_of)))


def _accounts(of: Sides, owns: Edges, by: np.ndarray, count: int) -> Groups:
    """By sale, the accounts of the parties that stand for its merchant or its customer.

    Parameters
    ----------
    by : int64 by sale, the merchant or the customer
    """
    here = np.zeros(count, bool)
    here[of.party] = True
    owns = owns.where(here[owns.source])
    order = np.argsort(owns.source, kind="stable")
    owner, account = owns.source[order], owns.target[order].astype(np.int64)
    low, high = np.searchsorted(owner, of.party), np.searchsorted(owner, of.party, side="right")
    pairs = distinct((np.repeat(of.merchant, high - low) << 32) | account[laid_out(low, high)])
    low, high = np.searchsorted(pairs >> 32, by), np.searchsorted(pairs >> 32, by, side="right")
    return Groups(np.concatenate(([0], np.cumsum(high - low))), pairs[laid_out(low, high)] & 0xFFFFFFFF)


def _moved(view: GraphView, side: np.ndarray, own: np.ndarray) -> Edges:
    """The transfers out of accounts of merchants' side and into accounts of customers, of known time and amount."""
    gives, takes = np.zeros(view.node_count, bool), np.zeros(view.node_count, bool)
    gives[side], takes[own] = True, True
    moved = view.ties("TRANSFERRED")
    here = gives[moved.source] | takes[moved.target]
    return moved.where(here & (moved.valid_from > ALWAYS) & (moved.amount > 0))


def _sends(money: Moves, side: Groups) -> np.ndarray:
    """bool by sale: whether any transfer out of an account of the merchant's side is on record."""
    total = np.concatenate(([0], np.cumsum(np.diff(money.out)[side.accounts])))
    return total[side.offsets[1:]] > total[side.offsets[:-1]]


def _without_wages(back: Returns, moved: Edges) -> tuple[Returns, np.ndarray]:
    """What came back otherwise than as wages, and which of it as a refund."""
    ends = distinct(np.concatenate((back.first, back.last)))
    kind = np.array(moved.where(ends).column("kind"), dtype=object)
    first, last = (kind[np.searchsorted(ends, part)] for part in (back.first, back.last))
    kept = (first != WAGES) & (last != WAGES)
    return Returns(*(column[kept] for column in back)), ((last == REFUND) & (back.first == back.last))[kept]
