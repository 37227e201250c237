"""Which applicants, companies, merchants, applications and loans exist: declared by this load, or by the store."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pyarrow as pa

from ...graph.model import ALWAYS, DECLARING
from ...graph.store.protocol import Reading
from ..vectors import hashes, joined, text
from .gathering import FirstTimes, HashSet, KeptSet
from .staging import Staging

_ASK_AT_MOST = 50_000
"""Ids that are looked up one by one; for more of them all names of the kind are read once."""
BLOCK = 20_000
"""Uids asked for at a time."""


class Declared:
    """The ids that name something.

    Parameters
    ----------
    here : hashes of what this load declares, by kind
    """

    def __init__(self, store: Reading, here: dict[str, HashSet]):
        self._store = store
        self._here = dict(here)
        self._held: dict[str, HashSet] = {}
        loaded = loaded_tables(store)
        self._stored = {kind: table in loaded for kind, table in DECLARING.items()}

    def known(self, kind: str, ids: pa.Array) -> np.ndarray:
        """bool by id (none missing): does this load or the store declare it?"""
        found = self._here[kind].holds(hashes(ids))
        if self._stored[kind] and not found.all():
            missing = np.flatnonzero(~found)
            found[missing] = self.stored(kind, ids.take(pa.array(missing)))
        return found

    def stored(self, kind: str, ids: pa.Array) -> np.ndarray:
        """bool by id: does the store declare it?"""
        if not self._stored[kind] or not len(ids):
            return np.zeros(len(ids), dtype=bool)
        if len(ids) <= _ASK_AT_MOST and kind not in self._held:
            uids = joined([DECLARING[kind], ":", ids]).to_pylist()
            found = {
                uid
                for start in range(0, len(uids), BLOCK)
                for uid in self._store.current_facts(DECLARING[kind], uids[start : start + BLOCK])["uid"]
            }
            return np.array([uid in found for uid in uids], dtype=bool)
        if kind not in self._held:
            self._held[kind] = HashSet()
            for names in self._store.names(kind):
                self._held[kind].add(hashes(text([name.partition(":")[2] for name in names])))
        return self._held[kind].holds(hashes(ids))

    def start(self, kind: str, staging: Staging) -> None:
        """From here on only rows that are accepted declare a kind: a rejected row declares nothing. Those that were
        accepted before the load was resumed, the staging folder has kept."""
        self._here[kind] = KeptSet(staging, f"accepted-{kind}")

    def accept(self, kind: str, ids: pa.Array) -> None:
        """Note what accepted rows declare."""
        self._here[kind].add(hashes(ids))


def loaded_tables(store: Reading, bulk: bool = False) -> set[str]:
    """The tables of which the store holds rows; of bulk loads only, where asked."""
    return {
        table
        for load in store.loads()
        if load.state == "published" and (load.bulk or not bulk)
        for table, counts in load.tables.items()
        if counts.get("used", 0) + counts.get("unchanged", 0) > 0
    }


class FirstApplications:
    """Each applicant's first ``apply_time``, in this load or the store."""

    def __init__(self, store: Reading, here: FirstTimes):
        self._store = store
        self._times = here
        self._complete = "applications" not in loaded_tables(store)

    def of(self, applicants: pa.Array, stored: bool) -> np.ndarray:
        """int64 by applicant id (none missing); ``ALWAYS`` for one who never applied.

        Parameters
        ----------
        stored : whether the store may hold applications of theirs; then all that it holds are read, once
        """
        if stored and not self._complete:
            self._complete = True
            applied = self._store.current_relationships("APPLIED")
            ids = text([source.partition(":")[2] for source in applied["source"]])
            self._times.add(hashes(ids), applied["valid_from"].to_numpy(dtype=np.int64))
        return self._times.of(hashes(applicants), ALWAYS)
