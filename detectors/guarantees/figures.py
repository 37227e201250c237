"""The figures of guarantee circles: exposure, grade, what goes round, and the columns of the supervisory table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among
from ..policy import GRADES
from .circulation import circulation
from .inside import Inside, Pairs, beside, guaranteed, inside, once
from .ledger import Ledger
from .net import Net
from .over import Limits, given, over
from .view import View

LETTERS = ((100_000_000, "A"), (10_000_000, "B"), (0, "C"))
"""The least balance of each letter of a grade."""
BAD = GRADES.index("次级")
LATE = 90
"""Days past due up to which a loan is not yet long overdue."""


class Circle(NamedTuple):
    """A circle to be measured.

    Attributes
    ----------
    members : party numbers, ascending
    cores : party numbers of its core enterprises
    view : ``raw`` or ``contracted``
    """

    members: np.ndarray
    cores: np.ndarray
    view: str


def figures(net: Net, ledger: Ledger, views: dict[str, View], circles: Sequence[Circle], limits: Limits) -> list[dict]:
    """The figures of each circle by name; None is what the book does not tell.

    Parameters
    ----------
    views : the net as each view sees it, by name
    """
    what = inside(net, ledger, [circle.members for circle in circles])
    columns = _money(net, ledger, what, _mutual(views, what, circles))
    columns |= _loans(ledger, what) | _core(ledger, what, circles)
    columns |= _contracts(net, views, what, circles) | _firms(net, ledger, what, limits)
    named = {name: _plain(column) for name, column in columns.items()}
    rows = [{name: column[i] for name, column in named.items()} for i in range(len(circles))]
    return [row | {"grade": grade(row)} for row in rows]


def grade(row: dict) -> str | None:
    """A1 to C3: a letter by balance and a digit by the worst class, as far as both are known; else None.

    >>> grade({"balance": 2e8, "worst_class": 1}), grade({"balance": 0.0, "worst_class": 0})
    ('A2', 'C1')
    """
    if row["balance"] is None or row["worst_class"] is None:
        return None
    letter = next(letter for least, letter in LETTERS if row["balance"] >= least)
    return f"{letter}{min(int(row['worst_class']), BAD) + 1}"


def share(part: float | None, whole: float | None) -> float | None:
    """A part of a whole; None where either is unknown or there is no whole."""
    return None if part is None or not whole or whole < 0 else round(part / whole, 6)


def _plain(column: np.ndarray) -> list:
    """Numbers as Python has them, NaN as None."""
    return [None if value != value else value for value in column.tolist()]


def _known(total: np.ndarray, known: np.ndarray) -> np.ndarray:
    """A sum, NaN where nothing of it is known."""
    return np.where(known > 0, total, np.nan)


def _sum(what: Inside, pairs: Pairs, values: np.ndarray) -> np.ndarray:
    """The sum of what is known; 0 where there is nothing to add, NaN where nothing of it is known."""
    there = np.bincount(pairs.circle, minlength=what.count)
    known = what.number(pairs, ~np.isnan(values))
    return np.where(there == 0, 0.0, _known(what.total(pairs, values), known))


def _mutual(views: dict[str, View], what: Inside, circles: Sequence[Circle]) -> np.ndarray:
    """bool by contract in a circle: guarantor and borrower lie in one strong component of the circle's view."""
    inner = {name: _inner(view) for name, view in views.items()}
    raw = np.array([circle.view == "raw" for circle in circles], dtype=bool)[what.contracts.circle]
    place = what.contracts.place
    return np.where(raw, inner["raw"][place], inner["contracted"][place])


def _inner(view: View) -> np.ndarray:
    """bool by contract of the net: both ends lie in one strong component, as two vertices."""
    one, other = view.vertex_of[view.net.guarantor], view.vertex_of[view.net.borrower]
    return (one != other) & (view.strong[one] == view.strong[other]) & view.net.structural


