"""Dwellings with the families and flatmates in them, from the elders down, and whom people know."""

from __future__ import annotations

from random import Random

from .town import CENTRE, DISTRICTS, ESTATES, STREETS, Home, Person, Town


def new_home(town: Town, village: str, kind: str = "family") -> Home:
    """A dwelling. Those of one estate stand close together; half have a router."""
    number = len(town.homes)
    if village:
        lat, lon = (CENTRE[0] + 0.2 + int(village[-2]) * 0.02, CENTRE[1] - 0.2)
        home = Home(f"杭州市余杭区{village}{number}号", lat, lon, kind=kind, village=village)
        home.short_address = home.address
    else:
        estate = number // 120
        block = Random(estate)
        lat, lon = block.gauss(CENTRE[0], 0.06), block.gauss(CENTRE[1], 0.06)
        street = f"杭州市{block.choice(DISTRICTS)}{block.choice(STREETS)}{block.randint(1, 899)}号"
        home = Home("", lat, lon, kind=kind)
        home.short_address = f"{street}{block.choice(ESTATES)}{number % 120 // 24 + 1}幢"
        home.address = f"{home.short_address}{number % 24 // 2 + 1}0{number % 2 + 1}室"
    home.lat, home.lon = home.lat + town.rng.gauss(0, 0.0012), home.lon + town.rng.gauss(0, 0.0012)
    if town.rng.random() < 0.7:
        home.wifi = town.numbers.base_station()
        home.ips = [town.leases[(number * 7919 + quarter * 104729) % len(town.leases)] for quarter in range(8)]
    town.homes.append(home)
    return home


def make_families(town: Town, adults: int) -> None:
    leaving: list[Person] = []  # grown children who look for a home of their own
    villages = [f"{name}村{number}组" for number, name in enumerate(("王家", "李家桥", "沈塘", "石门", "陈坞"))]
    villages = villages[: max(2, min(5, adults // 8000))]
    while len(town.people) < adults:
        chance = town.rng.random()
        village = town.rng.choice(villages) if town.rng.random() < 0.1 else ""
        if chance < 0.35:
            leaving += elder_household(town, village)
        elif chance < 0.92:
            young_household(town, village, leaving)
        else:
            shared_flat(town)
    for one in leaving:
        if one.home is None:
            move_in(new_home(town, ""), one)


def surname_of(town: Town, village: str) -> str:
    """In a village most carry one of two surnames."""
    if not village or town.rng.random() < 0.2:
        return town.numbers.surname()
    return village[0] if town.rng.random() < 0.7 else "沈"


def elder_household(town: Town, village: str) -> list[Person]:
    """An elder couple with grown children; those who leave are returned and have no home yet."""
    home = new_home(town, village)
    born = town.rng.randint(1950, 1976)
    father = town.person(home, born, True, surname_of(town, village))
    mother = town.person(home, born + town.rng.randint(-2, 4), False)
    marry(father, mother)
    children = []
    for _ in range(town.rng.choice((1, 1, 2, 2, 3))):
        year = min(2005, mother.born + town.rng.randint(21, 32))
        child = town.person(home, year, town.rng.random() < 0.5, father.surname)
        for parent in (father, mother):
            child.kin.append(("父母", parent))
            parent.kin.append(("子女", child))
        for other in children:
            child.kin.append(("兄弟姐妹", other))
            other.kin.append(("兄弟姐妹", child))
        children.append(child)
    away = [child for child in children if town.rng.random() < 0.65]
    for child in away:
        home.people.remove(child)
        child.home = None
    return away


def marry(one: Person, other: Person) -> None:
    one.kin.append(("配偶", other))
    other.kin.append(("配偶", one))


def move_in(home: Home, one: Person) -> None:
    one.home = home
    home.people.append(one)


def young_household(town: Town, village: str, leaving: list[Person]) -> None:
    """One or two who founded a home: other families' children where there are any, newcomers else."""
    home = new_home(town, village)
    first = take(town, home, leaving, town.rng.random() < 0.5, village)
    if town.rng.random() < 0.72:
        marry(first, take(town, home, leaving, not first.male, village))


def take(town: Town, home: Home, leaving: list[Person], male: bool, village: str) -> Person:
    found = next((one for one in leaving if one.male == male and one.home is None), None)
    if found is None:
        local = bool(village) or town.rng.random() < 0.5
        return town.person(home, town.rng.randint(1975, 2003), male, surname_of(town, village), local)
    leaving.remove(found)
    move_in(home, found)
    return found


def shared_flat(town: Town) -> None:
    """Strangers from elsewhere who rent a flat together; some stand on the paper of the talent centre."""
    home = new_home(town, "", "flat")
    for _ in range(town.rng.randint(2, 5)):
        one = town.person(home, town.rng.randint(1990, 2003), town.rng.random() < 0.5, local=False)
        one.registered = "杭州市人才服务中心集体户" if town.rng.random() < 0.12 else ""


def make_circles(town: Town) -> None:
    """Whom people know: the clan of a village, a class, the neighbours, and a group of one's age."""
    groups: dict[tuple, list[Person]] = {}
    for place, one in enumerate(town.people):
        home = one.home
        if home.village:
            key, word, size = ("village", home.village), "老乡", 24
        elif one.student:
            key, word, size = ("class", home.address), "同学", 20
        else:
            key, word, size = ("age", one.born // 6, place * 7 // 3000), "朋友", 14
        one.circle_word = word
        waiting = groups.setdefault(key, [])
        waiting.append(one)
        one.circle = waiting
        if len(waiting) >= size:
            groups[key] = []
