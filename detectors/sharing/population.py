"""What only the whole book knows of shared values: how rare each is, what sharing it is worth, and what explains it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast

import numpy as np

from ...graph.kernels.coincidence import Holding, Moments, Ties, coincidences
from ...graph.kernels.sets import among, distinct
from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ...graph.snapshot.laid import Laid
from ..contract import Params
from ..frozen import AT_HAND
from .facets import DAY, FACET, FACETS, scale
from .households import employers_accounts, households, known_kin, shop_equipment
from .numbering import Frame, lay
from .uses import Uses, applications

PRIOR = (0.03, 0.01, 0.002, 0.005, 0.02, 0.05, 0.15, 0.15, 0.5, 0.5, 0.3, 0.3, 0.3, 0.5)
"""How many partners a person has by chance, by facet, through values of two users, before a book is seen; through
values of up to d users log2(d) times that."""
PRIOR_PEOPLE = 2000
"""How many people the prior counts for: a small book says little of what is rare."""
SHORTEST_SPAN = 60.0 * DAY


@dataclass(frozen=True)
class Population:
    """What the whole book says of its values and people; arrays are by the frame's ids.

    Attributes
    ----------
    users, holders : int32, how many households and how many applicants use a value
    excused : bool, what innocent causes explain for all who share it
    household : int64, of a person the number of the household
    held : int64, ascending: ``value << 32 | person``, who uses the values that more than one and no more than
        ``max_named`` applicants use
    people : how many applicants use anything
    calendar : int64, the 1001 evenly spaced quantiles of the times of all applications; empty where there are none
    weight : float32[facets, most users + 1], what sharing a value is worth: minus the natural logarithm of how many
        partners a person has by chance through values as rare, and 0 from where that is one or more
    held_since : as ``held``, of values that somebody uses whom the book did not know: what a view brings
    """

    frame: Frame
    users: np.ndarray
    holders: np.ndarray
    excused: np.ndarray
    household: np.ndarray
    held: np.ndarray
    people: int
    calendar: np.ndarray
    weight: np.ndarray
    held_since: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64), metadata=AT_HAND)

    @property
    def span(self) -> float:
        """Milliseconds over which applications are spread, but for the first and last of a hundred."""
        return max(float(self.calendar[990] - self.calendar[10]) if len(self.calendar) else 0.0, SHORTEST_SPAN)

    def held_by(self, value: int) -> np.ndarray:
        """int64 ids, ascending: the applicants who use a value, where they are known one by one."""
        own = []
        for held in (self.held, self.held_since):
            low, high = np.searchsorted(held, [value << 32, (value + 1) << 32])
            own.append(held[low:high] & 0xFFFFFFFF)
        return distinct(np.concatenate(own))

    def hub_limits(self) -> dict[str, int]:
        """By facet, the most users a value may have for sharing it to say anything."""
        return {name: int(np.flatnonzero(self.weight[code] > 0).max(initial=0)) for name, code in FACET.items()}


def measure(snapshot: GraphView, params: Params) -> Population:
    """Measure the population of a book.

    Partners by chance are counted on pairs that share one thing and nothing else. So neither rings, which share more,
    nor people who live together make what they share look common.
    """
    frame, uses, surname = lay(snapshot)
    family = households(uses, surname, frame.size, known_kin(snapshot))
    who, when = applications(snapshot)
    held = _held(uses)
    holders = np.bincount(held >> 32, minlength=frame.size).astype(np.int32)
    population = Population(
        frame=frame,
        users=_users(uses.value, family[uses.person], frame.size),
        holders=holders,
        excused=shop_equipment(snapshot, uses, frame.size) | employers_accounts(snapshot, frame.size),
        household=family,
        held=held[(holders > 1)[held >> 32] & (holders <= params["max_named"])[held >> 32]],
        people=len(distinct(uses.person)),
        calendar=np.quantile(when, np.linspace(0, 1, 1001)).astype(np.int64) if len(when) else when,
        weight=np.zeros((len(FACETS), params["max_users"] + 1), dtype=np.float32),
    )
    compared = compare(population, uses.where(comparable(population, uses)), (who, when))
    return replace(population, weight=_weights(compared.lone, population.people))


def _weights(lone: np.ndarray, people: int) -> np.ndarray:
    degrees = np.maximum(np.arange(lone.shape[1]), 2)
    prior = np.array(PRIOR)[:, None] * np.log2(degrees)
    expected = (2.0 * lone.cumsum(axis=1) + PRIOR_PEOPLE * prior) / (people + PRIOR_PEOPLE)
    return np.maximum(-np.log(expected), 0.0).astype(np.float32)


def _users(value: np.ndarray, user: np.ndarray, values: int) -> np.ndarray:
    """int32 by value: how many different users it has."""
    return np.bincount(distinct(value << 32 | user) >> 32, minlength=values).astype(np.int32)


def _held(uses: Uses) -> np.ndarray:
    return distinct(uses.value << 32 | uses.person)


def extended(population: Population, uses: Uses) -> Population:
    """The population with what it had not met counted among these uses, which are all there is of it."""
    known = len(population.users)
    ids = int(max(uses.value.max(initial=-1), uses.person.max(initial=-1), uses.merchant.max(initial=-1))) + 1
    if ids <= known:
        return population
    household = _behind(population.household, np.arange(known, ids))
    new = uses.where(uses.value >= known)
    users = _users(new.value - known, household[new.person], ids - known)
    holders = _users(new.value - known, new.person, ids - known)
    held = _held(uses)
    by_new = (held >> 32 >= known) | (held & 0xFFFFFFFF >= known)
    return replace(
        population,
        users=_behind(population.users, users),
        holders=_behind(population.holders, holders),
        excused=_behind(population.excused, np.zeros(ids - known, dtype=bool)),
        household=household,
        held_since=held[among(held >> 32, distinct(held[by_new] >> 32))],
    )


def _behind(known: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Numbers behind those of the whole book, which are not copied; what is asked of them is some at a time."""
    return cast(np.ndarray, Laid(known, more))