def _money(net: Net, ledger: Ledger, what: Inside, mutual: np.ndarray) -> dict[str, np.ndarray]:
    secured = guaranteed(net, ledger, what, what.contracts)
    both_ways = guaranteed(net, ledger, what, what.contracts.where(mutual))
    circle, owes = what.parties.circle, ledger.owes[what.parties.place]
    order = np.lexsort((-owes, circle))
    first = order[np.arange(len(order)) - np.searchsorted(circle, circle) < 3]
    return {
        "loans": np.bincount(what.loans.circle, minlength=what.count),
        "balance": _sum(what, what.loans, ledger.balance),
        "guaranteed_loans": np.bincount(secured.circle, minlength=what.count),
        "guaranteed_balance": _sum(what, secured, ledger.balance),
        "mutual_balance": _sum(what, both_ways, ledger.balance),
        "top3_balance": np.round(np.bincount(circle[first], owes[first], what.count), 2),
        "off_balance": _sum(what, what.loans, ledger.off_balance),
        "balance_unknown": what.number(what.loans, np.isnan(ledger.balance) & ~ledger.foreign),
        "other_currency": what.number(what.loans, ledger.foreign),
        "currency_unstated": what.number(what.loans, ledger.unstated),
    }


def _loans(ledger: Ledger, what: Inside) -> dict[str, np.ndarray]:
    loans = what.loans.where(ledger.owed[what.loans.place])
    known, dated = ledger.grade >= 0, ~np.isnan(ledger.dpd)
    worst = np.full(what.count, -1)
    np.maximum.at(worst, loans.circle, ledger.grade[loans.place])
    lenders = once(Pairs(loans.circle, ledger.lender[loans.place]).where(ledger.lender[loans.place] >= 0))

    def held(mask: np.ndarray) -> np.ndarray:
        return what.total(loans.where(mask[loans.place]), ledger.balance)

    return {
        "worst_class": np.where(worst < 0, np.nan, worst),
        "bad_balance": _known(held(ledger.grade >= BAD), what.number(loans, known)),
        "watch_balance": _known(held(ledger.grade == GRADES.index("关注")), what.number(loans, known)),
        "late_balance": _known(held((ledger.dpd >= 1) & (ledger.dpd <= LATE)), what.number(loans, dated)),
        "lenders": np.bincount(lenders.circle, minlength=what.count),
        "class_unknown": what.number(loans, ~known),
        "class_unknown_balance": held(~known),
        "lender_unknown": what.number(loans, ledger.lender < 0),
        "dpd_unknown": what.number(loans, ~dated),
        "class_contradicts_dpd": what.number(loans, contradicts(ledger)),
    }


def contradicts(ledger: Ledger) -> np.ndarray:
    """bool by loan: its class is better than its days past due allow, 正常 although overdue, or not yet 次级 after
    ``LATE`` days."""
    least = np.select([ledger.dpd > LATE, ledger.dpd > 0], [BAD, GRADES.index("关注")], 0)
    return (ledger.grade >= 0) & (ledger.grade < least)


def _core(ledger: Ledger, what: Inside, circles: Sequence[Circle]) -> dict[str, np.ndarray]:
    sizes = [len(circle.cores) for circle in circles]
    numbers = np.repeat(np.arange(len(circles)), sizes)
    cores = Pairs(numbers, np.concatenate([np.zeros(0, dtype=np.int64), *(one.cores for one in circles)]))
    loans = once(beside(cores, *ledger.borrowed, len(ledger.firm)))
    return {
        "core_enterprises": np.bincount(cores.circle, minlength=what.count),
        "core_balance": _sum(what, loans, ledger.balance),
    }


