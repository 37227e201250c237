"""What of the finished book breaks a shipped limit of velocity, whoever meant it to.

Five applications of one person within five days; one device applying for five people within two days; one person or
phone in three applications within an hour. A shop's tablet and an honest agent's are excused. Phones of two people
within three months and documents under two names come about only where they are planted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta

from .book import Application, Book, Scheme
from .schemes import Later, node


def list_accidents(later: Later) -> None:
    """Adds those breaks whose people no planted velocity case names together."""
    named = [{one for one, _ in scheme.members} for scheme in later.book.schemes if scheme.kind == "velocity"]
    levels = {one: group.difficulty for group in later.book.planted for one in group.people}
    for shape, filed in breaks(later.book):
        people = list(dict.fromkeys(one.person for one in filed))
        nodes = {node(one) for one in people}
        if any(nodes <= one for one in named):
            continue
        level = next((levels[one] for one in people if one in levels), "easy")
        times = [one.when for one in filed]
        members = [(one, "member") for one in sorted(nodes)]
        later.book.schemes.append(
            Scheme("velocity", shape, level, members, amount_of(later, filed), min(times), max(times))
        )


def amount_of(later: Later, filed: list[Application]) -> float:
    keys, people = {one.key for one in filed}, {one.person.key for one in filed}
    return float(sum(loan.amount for one in people for loan in later.loans.get(one, ()) if loan.apply_no in keys))


def breaks(book: Book) -> Iterable[tuple[str, list[Application]]]:
    """``(shape, the applications of all windows that break it)`` by key."""
    tablets = {tablet.device for shop in book.town.shops for tablet in shop.tablets}
    tablets |= {tablet.device for tablet in book.agents.values() if tablet}
    yield from beyond(book, "five_in_five_days", lambda one: one.person.key, timedelta(days=5), 5)
    yield from beyond(book, "three_in_an_hour", lambda one: one.person.document, timedelta(hours=1), 3)
    yield from beyond(book, "three_in_an_hour", lambda one: one.person.phone, timedelta(hours=1), 3)
    devices = beyond(book, "one_handset_many_people", lambda one: one.device, timedelta(days=2), 5, person_of)
    yield from ((shape, filed) for shape, filed in devices if filed[0].device not in tablets)


def key_of(one: Application) -> str:
    return one.key


def person_of(one: Application) -> str:
    return one.person.key


def beyond(
    book: Book,
    shape: str,
    of: Callable[[Application], str],
    window: timedelta,
    limit: int,
    counted: Callable[[Application], str] = key_of,
) -> Iterable[tuple[str, list[Application]]]:
    """Windows are counted by the values of ``of``; so many different ``counted`` within one are beyond the limit."""
    groups: dict[str, list[Application]] = defaultdict(list)
    for one in book.applications:
        groups[of(one)].append(one)
    for filed in groups.values():
        filed.sort(key=lambda one: (one.when, one.key))
        found: dict[str, Application] = {}
        for start in range(len(filed)):
            inside = [one for one in filed[start : start + 60] if one.when - filed[start].when <= window]
            if len({counted(one) for one in inside}) >= limit:
                found |= {one.key: one for one in inside}
        if found:
            yield shape, list(found.values())
