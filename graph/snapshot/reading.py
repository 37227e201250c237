"""The fast picture of the graph: plain arrays, memory-mapped, read-only.

A snapshot holds *all* versions that exist at its revision, with their time columns, so ``at(T)`` answers for any T
without another trip to the store. Nodes are numbered from 0; relationships are numbered from 0 across all relations,
those of one relation standing together. ``superseded_at`` is the ``known_at`` of the version that replaces this one
(``FOREVER`` where none does), so a version shows at T when ``known_at <= T < superseded_at``; see
``store.visibility``.
"""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from ..keys import TOKEN_PREFIX
from ..model import ALWAYS, KIND_CODE, KINDS, RELATIONS, STATUS_FIELDS
from .cells import all_cells, single_chunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FORMAT = 2
"""Of the files of a snapshot; one of another is built anew."""
EDGE_NUMBERS = {
    "source": np.int32,
    "target": np.int32,
    "amount": np.float64,
    "valid_from": np.int64,
    "valid_to": np.int64,
    "known_at": np.int64,
    "superseded_at": np.int64,
    "file": np.int32,
    "row": np.int32,
}
FACT_NUMBERS = {
    "node": np.int32,
    "valid_from": np.int64,
    "valid_to": np.int64,
    "known_at": np.int64,
    "superseded_at": np.int64,
    "status_from": np.int64,
    "file": np.int32,
    "row": np.int32,
}
_IS_STATE = np.array([relation.nature == "state" for relation in RELATIONS.values()])


@dataclass(frozen=True)
class Edges:
    """The relationships of one relation that show at a snapshot's ``as_of``; arrays of one length.

    Attributes
    ----------
    positions : int64, the relationships' numbers in the snapshot, for ``Snapshot.evidence`` and ``column``
    source, target : int32 node numbers
    amount : float64, NaN where unknown
    valid_from, valid_to : int64 epoch milliseconds, ``ALWAYS`` and ``FOREVER`` where open; an event's time is the first
    """

    relation: str
    positions: np.ndarray
    source: np.ndarray
    target: np.ndarray
    amount: np.ndarray
    valid_from: np.ndarray
    valid_to: np.ndarray
    _shared: _Shared

    def __len__(self) -> int:
        return len(self.positions)

    def column(self, name: str) -> pd.Series:
        """Another cell of the relationships' rows by its column name, such as ``joint_group_id``; blank cells are
        missing as pandas has it (``isna``), all of them where no row ever had the column."""
        types = self._shared.types(self.relation)
        if name not in types or not len(self):
            return pd.Series([None] * len(self), dtype=object)
        return self._shared.cells(self.positions, {name: types[name]}).column(name).to_pandas()

    def where(self, mask: np.ndarray) -> Edges:
        """Those for which ``mask`` holds."""
        arrays = ("positions", "source", "target", "amount", "valid_from", "valid_to")
        return replace(self, **{name: getattr(self, name)[mask] for name in arrays})


