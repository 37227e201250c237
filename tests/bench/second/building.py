"""A town is built: carriers, employers, shops, schools and dormitories, then families, circles and work."""

from __future__ import annotations

from random import Random

from .families import make_circles, make_families
from .numbers import GIVEN, Numbers
from .town import BRANDS, TRADES, WARES, Employer, Home, Shop, Town


def build_town(rng: Random, adults: int) -> Town:
    """A town of about so many adults."""
    town = Town(rng, Numbers(rng))
    town.carriers = [town.numbers.public_ip() for _ in range(12)]
    town.leases = [town.numbers.public_ip() for _ in range(adults // 2)]
    town.cafes = [town.premises(f"{town.street()}网咖") for _ in range(max(2, adults // 6000))]
    make_employers(town, adults)
    make_shops(town, max(6, adults // 400))
    make_schools(town, adults)
    make_dormitories(town, adults)
    make_families(town, adults)
    make_circles(town)
    give_work(town)
    return town


def company_name(town: Town) -> str:
    pick = town.rng.choice
    return town.numbers.fresh(lambda: f"杭州{pick(BRANDS)}{pick(GIVEN)}{pick(GIVEN)}{pick(TRADES)}有限公司")


def make_employers(town: Town, adults: int) -> None:
    """Sizes follow Zipf's law; the size is the weight by which people find work there."""
    for number in range(max(20, adults // 14)):
        kind = "factory" if number % 8 == 2 and number < 60 else "office"
        name = company_name(town)
        key = town.numbers.key("E")
        one = Employer(key, name, town.account(key, "company"), kind)
        one.phone = town.numbers.mobile() if town.rng.random() < 0.3 else town.numbers.landline()
        branches = 1 + int(40 / (number + 8))
        one.branches = [town.premises(f"{town.street()}{town.rng.randint(1, 9)}号楼") for _ in range(branches)]
        one.repays = town.rng.random() < 0.04
        town.employers.append(one)
    town.employers[3].repays = True


def make_shops(town: Town, count: int) -> None:
    for number in range(count):
        ware = list(WARES)[number % len(WARES)]
        place = town.premises(f"{town.street()}商铺")
        key = town.numbers.key("M", 7)
        size = town.rng.paretovariate(1.1)
        tablets = [town.handset("平板") for _ in range(1 + int(min(size, 6) // 2))]
        sellers = [town.numbers.key("XS", 5) for _ in range(1 + int(min(size, 8) // 2))]
        name = f"{town.rng.choice(BRANDS)}{town.rng.choice(BRANDS)}{ware}店"
        account = town.account(key, "merchant")
        town.shops.append(Shop(key, name, ware, place, account, tablets, sellers, size, town.numbers.mobile()))


def make_schools(town: Town, adults: int) -> None:
    """Students live eight to a room in numbered buildings and know those of their class."""
    for number in range(max(1, adults // 20000)):
        name = f"杭州{('理工', '商贸', '师范', '信息')[number % 4]}职业学院"
        campus = town.premises(f"杭州市西湖区学院路{600 + number * 20}号{name}")
        campus.ips = [town.numbers.public_ip() for _ in range(3)]
        students = []
        for building in range(1, 5):
            home = Home(f"{campus.address}{building}号宿舍楼", campus.lat, campus.lon, "", campus.ips, "dormitory")
            home.wifi = town.numbers.base_station()
            town.homes.append(home)
            for _ in range(max(6, min(adults, 20000) // 260)):
                one = town.person(home, town.rng.randint(2002, 2006), town.rng.random() < 0.5, local=False)
                one.student = True
                students.append(one)
        town.schools.append((name, campus, students))


def make_dormitories(town: Town, adults: int) -> None:
    """Factories house workers from elsewhere; half of them are registered as one collective household."""
    for employer in [one for one in town.employers if one.kind == "factory"][: max(1, adults // 12000)]:
        site = employer.branches[0]
        home = Home(f"{site.address}员工宿舍", site.lat, site.lon, site.wifi, site.ips, "dormitory")
        town.homes.append(home)
        for _ in range(max(40, min(adults, 12000) // 60)):
            one = town.person(home, town.rng.randint(1975, 2004), town.rng.random() < 0.6, local=False)
            one.job, one.branch = employer, site
            one.registered = f"{employer.name}集体户" if town.rng.random() < 0.3 else ""
            employer.people.append(one)


def give_work(town: Town) -> None:
    weights = [1 / (place + 4) ** 0.8 for place in range(len(town.employers))]
    for one in town.people:
        idle = one.job or one.student or one.born < 1965 or town.rng.random() < (0.6 if one.home.village else 0.25)
        if idle:
            continue
        one.job = town.rng.choices(town.employers, weights)[0]
        one.branch = town.rng.choice(one.job.branches)
        one.job.people.append(one)
