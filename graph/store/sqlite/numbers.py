"""The numbers by which rows name their nodes: looked up in the store, or held in memory while a first load fills it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .inserting import insert_rows

Numbers = Callable[[pa.Array], np.ndarray]
"""From different names to their numbers; a node that has none yet is added. Called within a write transaction."""

_HASH_KEYS = ("ringfence node 1", "ringfence node 2")
_READ_ROWS = 200_000


def looked_up(connection: sqlite3.Connection) -> Numbers:
    """Numbers out of the table of nodes, by its index."""

    def numbers_of(names: pa.Array) -> np.ndarray:
        # looked up and added in order, names lead from one page of the index to the next
        order = pc.array_sort_indices(names)  # pyright: ignore[reportAttributeAccessIssue]
        ordered = names.take(order)
        found = connection.execute(
            "SELECT j.key, n.id FROM json_each(?) j CROSS JOIN nodes n ON n.name = j.value",
            (json.dumps(ordered.to_pylist()),),
        ).fetchall()
        numbers = np.zeros(len(names), dtype=np.int64)
        if found:
            places, known = np.array(found).T
            numbers[places] = known
        new = np.flatnonzero(numbers == 0)
        numbers[new] = _add(connection, ordered.take(pa.array(new)))
        unordered = np.empty_like(numbers)
        unordered[order.to_numpy()] = numbers
        return unordered

    return numbers_of


def held_in_memory(connection: sqlite3.Connection) -> Numbers:
    """Numbers of a first load, which needs no index of nodes: growing one by names in any order would take a quarter of
    the time of its writing. A node takes 24 bytes."""
    held = _Held()
    last = 0

    def catch_up() -> None:
        """Learn the nodes that others have added, or that this load had added when it broke off."""
        nonlocal last
        query = "SELECT id, name FROM nodes WHERE id > ? ORDER BY id LIMIT ?"
        while rows := connection.execute(query, (last, _READ_ROWS)).fetchall():
            numbers, names = zip(*rows, strict=True)
            held.add(_hashed(pa.array(names, pa.large_string())), np.array(numbers))
            last = numbers[-1]

    def numbers_of(names: pa.Array) -> np.ndarray:
        nonlocal last
        catch_up()
        hashes = _hashed(names)
        numbers = held.numbers(hashes)
        new = np.flatnonzero(numbers == 0)
        if len(new):
            numbers[new] = _add(connection, names.take(pa.array(new)))
            held.add(_Hashes(*(part[new] for part in hashes)), numbers[new])
            last = int(numbers[new[-1]])
        return numbers

    return numbers_of


def _add(connection: sqlite3.Connection, names: pa.Array) -> np.ndarray:
    """Add nodes and return their numbers."""
    last = connection.execute("SELECT coalesce(max(id), 0) FROM nodes").fetchone()[0]
    numbers = np.arange(last + 1, last + 1 + len(names))
    cells = {"id": numbers.tolist(), "name": names.to_pylist()}
    insert_rows(connection, "INSERT INTO nodes", cells, len(names))
    return numbers


class _Hashes(NamedTuple):
    """128 bits for each name, as two columns of uint64: of 5 million names, two have the same by a chance of 4e-26."""

    high: np.ndarray
    low: np.ndarray


def _hashed(names: pa.Array) -> _Hashes:
    from pandas.util import hash_array

    values = np.asarray(names.to_numpy(zero_copy_only=False), dtype=object)
    return _Hashes(*(hash_array(values, hash_key=key, categorize=False) for key in _HASH_KEYS))  # pyright: ignore


class _Block(NamedTuple):
    """Names by their hashes, sorted by the higher half, with their numbers."""

    high: np.ndarray
    low: np.ndarray
    numbers: np.ndarray


class _Held:
    """The numbers of names by their hashes, in sorted blocks: each at least twice as long as the next."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []

    def add(self, hashes: _Hashes, numbers: np.ndarray) -> None:
        """Add names that are not held yet."""
        new = [_Block(*hashes, numbers)]
        while self._blocks and len(self._blocks[-1].high) < 2 * len(new[0].high):
            new.insert(0, self._blocks.pop())
        columns = [np.concatenate(parts) for parts in zip(*new, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        self._blocks.append(_Block(*(column[order] for column in columns)))

    def numbers(self, hashes: _Hashes) -> np.ndarray:
        """By name its number, 0 where it is not held."""
        numbers = np.zeros(len(hashes.high), dtype=np.int64)
        rest = np.argsort(hashes.high)  # in order, a search begins where the one before ended
        for block in self._blocks:
            numbers[rest] = _numbers_in(block, hashes.high[rest], hashes.low[rest])
            rest = rest[numbers[rest] == 0]
        return numbers


def _numbers_in(block: _Block, high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """By name its number in a block, 0 where it is not there."""
    numbers = np.zeros(len(high), dtype=np.int64)
    places = np.searchsorted(block.high, high)
    waiting = np.arange(len(numbers))
    while len(waiting):
        at = np.minimum(places[waiting], len(block.high) - 1)
        alike = block.high[at] == high[waiting]
        found = alike & (block.low[at] == low[waiting])
        numbers[waiting[found]] = block.numbers[at[found]]
        # another name with the same half of a hash: its own may stand at the next place
        waiting = waiting[alike & ~found & (at < len(block.high) - 1)]
        places[waiting] += 1
    return numbers
