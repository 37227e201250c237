"""Toy books for the velocity detector: people and groups who reach a limit, and what looks like them."""

import random

from ringfence.detectors.velocity.detector import VELOCITY
from ringfence.graph.times import parse_moment
from support.detecting import findings
from support.ring_books import crowd
from support.toy import Book

DAY, HOUR = 86_400_000, 3_600_000
BEIJING, SHANGHAI = {"gps_lat": 39.9, "gps_lon": 116.4}, {"gps_lat": 31.2, "gps_lon": 121.5}
"""Two places a thousand kilometres apart."""


def at(day, hours=0.0):
    """Epoch milliseconds: so many hours after the first instant of a day."""
    return parse_moment(day) + round(hours * HOUR)


def name(key):
    """A name whose surname few others have."""
    return f"{chr(0x4E00 + sum(ord(letter) * (place + 1) for place, letter in enumerate(key)))}某"


def person(book, key, **cells):
    """The book with somebody who has a phone, a document, a card and a home of their own."""
    book.person(key, f"137{key}", **{"name": name(key), **cells}).identified(key, f"document {key}")
    return book.owns(key, f"card {key}").lives(key, f"lane {key}")


def applies(book, key, *times, **things):
    """The book in which a person applies at each of these times, on a handset of their own unless another is given."""
    for time in times:
        number = sum(fact.node.startswith(f"application:{key} ") for fact in book.facts)
        book.application(key, f"{key} {number}", time, **{"device": f"device {key}", **things})
    return book


def fast(book, key, count=5, start="2026-03-02", step=24.0, **things):
    """The book with a person who applies so often, so many hours apart."""
    return applies(person(book, key), key, *(at(start, i * step) for i in range(count)), **things)


def one_handset(book, keys, start="2026-03-02", step=10.0, handset="one handset", **things):
    """The book with strangers who apply one after the other on one handset."""
    for i, key in enumerate(keys):
        applies(person(book, key), key, at(start, i * step), device=handset, **things)
    return book


def one_phone(book, one, other, days=10, phone="one phone"):
    """The book with two strangers who give one phone as their own, and apply so many days apart."""
    for key, time in ((one, at("2026-03-02")), (other, at("2026-03-02", 24 * days))):
        applies(book.person(key, phone, name=name(key)).lives(key, f"lane {key}"), key, time)
    return book


def draws(book, key, *times, card=None, amount=10_000, **cells):
    """The book in which a person draws a loan at each of these times."""
    for time in times:
        number = sum(fact.node.startswith(f"loan:{key} ") for fact in book.facts)
        book.loan(key, f"{key} {number}", amount, time, card or f"card {key}", **cells)
    return book


def far_away(book, key, shop="shop", region="上海市", where=None, **things):
    """The book with a person who applies at a shop in Beijing, from Shanghai unless another place is given."""
    person(book, key, region=region)
    return applies(book, key, at("2026-03-02", 14), merchant=shop, **(where or SHANGHAI), **things)


def planted():
    """One of each: every limit of the shipped table, and every sign beside it."""
    book = fast(Book(), "fast")
    fast(book, "hasty", 3, step=0.3)
    one_handset(book, [f"client{i}" for i in range(6)])
    one_phone(book, "one", "other")
    for key in ("left", "right"):
        applies(book.person(key, f"137{key}", name=name(key)), key, at("2026-02-02")).identified(key, "one document")
    draws(person(book, "drawer"), "drawer", *(at("2026-03-02", i) for i in range(3)))
    draws(person(book, "fresh").card("new card", "fresh", "2026-03-02"), "fresh", at("2026-03-02", 9), card="new card")
    draws(book, "fresh", at("2026-03-02", 20), card="new card")
    person(book, "owl").card("night card", "owl", at("2026-03-02", 2))
    draws(book, "owl", at("2026-03-02", 9), card="night card")
    draws(person(book, "mover"), "mover", at("2026-03-02", 9), credit_limit=10_000)
    book.transferred("card mover", "elsewhere", at("2026-03-02", 10), amount=9_500.0)
    draws(person(book, "polisher"), "polisher", *(at("2025-10-02", 24 * 30 * i) for i in range(6)), amount=500)
    far_away(book.merchant("shop", region="北京市", **BEIJING), "distant")
    return crowd(book, 40)


def innocent():
    """Who was refused four times and then tried elsewhere, and whose wages are paid to a new card; a shop's tablet, a
    family on one phone and handset, a number that went to another, one person under two numbers, and customers of a
    shop that sends its goods."""
    book = Book()
    person(book, "refused")
    for i in range(5):
        applies(book, "refused", at("2026-03-02", 24 * i), status="已放款" if i == 4 else "已拒绝")
    person(book, "hired").card("wage card", "hired", "2026-03-02").transferred(
        "firm", "wage card", at("2026-03-12"), "payroll"
    )
    draws(book, "hired", at("2026-03-02", 9), at("2026-03-02", 10), card="wage card")
    one_handset(book, [f"shopper{i}" for i in range(8)], handset="tablet", merchant="M1")
    for i in range(5):
        key = f"kin{i}"
        book.person(key, "family phone", name=name(key)).lives(key, "lake road 1")
        book.related(key, "kin0", "子女") if i else None
        applies(book, key, at("2026-03-02", i), device="family handset")
    one_phone(book, "earlier", "later", 100, "recycled phone")
    for key in ("self", "self again"):
        book.person(key, "137self", name="one name").identified(key, "document self")
        applies(book, key, at("2026-03-02"))
    book.merchant("sender", category="电商", region="北京市", **BEIJING)
    far_away(book, "customer", "sender")
    return crowd(book, 40)


def hard():
    """A handset that applies for more people than are named and listed."""
    return crowd(one_handset(Book(), [f"client{i}" for i in range(250)], step=0.1), 20)


def units(seed):
    """Groups and persons of their own, each with a crowd."""
    chance = random.Random(seed)
    start = f"2026-03-{chance.randint(1, 18):02d}"
    books = [
        one_handset(Book(), [f"a{i}" for i in range(chance.randint(5, 9))], start, 8, "handset a"),
        fast(Book(), "b", chance.randint(5, 9), start, 20),
        one_phone(Book(), "c", "d", chance.randint(1, 80), "phone c"),
        draws(person(Book(), "e").card("card of e", "e", start), "e", at(start, 8), at(start, 12), card="card of e"),
    ]
    return [crowd(book, chance.randint(5, 15), f"H{part}x") for part, book in enumerate(books)]


def find(book, as_of="2026-06-30", population=None, **params):
    """The findings of a book, best first."""
    return findings(VELOCITY, book.snapshot(as_of), population, **params)


def members(finding):
    """The keys of the members, in order."""
    return [member["node"].partition(":")[2] for member in finding.members]
