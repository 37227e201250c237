"""What a lender holds of a town: the rows as they arise, and the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .town import Handset, Person, Place, Shop, Town

START = datetime(2024, 7, 1)
END = datetime(2026, 7, 1)
DAYS = (END - START).days
PROMOTIONS = [(month, day) for month, day in ((6, 18), (11, 11), (12, 12), (5, 1), (10, 1))]
HOURS = [1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 2, 4, 6, 7, 7, 6, 6, 6, 6, 6, 6, 6, 7, 8, 7, 5, 2]
CHANNELS = ["自有App", "自有App", "微信小程序", "钱橙", "好借宝", "分期通"]
OWN_PRODUCTS = ["现金贷", "循环额度", "消费贷", "公积金贷"]


@dataclass(slots=True, eq=False)
class Application:
    key: str
    person: Person
    when: datetime
    product: str
    channel: str
    amount: int
    term: int
    device: str
    imei: str = ""
    ip: str = ""
    wifi: str = ""
    lat: str = ""
    lon: str = ""
    salesperson: str = ""
    shop: Shop | None = None
    told_shop: bool = True  # a few in-store applications lack the shop's number
    risk: float = 0.04  # chance that its loan goes bad
    payer: str = ""  # whoever repays in the borrower's place
    collector: str = ""  # account that the money is passed on to
    status: str = ""
    approval: float = 0.68
    planted: bool = False  # part of a fraud, not what a member did before of their own accord
    lender: str = ""  # where it was filed, if not with us
    lender_kind: str = ""
    limit: int = 0  # what was granted; 0: what was asked for
    later: bool = False  # filed when the rest of the book was done: it takes no part in the chance of its rows


@dataclass(slots=True, eq=False)
class Planted:
    kind: str
    shape: str
    difficulty: str
    people: list[Person]


@dataclass(slots=True, eq=False)
class Scheme:
    """A fraud as the truth tells it: parties with their roles, the money at stake, its first and last event."""

    kind: str
    shape: str
    difficulty: str
    members: list[tuple[str, str]]  # node, role
    amount: float
    first: datetime
    last: datetime


@dataclass(slots=True, eq=False)
class Book:
    town: Town
    applications: list[Application] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    schemes: list[Scheme] = field(default_factory=list)
    applicants: dict[str, Person] = field(default_factory=dict)
    innocents: list[tuple[str, list[Person | Shop]]] = field(default_factory=list)
    agents: dict[str, Handset | None] = field(default_factory=dict)  # salesperson of an honest agent → its tablet
    relations: set[tuple[str, str, str]] = field(default_factory=set)
    rows: dict[str, list[tuple]] = field(default_factory=dict)

    def row(self, table: str, *cells) -> None:
        self.rows.setdefault(table, []).append(cells)


def quarter(when: datetime) -> int:
    return min(7, max(0, (when - START).days) // 92)


def seen_at(book: Book, place: Place, when: datetime, gps: bool = True, shown: float = 0.45) -> dict[str, str]:
    """What the app sees of a place: the ip, less often the base station, for half of all the position."""
    rng, seen = book.town.rng, {}
    if place.ips:
        seen["ip"] = place.ips[quarter(when) % len(place.ips)]
        seen["wifi"] = place.wifi if rng.random() < shown else ""
    else:
        seen["ip"] = rng.choice(book.town.carriers)
    if gps and rng.random() < 0.5:
        seen["lat"] = f"{place.lat + rng.gauss(0, 0.0002):.6f}"
        seen["lon"] = f"{place.lon + rng.gauss(0, 0.0002):.6f}"
    return seen


def filed_on(handset: Handset) -> dict[str, str]:
    return {"device": handset.device, "imei": handset.imei if handset.tells_imei else ""}


def on_the_road(book: Book) -> dict[str, str]:
    """Mobile data: a carrier's address, no base station, anywhere in the town."""
    lat, lon = book.town.point()
    gps = book.town.rng.random() < 0.5
    return {"ip": book.town.rng.choice(book.town.carriers)} | (
        {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"} if gps else {}
    )


def whereabouts(book: Book, person: Person, when: datetime) -> dict[str, str]:
    """Where someone files an application of their own accord: at home, on the road, at work, in a café."""
    chance = book.town.rng.random()
    if chance < 0.5:
        return seen_at(book, person.home, when)
    if chance < 0.65 and person.branch:
        return seen_at(book, person.branch, when)
    if chance < 0.72 and person.student:
        campus = next(place for _, place, _ in book.town.schools if place.ips is person.home.ips)
        return seen_at(book, campus, when)
    if chance < 0.74:
        return seen_at(book, book.town.rng.choice(book.town.cafes), when)
    return on_the_road(book)


def own_way(book: Book, person: Person, when: datetime) -> dict:
    """The fields of an application that a person files with their own handset, now and then with a relative's."""
    rng = book.town.rng
    handset = person.handset
    if rng.random() < (0.12 if person.born < 1965 else 0.02) and len(person.home.people) > 1:
        handset = rng.choice(person.home.people).handset
    return (
        filed_on(handset)
        | whereabouts(book, person, when)
        | {
            "product": rng.choice(OWN_PRODUCTS),
            "channel": rng.choice(CHANNELS),
            "amount": max(1000, round(rng.lognormvariate(9.4, 0.7), -2)),
        }
    )


def file(book: Book, person: Person, when: datetime, **given) -> Application:
    """One application; ``given`` replaces what the person would have done of their own accord."""
    rng = book.town.rng
    fields = own_way(book, person, when) | {"term": rng.choice((3, 6, 12, 12, 24)), "risk": own_risk(person)} | given
    one = Application(book.town.numbers.key("AP", 10), person, when, **fields)
    book.applications.append(one)
    book.applicants[person.key] = person
    return one


def own_risk(person: Person) -> float:
    """The young and those without work default more."""
    return 0.025 + 0.03 * (person.born > 1997) + 0.03 * (person.job is None)


def some_day(book: Book, first: int = 0, last: int = DAYS - 5) -> int:
    """A day by the week, the year and the growth of the book; promotion days draw many times as many."""
    while True:
        day = book.town.rng.randint(first, last)
        date = START + timedelta(days=day)
        weight = (0.7 if date.weekday() >= 5 else 1) * (1.3 if date.month in (1, 9) else 1) * (1 + day / DAYS)
        if book.town.rng.random() * 8 < weight * (4 if (date.month, date.day) in PROMOTIONS else 1):
            return day


def moment(book: Book, day: int) -> datetime:
    rng = book.town.rng
    hour = rng.choices(range(24), HOURS)[0]
    return START + timedelta(days=day, hours=hour, minutes=rng.randrange(60), seconds=rng.randrange(60))
