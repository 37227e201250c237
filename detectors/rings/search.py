"""The search for rings: people are bound together by what they share, and each group is weighed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import by_label
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.common import Common, common
from ..sharing.facets import RULES
from ..sharing.numbering import inverse, seen_in
from ..sharing.population import Compared, Population, comparable, compare, extended
from ..sharing.uses import Uses, applications
from .concert import Concert, concert, likelier
from .files import Files
from .groups import Group, Offers, bound_together, find_groups, offers
from .scoring import NEARLY, evidence_of

MOST = 0.8
"""Where fewer than a ring's members acted together, they must be so large a share of the group for the rest to belong
to it."""
LOOSELY = 2.0
"""To those whom weak ties bind, acting together adds so many times what ties them, at most: a place holds people who
apply in one season."""
FEWEST_HOUSEHOLDS = 3
"""Applicants of fewer families are no ring, whatever they share; two applicants are of two."""


@dataclass(frozen=True)
class Ring:
    """A group that is a ring.

    Attributes
    ----------
    members : their nodes
    left : those of the group who are no members, as the group numbers people
    shared : what they share
    acting : the time within which they applied
    uses : everything they use, explained or not
    evidence : what it comes to
    files : what is on file of them
    """

    group: Group
    members: list[int]
    left: np.ndarray
    shared: Common
    acting: Concert
    uses: Uses
    evidence: float
    files: Files


class Lack(NamedTuple):
    """What a group is short of: how much it has of it, and how much a ring must have.

    Attributes
    ----------
    what : ``members``; ``together``, those who applied within the time of the others; ``evidence``; ``households``;
        ``tied_twice``, those whom two things tie
    """

    what: str
    has: float
    asked: float


@dataclass(frozen=True)
class Weighed:
    """A group as it was weighed.

    Attributes
    ----------
    group : as it was bound together
    people : ids of those who would be members, ascending
    left : those of the group who would be none, as the group numbers people
    shared : what they share
    acting : the time within which they applied
    evidence : what it comes to
    lacks : what it is short of; a ring of nothing
    """

    group: Group
    people: np.ndarray
    left: np.ndarray
    shared: Common
    acting: Concert
    evidence: float
    lacks: list[Lack]


class Stage(NamedTuple):
    """How people were bound: first by strong ties, then those who made no ring by weaker ones.

    Attributes
    ----------
    among : what they share
    label : int64 by person: those with one label were bound together
    weak : the strength of a weak tie, infinite where none binds
    most : how many times what ties them acting together may add
    """

    among: Compared
    label: np.ndarray
    weak: float
    most: float

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
    stages : how people were bound
    uses, comparable : what people use, as the frame numbers it; and that of it which may tie people
    compared : what all of them share
    node : int64 by id, the view's node
    """

    population: Population
    rings: list[Ring]
    weighed: list[Weighed]
    stages: list[Stage]
    uses: Uses
    comparable: Uses
    compared: Compared
    node: np.ndarray

    @property
    def people(self) -> np.ndarray:
        """int64: the nodes of the applicants who share anything, in rising order of their ids."""
        return self.node[self.compared.people]

    @property
    def label(self) -> np.ndarray:
        """int64 by person: those with one label were bound together, by weaker ties where they made no ring."""
        return self.stages[-1].label

    def weigh(self, view: GraphView, people: np.ndarray, params: Params) -> Weighed:
        """What some of the people who were bound together come to, however few they are.

        Parameters
        ----------
        people : as ``label`` numbers them, ascending
        """
        group, uses = Group(people), (self.uses, self.comparable)
        weighing = _Weighing(view, self.population, self.compared, uses, self.node, [group])
        return weighing.weigh(group, self.stages[-1].most, params)


