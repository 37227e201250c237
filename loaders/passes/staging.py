"""Cleaned rows on disk between the two passes of a load: a folder of encrypted parts beside the store.

It holds no raw personal value: tokens, masks and ciphertexts only, in files that are encrypted themselves. Rows of one
key lie in one partition, so that the second pass needs one partition in memory at a time. ``manifest.json`` says what
is complete: parts that it does not name were being written when the process died, and count for nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...graph.errors import UserError
from ...graph.keys import KeyFile
from .sealed import read_sealed, write_sealed

_MANIFEST = "manifest.json"
_FORMAT = 3
_FLUSH_ROWS = 400_000
"""Rows that wait in memory until those of a table are spread over its partitions."""
_PARTITION_BYTES = 24 << 20
"""Text that goes into one partition: some hundred thousand rows, which take half a gigabyte while they are merged."""
_SECRETS = "secrets"
_COMPRESSED = 6
"""How much larger than on disk the text of compressed files is taken to be."""


class Staging:
    """The staging folder of one load.

    Attributes
    ----------
    note : what else the load wants to find again, JSON-ready; written by ``save``
    """

    def __init__(self, folder: Path, manifest: dict, keys: KeyFile):
        self.folder = folder
        self._keys = keys
        self.note: dict = manifest["note"]
        self._partitions: dict[str, int] = manifest["partitions"]
        self._parts: dict[str, dict[str, list[str]]] = manifest["tables"]
        self._side: dict[str, list[str]] = manifest["side"]
        self._waiting: dict[str, list[tuple[pa.Table, np.ndarray | None]]] = {}

    @classmethod
    def begin(cls, folder: Path, sizes: dict[str, int], note: dict, keys: KeyFile) -> Staging:
        """Make the folder, or make it anew: what was in it is removed.

        Parameters
        ----------
        sizes : bytes of text in the files of each table, about
        keys : what the files are encrypted with
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        about = {**sizes, _SECRETS: sum(sizes.values()) // 4}
        partitions = {table: 1 + size // _PARTITION_BYTES for table, size in about.items()}
        staging = cls(folder, {"note": note, "partitions": partitions, "tables": {}, "side": {}}, keys)
        staging.save()  # before anything goes: at no moment is there no manifest
        for path in folder.iterdir():
            if path.name != _MANIFEST:
                path.unlink()
        return staging

    @classmethod
    def reopen(cls, folder: Path, keys: KeyFile) -> Staging | None:
        """The folder as it was saved last; None where there is none that can be read."""
        try:
            manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return cls(folder, manifest, keys) if manifest.get("format") == _FORMAT else None

    def partitions(self, table: str) -> int:
        """How many partitions the rows of a table are spread over."""
        return self._partitions.get(table, 1)

    def append(self, table: str, rows: pa.Table, hashes: np.ndarray | None) -> None:
        """Add rows; ``hashes`` of their keys, not needed where the table has one partition."""
        self._waiting.setdefault(table, []).append((rows, hashes))
        waiting = {name: sum(len(part) for part, _ in parts) for name, parts in self._waiting.items()}
        if sum(waiting.values()) >= _FLUSH_ROWS:
            self._flush(max(waiting, key=waiting.__getitem__))

    def finish(self) -> None:
        """Write what is waiting."""
        for table in list(self._waiting):
            self._flush(table)

    def save(self) -> None:
        """Write the manifest: what was written so far is complete."""
        manifest = {
            "format": _FORMAT,
            "note": self.note,
            "partitions": self._partitions,
            "tables": self._parts,
            "side": self._side,
        }
        draft = self.folder / "manifest.draft"
        draft.write_text(json.dumps(manifest), "utf-8")
        draft.rename(self.folder / _MANIFEST)

    def read(self, table: str, start: int = 0) -> Iterator[tuple[int, pa.Table]]:
        """The partitions of a table from a number on, one after the other, with their numbers."""
        parts = self._parts.get(table, {})
        for partition in sorted(map(int, parts)):
            if partition >= start:
                tables = [self._part(name) for name in parts[str(partition)]]
                yield partition, pa.concat_tables(tables, promote_options="default").combine_chunks()

    def put_aside(self, what: str, rows: pa.Table) -> None:
        """Keep rows of another kind (``secrets``, ``rejects``) as a part of their own."""
        if len(rows):
            names = self._side.setdefault(what, [])
            name = f"{what}-{len(names):06}.part"
            self._keep(name, rows)
            names.append(name)

    def aside(self, what: str) -> Iterator[pa.Table]:
        """The parts kept by ``put_aside``."""
        for name in self._side.get(what, []):
            yield self._part(name)

    def keep_secrets(self, rows: pa.Table, numbers: np.ndarray) -> None:
        """Keep tokens with masks and ciphertexts; ``numbers`` are the first 64 bits of the tokens."""
        # a partition holds what lies between two tokens, so that partition after partition is in order
        width = np.uint64(2**64 // self.partitions(_SECRETS) + 1) if self.partitions(_SECRETS) > 1 else None
        self.append(_SECRETS, rows, None if width is None else numbers // width)

    def secrets(self) -> Iterator[pa.Table]:
        """What was kept as secrets, each part with higher tokens than the part before; then what was put aside."""
        for _, part in self.read(_SECRETS):
            yield part
        yield from self.aside(_SECRETS)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _part(self, name: str) -> pa.Table:
        try:
            return read_sealed(self.folder / name, self._keys)
        except (FileNotFoundError, ValueError, UserError) as error:
            # as after a power cut: parts are not forced onto the disk
            raise UserError(f"what the load had read is damaged ({name}): load its source again") from error

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
        # taken once for all partitions: each time, Arrow joins the waiting parts anew
        rows = rows.take(pa.array(order))
        for partition in np.flatnonzero(np.diff(ends)):
            self._write(table, int(partition), rows[ends[partition] : ends[partition + 1]], parts)

    def _write(self, table: str, partition: int, rows: pa.Table, parts: dict[str, list[str]]) -> None:
        names = parts.setdefault(str(partition), [])
        name = f"{table}-{partition:04}-{len(names):06}.part"
        self._keep(name, rows)
        names.append(name)

    def _keep(self, name: str, rows: pa.Table) -> None:
        write_sealed(self.folder / name, rows, self._keys)


def text_size(name: str, size: int) -> int:
    """About how many bytes of text a file of ``size`` bytes holds."""
    return size if name.lower().endswith(".csv") else size * _COMPRESSED
