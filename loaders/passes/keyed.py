"""Tokens of personal values, and digests of rows without a key, by column."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ...graph.keys import TOKEN_PREFIX, KeyFile
from ..vectors import TEXT

_HASH = 32
_SHOWN = 16
"""Bytes of a hash, and of these the ones that show."""
_HEX = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)


def tokens(keys: KeyFile, kind: str, values: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """The tokens of values, none of them missing, and for each the first half of what it shows, as uint64."""
    hashes = _hashes(keys, kind, values)
    return _hexadecimal(TOKEN_PREFIX, hashes), hashes[:, :8].copy().view(">u8").ravel().astype(np.uint64)


def digests(keys: KeyFile, texts: pa.Array) -> pa.Array:
    """For each text 32 hex digits that stand for a row without a key."""
    return _hexadecimal("", _hashes(keys, "row", texts))


def _hashes(keys: KeyFile, kind: str, values: pa.Array) -> np.ndarray:
    hashes = np.frombuffer(keys.hashes(kind, values.to_pylist()), np.uint8)
    return hashes.reshape(len(values), _HASH)[:, :_SHOWN]


def _hexadecimal(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Each row of bytes as hex digits behind a prefix."""
    begin = np.frombuffer(prefix.encode(), np.uint8)
    cells = np.empty((len(numbers), len(begin) + 2 * _SHOWN), dtype=np.uint8)
    cells[:, : len(begin)] = begin
    cells[:, len(begin) :] = _HEX[numbers].reshape(len(numbers), 2 * _SHOWN)
    offsets = np.arange(len(numbers) + 1, dtype=np.int64) * cells.shape[1]
    return pa.Array.from_buffers(TEXT, len(numbers), [None, pa.py_buffer(offsets), pa.py_buffer(cells)])
