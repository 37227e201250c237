"""Loans as they are drawn: several a day, on a new card, whole and moved out at once, or small and regular."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from ...graph.kernels.sets import among, distinct, laid_out
from ...graph.model import ALWAYS, KIND_CODE
from ...graph.snapshot import Edges, GraphView
from ...graph.times import DEFAULT_ZONE
from ..contract import Params
from ..sharing.facets import DAY
from .filed import Filed, cells, own
from .hits import Busy, Hit, busy
from .limits import HOUR

REST = DAY - 1
"""The rest of a day of 24 hours after its first instant: what is dated by the day alone falls on one day."""
OUT = "transfer"
"""The kind of payment by which money goes to others. What is spent bought something, and a withdrawal is how a loan is
taken in cash: it says nothing of who has the money then."""
LONGEST_ROUND, SHORTEST_ROUND = 45 * DAY, 3 * DAY
"""Between loans of one who borrows regularly lies so much time, at the most and at the least."""
EVEN, MOSTLY = 0.25, 0.8
"""A gap is even that differs from the median one by no more than this share of it, and so many gaps are."""


class Draws:
    """The loans of applicants that are known to have been paid out; arrays of one length, by applicant, then by time.

    Attributes
    ----------
    loan, applicant : int64 nodes
    time : int64, when the first of it was paid out, epoch milliseconds
    amount, limit : float64, NaN where unknown
    position : int64, the relationship that says so: the payment, else that it was borrowed
    paid : DISBURSED_TO relationships of these loans
    """

    def __init__(self, view: GraphView, filed: Filed):
        self.view, self.filed = view, filed
        borrowed = view.edges("BORROWED")
        borrowed = borrowed.where(view.kinds[borrowed.source] == KIND_CODE["applicant"])
        paid = view.edges("DISBURSED_TO")
        self.paid = paid.where((paid.valid_from > ALWAYS) & among(paid.source, distinct(borrowed.target)))
        told = cells(view, "loans", borrowed.target, "amount", "credit_limit", "disbursed_at")
        self.loan, self.applicant = borrowed.target.astype(np.int64), borrowed.source.astype(np.int64)
        first, position = _first(self.paid, view.node_count)
        stated = told["disbursed_at"].astype(np.float64)
        self.time = np.where(
            position[self.loan] >= 0, first[self.loan], stated.fillna(ALWAYS).to_numpy().astype(np.int64)
        )
        self.position = np.where(position[self.loan] >= 0, position[self.loan], borrowed.positions)
        self.amount = told["amount"].to_numpy(dtype=np.float64)
        self.limit = told["credit_limit"].to_numpy(dtype=np.float64)
        self._keep(self.time > ALWAYS)
        self._keep(np.lexsort((self.loan, self.time, self.applicant)))

    def _keep(self, mask: np.ndarray) -> None:
        for name in ("loan", "applicant", "time", "amount", "limit", "position"):
            setattr(self, name, getattr(self, name)[mask])

    def __len__(self) -> int:
        return len(self.loan)

    @cached_property
    def row_of(self) -> np.ndarray:
        """int64 by node, the place of a loan, -1 for whatever is none."""
        place = np.full(self.view.node_count, -1, dtype=np.int64)
        place[self.loan] = np.arange(len(self))
        return place

    @cached_property
    def opened(self) -> np.ndarray:
        """int64 by node, when an account was opened, ``ALWAYS`` where that is not on record."""
        told = self.view.facts("accounts", columns=("opened_at",)).dropna(subset=["opened_at"])
        at = np.full(self.view.node_count, ALWAYS, dtype=np.int64)
        at[told["node"].to_numpy()] = told["opened_at"].to_numpy().astype(np.int64)
        return at

    @cached_property
    def moved(self) -> Edges:
        """Money that left the accounts which loans were paid out to, by account, then by time."""
        out = self.view.edges("TRANSFERRED")
        out = out.where(among(out.source, distinct(self.paid.target)))
        if not len(out):
            return out
        kind = out.column("kind")
        out = out.where(np.asarray((kind == OUT) | kind.isna(), dtype=bool))
        return out.where(np.lexsort((out.positions, out.valid_from, out.source)))

    def hit(self, sign: str, rows: np.ndarray, count: int, least: int, more: Sequence[int] | np.ndarray = ()) -> Hit:
        """What loans at these places, by time, show; ``more`` are further relationships that say so."""
        people = distinct(self.applicant[rows])
        return Hit(
            sign=sign,
            people=tuple(people.tolist()),
            persons=len(distinct(self.filed.person[people])),
            count=count,
            least=least,
            first=int(self.time[rows].min()),
            last=int(self.time[rows].max()),
            rows=np.concatenate((self.position[rows], np.asarray(more, dtype=np.int64))),
            figures={"loans": self.loan[rows]},
        )


def _first(paid: Edges, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """By node, when the first of a loan was paid out, and the payment's position; -1 where none was."""
    time, position = (np.full(nodes, -1, dtype=np.int64) for _ in range(2))
    order = np.lexsort((paid.positions, -paid.valid_from))
    time[paid.source[order]] = paid.valid_from[order]
    position[paid.source[order]] = paid.positions[order]
    return time, position


