"""What people borrowed and still owe, for the evidence page: a row for each loan, and sums by currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...detectors.stakes import FIGURES, LOSS, stakes
from ...graph.kernels.sets import distinct
from ...graph.model import RELATION_CODE
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from ...graph.words.money import currency_code, money
from ...graph.words.names import Words
from ...graph.words.plain import plain
from ..services.labels import labels

LISTED = 500
"""Most loans that a page lists: those of the largest balance."""
_CELLS = ("product", "currency", "amount", "balance", "disbursed_at", "dpd", "five_class")
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
    numbers = view.find_all(names)
    positions = distinct(view.touching(numbers[numbers >= 0]))
    positions = positions[(view.relation_codes(positions) == RELATION_CODE["BORROWED"]) & view.visible(positions)]
    told = _told(view, distinct(view.ends(positions)[1]))
    pairs = sorted(set(zip(*(view.names(end) for end in view.ends(positions)), strict=True)))
    pairs.sort(key=lambda pair: -(told.get(pair[1], {}).get("balance") or 0.0))
    seen = labels(view, {name for pair in pairs[:LISTED] for name in pair})
    loans = [{"who": seen[who], "loan": seen[loan], **_loan(told.get(loan, {}))} for who, loan in pairs[:LISTED]]
    return {"loans": loans, "more": len(pairs) - len(loans), "sums": [_sum(one) for one in stakes(view, names).amounts]}


def _told(view: GraphView, loans: np.ndarray) -> dict[str, dict[str, Any]]:
    """What rows state of loans, by name; a blank cell is left out."""
    facts = view.facts("loans", loans, _CELLS)
    rows = zip(*(facts[cell].tolist() for cell in _CELLS), strict=True)
    told = (dict(zip(_CELLS, row, strict=True)) for row in rows)
    stated = [{cell: value for cell, value in row.items() if value is not None and value == value} for row in told]
    return dict(zip(view.names(facts["node"].to_numpy()), stated, strict=True))


def _loan(told: Mapping[str, Any]) -> dict[str, Any]:
    since, late = told.get("disbursed_at"), told.get("dpd")
    return {
        "product": plain(str(told.get("product", ""))),
        "since": (to_iso(int(since)) or "")[:10] if since is not None else "",
        "amount": _money(told.get("amount"), told.get("currency")),
        "balance": _money(told.get("balance"), told.get("currency")),
        "late": None if late is None else int(late),
        "grade": plain(str(told.get("five_class", ""))),
        "lost": told.get("five_class") == LOSS,
    }


def _money(value: float | None, currency: Any) -> Words:
    return UNKNOWN if value is None else _words(value, currency_code(currency))


def _words(value: float, code: str) -> Words:
    """An amount with its currency; one of no currency on record says so, as no court guesses it."""
    told = money(value, code)
    return told if code else Words(f"{told.zh}（币种不详）", f"{told.en}, currency not on record")


def _sum(one: Mapping[str, Any]) -> dict[str, Any]:
    """What is at stake in one currency: ``count`` loans, and each figure with the ``gap`` of loans that tell none."""
    told = {name: UNKNOWN if one[name] is None else _words(one[name], one["currency"]) for name in FIGURES}
    figures = {name: {"words": words, "gap": one["unknown"][name]} for name, words in told.items()}
    return {"count": one["loans"], **figures}
