"""What the first pass of a load gathers; sets of millions of ids, kept small: sorted arrays of 64-bit hashes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ...graph.model import DECLARING
from .staging import Staging
from .unlinked import Unlinked


class HashSet:
    """A set of uint64 hashes that grows batch by batch; 8 bytes a member, in sorted blocks: each at least twice as long
    as the next."""

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []

    def add(self, hashes: np.ndarray) -> np.ndarray:
        """Add hashes, and say of each whether it was new: the first of equal ones counts."""
        values, first = np.unique(hashes, return_index=True)
        unseen = ~self.holds(values)
        new = np.zeros(len(hashes), dtype=bool)
        new[first[unseen]] = True
        if unseen.any():
            self._keep(values[unseen])
        return new

    def _keep(self, values: np.ndarray) -> None:
        added = [values]
        while self._blocks and len(self._blocks[-1]) < 2 * len(added[0]):
            added.insert(0, self._blocks.pop())
        self._blocks.append(np.sort(np.concatenate(added), kind="stable"))  # which merges what is sorted

    def holds(self, hashes: np.ndarray) -> np.ndarray:
        """bool by hash: is it in the set?"""
        found = np.zeros(len(hashes), dtype=bool)
        rest = np.arange(len(hashes))
        for block in self._blocks:
            wanted = hashes[rest]
            places = np.minimum(np.searchsorted(block, wanted), len(block) - 1)
            found[rest] = block[places] == wanted
            rest = rest[~found[rest]]
        return found

    def members(self) -> np.ndarray:
        """All of them, in no order."""
        return np.concatenate([np.array([], dtype=np.uint64), *self._blocks])

    def __len__(self) -> int:
        return sum(map(len, self._blocks))


class KeptSet(HashSet):
    """A set that the staging folder keeps too, so that a load that is resumed has it again.

    Parameters
    ----------
    name : what the staging folder calls it
    """

    def __init__(self, staging: Staging, name: str):
        super().__init__()
        self._staging, self._name = staging, name
        for part in staging.aside(name):
            super().add(part["hash"].to_numpy())

    def add(self, hashes: np.ndarray) -> np.ndarray:
        new = super().add(hashes)
        keep_hashes(self._staging, self._name, hashes[new])
        return new


def keep_hashes(staging: Staging, name: str, hashes: np.ndarray) -> None:
    """Put hashes aside in a staging folder."""
    staging.put_aside(name, pa.table({"hash": hashes}))


class FirstTimes:
    """The earliest time by id; ids as hashes."""

    def __init__(self) -> None:
        self._ids = np.array([], dtype=np.uint64)
        self._times = np.array([], dtype=np.int64)
        self._waiting: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, ids: np.ndarray, times: np.ndarray) -> None:
        """Note times of ids; the earliest stays."""
        if len(ids):
            self._waiting.append((ids, times))
            if sum(len(part) for part, _ in self._waiting) > 1_000_000 + len(self._ids):
                self._settle()

    def members(self) -> tuple[np.ndarray, np.ndarray]:
        """All ids, each with its earliest time."""
        self._settle()
        return self._ids, self._times

    def of(self, ids: np.ndarray, otherwise: int) -> np.ndarray:
        """int64 by id: its earliest time, ``otherwise`` where none is known."""
        self._settle()
        if not len(self._ids):
            return np.full(len(ids), otherwise, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.where(self._ids[places] == ids, self._times[places], otherwise)

    def _settle(self) -> None:
        if not self._waiting:
            return
        ids = np.concatenate([self._ids, *(part for part, _ in self._waiting)])
        times = np.concatenate([self._times, *(part for _, part in self._waiting)])
        order = np.lexsort((times, ids))
        first = np.ones(len(order), dtype=bool)
        first[1:] = ids[order[1:]] != ids[order[:-1]]
        self._ids, self._times, self._waiting = ids[order[first]], times[order[first]], []


@dataclass
class Gathered:
    """What the first pass learned of the load as a whole.

    Attributes
    ----------
    columns : canonical columns that the files have, by table
    read, rejected : rows read, and of these records that could not be read, by table
    declared : hashes of the ids that rows declare, by kind
    first_apply : each applicant's first ``apply_time``
    disbursed : hashes of the loans that ``disbursements`` rows name
    data_date : the latest event, None where there is none
    unlinked : what is kept but links no one
    """

    columns: dict[str, set[str]]
    files: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    declared: dict[str, HashSet] = field(default_factory=lambda: {kind: HashSet() for kind in DECLARING})
    first_apply: FirstTimes = field(default_factory=FirstTimes)
    disbursed: HashSet = field(default_factory=HashSet)
    data_date: int | None = None
    unlinked: Unlinked = field(default_factory=Unlinked)

    def keep(self, staging: Staging) -> None:
        """Leave all of it in the staging folder."""
        for kind, ids in self.declared.items():
            keep_hashes(staging, f"declared-{kind}", ids.members())
        keep_hashes(staging, "disbursed", self.disbursed.members())
        ids, times = self.first_apply.members()
        staging.put_aside("first_apply", pa.table({"hash": ids, "time": times}))
        staging.note["gathered"] = {
            "columns": {table: sorted(columns) for table, columns in self.columns.items()},
            "files": self.files,
            "read": self.read,
            "rejected": self.rejected,
            "data_date": self.data_date,
        }

    @classmethod
    def kept(cls, staging: Staging) -> Gathered:
        """What ``keep`` left."""
        noted = staging.note["gathered"]
        columns = {table: set(columns) for table, columns in noted["columns"].items()}
        gathered = cls(columns, noted["files"], noted["read"], noted["rejected"], data_date=noted["data_date"])
        for kind, ids in gathered.declared.items():
            for part in staging.aside(f"declared-{kind}"):
                ids.add(part["hash"].to_numpy())
        for part in staging.aside("disbursed"):
            gathered.disbursed.add(part["hash"].to_numpy())
        for part in staging.aside("first_apply"):
            gathered.first_apply.add(part["hash"].to_numpy(), part["time"].to_numpy())
        return gathered
