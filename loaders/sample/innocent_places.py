"""Honest people who share a place: students, villagers, workers in a dormitory, a factory, an office, a collective
household registration, a flat, an internet café."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import places
from .applications import CASH, FARM, REVOLVING, file, moments
from .clusters import acquaint
from .contacts import CODE
from .networks import FIXED
from .people import DAYS
from .shares import use_network
from .world import start_day

if TYPE_CHECKING:
    from .world import World


def spare_places(world: World, random: np.random.Generator) -> None:
    """Every kind of place, each as often as ``KINDS`` says; none takes more than one applicant in twenty-five."""
    for kind, (per, size) in KINDS.items():
        for _ in range(max(round(world.applicants / per), 1)):
            count = int(random.integers(size[0], size[1] + 1))
            city = int(random.choice(places.COUNT, p=places.WEIGHT))
            persons = world.crowd.take(world.free, max(min(count, world.applicants // 25), 4), city)
            _MADE[kind](world, random, persons, city)
            world.truth.spare(kind, persons.tolist())


def _network(world: World, random: np.random.Generator, city: int, style: int = FIXED) -> int:
    lat, lon = places.scatter(random, np.array([city]), 0.05)
    return world.networks.new(float(lat[0]), float(lon[0]), city, style)


def _address(world: World, city: int, office: bool = True) -> int:
    address = int(world.addresses.reserve.take()[0])
    world.addresses.city[address], world.addresses.office[address] = city, office
    return address


def _firm(
    world: World, random: np.random.Generator, persons: np.ndarray, city: int, stated: float, phone: float
) -> int:
    """A firm that all of them work for, that most of them name; its phone, and how many name it as a contact."""
    firm = int(world.employers.reserve.take()[0])
    world.employers.city[firm] = city
    names = persons[random.random(len(persons)) < stated]
    world.employer[names] = firm
    if random.random() < 0.7:
        line = int(world.phones.new_landlines(np.array([city]))[0])
    else:
        line = int(world.phones.reserve.take()[0])
    world.work_phone[names] = np.where(random.random(len(names)) < 0.8, line, -1)
    world.workplace[names] = _address(world, city)
    callers = persons[random.random(len(persons)) < phone]
    world.contacts.add(
        callers, np.full(len(callers), line), np.full(len(callers), -1), np.full(len(callers), CODE["单位"])
    )
    return firm


def _rows(world: World, random: np.random.Generator, persons: np.ndarray, share: float) -> np.ndarray:
    """An application of each of so many of them."""
    some = persons[random.random(len(persons)) < share]
    return np.array([random.choice(world.rows_of(one)) for one in some.tolist()], dtype=np.int64)


def _together(world: World, random: np.random.Generator, rows: np.ndarray, share: float, days: int) -> None:
    """Part of the applications fall into so many days."""
    first = start_day(random, days)
    moved = rows[random.random(len(rows)) < share]
    world.applications.time[moved] = moments(random, len(moved), first, min(first + days, DAYS - 2))
    file(world, random, moved, (CASH, REVOLVING))


def _campus(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    world.people.birth[persons] = np.datetime64("2002-01-01") + random.integers(0, 1500, len(persons))
    school = int(world.employers.reserve.take()[0])
    kind = str(random.choice(["职业技术学院", "理工学院", "师范学院", "财经学院"]))
    world.employers.named[school] = places.NAME[city].removesuffix("市") + kind
    world.employer[persons] = np.where(random.random(len(persons)) < 0.5, school, -1)
    world.work_phone[persons], world.workplace[persons] = -1, -1
    rows = _rows(world, random, persons, 0.85)
    _together(world, random, rows, 0.35, 25)
    gate = _network(world, random, city)
    a = world.applications
    rooms = [_network(world, random, city) for _ in range(len(persons) // 5 + 1)]
    for room in rooms:
        world.networks.lat[room] = world.networks.lat[gate] + random.normal(0, 0.0008)
        world.networks.lon[room] = world.networks.lon[gate] + random.normal(0, 0.0008)
    at = np.searchsorted(np.sort(persons), a.person[rows]) // 5
    for room in np.unique(at).tolist():
        use_network(world, random, rooms[room], rows[at == room])
    a.ip[rows] = world.networks.ip(random, np.full(len(rows), gate), a.time[rows])
    halls = np.array([_address(world, city) for _ in range(4)])
    lives = persons[random.random(len(persons)) < 0.6]
    world.home[lives] = halls[random.integers(0, 4, len(lives))]
    for group in np.array_split(persons, max(len(persons) // 30, 1)):
        acquaint(world, random, group, 2, ("同学", "同学", "朋友"))


def _village(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    homes = np.array([_address(world, city, office=False) for _ in range(2)])
    world.addresses.rural[homes], world.addresses.exact[homes] = True, False
    world.home[persons] = homes[random.integers(0, 2, len(persons))]
    clan = world.people.surname[persons[0]]
    world.people.surname[persons] = np.where(random.random(len(persons)) < 0.5, clan, world.people.surname[persons])
    here = np.flatnonzero(world.salespeople.city == city)
    seller = int(random.choice(here)) if len(here) else 0
    a, rows = world.applications, _rows(world, random, persons, 0.8)
    a.product[rows] = np.where(random.random(len(rows)) < 0.7, FARM, a.product[rows])
    a.merchant[rows] = np.where(a.product[rows] == FARM, -1, a.merchant[rows])
    a.salesperson[rows] = seller
    a.channel[rows] = 18 + world.salespeople.channel[seller]
    lat, lon = places.scatter(random, np.array([city]), 0.15)
    a.lat[rows] = np.where(np.isnan(a.lat[rows]), np.nan, lat[0] + random.normal(0, 0.003, len(rows)))
    a.lon[rows] = np.where(np.isnan(a.lat[rows]), np.nan, lon[0] + random.normal(0, 0.003, len(rows)))
    acquaint(world, random, persons, 2, ("老乡", "邻居", "亲属", "朋友"))


def _dormitory(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    _firm(world, random, persons, city, 0.6, 0.15)
    rows = _rows(world, random, persons, 0.9)
    _together(world, random, rows, 0.4, 40)
    use_network(world, random, _network(world, random, city), rows, seen=0.8)
    lives = persons[random.random(len(persons)) < 0.5]
    world.home[lives] = _address(world, city)
    acquaint(world, random, persons, 2, ("同事", "老乡", "朋友"))


def _factory(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    _firm(world, random, persons, city, 0.8, 0.35)
    lines = world.phones.new_landlines(np.full(6, city), int(random.integers(3_000_0000, 8_900_0000)))
    of_department = persons[(world.work_phone[persons] >= 0) & (random.random(len(persons)) < 0.3)]
    world.work_phone[of_department] = lines[random.integers(0, 6, len(of_department))]
    rows = _rows(world, random, persons, 0.6)
    use_network(world, random, _network(world, random, city), rows, seen=0.5)
    for group in np.array_split(persons, max(len(persons) // 20, 1)):
        acquaint(world, random, group, 2, ("同事", "同事", "朋友", "师傅"))


def _workplace(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    _firm(world, random, persons, city, 0.55, 0.2)
    if random.random() < 0.3:
        with_phone = persons[random.random(len(persons)) < 0.6]
        world.mobile[with_phone] = world.phones.new_batch(len(with_phone)) if len(with_phone) else with_phone
    rows = _rows(world, random, persons, 0.75)
    _together(world, random, rows, 0.5, 20)
    use_network(world, random, _network(world, random, city), rows, seen=0.8)
    acquaint(world, random, persons, 2, ("同事", "同事", "领导", "朋友"))


def _collective(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    world.home[persons] = _address(world, city)


def _flat(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    home = int(world.people.household[persons[0]])
    world.home[persons] = np.where(random.random(len(persons)) < 0.8, home, world.home[persons])
    use_network(world, random, home, _rows(world, random, persons, 0.8))
    if random.random() < 0.5:
        acquaint(world, random, persons, 1, ("朋友", "同事"))


def _cafe(world: World, random: np.random.Generator, persons: np.ndarray, city: int) -> None:
    rows = _rows(world, random, persons, 1.0)
    use_network(world, random, _network(world, random, city), rows, seen=0.4)
    seats = world.handsets.reserve.take(3)
    a = world.applications
    a.device[rows] = world.handsets.device(seats[random.integers(0, 3, len(rows))], a.time[rows])


KINDS = {
    "campus": (10_000, (350, 420)),
    "village": (4000, (30, 80)),
    "dormitory": (4000, (20, 60)),
    "factory": (5000, (60, 150)),
    "workplace": (2500, (10, 40)),
    "collective_household": (10_000, (150, 320)),
    "flatmates": (900, (4, 6)),
    "internet_cafe": (4000, (6, 15)),
}
"""By kind of place: one for so many applicants, and how many share it."""
_MADE = {
    "campus": _campus, "village": _village, "dormitory": _dormitory, "factory": _factory, "workplace": _workplace,
    "collective_household": _collective, "flatmates": _flat, "internet_cafe": _cafe,
}  # fmt: skip
