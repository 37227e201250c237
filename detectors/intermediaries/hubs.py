"""Hubs: one handset, account, contact, channel or employer's text that many use who need not know each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...graph.kernels.sets import among, distinct
from ..contract import Params
from ..sharing.population import Population
from ..sharing.uses import WAY, Uses
from .templates import in_turn

OWN_THINGS = ("handset", "account", "phone", "email")
"""What a stranger lends to nobody: whoever lets many use one is behind them."""
PLACES = ("network", "address")
"""Where a broker sits; nobody is one for being there."""
PHONE_WAYS = tuple(WAY[way] for way in ("own_phone", "work_phone", "kin", "acquaintance", "contact"))
NAMING = tuple(WAY[way] for way in ("kin", "acquaintance", "contact"))
NAMES_AT_LEAST = 3
"""A contact who goes by fewer surnames is one person whom people know."""
ONE_NAME = 0.6
"""A contact whom so many call by one surname is that person."""
SEVERAL_TEXTS = 3
"""Direct lines of one employer follow one another; so do invented phones, of so many employers or more."""


@dataclass(frozen=True)
class Ties:
    """Who uses a hub; arrays of one length.

    Attributes
    ----------
    person : int64 ids of the frame
    node : int64, what is used as the view numbers it; of an employer's phone, which is no part of the hub, -1
    position, via : int64 positions of the relationships that say so, as in ``Uses``; -1 where there is no second
    time : int64, when, epoch milliseconds
    label : int64, of a contact a number for the surname that it goes by, -1 where none is told
    """

    person: np.ndarray
    node: np.ndarray
    position: np.ndarray
    via: np.ndarray
    time: np.ndarray
    label: np.ndarray

    def where(self, mask: np.ndarray) -> Ties:
        """Those for which ``mask`` holds, or at these places."""
        return Ties(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Hub:
    """What many use.

    Attributes
    ----------
    kind : handset, account, contact, channel, employer; network and address, which are none by themselves
    key : its id, or its number as a template
    people : int64 ids of those who use it, ascending; of a channel those in its burst
    users : how many applicants use it in the whole book
    ties : who uses it, and the rows that say so
    phones : of employers, the clients with what people may see of the phone that each names: what stands before the
        mask, and the digits behind it
    """

    kind: str
    key: int
    people: np.ndarray
    users: int
    ties: Ties
    phones: tuple[tuple[int, str, int], ...] = ()

    def among(self, people: np.ndarray) -> Hub:
        """The hub as these use it, ids ascending."""
        ties = self.ties.where(np.isin(self.ties.person, people))
        inside = np.intersect1d(self.people, people)
        named = set(inside.tolist())
        return replace(self, people=inside, ties=ties, phones=tuple(one for one in self.phones if one[0] in named))

    @property
    def nodes(self) -> np.ndarray:
        """int64, ascending: what it is, as the view numbers it."""
        return distinct(self.ties.node[self.ties.node >= 0])

    @property
    def names(self) -> int:
        """How many surnames a contact goes by."""
        return len(np.unique(self.ties.label[self.ties.label >= 0]))

    @property
    def run(self) -> int:
        """How many phones follow one another, of so many employers that they are no direct lines of one."""
        run = in_turn([(prefix, number) for _, prefix, number in self.phones])
        return len(run) if len(run) > 1 and len(self.nodes) >= SEVERAL_TEXTS else 0


def people_of(hubs: Iterable[Hub]) -> np.ndarray:
    """int64 ids, ascending: those who use any of some hubs."""
    return distinct(np.concatenate([np.zeros(0, dtype=np.int64), *(hub.people for hub in hubs)]))


def used_by_several(population: Population, uses: Uses, numbers: np.ndarray, params: Params) -> Uses:
    """The uses of what enough households use, and no more than are compared; what innocent causes explain is left
    out, and a Wi-Fi together with an address, each of which stands for itself.

    Parameters
    ----------
    numbers : int64 by node of the view, its id in the frame
    """
    users = population.users[uses.value]
    some = (users >= params["min_clients"]) & (users <= params["max_users"]) & ~population.excused[uses.value]
    some &= (uses.way != WAY["network"]) | (uses.value == numbers[uses.node])
    return uses.where(some)


def value_hubs(population: Population, uses: Uses, bad: np.ndarray, params: Params) -> Iterator[Hub]:
    """Handsets, accounts, own phones and e-mails that enough households use, contacts who go by several names, and
    networks of many of whose users some fail. What a part of a book does not show whole is left out.

    Parameters
    ----------
    uses : as ``used_by_several`` gives them
    bad : bool by use: its user is known as a bad borrower
    """
    for kind in ("handset", "account", "email"):
        for value, rows in _whole(population, uses.where(uses.way == WAY[kind])):
            yield _hub(kind, value, population, rows)
    network = uses.way == WAY["network"]
    many = population.holders[uses.value] >= params["many"]
    failing = np.isin(uses.value, distinct(uses.value[network & bad & many]))
    for value, rows in _whole(population, uses.where(network & failing)):
        yield _hub("network", value, population, rows)
    for value, rows in _whole(population, uses.where(_of_phones(uses))):
        own, naming = rows.where(rows.way == WAY["own_phone"]), rows.where(np.isin(rows.way, NAMING))
        if _goes_by_several_names(naming, len(distinct(rows.person))):
            yield _hub("contact", value, population, naming)
        elif 2 * len(distinct(own.person)) >= len(distinct(rows.person)):
            yield _hub("phone", value, population, own)


def _of_phones(uses: Uses) -> np.ndarray:
    """bool by use: of a phone that some have for their own, or that goes by several surnames."""
    phone = np.isin(uses.way, PHONE_WAYS)
    named = phone & (uses.label >= 0)
    names = np.unique(np.stack([uses.value[named], uses.label[named]]), axis=1)[0]
    values, count = np.unique(names, return_counts=True)
    told = np.concatenate((values[count >= NAMES_AT_LEAST], uses.value[uses.way == WAY["own_phone"]]))
    return phone & np.isin(uses.value, distinct(told))


def place_hubs(population: Population, uses: Uses, clients: np.ndarray) -> Iterator[Hub]:
    """Networks and addresses half of whose users are among ``clients``, int64 ids ascending: the broker's office."""
    for kind, ways in (("network", (WAY["network"],)), ("address", (WAY["home"],))):
        some = uses.where(np.isin(uses.way, ways))
        inside = distinct((some.value << 32 | some.person)[among(some.person, clients)]) >> 32
        values, count = np.unique(inside, return_counts=True)
        mostly = values[2 * count >= population.holders[values]]
        for value, rows in _whole(population, some.where(np.isin(some.value, mostly))):
            yield _hub(kind, value, population, rows)


