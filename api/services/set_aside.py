"""Ties that link no one: a search for a link does not follow them, and its answer says so.

What is an end's own: its ties and, where it is a party, those of its applications, loans and accounts, which it reaches
devices, networks and money by.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from ...graph.kernels.adjacency import Adjacency
from ...graph.kernels.sides import Leads
from ...graph.kernels.steps import neighbours
from ...graph.model import RELATION_CODE, RELATIONS
from ...graph.snapshot import GraphView

_OWN = tuple(RELATION_CODE[name] for name in ("APPLIED", "BORROWED", "OWNS"))


class Following:
    """Which relationships of a view a search goes along, and which it would but for their flag.

    Parameters
    ----------
    leads : which way they may be gone along; None for both ways
    """

    def __init__(self, snapshot: GraphView, leads: Leads | None = None):
        self.snapshot = snapshot
        self._leads = leads
        self._met: list[np.ndarray] = []

    def __call__(self, positions: np.ndarray, towards: np.ndarray) -> np.ndarray:
        """bool: whether each relationship is gone along, towards the given one of its ends."""
        may, flagged = self._may(positions, towards), self.snapshot.flagged(positions)
        self._met.append(positions[may & flagged])
        return may & ~flagged

    def met(self) -> np.ndarray:
        """int64, ascending: the relationships set aside so far."""
        return np.unique(np.concatenate([np.array([], np.int64), *self._met]))

    def own(self, node: int, ahead: bool) -> np.ndarray:
        """int64, ascending: the relationships set aside of an end's own.

        Parameters
        ----------
        ahead : whether the search goes from the end, not to it
        """
        nodes = own_nodes(self.snapshot, node)
        origin, near, positions = neighbours(Adjacency(*self.snapshot.adjacency()), nodes)
        may = self._may(positions, near if ahead else nodes[origin])
        return np.unique(positions[may & self.snapshot.flagged(positions)])

    def _may(self, positions: np.ndarray, towards: np.ndarray) -> np.ndarray:
        shows = self.snapshot.visible(positions)
        return shows if self._leads is None else shows & self._leads(positions, towards)


def own_nodes(snapshot: GraphView, node: int) -> np.ndarray:
    """A node and, where it is a party, its applications, loans and accounts, by number, ascending."""
    positions = snapshot.touching([node])
    positions = positions[np.isin(snapshot.relation_codes(positions), _OWN) & snapshot.links(positions)]
    return np.unique(np.append(snapshot.ends(positions)[1], node))


def links_no_one(snapshot: GraphView, node: int) -> list[dict]:
    """The ties of a node's own that link no one, as ``not_followed`` tells them."""
    return _counted(snapshot, snapshot.name(node), Following(snapshot).own(node, True))


def not_followed(following: Following, start: int, goal: int, found: bool) -> list[dict]:
    """What a search set aside, as ``[{"node", "relation", "why", "count"}]``: of either end; and, where no link was
    found, of the nodes that it met between the two, under no node."""
    snapshot = following.snapshot
    of_start, of_goal = following.own(start, True), following.own(goal, False)
    told = _counted(snapshot, snapshot.name(start), of_start)
    if goal != start:
        told += _counted(snapshot, snapshot.name(goal), of_goal)
    if not found:
        told += _counted(snapshot, None, np.setdiff1d(following.met(), np.concatenate((of_start, of_goal))))
    return told


def _counted(snapshot: GraphView, node: str | None, positions: np.ndarray) -> list[dict]:
    codes = snapshot.relation_codes(positions).tolist()
    counts = Counter(zip(codes, snapshot.flags(positions), strict=True))
    names = list(RELATIONS)
    return [
        {"node": node, "relation": names[code], "why": why, "count": count}
        for (code, why), count in sorted(counts.items())
    ]