def several_a_day(draws: Draws, params: Params) -> Iterator[Hit]:
    """Persons who draw several loans within 24 hours."""
    person = draws.filed.person[draws.applicant]
    for found in busy(person, draws.time, np.arange(len(draws)), REST, params["draws_a_day"]):
        yield _busy_days(draws, "draws", found, found.inside, params["draws_a_day"])


def new_card(draws: Draws, params: Params) -> Iterator[Hit]:
    """Cards that receive two loans or more within 24 hours, the first on the day on which they were opened."""
    paid, loan = _on_cards(draws)
    age = paid.valid_from - draws.opened[paid.target]
    begins = (draws.opened[paid.target] > ALWAYS) & (age >= 0) & (age < DAY)
    for found in busy(paid.target.astype(np.int64), paid.valid_from, loan, REST, params["new_card_loans"], begins):
        yield _on_card(draws, "new_card", found, paid, loan, params["new_card_loans"])


def night_card(draws: Draws, params: Params) -> Iterator[Hit]:
    """Cards opened at night that receive a loan within 24 hours. A card opened at the first instant of a day may be
    one whose hour nobody wrote down."""
    paid, loan = _on_cards(draws)
    opened = draws.opened[paid.target]
    soon = np.flatnonzero((opened > ALWAYS) & (paid.valid_from >= opened) & (paid.valid_from - opened < DAY))
    begins = np.zeros(len(paid), dtype=bool)
    begins[soon] = [_at_night(int(time), params) for time in opened[soon].tolist()]
    for found in busy(paid.target.astype(np.int64), paid.valid_from, loan, REST, 1, begins):
        yield _on_card(draws, "night_card", found, paid, loan, 1)


def _on_cards(draws: Draws) -> tuple[Edges, np.ndarray]:
    """Payments of loans to accounts, and the loans' places."""
    paid = draws.paid.where(draws.view.kinds[draws.paid.target] == KIND_CODE["account"])
    return paid, draws.row_of[paid.source]


def _busy_days(draws: Draws, sign: str, found: Busy, rows: np.ndarray, least: int, more=()) -> Hit:
    """Loans that come close together."""
    return replace(draws.hit(sign, rows, found.count, least, more), first=found.first, last=found.last)


def _on_card(draws: Draws, sign: str, found: Busy, paid: Edges, loan: np.ndarray, least: int) -> Hit:
    """The same of the loans that one card receives."""
    rows = loan[found.inside]
    rows = rows[np.sort(np.unique(rows, return_index=True)[1])]
    hit = _busy_days(draws, sign, found, rows, least, paid.positions[found.inside])
    figures = hit.figures | {"opened": int(draws.opened[found.group])}
    return replace(hit, key=int(draws.filed.number[found.group]), things=(found.group,), figures=figures)


