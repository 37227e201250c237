"""A snapshot written as files: plain arrays and Arrow columns that ``snapshot.py`` maps."""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from .model import KINDS, RELATION_CODE
from .snapshot import EDGE_NUMBERS, FACT_NUMBERS, FORMAT, single_chunk

_LOOKED_AT, _FEW = 1000, 100
"""Where so many rows hold fewer texts than this, each text is parsed once for all rows that hold it."""
_PARSED_AT_A_TIME = 1 << 16
"""So few rows that what parsing them takes is memory just used, not new."""


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
    edges : per relation, in the order of ``RELATIONS``, the columns of ``EDGE_NUMBERS``, ``uid`` and ``data``
    facts : per table, the columns of ``FACT_NUMBERS``, ``uid`` and ``data``
    types : per relation or table, the type of each key of ``data``
    """
    from .kernels.adjacency import both

    folder.mkdir(parents=True)
    (folder / "edges").mkdir()
    (folder / "adjacency").mkdir()
    meta: dict = {"format": FORMAT, "revision": revision, "data_date": data_date, "files": files}

    spans, uids, count = {}, [], 0
    with ExitStack() as stack:
        kinds = {**EDGE_NUMBERS, "relation": np.uint8, "flagged": np.bool_}
        columns = {
            name: stack.enter_context(closing(_Growing(folder / "edges" / f"{name}.npy", dtype)))
            for name, dtype in kinds.items()
        }
        for relation, table in edges:
            if table.num_rows == 0:
                continue
            spans[relation] = (count, count + table.num_rows)
            count += table.num_rows
            for name in EDGE_NUMBERS:
                for chunk in table.column(name).chunks:
                    columns[name].add(chunk.to_numpy())
            uids += table.column("uid").cast(pa.large_string()).chunks
            columns["relation"].add(np.full(table.num_rows, RELATION_CODE[relation]))
            fields = parse_data(table.column("data"), types.get(relation, {}))
            if fields.num_columns:
                _write_table(folder / "edges" / f"{relation}.arrow", fields)
            plain = "flag" not in fields.column_names
            columns["flagged"].add(np.zeros(table.num_rows) if plain else fields.column("flag").is_valid().to_numpy())
    _write_table(folder / "edges" / "uid.arrow", pa.table({"uid": pa.chunked_array(uids, pa.large_string())}))
    del uids
    meta["edges"] = spans

    source, target = (np.load(folder / "edges" / f"{name}.npy", mmap_mode="r") for name in ("source", "target"))
    adjacency = both(source, target, len(names))
    for name, array in zip(("offsets", "neighbours", "positions"), adjacency, strict=True):
        np.save(folder / "adjacency" / f"{name}.npy", array)
    del adjacency

    meta["facts"] = []
    for table_name, table in facts:
        part = folder / "facts" / table_name
        part.mkdir(parents=True)
        for name, dtype in FACT_NUMBERS.items():
            np.save(part / f"{name}.npy", table.column(name).to_numpy().astype(dtype, copy=False))
        fields = parse_data(table.column("data"), types.get(table_name, {}))
        uid = table.column("uid").cast(pa.large_string())
        columns = {name: fields.column(name) for name in fields.column_names}
        _write_table(part / "fields.arrow", pa.table({"uid": uid, **columns}))
        meta["facts"].append(table_name)

    names = names.cast(pa.large_string())
    _write_table(folder / "names.arrow", pa.table({"name": names}))
    codes_by_kind = np.zeros(len(names), dtype=np.uint8)
    for code, kind in enumerate(KINDS):
        codes_by_kind[pc.starts_with(names, f"{kind}:").to_numpy(zero_copy_only=False)] = code
    np.save(folder / "kinds.npy", codes_by_kind)
    # Arrow orders strings by their UTF-8 bytes, and so does Python by code points: the two orders are the same.
    np.save(folder / "order.npy", pc.sort_indices(names).to_numpy().astype(np.int32))
    _write_table(folder / "masks.arrow", masks.sort_by("token"))
    (folder / "snapshot.json").write_text(json.dumps(meta, ensure_ascii=False), "utf-8")


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


def parse_data(data: pa.ChunkedArray, types: dict[str, str]) -> pa.Table:
    """The cells of JSON ``data`` as columns of their types, null where absent; a column no row has is left out."""
    lines = data.cast(pa.large_string())
    if not types or not len(lines):
        return pa.table({})
    if pc.count_distinct(lines.slice(0, _LOOKED_AT), mode="all").as_py() < _FEW < len(lines):
        coded = single_chunk(lines.dictionary_encode("encode"))
        table = _parsed(coded.dictionary, types).take(coded.indices)
    else:
        starts = range(0, len(lines), _PARSED_AT_A_TIME)
        parts = [_parsed(single_chunk(lines.slice(start, _PARSED_AT_A_TIME)), types) for start in starts]
        table = pa.concat_tables(parts)
    return table.select([name for name in table.column_names if table.column(name).null_count < table.num_rows])


def _parsed(lines: pa.Array, types: dict[str, str]) -> pa.Table:
    """The same, of a few, with all columns."""
    import pyarrow.json as arrow_json

    blank = pc.equal(pc.fill_null(pc.binary_length(lines), 0), 0)
    if pc.any(blank).as_py():
        lines = pc.if_else(blank, "{}", lines)
    # Joined anew, the strings of an array lie one behind the other in its last buffer: the text of a JSON-lines file.
    empty, newline = pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string())
    joined = pc.binary_join_element_wise(lines, empty, newline)
    text = joined.buffers()[2].slice(0, pc.sum(pc.binary_length(joined)).as_py())
    kinds = {"text": pa.string(), "number": pa.float64(), "time": pa.int64()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in types.items()])
    return arrow_json.read_json(
        pa.BufferReader(text),
        read_options=arrow_json.ReadOptions(block_size=max(text.size, 1)),
        parse_options=arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def _write_table(path: Path, table: pa.Table) -> None:
    # One chunk a column, so that a mapped column can be read as one array.
    with ipc.new_file(path, table.schema) as sink:
        sink.write_table(table.combine_chunks())