def search(view: GraphView, known: Population, params: Params) -> Search:
    """The rings of a view. Those whom a ring leaves behind are bound anew among themselves; and groups that are no ring
    are bound anew, by weaker ties, too."""
    uses, numbers = seen_in(known.frame, view)
    node = inverse(numbers)
    population = extended(known, uses)
    telling = uses.where(comparable(population, uses))
    who, when = applications(view)
    compared = compare(population, telling, (numbers[who], when))
    rule, label = np.array(RULES), np.arange(len(compared.people))
    free = np.ones(len(compared.people), dtype=bool)
    rings: list[Ring] = []
    weighed: list[Weighed] = []
    stages: list[Stage] = []
    for weak, most in ((math.inf, math.inf), (params["weak_strength"], LOOSELY)):
        among, before = compared.among(free), label
        label = bound_together(among, rule, params["link_strength"], params["single_strength"], weak, before)
        stages.append(Stage(among, label, weak, most))
        groups = find_groups(among.ties, label, rule, params["min_members"], params["max_members"])
        # rings are no part of what is bound anew, and what that leaves as it was is no ring still
        groups = [group for group in groups if free[group.people].all() and np.ptp(before[group.people])]
        while groups:
            weighing = _Weighing(view, population, compared, (uses, telling), node, groups)
            weighed += (tried := [weighing.weigh(group, most, params) for group in groups])
            found = [weighing.ring(one) for one in tried if not one.lacks]
            free[[person for ring in found for person in ring.group.people]] = False
            rings += found
            left = np.zeros(len(free), dtype=bool)
            left[[person for ring in found for person in ring.left]] = True
            groups = _bound_anew(compared.among(left), left, rule, params)
    return Search(population, rings, weighed, stages, uses, telling, compared, node)


def _bound_anew(among: Compared, left: np.ndarray, rule: np.ndarray, params: Params) -> list[Group]:
    """The groups of those whom rings have left behind: bool by person."""
    label = bound_together(among, rule, params["link_strength"], params["single_strength"])
    groups = find_groups(among.ties, label, rule, params["min_members"], params["max_members"])
    return [group for group in groups if left[group.people].all()]


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

    def weigh(self, group: Group, most: float, params: Params) -> Weighed:
        """What a group comes to.

        Parameters
        ----------
        most : how many times what ties them acting together may add
        """
        people, population = self._compared.people[group.people], self._population
        whole = common(people, population, self._weighed(people))
        acting, then = self._acting(people, whole)
        apart = then.sum() < params["min_members"]
        scattered = apart and then.mean() < MOST  # a few acted together, and the others did not
        if not apart:
            people = people[then]
        shared = whole if len(people) == len(then) else common(people, population, self._weighed(people))
        evidence = evidence_of(shared.tied, len(people), acting, most)
        lacks = _lacks(shared, evidence, params)
        if scattered:
            lacks.insert(0, Lack("together", int(then.sum()), min(params["min_members"], math.ceil(MOST * len(then)))))
        return Weighed(group, people, group.people[~then], shared, acting, evidence, lacks)

    def ring(self, weighed: Weighed) -> Ring:
        """The ring that a group is which lacks nothing."""
        people = weighed.people
        members, uses = self._node[people].tolist(), self._everything(people)
        told = weighed.group, members, weighed.left, weighed.shared, weighed.acting, uses
        return Ring(*told, weighed.evidence, self._files)

    def _acting(self, people: np.ndarray, whole: Common) -> tuple[Concert, np.ndarray]:
        """The time within which a group, or its core, applied; bool: who did, everybody where no time is telling."""
        calendar = self._population.calendar
        core = np.isin(people, whole.tied_twice).tolist()
        times = [self._files.applied.get(member, []) for member in self._node[people].tolist()]
        of_core = [own for own, inside in zip(times, core, strict=True) if inside]
        acting = likelier(concert(times, calendar), concert(of_core, calendar))
        first, last = acting.span()
        return acting, np.array([any(first <= at <= last for at in own) or not acting.telling for own in times])


def _lacks(shared: Common, evidence: float, params: Params) -> list[Lack]:
    """What people who share this are short of."""
    count = len(shared.people)
    told = (
        ("members", count, params["min_members"]),
        ("households", shared.households, min(FEWEST_HOUSEHOLDS, count)),
        ("tied_twice", len(shared.tied_twice), shared.least_tied_twice),
        ("evidence", evidence, params["least_evidence"] * (NEARLY if shared.nearly_explained else 1)),
    )
    return [Lack(*one) for one in told if one[1] < one[2]]


def _by_person(uses: Uses, everybody: np.ndarray) -> Callable[[np.ndarray], Uses]:
    """The uses of some of these people, found without looking through all."""
    wanted = np.zeros(max(uses.person.max(initial=-1), everybody.max(initial=-1)) + 1, dtype=bool)
    wanted[everybody] = True
    places = by_label(np.where(wanted[uses.person], uses.person, -1))
    return lambda people: uses.where(np.concatenate([places[person] for person in people.tolist()]))
