"""Shops that turn credit into cash for a fee, with customers who want the money and not the goods.

- ``owner_pays_back``: the loan is paid to the shop, the owner's own account pays the customer, less the fee
- ``refunds``: the shop takes back what it never handed over, by refunds to the customer's card
- ``never_delivered``: nothing is shipped; some of the money comes back from the owner, the rest in notes
- ``night_pos``: the loan is paid to the card, which pays at the shop's till by night; the owner pays back

``easy``: a shop of its own, three nights, nearly the whole price back by the next day. ``medium``: two weeks, less by
night. ``camouflaged``: a shop with honest trade, two months, mostly by day, some goods handed over. Where the rows show
the shop's money in the owner's hand, each customer's loan is a ``fund_flow`` too, by definition: it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .book import END, Scheme, filed_on
from .places import new_shop
from .schemes import (
    DAY,
    HOUR,
    LEVELS,
    Later,
    Loan,
    day_of,
    draw,
    file_later,
    grant,
    list_contact,
    node,
    open_account,
    pay,
    plant,
    turns,
)
from .town import BRANDS, WARES, Person, Shop

SHAPES = ("owner_pays_back", "refunds", "night_pos", "never_delivered")
EVENINGS = {"easy": (3, 4), "medium": (5, 14), "camouflaged": (9, 60)}  # evenings of business, within so many days
BY_NIGHT = {"easy": 0.9, "medium": 0.55, "camouflaged": 0.2}
BACK = {"easy": (0.86, 0.93), "medium": (0.75, 0.85), "camouflaged": (0.5, 0.65)}
DELAY = {"easy": (1, 18), "medium": (12, 50), "camouflaged": (40, 100)}  # hours until the money is back
HANDED_OVER = {"easy": 0.0, "medium": 0.15, "camouflaged": 0.4}
FEEDS = {"owner_pays_back": ("easy", "medium"), "night_pos": ("easy",), "never_delivered": ()}


@dataclass(slots=True, eq=False)
class Trade:
    """A shop that cashes out, its owner, and what passed so far."""

    shape: str
    level: str
    shop: Shop
    owner: Person
    purse: str  # the owner's own account
    loans: list[Loan] = field(default_factory=list)
    last: datetime = datetime.min


def plant_cashout(later: Later, count: int) -> None:
    for number in turns(later, count):
        shape, level = SHAPES[number % len(SHAPES)], LEVELS[number % 3]
        customers = draw(later, later.rng.randint(6, 14))
        trade = open_trade(later, shape, level)
        tie(later, trade, customers)
        for one, when in zip(customers, evenings(later, level, len(customers)), strict=True):
            serve(later, trade, one, when)
        note(later, trade, customers)


def open_trade(later: Later, shape: str, level: str) -> Trade:
    """The owner is an applicant of long ago; the personal account is no newer than anyone's."""
    [owner] = draw(later, 1)
    shop = honest_shop(later) if level == "camouflaged" else front(later)
    shop.head, owner.fraud = owner, "cashout_merchant"
    return Trade(
        shape, level, shop, owner, open_account(later, owner.key, "", datetime(2022, later.rng.randint(1, 12), 9))
    )


def front(later: Later) -> Shop:
    ware, pick = later.rng.choice(("手机数码", "家电", "电动车")), later.rng.choice
    return new_shop(later, ware, f"{pick(BRANDS)}{pick(BRANDS)}{ware}店")


def honest_shop(later: Later) -> Shop:
    """A shop with a trade of its own that no one else's scheme uses."""
    known = {one for _, group in later.alike for one in group}
    shop = later.rng.choice([shop for shop in later.ordinary if not shop.head and shop not in known])
    later.ordinary.remove(shop)
    return shop


def tie(later: Later, trade: Trade, customers: list[Person]) -> None:
    """Half know the owner, others know each other: customers bring customers."""
    for number, one in enumerate(customers):
        if later.rng.random() < 0.5:
            list_contact(one, trade.owner, later.rng.choice(("朋友", "其他", "")))
        elif number:
            list_contact(one, customers[later.rng.randrange(number)], later.rng.choice(("朋友", "同事")))


def evenings(later: Later, level: str, count: int) -> list[datetime]:
    """Bursts of customers, an evening's within two hours; by day where it is camouflaged."""
    rng = later.rng
    nights, days = EVENINGS[level]
    first = day_of(later, last=560)
    starts = [first + rng.randrange(days) * DAY for _ in range(nights)]
    found = []
    for _ in range(count):
        hour = rng.choice((22, 23, 24, 25)) if rng.random() < BY_NIGHT[level] else rng.randint(10, 20)
        day = rng.choice(starts).replace(hour=0, minute=0, second=0)
        found.append(day + hour * HOUR + timedelta(seconds=rng.randrange(7000)))
    return found


