"""Who stands beside some people: they use a handset or an account that is mostly these people's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from ..graph.kernels.sets import distinct
from ..graph.model import PARTIES, RELATION_CODE, kind_of
from ..graph.snapshot import GraphView

MOST_TIES = 1000
"""A device or account with more relationships, of all time, is nobody's own."""
_FILED = ("APPLIED", "BORROWED")
_USED = ("USED_DEVICE", "OWNS", "DISBURSED_TO")


def beside(view: GraphView, people: Iterable[str]) -> list[str]:
    """The other parties that use a device or an account of some people, by name: they applied with it, own it, or had a
    loan paid out to it. Not of a thing that more others use than these people do, such as a shop's tablet: it is no
    mark of theirs.

    Parameters
    ----------
    people : names of parties
    """
    numbers = view.find_all(sorted(people))
    inside = set(numbers[numbers >= 0].tolist())
    filed = _pairs(view, inside, _FILED)
    papers = {paper for _, paper in filed}
    used = _pairs(view, inside | papers, _USED)
    users = _users(view, _small(view, {thing for _, thing in used}))
    others: set[int] = set()
    for party in users.values():
        if len(party - inside) <= len(party & inside):
            others |= party - inside
    return sorted(view.names(sorted(others)))


def _small(view: GraphView, things: set[int]) -> set[int]:
    offsets = view.adjacency()[0]
    return {thing for thing in things if offsets[thing + 1] - offsets[thing] <= MOST_TIES}


def _users(view: GraphView, things: set[int]) -> dict[int, set[int]]:
    """By thing, the parties that use it, themselves or by an application or a loan."""
    used = _pairs(view, things, _USED)
    ends = sorted({end for _, end in used})
    party = {end for end, name in zip(ends, view.names(ends), strict=True) if kind_of(name) in PARTIES}
    whose: dict[int, set[int]] = defaultdict(set)
    for paper, end in _pairs(view, set(ends) - party, _FILED):
        whose[paper].add(end)
    users: dict[int, set[int]] = defaultdict(set)
    for thing, end in used:
        users[thing] |= {end} if end in party else whose[end]
    return users


def _pairs(view: GraphView, nodes: set[int], relations: Iterable[str]) -> list[tuple[int, int]]:
    """Each of some nodes with each node at the other end of a relationship that links them, of these relations."""
    positions = distinct(view.touching(np.array(sorted(nodes), dtype=np.int64)))
    positions = positions[np.isin(view.relation_codes(positions), [RELATION_CODE[name] for name in relations])]
    positions = positions[view.links(positions)]
    source, target = (end.tolist() for end in view.ends(positions))
    both = [*zip(source, target, strict=True), *zip(target, source, strict=True)]
    return [(here, there) for here, there in both if here in nodes]
