"""The weighing of groups: who of a group would be members, what they come to, and what they are short of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, by_label
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.common import Common, common
from ..sharing.numbering import NodeOf
from ..sharing.population import Compared, Population
from ..sharing.uses import Uses
from .concert import Concert, concert, likelier
from .files import Files
from .groups import Group
from .scoring import HUB, NEARLY, SURE, Judge

MOST = 0.8
"""Where fewer than a ring's members acted together, they must be so large a share of the group for the rest to belong
to it."""
FEWEST_HOUSEHOLDS = 3
"""Applicants of fewer families are no ring, whatever they share; two applicants are of two."""


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


class Lack(NamedTuple):
    """What a group is short of: how much it has of it, and how much a ring must have.

    Attributes
    ----------
    what : ``members``; ``together``, those who applied within the time of the others; ``evidence``; ``households``;
        ``tied_twice``, those whom two things tie; ``unexplained``, whether no innocent cause is near; ``rarity``, how
        rare its ties are by chance; ``beside_hub``, those who do not share the one thing that most share
    """

    what: str
    has: float
    asked: float


@dataclass(frozen=True)
class Weighed:
    """A group, or a part of it that shares nothing with the rest, as it was weighed.

    Attributes
    ----------
    group : as it was bound together
    people : int64, those who would be members, as the group numbers people
    left : those of the group who did not apply when these did
    shared : what they share
    acting : the time within which they applied
    evidence : what they come to
    lacks : what they are short of; a ring of nothing
    """

    group: Group
    people: np.ndarray
    left: np.ndarray
    shared: Common
    acting: Concert
    evidence: float
    lacks: list[Lack]


class Weighing:
    """What the groups of one round are weighed with, read once for all of them."""

    def __init__(
        self,
        view: GraphView,
        population: Population,
        compared: Compared,
        uses: tuple[Uses, Uses],
        node: NodeOf,
        groups: Sequence[Group],
    ):
        everybody = compared.people[np.concatenate([group.people for group in groups])]
        self._population, self._compared, self._node = population, compared, node
        self._everything, self._telling = (_by_person(some, everybody) for some in uses)
        self._files = Files(view, node[everybody])

    def weigh(self, group: Group, judge: Judge, params: Params) -> list[Weighed]:
        """What a group comes to, part by part where its people have nothing in common."""
        people, least = group.people, params["min_members"]
        shared = self._common(people)
        acting, then = self._acting(people, shared)
        scattered: list[Lack] = []
        if judge.most is None:  # they are judged whenever they applied
            then = np.ones(len(people), dtype=bool)
        elif then.sum() >= least:
            people = people[then]
            shared = shared if then.all() else self._common(people)
        elif then.mean() < MOST:  # a few acted together, and the others did not
            scattered = [Lack("together", int(then.sum()), min(least, math.ceil(MOST * len(then))))]
        parts = [people[np.isin(shared.people, part)] for part in shared.parts()]
        found = []
        for part in parts:
            if len(parts) > 1:
                shared = self._common(part)
                acting, _ = self._acting(part, shared)
            evidence = judge.evidence(shared, acting)
            lacks = scattered + _lacks(shared, judge, evidence, self._population.people, params)
            found.append(Weighed(group, part, group.people[~then], shared, acting, evidence, lacks))
        return found

    def ring(self, weighed: Weighed) -> Ring:
        """The ring that those are who lack nothing."""
        people = self._compared.people[weighed.people]
        members, uses = self._node[people].tolist(), self._everything(people)
        told = weighed.group, weighed.people, members, weighed.shared, weighed.acting, uses
        return Ring(*told, weighed.evidence, self._files)

    def _common(self, places: np.ndarray) -> Common:
        people = self._compared.people[places]
        return common(people, self._population, self._telling(people))

    def _acting(self, places: np.ndarray, whole: Common) -> tuple[Concert, np.ndarray]:
        """The time within which people, or their core, applied; bool: who did, everybody where no time is telling."""
        people, calendar = self._compared.people[places], self._population.calendar
        core = np.isin(people, whole.tied_twice).tolist()
        times = [self._files.applied.get(member, []) for member in self._node[people].tolist()]
        of_core = [own for own, inside in zip(times, core, strict=True) if inside]
        acting = likelier(concert(times, calendar), concert(of_core, calendar))
        first, last = acting.span()
        return acting, np.array([any(first <= at <= last for at in own) or not acting.telling for own in times])


def _lacks(shared: Common, judge: Judge, evidence: float, book: int, params: Params) -> list[Lack]:
    """What people who share this are short of.

    Parameters
    ----------
    book : how many people the book holds
    """
    count, near = len(shared.people), shared.nearly_explained
    told = [
        Lack("members", count, params["min_members"]),
        Lack("households", shared.households, min(FEWEST_HOUSEHOLDS, count)),
        Lack("tied_twice", len(shared.tied_twice), shared.least_tied_twice),
        Lack("evidence", evidence, params["least_evidence"] * (NEARLY if near and judge.most is not None else 1)),
    ]
    lacks = [lack for lack in told if lack.has < lack.asked]
    if lacks or not judge.sure:
        return lacks
    told = [Lack("rarity", judge.rarity(shared, book), SURE)]
    if judge.most is None:
        told.append(Lack("unexplained", not near, 1))
    else:
        hub = max((len(value.people) for value in shared.values if value.alone), default=0)
        told.append(Lack("beside_hub", count - hub, math.ceil(count / 2) if hub >= HUB else 0))
    return [lack for lack in told if lack.has < lack.asked]


def _by_person(uses: Uses, everybody: np.ndarray) -> Callable[[np.ndarray], Uses]:
    """The uses of some of these people, found without looking through all."""
    places = by_label(np.where(among(uses.person, np.sort(everybody)), uses.person, -1))
    return lambda people: uses.where(np.concatenate([places[person] for person in people.tolist()]))
