"""Velocity: someone breaks a limit of haste, as a case officer would tell it.

- ``five_in_five_days``: one person asks lender after lender
- ``three_in_an_hour``: one identity is put in three times and more within the hour
- ``one_handset_many_people``: an agent puts strangers' applications in by their own handset; an intermediary as well
- ``phone_of_two``: whoever holds the identities has one number for two of them
- ``two_names``: the ID number of one stands in the papers of another under another name
- ``several_draws``: a line is drawn on again and again within a day
- ``new_card``: a card opened that day takes in two loans and more within 24 hours
- ``far_from_the_shop``: filed at a shop's counter by its number, from a place that is nowhere near

Camouflage is just beyond the limit, spread over the window as wide as it goes, at different lenders.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .book import Application, Scheme, filed_on, on_the_road
from .schemes import DAY, HOUR, LEVELS, Later, day_of, draw, file_later, grant, node, open_account, plant, turns
from .town import Person

SHAPES = (
    "five_in_five_days", "three_in_an_hour", "one_handset_many_people", "phone_of_two", "five_in_five_days",
    "two_names", "several_draws", "new_card", "far_from_the_shop", "three_in_an_hour",
)  # fmt: skip
LENDERS = [
    ("杭银消费金融", "nonbank"),
    ("联众小贷", "nonbank"),
    ("城南银行", "bank"),
    ("好借宝小贷", "nonbank"),
    ("江畔银行", "bank"),
]


def plant_velocity(later: Later, count: int) -> None:
    for number in turns(later, count):
        shape = SHAPES[number % len(SHAPES)]
        PLANTERS[shape](later, shape, LEVELS[number % 3])


def listed(later: Later, shape: str, level: str, people: list[Person], filed: list[Application], amount=0.0) -> None:
    times = [one.when for one in filed]
    scheme = Scheme("velocity", shape, level, [(node(one), "member") for one in people], amount, min(times), max(times))
    plant(later, scheme, people)


def elsewhere(later: Later, chance: float) -> dict:
    """A lender other than us, by chance."""
    if later.rng.random() >= chance:
        return {}
    lender, kind = later.rng.choice(LENDERS)
    return {"lender": lender, "lender_kind": kind, "channel": ""}


def spread(later: Later, first: datetime, count: int, span: timedelta) -> list[datetime]:
    """So many moments, the last as far from the first as the span says."""
    inner = [later.rng.random() for _ in range(count - 2)]
    return [first + timedelta(seconds=int(span.total_seconds() * share)) for share in sorted([0.0, 1.0, *inner])]


def five_in_five_days(later: Later, shape: str, level: str) -> None:
    [one] = draw(later, 1)
    count, span = {"easy": (9, 1.8 * DAY), "medium": (6, 3.5 * DAY), "camouflaged": (5, 4.7 * DAY)}[level]
    away = {"easy": 0.2, "medium": 0.5, "camouflaged": 0.8}[level]
    times = spread(later, day_of(later), count, span)
    filed = [file_later(later, one, when, **elsewhere(later, away)) for when in times]
    listed(later, shape, level, [one], filed, paid_out_of(later, filed[:1]))


def paid_out_of(later: Later, filed: list[Application]) -> float:
    """Some of our own applications are granted; the sum of their loans."""
    ours = [one for one in filed if not one.lender and later.rng.random() < 0.5]
    for one in ours:
        grant(later, one, one.when + later.rng.randint(3, 30) * HOUR, stops=later.rng.choice((0, 2)))
    return float(sum(one.amount for one in ours))


def three_in_an_hour(later: Later, shape: str, level: str) -> None:
    [one] = draw(later, 1)
    count, minutes = {"easy": (6, 30), "medium": (4, 45), "camouflaged": (3, 56)}[level]
    times = spread(later, day_of(later), count, timedelta(minutes=minutes))
    filed = [file_later(later, one, when, **elsewhere(later, 0.6)) for when in times]
    listed(later, shape, level, [one], filed, paid_out_of(later, filed[-1:]))


def one_handset_many_people(later: Later, shape: str, level: str) -> None:
    """The clients have no other tie; they file over mobile data or where they live."""
    count, span = {"easy": (9, 7 * HOUR), "medium": (7, 28 * HOUR), "camouflaged": (5, 44 * HOUR)}[level]
    people, handset = strangers(later, count), later.book.town.handset()
    if len(people) < count:
        return
    times = spread(later, day_of(later), count, span)
    filed = []
    for one, when in zip(people, times, strict=True):
        where = on_the_road(later.book) if later.rng.random() < (0.8 if level == "easy" else 0.3) else {}
        filed.append(file_later(later, one, when, **filed_on(handset), **where))
    later.book.row("devices", handset.device, handset.model)
    amount = paid_out_of(later, filed)
    listed(later, shape, level, people, filed, amount)
    members = [(node(one), "client") for one in people]
    later.book.schemes.append(Scheme("intermediary", shape, level, members, amount, times[0], times[-1]))


def strangers(later: Later, count: int) -> list[Person]:
    """Free people of different dwellings, circles and branches."""
    seen: set[int] = set()

    def strange(one: Person) -> bool:
        ties = {id(one.home), id(one.circle)} | ({id(one.branch)} if one.branch else set())
        if ties & seen or one.student:
            return False
        seen.update(ties)
        return True

    return draw(later, count, strange)


def two_of_one(later: Later, level: str) -> tuple[list[Person], list[Application]]:
    """Two who have nothing to do with each other each file once within three months."""
    people = strangers(later, 2)
    first = day_of(later)
    days = {"easy": 3, "medium": 30, "camouflaged": 80}[level]
    second = first + later.rng.randint(days // 2, days) * DAY + HOUR
    filed = [file_later(later, people[0], first), file_later(later, people[1], second)]
    return people, filed


def phone_of_two(later: Later, shape: str, level: str) -> None:
    people, filed = two_of_one(later, level)
    people[1].phone = people[0].phone
    listed(later, shape, level, people, filed, paid_out_of(later, filed))


def two_names(later: Later, shape: str, level: str) -> None:
    people, filed = two_of_one(later, level)
    people[1].document = people[0].document
    listed(later, shape, level, people, filed, paid_out_of(later, filed))


def several_draws(later: Later, shape: str, level: str) -> None:
    [one] = draw(later, 1)
    count, hours = {"easy": (6, 3), "medium": (4, 7), "camouflaged": (3, 11)}[level]
    first = day_of(later).replace(hour=9)
    line = file_later(
        later, one, first - later.rng.randint(2, 40) * DAY, product="循环额度", term=6, amount=count * 2000
    )
    line.limit = line.amount
    times = spread(later, first, count, hours * HOUR)
    loans = [grant(later, line, when, amount=later.rng.randrange(8, 21) * 100) for when in times]
    amount = float(sum(loan.amount for loan in loans))
    scheme = Scheme("velocity", shape, level, [(node(one), "member")], amount, times[0], times[-1])
    plant(later, scheme, [one])


def new_card(later: Later, shape: str, level: str) -> None:
    [one] = draw(later, 1)
    count, hours = {"easy": (4, 5), "medium": (3, 9), "camouflaged": (2, 12)}[level]
    first = day_of(later).replace(hour=9)
    card = open_account(later, one.key, "", first)
    times = spread(later, first + HOUR, count, hours * HOUR)
    filed = [new_card_loan(later, one, when, back) for back, when in enumerate(times)]
    loans = [grant(later, line, when, card, stops=2) for line, when in zip(filed, times, strict=True)]
    amount = float(sum(loan.amount for loan in loans))
    scheme = Scheme("velocity", shape, level, [(node(one), "member")], amount, times[0], times[-1])
    plant(later, scheme, [one])


def new_card_loan(later: Later, one: Person, paid_out: datetime, back: int) -> Application:
    """Asked for days before, each on a day of its own."""
    return file_later(later, one, paid_out - (back * 3 + 1) * DAY, amount=later.rng.randrange(30, 90) * 100)


def far_from_the_shop(later: Later, shape: str, level: str) -> None:
    """Filed on the impostor's handset in another city, for a shop here."""
    [one] = draw(later, 1)
    degrees = {"easy": 9.0, "medium": 3.0, "camouflaged": 1.2}[level]
    shop, handset = later.rng.choice(later.ordinary), later.book.town.handset()
    later.book.row("devices", handset.device, handset.model)
    where = {"lat": f"{shop.place.lat - degrees:.6f}", "lon": f"{shop.place.lon - degrees / 2:.6f}"}
    given = filed_on(handset) | on_the_road(later.book) | where
    filed = file_later(
        later, one, day_of(later), **given, product=f"{shop.ware}分期", channel="门店", shop=shop,
        salesperson=later.rng.choice(shop.sellers), amount=later.rng.randrange(20, 90) * 100,
    )  # fmt: skip
    loan = grant(later, filed, filed.when + 2 * HOUR, stops=1)
    listed(later, shape, level, [one], [filed], float(loan.amount))


PLANTERS = {
    "five_in_five_days": five_in_five_days,
    "three_in_an_hour": three_in_an_hour,
    "one_handset_many_people": one_handset_many_people,
    "phone_of_two": phone_of_two,
    "two_names": two_names,
    "several_draws": several_draws,
    "new_card": new_card,
    "far_from_the_shop": far_from_the_shop,
}
