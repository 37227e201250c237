"""What was lent, and what moves between accounts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .people import END

MONTH = 30.4 * 86_400
KINDS = ("transfer", "withdrawal", "purchase", "payroll", "refund", "loan_transfer")
CODE = {word: code for code, word in enumerate(KINDS)}
PURPOSES = ("", "工资", "货款", "往来款", "生活费", "还款", "房租", "服务费", "购买理财", "证券转入", "退款", "备用金")
PURPOSE = {word: code for code, word in enumerate(PURPOSES)}


@dataclass
class Loans:
    """Loans to persons, by number.

    Attributes
    ----------
    row : its application
    disbursed : second of the book
    account : account paid to, -1 where the merchant was paid; payer: account that pays back
    stops : the instalment from which nothing is paid any more, beyond the term where all is paid
    settles : the instalment with which all is paid
    """

    row: np.ndarray
    person: np.ndarray
    amount: np.ndarray
    disbursed: np.ndarray
    term: np.ndarray
    lender: np.ndarray
    account: np.ndarray
    payer: np.ndarray
    stops: np.ndarray
    settles: np.ndarray

    def overdue(self, at: np.ndarray | float) -> np.ndarray:
        """Days past due at a second of the book, by loan."""
        missed = self.disbursed + self.stops * MONTH
        return np.where(self.stops <= self.term, np.maximum((at - missed) // 86_400, 0), 0).astype(np.int64)

    def balance(self, at: np.ndarray | float) -> np.ndarray:
        """What is still to be paid back at a second of the book, by loan."""
        due = np.clip((at - self.disbursed) // MONTH, 0, self.settles)
        paid = np.minimum(due, self.stops - 1)
        return np.where(paid >= self.settles, 0.0, np.round(self.amount * (1 - paid / self.term), 2))


@dataclass
class Ledger:
    """What has been lent (loans in the order of their applications), and the transfers and sign-ins that follow.

    Attributes
    ----------
    transfers : parts of ``(from, to, amount, time, kind, purpose)``, columns of numbers
    sign_ins : parts of ``(device, account, time)``
    flags : ``(kind of node, number, flag, source, day from, day until or -1)``
    """

    loans: Loans
    transfers: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    sign_ins: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    flags: list[tuple[str, int, str, str, int, int]] = field(default_factory=list)

    def pay(
        self, source: int, target: int, amount: float, time: int, kind: str = "transfer", purpose: str = ""
    ) -> None:
        """One transfer; nothing after the end of the book."""
        if time < END and source != target:
            row = (source, target, round(float(amount), 2), int(time), CODE[kind], PURPOSE[purpose])
            self.transfers.append(tuple(np.array([cell]) for cell in row))

    def pay_all(
        self,
        source: np.ndarray,
        target: np.ndarray,
        amount: np.ndarray,
        time: np.ndarray,
        kind: str,
        purpose: np.ndarray | str = "",
    ) -> None:
        """Many transfers of one kind."""
        reasons = np.full(len(source), PURPOSE[purpose]) if isinstance(purpose, str) else purpose
        kept = (time < END) & (time >= 0) & (source != target)
        columns = (source, target, np.round(amount, 2), time, np.full(len(source), CODE[kind]), reasons)
        self.transfers.append(tuple(column[kept] for column in columns))

    def of_rows(self, rows: np.ndarray) -> np.ndarray:
        """The loans that came of some applications."""
        at = np.searchsorted(self.loans.row, rows)
        at = at[at < len(self.loans.row)]
        return np.unique(at[np.isin(self.loans.row[at], rows)])
