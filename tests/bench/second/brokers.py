"""Intermediaries: someone brings strangers to the lender for a fee and helps them say what gets a loan granted.

Clients are strangers to each other: no two of one dwelling, circle or branch. They apply with a life of their own
and share the one hub of the intermediary; after that they default three to four times as often as others. The hub is
a salesperson's number who packs a month, a handset, a contact whom each client lists under another name and word, an
employer text with a running suffix and employer phones from one block of numbers, or an account that repays for many.
Every member that the truth names carries the hub.

The difficulty is how fast the clients come and how alike they look:

- ``easy``: within three weeks; all ask for one product, term and nearly one amount
- ``medium``: within nine weeks; half of them do
- ``camouflaged``: within thirty weeks; each asks for their own, and a salesperson has honest clients too
"""

from __future__ import annotations

from .book import DAYS, Book, Planted, file, filed_on, moment
from .contacts import someone
from .rings import WORDS
from .town import Person

LEVELS = {"easy": (3, 1.0), "medium": (9, 0.5), "camouflaged": (30, 0.0)}
HUBS = ("salesperson", "device", "contact", "running_employer", "one_payer")


def plant_brokers(book: Book, count: int) -> None:
    rng = book.town.rng
    for number in range(count):
        plant_broker(book, HUBS[number % len(HUBS)], rng.choice(list(LEVELS)))


def plant_broker(book: Book, hub: str, level: str) -> None:
    rng = book.town.rng
    weeks, alike = LEVELS[level]
    people = strangers(book, rng.randint(10, 40))
    first = rng.randint(30, DAYS - 40 - weeks * 7)
    serve = MAKERS[hub](book)
    alike_fields = {"product": "现金贷", "term": 12, "amount": rng.randrange(80, 300) * 100}
    for number, one in enumerate(people):
        one.fraud = "broker"
        template = alike_fields if rng.random() < alike else {}
        given = {"risk": 0.16, "approval": 0.8, "planted": True} | template | serve(one, number)
        file(book, one, moment(book, first + int(rng.random() * weeks * 7)), **given)
    if level == "camouflaged" and hub == "salesperson":
        honest_clients(book, serve, first)
    book.planted.append(Planted("intermediary", hub, level, people))


def strangers(book: Book, size: int) -> list[Person]:
    """People of the town, no two of whom share a dwelling, a circle or a branch, or are kin."""
    people, taken = [], set()
    while len(people) < size:
        one = book.town.rng.choice(book.town.people)
        ties = {id(one.home), id(one.circle), id(one.branch) if one.branch else 0} - {0}
        if one.fraud or one.student or not 1962 < one.born < 2006 or ties & taken or one.key in book.applicants:
            continue
        taken |= ties | {id(other.home) for _, other in one.kin}
        people.append(one)
    return people


def honest_clients(book: Book, serve, first: int) -> None:
    """Whom a salesperson brought long before, of their own accord and with the default of anyone."""
    for one in strangers(book, 8):
        file(book, one, moment(book, book.town.rng.randint(0, max(1, first - 20))), **serve(one, 0))


def by_salesperson(book: Book):
    number = book.town.numbers.key("XS", 5)
    return lambda one, place: {"salesperson": number, "channel": "线下代理"}


def by_device(book: Book):
    """The broker types the application into a handset of their own, over mobile data."""
    handset = book.town.handset()
    return lambda one, place: filed_on(handset) | {"ip": book.town.rng.choice(book.town.carriers), "wifi": ""}


def by_contact(book: Book):
    mobile, rng = book.town.numbers.mobile(), book.town.rng

    def serve(one: Person, place: int) -> dict:
        one.contacts += [(mobile, book.town.numbers.surname() + book.town.numbers.given_name(), rng.choice(WORDS))]
        one.contacts.append(someone(book, one))
        return {}

    return serve


def by_running_employer(book: Book):
    """One firm on paper with a number behind it for each client, and a block of phones bought together."""
    name, start = f"杭州{book.town.numbers.given_name()}劳务服务有限公司", 20_000_000 + book.town.rng.randrange(10**7)

    def serve(one: Person, place: int) -> dict:
        phone = f"170{start + place}"
        book.town.numbers.given.add(phone)
        one.declared |= {"employer": f"{name}{place + 1:02}部", "employer_phone": phone}
        return {}

    return serve


def by_one_payer(book: Book):
    account = book.town.account("", "")
    return lambda one, place: {"payer": account, "approval": 1.0}


MAKERS = dict(zip(HUBS, (by_salesperson, by_device, by_contact, by_running_employer, by_one_payer), strict=True))
