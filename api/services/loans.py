"""The loans of some people, as rows state them at a view's time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import RELATION_CODE
from ...graph.snapshot import GraphView

CELLS = ("product", "currency", "amount", "balance", "disbursed_at", "dpd", "five_class")


def loans_of(view: GraphView, people: Iterable[str]) -> list[dict[str, Any]]:
    """Each loan with each of the people who borrowed it, the largest known balance first: ``who``, ``loan`` (names) and
    ``CELLS``, of which what no row states is None.

    Parameters
    ----------
    people : names of parties
    """
    numbers = view.find_all(sorted(people))
    positions = distinct(view.touching(numbers[numbers >= 0]))
    positions = positions[(view.relation_codes(positions) == RELATION_CODE["BORROWED"]) & view.visible(positions)]
    told = _told(view, distinct(view.ends(positions)[1]))
    nothing: dict[str, Any] = dict.fromkeys(CELLS)
    pairs = set(zip(*(view.names(end) for end in view.ends(positions)), strict=True))
    found = [{"who": who, "loan": loan, **told.get(loan, nothing)} for who, loan in sorted(pairs)]
    return sorted(found, key=lambda loan: -(loan["balance"] or 0.0))


def _told(view: GraphView, loans: np.ndarray) -> dict[str, dict[str, Any]]:
    facts = view.facts("loans", loans, CELLS)
    rows = zip(*(facts[cell].tolist() for cell in CELLS), strict=True)
    stated = ((None if cell != cell else cell for cell in row) for row in rows)
    names = view.names(facts["node"].to_numpy())
    return {name: dict(zip(CELLS, row, strict=True)) for name, row in zip(names, stated, strict=True)}
