"""The files of a snapshot, each mapped when first asked for: plain arrays, columns of text, and Arrow cells."""

from __future__ import annotations

import json
import os
import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

from ..kernels.sets import distinct, laid_out
from ..kernels.texts import Texts
from .cells import all_cells, row_numbers, single_chunk
from .holds import hold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = 5
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


class Facts(NamedTuple):
    """What the rows of a table say, version by version.

    Attributes
    ----------
    numbers : the columns of ``FACT_NUMBERS``
    by_node : int64, the places of the versions in rising order of their nodes
    cells : the other cells, a column each
    uids : what the rows are known by
    columns : the cells again, each column as one array
    """

    numbers: dict[str, np.ndarray]
    by_node: np.ndarray
    cells: pa.Table
    uids: pa.Array
    columns: dict[str, pa.Array]

    def about(self, nodes: np.ndarray) -> np.ndarray:
        """int64, ascending: the places of the versions about some nodes, found without looking through all."""
        node, sought = self.numbers["node"], np.asarray(nodes, dtype=np.int32)
        low = np.searchsorted(node, sought, side="left", sorter=self.by_node)
        high = np.searchsorted(node, sought, side="right", sorter=self.by_node)
        return distinct(self.by_node[laid_out(low, high)])


class Files:
    """The files of a snapshot; shared by every time and every part of it that is looked at. While it lives, the folder
    is not dropped."""

    def __init__(self, folder: Path):
        self.folder = folder
        weakref.finalize(self, os.close, hold(folder / "snapshot.json"))
        self.meta = json.loads((folder / "snapshot.json").read_text("utf-8"))
        self._facts: dict[str, Facts] = {}
        self._places: weakref.WeakKeyDictionary[Texts, np.ndarray | None] = weakref.WeakKeyDictionary()

    @property
    def tables(self) -> list[str]:
        """The tables that state facts."""
        return self.meta["facts"]

    @cached_property
    def names(self) -> Texts:
        """Node names by number."""
        return Texts(*_bytes(self._names, "name"), self._array("order"))

    def places_in(self, names: Texts) -> np.ndarray | None:
        """int64 by node, the place of its name in another column, -1 where it is none of them; None where all stand at
        the same places there. Found once for each column, and kept while the column is."""
        if names not in self._places:
            self._places[names] = names.places_of(self.names)
        return self._places[names]

    @cached_property
    def name_column(self) -> pa.Array:
        """The same, for many names at once."""
        return single_chunk(self._names.column("name"))

    @cached_property
    def _names(self) -> pa.Table:
        return _mapped(self.folder / "names.arrow")

    @cached_property
    def kinds(self) -> np.ndarray:
        """uint8 by node: the place of its kind in ``KINDS``."""
        return self._array("kinds")

    @cached_property
    def tokens(self) -> Texts:
        """The tokens that have a mask, in rising order."""
        return Texts(*_bytes(self._masks, "token"))

    @cached_property
    def masks(self) -> Texts:
        """The mask of each of ``tokens``."""
        return Texts(*_bytes(self._masks, "mask"))

    @cached_property
    def mask_column(self) -> pa.Array:
        """The same, for a look through all of them."""
        return single_chunk(self._masks.column("mask"))

    @cached_property
    def _masks(self) -> pa.Table:
        return _mapped(self.folder / "masks.arrow")

    @cached_property
    def edges(self) -> dict[str, np.ndarray]:
        """By position of a relationship, the columns of ``EDGE_NUMBERS``."""
        return _numbers(self.folder / "edges", EDGE_NUMBERS)

    @cached_property
    def uids(self) -> pa.Array:
        """By position, what a relationship is known by."""
        return load_texts(self.folder / "edges", "uid")

    @cached_property
    def data(self) -> pa.Array:
        """By position, the other cells of a relationship's row as JSON."""
        return load_texts(self.folder / "edges", "data")

    @cached_property
    def relation_of(self) -> np.ndarray:
        """uint8 by position: the place of its relation in ``RELATIONS``."""
        return self._array("edges/relation")

    @cached_property
    def flagged(self) -> np.ndarray:
        """bool by position: a flag says that it links no one."""
        return self._array("edges/flagged")

    def types(self, relation: str) -> dict[str, str]:
        """The type of each cell of a relation's or table's rows."""
        return self.meta["types"].get(relation, {})

    def span(self, relation: str) -> tuple[int, int]:
        """The position of a relation's first version, and the one behind its last."""
        first, last = self.meta["edges"].get(relation, (0, 0))
        return first, last

    def spans(self, relation: str) -> list[tuple[int, int]]:
        """The same, where versions of a relation may lie in several places: ascending."""
        return [self.span(relation)]

    def cells(self, positions: np.ndarray | Sequence[int], types: Mapping[str, str]) -> pa.Table:
        """Cells of relationships as columns of their types."""
        return all_cells(pa.chunked_array([self.data.take(row_numbers(positions))]), types)

    def facts(self, table: str) -> Facts:
        """What the rows of a table say."""
        if table not in self._facts:
            folder = self.folder / "facts" / table
            by_node, cells = self._array(f"facts/{table}/by_node"), _mapped(folder / "cells.arrow")
            columns = {name: single_chunk(cells.column(name)) for name in cells.column_names}
            numbers, uids = _numbers(folder, FACT_NUMBERS), load_texts(folder, "uid")
            self._facts[table] = Facts(numbers, by_node, cells, uids, columns)
        return self._facts[table]

    def stating(self, node: int) -> list[str]:
        """The tables that say something of a node, at whatever time: the others need not be looked through."""
        tables = int(self._stating[node])
        return [table for place, table in enumerate(self.tables) if tables >> place & 1]

    @cached_property
    def _stating(self) -> np.ndarray:
        """uint32 by node: a bit for each of ``tables``, the first the lowest."""
        return self._array("stating")

    @cached_property
    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Offsets, neighbours and positions, as ``GraphView.adjacency`` gives them."""
        offsets, neighbours, positions = (
            self._array(f"adjacency/{name}") for name in ("offsets", "neighbours", "positions")
        )
        return offsets, neighbours, positions

    def _array(self, name: str) -> np.ndarray:
        return mapped(self.folder / f"{name}.npy")


def mapped(path: Path) -> np.ndarray:
    """An array that lies in a file, mapped: a plain one, since NumPy's own class for it takes long to look into."""
    return np.asarray(np.load(path, mmap_mode="r"))


def load_texts(folder: Path, name: str) -> pa.Array:
    """A column of texts that a folder holds, mapped: where each ends, and all of them one behind the other."""
    ends, text = (mapped(folder / f"{name}_{part}.npy") for part in ("ends", "text"))
    return pa.Array.from_buffers(pa.large_string(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(text)])


def _mapped(path: Path) -> pa.Table:
    return ipc.open_file(pa.memory_map(str(path))).read_all()


def _bytes(table: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Where each text of a mapped column ends, and the texts in UTF-8, both as they lie in the file."""
    column = single_chunk(table.column(name).cast(pa.large_string()))
    _, ends, data = column.buffers()
    if ends is None:
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    return (
        np.frombuffer(ends, np.int64)[column.offset : column.offset + len(column) + 1],
        np.frombuffer(data or b"", np.uint8),
    )


def _numbers(folder: Path, dtypes: Mapping[str, type]) -> dict[str, np.ndarray]:
    return {name: mapped(folder / f"{name}.npy") for name in dtypes}