def _whole(population: Population, uses: Uses) -> Iterator[tuple[int, Uses]]:
    """Each value all of whose users are here, with its uses."""
    uses = uses.where(np.lexsort((uses.person, uses.value)))
    keys = distinct(uses.value << 32 | uses.person) >> 32
    values, people = np.unique(keys, return_counts=True)
    for value in values[people >= population.holders[values]].tolist():
        low, high = np.searchsorted(uses.value, [value, value + 1])
        yield value, uses.where(slice(low, high))


def _goes_by_several_names(naming: Uses, users: int) -> bool:
    """Whether people name one contact by several surnames: no person whom they know, and no office."""
    _, first = np.unique(naming.person, return_index=True)
    told = naming.label[first]
    told = told[told >= 0]
    names, count = np.unique(told, return_counts=True)
    one_person = len(names) < NAMES_AT_LEAST or count.max(initial=0) > ONE_NAME * len(told)
    return not one_person and 2 * len(first) >= users and 2 * len(told) >= len(first)


def _hub(kind: str, value: int, population: Population, uses: Uses) -> Hub:
    label = uses.label if kind == "contact" else np.full(len(uses), -1, dtype=np.int64)
    ties = Ties(uses.person, uses.node, uses.position, uses.via, uses.time, label)
    return Hub(kind, value, distinct(uses.person), int(population.holders[value]), ties)
