"""Toy books for the fund-flow detector: loan money that goes where it must not, what looks like it, and honest people
around."""

import random
from datetime import datetime, timedelta
from itertools import pairwise

from ringfence.detectors.flows.detector import FUND_FLOW
from support.detecting import findings
from support.toy import Book

LENT = 50_000


def at(start, hours=0.0):
    """A moment so many hours after another, as rows write it."""
    return (datetime.fromisoformat(start) + timedelta(hours=hours)).isoformat()


def customer(book, key):
    """The book with a person and their account, which has the same name."""
    return book.person(key, f"137{key}").owns(key, key)


def lends(book, key, start="2026-03-02T10:00", amount=LENT, number=None):
    """The book in which a person borrows, into an account of their own."""
    return customer(book, key).loan(key, number or f"L{key}", amount, start, key)


def chain(book, accounts, start="2026-03-02T12:00", amount=LENT, wait=5, keep=0.98):
    """The book in which money goes from account to account, every few hours, a little less each time."""
    for place, (source, target) in enumerate(pairwise(accounts)):
        book.transferred(source, target, at(start, wait * place), amount=round(amount * keep**place, 2))
    return book


def broker(book, account="R"):
    """The book with a securities account that money of loans must not reach."""
    return book.flag(f"account:{account}", "restricted_destination", "regulator")


def through(book, prefix="A", mules=2, start="2026-03-02T10:00", goal="R"):
    """Somebody borrows, and the money goes by way of others' accounts to a restricted one."""
    people = [f"{prefix}{i}" for i in range(mules + 1)]
    for key in people[1:]:
        customer(book, key)
    return chain(broker(lends(book, people[0], start), goal), [*people, goal], at(start, 2))


def back(book, prefix="B", mules=2, start="2026-04-01T09:00", words=None):
    """Somebody borrows, and the money comes back by way of others' accounts to another account of theirs."""
    people = [f"{prefix}{i}" for i in range(mules + 1)]
    for key in people[1:]:
        customer(book, key)
        if words:
            book.related(people[0], key, words)
    lends(book, people[0], start).owns(people[0], f"{prefix} second")
    return chain(book, [*people, f"{prefix} second"], at(start, 3))


def collected(book, prefix="C", borrowers=3, start="2026-05-04T08:00", goal="R"):
    """Several people borrow, and their money goes by way of one account to a restricted one."""
    customer(broker(book, goal), f"{prefix} mule")
    for i in range(borrowers):
        lends(book, f"{prefix}{i}", at(start, i * 10))
        chain(book, [f"{prefix}{i}", f"{prefix} mule"], at(start, i * 10 + 1))
    return chain(book, [f"{prefix} mule", goal], at(start, borrowers * 10), LENT * borrowers)


def refunded(share=0.8, price=LENT, ordered=0, **sent):
    """A loan is paid to a shop for an order, and so much of it comes back as a refund twenty hours later."""
    book, start = customer(Book().merchant("W", "till"), "A"), "2026-03-02T10:00"
    book.loan("A", "LA", LENT, start, merchant="W").order("A", "W", "O", at(start, ordered), amount=price, **sent)
    return book.transferred("till", "A", at(start, 20), "refund", amount=share * LENT)


def crowd(book, count, prefix="H"):
    """The book with honest people: each is paid, borrows, spends at a shop, and pays back."""
    book.merchant(f"{prefix} shop", f"{prefix} till", "超市")
    for i in range(count):
        key, start = f"{prefix}{i}", at("2026-02-03T09:00", 25 * i)
        lends(book, key, start, 8_000)
        for month in range(4):
            book.transferred(f"{prefix} payroll", key, at("2026-01-05T08:00", 720 * month + i), "payroll", 6_000)
        book.transferred(key, f"{prefix} till", at(start, 30), "purchase", 7_000)
        book.repaid(key, f"L{key}", 2_000, at(start, 740))
    return book


def planted():
    """Money that goes through others to a restricted account, that comes back, and that is collected; and many honest
    people."""
    return crowd(collected(back(through(Book()))), 25)


def innocent():
    """Savings that go to a broker while a loan arrives, a loan that passes within a family and comes back, and a
    refund: none is a flow."""
    book = broker(lends(Book(), "S", "2026-03-05T10:00"))
    book.transferred("S savings", "S", "2026-02-01T10:00", amount=60_000)
    book.transferred("S", "R", "2026-03-06T10:00", amount=55_000)
    back(book, "F", 2, words="配偶")
    lends(book.merchant("W", "W till", "家电"), "G", "2026-03-09T10:00")
    book.transferred("G", "W till", "2026-03-09T15:00", "purchase", 40_000)
    book.transferred("W till", "G", "2026-03-11T15:00", "refund", 40_000)
    return crowd(book, 10, "I")


def hard():
    """The money also goes to an account that sends more transfers than are followed."""
    book = customer(lends(through(Book()), "D"), "D mule")
    chain(chain(book, ["D", "A2"]), ["D", "D mule"], "2026-03-02T13:00", 5_000)
    for i in range(501):
        book.transferred("D mule", f"D{i}", at("2026-03-02T14:00", i / 10), amount=4_000)
    return crowd(book, 10)


def units(seed):
    """Flows of their own, each with honest people."""
    chance = random.Random(seed)
    books = []
    for part, make in enumerate((through, back, collected)):
        start = f"2026-0{chance.randint(2, 5)}-{chance.randint(1, 20):02d}T10:00"
        goal = {} if make is back else {"goal": f"R{part}"}
        books.append(crowd(make(Book(), f"P{part}x", chance.randint(1, 4), start, **goal), 5, f"H{part}x"))
    return books


def find(book, as_of="2026-06-30", population=None, **params):
    """The flows of a book, best first; by its own population unless another is given."""
    return findings(FUND_FLOW, book.snapshot(as_of), population, **params)


def members(finding, role="borrower"):
    """The keys of those with a role."""
    return sorted(member["node"].partition(":")[2] for member in finding.members if member["role"] == role)
