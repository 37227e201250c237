"""Toy books for the cash-out merchant detector: bent shops, what looks like one, and honest shops around."""

import random
from datetime import datetime, timedelta

from ringfence.detectors.merchants.detector import CASHOUT_MERCHANT
from support.detecting import findings
from support.toy import Book

LENT = 10_000
LINE = "数码"


def at(start, hours=0.0):
    """A moment so many hours after another, as rows write it."""
    return (datetime.fromisoformat(start) + timedelta(hours=hours)).isoformat()


def shop(book, key, line=LINE, owner=None):
    """The book with a merchant, its account ``KEY till``, and its phone ``KEY phone``."""
    book.merchant(key, f"{key} till", line).rings_at(f"merchant:{key}", f"{key} phone")
    return book.person(owner).owns(owner, f"card-{owner}").controls(f"applicant:{owner}", key) if owner else book


def buyer(book, key):
    """The book with somebody who has an account, a phone and somebody to name."""
    return book.person(key, f"137{key}").owns(key, f"card-{key}").contact(key, f"mother of {key}", "父母")


def buys(book, key, merchant, time, amount=LENT, limit=20_000, number=None, sent=True, **times):
    """The book in which somebody takes a loan at a shop, paid an hour later, and orders goods for it, which are sent a
    day later unless they never are."""
    number = number or key
    book.application(key, f"N{number}", time, merchant=merchant, credit_limit=limit)
    book.loan(key, f"L{number}", amount, at(time, 1), application=f"N{number}", merchant=merchant)
    times = ({"shipped_at": at(time, 25), "delivered_at": at(time, 49)} if sent else {}) | times
    return book.order(key, merchant, f"O{number}", at(time, 1), **times)


def back(book, key, merchant, time, share=0.9, amount=LENT, source=None, kind="transfer"):
    """The book in which the shop pays so much of a loan to the customer a day after."""
    return book.transferred(source or f"{merchant} till", f"card-{key}", at(time, 25), kind, amount * share)


def cashes(book, key, merchant, time):
    """The book in which somebody takes a loan up to the limit, gets most of it back, and no goods are sent."""
    buys(buyer(book, key), key, merchant, time, limit=LENT, sent=False)
    return back(book, key, merchant, time)


def spends(book, key, merchant, time, share=0.95, wait=12.0, amount=LENT, limit=LENT, account=None):
    """The book in which somebody takes a cash loan, paid an hour later, and passes so much of it on to a shop so many
    hours after that."""
    account = account or f"card-{key}"
    book.application(key, f"N{key}", time, credit_limit=limit).loan(
        key, f"L{key}", amount, at(time, 1), account, f"N{key}"
    )
    return book.transferred(account, f"{merchant} till", at(time, 1 + wait), "purchase", amount * share)


def spending(book, key="X", customers=8, start="2026-03-02T23:00", honest=0):
    """A shop that never sold on credit: at night people pass cash loans on to it, and get most back from its owner."""
    shop(book, key, owner=f"{key}o")
    for i in range(customers):
        name, time = f"{key}c{i}", at(start, 0.25 * i)
        spends(buyer(book, name), name, key, time)
        back(book, name, key, time, source=f"card-{key}o")
    for i in range(honest):
        spends(buyer(book, f"{key}h{i}"), f"{key}h{i}", key, at("2025-09-01T11:00", 700 * i), limit=2 * LENT)
    return book


def bent(book, key="X", customers=8, start="2026-03-02T23:00", honest=6):
    """A shop that turns loans into cash within days, at night, and sells to others all through the year."""
    shop(book, key, owner=f"{key}o")
    for i in range(customers):
        cashes(book, f"{key}c{i}", key, at(start, 0.25 * i))
        if i % 3 == 0:
            book.contact(f"{key}c{i}", f"{key} phone", "朋友")
    return sells(book, key, honest, f"{key}h")


def sells(book, key, count, prefix, start="2025-08-01T11:00", days=30.0):
    """The book in which a shop sells to honest people, every so many days."""
    for i in range(count):
        buys(buyer(book, f"{prefix}{i}"), f"{prefix}{i}", key, at(start, 24 * days * i + i % 7))
    return book


def street(book, count=6, prefix="S", sales=15):
    """The book with honest shops: a few loans near the limit, one at night, one refund, one order never sent."""
    for place in range(count):
        key = f"{prefix}{place}"
        shop(book, key, owner=f"{key}o").transferred(f"{key} till", "supplier", "2026-01-03T10:00", amount=30_000)
        sells(book, key, sales, f"{key}b", at("2025-07-05T10:00", 30 * place), 20)
        buys(buyer(book, f"{key}n"), f"{key}n", key, "2026-02-11T23:10")
        buys(buyer(book, f"{key}l"), f"{key}l", key, "2026-01-21T15:10", limit=LENT)
        buys(buyer(book, f"{key}r"), f"{key}r", key, "2026-01-14T15:10", refunded_at="2026-01-19T10:00")
        buys(buyer(book, f"{key}u"), f"{key}u", key, "2026-02-14T15:10", sent=place % 2 == 0)
        back(buys(buyer(book, f"{key}m"), f"{key}m", key, "2026-03-14T15:10"), f"{key}m", key, "2026-03-14T15:10")
    return book


