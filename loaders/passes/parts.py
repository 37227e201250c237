"""Loans that are paid out in parts: their own account counts no more, as each part names its own."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...graph.model import ALWAYS
from ...graph.store.protocol import Reading
from ..schema.rows import Rows
from ..vectors import hashes, joined, present, text
from .gathering import HashSet
from .held import aligned, current, stored_times


class Parts:
    """Which loans are paid out in parts, by this load or by the store.

    Parameters
    ----------
    here : hashes of the loans that this load's ``disbursements`` name
    held : whether the store holds such rows
    """

    def __init__(self, store: Reading, here: HashSet, held: bool):
        self._store = store
        self._here = here
        self._held = held
        self._stored: HashSet | None = None

    def without(self, rows: Rows, known: bool) -> Mapping[str, np.ndarray] | None:
        """The rows whose ``account_no`` makes no relationship, as ``links`` takes them.

        Parameters
        ----------
        known : whether the store holds the rows; it holds no part of a loan that it does not know
        """
        if rows.table.name != "loans" or "account_no" not in rows.cells:
            return None
        numbers = hashes(rows.cells["loan_id"])
        in_parts = self._here.holds(numbers)
        if known and self._held:
            # what a loan's own account was paid still stands: no part has retracted it
            doubtful = np.flatnonzero(present(rows.cells["account_no"]) & ~in_parts & ~self._paid_whole(rows))
            if len(doubtful):
                in_parts[doubtful] = self._all_stored().holds(numbers[doubtful])
        return {"account_no": in_parts}

    def _paid_whole(self, rows: Rows) -> np.ndarray:
        """bool by loan: does the store hold that it was paid to its own account?"""
        uids = joined(["loans:", rows.cells["loan_id"], "/account_no"]).to_pylist()
        held = aligned(current(self._store, "DISBURSED_TO", uids), uids)
        return stored_times(held["valid_to"], ALWAYS) != ALWAYS

    def _all_stored(self) -> HashSet:
        if self._stored is None:
            held = self._store.current_relationships("DISBURSED_TO")
            parts = held["source"][held["uid"].str.startswith("disbursements:")]
            self._stored = HashSet()
            self._stored.add(hashes(text(parts.str.removeprefix("loan:"))))
        return self._stored
