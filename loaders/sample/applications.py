"""Applications as honest people file them: when, for what, by which handset, from where.

Whatever is planted changes times or persons of some
rows first, has ``file`` draw their values like everybody's, and then changes what the scheme needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import places, shops, words
from .circles import weighted_pick
from .people import DAYS, FIRST_DAY
from .rows import Applications

if TYPE_CHECKING:
    from .world import World

PRODUCTS = ("现金贷", "循环额度", "3C分期", "电商分期", "车贷", "装修分期", "美容教育分期", "农户贷")
CASH, REVOLVING, GOODS, WEB, CAR, DECOR, LESSONS, FARM = range(8)
_SHARE = np.array([0.38, 0.22, 0.15, 0.08, 0.05, 0.04, 0.04, 0.04])
MEDIAN = np.array([12_000, 8_000, 5_000, 3_000, 70_000, 60_000, 15_000, 40_000])
BASE_RISK = np.array([0.070, 0.055, 0.045, 0.040, 0.030, 0.025, 0.060, 0.030])
"""How many loans of a product go bad, everything else being average."""
TERMS = ((3, 6, 12), (12, 24), (6, 12), (3, 6), (24, 36), (24, 36), (12, 18), (12,))
_AT_SHOP = {GOODS: shops.DIGITAL, CAR: shops.CARS, DECOR: shops.DECORATION, LESSONS: shops.BEAUTY, WEB: shops.ONLINE}
_HOURS = np.array(
    [
        1.2,
        0.8,
        0.5,
        0.3,
        0.2,
        0.3,
        0.7,
        1.4,
        2.6,
        4.4,
        5.6,
        5.4,
        4.6,
        4.4,
        5.2,
        5.2,
        5.0,
        4.4,
        4.0,
        4.6,
        5.2,
        5.0,
        4.0,
        2.6,
    ]
)
_NEW_YEAR = (
    (np.datetime64("2025-01-26"), np.datetime64("2025-02-06")),
    (np.datetime64("2026-02-14"), np.datetime64("2026-02-25")),
)


def moments(random: np.random.Generator, count: int, first: int = 0, last: int = DAYS - 1) -> np.ndarray:
    """Seconds of the book at which people apply, between two days: seasons, weekdays, hours, a growing business."""
    days = FIRST_DAY + np.arange(first, last + 1)
    weekday = (days.astype(np.int64) + 3) % 7
    weight = 1 + 0.5 * np.arange(first, last + 1) / DAYS
    weight = weight * np.where(weekday >= 5, 0.75, 1.0)
    for begins, ends in _NEW_YEAR:
        weight[(days >= begins) & (days <= ends)] *= 0.3
        weight[(days >= begins - 14) & (days < begins)] *= 1.25
    month = (days.astype("datetime64[M]").astype(np.int64) % 12) + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    weight[(month == 6) & (day >= 12) & (day <= 19)] *= 1.8
    weight[(month == 11) & (day >= 8) & (day <= 12)] *= 2.2
    chosen = first + random.choice(len(days), count, p=weight / weight.sum())
    hour = random.choice(24, count, p=_HOURS / _HOURS.sum())
    return chosen * 86_400 + hour * 3600 + random.integers(0, 3600, count)


def first_round(random: np.random.Generator, who: np.ndarray) -> Applications:
    """Who applies when: once and a half on average, up to four times."""
    times = np.minimum(1 + random.poisson(0.5, len(who)), 4)
    person = np.repeat(who, times)
    applications = Applications(0, len(person) + len(who) // 4 + 3000)
    applications.add(person, moments(random, len(person)))
    return applications


def file(world: World, random: np.random.Generator, rows: np.ndarray, products: tuple[int, ...] = ()) -> None:
    """Draw what an honest person states and shows at the time of each row.

    Parameters
    ----------
    products : only these; by default any
    """
    a, people = world.applications, world.people
    person = a.person[rows]
    city = people.city[person]
    share = _SHARE[None, :] * np.ones((len(rows), 1))
    share[~people.rural[people.household[person]], FARM] = 0
    share[people.rural[people.household[person]], FARM] *= 4
    if products:
        share[:, np.setdiff1d(np.arange(len(PRODUCTS)), products)] = 0
        share[:, products] += 1e-9
    product = (share.cumsum(1) / share.sum(1)[:, None] < random.random((len(rows), 1))).sum(1)
    merchant = np.full(len(rows), -1)
    for kind, category in _AT_SHOP.items():
        here = np.flatnonzero(product == kind)
        merchant[here] = _shop(world, random, category, city[here])
    product[np.isin(product, list(_AT_SHOP)) & (merchant < 0)] = CASH
    a.product[rows], a.merchant[rows] = product, merchant
    _price(a, random, rows, product)
    _brought_by(world, random, rows, city)
    _from_where(world, random, rows)


def _shop(world: World, random: np.random.Generator, category: int, city: np.ndarray) -> np.ndarray:
    kind = world.merchants.category
    of_kind = np.flatnonzero(kind == category)
    group = np.zeros(len(of_kind), np.int64) if category == shops.ONLINE else world.merchants.city[of_kind]
    wanted = np.zeros(len(city), np.int64) if category == shops.ONLINE else city
    found = weighted_pick(random, group, world.merchants.weight[of_kind], wanted)
    return np.where(found >= 0, of_kind[found], -1)


def _price(a: Applications, random: np.random.Generator, rows: np.ndarray, product: np.ndarray) -> None:
    amount = MEDIAN[product] * np.exp(random.normal(0, 0.55, len(rows)))
    a.amount[rows] = np.maximum(np.round(amount / 100) * 100, 500)
    a.limit[rows] = np.ceil(a.amount[rows] * random.choice([1.0, 1.2, 1.5, 2.0], len(rows)) / 1000) * 1000
    terms = np.array([[choices[at % len(choices)] for at in range(6)] for choices in TERMS])
    a.term[rows] = terms[product, random.integers(0, 6, len(rows))]


def _brought_by(world: World, random: np.random.Generator, rows: np.ndarray, city: np.ndarray) -> None:
    a, product = world.applications, world.applications.product[rows]
    online = np.isin(product, (CASH, REVOLVING, WEB)) & (random.random(len(rows)) < 0.85)
    platforms = len(words.PLATFORMS)
    rank = (random.pareto(0.9, len(rows)) * 1.5).astype(np.int64) % platforms
    salesperson = weighted_pick(random, world.salespeople.city, world.salespeople.weight, city)
    salesperson[online | (product == WEB)] = -1
    dealer = platforms + np.where(salesperson >= 0, world.salespeople.channel[salesperson], city)
    a.salesperson[rows] = salesperson
    a.channel[rows] = np.where(online, rank, dealer)


def _from_where(world: World, random: np.random.Generator, rows: np.ndarray) -> None:
    a, people, merchants = world.applications, world.people, world.merchants
    person, time, merchant = a.person[rows], a.time[rows], a.merchant[rows]
    count = len(rows)
    city = people.city[person]
    place = people.household[person].copy()
    chance = random.random(count)
    at_work = (chance > 0.52) & (chance < 0.74) & (people.employer[person] >= 0)
    place[at_work] = world.addresses.work + people.employer[person[at_work]]
    at_friends = (chance > 0.74) & (chance < 0.76)
    friend = people.friends.mates(random, person[at_friends])
    place[at_friends] = np.where(friend >= 0, people.household[friend], place[at_friends])
    mall = weighted_pick(random, world.malls_city, np.ones(len(world.malls_city)), city)
    in_mall = (chance > 0.76) & (chance < 0.80) & (mall >= 0)
    place[in_mall] = world.malls[mall[in_mall]]
    in_shop = (merchant >= 0) & (a.product[rows] != WEB) & (random.random(count) < 0.9)
    place[in_shop] = merchants.network[merchant[in_shop]]
    on_move = (chance > 0.80) & ~in_shop
    connected = ~on_move & (random.random(count) < np.where(in_shop, 0.75, 0.8))
    a.ip[rows] = np.where(
        connected,
        world.networks.ip(random, place, time),
        world.networks.mobile(random, person, city, time),
    )
    seen = (connected | (~on_move & (random.random(count) < 0.15))) & (random.random(count) < 0.7)
    a.wifi[rows] = np.where(seen, place, -1)
    handset = world.handsets.of(person, time)
    lent = np.flatnonzero(random.random(count) < 0.02)
    mate = np.where(
        random.random(len(lent)) < 0.7,
        people.homes.mates(random, person[lent]),
        people.friends.mates(random, person[lent]),
    )
    handset[lent] = np.where(mate >= 0, world.handsets.of(np.maximum(mate, 0), time[lent]), handset[lent])
    tablet = np.where(merchant >= 0, merchants.tablet[merchant], -1)
    on_tablet = in_shop & (tablet >= 0) & (random.random(count) < 0.8)
    a.device[rows] = world.handsets.device(np.where(on_tablet, tablet, handset), time)
    _gps(world, random, rows, place, on_move, city)


def _gps(
    world: World,
    random: np.random.Generator,
    rows: np.ndarray,
    place: np.ndarray,
    on_move: np.ndarray,
    city: np.ndarray,
) -> None:
    a, networks = world.applications, world.networks
    lat = networks.lat[place] + random.normal(0, 0.0004, len(rows))
    lon = networks.lon[place] + random.normal(0, 0.0004, len(rows))
    astray = random.random(len(rows)) < 0.004
    out_lat, out_lon = places.scatter(random, np.where(astray, random.integers(0, places.COUNT, len(rows)), city), 0.05)
    on_move = on_move | astray
    hidden = random.random(len(rows)) < 0.25
    a.lat[rows] = np.where(hidden, np.nan, np.where(on_move, out_lat, lat))
    a.lon[rows] = np.where(hidden, np.nan, np.where(on_move, out_lon, lon))
