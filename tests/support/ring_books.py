"""Toy books for the fraud-ring detector: a ring, what looks like one, and crowds of honest people around."""

import random
from dataclasses import replace

from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.sharing.population import measure
from support.detecting import findings
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
    return findings(FRAUD_RING, book.snapshot(as_of), population, **params)


def keys(finding):
    """The members' keys."""
    return " ".join(sorted(member["node"].partition(":")[2] for member in finding.members))


# -- innocent likenesses: each a book of its own, whose people have keys that begin with ``T``


def household(book):
    """Six of one family at one home, who share a handset, an account and a network, and apply within days."""
    for i in range(6):
        key = f"T{i}"
        book.person(key, f"135{i}", name="王*").lives(key, "home T").contact(key, f"135{(i + 1) % 6}", "父母", "王*")
        book.application(
            key, f"N{key}", f"2026-03-0{1 + i}", device="family phone", wifi="home", ip="home", cell="home"
        )
        book.loan(key, f"L{key}", 10_000, f"2026-03-0{2 + i}", "family card", f"N{key}")
    return book


def shop(book):
    """Twelve customers of a shop, whose applications its clerk files on two tablets over the shop's Wi-Fi, a third of
    them without naming the shop; loans go to its account."""
    book.owns("till", "till")
    tie = book.ties.pop()
    book.ties.append(replace(tie, source="merchant:M", uid="merchants:M/account_no"))
    for i in range(12):
        key = f"T{i}"
        book.person(key, f"135{i}").owns(key, f"card-{key}").application(
            key,
            f"N{key}",
            f"2026-03-{1 + i // 3:02d}",
            device=f"tablet {i % 2}",
            imei=f"tablet {i % 2}" if i % 5 else None,
            wifi="shop",
            ip="shop",
            cell="shop",
            merchant=None if i % 3 == 2 else "M",
        )
        book.loan(key, f"L{key}", 3000, f"2026-03-{1 + i // 3:02d}", "till", f"N{key}")
    return book


def _web(book, count, word, each=3, days=60, **place):
    """People who each name others of them by a word, and apply from one place over some months."""
    for i in range(count):
        key = f"T{i}"
        book.person(key, f"135{i}").owns(key, f"card-{key}")
        for step in range(1, each + 1):
            book.contact(key, f"135{(i + step * step) % count}", word)
        day = i * days // count
        book.application(key, f"N{key}", f"2026-{2 + day // 28:02d}-{1 + day % 28:02d}", device=f"dev-{key}", **place)
    return book


def campus(book):
    """Forty students, a dense web of classmates on one network; half do not name the school."""
    _web(book, 40, "同学", wifi="campus", ip="campus", cell="campus")
    for i in range(0, 40, 2):
        book.employed(f"T{i}", "university")
    return book


def dormitory(book):
    """Forty who live in one building, four to a room, on its network."""
    _web(book, 40, "室友", 2, days=20, wifi="dormitory", ip="dormitory")
    for i in range(40):
        book.lives(f"T{i}", f"dormitory room {i // 4}")
    return book


def workplace(book):
    """Eight colleagues of a small office with its address, network and one phone, which all name as the employer's,
    some as their 单位; they apply within two weeks."""
    _web(book, 8, "同事", days=14, wifi="office", ip="office", cell="office")
    for i in range(8):
        book.employed(f"T{i}", "firm", "13900000001", "office")
        if i % 2:
            book.contact(f"T{i}", "13900000001", "单位", "人事")
    return book


def factory(book):
    """Thirty workers of one factory, who live there, on its network."""
    _web(book, 30, "工友", wifi="factory", ip="factory", cell="factory")
    for i in range(30):
        book.employed(f"T{i}", "factory", "13900000002", "factory").lives(f"T{i}", f"factory house {i // 8}")
    return book


