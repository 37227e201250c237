"""A snapshot written as files: plain arrays and Arrow columns that ``files`` maps."""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from ..model import FOREVER, KINDS, RELATION_CODE
from ..store.visibility import superseded_at
from .cells import all_cells, single_chunk, without_blank
from .files import EDGE_NUMBERS, FACT_NUMBERS, load_texts


def write_snapshot(
    folder: Path,
    *,
    revision: int,
    data_date: int | None,
    files: dict[int, str],
    names: pa.Array,
    masks: pa.Table,
    edges: Iterable[tuple[str, pa.Table]],
    facts: Iterable[tuple[str, pa.Table]],
    types: dict[str, dict[str, str]],
) -> None:
    """Write what a store holds at a revision as a snapshot folder.

    Parameters
    ----------
    folder : made here; must not exist
    files : names of source files by number
    names : node names; a node's place is its number
    masks : columns token and mask
    edges : relations in the order of ``RELATIONS``, each in one part or in several one after the other, so that none
        need lie in memory whole: the columns of ``EDGE_NUMBERS`` but ``superseded_at``, ``uid``, ``data``, and
        ``revision``, at which the load that wrote the version was published
    facts : tables likewise, with ``FACT_NUMBERS``
    types : per relation or table, the type of each key of ``data``
    """
    from ..kernels.adjacency import both

    folder.mkdir(parents=True)
    (folder / "adjacency").mkdir()
    meta: dict = {
        "revision": revision,
        "data_date": data_date,
        "files": files,
        "edges": {},
        "facts": [],
        "types": types,
    }

    numbers = {**EDGE_NUMBERS, "relation": np.uint8, "flagged": np.bool_}
    with _Versions(folder / "edges", numbers, ("uid", "data")) as written:
        for relation, parts in groupby(edges, itemgetter(0)):
            for _, part in parts:
                code = pa.repeat(pa.scalar(RELATION_CODE[relation], pa.uint8()), part.num_rows)
                data = single_chunk(part.column("data").cast(pa.large_string()))
                flagged = pa.array(_flagged(data, types.get(relation, {})))
                written.add(part.append_column("relation", code).append_column("flagged", flagged))
            meta["edges"][relation] = written.end()

    source, target = (np.load(folder / "edges" / f"{name}.npy", mmap_mode="r") for name in ("source", "target"))
    adjacency = both(source, target, len(names))
    for name, array in zip(("offsets", "neighbours", "positions"), adjacency, strict=True):
        np.save(folder / "adjacency" / f"{name}.npy", array)
    del adjacency

    stating = np.zeros(len(names), dtype=np.uint32)
    for place, (table, parts) in enumerate(groupby(facts, itemgetter(0))):
        cells = []
        with _Versions(folder / "facts" / table, FACT_NUMBERS, ("uid",)) as written:
            for _, part in parts:
                written.add(part)
                cells.append(all_cells(part.column("data"), types.get(table, {})))
            written.end()
        node = np.load(folder / "facts" / table / "node.npy", mmap_mode="r")
        np.save(folder / "facts" / table / "by_node.npy", np.argsort(node, kind="stable").astype(np.int64))
        stating[node[node >= 0]] |= np.uint32(1 << place)
        _write_table(folder / "facts" / table / "cells.arrow", without_blank(pa.concat_tables(cells)))
        meta["facts"].append(table)

    np.save(folder / "stating.npy", stating)
    names = names.cast(pa.large_string())
    _write_table(folder / "names.arrow", pa.table({"name": names}))
    codes_by_kind = np.zeros(len(names), dtype=np.uint8)
    for code, kind in enumerate(KINDS):
        codes_by_kind[pc.starts_with(names, f"{kind}:").to_numpy(zero_copy_only=False)] = code
    np.save(folder / "kinds.npy", codes_by_kind)
    # Arrow orders strings by their UTF-8 bytes, and so does Python by code points: the two orders are the same.
    np.save(folder / "order.npy", pc.sort_indices(names).to_numpy().astype(np.int32))
    texts = pa.schema([("token", pa.large_string()), ("mask", pa.large_string())])
    _write_table(folder / "masks.arrow", masks.select(texts.names).cast(texts).sort_by("token"))
    (folder / "snapshot.json").write_text(json.dumps(meta, ensure_ascii=False), "utf-8")


def places(numbers: np.ndarray) -> np.ndarray:
    """int32: the place of each node by the number that its store gives it, -1 by -1, which is the number of none.

    Parameters
    ----------
    numbers : of the nodes, in the order of their places
    """
    place = np.full(int(numbers.max(initial=0)) + 2, -1, dtype=np.int32)  # the last of them is found by -1
    place[numbers] = np.arange(len(numbers), dtype=np.int32)
    return place


