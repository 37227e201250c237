"""Speed and place: too many applications in a few days, one handset for many people, a new card that draws twice, a
shop's customer who is far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import CASH, GOODS, REVOLVING, file
from .brokers import plant_broker
from .rings import stage
from .settings import Setting, plan
from .shops import DIGITAL
from .world import gather, start_day

if TYPE_CHECKING:
    from .world import World

APPLICANTS_PER_CASE = 1000


def plant_velocity(world: World, random: np.random.Generator, setting: Setting) -> None:
    """One case for every 1,000 applicants in the usual setting, of each shape in turn."""
    turn = int(random.integers(0, len(SHAPES)))
    for number, difficulty in enumerate(plan(random, setting, world.applicants, APPLICANTS_PER_CASE)):
        list(SHAPES.values())[(turn + number) % len(SHAPES)](world, random, difficulty)


def _one(world: World, random: np.random.Generator, shape: str, difficulty: str) -> tuple[np.ndarray, int]:
    person = gather(world, random, 1)
    return person, world.truth.plant("velocity", shape, difficulty, [("applicant", int(person[0]), "member")])


def _many_applications(world: World, random: np.random.Generator, difficulty: str) -> None:
    person, scheme = _one(world, random, "five_in_five_days", difficulty)
    count = {"easy": 8, "medium": 6, "camouflaged": 5}[difficulty]
    start = start_day(random, 8) * 86_400
    times = np.sort(start + random.integers(0, int(4.5 * 86_400), count))
    a = world.applications
    rows = a.add(np.repeat(person, count), times)
    a.scheme[rows] = scheme
    file(world, random, rows, (CASH, REVOLVING))
    a.bad[rows] = 0.3


def _one_handset(world: World, random: np.random.Generator, difficulty: str) -> None:
    """One handset for five or more people within two days, who share nothing else: a broker's work too."""
    count = {"easy": 9, "medium": 7, "camouflaged": 5}[difficulty]
    clients = plant_broker(world, random, "easy", "broker_handset", count, days=1)
    members = [("applicant", int(one), "member") for one in clients]
    velocity = world.truth.plant("velocity", "one_handset_many_people", difficulty, members)
    world.truth.same_rows[velocity] = velocity - 1


def _new_card(world: World, random: np.random.Generator, difficulty: str) -> None:
    person, scheme = _one(world, random, "new_card_two_loans", difficulty)
    count = 3 if difficulty == "easy" else 2
    day = start_day(random, 4)
    a = world.applications
    rows = a.add(np.repeat(person, count), day * 86_400 + 30_000 + np.sort(random.integers(0, 30_000, count)))
    a.scheme[rows] = scheme
    file(world, random, rows, (CASH, REVOLVING))
    a.approve[rows], a.delay[rows], a.bad[rows] = 1, random.integers(400, 9_000, count), 0.5
    a.pay_to[rows] = world.accounts.new("applicant", int(person[0]), opened=day)


def _far_from_the_shop(world: World, random: np.random.Generator, difficulty: str) -> None:
    person, scheme = _one(world, random, "far_from_the_shop", difficulty)
    shops = np.flatnonzero(world.merchants.category == DIGITAL)
    away = shops[world.merchants.city[shops] != world.people.city[person[0]]]
    shop = int(random.choice(away if len(away) else shops))
    a = world.applications
    row = stage(world, random, person, np.array([start_day(random, 3) * 86_400 + 50_000]), scheme, (CASH,))
    home = int(world.people.household[person[0]])
    a.product[row], a.merchant[row] = GOODS, shop
    a.lat[row] = world.networks.lat[home] + random.normal(0, 0.0003)
    a.lon[row] = world.networks.lon[home] + random.normal(0, 0.0003)
    a.bad[row] = 0.5


SHAPES = {
    "five_in_five_days": _many_applications,
    "one_handset_many_people": _one_handset,
    "new_card_two_loans": _new_card,
    "far_from_the_shop": _far_from_the_shop,
}
"""Shapes of cases by name."""
