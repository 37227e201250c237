"""The world of one book before anything is written: people, what they own, where they shop, what they apply for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from . import places
from .ledger import Ledger
from .networks import Networks
from .people import DAYS, Employers, People
from .rows import Applications, Contacts
from .shops import Merchants, Salespeople
from .things import Accounts, Addresses, Handsets, Phones
from .truth import Truth


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


def start_day(random: np.random.Generator, days: int) -> int:
    """A day on which something that takes so many days may begin, so that it ends within the book."""
    return int(random.integers(3, max(DAYS - days - 2, 4)))


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