def serve(later: Later, trade: Trade, one: Person, when: datetime) -> None:
    """A customer gets a loan close to the limit, and most of it back."""
    rng, night = later.rng, trade.shape == "night_pos"
    price = round(WARES[trade.shop.ware] * rng.uniform(1.6, 3.2), -2)
    given = {"amount": int(price), "risk": 0.4, "limit": int(price / rng.uniform(0.95, 1))}
    shop = {} if night else in_the_shop(later, trade.shop)
    filed = file_later(later, one, when, **given, **shop)
    loan = grant(later, filed, when + rng.randint(20, 90) * timedelta(minutes=1), stops=rng.choice((0, 0, 2, 3)))
    trade.loans.append(loan)
    spent, handed = loan.paid_out, False
    if night:
        spent = by_night(later, loan.paid_out)
        pay(later, one.card, trade.shop.account, loan.amount * rng.uniform(0.93, 0.99), spent, "purchase")
    else:
        handed = rng.random() < HANDED_OVER[trade.level]
        order(later, trade, one, loan, handed)
    give_back(later, trade, one, loan, spent, handed)


def in_the_shop(later: Later, shop: Shop) -> dict:
    """By the shop's Wi-Fi, half on its tablet."""
    place = shop.place
    tablet = filed_on(later.rng.choice(shop.tablets)) if later.rng.random() < 0.5 else {}
    return tablet | {
        "shop": shop, "product": f"{shop.ware}分期", "channel": "门店", "salesperson": later.rng.choice(shop.sellers),
        "ip": place.ips[0], "wifi": place.wifi, "lat": f"{place.lat:.6f}", "lon": f"{place.lon:.6f}",
    }  # fmt: skip


def by_night(later: Later, after: datetime) -> datetime:
    """The next hour between eleven and four."""
    night = after.replace(hour=23, minute=0, second=0)
    return max(night, after) + timedelta(seconds=later.rng.randrange(60, 15_000))


def order(later: Later, trade: Trade, one: Person, loan: Loan, handed: bool) -> None:
    """What the shop says it sold; where nothing is handed over no parcel ever left."""
    rng, paid = later.rng, loan.paid_out
    shipped = paid + rng.randint(5, 40) * HOUR if handed else ""
    delivered = shipped + rng.randint(20, 80) * HOUR if isinstance(shipped, datetime) else ""
    refunded = paid + rng.randint(1, 40) * HOUR if trade.shape == "refunds" else ""
    number = later.book.town.numbers.key("DD", 11)
    later.book.row("orders", number, one.key, trade.shop.key, loan.amount, paid, shipped, delivered, refunded, "")


def give_back(later: Later, trade: Trade, one: Person, loan: Loan, spent: datetime, handed: bool) -> None:
    """What is left after the fee, from the till or from the owner's purse, which the till feeds where rows show it."""
    rng, level = later.rng, trade.level
    when = spent + timedelta(seconds=round(rng.uniform(*DELAY[level]) * 3600))
    amount = round(loan.amount * rng.uniform(*BACK[level]), 2)
    trade.last = max(trade.last, when)
    if trade.shape == "refunds":
        pay(later, trade.shop.account, one.card, amount, when, "refund")
    elif trade.shape != "never_delivered" or handed or rng.random() < 0.5:
        if level in FEEDS[trade.shape]:
            fed = spent + (when - spent) * rng.uniform(0.2, 0.8)
            pay(later, trade.shop.account, trade.purse, amount + rng.randint(50, 400), fed.replace(microsecond=0))
        pay(later, trade.purse, one.card, amount, when)


def note(later: Later, trade: Trade, customers: list[Person]) -> None:
    shop = f"merchant:{trade.shop.key}"
    members = [(shop, "merchant")] + [(node(one), "customer") for one in customers]
    total, first = float(sum(loan.amount for loan in trade.loans)), min(loan.applied for loan in trade.loans)
    last = min(trade.last, END)
    plant(later, Scheme("cashout_merchant", trade.shape, trade.level, members, total, first, last), customers)
    if trade.shape != "refunds" and trade.level not in FEEDS[trade.shape]:
        return
    hands = [shop] if trade.shape == "refunds" else [shop, node(trade.owner)]
    for one, loan in zip(customers, trade.loans, strict=True):
        flow = [(node(one), "borrower")] + [(hand, "mule") for hand in hands]
        end = min(last, loan.paid_out + 7 * DAY)
        back = Scheme("fund_flow", "cashed_out", trade.level, flow, float(loan.amount), loan.paid_out, end)
        later.book.schemes.append(back)
