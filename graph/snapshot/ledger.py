"""Every row of a book by the node it starts or ends at, in order of time: for questions about all that ever happened.

A row counts once, as it was stated last, whatever ``as_of``; so does one that has ended since, or that a later extract
lists no more. Only an event that its row no longer states never was, and does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..kernels.timed import Timed
from ..model import ALWAYS, FOREVER
from .view import Edges, GraphView

if TYPE_CHECKING:
    import pandas as pd

RELATIONS_OF = {
    "transfers": "TRANSFERRED",
    "withdrawals": "TRANSFERRED",
    "deposits": "DISBURSED_TO",
    "repayments": "REPAID",
    "ownership": "OWNS",
    "sign_ins": "SIGNED_IN",
    "guarantees": "GUARANTEES",
    "holdings": "HOLDS_SHARE",
    "loans": "BORROWED",
}
"""What a ledger holds rows of, each with its relation."""
WITHDRAWAL = "withdrawal"
"""The kind of the transfers that are withdrawals; all others are transfers."""


class Ledger:
    """The rows of a snapshot. What is asked for is put in order once, when first needed."""

    def __init__(self, view: GraphView):
        self._view = view
        self._edges: dict[str, Edges] = {}
        self._timed: dict[tuple[str, bool], Timed] = {}

    def rows(self, rows: str) -> Edges:
        """Rows of a kind of ``RELATIONS_OF`` as relationships, in no order."""
        return self._of(rows)

    def out_of(self, rows: str) -> Timed:
        """Rows of a kind of ``RELATIONS_OF`` by the node they come from."""
        return self._ordered(rows, forward=True)

    def into(self, rows: str) -> Timed:
        """The same by the node they go to."""
        return self._ordered(rows, forward=False)

    def _ordered(self, rows: str, forward: bool) -> Timed:
        if (rows, forward) not in self._timed:
            edges = self._of(rows)
            ends = (edges.source, edges.target) if forward else (edges.target, edges.source)
            self._timed[rows, forward] = Timed.of(*ends, edges.valid_from, edges.amount)
        return self._timed[rows, forward]

    def _of(self, rows: str) -> Edges:
        if rows not in self._edges:
            edges = last_edges(self._view, RELATIONS_OF[rows])
            if edges.relation == "TRANSFERRED":
                withdrawn = edges.column("kind").to_numpy() == WITHDRAWAL
                self._edges["withdrawals"], self._edges["transfers"] = edges.where(withdrawn), edges.where(~withdrawn)
            else:
                self._edges[rows] = edges
        return self._edges[rows]

    @cached_property
    def loans(self) -> dict[int, tuple[float, float]]:
        """The amount and the balance of loans by node, NaN where unknown."""
        facts = last_facts(self._view, "loans", ("amount", "balance"))
        sums = facts[["amount", "balance"]].to_numpy(dtype=float)
        return dict(zip(facts["node"].tolist(), map(tuple, sums.tolist()), strict=True))

    @cached_property
    def device_types(self) -> dict[int, str | None]:
        """What kind of device each is, by node."""
        facts = last_facts(self._view, "devices", ("device_type",))
        types = facts["device_type"].astype(object).where(facts["device_type"].notna(), None)
        return dict(zip(facts["node"].tolist(), types.tolist(), strict=True))

    @cached_property
    def blocked(self) -> np.ndarray:
        """int32, ascending: the nodes that are or were on a blacklist."""
        facts = last_facts(self._view, "flags", ("flag",))
        return np.unique(facts.loc[facts["flag"] == "blacklist", "node"].to_numpy(np.int32))


def last_edges(view: GraphView, relation: str) -> Edges:
    """The relationships of a relation, each as its row stated it last: known or not, in force or not."""
    files, versions = view._files, view._versions(relation)
    counts = _counts(files.edges["superseded_at"][versions], files.edges["valid_to"][versions])
    positions = versions.start + np.flatnonzero(counts) if isinstance(versions, slice) else versions[counts]
    source, target = view.ends(positions)
    columns = {name: files.edges[name][positions] for name in ("amount", "valid_from", "valid_to")}
    return Edges(relation, positions, source, target, **columns, _files=files)


def last_facts(view: GraphView, table: str, columns: Sequence[str]) -> pd.DataFrame:
    """What the rows of a table stated last: ``node``, and some cells, blank where the store never saw the column."""
    import pandas as pd

    files = view._files
    if table not in files.tables:
        return pd.DataFrame({name: [] for name in ("node", *columns)})
    facts, among = files.facts(table), view._stated(table)
    counts = _counts(facts.numbers["superseded_at"][among], facts.numbers["valid_to"][among])
    places = np.flatnonzero(counts) if isinstance(among, slice) else among[counts]
    known = [name for name in columns if name in facts.cells.column_names]
    frame = facts.cells.select(known).take(places).to_pandas().reindex(columns=list(columns))
    frame.insert(0, "node", view._numbered(facts.numbers["node"][places]))
    return frame


def _counts(superseded_at: np.ndarray, valid_to: np.ndarray) -> np.ndarray:
    """bool by version: it is its row's last, and what it states was at some time."""
    return (superseded_at == FOREVER) & (valid_to > ALWAYS)
