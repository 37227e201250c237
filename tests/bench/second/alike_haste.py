"""People in a hurry who break no limit: refused here and trying there, one short of it, near a shop but not in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from .book import filed_on
from .schemes import DAY, HOUR, Later, day_of, draw, file_later, grant
from .town import Person
from .velocity import elsewhere, spread

# Innocent groups for each 20,000 applicants.
RATES = {"impatient": 60, "four_in_five_days": 30, "six_in_three_weeks": 20, "two_in_an_hour": 20, "two_draws": 20,
         "near_the_shop": 20, "family_handset": 8}  # fmt: skip


def hasty_innocents(later: Later, applicants: int) -> None:
    for twin, rate in RATES.items():
        for _ in range(max(1, round(rate * applicants / 20_000))):
            if people := MAKERS[twin](later):
                later.alike.append((twin, people))


def ask_at(later: Later, one: Person, times: list[datetime], away: float) -> list[Person]:
    """The last application is granted now and then."""
    filed = [file_later(later, one, when, **elsewhere(later, away)) for when in times]
    if not filed[-1].lender and later.rng.random() < 0.5:
        grant(later, filed[-1], filed[-1].when + 20 * HOUR)
    return [one]


def impatient(later: Later) -> list[Person]:
    """Refused here, then at one lender after the other, days apart."""
    [one] = draw(later, 1)
    first = day_of(later)
    file_later(later, one, first)
    times = [
        first + (2 + 4 * number) * DAY + later.rng.randrange(40) * HOUR for number in range(later.rng.randint(3, 5))
    ]
    return ask_at(later, one, times, 1.0)


def four_in_five_days(later: Later) -> list[Person]:
    [one] = draw(later, 1, lambda one: apart(later, one))
    return ask_at(later, one, spread(later, quiet_day(later, one), 4, later.rng.uniform(2, 4.5) * DAY), 0.5)


def six_in_three_weeks(later: Later) -> list[Person]:
    [one] = draw(later, 1, lambda one: apart(later, one))
    first = quiet_day(later, one)
    times = [first + (number * 4) * DAY + later.rng.randrange(20) * HOUR for number in range(6)]
    return ask_at(later, one, times, 0.6)


def apart(later: Later, one: Person) -> bool:
    """Whether the person has at most one application so far, so that a quiet day is near at hand."""
    return len(filed_by(later, one)) <= 1


def filed_by(later: Later, one: Person) -> list[datetime]:
    return [filed.when for filed in later.by_person.get(one, ())]


def quiet_day(later: Later, one: Person) -> datetime:
    """A day no nearer than a month to what the person filed of before."""
    while True:
        first = day_of(later)
        if all(abs(first - when) > 30 * DAY for when in filed_by(later, one)):
            return first


def two_in_an_hour(later: Later) -> list[Person]:
    [one] = draw(later, 1, lambda one: apart(later, one))
    first = quiet_day(later, one)
    return ask_at(later, one, [first, first + later.rng.randint(2, 50) * timedelta(minutes=1)], 0.5)


def two_draws(later: Later) -> list[Person]:
    """Twice a day from a line is nothing."""
    [one] = draw(later, 1)
    first = day_of(later).replace(hour=10)
    line = file_later(later, one, first - 20 * DAY, product="循环额度", term=6, amount=8000)
    for when in (first, first + later.rng.randint(2, 9) * HOUR):
        grant(later, line, when, amount=later.rng.randrange(5, 25) * 100)
    return [one]


def near_the_shop(later: Later) -> list[Person]:
    """Filed in the street of the shop or from the bus home."""
    [one] = draw(later, 1)
    shop = later.rng.choice(later.ordinary)
    lat, lon = shop.place.lat + later.rng.uniform(0.005, 0.04), shop.place.lon + later.rng.uniform(0.005, 0.04)
    given = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "shop": shop, "product": f"{shop.ware}分期", "channel": "门店"}
    filed = file_later(later, one, day_of(later), **given, salesperson=later.rng.choice(shop.sellers))
    grant(later, filed, filed.when + 5 * HOUR)
    return [one]


def family_handset(later: Later) -> list[Person]:
    """Three or four of a family file on one handset within two days."""
    free = set(later.free)
    homes = [one.home for one in later.free if one.home.kind == "family"]
    home = next((home for home in homes if sum(one in free for one in home.people) >= 3), None)
    if home is None:
        return []
    family = [one for one in home.people if one in free][:4]
    people = draw(later, len(family), family.__contains__)
    for one, when in zip(people, spread(later, day_of(later), len(people), 40 * HOUR), strict=True):
        file_later(later, one, when, **filed_on(people[0].handset))
    return people


MAKERS = {
    "impatient": impatient,
    "four_in_five_days": four_in_five_days,
    "six_in_three_weeks": six_in_three_weeks,
    "two_in_an_hour": two_in_an_hour,
    "two_draws": two_draws,
    "near_the_shop": near_the_shop,
    "family_handset": family_handset,
}
