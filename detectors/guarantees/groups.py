"""Who belongs together: the groups that the contracted view takes as one party, and what ties them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import among, distinct
from ...graph.snapshot import GraphView
from .net import numbers, stated

MAJORITY = 0.5
"""A holding above this share puts holder and company in one group."""
BY_GROUP_ID, BY_LEGAL_REP, BY_HOLDING = 0, 1, 2
LARGEST_PRUNED = 10_000
"""Ties of a group above which evidence names only those at the members themselves."""


@dataclass(frozen=True)
class Ties:
    """What puts parties in one group, each tie between two *points*.

    A point is a node number, or, above the nodes, a stand-in for a group id or for "represented by this person": the
    legal representative does not belong to the group by representing its companies.

    Attributes
    ----------
    one, other : int64[t], points
    position : int64[t], the relationship in the snapshot, -1 for a group id
    how : int8[t], ``BY_GROUP_ID``, ``BY_LEGAL_REP`` or ``BY_HOLDING``
    group_ids : the text of group ids by node number
    """

    one: np.ndarray
    other: np.ndarray
    position: np.ndarray
    how: np.ndarray
    group_ids: dict[int, str]

    def label(self, nodes: np.ndarray, how: tuple[int, ...] = (BY_GROUP_ID, BY_LEGAL_REP, BY_HOLDING)) -> np.ndarray:
        """int64 by node: a number that nodes tied in one of the ways ``how``, over any number of steps, share."""
        used = np.isin(self.how, how)
        points, ends = np.unique(np.concatenate((self.one[used], self.other[used], nodes)), return_inverse=True)
        count = int(used.sum())
        labels = weak_components(ends[:count], ends[count : 2 * count], len(points))
        return labels[ends[2 * count :]].astype(np.int64)

    @cached_property
    def _by_group(self) -> tuple[dict[int, int], list[np.ndarray]]:
        """The group of each point, and the ties of each group."""
        points, ends = np.unique(np.concatenate((self.one, self.other)), return_inverse=True)
        labels = weak_components(ends[: len(self.one)], ends[len(self.one) :], len(points))
        of_tie = labels[ends[: len(self.one)]]
        order = np.argsort(of_tie, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(of_tie[order])) + 1)
        return dict(zip(points.tolist(), labels.tolist(), strict=True)), parts

    def grouped_with(self, nodes: np.ndarray, node_count: int) -> np.ndarray:
        """int64, ascending: all nodes of the groups that some nodes belong to, and the legal representatives who make
        groups of them."""
        group_of, parts = self._by_group
        groups = {group_of[node] for node in nodes.tolist() if node in group_of}
        ties = np.concatenate([np.zeros(0, dtype=np.int64), *(parts[group] for group in groups)])
        points = np.concatenate((self.one[ties], self.other[ties]))
        represented = points[(points >= node_count) & (points < 2 * node_count)] - node_count
        return distinct(np.concatenate((points[points < node_count], represented)))

    def between(self, nodes: list[int]) -> np.ndarray:
        """The ties by which nodes of one group belong together, without those that lead to others only.

        Ties of a group above ``LARGEST_PRUNED`` are named only where they end at one of the nodes.
        """
        group_of, parts = self._by_group
        if len(nodes) < 2 or nodes[0] not in group_of:
            return np.array([], dtype=np.int64)
        ties = parts[group_of[nodes[0]]]
        keep = set(nodes)
        if len(ties) > LARGEST_PRUNED:
            return ties[np.isin(self.one[ties], nodes) | np.isin(self.other[ties], nodes)]
        at: dict[int, set[int]] = defaultdict(set)
        ends = {}
        for tie in ties.tolist():
            ends[tie] = int(self.one[tie]), int(self.other[tie])
            for point in ends[tie]:
                at[point].add(tie)
        loose = [point for point, there in at.items() if len(there) == 1 and point not in keep]
        while loose:
            point = loose.pop()
            for tie in at.pop(point, set()):
                one, other = ends.pop(tie)
                beyond = other if one == point else one
                at[beyond].discard(tie)
                if len(at[beyond]) == 1 and beyond not in keep:
                    loose.append(beyond)
        return np.array(sorted(ends), dtype=np.int64)


def build_ties(snapshot: GraphView) -> Ties:
    """What ties parties into groups at ``as_of``.

    Two parties are tied by the same ``group_id``; where not both have one, by the same legal representative or by a
    holding of one in the other above ``MAJORITY``. Ties are followed over any number of steps.
    """
    group_of_node, group_ids = _group_ids(snapshot)
    nodes = snapshot.node_count
    with_id = np.flatnonzero(group_of_node >= 0)
    controls, holdings = snapshot.edges("CONTROLS"), snapshot.edges("HOLDS_SHARE")

    # A representative ties companies only if one of them has no group id: otherwise their ids have decided.
    open_rep = np.zeros(nodes, dtype=bool)
    open_rep[controls.source[group_of_node[controls.target] < 0]] = True
    by_rep = open_rep[controls.source]

    ratio = numbers(holdings, "ratio")
    groups = group_of_node[holdings.source], group_of_node[holdings.target]
    decided = (groups[0] >= 0) & (groups[1] >= 0) & (groups[0] != groups[1])
    by_holding = (ratio > MAJORITY) & ~decided & (holdings.source != holdings.target)

    parts = (
        (with_id, 2 * nodes + group_of_node[with_id], np.full(len(with_id), -1)),
        (controls.target[by_rep], nodes + controls.source[by_rep].astype(np.int64), controls.positions[by_rep]),
        (holdings.source[by_holding], holdings.target[by_holding], holdings.positions[by_holding]),
    )
    one, other, position = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    how = np.repeat(np.array([BY_GROUP_ID, BY_LEGAL_REP, BY_HOLDING], dtype=np.int8), [len(part[0]) for part in parts])
    return Ties(one, other, position, how, group_ids)


def control(snapshot: GraphView, parties: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places among ``parties``, which ascend, of those who control others of them, and of whom: in law, or by a holding
    above ``MAJORITY``."""
    controls, holdings = snapshot.edges("CONTROLS"), snapshot.edges("HOLDS_SHARE")
    holdings = holdings.where(numbers(holdings, "ratio") > MAJORITY)
    one, other = (
        np.concatenate(ends) for ends in ((controls.source, holdings.source), (controls.target, holdings.target))
    )
    inside = among(one, parties) & among(other, parties)
    return np.searchsorted(parties, one[inside]), np.searchsorted(parties, other[inside])


def _group_ids(snapshot: GraphView) -> tuple[np.ndarray, dict[int, str]]:
    """The number of each node's group id (-1 for none), and the id's text by node."""
    number = np.full(snapshot.node_count, -1, dtype=np.int64)
    companies = snapshot.facts("companies")
    if "group_id" not in companies:
        return number, {}
    codes, texts = stated(pd.Series(companies["group_id"]))
    nodes = np.asarray(companies["node"])[codes >= 0]
    number[nodes] = codes[codes >= 0]
    return number, {node: texts[number[node]] for node in nodes.tolist()}
