"""Joint groups 联保: three or more who stand for one another under one undertaking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import among, by_label, distinct
from ..contract import bound
from .view import Structure, View

SMALLEST = 3
PIVOT_WORK = 20_000_000
"""Friends looked at in the choice of pivots of one web of mutual pairs, about a second."""


@dataclass
class JointGroups:
    """The joint groups of a view.

    Attributes
    ----------
    vertices : the vertices of each group
    rows : the net's contracts of each group
    names : each group's id, None where its contracts carry none
    cut : weak component → the bound that stopped the search for groups without id in it
    """

    vertices: list[np.ndarray] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    cut: dict[int, dict] = field(default_factory=dict)

    @cached_property
    def memberships(self) -> tuple[np.ndarray, np.ndarray]:
        """``(group, vertex)``, one pair for each vertex of each group."""
        sizes = [len(vertices) for vertices in self.vertices]
        empty = np.array([], dtype=np.int64)
        return np.repeat(np.arange(len(sizes)), sizes), np.concatenate([empty, *self.vertices])

    def truncated(self, weak: int) -> list[dict]:
        """The bound that stopped the search in a weak component, as a list."""
        return [self.cut[weak]] if weak in self.cut else []

    def count_by(self, label: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``(group, label, vertices)``: how many vertices of each group bear each label."""
        group, vertex = self.memberships
        pairs, counts = np.unique(np.stack((group, label[vertex])), axis=1, return_counts=True)
        return pairs[0], pairs[1], counts


def joint_groups(view: View, max_cliques: int) -> JointGroups:
    """Those by ``joint_group_id``, then the maximal cliques of mutual pairs among contracts without one.

    Parameters
    ----------
    max_cliques : most cliques listed in one web of mutual pairs
    """
    found = JointGroups()
    _by_id(view, found)
    _by_cliques(view, found, max_cliques)
    return found


def joint_structures(view: View, groups: JointGroups) -> Iterator[Structure]:
    """One ``guarantee_joint`` for each joint group."""
    for vertices, rows, name in zip(groups.vertices, groups.rows, groups.names, strict=True):
        truncated = [] if name else groups.truncated(int(view.weak[vertices[0]]))
        measures: dict[str, float] = {"joint_by_id": int(name is not None)}
        yield Structure("guarantee_joint", rows, measures, truncated, joint_name=name)


def _by_id(view: View, found: JointGroups) -> None:
    net = view.net
    rows = np.flatnonzero((net.joint >= 0) & net.structural)
    for joint, places in by_label(net.joint[rows]).items():
        of_group = rows[places]
        vertices = distinct(view.vertex_of[np.concatenate((net.guarantor[of_group], net.borrower[of_group]))])
        if len(vertices) >= SMALLEST:
            found.vertices.append(vertices)
            found.rows.append(of_group)
            found.names.append(net.joint_names[joint])


def _by_cliques(view: View, found: JointGroups, max_cliques: int) -> None:
    plain = view.net.joint[view.rows] < 0
    one, other = view.pairs(plain)
    if not len(one):
        return
    webs = weak_components(one, other, view.count)
    sizes = np.bincount(webs)
    labels = np.where(sizes[webs[one]] >= SMALLEST, webs[one], -1)
    for places in by_label(labels).values():
        friends: dict[int, set[int]] = {}
        for a, b in zip(one[places].tolist(), other[places].tolist(), strict=True):
            friends.setdefault(a, set()).add(b)
            friends.setdefault(b, set()).add(a)
        cliques, whole = maximal_cliques(friends, max_cliques)
        if not whole:
            cut = bound("max_cliques", max_cliques, "further joint groups without id in this web of mutual pairs", True)
            found.cut[int(view.weak[one[places[0]]])] = cut
        for clique in cliques:
            vertices = np.array(sorted(clique))
            inside = view.touching(clique)
            ends = among(view.source[inside], vertices) & among(view.target[inside], vertices)
            found.vertices.append(vertices)
            found.rows.append(view.rows[inside[ends & plain[inside]]])
            found.names.append(None)


def maximal_cliques(friends: dict[int, set[int]], limit: int) -> tuple[list[set[int]], bool]:
    """Maximal sets of ``SMALLEST`` or more who are all friends of one another, and whether these are all.

    Bron & Kerbosch 1973 with the pivot of Tomita, Tanaka & Takahashi 2006, without recursion. Stops at ``limit``
    cliques, or when choosing pivots has taken ``PIVOT_WORK``.

    >>> maximal_cliques({1: {2, 3}, 2: {1, 3}, 3: {1, 2, 4}, 4: {3}}, 10)
    ([{1, 2, 3}], True)
    """
    found: list[set[int]] = []
    work = 0
    stack = [(set[int](), set(friends), set[int]())]
    while stack:
        clique, possible, done = stack.pop()
        if not possible:
            if not done and len(clique) >= SMALLEST:
                if len(found) == limit:
                    return found, False
                found.append(clique)
            continue
        if len(clique) + len(possible) < SMALLEST:
            continue
        pivot, most = -1, -1
        for vertex in chain(possible, done):
            near = len(friends[vertex] & possible)
            work += min(len(friends[vertex]), len(possible))
            if near > most:
                pivot, most = vertex, near
                if most >= len(possible) - 1:  # no other leaves fewer to try
                    break
        if work > PIVOT_WORK:
            return found, False
        for vertex in possible - friends[pivot]:
            near = friends[vertex]
            stack.append((clique | {vertex}, possible & near, done & near))
            possible.discard(vertex)
            done.add(vertex)
    return found, True
