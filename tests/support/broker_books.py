"""Toy books for the intermediary detector: brokers, what looks like one, and honest people around."""

import random
from dataclasses import replace
from datetime import date, timedelta

from ringfence.detectors.intermediaries.detector import INTERMEDIARY
from support.detecting import findings
from support.ring_books import crowd, shop
from support.toy import Book

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
WORDS = ("朋友", "表哥", "同事", "同学", "叔叔", "老板", "亲属")


def client(book, key, day, **things):
    """The book with somebody who has a life of their own and applies on a day, with what is given."""
    book.person(key, f"137{key}").owns(key, f"card-{key}").lives(key, f"lane {key}")
    return book.application(key, f"N{key}", day, **{"device": f"dev-{key}", **things})


def days(count, start="2026-03-01", step=1):
    """So many dates, ``step`` days apart."""
    first = date.fromisoformat(start)
    return [(first + timedelta(days=i * step)).isoformat() for i in range(count)]


def borrows(book, key, day, bad=None, amount=10_000):
    """The book in which a client borrows on a day; from ``bad`` on the loan is known as 90 days past due."""
    book.loan(key, f"L{key}", amount, day, f"card-{key}", f"N{key}")
    if bad:
        book.overdue(f"L{key}", bad)
    return book


def by_handset(book, count, prefix="B", start="2026-03-01", handset="broker's", step=1):
    """A broker who files for everybody on one handset."""
    for i, day in enumerate(days(count, start, step)):
        client(book, f"{prefix}{i}", day, device=f"{handset} {prefix}")
    return book


def by_contact(book, count, prefix="B", start="2026-03-01", names=SURNAMES, words=WORDS, step=1):
    """A broker whom each client names as a contact, under names and words of their own."""
    for i, day in enumerate(days(count, start, step)):
        client(book, f"{prefix}{i}", day).contact(
            f"{prefix}{i}", f"136{prefix}", words[i % len(words)], f"{names[i % len(names)]}*"
        )
    return book


def by_account(book, count, prefix="B", start="2026-03-01", step=1):
    """A broker whose account repays for everybody."""
    for i, day in enumerate(days(count, start, step)):
        borrows(client(book, f"{prefix}{i}", day), f"{prefix}{i}", day)
        book.repaid(f"payer {prefix}", f"L{prefix}{i}", 900, "2026-05-02")
    return book


def by_channel(book, count, prefix="B", start="2026-03-01", channel="XS1", bad=0, step=1):
    """A salesperson who brings so many; the loans of the first ``bad`` of them are overdue in June."""
    for i, day in enumerate(days(count, start, step)):
        client(book, f"{prefix}{i}", day, channel=channel)
        borrows(book, f"{prefix}{i}", day, "2026-06-01" if i < bad else None)
    return book


def by_employer(book, count, prefix="B", start="2026-03-01", step=1, name="宏达贸易{}部", phone="170{:08d}", gap=1):
    """A broker who invents jobs: one employer's text with a running number, and phones one after the other."""
    for i, day in enumerate(days(count, start, step)):
        client(book, f"{prefix}{i}", day).employed(f"{prefix}{i}", name.format(i + 1), phone.format(100 + i * gap))
    return book


def planted():
    """A broker who files for twelve strangers on one handset within days, among many honest people."""
    return crowd(by_handset(Book(), 12), 150)


def innocent():
    """A shop with its tablets, a dealer who brings somebody every week, a large employer whose people name its line,
    and a promotion day with good loans: nobody is an intermediary."""
    book = shop(Book())
    by_channel(book, 20, "D", "2026-01-01", "dealer", step=7)
    by_channel(book, 12, "P", "2026-04-20", "promoter", step=0)
    for i, day in enumerate(days(20, "2026-01-03", 6)):
        client(book, f"E{i}", day).employed(f"E{i}", f"东方钢铁{i % 3}厂", "02188880000")
        book.contact(f"E{i}", "02188880000", "单位", f"{SURNAMES[i]}*")
    return crowd(book, 40)


def hard():
    """A hundred employers that differ by a number: more than are listed as what it works through."""
    return crowd(by_employer(Book(), 100, step=0), 40)


def units(seed):
    """Brokers of their own, each with a crowd."""
    chance = random.Random(seed)
    books = []
    for part, make in enumerate((by_handset, by_contact, by_account, by_employer)):
        start = f"2026-03-{chance.randint(1, 18):02d}"
        book = make(Book(), chance.randint(8, 14), f"B{part}x", start)
        books.append(crowd(book, chance.randint(40, 60), f"H{part}x"))
    return books


def find(book, as_of="2026-06-30", population=None, **params):
    """The intermediaries of a book, best first; by its own population unless another is given."""
    return findings(INTERMEDIARY, book.snapshot(as_of), population, **params)


def members(finding, role="client"):
    """The keys of those with a role."""
    return sorted(member["node"].partition(":")[2] for member in finding.members if member["role"] == role)


def keys(count, prefix="B"):
    """So many keys, in order."""
    return sorted(f"{prefix}{i}" for i in range(count))


def without(book, *relations):
    """A book without its ties of some relations."""
    return replace(book, ties=[tie for tie in book.ties if tie.relation not in relations])