# -- innocent likenesses: the shop is ``T``


def busy(book):
    """A shop that sells much, a few with each sign."""
    shop(book, "T", owner="To")
    sells(book, "T", 60, "Tb", days=5)
    for i in range(3):
        buys(buyer(book, f"Tu{i}"), f"Tu{i}", "T", at("2025-10-03T12:00", 700 * i), sent=False)
        buys(buyer(book, f"Tr{i}"), f"Tr{i}", "T", at("2025-10-09T12:00", 900 * i), refunded_at="2026-04-19T10:00")
    return book


def promotion(book):
    """Twenty buy within two days, up to their limit, some in the night; all goods are sent."""
    sells(shop(book, "T", owner="To"), "T", 10, "Tb")
    for i in range(20):
        buys(buyer(book, f"Tp{i}"), f"Tp{i}", "T", at("2026-03-01T09:00", 2 * i), limit=LENT)
    return book


def goods_returned(book):
    """Fifteen send their goods back and get their money back for them."""
    sells(shop(book, "T", owner="To"), "T", 30, "Tb", days=10)
    for i in range(15):
        time = at("2026-01-05T13:00", 170 * i)
        buys(buyer(book, f"Tr{i}"), f"Tr{i}", "T", time, refunded_at=at(time, 100))
        book.transferred("T till", f"card-Tr{i}", at(time, 120), "refund", LENT)
    return book


def slow(book):
    """A shop that has sent nothing in two months."""
    shop(book, "T", owner="To")
    for i in range(15):
        buys(buyer(book, f"Ts{i}"), f"Ts{i}", "T", at("2026-03-01T13:00", 50 * i), sent=False)
    return book


def by_night(book):
    """A shop that is open at night, whose customers borrow up to their limit."""
    shop(book, "T", owner="To")
    for i in range(20):
        buys(buyer(book, f"Tn{i}"), f"Tn{i}", "T", at("2025-11-03T23:30", 24 * 8 * i), limit=LENT)
    return book


def staff(book):
    """Those who work at a shop buy there, and are paid their wages."""
    sells(shop(book, "T", owner="To"), "T", 10, "Tb")
    for i in range(12):
        time = at("2026-01-05T13:00", 170 * i)
        buys(buyer(book, f"Tw{i}"), f"Tw{i}", "T", time, limit=LENT)
        book.transferred("T till", f"card-Tw{i}", at(time, 50), "payroll", 6_000)
    return book


def payday(book):
    """Twenty borrow on one day and buy at a busy shop with it; nobody gets anything back."""
    shop(book, "T", owner="To").transferred("T till", "supplier", "2026-01-03T10:00", amount=30_000)
    for i in range(20):
        spends(buyer(book, f"Tp{i}"), f"Tp{i}", "T", at("2026-03-02T09:00", i / 2))
    return book


def large_buys(book):
    """Thirty buy dear goods with cash loans all through the year; three send them back."""
    shop(book, "T", owner="To")
    for i in range(30):
        time = at("2025-09-01T12:00", 150 * i)
        spends(buyer(book, f"Tl{i}"), f"Tl{i}", "T", time)
        if i % 10 == 0:
            back(book, f"Tl{i}", "T", time, 0.95, kind="refund")
    return book


LIKENESSES = (busy, promotion, goods_returned, slow, by_night, staff, payday, large_buys)


# -- the books of the sweeps


def planted():
    """A bent shop on a street of honest ones."""
    return street(bent(Book()))


def innocent():
    """A promotion day, on a street of honest shops."""
    return street(promotion(Book()), prefix="I")


def hard():
    """A bent shop with more customers than evidence may list."""
    return street(bent(Book(), customers=90))


def units(seed):
    """Bent shops of their own, each with its street."""
    chance = random.Random(seed)
    books = []
    for part in range(3):
        start = f"2026-0{chance.randint(2, 4)}-{chance.randint(1, 20):02d}T22:30"
        books.append(bent(Book(), f"X{part}x", chance.randint(6, 12), start, chance.randint(0, 6)))
        street(books[-1], 2, f"S{part}x", chance.randint(5, 15))
    return books


def find(book, as_of="2026-06-30", population=None, **params):
    """The findings of a book, best first; by its own population unless another is given."""
    return findings(CASHOUT_MERCHANT, book.snapshot(as_of), population, **params)


def members(finding, role="customer"):
    """The keys of those with a role."""
    return sorted(member["node"].partition(":")[2] for member in finding.members if member["role"] == role)
