"""Sets of millions of ids, kept small: sorted arrays of 64-bit hashes."""

from __future__ import annotations

import numpy as np

_BLOCKS = 8


class HashSet:
    """A set of uint64 hashes that grows batch by batch; 8 bytes a member."""

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []

    def add(self, hashes: np.ndarray) -> np.ndarray:
        """Add hashes, and say of each whether it was new: the first of equal ones counts."""
        values, first = np.unique(hashes, return_index=True)
        unseen = ~self.holds(values)
        new = np.zeros(len(hashes), dtype=bool)
        new[first[unseen]] = True
        if unseen.any():
            self._blocks.append(values[unseen])
        if len(self._blocks) > _BLOCKS:
            self._blocks = [np.sort(np.concatenate(self._blocks))]
        return new

    def holds(self, hashes: np.ndarray) -> np.ndarray:
        """bool by hash: is it in the set?"""
        found = np.zeros(len(hashes), dtype=bool)
        for block in self._blocks:
            places = np.minimum(np.searchsorted(block, hashes), len(block) - 1)
            found |= block[places] == hashes
        return found

    def __len__(self) -> int:
        return sum(map(len, self._blocks))


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
