"""Intermediaries: one person or office behind many borrowers who have nothing else to do with each other.

What ties the clients is the broker's handset, phone, office, account, the jobs invented for them, or the salesperson
who works with the broker; each client brings a family, a job and a home of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import moments
from .people import DAYS
from .rings import stage
from .settings import Setting, plan
from .shares import Cast, Share, hand_out
from .world import gather, start_day

if TYPE_CHECKING:
    from .world import World

APPLICANTS_PER_BROKER = 4000
_SPREAD = {"easy": (4, 15), "medium": (25, 60), "camouflaged": (90, 200)}
_BAD = {"easy": 0.45, "medium": 0.35, "camouflaged": 0.28}
_TOUCHED = {"easy": 1.0, "medium": 0.85, "camouflaged": 0.65}
"""How many of the clients each of the broker's means is used for."""
SHAPES = {
    "broker_handset": ("handset",),
    "broker_office": ("network", "handset"),
    "broker_phone": ("contact",),
    "broker_account": ("repay",),
    "invented_jobs": ("jobs",),
    "bent_salesperson": ("salesperson",),
    "salesperson_and_jobs": ("salesperson", "jobs"),
}
"""What each shape of intermediary works through."""


def plant_brokers(world: World, random: np.random.Generator, setting: Setting) -> None:
    """One intermediary for every 4,000 applicants in the usual setting."""
    for difficulty in plan(random, setting, world.applicants, APPLICANTS_PER_BROKER):
        shape = list(SHAPES)[random.integers(0, len(SHAPES))]
        most = max(min(60, world.applicants // 40), 13)
        plant_broker(world, random, difficulty, shape, int(random.integers(12, most)))


def plant_broker(
    world: World, random: np.random.Generator, difficulty: str, shape: str, count: int, days: int | None = None
) -> None:
    """One intermediary with so many clients, who come within ``days`` or as many as is usual."""
    persons = gather(world, random, count)
    clients = [("applicant", int(one), "client") for one in persons]
    scheme = world.truth.plant("intermediary", shape, difficulty, clients)
    spread = int(random.integers(*_SPREAD[difficulty])) if days is None else days
    first = start_day(random, spread)
    times = np.sort(moments(random, count, first, min(first + spread, DAYS - 2)))
    rows = stage(world, random, persons, times, scheme)
    world.applications.bad[rows] = _BAD[difficulty]
    hurried = days is not None
    careful = difficulty == "camouflaged" and not hurried
    cast = Cast(persons, rows, int(world.people.city[persons[0]]), careful, [])
    for means in SHAPES[shape]:
        touched = np.flatnonzero(random.random(count) < (1.0 if hurried else _TOUCHED[difficulty]))
        if means == "jobs":
            _invent_jobs(world, random, cast, touched)
        elif means == "salesperson":
            seller = _salesperson(world, random, cast.city)
            world.bent_salespeople.append(seller)
            world.applications.salesperson[rows] = seller
            world.applications.channel[rows] = 18 + world.salespeople.channel[seller]
        else:
            hand_out(world, random, cast, [Share(means, touched)])


def _salesperson(world: World, random: np.random.Generator, city: int) -> int:
    """One of the city's, who has honest clients too."""
    here = np.flatnonzero(world.salespeople.city == city)
    return int(random.choice(here if len(here) else np.arange(len(world.salespeople.city))))


def _invent_jobs(world: World, random: np.random.Generator, cast: Cast, touched: np.ndarray) -> None:
    """Jobs after one template: firms named alike up to a suffix, each client with a phone of the firm of its own, one
    after the other."""
    persons = cast.persons[touched]
    count = len(persons)
    firms = world.employers.reserve.take(max(count // 4, 2))
    world.employers.city[firms] = cast.city
    world.employers.head[firms] = world.employers.head[firms[0]]
    world.employers.trade[firms[1:]] = (world.employers.trade[firms[0]] + np.arange(1, len(firms))) % 18
    world.employer[persons] = firms[random.integers(0, len(firms), count)]
    if random.random() < 0.6:
        start = int(random.integers(3_000_0000, 8_900_0000))
        world.work_phone[persons] = world.phones.new_landlines(np.full(count, cast.city), start)
    else:
        world.work_phone[persons] = world.phones.new_batch(count)
    world.workplace[persons] = -1