def _contracts(net: Net, views: dict[str, View], what: Inside, circles: Sequence[Circle]) -> dict[str, np.ndarray]:
    pairs, place = what.contracts, what.contracts.place
    arc = net.guarantor[place] * len(net.parties) + net.borrower[place]
    back = net.borrower[place] * len(net.parties) + net.guarantor[place]
    numbers = np.unique(np.concatenate((arc, back)), return_inverse=True)[1]
    arcs, backs = Pairs(pairs.circle, numbers[: len(arc)]), Pairs(pairs.circle, numbers[len(arc) :])
    distinct_arcs = once(arcs)
    answered = once(arcs.where(arcs.within(backs)))
    count = np.bincount(distinct_arcs.circle, minlength=what.count)
    known = what.number(pairs, ~np.isnan(net.amount))
    total = _known(what.total(pairs, net.amount), known)
    round_about = _circulating(net, views, what, circles)
    largest = _largest_giver(net, what)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "arcs": count,
            "contracts": np.bincount(pairs.circle, minlength=what.count),
            "contract_sum": total,
            "contract_amount_unknown": what.number(pairs, net.unknown),
            "contract_other_currency": what.number(pairs, net.foreign),
            "contract_never_in_force": _never_in_force(net, what),
            "contract_without_loan": what.number(pairs, np.asarray(net.column("loan_id").isna())),
            "circulating": round_about,
            "circulating_share": np.round(np.where(total > 0, round_about / total, np.nan), 6),
            "reciprocity": np.round(np.bincount(answered.circle, minlength=what.count) / count, 6),
            "largest_guarantor_share": np.round(np.where(total > 0, largest / total, np.nan), 6),
        }


def _circulating(net: Net, views: dict[str, View], what: Inside, circles: Sequence[Circle]) -> np.ndarray:
    """float64 by circle: the maximum circulation of the known amounts, between the vertices of its view."""
    raw = np.array([circle.view == "raw" for circle in circles], dtype=bool)[what.contracts.circle]
    known = ~np.isnan(net.amount[what.contracts.place]) & _mutual(views, what, circles)
    place = what.contracts.place
    ends = [
        np.where(raw, views["raw"].vertex_of[end[place]], views["contracted"].vertex_of[end[place]])
        for end in (net.guarantor, net.borrower)
    ]
    return circulation(
        what.contracts.circle[known], ends[0][known], ends[1][known], net.amount[place[known]], what.count
    )


def _never_in_force(net: Net, what: Inside) -> np.ndarray:
    """int64 by circle: contracts between its parties that end no later than they begin, and so count nowhere."""
    view = net.snapshot
    source, target = view.ends(view.never_in_force("GUARANTEES"))
    both = among(source, net.parties) & among(target, net.parties) & (source != target)
    one, other = (np.searchsorted(net.parties, end[both]) for end in (source, target))
    found = beside(what.parties, one, np.arange(len(one)), len(net.parties))
    return what.number(
        found.where(Pairs(found.circle, other[found.place]).within(what.parties)), np.ones(len(one), bool)
    )


def _largest_giver(net: Net, what: Inside) -> np.ndarray:
    """float64 by circle: the known amounts that the one who guarantees most guarantees in it."""
    pairs = what.contracts
    keys = pairs.circle * len(net.parties) + net.guarantor[pairs.place]
    each, at = np.unique(keys, return_inverse=True)
    sums = np.bincount(at, np.nan_to_num(net.amount[pairs.place]), len(each))
    most = np.zeros(what.count)
    np.maximum.at(most, each // max(len(net.parties), 1), sums)
    return most


def _firms(net: Net, ledger: Ledger, what: Inside, limits: Limits) -> dict[str, np.ndarray]:
    firms = what.parties.where(ledger.firm[what.parties.place])
    gives = np.zeros(len(net.parties), dtype=bool)
    gives[net.guarantor[given(net)]] = True
    ratio = over(net, ledger.net_assets)
    return {
        "parties": np.bincount(what.parties.circle, minlength=what.count),
        "companies": np.bincount(firms.circle, minlength=what.count),
        "assets": _sum(what, firms, ledger.assets),
        "liabilities": _sum(what, firms, ledger.liabilities),
        "net_assets": _sum(what, firms, ledger.net_assets),
        "without_financials": what.number(firms, np.isnan(ledger.net_assets)),
        "over_watch": what.number(what.parties, ratio > limits.over_watch),
        "over_hold": what.number(what.parties, ratio > limits.over_hold),
        "over_unknown": what.number(what.parties, gives & np.isnan(ratio)),
    }
