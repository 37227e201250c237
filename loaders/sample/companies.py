"""Companies that borrow: their figures, who runs them, and the guarantees that honest ones give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from . import places, words
from .people import DAYS

if TYPE_CHECKING:
    from .world import World

APPLICANTS_PER_COMPANY = 35
_FEWEST = 120
LICENSED = "融资担保"
_YEAR = 365


@dataclass
class Contract:
    """One guarantee; parties are ``(kind, number)``, days are days of the book.

    Attributes
    ----------
    counter_of : the contract that this one answers
    released : day on which it was released or settled early, if it was
    """

    guarantor: tuple[str, int]
    borrower: tuple[str, int]
    amount: float
    start: int
    end: int
    joint: int = -1
    counter_of: int = -1
    released: int | None = None


@dataclass
class Corporate:
    """All companies by number, their contracts, holdings and groups.

    Attributes
    ----------
    rep : the person who runs it, -1 where that person is none of the book's applicants
    group : -1 for none
    net : net assets in yuan
    pool : companies that belong to nothing yet, in random order
    """

    city: np.ndarray
    trade: np.ndarray
    head: np.ndarray
    rep: np.ndarray
    group: np.ndarray
    assets: np.ndarray
    net: np.ndarray
    licensed: np.ndarray
    pool: list[int]
    contracts: list[Contract] = field(default_factory=list)
    holdings: list[tuple[str, int, int, float]] = field(default_factory=list)
    joints: int = 0
    groups: int = 0

    def __len__(self) -> int:
        return len(self.city)

    def take(self, count: int) -> list[int]:
        """So many companies that belonged to nothing; fewer where no more are left."""
        taken, self.pool = self.pool[:count], self.pool[count:]
        return taken

    def guarantee(
        self,
        random: np.random.Generator,
        guarantor: tuple[str, int],
        borrower: tuple[str, int],
        share: float = 0.25,
        joint: int = -1,
        counter_of: int = -1,
    ) -> int:
        """A contract in force at the end of the book, of about a share of the guarantor's net assets; its number."""
        wealth = self.net[guarantor[1]] if guarantor[0] == "company" else 300_000
        amount = max(round(wealth * share * random.uniform(0.5, 1.0) / 10_000) * 10_000, 10_000)
        start = int(random.integers(20, DAYS - 30))
        end = start + int(random.choice([2, 3, 5])) * _YEAR + 30
        self.contracts.append(Contract(guarantor, borrower, float(amount), start, end, joint, counter_of))
        return len(self.contracts) - 1

    def names(self) -> list[str]:
        """Registered names."""
        head, tail, found = words.BUSINESS_HEAD, words.BUSINESS_TAIL, []
        for number in range(len(self)):
            word = int(self.head[number])
            style = head[word % len(head)] + tail[word // 31 % len(tail)]
            trade = "融资担保" if self.licensed[number] else words.TRADES[self.trade[number]][0]
            found.append(f"{places.NAME[self.city[number]].removesuffix('市')}{style}{trade}有限公司")
        return found


def found_companies(world: World, random: np.random.Generator) -> Corporate:
    """One company for every 35 applicants."""
    count = max(world.applicants // APPLICANTS_PER_COMPANY, _FEWEST)
    assets = np.round(np.exp(random.normal(16.5, 1.1, count)), -4)
    net = np.round(assets * random.uniform(0.2, 0.7, count), -4)
    reps = np.full(count, -1)
    known = random.permutation(world.people.who)[: min(count, world.applicants // 3)]
    reps[: len(known)] = known
    reps = random.permutation(reps)
    licensed = np.zeros(count, bool)
    licensed[: 2 + count // 250] = True
    assets[licensed], net[licensed] = 2e9, 1.5e9
    return Corporate(
        city=random.choice(places.COUNT, count, p=places.WEIGHT),
        trade=random.integers(0, len(words.TRADES), count),
        head=random.integers(0, 10**6, count),
        rep=np.where(random.random(count) < 0.7, reps, -1),
        group=np.full(count, -1),
        assets=assets,
        net=net,
        licensed=licensed,
        pool=random.permutation(np.flatnonzero(~licensed)).tolist(),
    )


def honest_guarantees(world: World, corporate: Corporate, random: np.random.Generator) -> None:
    """Guarantees as most are: by a licensed guarantor, by the person who runs the company, by one other company; some
    have ended."""
    able = len(corporate.pool)
    licensed = np.flatnonzero(corporate.licensed)
    backed = np.array(corporate.take(able // 10))
    by = random.choice(licensed, len(backed))
    for guarantor in licensed.tolist():
        mine = backed[by == guarantor].tolist()
        for one in mine:
            corporate.guarantee(random, ("company", guarantor), ("company", one), share=0.002)
        world.truth.spare("licensed_guarantor", [], [("company", one) for one in [guarantor, *mine]])
    for one in corporate.take(able // 10):
        if corporate.rep[one] >= 0:
            corporate.guarantee(random, ("applicant", int(corporate.rep[one])), ("company", one), share=2.0)
    for _ in range(able // 25):
        pair = corporate.take(int(random.integers(2, 4)))
        for borrower in pair[1:]:
            corporate.guarantee(random, ("company", pair[0]), ("company", borrower), share=0.2)
    for _ in range(able // 50):
        pair = corporate.take(2)
        if len(pair) == 2:
            _ended_pair(world, corporate, random, pair)


def _ended_pair(world: World, corporate: Corporate, random: np.random.Generator, pair: list[int]) -> None:
    """Two that once guaranteed each other, one of whose contracts is over."""
    one, other = ("company", pair[0]), ("company", pair[1])
    corporate.guarantee(random, one, other)
    ended = corporate.contracts[corporate.guarantee(random, other, one)]
    if random.random() < 0.5:
        ended.end = ended.start + (DAYS - 5 - ended.start) // 2
    else:
        ended.released = ended.start + (DAYS - 5 - ended.start) // 2
    world.truth.spare("ended_guarantee", [], [one, other])
