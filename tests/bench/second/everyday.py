"""What goes on around everybody: purchases, refunds, rent, cash, money among friends, orders, parcels, heads of shops.

Friends pay only who comes later in the order of applicants, and a refund is small: no everyday money comes back to
where a loan was paid to. People who have a part of their own, fraud or innocent, spend and receive nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .book import DAYS, START, moment
from .schemes import DAY, HOUR, Later, Loan, open_account, pay
from .town import Person, Shop

SERVICES = ("医美", "驾校", "教育培训")
PURPOSES = ("", "", "", "", "往来", "货款", "生活费", "还款", "房租")
SMALL = 200  # the most that is refunded everyday


def go_on_living(later: Later) -> None:
    people = list(later.book.applicants.values())
    payees = [later.book.town.account("", "") for _ in range(30)]
    run_shops(later, people, payees)
    for place, one in enumerate(people):
        buy(later, one)
        for _ in range(later.rng.choices((0, 1, 2), (5, 3, 2))[0]):
            pay(later, one.card, later.rng.choice(payees), later.rng.uniform(50, 3000), sometime(later))
        give_friends(later, one, people, place)
        spend_loans(later, one, payees)
    deliver(later)
    leave_room(later)
    keep_statements(later, people)
    date_accounts(later)


def sometime(later: Later) -> datetime:
    return moment(later.book, later.rng.randrange(DAYS - 4))


def buy(later: Later, one: Person) -> None:
    rng = later.rng
    for _ in range(rng.choices((0, 1, 2, 3), (4, 3, 2, 1))[0]):
        shop, when = rng.choice(later.ordinary), sometime(later)
        if shop.head is one:
            continue
        amount = min(1500.0, max(12.0, rng.lognormvariate(4.8, 0.9)))
        pay(later, one.card, shop.account, amount, when, "purchase")
        if rng.random() < 0.05 and amount <= SMALL and one not in later.quiet:
            pay(later, shop.account, one.card, amount, when + rng.randint(10, 200) * HOUR, "refund")


def give_friends(later: Later, one: Person, people: list[Person], place: int) -> None:
    """Up to two sums to people of the town who come later, most of them known."""
    rng = later.rng
    known = [other for other in (*one.circle, *(kin for _, kin in one.kin)) if later.order.get(other, 0) > place]
    for _ in range(rng.choices((0, 1, 2), (5, 4, 2))[0]):
        other = rng.choice(known) if known and rng.random() < 0.7 else people[rng.randrange(place, len(people))]
        if other is not one and other not in later.quiet and not other.fraud:
            amount = round(min(3000, rng.lognormvariate(5.6, 1)), rng.choice((0, 0, 2)))
            pay(later, one.card, other.card, amount, sometime(later), purpose=rng.choice(PURPOSES))


def spend_loans(later: Later, one: Person, payees: list[str]) -> None:
    """Of the loans paid to a card most go out again in a few payments: rent, cash, a shop."""
    rng = later.rng
    if one in later.quiet or one.fraud:
        return
    for loan in later.loans.get(one.key, ()):
        if loan.account == one.card and rng.random() < 0.6:
            left, when = loan.amount * rng.uniform(0.3, 0.98), loan.paid_out
            for _ in range(parts := rng.randint(1, 3)):
                when += timedelta(minutes=rng.randint(10, 9000))
                kind = rng.choice(("withdrawal", "purchase", "transfer"))
                target = rng.choice(later.ordinary).account if kind == "purchase" else rng.choice(payees)
                pay(later, one.card, target, left / parts, when, kind)


def run_shops(later: Later, people: list[Person], payees: list[str]) -> None:
    """Six honest shops in ten have a head, an applicant without a loan; the till pays the head, who pays bills."""
    rng = later.rng
    debtless = [one for one in people if one.key not in later.loans and one not in later.quiet and not one.fraud]
    for shop in later.book.town.shops:
        if shop.head or rng.random() > 0.6 or not debtless:
            continue
        shop.head = debtless.pop(rng.randrange(len(debtless)))
        purse = open_account(later, shop.head.key, "", datetime(2023, rng.randint(1, 12), 9))
        for _ in range(rng.randint(1, 4)):
            amount, when = rng.uniform(800, 20_000), sometime(later)
            pay(later, shop.account, purse, amount, when, purpose="货款")
            pay(later, purse, rng.choice(payees), amount * rng.uniform(0.2, 0.9), when + rng.randint(5, 99) * HOUR)


def deliver(later: Later) -> None:
    """An order for each loan spent in a shop that has none yet; services and things carried off are not shipped."""
    ordered = {(row[1], row[2], row[4]) for row in later.book.rows.get("orders", ())}
    shops = {shop.key: shop for shop in later.book.town.shops}
    for loans in list(later.loans.values()):
        for loan in loans:
            if loan.merchant and (loan.borrower, loan.merchant, loan.paid_out) not in ordered:
                order(later, loan, shops[loan.merchant])


def order(later: Later, loan: Loan, shop: Shop) -> None:
    rng, paid = later.rng, loan.paid_out
    shipped, delivered, refunded, address = "", "", "", ""
    if shop.ware in SERVICES or rng.random() < 0.45:
        delivered = paid + rng.randint(1, 60) * HOUR if rng.random() < 0.85 else ""
    elif rng.random() < 0.95:
        shipped = paid + rng.randint(4, 50) * HOUR
        delivered = shipped + rng.randint(18, 90) * HOUR
        address = later.book.applicants[loan.borrower].home.address if rng.random() < 0.3 else ""
    if loan.key in later.returned:
        delivered, refunded = paid + 3 * DAY, later.returned[loan.key]
    elif rng.random() < 0.015:
        refunded = paid + rng.randint(3, 20) * DAY
    key = later.book.town.numbers.key("DD", 11)
    later.book.row("orders", key, loan.borrower, shop.key, loan.amount, paid, shipped, delivered, refunded, address)


def leave_room(later: Later) -> None:
    """Three in four who bought in a shop of their own accord were granted more than they took."""
    rng, limits = later.rng, {}
    for one in later.book.applications:
        if one.shop and not one.later and rng.random() < 0.75:
            limits[one.key] = one.limit = round(one.amount * rng.uniform(1.1, 3), -2)
    rows = later.book.rows["loans"]
    later.book.rows["loans"] = [(*row[:7], limits.get(row[3], row[7]), *row[8:]) for row in rows]


def keep_statements(later: Later, people: list[Person]) -> None:
    """Of one card in eight the bank's statement was handed in."""
    for one in people:
        if later.rng.random() < 0.125 and one.card not in later.statements:
            later.statements[one.card] = min(60_000.0, later.rng.lognormvariate(7, 1.4))


