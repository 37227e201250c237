"""The people of the book: households, families, names and jobs; some of them apply for credit, the others are known to
those who do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import places, words
from .circles import Circle, cells, weighted_pick
from .reserve import Reserve

HEAD, SPOUSE, CHILD, FATHER, MOTHER, SIBLING, IN_LAW, FLATMATE = range(8)
_SIZES = (0.30, 0.27, 0.20, 0.13, 0.06, 0.03, 0.01)
_HOUSEHOLDS_PER_APPLICANT = 1.4
FIRST_DAY = np.datetime64("2025-01-01")
LAST_DAY = np.datetime64("2026-06-30")
DAYS = int((LAST_DAY - FIRST_DAY).astype(int)) + 1
END = DAYS * 86_400
"""Seconds from the first moment of the book to its last. All times of the book are such seconds."""

KIN = {
    (HEAD, SPOUSE): "配偶",
    (SPOUSE, HEAD): "配偶",
    (HEAD, CHILD): "子女",
    (SPOUSE, CHILD): "子女",
    (CHILD, HEAD): "父母",
    (CHILD, SPOUSE): "父母",
    (HEAD, FATHER): "父母",
    (HEAD, MOTHER): "父母",
    (FATHER, HEAD): "子女",
    (MOTHER, HEAD): "子女",
    (FATHER, MOTHER): "配偶",
    (MOTHER, FATHER): "配偶",
    (HEAD, SIBLING): "兄弟姐妹",
    (SIBLING, HEAD): "兄弟姐妹",
    (SIBLING, FATHER): "父母",
    (SIBLING, MOTHER): "父母",
    (FATHER, SIBLING): "子女",
    (MOTHER, SIBLING): "子女",
    (SIBLING, IN_LAW): "配偶",
    (IN_LAW, SIBLING): "配偶",
    (SIBLING, SIBLING): "兄弟姐妹",
    (CHILD, CHILD): "兄弟姐妹",
}
"""What the second is to the first; other pairs of a family are relatives (亲属)."""


@dataclass
class People:
    """Everybody in the book, applicants and others, by person number.

    Attributes
    ----------
    home_city, rural, family, says_kin : by household: where it is, whether they are kin and their contacts say so
    who : the persons who apply
    """

    household: np.ndarray
    city: np.ndarray
    role: np.ndarray
    male: np.ndarray
    birth: np.ndarray
    surname: np.ndarray
    given: np.ndarray
    born_in: np.ndarray
    employer: np.ndarray
    home_city: np.ndarray
    rural: np.ndarray
    family: np.ndarray
    says_kin: np.ndarray
    who: np.ndarray
    homes: Circle
    colleagues: Circle
    classmates: Circle
    villagers: Circle
    friends: Circle

    def __len__(self) -> int:
        return len(self.household)


def populate(random: np.random.Generator, applicants: int, employers: Employers) -> People:
    """Households of one to seven, of whom so many persons apply, some families more than others."""
    homes = max(int(applicants * _HOUSEHOLDS_PER_APPLICANT), 40)
    size = random.choice(np.arange(1, 8), homes, p=_SIZES)
    household = np.repeat(np.arange(homes), size)
    place = np.arange(len(household)) - np.repeat(np.cumsum(size) - size, size)
    home_city = random.choice(places.COUNT, homes, p=places.WEIGHT)
    rural = random.random(homes) < 0.18
    family = (random.random(homes) > 0.09) | (size > 6)
    role = _roles(random, place, size[household], family[household])
    city = home_city[household]
    born_in = np.where(random.random(len(city)) < 0.3, random.choice(places.COUNT, len(city), p=places.WEIGHT), city)
    birth = _births(random, role, household, homes)
    male = np.where(role == FATHER, 1, np.where(role == MOTHER, 0, random.integers(0, 2, len(role))))
    male = np.where(role == SPOUSE, 1 - male[_head_of(household)], male)
    employer = employers.jobs(random, city)
    employer[(birth > np.datetime64("2006-01-01")) | (birth < np.datetime64("1962-01-01"))] = -1
    rank = random.exponential(size=len(role)) / random.gamma(2.5, 1.0, homes)[household]
    rank[(birth > np.datetime64("2007-01-01")) | (birth < np.datetime64("1958-01-01"))] = np.inf
    return People(
        household=household, city=city, role=role, male=male, birth=birth,
        surname=_surnames(random, role, household, homes), given=_given(random, male),
        born_in=born_in * 100 + random.integers(1, 14, len(role)), employer=employer,
        home_city=home_city, rural=rural, family=family, says_kin=random.random(homes) < 0.75,
        who=np.sort(np.argpartition(rank, applicants)[:applicants]),
        homes=Circle(household), colleagues=Circle(employer),
        classmates=Circle(cells(random, born_in * 100 + _year(birth) // 2 % 100, 60)),
        villagers=Circle(cells(random, born_in, 40)), friends=Circle(cells(random, city, 18)),
    )  # fmt: skip


@dataclass
class Employers:
    """Firms that people work for, by number; behind them a reserve of names nobody really works for.

    Attributes
    ----------
    firms : how many there are without the reserve
    weight : how many work there, relative to others
    named : names of those that are no firms
    """

    firms: int
    city: np.ndarray
    weight: np.ndarray
    head: np.ndarray
    trade: np.ndarray
    reserve: Reserve
    named: dict[int, str] = field(default_factory=dict)

    @classmethod
    def draw(cls, random: np.random.Generator, applicants: int) -> Employers:
        """Firms of very unequal size, so many that a firm has a dozen people on average."""
        firms = max(applicants // 4, 60)
        count = firms + applicants // 20 + 500
        city = random.choice(places.COUNT, count, p=places.WEIGHT)
        heads = random.integers(0, len(words.BUSINESS_HEAD) ** 2 * len(words.BUSINESS_TAIL), count)
        weight = random.pareto(1.3, count) + 0.3
        weight[firms:] = 0
        return cls(firms, city, weight, heads, random.integers(0, len(words.TRADES), count), Reserve(firms, count))

    def jobs(self, random: np.random.Generator, city: np.ndarray) -> np.ndarray:
        """An employer of the city for each person, -1 for the one in five who has none."""
        employer = weighted_pick(random, self.city[: self.firms], self.weight[: self.firms], city)
        return np.where(random.random(len(city)) < 0.2, -1, employer)

    def names(self, which: np.ndarray) -> list[str]:
        """Registered names of firms."""
        head, tail = words.BUSINESS_HEAD, words.BUSINESS_TAIL
        found = []
        for one in which.tolist():
            if one in self.named:
                found.append(self.named[one])
                continue
            code, city = int(self.head[one]), places.NAME[self.city[one]].removesuffix("市")
            first, second, third = code % len(head), code // len(head) % len(head), code // len(head) ** 2
            middle = head[first] + (head[second] if second != first else "") + tail[third % len(tail)]
            found.append(f"{city}{middle}{words.TRADES[self.trade[one]][0]}有限公司")
        return found


def kin_words(people: People, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What the other is to the one, of two persons of one household; object array."""
    table = np.full((8, 8), "亲属", dtype=object)
    for pair, word in KIN.items():
        table[pair] = word
    word = table[people.role[one], people.role[other]]
    return np.where(people.family[people.household[one]], word, "朋友")


