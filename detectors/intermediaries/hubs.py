"""Hubs: one handset, account, contact, channel or employer's text that many use who need not know each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.snapshot import Edges, GraphView
from ..contract import Params
from ..sharing.population import Population
from ..sharing.uses import WAY, Uses
from .bursts import brought, within
from .population import Known
from .templates import consecutive

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
OWN_PHONES = 0.8
"""Colleagues name one phone of their employer; where so many have one each, jobs follow a template."""


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
        if len(self.nodes) < SEVERAL_TEXTS:
            return 0
        return consecutive([(prefix, number) for _, prefix, number in self.phones])


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


def value_hubs(population: Population, uses: Uses) -> Iterator[Hub]:
    """Handsets and accounts that enough households use, and contacts who go by several names. What a part of a book
    does not show whole is left out.

    Parameters
    ----------
    uses : as ``used_by_several`` gives them
    """
    for kind in ("handset", "account", "email", "network"):
        for value, rows in _whole(population, uses.where(uses.way == WAY[kind])):
            yield _hub(kind, value, population, rows)
    for value, rows in _whole(population, uses.where(np.isin(uses.way, PHONE_WAYS))):
        own, naming = rows.where(rows.way == WAY["own_phone"]), rows.where(np.isin(rows.way, NAMING))
        if _goes_by_several_names(naming, len(distinct(rows.person))):
            yield _hub("contact", value, population, naming)
        elif 2 * len(distinct(own.person)) >= len(distinct(rows.person)):
            yield _hub("phone", value, population, own)


def place_hubs(population: Population, uses: Uses, clients: np.ndarray) -> Iterator[Hub]:
    """Networks and addresses half of whose users are among ``clients``, int64 ids ascending: the broker's office."""
    for kind, ways in (("network", (WAY["network"],)), ("address", (WAY["home"], WAY["work"]))):
        some = uses.where(np.isin(uses.way, ways))
        some = some.where(np.isin(some.value, distinct(some.value[np.isin(some.person, clients)])))
        for value, rows in _whole(population, some):
            people = distinct(rows.person)
            if 2 * np.isin(people, clients).sum() >= len(people):
                yield _hub(kind, value, population, rows)


def _whole(population: Population, uses: Uses) -> Iterator[tuple[int, Uses]]:
    """Each value all of whose users are here, with its uses."""
    uses = uses.where(np.lexsort((uses.person, uses.value)))
    keys = distinct(uses.value << 32 | uses.person) >> 32
    values, people = np.unique(keys, return_counts=True)
    for value in values[people >= population.holders[values]].tolist():
        low, high = np.searchsorted(uses.value, [value, value + 1])
        yield value, uses.where(np.arange(low, high))


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


def channel_hubs(view: GraphView, known: Known, numbers: np.ndarray) -> Iterator[Hub]:
    """Channels with a burst, and who came in it."""
    clients, bursts = brought(view, numbers), known.bursts
    place = within(clients, bursts)
    clients, place = clients.where(place >= 0), place[place >= 0]
    starts = np.searchsorted(place, np.arange(len(bursts.channel) + 1))
    for burst, (low, high) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        if high - low < max(int(bursts.clients[burst]), 1):
            continue
        rows = clients.where(np.arange(low, high))
        nothing = np.full(len(rows), -1, dtype=np.int64)
        ties = Ties(rows.person, rows.node, rows.position, rows.via, rows.time, nothing)
        yield Hub("channel", int(bursts.channel[burst]), np.sort(rows.person), int(bursts.brought[burst]), ties)


def employer_hubs(view: GraphView, known: Known, numbers: np.ndarray, params: Params) -> Iterator[Hub]:
    """Employers' texts that differ by a suffix, and those who each name a phone of the employer's that no other does."""
    works = view.edges("WORKS_AT")
    template = _template(known, numbers[works.target])
    staff = np.where(template >= 0, known.staff[template], 0) if len(known.staff) else np.zeros(len(works))
    some = (staff >= params["min_clients"]) & (staff <= params["max_users"])
    works, template = works.where(some), template[some]
    order = np.lexsort((works.source, template))
    works, template = works.where(order), template[order]
    phones = _work_phones(view, distinct(works.source))
    for number, low, high in _runs(template):
        rows = works.where(np.arange(low, high))
        if len(distinct(rows.source)) < known.staff[number]:
            continue
        named = phones.where(_places(phones.source, distinct(rows.source)))
        own, count = np.unique(named.target, return_counts=True)
        single = named.where(np.isin(named.target, own[count == 1]))
        holders, people = len(distinct(single.source)), len(distinct(named.source))
        if holders < params["min_clients"]:
            continue
        hub = _employer(view, numbers, number, int(known.staff[number]), rows, single)
        if holders >= OWN_PHONES * people or hub.run >= params["min_clients"]:
            yield hub


def _places(ordered: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """int64: the places of ``wanted``, ascending, in what is in order and may hold each several times."""
    low, high = (np.searchsorted(ordered, wanted, side=side) for side in ("left", "right"))
    return np.repeat(low - np.append(0, np.cumsum(high - low)[:-1]), high - low) + np.arange((high - low).sum())


def _employer(view: GraphView, numbers: np.ndarray, number: int, staff: int, works: Edges, phones: Edges) -> Hub:
    """A template of employers, of those who name a phone of their own.

    Parameters
    ----------
    phones : the phones that one applicant each names
    """
    works = works.where(np.isin(works.source, phones.source))
    count, nothing = len(works) + len(phones), np.full(len(works) + len(phones), -1, dtype=np.int64)
    node = np.full(count, -1, dtype=np.int64)
    node[: len(works)] = works.target
    person = numbers[np.concatenate((works.source, phones.source))]
    position = np.concatenate((works.positions, phones.positions))
    time = np.concatenate((works.valid_from, phones.valid_from))
    keys = [name.partition(":")[2] for name in view.names(phones.target)]
    shown = zip(numbers[phones.source].tolist(), (view.mask(key) or key for key in keys), strict=True)
    seen = tuple((one, text[:-4].rstrip("*"), int(text[-4:])) for one, text in shown if text[-4:].isdigit())
    return Hub("employer", number, distinct(person), staff, Ties(person, node, position, nothing, time, nothing), seen)


def _template(known: Known, ids: np.ndarray) -> np.ndarray:
    """int64 by id: the template, -1 for what the book does not know."""
    met = ids < len(known.template)
    return np.where(met, known.template[np.where(met, ids, 0)], -1)


def _runs(labels: np.ndarray) -> Iterator[tuple[int, int, int]]:
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    ends = np.append(starts[1:], len(labels))[: len(starts)]
    yield from zip(labels[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)


def _work_phones(view: GraphView, people: np.ndarray) -> Edges:
    """The phones that people name as their employers', landlines too, by holder."""
    wanted = np.zeros(view.node_count, dtype=bool)
    wanted[people] = True
    named = view.edges("HAS_PHONE")
    named = named.where(wanted[named.source])
    named = named.where(np.asarray(named.column("use") == "work", dtype=bool))
    named = named.where(np.array([flag in (None, "landline") for flag in view.flags(named.positions)], dtype=bool))
    return named.where(np.argsort(named.source, kind="stable"))
