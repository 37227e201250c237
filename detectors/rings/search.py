"""The search for rings: people are bound together by what they share, and each group is weighed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.facets import FACET, RULES
from ..sharing.numbering import NodeOf, seen_in
from ..sharing.population import Compared, Population, comparable, compare, extended
from ..sharing.uses import Uses, applications
from .groups import Group, Offers, bound_together, find_groups, joined_loosely, offers, tied_singly
from .scoring import BY_LOOSE_TIES, BY_TIES, WHENEVER, Judge
from .weighing import Ring, Weighed, Weighing

SINGLY = tuple(FACET[name] for name in ("handset", "account", "document", "email", "phone", "contact"))
"""Facets of which one rare thing is enough to look at those who share it."""


class Stage(NamedTuple):
    """How people were bound: first by strong ties, then those who made no ring by weaker ones.

    Attributes
    ----------
    among : what they share
    label : int64 by person: those with one label were bound together
    weak : the strength of a weak tie, infinite where none binds
    """

    among: Compared
    label: np.ndarray
    weak: float

    def offers(self, params: Params) -> Offers:
        """What ties those groups that were not joined, and what was asked of them."""
        strong = params["link_strength"], params["single_strength"]
        return offers(self.among, self.label, np.array(RULES), *strong, self.weak)


@dataclass(frozen=True)
class Search:
    """What was found, and how it was decided.

    Attributes
    ----------
    population : with what the view brings beyond it
    rings, weighed : the groups that are rings; and all that were weighed, in the order of weighing
    label : int64 by person: those with one label were bound together, by weaker ties where they made no ring
    stages : how people were bound by several ties
    uses, telling : what people use, as the frame numbers it; and that of it which may tie people
    compared : what all of them share
    node : int64 by id, the view's node
    """

    population: Population
    rings: list[Ring]
    weighed: list[Weighed]
    label: np.ndarray
    stages: list[Stage]
    uses: Uses
    telling: Uses
    compared: Compared
    node: NodeOf

    @property
    def people(self) -> np.ndarray:
        """int64: the nodes of the applicants who share anything, in rising order of their ids."""
        return self.node[self.compared.people]

    def weigh(self, view: GraphView, people: np.ndarray, params: Params) -> list[Weighed]:
        """What some of the people who were bound together come to, however few they are.

        Parameters
        ----------
        people : as ``label`` numbers them, ascending
        """
        group, uses = Group(people), (self.uses, self.telling)
        weighing = Weighing(view, self.population, self.compared, uses, self.node, [group])
        strongly = np.ptp(self.stages[0].label[people]) == 0
        return weighing.weigh(group, BY_TIES if strongly else BY_LOOSE_TIES, params)


def search(view: GraphView, known: Population, params: Params) -> Search:
    """The rings of a view, in four rounds, each among those whom the rounds before have left. People are bound by what
    they share and how closely in time; those who so make no ring, by weaker ties, too; by one rare thing alone,
    whenever they applied; and by that and whatever else ties people to such a group."""
    uses, numbers = seen_in(known.frame, view)
    node = NodeOf(numbers)
    population = extended(known, uses)
    telling = uses.where(comparable(population, uses))
    who, when = applications(view)
    compared = compare(population, telling, (numbers[who], when))
    weighed: list[Weighed] = []

    def judged(groups: Sequence[Group], judge: Judge) -> list[Ring]:
        if not groups:
            return []
        weighing = Weighing(view, population, compared, (uses, telling), node, groups)
        tried = [one for group in groups for one in weighing.weigh(group, judge, params)]
        weighed.extend(tried)
        return [weighing.ring(one) for one in tried if not one.lacks]

    rings, stages = _bound(compared, judged, params)
    more, tied = _tied(compared, rings, judged, params)
    bound = stages[-1].label
    label = weak_components(bound, len(bound) + tied, 2 * len(bound))[bound]
    return Search(population, rings + more, weighed, label, stages, uses, telling, compared, node)


Judged = Callable[[Sequence[Group], Judge], list[Ring]]


def _bound(compared: Compared, judged: Judged, params: Params) -> tuple[list[Ring], list[Stage]]:
    """The rings of those bound by what they share and how closely in time, and how they were bound. Those whom a ring
    leaves behind are bound anew among themselves."""
    rule, label = np.array(RULES), np.arange(len(compared.people))
    free = np.ones(len(label), dtype=bool)
    rings: list[Ring] = []
    stages: list[Stage] = []
    for weak, judge in ((math.inf, BY_TIES), (params["weak_strength"], BY_LOOSE_TIES)):
        among, before = compared.among(free), label
        label = bound_together(among, rule, params["link_strength"], params["single_strength"], weak, before)
        stages.append(Stage(among, label, weak))
        groups = find_groups(among.ties, label, rule, params["min_members"], params["max_members"])
        # rings are no part of what is bound anew, and what that leaves as it was is no ring still
        groups = [group for group in groups if free[group.people].all() and np.ptp(before[group.people])]
        while groups:
            found = judged(groups, judge)
            left = np.zeros(len(free), dtype=bool)
            for ring in found:
                free[ring.group.people] = False
                left[ring.group.people] = True
            for ring in found:
                left[ring.people] = False
            rings += found
            groups = _bound_anew(compared.among(left), left, rule, params)
    return rings, stages


def _bound_anew(among: Compared, left: np.ndarray, rule: np.ndarray, params: Params) -> list[Group]:
    """The groups of those whom rings have left behind: bool by person."""
    label = bound_together(among, rule, params["link_strength"], params["single_strength"])
    groups = find_groups(among.ties, label, rule, params["min_members"], params["max_members"])
    return [group for group in groups if left[group.people].all()]


def _tied(compared: Compared, rings: Sequence[Ring], judged: Judged, params: Params) -> tuple[list[Ring], np.ndarray]:
    """The rings, beside those that are known, of those whom one rare thing ties, whenever they applied, and then of
    those whom anything ties to such a group; and the groups: int64 by person."""
    rule, count = np.array(RULES), len(compared.people)
    label, found = np.arange(count), list[Ring]()
    for judge in (WHENEVER, BY_LOOSE_TIES):
        free = np.ones(count, dtype=bool)
        for ring in (*rings, *found):
            free[ring.people] = False
        among = compared.among(free)
        tied = tied_singly(among.ties, SINGLY, count)
        if judge is BY_LOOSE_TIES:
            tied = joined_loosely(among.ties, tied, rule)
        groups = find_groups(among.ties, tied, rule, params["min_members"], params["max_members"])
        found += judged([group for group in groups if free[group.people].all()], judge)
        label = weak_components(label, count + tied, 2 * count)[label]
    return found, label
