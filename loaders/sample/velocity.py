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
_PEOPLE = 5


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
    """One handset for five or more people within a day or two, who share nothing else: a broker's work."""
    plant_broker(
        world, random, difficulty, "broker_handset", {"easy": 9, "medium": 7, "camouflaged": 5}[difficulty], days=1
    )


def name_busy_handsets(world: World) -> None:
    """List, as what they are too, the schemes that filed for five or more people on one handset within two days."""
    a, handsets = world.applications, world.handsets
    rows = np.flatnonzero(a.scheme[: a.count] >= 0)
    handset = handsets.handset_of(a.device[rows])
    # where a handset hides its number, each installation looks like a handset of its own
    seen = np.where(handsets.imei_hidden[handset], a.device[rows], -1 - handset)
    order = np.lexsort((a.time[rows], seen, a.scheme[rows]))
    rows, seen, handset = rows[order], seen[order], handset[order]
    starts = np.flatnonzero(np.diff(np.stack([a.scheme[rows], seen]), prepend=-1).any(axis=0))
    for part in np.split(np.arange(len(rows)), starts[1:]):
        if len(part) < _PEOPLE or np.isin(handset[part[0]], world.merchants.tablet):
            continue
        busy = [
            one for at in range(len(part)) for one in _within_two_days(a.time[rows[part]], a.person[rows[part]], at)
        ]
        mine = rows[part[sorted(set(busy))]]
        if len(mine):
            scheme = world.truth.planted[a.scheme[mine[0]]]
            members = [("applicant", one, "member") for one in np.unique(a.person[mine]).tolist()]
            number = world.truth.plant("velocity", "one_handset_many_people", scheme.difficulty, members)
            world.truth.rows[number] = mine


def _within_two_days(time: np.ndarray, person: np.ndarray, first: int) -> list[int]:
    """Positions from ``first`` on that lie within two days of it, where they are of five or more people."""
    last = int(np.searchsorted(time, time[first] + 2 * 86_400, "right"))
    return list(range(first, last)) if len(np.unique(person[first:last])) >= _PEOPLE else []


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
