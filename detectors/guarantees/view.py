"""The net as one view sees it: parties as they are, or the groups they belong to taken as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from ...graph.kernels.adjacency import Adjacency, both, forward
from ...graph.kernels.components import strong_components, weak_components
from ...graph.kernels.sets import among, distinct
from .groups import control
from .net import Net


@dataclass
class Structure:
    """A guarantee structure before it is put into words.

    Attributes
    ----------
    rows : int64, the net's contracts that take part, the telling ones first; their parties are its members
    measures : what was counted on the way; sizes and amounts follow from the rows
    truncated : bounds that bit
    focus : party numbers worth naming first, in order; empty where any is as good
    joint_name : id of the joint group, where the contracts carry one
    cores : of a part of a large circle, the party numbers of each core in it
    guarantor : of an over-guarantee, the party number of its only member
    """

    kind: str
    rows: np.ndarray
    measures: dict[str, float] = field(default_factory=dict)
    truncated: list[dict] = field(default_factory=list)
    focus: list[int] = field(default_factory=list)
    path: bool = False
    joint_name: str | None = None
    cores: list[np.ndarray] = field(default_factory=list)
    guarantor: int | None = None


class View:
    """Contracts between different vertices, and what hangs together.

    A vertex is a party in the raw view, a group in the contracted one. Contracts inside one vertex are left out, and
    so are counter-guarantees.

    Attributes
    ----------
    name : ``raw`` or ``contracted``
    net : the contracts
    vertex_of : int64 by party, its vertex
    count : how many vertices are numbered
    rows : int64[r], the net's contracts in this view, in their order there
    source, target : int32[r], their vertices
    weak, strong : int32 by vertex, labels of weak and strong components
    """

    def __init__(self, name: str, net: Net, vertex_of: np.ndarray, rows: np.ndarray | None = None):
        self.name, self.net, self.vertex_of = name, net, vertex_of
        self.count = int(vertex_of.max()) + 1 if len(vertex_of) else 0
        rows = np.flatnonzero(net.structural) if rows is None else rows
        rows = rows[vertex_of[net.guarantor[rows]] != vertex_of[net.borrower[rows]]]
        self.rows = rows
        self.source = vertex_of[net.guarantor[rows]].astype(np.int32)
        self.target = vertex_of[net.borrower[rows]].astype(np.int32)
        self.weak = weak_components(self.source, self.target, self.count)
        self.strong = strong_components(self.source, self.target, self.count)

    @cached_property
    def arc(self) -> np.ndarray:
        """int64 by contract: a number that parallel contracts share."""
        return self.source.astype(np.int64) * self.count + self.target

    @cached_property
    def arc_keys(self) -> np.ndarray:
        """The distinct values of ``arc``, ascending."""
        return distinct(self.arc)

    @cached_property
    def arcs(self) -> tuple[np.ndarray, np.ndarray]:
        """Sources and targets of the distinct arcs."""
        return self.arc_keys // max(self.count, 1), self.arc_keys % max(self.count, 1)

    @cached_property
    def linked(self) -> np.ndarray:
        """bool by vertex: does a contract of this view end at it?"""
        linked = np.zeros(self.count, dtype=bool)
        linked[self.source] = True
        linked[self.target] = True
        return linked

    @cached_property
    def strong_size(self) -> np.ndarray:
        """int64 by strong component: how many vertices it has."""
        return np.bincount(self.strong, minlength=1)

    @cached_property
    def inner(self) -> np.ndarray:
        """bool by contract: it lies inside a strong component."""
        return self.strong[self.source] == self.strong[self.target]

    def pairs(self, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of vertices, the lesser first, that guarantee each other by contracts for which ``mask`` holds."""
        # Only inside a strong component can two guarantee each other.
        keys = distinct(self.arc[self.inner & mask])
        one, other = keys // max(self.count, 1), keys % max(self.count, 1)
        pair = (one < other) & among(other * self.count + one, keys)
        return one[pair], other[pair]

    @cached_property
    def mutual(self) -> tuple[np.ndarray, np.ndarray]:
        """All pairs of vertices, the lesser first, that guarantee each other."""
        return self.pairs(np.ones(len(self.rows), dtype=bool))

    @cached_property
    def adjacency(self) -> Adjacency:
        """Contracts by either end; ``edges`` are places in ``rows``."""
        return both(self.source, self.target, self.count)

    @cached_property
    def matrix(self) -> csr_matrix:
        """Contracts by guarantor, as SciPy's searches take them."""
        offsets, targets, _ = forward(self.source, self.target, self.count)
        return csr_matrix((np.ones(len(targets), dtype=np.int8), targets, offsets), shape=(self.count, self.count))

    @cached_property
    def neighbours(self) -> np.ndarray:
        """int64 by vertex: with how many others it has contracts, as guarantor or borrower."""
        one, other = self.arcs
        pairs = distinct(np.minimum(one, other) * self.count + np.maximum(one, other))
        ends = np.concatenate((pairs // max(self.count, 1), pairs % max(self.count, 1)))
        return np.bincount(ends, minlength=self.count)

    @cached_property
    def amounts(self) -> np.ndarray:
        """float64 by vertex: the known amounts of the contracts that end at it."""
        known = np.nan_to_num(self.net.amount[self.rows])
        return np.bincount(self.source, known, self.count) + np.bincount(self.target, known, self.count)

    @cached_property
    def controlled(self) -> np.ndarray:
        """int64 by vertex: how many others it represents in law, or holds more than half of."""
        one, other = (self.vertex_of[end].astype(np.int64) for end in control(self.net.snapshot, self.net.parties))
        pairs = distinct((one * self.count + other)[one != other])
        return np.bincount(pairs // max(self.count, 1), minlength=self.count)

    @cached_property
    def labels(self) -> list[str]:
        """What people call each vertex; a group by the first of its parties' names."""
        labels: list[str] = [""] * self.count
        for vertex, label in zip(self.vertex_of.tolist(), self.net.labels, strict=True):
            labels[vertex] = min(labels[vertex], label) if labels[vertex] else label
        return labels

    def touching(self, vertices: Iterable[int]) -> np.ndarray:
        """Places in ``rows`` of the contracts that end at any of the vertices, ascending."""
        offsets, edges = self.adjacency.offsets, self.adjacency.edges
        parts = [edges[offsets[vertex] : offsets[vertex + 1]] for vertex in vertices]
        return distinct(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)
