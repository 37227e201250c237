"""The search for rings: people are bound together by what they share, and each group is weighed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import by_label
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.common import Common, common
from ..sharing.facets import FACET, RULES
from ..sharing.numbering import inverse, seen_in
from ..sharing.population import Compared, Population, comparable, compare, extended
from ..sharing.uses import Uses, applications
from .concert import Concert, concert, likelier
from .files import Files
from .groups import Group, bound_together, find_groups, joined_loosely, tied_singly
from .scoring import NEARLY, by_loose_ties, by_ties, whenever

MOST = 0.8
"""Where fewer than a ring's members acted together, they must be so large a share of the group for the rest to belong
to it."""
FEWEST_HOUSEHOLDS = 3
"""Applicants of fewer families are no ring, whatever they share."""
SINGLY = tuple(FACET[name] for name in ("handset", "account", "document", "email", "phone", "contact"))
"""Facets of which one rare thing is enough to look at those who share it."""

Judge = Callable[[Common, int, Concert], float]
"""What a group comes to, 0 where it is no ring: from what its people share, how many people the book has, and how they
acted together."""


@dataclass(frozen=True)
class Ring:
    """A group that is a ring.

    Attributes
    ----------
    group : the people who were bound together, of whom some may be no members
    people : int64, the members, as the group numbers people
    members : their nodes
    shared : what they share
    acting : the time within which they applied
    uses : everything they use, explained or not
    evidence : what it comes to
    files : what is on file of them
    """

    group: Group
    people: np.ndarray
    members: list[int]
    shared: Common
    acting: Concert
    uses: Uses
    evidence: float
    files: Files


@dataclass(frozen=True)
class Search:
    """What was found.

    Attributes
    ----------
    population : with what the view brings beyond it
    people : int64, the nodes of the applicants who share anything, in rising order of their ids
    label : int64 by person: those with one label were bound together, by weaker ties where they made no ring
    """

    population: Population
    rings: list[Ring]
    people: np.ndarray
    label: np.ndarray


def search(view: GraphView, known: Population, params: Params) -> Search:
    """The rings of a view, in four rounds, each among those whom the rounds before have left. People are bound by what
    they share and how closely in time; those who so make no ring, by weaker ties, too; by one rare thing alone,
    whenever they applied; and by that and whatever else ties people to such a group."""
    uses, numbers = seen_in(known.frame, view)
    node = inverse(numbers)
    population = extended(known, uses)
    weighed = uses.where(comparable(population, uses))
    who, when = applications(view)
    compared = compare(population, weighed, (numbers[who], when))

    def judged(groups: Sequence[Group], judge: Judge) -> list[Ring]:
        if not groups:
            return []
        weigh = _Weighing(view, population, compared, (uses, weighed), node, groups)
        return [ring for group in groups for ring in weigh.rings(group, judge, params)]

    rings, bound = _bound(compared, judged, params)
    more, tied = _tied(compared, rings, judged, params)
    label = weak_components(bound, len(bound) + tied, 2 * len(bound))[bound]
    return Search(population, rings + more, node[compared.people], label)


Judged = Callable[[Sequence[Group], Judge], list[Ring]]


def _bound(compared: Compared, judged: Judged, params: Params) -> tuple[list[Ring], np.ndarray]:
    """The rings of those bound by what they share and how closely in time, and the groups: int64 by person. Those whom
    a ring leaves behind are bound anew among themselves."""
    rule, label = np.array(RULES), np.arange(len(compared.people))
    free = np.ones(len(label), dtype=bool)
    rings: list[Ring] = []
    for weak, judge in ((math.inf, by_ties), (params["weak_strength"], by_loose_ties)):
        among, before = compared.among(free), label
        label = bound_together(among, rule, params["link_strength"], params["single_strength"], weak, before)
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
    return rings, label


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
    for judge in (whenever, by_loose_ties):
        free = np.ones(count, dtype=bool)
        for ring in (*rings, *found):
            free[ring.people] = False
        among = compared.among(free)
        tied = tied_singly(among.ties, SINGLY, count)
        if judge is by_loose_ties:
            tied = joined_loosely(among.ties, tied, rule)
        groups = find_groups(among.ties, tied, rule, params["min_members"], params["max_members"])
        found += judged([group for group in groups if free[group.people].all()], judge)
        label = weak_components(label, count + tied, 2 * count)[label]
    return found, label


class _Weighing:
    """What the groups of one round are weighed with, read once for all of them."""

    def __init__(
        self,
        view: GraphView,
        population: Population,
        compared: Compared,
        uses: tuple[Uses, Uses],
        node: np.ndarray,
        groups: Sequence[Group],
    ):
        everybody = compared.people[np.concatenate([group.people for group in groups])]
        self._population, self._compared, self._node = population, compared, node
        self._everything, self._weighed = (_by_person(some, everybody) for some in uses)
        self._files = Files(view, node[everybody])

    def rings(self, group: Group, judge: Judge, params: Params) -> Iterator[Ring]:
        """The rings that a group is: none, or one, or several where its people have nothing in common."""
        places, least = group.people, params["min_members"]
        shared = self._common(places)
        acting, then = self._acting(places, shared)
        if judge is not whenever and not then.all():
            if then.sum() >= least:
                places = places[then]
                shared = self._common(places)
            elif then.mean() < MOST:  # a few acted together, and the others did not
                return
        parts = [places[np.isin(shared.people, people)] for people in shared.parts()]
        for part in parts:
            if len(parts) > 1:
                shared = self._common(part)
                acting, _ = self._acting(part, shared)
            if len(part) < least or shared.households < FEWEST_HOUSEHOLDS or shared.one_hub:
                continue
            evidence = judge(shared, self._population.people, acting)
            if evidence >= params["least_evidence"] * (NEARLY if shared.nearly_explained else 1):
                people = self._compared.people[part]
                members = self._node[people].tolist()
                uses = self._everything(people)
                yield Ring(group, part, members, shared, acting, uses, evidence, self._files)

    def _common(self, places: np.ndarray) -> Common:
        people = self._compared.people[places]
        return common(people, self._population, self._weighed(people))

    def _acting(self, places: np.ndarray, whole: Common) -> tuple[Concert, np.ndarray]:
        """The time within which people, or their core, applied; bool: who did, everybody where no time is telling."""
        people, calendar = self._compared.people[places], self._population.calendar
        core = np.isin(people, whole.tied_twice).tolist()
        times = [self._files.applied.get(member, []) for member in self._node[people].tolist()]
        of_core = [own for own, inside in zip(times, core, strict=True) if inside]
        acting = likelier(concert(times, calendar), concert(of_core, calendar))
        first, last = acting.span()
        return acting, np.array([any(first <= at <= last for at in own) or not acting.telling for own in times])


def _by_person(uses: Uses, everybody: np.ndarray) -> Callable[[np.ndarray], Uses]:
    """The uses of some of these people, found without looking through all."""
    wanted = np.zeros(max(uses.person.max(initial=-1), everybody.max(initial=-1)) + 1, dtype=bool)
    wanted[everybody] = True
    places = by_label(np.where(wanted[uses.person], uses.person, -1))
    return lambda people: uses.where(np.concatenate([places[person] for person in people.tolist()]))
