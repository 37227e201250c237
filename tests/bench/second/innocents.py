"""Who is innocent though they share: read off what came about, people of planted groups left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

from .book import PROMOTIONS, Application, Book
from .town import Person


def note_innocents(book: Book) -> None:
    """Adds the innocent groups of two or more, each kind with the number from which it is one."""
    honest = [one for one in book.applicants.values() if not one.fraud]
    known = set(honest)
    filed = [one for one in book.applications if not one.person.fraud]
    users = {(one.imei, one.person) for one in filed}
    book.innocents = [
        (twin, people)
        for twin, people in book.innocents
        if twin == "recycled_number" or all((people[0].handset.imei, one) in users for one in people)
    ]
    note_households(book, honest)
    note(book, "flatmates", ((one.home, one) for one in honest if one.home.kind == "flat"), 2)
    note(book, "dormitory", ((one.home, one) for one in honest if one.home.kind == "dormitory"), 2)
    note(book, "village", ((one.home.village, one) for one in honest if one.home.village), 3)
    note(
        book, "campus", ((name, one) for name, _, students in book.town.schools for one in students if one in known), 3
    )
    note(book, "factory", ((one.job, one) for one in honest if one.job and one.job.kind == "factory"), 3)
    note(book, "large_employer", ((one.job, one) for one in honest if one.job and one.job.kind == "office"), 20)
    note(book, "collective_household", ((one.registered, one) for one in honest if one.registered), 2)
    note_lines(book, honest)
    note_places(book, filed)
    note_payers(book)


def note(book: Book, twin: str, pairs: Iterable[tuple[Hashable, Person]], least: int) -> None:
    groups: dict[Hashable, dict[Person, None]] = defaultdict(dict)
    for key, one in pairs:
        groups[key][one] = None
    book.innocents += [(twin, list(people)) for people in groups.values() if len(people) >= least]


def note_households(book: Book, honest: list[Person]) -> None:
    """Families under one roof; ``household_without_words`` where no member lists another under a word of kin."""
    kin_words = {"配偶", "父母", "子女", "兄弟姐妹"}
    groups: dict[Hashable, list[Person]] = defaultdict(list)
    for one in honest:
        if one.home.kind == "family":
            groups[one.home].append(one)
    for people in groups.values():
        phones = {number for one in people for number in (one.phone, one.old_phone) if number}
        said = any(mobile in phones and word in kin_words for one in people for mobile, _, word in one.contacts)
        if len(people) > 1:
            book.innocents.append(("household" if said else "household_without_words", people))


def note_lines(book: Book, honest: list[Person]) -> None:
    """The line of a firm that five or more list as a contact."""
    lines = {one.phone for one in book.town.employers}
    note(book, "hr_line", ((m, one) for one in honest for m, _, _ in one.contacts if m in lines), 5)


def note_places(book: Book, filed: list[Application]) -> None:
    tablets = {tablet.device for shop in book.town.shops for tablet in shop.tablets}
    note(book, "shop_equipment", ((one.device, one.person) for one in filed if one.device in tablets), 2)
    cafes = {ip for place in book.town.cafes for ip in place.ips}
    note(book, "internet_cafe", ((one.ip, one.person) for one in filed if one.ip in cafes), 2)
    note(book, "honest_dealer", ((one.salesperson, one.person) for one in filed if one.salesperson in book.agents), 2)
    busy = [one for one in filed if one.shop and (one.when.month, one.when.day) in PROMOTIONS]
    note(book, "promotion_day", (((one.shop, one.when.date()), one.person) for one in busy), 3)


def note_payers(book: Book) -> None:
    """Wages accounts that repay for several, and relatives' cards that repay for one another."""
    wages = {one.account for one in book.town.employers}
    owners = {one.card: one for one in book.town.people}
    borrowers = {row[0]: book.applicants[row[1]] for row in book.rows.get("loans", ())}
    paid = [(row[1], borrowers[row[0]]) for row in book.rows.get("repayments", ()) if not borrowers[row[0]].fraud]
    note(book, "payday", ((account, one) for account, one in paid if account in wages), 2)
    family = [(account, one) for account, one in paid if account in owners and owners[account] is not one]
    ties = [(account, other) for account, one in family for other in (owners[account], one) if not other.fraud]
    note(book, "family_payer", ((a, one) for a, one in ties if one.key in book.applicants), 2)
