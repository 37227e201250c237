"""The contacts that applicants list: kin under their word or none, friends by name, colleagues, the firm's line."""

from __future__ import annotations

from .book import Book
from .town import Person

CALLED = {"配偶": "老公 老婆 爱人", "父母": "爸爸 妈妈", "子女": "儿子 女儿", "兄弟姐妹": "哥 姐 弟弟"}


def list_contacts(book: Book) -> None:
    """Two to four for each applicant who listed none yet or few; what was listed stays."""
    for one in book.applicants.values():
        wanted = book.town.rng.choices((2, 3, 4), (5, 3, 1))[0]
        for _ in range(wanted):
            one.contacts.append(someone(book, one))


def someone(book: Book, one: Person) -> tuple[str, str, str]:
    rng = book.town.rng
    chance = rng.random()
    if one.kin and chance < 0.55:
        return relative(book, one)
    if one.job and chance < 0.72:
        return colleague(book, one)
    pool = [other for other in one.circle if other is not one]
    if not pool:
        return book.town.numbers.mobile(), one.surname + book.town.numbers.given_name(), "朋友"
    friend = rng.choice(pool)
    return known_number(book, friend), friend.name, one.circle_word if rng.random() < 0.8 else "其他"


def known_number(book: Book, other: Person) -> str:
    """People keep the number they once saved: some list one that its owner has given up."""
    return other.old_phone if other.old_phone and book.town.rng.random() < 0.5 else other.phone


def relative(book: Book, one: Person) -> tuple[str, str, str]:
    """Kin is listed with its word, by three in ten without; some kinships are on the lender's record as well."""
    rng = book.town.rng
    word, other = rng.choice(one.kin)
    if other.key in book.applicants and rng.random() < 0.15:
        book.relations.add((one.key, other.key, word))
    name = other.name if rng.random() < 0.7 else rng.choice(CALLED[word].split())
    return known_number(book, other), name, word if rng.random() < 0.7 else rng.choice(("朋友", "其他", ""))


def colleague(book: Book, one: Person) -> tuple[str, str, str]:
    """A colleague of the same branch, or the line of the firm."""
    assert one.job
    rng = book.town.rng
    if rng.random() < 0.25:
        return one.job.phone, rng.choice(("公司", "人事", one.job.name[2:6])), "单位"
    near = rng.sample(one.job.people, min(6, len(one.job.people)))
    found = next((other for other in near if other.branch is one.branch and other is not one), near[0])
    if found is one:
        return one.job.phone, "办公室", "单位"
    return known_number(book, found), found.name, "同事"