def village(book):
    """Twenty-five of one village, where everybody knows everybody and families live together."""
    _web(book, 25, "老乡", 4, wifi="village", ip="village")
    for i in range(25):
        book.lives(f"T{i}", f"village {i // 3}").contact(f"T{i}", f"135{i // 3 * 3}", "亲戚")
    return book


def collective(book):
    """Twelve whose household registration is their employer's, all at one address."""
    for i in range(12):
        key = f"T{i}"
        book.person(key, f"135{i}").lives(key, "talent centre").owns(key, f"card-{key}")
        book.application(key, f"N{key}", f"2026-03-{1 + i:02d}", device=f"dev-{key}")
    return book


def recycled(book):
    """Six people, two numbers: each had both of them for his own, and gave them up a hundred days before the next."""
    for i, day in enumerate(("2024-12-01", "2025-03-12", "2025-06-21", "2025-10-01", "2026-01-10", "2026-04-21")):
        key = f"T{i}"
        book.person(key, "135A").person(key, "135B").owns(key, f"card-{key}")
        book.application(key, f"N{key}", day, device=f"dev-{key}")
    return book


def mall(book):
    """Thirty who apply within days over a mall's Wi-Fi, from their carriers' addresses."""
    for i in range(30):
        key = f"T{i}"
        book.person(key, f"135{i}").owns(key, f"card-{key}").application(
            key, f"N{key}", f"2026-03-{1 + i // 4:02d}", device=f"dev-{key}", wifi="mall", ip=f"ip-H{i % 3}"
        )
    return book


TWINS = (household, shop, campus, dormitory, workplace, factory, village, collective, recycled, mall)
"""Every innocent likeness, by its function."""


def conspire(book, keys, prefix="C", start=10):
    """The book in which people who are in it already pass two handsets round, are paid into three accounts, and name
    two contacts."""
    for i, key in enumerate(keys):
        book.contact(key, f"136{prefix}{i % 2}", "表哥").application(
            key, f"{prefix}{key}", f"2026-04-{start + i:02d}", device=f"phone-{prefix}{i % 2}"
        )
        book.loan(key, f"{prefix}{key}", 20_000, f"2026-04-{start + 1 + i:02d}", f"card-{prefix}{i % 3}")
    return book


def without(book, *relations):
    """A book without its ties of some relations."""
    return replace(book, ties=[tie for tie in book.ties if tie.relation not in relations])


def people(count, prefix="R"):
    """So many keys."""
    return [f"{prefix}{i}" for i in range(count)]


def shared(book, members, since="2026-03-01", **things):
    """The book in which people apply day after day with the same things, ``accounts`` they are paid into among them."""
    accounts = things.pop("accounts", ())
    for i, key in enumerate(members):
        day = f"{since[:8]}{int(since[8:]) + i:02d}"
        book.person(key, f"131{key}").application(key, f"S{key}", day, **things)
        for account in accounts:
            book.loan(key, f"S{key}{account}", 10_000, day, account, f"S{key}")
    return book


def six():
    """Six of a ring among forty: two handsets and two contacts shared by every other, three accounts by every third."""
    book = Book()
    for i, key in enumerate(people(6)):
        book.person(key, f"137{i}").contact(key, f"136{i % 2}", "表哥")
        book.application(key, f"N{key}", f"2026-03-{10 + 2 * i:02d}", device=f"phone{i % 2}")
        book.loan(key, f"L{key}", 10_000 + 1000 * i, f"2026-03-{12 + 2 * i:02d}", f"card{i % 3}", f"N{key}")
    return crowd(book, 40)


def told(finding, new_names=None):
    """All that a finding says of people and ties, under other names if given."""
    new = (new_names or {}).get
    members = sorted(new(member["node"], member["node"]) for member in finding.members)
    ties = sorted(
        (new(r["source"], r["source"]), new(r["target"], r["target"]), r["relation"]) for r in finding.evidence
    )
    return members, finding.score, finding.measures, finding.reason_zh, finding.reason_en, finding.truncated, ties
