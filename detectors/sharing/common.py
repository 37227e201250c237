"""What the people of one group share: value by value, how rare it is and who uses it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...graph.kernels.coincidence import EACH, ONCE, SESSION
from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import by_label, distinct
from .facets import FACET, FACETS, PAIR_FACET, RULES
from .population import Population
from .uses import Uses

ALONE = tuple(code for code, rule in enumerate(RULES) if rule in (EACH, ONCE))
"""Facets that living, working or studying in one place does not explain."""
SESSIONS = tuple(name for name, rule in zip(FACETS, RULES, strict=True) if rule == SESSION)
"""Facets that say nothing beside a handset used there."""
NAMED = ("alias", "contact", "listed", "social", "known")
"""Facets that are but names in a list of contacts."""
TIED_TWICE = 1 / 2
"""A group in which fewer are tied by two things or more is not a ring but one hub's clients."""
ONE_HOME = 0.8
"""A group of which so many have one address is close to a household."""


@dataclass(frozen=True)
class Shared:
    """A value that people of a group share.

    Attributes
    ----------
    facet : a place in ``FACETS``: the weightiest among any two of them
    people : ids of those of the group who use it, ascending
    homes : how many households these are
    users : how many households use it in the whole book
    weight : what sharing it is worth
    rows : places in the group's uses
    """

    value: int
    facet: int
    people: np.ndarray
    homes: int
    users: int
    weight: float
    rows: np.ndarray

    @property
    def name(self) -> str:
        """The facet's name."""
        return FACETS[self.facet]

    @property
    def alone(self) -> bool:
        """Whether one place of home, work or study does not explain it."""
        return self.facet in ALONE

    @property
    def order(self) -> tuple[float, ...]:
        """The weightiest first."""
        return -self.weight * (len(self.people) - 1), -len(self.people), self.facet, self.users


class Piece(NamedTuple):
    """A piece of evidence: people who share something, by which facet, and what sharing it is worth."""

    facet: int
    people: np.ndarray
    weight: float

    @property
    def alone(self) -> bool:
        """Whether one place of home, work or study does not explain it."""
        return self.facet in ALONE


@dataclass(frozen=True)
class Common:
    """All that a group shares, the weightiest first.

    Attributes
    ----------
    people : the group, ids ascending
    uses : the uses of what they share
    household : int64 by person, the household of each
    """

    people: np.ndarray
    uses: Uses
    household: np.ndarray
    values: list[Shared]

    def of(self, *names: str) -> list[Shared]:
        """The values shared by these facets."""
        return [shared for shared in self.values if shared.name in names]

    def _beside_handset(self, place: Shared) -> bool:
        """Whether most of those who were at a place or network were there with one handset."""
        return any(2 * len(np.intersect1d(s.people, place.people)) > len(place.people) for s in self.of("handset"))

    @property
    def households(self) -> int:
        """How many households the people belong to."""
        return len(np.unique(self.household))

    @property
    def least_tied_twice(self) -> int:
        """How many must be tied by more than one thing: where fewer are, all use one hub, as an intermediary's clients
        do, and have no other tie."""
        return max(2, math.ceil(TIED_TWICE * len(self.people)))

    @property
    def nearly_explained(self) -> bool:
        """Whether an innocent cause is near: contacts and places are all that three households share, as among
        colleagues, fellow students and neighbours; or some are of one family, and hardly anybody lives elsewhere, as in
        a household."""
        several = min(3, self.households)
        if all(shared.name in NAMED or not shared.alone or shared.homes < several for shared in self.values):
            return True
        together = max((len(shared.people) for shared in self.of("address")), default=0)
        return self.households < len(self.people) and together >= ONE_HOME * len(self.people)

    @property
    def by_household(self) -> list[Piece]:
        """The pieces of evidence that no place explains, not even that all who hold them were at one; of each household
        one person."""
        _, one, home = np.unique(self.household, return_index=True, return_inverse=True)
        places = [s.people for s in self.values if not s.alone and not (s.name in SESSIONS and self._beside_handset(s))]
        found = []
        for piece in self.tied:
            if piece.alone and not any(np.isin(piece.people, place).all() for place in places):
                people = distinct(self.people[one[home[np.searchsorted(self.people, piece.people)]]])
                found += [piece._replace(people=people)] if len(people) > 1 else []
        return found

    def parts(self) -> list[np.ndarray]:
        """The people, apart where they have nothing in common: ids ascending."""
        one = np.concatenate([np.searchsorted(self.people, value.people) for value in self.values] or [self.people[:0]])
        other = np.repeat(np.arange(len(self.values)), [len(value.people) for value in self.values])
        count = len(self.people)
        label = weak_components(one, count + other, count + len(self.values))[:count]
        return [self.people[places] for places in by_label(label).values()]

    @property
    def tied_twice(self) -> np.ndarray:
        """Those of the people who hold two pieces of evidence or more, ascending."""
        people = np.concatenate([piece.people for piece in self.tied] or [self.people[:0]])
        found, pieces = np.unique(people, return_counts=True)
        return found[pieces > 1]

    @cached_property
    def tied(self) -> list[Piece]:
        """Independent pieces of evidence. All that comes of living, working or studying in one place is one piece for
        those whom it joins: their networks, addresses and acquaintances overlap for one reason."""
        pieces = [Piece(s.facet, s.people, s.weight) for s in self.values if s.alone]
        places = [s for s in self.values if not s.alone and not (s.name in SESSIONS and self._beside_handset(s))]
        if not places:
            return pieces
        one = np.concatenate([np.searchsorted(self.people, s.people) for s in places])
        other = len(self.people) + np.repeat(np.arange(len(places)), [len(s.people) for s in places])
        label = weak_components(one, other, len(self.people) + len(places))
        of_person, of_place = label[: len(self.people)], label[len(self.people) :]
        for joined in np.unique(of_place):
            weight = max(s.weight for s, place in zip(places, of_place.tolist(), strict=True) if place == joined)
            pieces.append(Piece(FACET["address"], self.people[of_person == joined], weight))
        return pieces


