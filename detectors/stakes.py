"""Money at stake with some people: what they borrowed and still owe, by currency, as known at a view's ``as_of``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ..graph.kernels.sets import distinct
from ..graph.model import RELATION_CODE
from ..graph.snapshot import GraphView
from ..graph.words.money import currency_code

LOSS = "损失"
"""The class of a loan that is written off."""
FIGURES = ("balance", "overdue", "written_off")
"""The balance of all loans, of those with days past due, and of those of class 损失."""
_CELLS = ("currency", "balance", "dpd", "five_class")
_BORROWED = RELATION_CODE["BORROWED"]


class Stakes(NamedTuple):
    """What is at stake.

    Attributes
    ----------
    amounts : ``[{"currency", "loans", "balance", "overdue", "written_off", "unknown"}]``, one for each currency, blank
        where it is not on record; ``unknown`` has by figure the number of loans for which the book does not tell it:
        they are in no sum, and a figure that no loan tells is None, never 0
    by_member : the same for each of the people who borrowed; a loan of two of them stands with both
    """

    amounts: list[dict]
    by_member: dict[str, list[dict]]


class _Loan(NamedTuple):
    currency: str
    figures: tuple[float | None, ...]


def stakes(view: GraphView, people: Iterable[str]) -> Stakes:
    """What is at stake with people, each loan once.

    Parameters
    ----------
    people : names of parties
    """
    names = sorted(people)
    numbers = view.find_all(names)
    positions = distinct(view.touching(numbers[numbers >= 0]))
    positions = positions[(view.relation_codes(positions) == _BORROWED) & view.visible(positions)]
    source, target = view.ends(positions)
    loans = _loans(view, distinct(target))
    borrowed: dict[int, set[int]] = defaultdict(set)
    for member, loan in zip(source.tolist(), target.tolist(), strict=True):
        borrowed[member].add(loan)
    by_member = {
        name: [loans[loan] for loan in sorted(borrowed[number])]
        for name, number in zip(names, numbers.tolist(), strict=True)
        if number in borrowed
    }
    return Stakes(_sums(loans.values()), {name: _sums(some) for name, some in by_member.items()})


def most(amounts: Sequence[dict]) -> float:
    """The largest balance in one currency: amounts of two currencies are never added."""
    return max((one["balance"] or 0.0 for one in amounts), default=0.0)


def _loans(view: GraphView, numbers: np.ndarray) -> dict[int, _Loan]:
    """Loans by number, those that no row tells anything of as well."""
    facts = view.facts("loans", numbers).reindex(columns=["node", *_CELLS])
    columns = [facts[name].tolist() for name in facts]
    told = {
        node: _loan(*(None if cell != cell else cell for cell in cells)) for node, *cells in zip(*columns, strict=True)
    }
    return {number: told.get(number, _loan(None, None, None, None)) for number in numbers.tolist()}


def _loan(currency: str | None, balance: float | None, late: float | None, grade: str | None) -> _Loan:
    overdue = None if late is None else balance if late > 0 else 0.0
    lost = None if grade is None else balance if grade == LOSS else 0.0
    return _Loan(currency_code(currency), (balance, overdue, lost))


def _sums(loans: Iterable[_Loan]) -> list[dict]:
    by_currency: dict[str, list[_Loan]] = defaultdict(list)
    for loan in loans:
        by_currency[loan.currency].append(loan)
    return [_sum(currency, some) for currency, some in sorted(by_currency.items())]


def _sum(currency: str, loans: Sequence[_Loan]) -> dict:
    columns = dict(zip(FIGURES, zip(*(loan.figures for loan in loans), strict=True), strict=True))
    known = {figure: [value for value in column if value is not None] for figure, column in columns.items()}
    return {
        "currency": currency,
        "loans": len(loans),
        **{figure: round(sum(values), 2) if values else None for figure, values in known.items()},
        "unknown": {figure: len(loans) - len(values) for figure, values in known.items()},
    }
