"""Columns of text as Arrow arrays: what cleaning, staging and merging do to whole columns at once.

Text is ``large_string`` throughout, missing where blank; numbers are ``float64`` and times ``int64`` epoch
milliseconds, both missing where blank.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
_EXACT = float(2**53)
_SEPARATOR = "\x1f"
_ESCAPED = np.isin(np.arange(256), [*range(0x20), ord('"'), ord("\\"), 0x7F])
"""By byte: does JSON write it in another way?"""


def text(values: object) -> pa.Array:
    """Any sequence or column of texts as one Arrow array of text."""
    array = pa.array(values, type=TEXT, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def blanks(count: int, kind: pa.DataType = TEXT) -> pa.Array:
    """A column in which every cell is missing."""
    return pa.nulls(count, kind)


def trimmed(column: pa.Array) -> pa.Array:
    """Without white space around; what is then empty is missing."""
    if _tight(column):
        return column
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, TEXT), column)


def present(column: pa.Array) -> np.ndarray:
    """bool by row: is the cell not missing?"""
    if not column.null_count:
        return np.ones(len(column), dtype=bool)
    return column.is_valid().to_numpy(zero_copy_only=False)


def distinct(column: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """The distinct values of a column, and for every row the place of its value among them, -1 where missing."""
    coded = column.dictionary_encode()
    return coded.dictionary, coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)


def spread(values: pa.Array, codes: np.ndarray) -> pa.Array:
    """For every row the value at its code; missing where the code is -1. The inverse of ``distinct``."""
    return values.take(pa.array(codes, mask=codes < 0))


def where(mask: np.ndarray, column: pa.Array, other: object = None) -> pa.Array:
    """The column where the mask holds, elsewhere the other column or value; missing by default."""
    if other is None:
        other = pa.scalar(None, column.type)
    return pc.if_else(pa.array(mask), column, other)


def matches(column: pa.Array, pattern: str) -> np.ndarray:
    """bool by row: does the regular expression (RE2) match? False where missing."""
    found = pc.match_substring_regex(column, pattern)
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def has_byte(column: pa.Array, character: str) -> bool:
    """Whether an ASCII character stands in any cell (or perhaps did, in cells that are missing now): a quick look that
    saves most columns a slower one.

    >>> has_byte(text(["a", None, "#N/A"]), "#"), has_byte(text(["a", "甲"]), "#")
    (True, False)
    """
    return bool((content(column) == ord(character)).any())


def printable(column: pa.Array) -> bool:
    """Whether no cell has anything but ASCII characters that can be seen, none of them an underscore.

    >>> printable(text(["a-1", None])), printable(text(["a\\x00b"])), printable(text(["甲"])), printable(text(["a_b"]))
    (True, False, False, False)
    """
    seen = content(column)
    return bool(((seen >= ord(" ")) & (seen < 0x7F) & (seen != ord("_"))).all())


def content(column: pa.Array) -> np.ndarray:
    """The bytes of a column's text, of all cells together."""
    offsets, characters = _buffers(column)
    return characters[offsets[0] : offsets[-1]]


def _tight(column: pa.Array) -> bool:
    """Whether every cell that is not missing begins and ends with an ASCII character that can be seen: a quick look."""
    offsets, characters = _buffers(column)
    filled = np.diff(offsets) > 0
    if not (filled == present(column)).all():  # a cell is empty, or has bytes that do not count
        return False
    ends = np.concatenate([characters[offsets[:-1][filled]], characters[offsets[1:][filled] - 1]])
    return bool(((ends > ord(" ")) & (ends < 0x7F)).all())


def first_bytes(column: pa.Array) -> np.ndarray:
    """uint8 by row: the first byte of its text, 0 where it has none.

    >>> first_bytes(text(["a", None, "", "bc"])).tolist()
    [97, 0, 0, 98]
    """
    offsets, characters = _buffers(column)
    firsts = np.zeros(len(column), dtype=np.uint8)
    some = np.flatnonzero(np.diff(offsets))
    firsts[some] = characters[offsets[some]]
    return firsts


def _buffers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where the text of each cell begins, with where that of the last ends; and the bytes."""
    column = column.cast(TEXT)
    _, offsets, characters = column.buffers()
    if not len(column):
        return np.zeros(1, dtype=np.int64), np.array([], dtype=np.uint8)
    begins = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return begins, np.frombuffer(characters or b"", np.uint8)


def joined(parts: Sequence[pa.Array | str], glue: str = "") -> pa.Array:
    """The parts of each row joined; missing where one of them is."""
    columns = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, pa.scalar(glue, TEXT))


def paired(first: pa.Array, second: pa.Array) -> tuple[pa.Array, pa.Array, np.ndarray]:
    """Distinct pairs of two columns as two arrays, and the place of each row's pair; -1 where ``second`` is missing."""
    both = joined([first.fill_null(""), second], _SEPARATOR)
    pairs, codes = distinct(both)
    halves = pc.extract_regex(pairs, f"(?s)^(?P<a>[^{_SEPARATOR}]*){_SEPARATOR}(?P<b>.*)$")
    return halves.field("a").cast(TEXT), halves.field("b").cast(TEXT), codes


def hashes(column: pa.Array) -> np.ndarray:
    """uint64 by row, the same in every process; only for rows that are not missing."""
    import pandas as pd

    return pd.util.hash_array(np.asarray(column.to_numpy(zero_copy_only=False), dtype=object), categorize=False)


def number_text(values: pa.Array) -> pa.Array:
    """Numbers as JSON writes them: whole ones without a point."""
    numbers = values.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        whole = (np.abs(numbers) < _EXACT) & (numbers == np.floor(numbers))
    if whole.all():
        return pa.array(numbers.astype(np.int64)).cast(TEXT)
    integers = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(TEXT)
    return pc.if_else(pa.array(whole), integers, values.cast(TEXT))


def json_rows(cells: Mapping[str, pa.Array]) -> pa.Array:
    """Each row as a JSON object of its cells that are not missing, keys in the order given.

    >>> json_rows({"a": text(["x", None]), "n": pa.array([1.5, 2.0])}).to_pylist()
    ['{"a":"x","n":1.5}', '{"n":2}']
    """
    parts = []
    for name, column in cells.items():
        if column.null_count == len(column):
            continue
        key = f',"{name}":'
        if pa.types.is_floating(column.type):
            parts.append(joined([key, number_text(column)]))
        elif pa.types.is_integer(column.type):
            parts.append(joined([key, column.cast(TEXT)]))
        else:
            parts.append(joined([key + '"', _escaped(column), '"']))
    if not parts:
        return text(["{}"] * len(next(iter(cells.values())))) if cells else text([])
    # Arrow's own way to skip missing parts leaves out the rows that have none
    cells_of_row = pc.binary_join_element_wise(
        *parts, pa.scalar("", TEXT), null_handling="replace", null_replacement=""
    )
    return joined(["{", pc.utf8_slice_codeunits(cells_of_row, 1), "}"])


def _escaped(column: pa.Array) -> pa.Array:
    if not _ESCAPED[content(column)].any():
        return column
    values, codes = distinct(column)
    return spread(text([json.dumps(value, ensure_ascii=False)[1:-1] for value in values.to_pylist()]), codes)


def long(column: pa.Array, blank: int) -> np.ndarray:
    """A column of times as int64, ``blank`` where missing."""
    return column.fill_null(blank).to_numpy(zero_copy_only=False)
