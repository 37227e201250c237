"""Toy books for the fraud-ring detector: a ring, what looks like one, and crowds of honest people around."""

import random
from dataclasses import replace

from ringfence.detectors.finalise import finalise
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.rings.population import measure
from support.toy import Book


def crowd(book, count, prefix="H"):
    """The book with honest people beside it, each with things of their own and applications all over half a year."""
    for i in range(count):
        key = f"{prefix}{i}"
        book.person(key, f"139{prefix}{i:05d}").owns(key, f"card-{key}").lives(key, f"street {prefix} {i // 2}")
        day = f"2026-{1 + i % 5:02d}-{1 + i * 7 % 28:02d}"
        book.application(key, f"N{key}", day, device=f"dev-{key}", ip=f"ip-{prefix}{i % 3}")
    return book


def ring(book, keys, prefix="R", start=1):
    """The book with a ring in it: two handsets passed round, three accounts that loans go to, and two contacts whom
    everybody names otherwise, all within days."""
    words = ("朋友", "表哥", "同事", "配偶", "同学", "叔叔", "老板")
    for i, key in enumerate(keys):
        day, next_day = f"2026-03-{start + i % 9:02d}", f"2026-03-{start + 1 + i % 9:02d}"
        book.person(key, f"137{prefix}{i:05d}").lives(key, f"lane {prefix} {i}")
        book.contact(key, f"136{prefix}{i % 2}", words[i % len(words)])
        book.application(key, f"N{key}", day, device=f"phone-{prefix}{i % 2}", ip=f"ip-{prefix}{i}")
        book.loan(key, f"L{key}", 20_000 + 1000 * i, next_day, f"card-{prefix}{i % 3}", f"N{key}")
    return book


def planted():
    """A ring of eight among forty honest people."""
    return crowd(ring(Book(), [f"R{i}" for i in range(8)]), 40)


def innocent():
    """A family of six, a shop with its tablet, and a dormitory, each as dense as a ring and as quick; nobody is one."""
    book = Book()
    for i in range(6):
        key = f"F{i}"
        book.person(key, f"1380{i}").lives(key, "lake road 1").owns(key, "family card")
        book.contact(key, f"1380{(i + 1) % 6}", "兄弟姐妹")
        book.application(key, f"N{key}", f"2026-03-{1 + i:02d}", device="family phone", wifi="lake wifi", ip="lake ip")
    for i in range(9):
        key = f"S{i}"
        book.person(key, f"1381{i}")
        ties = {"device": "tablet", "wifi": "shop wifi", "ip": "shop ip", "merchant": "M1" if i % 3 else None}
        book.application(key, f"N{key}", f"2026-03-{1 + i:02d}", **ties)
    for i in range(24):
        key = f"D{i}"
        book.person(key, f"1382{i}").lives(key, "campus 7")
        for step in (1, 2, 5):
            book.contact(key, f"1382{(i + step) % 24}", "同学")
        if i % 2:
            book.employed(key, "some college")
        day = f"2026-03-{1 + i % 9:02d}"
        book.application(key, f"N{key}", day, device=f"dev-{key}", wifi=f"room {i // 6}", ip="campus ip")
    return crowd(book, 40)


def hard():
    """Seventy people who share the same things within days: more than a ring may hold, and than evidence may list."""
    return crowd(ring(Book(), [f"R{i}" for i in range(70)]), 40)


def units(seed):
    """Rings of their own, each with its crowd."""
    chance = random.Random(seed)
    books = []
    for part in range(4):
        keys = [f"R{part}x{i}" for i in range(chance.randint(6, 14))]
        books.append(crowd(ring(Book(), keys, f"P{part}", chance.randint(1, 18)), chance.randint(5, 20), f"H{part}x"))
    return books


def flagged(book, flag="landline"):
    """The book with its last tie flagged as one that links no one. Returns the book."""
    book.ties[-1] = replace(book.ties[-1], cells={**book.ties[-1].cells, "flag": flag})
    return book


def known(book, as_of="2026-06-30"):
    """The population of a book, with the detector's own settings."""
    return measure(book.snapshot(as_of), FRAUD_RING.defaults())


def find(book, as_of="2026-06-30", population=None, **params):
    """The findings of a book, best first; by its own population unless another is given."""
    snapshot, settings = book.snapshot(as_of), FRAUD_RING.defaults() | params
    population = population or FRAUD_RING.population(snapshot, settings)
    return finalise(snapshot, [(FRAUD_RING, list(FRAUD_RING.detect(snapshot, population, settings)))])


def keys(finding):
    """The members' keys."""
    return " ".join(sorted(member["node"].partition(":")[2] for member in finding.members))