class Snapshot:
    """The graph at one revision, seen at ``as_of``. Open with ``open_snapshot``; never changes.

    Attributes
    ----------
    revision : the store's revision it shows
    data_date : epoch milliseconds of the store's latest event at that revision, None where it holds none
    as_of : epoch milliseconds; what was not known then is not shown
    """

    def __init__(self, folder: Path, as_of: int, shared: _Shared | None = None):
        self.folder = folder
        self._shared = shared or _Shared(folder)
        self.revision: int = self._shared.meta["revision"]
        self.data_date: int | None = self._shared.meta["data_date"]
        self.as_of = as_of

    def at(self, as_of: int) -> Snapshot:
        """The same snapshot seen at another time; the arrays are shared."""
        return Snapshot(self.folder, as_of, self._shared)

    # -- nodes
    @property
    def node_count(self) -> int:
        """How many nodes are numbered, shown at ``as_of`` or not."""
        return len(self._shared.kinds)

    @property
    def kinds(self) -> np.ndarray:
        """uint8 by node: the kind's position in ``model.KINDS``."""
        return self._shared.kinds

    def name(self, node: int) -> str:
        """A node's name, ``kind:key``."""
        return self._shared.names[int(node)].as_py()

    def names(self, nodes: np.ndarray | Sequence[int]) -> list[str]:
        """The names of many nodes."""
        return self._shared.names.take(pa.array(np.asarray(nodes, dtype=np.int64))).to_pylist()

    def find(self, name: str) -> int | None:
        """The number of a node by its name, None where the snapshot has no such node."""
        order, names = self._shared.order, self._shared.names
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if names[int(order[middle])].as_py() < name:
                low = middle + 1
            else:
                high = middle
        if low < len(order) and names[int(order[low])].as_py() == name:
            return int(order[low])
        return None

    @cached_property
    def shown(self) -> np.ndarray:
        """bool by node: a version that shows at ``as_of`` states it, or a relationship that shows ends at it."""
        shown = np.zeros(self.node_count, dtype=bool)
        for table in self._shared.meta["facts"]:
            numbers = self._shared.facts(table)[0]
            stated = numbers["node"][self._fact_mask(numbers)]
            shown[stated[stated >= 0]] = True
        mask = self.visible(slice(None))
        shown[self._shared.edges["source"][mask]] = True
        shown[self._shared.edges["target"][mask]] = True
        return shown

    def of_kind(self, kind: str) -> np.ndarray:
        """int32 numbers of the nodes of a kind that show at ``as_of``, ascending."""
        return np.flatnonzero((self.kinds == KIND_CODE[kind]) & self.shown).astype(np.int32)

    def kind(self, node: int) -> str:
        """The kind of a node."""
        return KINDS[self.kinds[node]]

    def mask(self, token: str) -> str | None:
        """What people may see of a personal value, such as ``138****1234``; None for what is no token here."""
        tokens, masks = self._shared.masks
        place = int(np.searchsorted(tokens, token)) if len(tokens) else 0
        return masks[place] if place < len(tokens) and tokens[place] == token else None

    def masked(self, cells: Iterable[str | None]) -> list[str | None]:
        """What people may see of a column of cells: tokens as their masks, None where they have none."""
        table = self._shared.mask_table
        given = pa.array(cells, pa.string(), from_pandas=True)  # chunked, where pandas holds chunks
        texts = (given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given).dictionary_encode()
        tokens, masks = (single_chunk(table.column(name)).cast(pa.string()) for name in ("token", "mask"))
        # the book's tokens are looked up among the few that are asked for, and not the other way round
        asked = pc.index_in(tokens, value_set=texts.dictionary).to_numpy(zero_copy_only=False)
        held = np.flatnonzero(~np.isnan(asked))
        row = np.full(len(texts.dictionary), -1)
        row[asked[held].astype(np.int64)] = held
        found = masks.take(pa.array(row, mask=row < 0))
        shown = pc.if_else(pc.starts_with(texts.dictionary, TOKEN_PREFIX), found, texts.dictionary)
        codes = texts.indices.fill_null(len(shown)).to_numpy(zero_copy_only=False)
        return np.array([*shown.to_pylist(), None], dtype=object)[codes].tolist()

    # -- relationships
    @property
    def edge_count(self) -> int:
        """How many versions of relationships are numbered, shown at ``as_of`` or not."""
        return len(self._shared.edges["source"])

    def visible(self, positions: np.ndarray | slice) -> np.ndarray:
        """bool by position: does this version of a relationship show at ``as_of``?"""
        columns = self._shared.edges
        known = (columns["known_at"][positions] <= self.as_of) & (self.as_of < columns["superseded_at"][positions])
        known &= columns["valid_to"][positions] > ALWAYS  # what its row states no longer, and never was
        in_force = (columns["valid_from"][positions] <= self.as_of) & (self.as_of < columns["valid_to"][positions])
        return known & (in_force | ~_IS_STATE[self._shared.relation_of[positions]])

    def links(self, positions: np.ndarray | slice) -> np.ndarray:
        """bool by position: does it show, and does it tell that its ends belong together? A tie with a ``flag``
        (a landline, a sentinel, an invalid identifier) is kept but links no one."""
        return self.visible(positions) & ~self._shared.flagged[positions]

    def edges(self, relation: str) -> Edges:
        """The relationships of a relation that show at ``as_of``."""
        first, last = self._shared.span(relation)
        positions = first + np.flatnonzero(self.visible(slice(first, last)))
        columns = {
            name: self._shared.edges[name][positions]
            for name in ("source", "target", "amount", "valid_from", "valid_to")
        }
        return Edges(relation, positions, **columns, _shared=self._shared)

    def ties(self, relation: str) -> Edges:
        """The relationships of a relation that show at ``as_of`` and link their ends, as ``links`` tells."""
        edges = self.edges(relation)
        return edges.where(self.links(edges.positions))

    def ends(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """int32 node numbers of the sources and targets of relationships."""
        return self._shared.edges["source"][positions], self._shared.edges["target"][positions]

    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All relationships from both ends, whatever ``as_of`` (check with ``visible``): ``offsets int64[nodes + 1]``,
        ``neighbours int32``, ``positions int64`` of the relationships. A self-loop stands once."""
        return self._shared.adjacency

    def relation(self, position: int) -> str:
        """The relation of a relationship by its number."""
        return list(RELATIONS)[self._shared.relation_of[position]]

    def uids(self, positions: np.ndarray | Sequence[int]) -> list[str]:
        """What relationships are known by in every store and revision."""
        return self._shared.uids.take(pa.array(positions, pa.int64())).to_pylist()

    def uid_order(self, positions: np.ndarray) -> np.ndarray:
        """int64: the places that put relationships in the order of their uids, which is no store's own."""
        uids = self._shared.uids.take(pa.array(positions, pa.int64()))
        return pc.sort_indices(uids).to_numpy().astype(np.int64)

    def evidence(self, positions: np.ndarray | Sequence[int]) -> list[dict]:
        """Relationships as evidence: ``{"source", "target", "relation", "uid", "file", "row"}``."""
        positions = np.asarray(positions, dtype=np.int64)
        columns, files, relations = self._shared.edges, self._shared.meta["files"], list(RELATIONS)
        sources, targets = self.names(columns["source"][positions]), self.names(columns["target"][positions])
        uids = self.uids(positions)
        return [
            {
                "source": sources[i],
                "target": targets[i],
                "relation": relations[self._shared.relation_of[position]],
                "uid": uids[i],
                "file": files.get(str(columns["file"][position])),
                "row": int(columns["row"][position]),
            }
            for i, position in enumerate(positions)
        ]

    def relationship(self, position: int) -> dict:
        """One relationship whole: its evidence, and its amount, times and other cells (blank ones left out)."""
        columns = self._shared.edges
        relation = self.relation(position)
        cells, types = json.loads(self._shared.data[position].as_py() or "{}"), self._shared.types(relation)
        amount = float(columns["amount"][position])
        return {
            **self.evidence([position])[0],
            **({} if np.isnan(amount) else {"amount": amount}),
            "valid_from": int(columns["valid_from"][position]),
            "valid_to": int(columns["valid_to"][position]),
            "known_at": int(columns["known_at"][position]),
            "data": {
                name: float(cells[name]) if kind == "number" else cells[name]
                for name, kind in types.items()
                if name in cells
            },
        }

    # -- facts
    def facts(self, table: str, nodes: Sequence[int] | None = None) -> pd.DataFrame:
        """What rows of a table say at ``as_of``, one row each: ``node`` (int32, -1 for a row about no node), ``uid``,
        ``valid_from``, ``valid_to`` and the table's own columns; only those about ``nodes``, where given. Columns of
        the present state are blank before their ``status_from``. Empty where the store holds no such table."""
        if table not in self._shared.meta["facts"]:
            return pd.DataFrame({"node": np.array([], dtype=np.int32), "uid": []})
        numbers, cells, uids = self._shared.facts(table)
        places = np.flatnonzero(self._fact_mask(numbers))
        if nodes is not None:
            places = places[np.isin(numbers["node"][places], np.asarray(nodes, dtype=np.int32))]
        rows = pa.array(places)
        frame = cells.take(rows).to_pandas() if cells.num_columns else pd.DataFrame(index=range(len(rows)))
        frame.insert(0, "uid", uids.take(rows).to_pandas())
        for name in ("valid_to", "valid_from", "node"):
            frame.insert(0, name, numbers[name][places])
        early = numbers["status_from"][places] > self.as_of
        if early.any():
            for name in STATUS_FIELDS.intersection(frame.columns):
                frame.loc[early, name] = None
        return frame

    def _fact_mask(self, numbers: dict[str, np.ndarray]) -> np.ndarray:
        return (
            (numbers["known_at"] <= self.as_of)
            & (self.as_of < numbers["superseded_at"])
            & (numbers["valid_from"] <= self.as_of)
            & (self.as_of < numbers["valid_to"])
        )


class _Shared:
    """The files of a snapshot, each mapped when first asked for; shared by every ``at``."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.meta = json.loads((folder / "snapshot.json").read_text("utf-8"))
        self._facts: dict[str, tuple[dict[str, np.ndarray], pa.Table, pa.Array]] = {}

    @cached_property
    def names(self) -> pa.Array:
        return single_chunk(_mapped(self.folder / "names.arrow").column("name"))

    @cached_property
    def kinds(self) -> np.ndarray:
        return np.load(self.folder / "kinds.npy", mmap_mode="r")

    @cached_property
    def order(self) -> np.ndarray:
        return np.load(self.folder / "order.npy", mmap_mode="r")

    @cached_property
    def mask_table(self) -> pa.Table:
        return _mapped(self.folder / "masks.arrow")

    @cached_property
    def masks(self) -> tuple[np.ndarray, list[str]]:
        table = self.mask_table
        return np.array(table.column("token").to_pylist(), dtype=str), table.column("mask").to_pylist()

    @cached_property
    def edges(self) -> dict[str, np.ndarray]:
        return _load_numbers(self.folder / "edges", EDGE_NUMBERS)

    @cached_property
    def uids(self) -> pa.Array:
        return load_texts(self.folder / "edges", "uid")

    @cached_property
    def data(self) -> pa.Array:
        return load_texts(self.folder / "edges", "data")

    @cached_property
    def relation_of(self) -> np.ndarray:
        return np.load(self.folder / "edges" / "relation.npy", mmap_mode="r")

    @cached_property
    def flagged(self) -> np.ndarray:
        return np.load(self.folder / "edges" / "flagged.npy", mmap_mode="r")

    def types(self, relation: str) -> dict[str, str]:
        return self.meta["types"].get(relation, {})

    def span(self, relation: str) -> tuple[int, int]:
        first, last = self.meta["edges"].get(relation, (0, 0))
        return first, last

    def cells(self, positions: np.ndarray | Sequence[int], types: Mapping[str, str]) -> pa.Table:
        return all_cells(pa.chunked_array([self.data.take(pa.array(positions, pa.int64()))]), types)

    def facts(self, table: str) -> tuple[dict[str, np.ndarray], pa.Table, pa.Array]:
        if table not in self._facts:
            folder = self.folder / "facts" / table
            numbers, cells = _load_numbers(folder, FACT_NUMBERS), _mapped(folder / "cells.arrow")
            self._facts[table] = numbers, cells, load_texts(folder, "uid")
        return self._facts[table]

    @cached_property
    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        offsets, neighbours, positions = (
            np.load(self.folder / "adjacency" / f"{name}.npy", mmap_mode="r")
            for name in ("offsets", "neighbours", "positions")
        )
        return offsets, neighbours, positions


def open_snapshot(folder: Path, as_of: int) -> Snapshot:
    """Map the snapshot kept in a folder."""
    return Snapshot(folder, as_of)


def _mapped(path: Path) -> pa.Table:
    return ipc.open_file(pa.memory_map(str(path))).read_all()


def load_texts(folder: Path, name: str) -> pa.Array:
    """A column of texts that a folder holds, mapped: where each ends, and all of them one behind the other."""
    ends, text = (np.load(folder / f"{name}_{part}.npy", mmap_mode="r") for part in ("ends", "text"))
    return pa.Array.from_buffers(pa.large_string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(text)])


def _load_numbers(folder: Path, dtypes: dict) -> dict[str, np.ndarray]:
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in dtypes}
