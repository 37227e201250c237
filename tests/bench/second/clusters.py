"""Communities whose loans go bad far more often than their peers', with no fraud that any thing they share would show.

- ``neighbours``: of one estate, where word went round
- ``workmates``: of a firm that stopped paying wages
- ``friends_of_friends``: who followed each other into it

They list each other as contacts and borrow within a few months, long enough before the end of the book for the loans
to show what becomes of them. Of these loans 85 in a hundred go bad where it is ``easy``, 65 where ``medium``, 50 where
``camouflaged``; members may have an older loan that is sound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from math import ceil

from .book import START, Scheme
from .schemes import DAY, LEVELS, Later, file_later, grant, keep, list_contact, node, plant, turns
from .town import Person

SHAPES = ("neighbours", "workmates", "friends_of_friends")
BAD = {"easy": 0.85, "medium": 0.65, "camouflaged": 0.5}
WEEKS = {"easy": 5, "medium": 9, "camouflaged": 14}


def plant_clusters(later: Later, count: int) -> None:
    for number in turns(later, count):
        shape, level = SHAPES[number % len(SHAPES)], LEVELS[(number + later.seed) % 3]
        people = GROUPS[shape](later, later.rng.randint(14, 26))
        keep(later, people)
        list_each_other(later, people, WORDS[shape])
        start = START + later.rng.randint(90, 420) * DAY
        bad = ceil(BAD[level] * len(people))
        amounts, times = borrow(later, people, bad, start, WEEKS[level])
        members = [(node(one), "member") for one in people]
        scheme = Scheme("risky_cluster", shape, level, members, float(sum(amounts)), min(times), max(times))
        plant(later, scheme, people)


def together(later: Later, size: int, key: Callable[[Person], Hashable]) -> list[Person]:
    """Free people of one group that has enough of them, or of the largest."""
    groups: dict[Hashable, list[Person]] = {}
    for one in fewest_loans_first(later):
        groups.setdefault(key(one), []).append(one)
    groups.pop(None, None)
    large = [group for group in groups.values() if len(group) >= size]
    return (later.rng.choice(large) if large else max(groups.values(), key=len))[:size]


def fewest_loans_first(later: Later) -> list[Person]:
    return sorted(later.free, key=lambda one: len(later.loans.get(one.key, ())))


def neighbours(later: Later, size: int) -> list[Person]:
    return together(later, size, estate)


def estate(one: Person) -> Hashable:
    """Street and name of the estate, which end with the number of the block."""
    return one.home.short_address.rstrip("0123456789幢") if one.home.kind == "family" and not one.home.village else None


def workmates(later: Later, size: int) -> list[Person]:
    return together(later, size, lambda one: one.job.key if one.job and not one.home.village else None)


def acquainted(later: Later, size: int) -> list[Person]:
    """Free people reached from one by circles of friends and by kin, some of whom do not borrow."""
    free, best = set(later.free), []
    for start in later.free[:40]:
        reached, place = {start: None}, 0
        while place < len(reached) < 400:
            one = list(reached)[place]
            reached |= dict.fromkeys((*one.circle[:10], *(other for _, other in one.kin)))
            place += 1
        found = [one for one in reached if one in free and not one.home.village and not one.student]
        found = sorted(found, key=lambda one: len(later.loans.get(one.key, ())))[:size]
        best = max(best, found, key=len)
        if len(best) == size:
            break
    return best


def village_borrows(later: Later, count: int) -> None:
    """The innocent twin: a village that borrows in one month and repays as well as its region does."""
    for _ in range(count):
        people = together(later, later.rng.randint(14, 24), lambda one: one.home.village or None)
        keep(later, people)
        list_each_other(later, people, "老乡")
        start = START + later.rng.randint(90, 420) * DAY
        borrow(later, people, len(people) // 20, start, 5)
        later.alike.append(("village_borrowing", people))


def list_each_other(later: Later, people: list[Person], word: str) -> None:
    """Each lists two or three of the others, and the one before, so that they hang together."""
    for number, one in enumerate(people):
        others = later.rng.sample([other for other in people if other is not one], min(len(people) - 1, 2))
        for other in dict.fromkeys((*others, people[number - 1])):
            list_contact(one, other, word if later.rng.random() < 0.7 else "其他")


def borrow(
    later: Later, people: list[Person], bad: int, start: datetime, weeks: int
) -> tuple[list[int], list[datetime]]:
    """One loan each within so many weeks; so many of them stop after none to two instalments."""
    stopping = set(later.rng.sample(range(len(people)), bad))
    amounts, times = [], []
    for number, one in enumerate(people):
        when = start + timedelta(seconds=later.rng.randrange(weeks * 7 * 86_400))
        filed = file_later(later, one, when, product="消费贷", term=12)
        loan = grant(later, filed, when + DAY, stops=later.rng.randint(1, 3) if number in stopping else 0)
        amounts.append(loan.amount)
        times.append(when)
    return amounts, times


GROUPS = {"neighbours": neighbours, "workmates": workmates, "friends_of_friends": acquainted}
WORDS = {"neighbours": "邻居", "workmates": "同事", "friends_of_friends": "朋友"}
