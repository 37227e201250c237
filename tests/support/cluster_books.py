"""Toy books for the detector of risky clusters: people who know each other and do not pay, what looks like them, and
honest borrowers around."""

import random
from dataclasses import replace

from ringfence.detectors.clusters.detector import RISKY_CLUSTER
from support.detecting import findings
from support.toy import Book

CASH = "现金贷"
DAY = "2026-02-10"
"""When loans are paid out unless a test says otherwise: 140 days before the books are looked at."""
LATE = "2026-05-20"
"""Since when a bad loan is past due."""


def borrower(book, key, bad=False, day=DAY, product=CASH, region="一市", phone=None):
    """The book with somebody who has a life of their own and one loan; a bad one is known as 90 days past due."""
    book.person(key, phone or f"13{key}", region=region).owns(key, f"card-{key}").lives(key, f"lane {key}")
    book.application(key, f"N{key}", day, device=f"dev-{key}")
    book.loan(key, f"L{key}", 10_000, day, f"card-{key}", f"N{key}", product=product)
    return book.overdue(f"L{key}", LATE) if bad else book


def crowd(book, count, prefix="H", bad=20, **terms):
    """Borrowers who know nobody; one in ``bad`` of them does not pay."""
    for i in range(count):
        borrower(book, f"{prefix}{i}", i % bad == 0, **terms)
    return book


def acquainted(book, count, prefix="C", bad=0, each=2, word="朋友", **terms):
    """People of whom each names the next ones by their own phones; the first ``bad`` of them do not pay."""
    for i in range(count):
        borrower(book, f"{prefix}{i}", i < bad, **terms)
    for i in range(count):
        for step in range(1, each + 1):
            book.contact(f"{prefix}{i}", f"13{prefix}{(i + step) % count}", word)
    return book


def planted():
    """Twenty acquaintances of whom twelve do not pay, twenty who do, and a crowd."""
    return crowd(acquainted(acquainted(Book(), 20, "C", 12), 20, "G"), 150)


def innocent():
    """Acquaintances of whom many do not pay, and whom something explains: a village that pays as its region does, a
    product and a month in which others do not pay either, loans too young to tell, and a family."""
    book = acquainted(Book(), 20, "V", 9, region="旱县", word="老乡")
    crowd(book, 60, "W", 2, region="旱县")
    acquainted(book, 20, "P", 8, product="装修分期", word="同事")
    crowd(book, 60, "Q", 2, product="装修分期")
    acquainted(book, 20, "M", 8, day="2026-01-05")
    crowd(book, 60, "N", 2, day="2026-01-05")
    acquainted(book, 20, "Y", 12, day="2026-04-20")
    acquainted(book, 10, "F", 10, word="兄弟姐妹")
    return crowd(book, 150)


def hard():
    """Acquaintances who name more of each other than evidence may list."""
    return crowd(acquainted(Book(), 40, "C", 20, each=12), 150)


def units(seed):
    """Clusters of their own, each with a crowd."""
    chance = random.Random(seed)
    books = []
    for part in range(3):
        count = chance.randint(14, 24)
        book = acquainted(Book(), count, f"C{part}x", count // 2 + chance.randint(0, 3))
        books.append(crowd(book, chance.randint(40, 60), f"H{part}x"))
    return books


def find(book, as_of="2026-06-30", population=None, **params):
    """The risky clusters of a book, best first; by its own population unless another is given."""
    return findings(RISKY_CLUSTER, book.snapshot(as_of), population, **params)


def members(finding):
    """The keys of its members."""
    return sorted(member["node"].partition(":")[2] for member in finding.members)


def keys(count, prefix="C"):
    """So many keys, in order."""
    return sorted(f"{prefix}{i}" for i in range(count))


def without(book, *relations):
    """A book without its ties of some relations."""
    return replace(book, ties=[tie for tie in book.ties if tie.relation not in relations])
