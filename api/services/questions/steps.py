"""How one question goes from node to node: within its window, and along so many rows as its limit lets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import fsum

import numpy as np

from ....graph.kernels.sets import distinct, laid_out
from ....graph.kernels.timed import Rows, Timed
from ....graph.model import KIND_CODE
from ....graph.snapshot import Snapshot
from .figures import id_order

MOST = 500_000
"""Most rows that paths are continued by at one step: paths multiply, all else grows with the rows alone."""


@dataclass
class Steps:
    """The rows of a book that one question looks at, and what bounds kept from it.

    Attributes
    ----------
    snapshot : whatever its ``as_of``, all rows count
    start, end : the window, open at both ends; epoch milliseconds
    limit : most rows of one node at one step; None for all
    order : which are the first, one of ``declared.ORDERS``
    cut : how many rows a limit left out, by step and node
    beyond : how many rows were not followed for being more than ``MOST``
    unknown : how many amounts or balances were to be compared or added up and are not on record
    noted : bounds that bit, as all answers tell them
    """

    snapshot: Snapshot
    start: int
    end: int
    limit: int | None = None
    order: str = "time-descending"
    cut: dict[tuple[str, int], int] = field(default_factory=dict)
    beyond: int = 0
    unknown: int = 0
    noted: list[dict] = field(default_factory=list)

    # -- rows of the window
    def out_of(
        self,
        nodes: np.ndarray,
        *kinds: str,
        above: float | np.ndarray | None = None,
        later: np.ndarray | None = None,
        most: int | None = None,
    ) -> Rows:
        """Rows that leave some nodes.

        Parameters
        ----------
        kinds : of ``ledger.RELATIONS_OF``
        above : only amounts above this, one for all nodes or one for each, which are then distinct and ascending
        later : only what was later than this, epoch milliseconds by node
        most : most rows in all
        """
        events = {f"from {kind}": self.snapshot.ledger.out_of(kind) for kind in kinds}
        return self._rows(nodes, events, above, self.start if later is None else later, self.end, most)

    def into(
        self,
        nodes: np.ndarray,
        *kinds: str,
        above: float | np.ndarray | None = None,
        earlier: np.ndarray | None = None,
    ) -> Rows:
        """Rows that go into some nodes; ``earlier``: only what was earlier than this, by node."""
        events = {f"into {kind}": self.snapshot.ledger.into(kind) for kind in kinds}
        return self._rows(nodes, events, above, self.start, self.end if earlier is None else earlier)

    def _rows(
        self,
        nodes: np.ndarray,
        events: dict[str, Timed],
        above: float | np.ndarray | None,
        after: int | np.ndarray,
        before: int | np.ndarray,
        most: int | None = None,
    ) -> Rows:
        if self.limit is None:
            return self._between(nodes, events, above, after, before, most)
        # A limit keeps the first of a node's rows in the window, however often and when the node was reached.
        different, place = np.unique(nodes, return_inverse=True)
        rows = self._between(different, events, above, self.start, self.end)
        rows = self._first(rows, different, " ".join(events), self.limit)
        ends = np.cumsum(np.bincount(rows.origin, minlength=len(different)))
        low, high = np.concatenate(([0], ends))[place], ends[place]
        high = self._within(low, high, most)
        rows = rows.where(laid_out(low, high))._replace(origin=np.repeat(np.arange(len(nodes)), high - low))
        by_row = [np.broadcast_to(bound, len(nodes))[rows.origin] for bound in (after, before)]
        return rows.where((by_row[0] < rows.time) & (rows.time < by_row[1]))

    def _between(
        self,
        nodes: np.ndarray,
        events: dict[str, Timed],
        above: float | np.ndarray | None,
        after: int | np.ndarray,
        before: int | np.ndarray,
        most: int | None = None,
    ) -> Rows:
        spans = [(some, *some.spans(nodes, after, before)) for some in events.values()]
        rows = Rows.joined([Rows.between(some, low, self._within(low, high, most)) for some, low, high in spans])
        if above is None:
            return rows
        self.unknown += int(np.isnan(rows.amount).sum())
        return rows.where(rows.amount > np.broadcast_to(above, len(nodes))[rows.origin])

    def _within(self, low: np.ndarray, high: np.ndarray, most: int | None) -> np.ndarray:
        """The ends of spans that hold ``most`` rows together, the first of them; what is beyond is noted."""
        count = high - low
        beyond = 0 if most is None else np.clip(np.cumsum(count) - most, 0, count)
        self.beyond += int(np.sum(beyond))
        return high - beyond

    def _first(self, rows: Rows, nodes: np.ndarray, step: str, limit: int) -> Rows:
        """As many rows of each node as the limit lets through, the first ones in order."""
        count = np.bincount(rows.origin, minlength=len(nodes))
        hubs = np.flatnonzero(count > limit).tolist()
        self.cut |= {(step, int(nodes[hub])): int(count[hub]) - limit for hub in hubs}
        by = rows.time if self.order.startswith("time") else rows.amount
        key = -by if self.order.endswith("descending") else by
        rows = rows.where(np.lexsort((self.in_order(rows.other), rows.amount, rows.time, key, rows.origin)))
        place = np.arange(len(rows.origin)) - np.repeat(np.cumsum(count) - count, count)
        return rows.where(place < limit)

    # -- what has no time
    def accounts_of(self, party: int) -> np.ndarray:
        """int32, ascending: the accounts that a party owns or owned."""
        owned = self.snapshot.ledger.out_of("ownership")
        return distinct(Rows.between(owned, *owned.all_of(np.array([party]))).other)

    def owned_by(self, accounts: np.ndarray, kind: str) -> np.ndarray:
        """bool by account: does or did a party of a kind own it?"""
        owners = self.snapshot.ledger.into("ownership")
        rows = Rows.between(owners, *owners.all_of(accounts))
        owned = np.zeros(len(accounts), bool)
        owned[rows.origin[self.snapshot.kinds[rows.other] == KIND_CODE[kind]]] = True
        return owned

    def loan_sum(self, loans: Iterable[int], column: int = 0) -> float:
        """The amounts of loans together (column 0) or their balances (1); what is not on record is counted apart."""
        amounts = np.array([self.snapshot.ledger.loans.get(loan, (np.nan, np.nan))[column] for loan in loans])
        known = amounts[~np.isnan(amounts)]
        self.unknown += len(amounts) - len(known)
        return fsum(known.tolist())

    # -- ids and their order
    def keys(self, nodes: np.ndarray | Iterable[int]) -> list[str]:
        """The keys of nodes, without their kinds."""
        return [name.partition(":")[2] for name in self.snapshot.names(np.asarray(nodes))]

    def in_order(self, nodes: np.ndarray) -> np.ndarray:
        """int64: where each node's key stands among the keys of all."""
        numbers, place = np.unique(nodes, return_inverse=True)
        keys = self.keys(numbers)
        rank = np.empty(len(numbers), np.int64)
        rank[sorted(range(len(keys)), key=lambda number: id_order(keys[number]))] = np.arange(len(keys))
        return rank[place]

    # -- what bounds left out
    def note(self, bound: str, limit: int | None, skipped: int) -> None:
        """Note a bound of one question that bit, where it left anything out."""
        if skipped:
            self.noted.append({"bound": bound, "limit": limit, "skipped": skipped, "could_change": True})

    def truncated(self) -> list[dict]:
        """Every bound that bit, as all answers tell them."""
        told = (
            ("limit", self.limit, sum(self.cut.values())),
            ("rows_a_step", MOST, self.beyond),
            ("amount_unknown", None, self.unknown),
        )
        for bound in told:
            self.note(*bound)
        return self.noted