def _at_night(time: int, params: Params) -> bool:
    at = datetime.fromtimestamp(time / 1000, ZoneInfo(DEFAULT_ZONE))
    dated_only = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    return not dated_only and (at.hour >= params["night_begins"] or at.hour < params["night_ends"])


def moved_out(draws: Draws, params: Params) -> Iterator[Hit]:
    """Loans that take the whole limit, most of which goes on within hours, to accounts that are not the borrower's."""
    whole = np.flatnonzero((draws.amount > 0) & (draws.amount >= params["whole_share"] * draws.limit))
    paid, loan = _on_cards(draws)
    some = np.isin(loan, whole)
    paid, loan = paid.where(some), loan[some]
    moved = draws.moved
    if not len(paid) or not len(moved):
        return
    key = _ordered(moved.source, moved.valid_from)
    low = np.searchsorted(key, _ordered(paid.target, paid.valid_from))
    late = paid.valid_from + params["moved_hours"] * HOUR
    high = np.searchsorted(key, _ordered(paid.target, late), side="right")
    of, place = np.repeat(loan, high - low), laid_out(low, high)
    owns = own(draws.view, "OWNS")
    kept = np.isin(draws.applicant[of] << 32 | moved.target[place], owns.source.astype(np.int64) << 32 | owns.target)
    fits = ~kept & (moved.amount[place] <= _brought(paid, moved, params)[place])
    of, place = of[fits], place[fits]
    total = np.bincount(of, weights=moved.amount[place], minlength=len(draws))
    for row in whole[total[whole] >= params["moved_share"] * draws.amount[whole]].tolist():
        out = place[of == row]
        hit = draws.hit("moved_out", np.array([row]), 1, 1, distinct(moved.positions[out]))
        last, figures = int(moved.valid_from[out].max()), hit.figures | {"moved": float(total[row])}
        yield replace(hit, last=last, figures=figures)


def _brought(paid: Edges, moved: Edges, params: Params) -> np.ndarray:
    """float64 by transfer: what loans brought within hours before it; what is more pays out other money too."""
    key = _ordered(paid.target, paid.valid_from)
    order = np.argsort(key, kind="stable")
    total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(paid.amount[order]))))
    early = moved.valid_from - params["moved_hours"] * HOUR
    low = np.searchsorted(key[order], _ordered(moved.source, early))
    return total[np.searchsorted(key[order], _ordered(moved.source, moved.valid_from), side="right")] - total[low]


def _ordered(account: np.ndarray, time: np.ndarray) -> np.ndarray:
    """int64 that rise by account, then by time: to the second, which a book of centuries leaves room for."""
    return (account.astype(np.int64) << 34) + np.clip(time // 1000, 0, (1 << 34) - 1)


def polishing(draws: Draws, params: Params) -> Iterator[Hit]:
    """Persons whose loans are many, small and regular, all of them, and none paid to a shop (信用美容)."""
    person = draws.filed.person[draws.applicant]
    spent = distinct(draws.paid.source[draws.view.kinds[draws.paid.target] == KIND_CODE["merchant"]])
    small = (draws.amount <= params["polish_amount"]) & ~among(draws.loan, spent)
    total = np.bincount(person, minlength=1)
    some = np.bincount(person[small], minlength=len(total))
    many = np.flatnonzero((some == total) & (total >= params["polish_loans"]))
    rows = np.flatnonzero(np.isin(person, many))
    rows = rows[np.lexsort((draws.loan[rows], draws.time[rows], person[rows]))]
    edges = np.flatnonzero(np.diff(person[rows], prepend=-1))
    for own_rows in np.split(rows, edges[1:]) if len(rows) else ():
        gaps = np.diff(draws.time[own_rows])
        usual = float(np.median(gaps))
        even = np.mean(np.abs(gaps - usual) <= EVEN * usual)
        if SHORTEST_ROUND <= usual <= LONGEST_ROUND and even >= MOSTLY:
            hit = draws.hit("polishing", own_rows, len(own_rows), params["polish_loans"])
            yield replace(hit, figures=hit.figures | {"gap": usual})
