"""What people borrowed and still owe, for the evidence page: a row for each loan, and sums by currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...detectors.stakes import FIGURES, LOSS, stakes
from ...graph.snapshot import GraphView
from ...graph.words.money import currency_code, money
from ...graph.words.names import Words
from ...graph.words.plain import plain
from ..services.labels import labels
from ..services.loans import loans_of
from .items import day

LISTED = 500
"""Most loans that a page lists: those of the largest balance."""
UNKNOWN = Words("未知", "unknown")


def owed(view: GraphView, people: Iterable[str]) -> dict[str, Any]:
    """The loans of people and what is at stake with them: ``{"loans", "more", "sums"}``.

    A loan has ``who``, ``loan`` (labels), ``product``, ``since``, ``amount``, ``balance`` (words with the currency),
    ``late`` (days), ``grade`` and ``lost``; what no row states is unknown, never 0. ``more`` loans are not listed.

    Parameters
    ----------
    people : names of parties
    """
    names = sorted(people)
    found = loans_of(view, names)
    listed = found[:LISTED]
    seen = labels(view, {loan[end] for loan in listed for end in ("who", "loan")})
    loans = [{"who": seen[loan["who"]], "loan": seen[loan["loan"]], **_loan(loan)} for loan in listed]
    return {"loans": loans, "more": len(found) - len(loans), "sums": [_sum(one) for one in stakes(view, names).amounts]}


def _loan(told: Mapping[str, Any]) -> dict[str, Any]:
    late, grade = told["dpd"], told["five_class"]
    return {
        "product": plain(told["product"] or ""),
        "since": day(None if told["disbursed_at"] is None else int(told["disbursed_at"]))[:10],
        "amount": _amount(told["amount"], told["currency"]),
        "balance": _amount(told["balance"], told["currency"]),
        "late": None if late is None else int(late),
        "grade": plain(grade or ""),
        "lost": grade == LOSS,
    }


def _amount(value: float | None, currency: str | None) -> Words:
    """An amount with its currency; one of no currency on record says so, as nobody is to guess it."""
    if value is None:
        return UNKNOWN
    told = money(value, currency)
    return told if currency_code(currency) else Words(f"{told.zh}（币种不详）", f"{told.en}, currency not on record")


def _sum(one: Mapping[str, Any]) -> dict[str, Any]:
    """What is at stake in one currency: ``count`` loans, and each figure with the ``gap`` of loans that tell none."""
    figures = {name: {"words": _amount(one[name], one["currency"]), "gap": one["unknown"][name]} for name in FIGURES}
    return {"count": one["loans"], **figures}