def common(group: np.ndarray, population: Population, uses: Uses) -> Common:
    """What the people of a group share.

    Parameters
    ----------
    group : ids ascending
    uses : the group's uses of values that may be compared
    """
    uses = uses.where(np.lexsort((uses.person, uses.value)))
    home = population.household[uses.person]
    starts = np.flatnonzero(np.diff(uses.value, prepend=-1))
    ends = np.append(starts[1:], len(uses))[: len(starts)]
    if len(starts):  # most values are used by one household of the group
        several = np.minimum.reduceat(home, starts) < np.maximum.reduceat(home, starts)
        starts, ends = starts[several], ends[several]
    found = [
        shared
        for begin, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if (shared := _shared(population, uses, home, begin, end)) is not None
    ]
    found = _networks_once(found)
    found.sort(key=lambda shared: shared.order)
    return Common(group, uses, population.household[group], found)


def _shared(population: Population, uses: Uses, home: np.ndarray, begin: int, end: int) -> Shared | None:
    """The value that uses from ``begin`` to ``end`` are of, None where sharing it is worth nothing.

    Parameters
    ----------
    home : int64 by use, the household of its person
    """
    home, label, way = home[begin:end], uses.label[begin:end], uses.way[begin:end]
    differ = (label[:, None] >= 0) & (label >= 0) & (label[:, None] != label)
    kinds = PAIR_FACET[differ.astype(np.int8), way[:, None], way]
    made = np.bincount(kinds[(kinds >= 0) & (home[:, None] != home)], minlength=len(FACETS)) > 0
    value = int(uses.value[begin])
    users = int(population.users[value])
    weights = np.where(made, population.weight[:, users], 0.0)
    facet = int(weights.argmax())
    if weights[facet] <= 0:
        return None
    people = distinct(uses.person[begin:end])
    return Shared(value, facet, people, len(distinct(home)), users, float(weights[facet]), np.arange(begin, end))


def _networks_once(found: list[Shared]) -> list[Shared]:
    """A Wi-Fi, its internet address and the two together, used by the same people, are one network: the weightiest."""
    kept: dict[tuple[int, ...], Shared] = {}
    for shared in sorted(found, key=lambda s: (s.facet, -s.weight)):
        key = (shared.facet, *shared.people.tolist()) if shared.name == "network" else (-1, shared.value)
        if key in kept:
            shared = replace(kept[key], rows=np.concatenate((kept[key].rows, shared.rows)))
        kept[key] = shared
    return list(kept.values())
