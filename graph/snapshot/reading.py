"""The whole graph at one revision: plain arrays, memory-mapped, read-only.

A snapshot holds *all* versions that exist at its revision, with their time columns, so ``at(T)`` answers for any T
without another trip to the store. Nodes are numbered from 0; relationships are numbered from 0 across all relations,
those of one relation standing together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from ..kernels.texts import Texts
from .cells import row_numbers
from .exported import ExportedView
from .files import Files
from .ledger import Ledger
from .part import Part


class Snapshot(ExportedView):
    """The whole graph at one revision, seen at ``as_of``. Open with ``open_snapshot``.

    Attributes
    ----------
    folder : where its files are
    """

    def __init__(self, files: Files, as_of: int):
        super().__init__(files, as_of)
        self.folder = files.folder

    def at(self, as_of: int) -> Snapshot:
        return Snapshot(self._files, as_of)

    def part(self, nodes: np.ndarray | Sequence[int]) -> Part:
        return Part(self, nodes)

    @cached_property
    def ledger(self) -> Ledger:
        """Every row by its ends, in order of time, whatever ``as_of``."""
        return Ledger(self)

    @property
    def kinds(self) -> np.ndarray:
        return self._files.kinds

    def names(self, nodes: np.ndarray | Sequence[int]) -> list[str]:
        return self._files.name_column.take(row_numbers(nodes)).to_pylist()

    def named(self) -> Texts:
        return self._files.names

    def find_all(self, names: Sequence[str]) -> np.ndarray:
        return self._files.names.find_all(names)

    def ends(self, positions: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        return self._files.edges["source"][positions], self._files.edges["target"][positions]

    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._files.adjacency

    def _versions(self, relation: str) -> slice:
        return slice(*self._files.span(relation))

    def _stated(self, table: str) -> slice:
        return slice(None)

    def _about(self, table: str, nodes: np.ndarray) -> np.ndarray:
        return self._files.facts(table).about(nodes)

    def _stating(self, node: int) -> list[str]:
        return self._files.stating(node)

    def _numbered(self, nodes: np.ndarray) -> np.ndarray:
        return nodes


def open_snapshot(folder: Path, as_of: int) -> Snapshot:
    """Map the snapshot kept in a folder."""
    return Snapshot(Files(folder), as_of)
