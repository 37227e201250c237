"""What the people of one group share: value by value, how rare it is and who uses it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...graph.kernels.coincidence import EACH, ONCE, SESSION
from ...graph.kernels.components import weak_components
from .facets import FACET, FACETS, PAIR_FACET, RULES
from .population import Population
from .uses import Uses

ALONE = tuple(code for code, rule in enumerate(RULES) if rule in (EACH, ONCE))
"""Facets that living, working or studying in one place does not explain."""
SESSIONS = tuple(name for name, rule in zip(FACETS, RULES, strict=True) if rule == SESSION)
"""Facets that say nothing beside a handset used there."""
NAMED = ("alias", "contact", "social")
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
    def one_hub(self) -> bool:
        """Whether hardly anybody is tied by more than one thing: all use one hub, as an intermediary's clients do, and
        have no other tie."""
        return len(self.tied_twice) < max(2, TIED_TWICE * len(self.people))

    @property
    def nearly_explained(self) -> bool:
        """Whether an innocent cause is near: contacts and places are all that is shared, as among colleagues, fellow
        students and neighbours; or some are of one family, and hardly anybody lives elsewhere, as in a household."""
        if all(shared.name in NAMED or not shared.alone for shared in self.values):
            return True
        together = max((len(shared.people) for shared in self.of("address")), default=0)
        return self.households < len(self.people) and together >= ONE_HOME * len(self.people)

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
    family = population.household
    order = np.lexsort((uses.person, uses.value))
    uses = uses.where(order)
    starts = np.flatnonzero(np.diff(uses.value, prepend=-1))
    ends = np.append(starts[1:], len(uses))[: len(starts)]
    found = []
    for begin, end in zip(starts.tolist(), ends.tolist(), strict=True):
        people = np.unique(uses.person[begin:end])
        homes = len(np.unique(family[people]))
        if homes < 2:
            continue
        value = int(uses.value[begin])
        kinds = _facets(uses.where(np.arange(begin, end)), family)
        if not len(kinds):
            continue
        users = int(population.users[value])
        weight, facet = max((float(population.weight[kind, users]), -int(kind)) for kind in np.unique(kinds))
        if weight > 0:
            found.append(Shared(value, -facet, people, homes, users, weight, np.arange(begin, end)))
    found = _networks_once(found)
    found.sort(key=lambda shared: shared.order)
    return Common(group, uses, family[group], found)


def _networks_once(found: list[Shared]) -> list[Shared]:
    """A Wi-Fi, its internet address and the two together, used by the same people, are one network: the weightiest."""
    kept: dict[tuple[int, ...], Shared] = {}
    for shared in sorted(found, key=lambda s: (s.facet, -s.weight)):
        key = (shared.facet, *shared.people.tolist()) if shared.name == "network" else (-1, shared.value)
        if key in kept:
            shared = replace(kept[key], rows=np.concatenate((kept[key].rows, shared.rows)))
        kept[key] = shared
    return list(kept.values())


def _facets(uses: Uses, family: np.ndarray) -> np.ndarray:
    """The facets by which any two people of different households share the value that these are uses of."""
    rows = np.unique(np.stack([uses.way, uses.label, family[uses.person]]), axis=1)
    way, label, home = rows
    differ = (label[:, None] >= 0) & (label >= 0) & (label[:, None] != label)
    kinds = PAIR_FACET[differ.astype(int), way[:, None], way]
    return kinds[(kinds >= 0) & (home[:, None] != home)]
