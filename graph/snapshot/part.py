"""A part of a snapshot: some nodes, numbered anew, and what lies among them. It costs what it holds, not what the book
holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..kernels.sets import among, distinct
from .exported import ExportedView
from .view import GraphView


class Part(ExportedView):
    """What some nodes of a snapshot make, as ``GraphView.part`` says.

    Parameters
    ----------
    whole : the snapshot
    nodes : its numbers of the part's nodes; in the part they are numbered in their rising order
    """

    def __init__(self, whole: GraphView, nodes: np.ndarray | Sequence[int], positions: np.ndarray | None = None):
        super().__init__(whole._files, whole.as_of)
        self._whole = whole
        self.nodes = distinct(np.asarray(nodes, dtype=np.int32))
        self._positions = self._inner() if positions is None else positions

    def _inner(self) -> np.ndarray:
        """int64, ascending: the positions of the relationships with both ends among the nodes."""
        positions = distinct(self._whole.touching(self.nodes))
        source, target = self._whole.ends(positions)
        return positions[among(source, self.nodes) & among(target, self.nodes)]

    def at(self, as_of: int) -> Part:
        return Part(self._whole.at(as_of), self.nodes, self._positions)

    def part(self, nodes: np.ndarray | Sequence[int]) -> Part:
        return Part(self._whole, self.nodes[np.asarray(nodes, dtype=np.int64)])

    @property
    def kinds(self) -> np.ndarray:
        return self._kinds

    @cached_property
    def _kinds(self) -> np.ndarray:
        return self._whole.kinds[self.nodes]

    def names(self, nodes: np.ndarray | Sequence[int]) -> list[str]:
        return self._whole.names(self.nodes[np.asarray(nodes, dtype=np.int64)])

    def find_all(self, names: Sequence[str]) -> np.ndarray:
        found = self._whole.find_all(names)
        number = self._numbered(found).astype(np.int64)
        return np.where(among(found, self.nodes), number, -1)

    def ends(self, positions: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        source, target = self._whole.ends(positions)
        return self._numbered(source), self._numbered(target)

    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._adjacency

    @cached_property
    def _adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        from ..kernels.adjacency import both

        source, target = self.ends(self._positions)
        offsets, neighbours, order = both(source, target, len(self.nodes))
        return offsets, neighbours, self._positions[order]

    def _versions(self, relation: str) -> np.ndarray:
        spans = self._files.spans(relation)
        ends = np.searchsorted(self._positions, spans)
        pieces = [self._positions[low:high] for low, high in ends.tolist()]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def _stated(self, table: str) -> np.ndarray:
        return self._files.facts(table).about(np.append(self.nodes, np.int32(-1)))

    def _about(self, table: str, nodes: np.ndarray) -> np.ndarray:
        return self._files.facts(table).about(self.nodes[nodes])

    def _stating(self, node: int) -> list[str]:
        return self._files.stating(self.nodes[node])

    def _numbered(self, nodes: np.ndarray) -> np.ndarray:
        number = np.searchsorted(self.nodes, nodes).astype(np.int32)
        return np.where(np.asarray(nodes) < 0, np.int32(-1), number)
