"""What moves between accounts, as arrays: transfers, what loans paid out, and what was repaid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.kernels.lots import OUTSIDE
from ...graph.kernels.sets import distinct, laid_out
from ...graph.kernels.tracing import Outgoing, outgoing
from ...graph.model import ALWAYS, KIND_CODE
from ...graph.snapshot import Edges, GraphView

CENTS = 100


@dataclass(frozen=True)
class Ledger:
    """Everything of known time and of an amount above nothing that moved from one account to another, by the numbers of
    the view.

    Attributes
    ----------
    source, target : int64 by movement, accounts; ``OUTSIDE`` where a loan is paid out, or repaid
    amount : int64, in cents
    time : int64
    position : int64, the relationship
    out, transfers : the transfers between accounts, which are the first movements, in the same order
    loan : int64 by movement, the loan that was paid out or repaid, -1 for a transfer
    borrower : int64 by node, who borrowed a loan, -1 where that is not known
    lent : int64 by node, what a loan paid out, in all its parts
    owns : whose the accounts are
    owners, owned : by account its owners, and by party its accounts: ``offsets`` by node, and nodes
    """

    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    time: np.ndarray
    position: np.ndarray
    out: Outgoing
    transfers: Edges
    loan: np.ndarray
    borrower: np.ndarray
    lent: np.ndarray
    owns: Edges
    owners: tuple[np.ndarray, np.ndarray]
    owned: tuple[np.ndarray, np.ndarray]
    _ends: tuple[np.ndarray, np.ndarray]

    @property
    def payments(self) -> np.ndarray:
        """int64, ascending: the movements that paid out a loan of a known borrower into an account."""
        paid = np.flatnonzero((self.loan >= 0) & (self.source == OUTSIDE) & (self.target != OUTSIDE))
        return paid[self.borrower[self.loan[paid]] >= 0]

    def of_accounts(self, accounts: np.ndarray) -> np.ndarray:
        """int64, ascending: the movements into or out of some accounts."""
        offsets, movements = self._ends
        return distinct(movements[laid_out(offsets[accounts], offsets[accounts + 1])])

    def paid_out(self, loans: np.ndarray) -> np.ndarray:
        """int64, ascending: the movements that paid out some loans, wherever to."""
        movements = self.of_accounts(loans)
        return movements[self.source[movements] == OUTSIDE]

    def owners_of(self, account: int) -> list[int]:
        """The parties that own an account, ascending."""
        offsets, parties = self.owners
        return parties[offsets[account] : offsets[account + 1]].tolist()


def read(view: GraphView) -> Ledger:
    """All that moved, as the view shows it."""
    count = view.node_count
    moved, paid, repaid = (_timed(view.ties(name)) for name in ("TRANSFERRED", "DISBURSED_TO", "REPAID"))
    moved = moved.where(moved.source != moved.target)
    borrowed, owns = view.ties("BORROWED"), view.ties("OWNS")
    out = outgoing(moved.source, moved.target, cents(moved.amount), moved.valid_from, count)
    transfers = moved.where(out.order)
    owned = _grouped(owns.source, owns.target, count)
    nothing = np.full(len(moved), -1)
    outside = (np.full(len(paid), OUTSIDE), np.full(len(repaid), OUTSIDE))
    source = np.concatenate((out.source, outside[0], repaid.source)).astype(np.int64)
    target = np.concatenate((out.target, _paid_to(view, paid.target, owned), outside[1])).astype(np.int64)
    borrower = np.full(count, -1, np.int64)
    borrower[borrowed.target] = borrowed.source
    amount = np.concatenate((out.amount, cents(paid.amount), cents(repaid.amount)))
    loan = np.concatenate((nothing, paid.source, repaid.target)).astype(np.int64)
    lent = np.zeros(count, np.int64)
    np.add.at(lent, paid.source, cents(paid.amount))
    ends = np.concatenate((source, target, loan))
    here = ends >= 0
    return Ledger(
        source=source,
        target=target,
        amount=amount,
        time=np.concatenate((out.time, paid.valid_from, repaid.valid_from)),
        position=np.concatenate((transfers.positions, paid.positions, repaid.positions)),
        out=out,
        transfers=transfers,
        loan=loan,
        borrower=borrower,
        lent=lent,
        owns=owns,
        owners=_grouped(owns.target, owns.source, count),
        owned=owned,
        _ends=_grouped(ends[here], np.tile(np.arange(len(source)), 3)[here], count),
    )


def cents(amount: np.ndarray) -> np.ndarray:
    """int64: amounts in hundredths, so that sums are exact."""
    return np.rint(amount * CENTS).astype(np.int64)


def _timed(edges: Edges) -> Edges:
    """Those of known time and of a known amount above nothing."""
    return edges.where((edges.valid_from > ALWAYS) & (edges.amount > 0))


def _paid_to(view: GraphView, target: np.ndarray, owned: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The accounts to which loans were paid: of a merchant its only account, ``OUTSIDE`` where there is none or
    several."""
    offsets, accounts = owned
    account = target.astype(np.int64)
    shop = np.flatnonzero(view.kinds[target] == KIND_CODE["merchant"])
    begin, count = offsets[target[shop]], offsets[target[shop] + 1] - offsets[target[shop]]
    account[shop] = OUTSIDE
    account[shop[count == 1]] = accounts[begin[count == 1]]
    return account


def _grouped(by: np.ndarray, values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Values by node: ``offsets``, and each value of a node once, ascending."""
    keys = distinct((by.astype(np.int64) << 32) | values)
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(keys >> 32, minlength=count), out=offsets[1:])
    return offsets, keys & 0xFFFFFFFF