def names(people: People, which: np.ndarray) -> np.ndarray:
    """Full names of persons; object array."""
    surnames = np.array([surname for surname, _ in words.SURNAMES], dtype=object)
    characters = np.array(["", *words.MALE, *words.FEMALE], dtype=object)
    given = people.given[which]
    return surnames[people.surname[which]] + characters[given[:, 0]] + characters[given[:, 1]]


def _head_of(household: np.ndarray) -> np.ndarray:
    return np.searchsorted(household, household)


def _roles(random: np.random.Generator, place: np.ndarray, size: np.ndarray, family: np.ndarray) -> np.ndarray:
    second = np.array([SPOUSE, CHILD, MOTHER, SIBLING])[random.choice(4, len(place), p=[0.7, 0.12, 0.08, 0.1])]
    third = np.array([CHILD, SIBLING, FATHER])[random.choice(3, len(place), p=[0.55, 0.2, 0.25])]
    later = np.array([HEAD, HEAD, HEAD, MOTHER, SIBLING, FATHER, IN_LAW])[np.minimum(place, 6)]
    role = np.where(place == 1, second, np.where(place == 2, third, later))
    return np.where(family, role, np.where(place == 0, HEAD, FLATMATE))


def _births(random: np.random.Generator, role: np.ndarray, household: np.ndarray, homes: int) -> np.ndarray:
    head = 20 + random.gamma(3.2, 4.5, homes)
    elder = np.isin(role, (FATHER, MOTHER))
    shift = np.where(elder, 25, np.where(role == CHILD, -24, 0)) + random.normal(0, 3, len(role))
    age = np.where(role == FLATMATE, 20 + random.gamma(2, 3, len(role)), np.clip(head[household], 19, 62) + shift)
    age = np.where(role == CHILD, np.maximum(age, 10), np.clip(age, 19, 85))
    return np.datetime64("2025-07-01") - (age * 365.25).astype("timedelta64[D]")


def _surnames(random: np.random.Generator, role: np.ndarray, household: np.ndarray, homes: int) -> np.ndarray:
    weight = np.array([share for _, share in words.SURNAMES])
    weight = weight / weight.sum()
    of_blood = np.isin(role, (HEAD, CHILD, FATHER, SIBLING))
    blood = random.choice(len(weight), homes, p=weight)
    return np.where(of_blood, blood[household], random.choice(len(weight), len(role), p=weight))


def _given(random: np.random.Generator, male: np.ndarray) -> np.ndarray:
    men, women = len(words.MALE), len(words.FEMALE)

    def character() -> np.ndarray:
        skew = random.random(len(male)) ** 1.4
        return np.where(male == 1, 1 + (skew * men).astype(int), 1 + men + (skew * women).astype(int))

    return np.stack([character(), np.where(random.random(len(male)) < 0.2, 0, character())], axis=1)


def _year(birth: np.ndarray) -> np.ndarray:
    return birth.astype("datetime64[Y]").astype(np.int64) + 1970
