"""Cleaned rows on disk between the two passes of a load: a folder of encrypted Parquet parts beside the store.

It holds no raw personal value: tokens, masks and ciphertexts only, in files that are encrypted themselves. Rows of one
key lie in one partition, so that the second pass needs one partition in memory at a time. ``manifest.json`` says what
is complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..graph.keys import KeyFile
from .sealed import read_sealed, write_sealed

_FLUSH_ROWS = 200_000
_PARTITION_BYTES = 96 << 20
"""Text that goes into one partition: about a million rows, which take about a gigabyte while they are merged."""
_COMPRESSED = 6
"""How much larger than on disk the text of compressed files is taken to be."""


class Staging:
    """The staging folder of one load. What an earlier load left in it is removed.

    Parameters
    ----------
    folder : made anew
    sizes : bytes on disk of the files of each table, those of compressed files times ``_COMPRESSED``
    keys : what the files are encrypted with
    """

    def __init__(self, folder: Path, sizes: dict[str, int], keys: KeyFile):
        self.folder = folder
        self._keys = keys
        self._partitions = {table: 1 + size // _PARTITION_BYTES for table, size in sizes.items()}
        self._waiting: dict[str, list[tuple[pa.Table, np.ndarray | None]]] = {}
        self._parts: dict[str, dict[int, list[str]]] = {}
        self._side: dict[str, list[str]] = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)

    def partitions(self, table: str) -> int:
        """How many partitions the rows of a table are spread over."""
        return self._partitions.get(table, 1)

    def append(self, table: str, rows: pa.Table, hashes: np.ndarray | None) -> None:
        """Add rows; ``hashes`` of their keys, not needed where the table has one partition."""
        waiting = self._waiting.setdefault(table, [])
        waiting.append((rows, hashes))
        if sum(len(part) for part, _ in waiting) >= _FLUSH_ROWS * min(self.partitions(table), 8):
            self._flush(table)

    def finish(self, extra: dict) -> None:
        """Write what is waiting, and the manifest."""
        for table in list(self._waiting):
            self._flush(table)
        manifest = {"format": 1, "tables": self._parts, "side": self._side, **extra}
        draft = self.folder / "manifest.draft"
        draft.write_text(json.dumps(manifest), "utf-8")
        draft.rename(self.folder / "manifest.json")

    def tables(self) -> list[str]:
        """The tables that have rows."""
        return list(self._parts)

    def read(self, table: str) -> Iterator[tuple[int, pa.Table]]:
        """The partitions of a table, one after the other, with their numbers."""
        for partition, names in sorted(self._parts.get(table, {}).items()):
            parts = [read_sealed(self.folder / name, self._keys) for name in names]
            yield partition, pa.concat_tables(parts, promote_options="default").combine_chunks()

    def put_aside(self, what: str, rows: pa.Table) -> None:
        """Keep rows of another kind (``secrets``, ``rejects``) as a part of their own."""
        if len(rows):
            names = self._side.setdefault(what, [])
            name = f"{what}-{len(names):06}.parquet"
            write_sealed(self.folder / name, rows, self._keys)
            names.append(name)

    def aside(self, what: str) -> Iterator[pa.Table]:
        """The parts kept by ``put_aside``."""
        for name in self._side.get(what, []):
            yield read_sealed(self.folder / name, self._keys)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _flush(self, table: str) -> None:
        waiting = self._waiting.pop(table, [])
        if not waiting:
            return
        rows = pa.concat_tables([part for part, _ in waiting], promote_options="default")
        count, parts = self.partitions(table), self._parts.setdefault(table, {})
        if count == 1:
            self._write(table, 0, rows, parts)
            return
        places = np.concatenate([hashes for _, hashes in waiting if hashes is not None]) % np.uint64(count)
        order = np.argsort(places, kind="stable")
        ends = np.searchsorted(places[order], np.arange(count + 1, dtype=np.uint64))
        for partition in range(count):
            chosen = order[ends[partition] : ends[partition + 1]]
            if len(chosen):
                self._write(table, partition, rows.take(pa.array(chosen)), parts)

    def _write(self, table: str, partition: int, rows: pa.Table, parts: dict[int, list[str]]) -> None:
        names = parts.setdefault(partition, [])
        name = f"{table}-{partition:04}-{len(names):06}.parquet"
        write_sealed(self.folder / name, rows, self._keys)
        names.append(name)


def text_size(name: str, size: int) -> int:
    """About how many bytes of text a file of ``size`` bytes holds."""
    return size if name.lower().endswith(".csv") else size * _COMPRESSED
