"""Taking circles apart 拆圈: the cheapest guarantees whose replacement leaves no cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from ...graph.kernels.feedback_arcs import Arcs, Cut, feedback_arcs
from .exposures import Exposures

SECONDS = 20.0
"""How long the cheapest cut is sought; after that the best found stands, with a bound on what could be better."""


@dataclass(frozen=True)
class Cuttable:
    """The contracts of a net as what can be cut: all parallel ones between two vertices at once, a joint group whole.

    Attributes
    ----------
    vertex_of : int64 by party, numbered in an order that is no store's own; a group taken as one is one vertex
    item : int64 by contract of ``held``, what it is cut with; -1 inside one vertex
    count : how many items there are
    """

    held: Exposures
    vertex_of: np.ndarray
    item: np.ndarray
    count: int

    @cached_property
    def contracts(self) -> list[np.ndarray]:
        """The contracts of each item."""
        order = np.argsort(self.item, kind="stable")
        first = np.searchsorted(self.item[order], np.arange(self.count + 1))
        return [order[one:other] for one, other in pairwise(first)]

    @cached_property
    def typical(self) -> float:
        """What a contract of unknown amount is taken to cover in the choice: the median of the known ones, 1 where none
        is known, so that it is not cut for nothing."""
        known = self.held.amount[self.held.amount > 0]
        return float(np.median(known)) if len(known) else 1.0

    @cached_property
    def weight(self) -> np.ndarray:
        """float64 by item: what it covers, unknown amounts at ``typical``; never 0, as cutting is never free."""
        amounts = np.where(np.isnan(self.held.amount), self.typical, self.held.amount)
        return np.array([max(math.fsum(amounts[some].tolist()), 0.01) for some in self.contracts])

    def unknown(self, items: np.ndarray) -> int:
        """Contracts of unknown amount among those of some items."""
        return sum(int(np.isnan(self.held.amount[self.contracts[item]]).sum()) for item in items.tolist())

    def known(self, items: np.ndarray) -> float:
        """The known amounts of some items."""
        amounts = np.concatenate([np.zeros(0), *(self.held.amount[self.contracts[item]] for item in items.tolist())])
        return math.fsum(amounts[~np.isnan(amounts)].tolist())

    def cuts(self, seconds: float = SECONDS) -> list[Cut]:
        """A cheapest cut of each part that can be decided alone, small parts first."""
        layers = np.flatnonzero(self.item >= 0)
        source = self.vertex_of[self.held.guarantor[layers]]
        target = self.vertex_of[self.held.borrower[layers]]
        arcs = Arcs(
            source.astype(np.int32),
            target.astype(np.int32),
            self.item[layers],
            self.weight,
            int(self.vertex_of.max(initial=-1)) + 1,
        )
        return list(feedback_arcs(arcs, seconds))


def cuttable(held: Exposures, groups: np.ndarray | None = None) -> Cuttable:
    """The contracts of a net as what can be cut.

    Parameters
    ----------
    groups : int64 by party, the group that the contracted view takes as one, -1 where it is alone; each party by itself
        where None
    """
    vertex_of = _vertices(held, groups)
    source, target = vertex_of[held.guarantor], vertex_of[held.borrower]
    count = int(vertex_of.max(initial=-1)) + 1
    joint = held.net.joint[held.rows]
    # a joint group is numbered above all arcs
    key = np.where(joint >= 0, count * count + joint, source * count + target)
    apart = source != target
    keys, number = np.unique(key[apart], return_inverse=True)
    item = np.full(len(held.rows), -1, dtype=np.int64)
    item[apart] = number
    return Cuttable(held, vertex_of, item, len(keys))


def _vertices(held: Exposures, groups: np.ndarray | None) -> np.ndarray:
    names = held.net.names
    order = np.argsort(np.array(names, dtype=object), kind="stable") if names else np.zeros(0, np.int64)
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    if groups is None:
        return rank
    first = np.full(int(groups.max(initial=-1)) + 1, len(names))
    np.minimum.at(first, groups[groups >= 0], rank[groups >= 0])
    return np.where(groups >= 0, first[np.maximum(groups, 0)] if len(first) else rank, rank)
