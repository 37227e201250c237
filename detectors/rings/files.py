"""What is on file of people: when they applied, and when they borrowed how much."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from ...graph.model import ALWAYS
from ...graph.snapshot import Edges, GraphView
from ...graph.words.money import by_currency


class Files:
    """What is on file of people, by node: when they applied, and when they borrowed how much."""

    def __init__(self, snapshot: GraphView, nodes: np.ndarray):
        wanted = np.zeros(snapshot.node_count, dtype=bool)
        wanted[nodes] = True
        applied, borrowed = (snapshot.edges(relation) for relation in ("APPLIED", "BORROWED"))
        applied = applied.where(wanted[applied.source] & (applied.valid_from > ALWAYS))
        borrowed = borrowed.where(wanted[borrowed.source])
        amounts, currencies = _amounts(snapshot, borrowed)
        self.applied: dict[int, list[int]] = {}
        for person, time in zip(applied.source.tolist(), applied.valid_from.tolist(), strict=True):
            self.applied.setdefault(person, []).append(time)
        self.borrowed: dict[int, list[tuple[int, float, str | None]]] = {}
        rows = zip(borrowed.source.tolist(), borrowed.valid_from.tolist(), amounts, currencies, strict=True)
        for person, time, amount, currency in rows:
            if not math.isnan(amount):
                self.borrowed.setdefault(person, []).append((time, amount, currency))

    def borrowed_within(self, nodes: Iterable[int], first: int, last: int) -> dict[str, float]:
        """What some of the people borrowed from the first to the last time, by the code of the currency; that of no
        currency on record comes last."""
        return by_currency(
            (amount, currency)
            for node in nodes
            for time, amount, currency in self.borrowed.get(node, ())
            if first <= time <= last
        )


def _amounts(snapshot: GraphView, borrowed: Edges) -> tuple[list[float], list[str | None]]:
    """The amount of each loan borrowed, NaN where none is known, and its currency, None where none is on record."""
    loans = snapshot.facts("loans", borrowed.target.tolist(), ("amount", "currency")).set_index("node")
    columns = loans.reindex(borrowed.target, columns=["amount", "currency"]).astype(object)
    amounts, currencies = (columns[name].where(columns[name].notna(), None).tolist() for name in columns)
    return [math.nan if amount is None else float(amount) for amount in amounts], currencies