def _flagged(data: pa.Array, types: Mapping[str, str]) -> np.ndarray:
    """Which rows state a ``flag``; only those whose text has the word are parsed."""
    flagged = np.zeros(len(data), dtype=bool)
    if "flag" in types:
        ends, text = _bytes(data)
        words = [word.start() for word in re.finditer(b'"flag"', text.data)]
        rows = np.unique(np.searchsorted(ends, np.array(words, dtype=np.int64) + ends[0], side="right") - 1)
        if len(rows):
            stated = all_cells(pa.chunked_array([data.take(pa.array(rows))]), {"flag": types["flag"]}).column("flag")
            flagged[rows] = stated.is_valid()
    return flagged


def _bytes(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Texts of type ``large_string`` in UTF-8, one behind the other, and where each begins and the last one ends,
    counted from some number on, which is the first."""
    _, ends, text = (np.frombuffer(buffer or b"", np.uint8) for buffer in texts.buffers())
    ends = ends.view(np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return ends, text[ends[0] : ends[-1]]


class _Versions:
    """Versions of one relation or table after the other, written part by part into files of a folder, so that they
    never lie in memory whole."""

    def __init__(self, folder: Path, numbers: Mapping[str, type], texts: Sequence[str]):
        folder.mkdir(parents=True)
        self._folder = folder
        self._numbers = {name: _Growing(folder / f"{name}.npy", dtype) for name, dtype in numbers.items()}
        self._texts = {name: _GrowingText(folder, name) for name in texts}
        self._first = self._count = 0
        self._revisions: list[np.ndarray] = []
        self._several: list[tuple[int, np.ndarray]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        for column in (*self._numbers.values(), *self._texts.values()):
            column.close()
        if failure is None:
            for first, revision in self._several:
                self._supersede(first, revision)

    def add(self, part: pa.Table) -> None:
        """Add some versions, as ``write_snapshot`` takes them."""
        for name in self._numbers.keys() & part.column_names:
            for chunk in part.column(name).chunks:
                self._numbers[name].add(chunk.to_numpy(zero_copy_only=False))
        self._numbers["superseded_at"].add(np.full(part.num_rows, FOREVER))
        for name, column in self._texts.items():
            column.add(part.column(name))
        self._revisions.append(part.column("revision").to_numpy())
        self._count += part.num_rows

    def end(self) -> tuple[int, int]:
        """All of a relation or table was added: the number of its first version, and the one behind its last."""
        span = self._first, self._count
        revision = np.concatenate(self._revisions)
        if (revision != revision[:1]).any():
            self._several.append((self._first, revision))
        self._first, self._revisions = self._count, []
        return span

    def _supersede(self, first: int, revision: np.ndarray) -> None:
        """Note when each version of a relation or table gives way, where several loads wrote some: only uids that a
        load other than the largest wrote can have several.

        Parameters
        ----------
        first : the number of its first version
        revision : of each of its versions
        """
        import pandas as pd

        uids = load_texts(self._folder, "uid").slice(first, len(revision))
        numbers, count = np.unique_counts(revision)
        others = uids.filter(pa.array(revision != numbers[count.argmax()]))
        places = np.flatnonzero(pc.is_in(uids, value_set=others).to_numpy(zero_copy_only=False))
        versions = {
            "uid": uids.take(pa.array(places)).to_pandas(),
            "known_at": np.load(self._folder / "known_at.npy", mmap_mode="r")[first + places],
            "revision": revision[places],
        }
        gone = np.load(self._folder / "superseded_at.npy", mmap_mode="r+")
        gone[first + places] = superseded_at(pd.DataFrame(versions))


class _Growing:
    """A column kept as ``.npy`` that is written part by part, so that all of it never lies in memory."""

    def __init__(self, path: Path, dtype: type):
        self._file = path.open("wb")
        self._dtype = np.dtype(dtype)
        self._count = 0
        self._head()

    def add(self, values: np.ndarray) -> None:
        part = np.ascontiguousarray(values, dtype=self._dtype)
        self._file.write(part.data)
        self._count += len(part)

    def close(self) -> None:
        # Of the same length whatever the count: numpy leaves room for its digits.
        self._file.seek(0)
        self._head()
        self._file.close()

    def _head(self) -> None:
        described = np.lib.format.dtype_to_descr(self._dtype)
        header = {"descr": described, "fortran_order": False, "shape": (self._count,)}
        np.lib.format.write_array_header_1_0(self._file, header)


class _GrowingText:
    """The same of texts: where each ends, and all of them in UTF-8 one behind the other; read by ``load_texts``."""

    def __init__(self, folder: Path, name: str):
        self._ends = _Growing(folder / f"{name}_ends.npy", np.int64)
        self._text = _Growing(folder / f"{name}_text.npy", np.uint8)
        self._ends.add(np.zeros(1))
        self._length = 0

    def add(self, column: pa.ChunkedArray) -> None:
        for chunk in column.cast(pa.large_string()).chunks:
            ends, text = _bytes(chunk)
            self._ends.add(ends[1:] - ends[0] + self._length)
            self._text.add(text)
            self._length += len(text)

    def close(self) -> None:
        self._ends.close()
        self._text.close()


def _write_table(path: Path, table: pa.Table) -> None:
    # One chunk a column, so that a mapped column can be read as one array.
    with ipc.new_file(path, table.schema) as sink:
        sink.write_table(table.combine_chunks())