class Compared(NamedTuple):
    """What people share, in numbers from 0.

    Attributes
    ----------
    people, values : int64, the ids of those that are numbered
    holder, value : int64, who uses what, once for each pair
    users, holders : int32 by value, how many households and how many people use it in the whole book
    ties : what pairs of people share
    lone : int64[facets, degrees], how many pairs share one thing only, as ``coincidences`` counts them
    """

    people: np.ndarray
    values: np.ndarray
    holder: np.ndarray
    value: np.ndarray
    users: np.ndarray
    holders: np.ndarray
    ties: Ties
    lone: np.ndarray

    def among(self, people: np.ndarray) -> Compared:
        """What these people share: bool by person."""
        inside, used = people[self.ties.first] & people[self.ties.second], people[self.holder]
        ties = Ties(*(column[inside] for column in self.ties))
        return self._replace(ties=ties, holder=self.holder[used], value=self.value[used])


def compare(population: Population, uses: Uses, applied: tuple[np.ndarray, np.ndarray]) -> Compared:
    """Weigh what every pair of applicants shares.

    Parameters
    ----------
    uses : those that are ``comparable``
    applied : who applied, by id, and when, epoch milliseconds
    """
    people, holder = np.unique(uses.person, return_inverse=True)
    values, value = np.unique(uses.value, return_inverse=True)
    order = np.lexsort((uses.label, uses.way, value, holder))
    holder, value, time = holder[order], value[order], uses.time[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (holder[1:] != holder[:-1]) | (value[1:] != value[:-1])
    starts = np.flatnonzero(new)
    timeless = np.iinfo(np.int64).max
    first = np.minimum.reduceat(np.where(time > ALWAYS, time, timeless), starts) if len(starts) else time
    last = np.maximum.reduceat(time, starts) if len(starts) else time
    one = order[starts]
    holding = Holding(holder[starts], value[starts], uses.way[one], uses.label[one], first, last)
    _, family = np.unique(population.household[people], return_inverse=True)
    users = population.users[values]
    moments = _moments(people, *applied)
    ties, lone = coincidences(holding, family, users, moments, scale(population.weight, population.span))
    holders = population.holders[values]
    return Compared(people, values, holding.holder, holding.value, users, holders, ties, lone)


def _moments(people: np.ndarray, who: np.ndarray, when: np.ndarray) -> Moments:
    place = np.minimum(np.searchsorted(people, who), max(len(people) - 1, 0))
    known = people[place] == who if len(people) else np.zeros(len(who), dtype=bool)
    place, when = place[known], when[known]
    order = np.lexsort((when, place))
    return Moments(np.searchsorted(place[order], np.arange(len(people) + 1)), when[order])


def comparable(population: Population, uses: Uses) -> np.ndarray:
    """bool by use: of a value that several use, not more than are compared with each other, and unexplained."""
    users = population.users[uses.value]
    return (users > 1) & (users < population.weight.shape[1]) & ~population.excused[uses.value]
