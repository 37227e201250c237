"""The world of one book before anything is written: people, what they own, where they shop, what they apply for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from . import places
from .applications import Applications, file, first_round
from .contacts import Contacts, name_people
from .networks import CARRIER, Networks
from .people import DAYS, Employers, People, populate
from .shops import Merchants, Salespeople, open_shops
from .things import Accounts, Addresses, Handsets, Phones
from .truth import Truth

if TYPE_CHECKING:
    from .money import Ledger


@dataclass
class World:
    """Everything a book is made of, by number.

    Attributes
    ----------
    firm_phone : by employer, the phone it is known by
    old_phone : by person, a number given up within the book's time, -1 for none
    mobile, card, home, employer, work_phone, workplace : by person, what an applicant states (-1: blank)
    restricted : accounts that loan money must not reach
    unshipped : by application, its order is never shipped
    free : by person, applies and belongs to nothing planted yet
    """

    applicants: int
    people: People
    employers: Employers
    phones: Phones
    handsets: Handsets
    accounts: Accounts
    addresses: Addresses
    networks: Networks
    merchants: Merchants
    salespeople: Salespeople
    malls: np.ndarray
    malls_city: np.ndarray
    firm_phone: np.ndarray
    old_phone: np.ndarray
    applications: Applications
    mobile: np.ndarray
    card: np.ndarray
    home: np.ndarray
    employer: np.ndarray
    work_phone: np.ndarray
    workplace: np.ndarray
    restricted: np.ndarray
    unshipped: np.ndarray
    free: np.ndarray
    truth: Truth
    crowd: Crowd
    contacts: Contacts = field(default_factory=Contacts)
    bent_salespeople: list[int] = field(default_factory=list)
    after_lending: list[Callable[[Ledger], None]] = field(default_factory=list)

    def rows_of(self, person: int) -> np.ndarray:
        """The applications of a person."""
        return self._rows[self._row_start[person] : self._row_start[person + 1]]

    def index_rows(self) -> None:
        """Make ``rows_of`` know the applications filed until now."""
        person = self.applications.person[: self.applications.count]
        self._rows = np.argsort(person, kind="stable")
        self._row_start = np.searchsorted(person[self._rows], np.arange(len(self.people) + 1))


def honest_world(random: np.random.Generator, applicants: int) -> World:
    """A world without any fraud: people with homes, jobs, phones and contacts, who have filed applications."""
    employers = Employers.draw(random, applicants)
    people = populate(random, applicants, employers)
    count = len(people)
    phones, handsets, accounts = Phones(random, count), Handsets(random, count), Accounts(random, count)
    addresses = Addresses(random, people, employers.city[: employers.firms])
    networks = Networks(random, addresses, applicants // 3 + 3000)
    merchants = open_shops(random, applicants, people, phones, handsets, accounts, networks)
    malls_city = np.repeat(np.arange(places.COUNT), 1 + (places.WEIGHT * 40).astype(int))
    at = zip(*places.scatter(random, malls_city, 0.03), malls_city, strict=True)
    malls = np.array([networks.new(lat, lon, int(city), CARRIER) for lat, lon, city in at])
    old_phone = np.full(count, -1)
    changed = np.flatnonzero(random.random(count) < 0.04)
    old_phone[changed] = phones.reserve.take(len(changed))
    landline = random.random(employers.firms) < 0.8
    firm_phone = np.full(employers.firms, -1)
    firm_phone[landline] = phones.new_landlines(employers.city[: employers.firms][landline])
    firm_phone[~landline] = phones.reserve.take(int((~landline).sum()))
    job = people.employer
    filed = first_round(random, people.who)
    restricted = np.array([accounts.new("", -1) for _ in range(3 + applicants // 2000)])
    told = random.random(count)
    world = World(
        applicants=applicants, people=people, employers=employers, phones=phones, handsets=handsets,
        accounts=accounts, addresses=addresses, networks=networks, merchants=merchants,
        salespeople=Salespeople.hire(random, applicants), malls=malls, malls_city=malls_city, firm_phone=firm_phone,
        old_phone=old_phone, applications=filed,
        mobile=_own_or_kin(random, people, 0.008),
        card=np.where(random.random(count) < 0.93, _own_or_kin(random, people, 0.008), -1),
        home=people.household.copy(), employer=job.copy(),
        work_phone=np.where((job >= 0) & (told < 0.7), firm_phone[job], -1),
        workplace=np.where((job >= 0) & (told > 0.3), addresses.work + job, -1),
        restricted=restricted, unshipped=np.zeros(filed.capacity, bool), free=np.zeros(count, bool), truth=Truth(),
        crowd=Crowd(random, people.who, people.city),
    )  # fmt: skip
    world.free[people.who] = True
    file(world, random, np.arange(world.applications.count))
    name_people(world, random, people.who)
    world.index_rows()
    return world


def start_day(random: np.random.Generator, days: int) -> int:
    """A day on which something that takes so many days may begin, so that it ends within the book."""
    return int(random.integers(3, max(DAYS - days - 2, 4)))


def _own_or_kin(random: np.random.Generator, people: People, share: float) -> np.ndarray:
    """By person, whose phone or card is stated: one's own, but for a few who state that of somebody at home."""
    own = np.arange(len(people))
    mate = people.homes.mates(random, own)
    return np.where((random.random(len(own)) < share) & (mate >= 0), mate, own)


class Crowd:
    """Applicants who belong to nothing planted yet, in random order, by city and all together."""

    def __init__(self, random: np.random.Generator, who: np.ndarray, city: np.ndarray):
        mixed = random.permutation(who)
        self._all = mixed.tolist()
        order = np.argsort(city[mixed], kind="stable")
        cuts = np.searchsorted(city[mixed][order], np.arange(places.COUNT + 1))
        self._of_city = [mixed[order][low:high].tolist() for low, high in pairwise(cuts.tolist())]

    def take(self, free: np.ndarray, count: int, city: int) -> np.ndarray:
        """So many who are free, most of them of one city; they are free no longer."""
        found: list[int] = []
        for queue, wanted in ((self._of_city[city], round(count * 0.85)), (self._all, count)):
            while queue and len(found) < wanted:
                one = queue.pop()
                if free[one]:
                    free[one] = False
                    found.append(one)
        if len(found) < count:
            raise RuntimeError("nobody is left to take part")
        return np.array(found, dtype=np.int64)


def gather(world: World, random: np.random.Generator, count: int) -> np.ndarray:
    """So many applicants who belong to nothing planted yet, most of them of one city, in random order."""
    city = int(random.choice(places.COUNT, p=places.WEIGHT))
    return random.permutation(world.crowd.take(world.free, count, city))
