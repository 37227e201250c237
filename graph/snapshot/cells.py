"""The cells of rows: kept as JSON text, read as columns of their types."""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_LOOKED_AT, _FEW = 1000, 100
"""Where so many rows hold fewer texts than this, each text is parsed once for all rows that hold it."""
_ONE_BY_ONE = 64
"""So few rows are read sooner one by one."""
_KINDS = {"text": pa.string(), "number": pa.float64(), "time": pa.int64()}
_PARSED_AT_A_TIME = 1 << 16
"""So few rows that what parsing them takes is memory just used, not new."""


def parse_data(data: pa.ChunkedArray, types: Mapping[str, str]) -> pa.Table:
    """The cells of JSON ``data`` as columns of their types, null where absent; a column no row has is left out."""
    return without_blank(all_cells(data, types))


def without_blank(table: pa.Table) -> pa.Table:
    """Without the columns that are blank throughout."""
    return table.select([name for name in table.column_names if table.column(name).null_count < table.num_rows])


def all_cells(data: pa.ChunkedArray, types: Mapping[str, str]) -> pa.Table:
    """The cells of JSON ``data``, a column for each type."""
    lines = data.cast(pa.large_string())
    if not types or not len(lines):
        return pa.table({})
    if len(lines) <= _ONE_BY_ONE:
        return _read(lines.to_pylist(), types)
    if pc.count_distinct(lines.slice(0, _LOOKED_AT), mode="all").as_py() < _FEW < len(lines):
        coded = single_chunk(lines.dictionary_encode("encode"))
        return _parsed(coded.dictionary, types).take(coded.indices)
    starts = range(0, len(lines), _PARSED_AT_A_TIME)
    return pa.concat_tables(_parsed(single_chunk(lines.slice(start, _PARSED_AT_A_TIME)), types) for start in starts)


def _read(lines: Sequence[str | None], types: Mapping[str, str]) -> pa.Table:
    """The same, line by line: Arrow's own reader begins slowly."""
    rows = [json.loads(line) if line else {} for line in lines]
    return pa.table({name: pa.array([row.get(name) for row in rows], _KINDS[kind]) for name, kind in types.items()})


def _parsed(lines: pa.Array, types: Mapping[str, str]) -> pa.Table:
    """The same, of a few rows."""
    import pyarrow.json as arrow_json

    blank = pc.equal(pc.fill_null(pc.binary_length(lines), 0), 0)
    if pc.any(blank).as_py():
        lines = pc.if_else(blank, "{}", lines)
    # Joined anew, the strings of an array lie one behind the other in its last buffer: the text of a JSON-lines file.
    empty, newline = pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string())
    joined = pc.binary_join_element_wise(lines, empty, newline)
    text = joined.buffers()[2].slice(0, pc.sum(pc.binary_length(joined)).as_py())
    schema = pa.schema([(name, _KINDS[kind]) for name, kind in types.items()])
    return arrow_json.read_json(
        pa.BufferReader(text),
        read_options=arrow_json.ReadOptions(block_size=max(text.size, 1)),
        parse_options=arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def row_numbers(numbers: np.ndarray | Sequence[int]) -> pa.Array:
    """Numbers of rows as Arrow takes them. Its own ``pa.array`` imports pandas, to see whether it is given a column of
    it, and a look-up would wait for that."""
    held = np.ascontiguousarray(numbers, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(held), [None, pa.py_buffer(held)])


def single_chunk(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array, without copying where it is one already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