def date_accounts(later: Later) -> None:
    """When two in five of the other accounts were opened, all before the book begins."""
    for number, *_ in later.book.town.accounts:
        if number not in later.opened and later.rng.random() < 0.4:
            later.opened[number] = date(2008, 1, 1) + timedelta(
                days=later.rng.randrange((START.date() - date(2008, 1, 1)).days)
            )


def busy_innocents(later: Later) -> None:
    """Groups that the finished book shows: shops with many honest customers, firms that pay many on one day."""
    shops = {shop.key: shop for shop in later.ordinary}
    customers: dict[str, dict[Person, None]] = {}
    paid: dict[str, dict[Person, None]] = {}
    for loans in later.loans.values():
        for loan in loans:
            one = later.book.applicants[loan.borrower]
            if loan.merchant in shops and not one.fraud:
                customers.setdefault(loan.merchant, {})[one] = None
    cards = {one.card: one for one in later.book.applicants.values() if not one.fraud}
    for row in later.book.rows["transfers"]:
        if row[5] == "payroll" and row[2] in cards:
            paid.setdefault(row[1], {})[cards[row[2]]] = None
    later.alike += [("busy_shop", [shops[key], *found]) for key, found in customers.items() if len(found) >= 40]
    later.alike += [("payroll_day", list(found)) for found in paid.values() if len(found) >= 10]
