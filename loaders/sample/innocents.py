"""Honest people who look like fraud for a while: by a recycled number, a second-hand handset, impatience, several
lenders, a new card, savings well placed, a day of bargains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import CASH, GOODS, REVOLVING, WEB, file, moments
from .people import DAYS
from .world import gather, start_day

if TYPE_CHECKING:
    from .ledger import Ledger
    from .world import World


def spare_people(world: World, random: np.random.Generator) -> None:
    """All of them, each as often as ``KINDS`` says."""
    for kind, per in KINDS.items():
        for _ in range(max(round(world.applicants / per), 1)):
            persons = _MADE[kind](world, random)
            if len(persons):
                world.truth.spare(kind, persons.tolist())


def _early_and_late(world: World, random: np.random.Generator) -> np.ndarray:
    """Two strangers: the first applies in the book's first months, the second half a year later or more."""
    pair = gather(world, random, 2)
    for one, (first, last) in zip(pair.tolist(), ((5, 200), (400, DAYS - 5)), strict=True):
        rows = world.rows_of(one)
        world.applications.time[rows] = moments(random, len(rows), first, last)
        file(world, random, rows)
    return pair


def _recycled(world: World, random: np.random.Generator) -> np.ndarray:
    pair = _early_and_late(world, random)
    world.mobile[pair[1]] = world.mobile[pair[0]]
    return pair


def _second_hand(world: World, random: np.random.Generator) -> np.ndarray:
    pair = _early_and_late(world, random)
    rows = world.rows_of(int(pair[1]))
    handset = int(world.handsets.of(pair[:1], np.array([0]))[0])
    world.applications.device[rows] = world.handsets.reset(handset)
    return pair


def _impatient(world: World, random: np.random.Generator) -> np.ndarray:
    """Three or four applications within days: refused here, tried there."""
    person = gather(world, random, 1)
    count = int(random.integers(2, 4))
    a = world.applications
    first = a.time[world.rows_of(int(person[0]))[0]]
    rows = a.add(np.repeat(person, count), np.minimum(first + np.arange(1, count + 1) * 80_000, (DAYS - 1) * 86_400))
    file(world, random, rows, (CASH, REVOLVING))
    a.approve[rows[:-1]] = 0
    return person


def _consolidator(world: World, random: np.random.Generator) -> np.ndarray:
    """Several loans over months; the last one pays the others off."""
    person = gather(world, random, 1)
    a = world.applications
    start = start_day(random, 300)
    rows = a.add(
        np.repeat(person, 3), (start + np.array([0, 90, 200])) * 86_400 + 40_000 + random.integers(0, 30_000, 3)
    )
    file(world, random, rows, (CASH, REVOLVING))
    a.approve[rows] = 1
    a.amount[rows[2]] = a.amount[rows].sum()
    a.limit[rows[2]] = a.amount[rows[2]]
    return person


def _new_card(world: World, random: np.random.Generator) -> np.ndarray:
    """A card opened for a new job, and one loan paid to it that day."""
    person = gather(world, random, 1)
    a, row = world.applications, world.rows_of(int(person[0]))[:1]
    day = int(a.time[row[0]] // 86_400)
    a.pay_to[row] = world.accounts.new("applicant", int(person[0]), opened=day)
    return person


def _saver(world: World, random: np.random.Generator) -> np.ndarray:
    """Wages put into securities by somebody who has borrowed nothing."""
    person = gather(world, random, 1)
    a = world.applications
    a.approve[world.rows_of(int(person[0]))] = 0
    wages = world.accounts.new("", -1)
    goal = int(random.choice(world.restricted))
    first = start_day(random, 130)

    def save(ledger: Ledger) -> None:
        for month in range(4):
            time = (first + 30 * month) * 86_400 + 40_000
            ledger.pay(wages, int(person[0]), 12_000, time, "payroll", "工资")
            ledger.pay(int(person[0]), goal, 8_000, time + 90_000, purpose="证券转入")

    world.after_lending.append(save)
    return person


def _bargain(world: World, random: np.random.Generator) -> np.ndarray:
    """A day of bargains: many customers of one shop within two days, near their limits, all goods delivered."""
    merchants = world.merchants
    able = np.flatnonzero(np.isin(merchants.category, (0, 3)))
    shop = int(random.choice(able))
    product = WEB if merchants.category[shop] == 3 else GOODS
    persons = world.crowd.take(
        world.free, int(random.integers(12, max(14, min(40, world.applicants // 60)))), int(merchants.city[shop])
    )
    day = int(random.choice([167, 168, 314, 315, 532, 533]))
    a = world.applications
    rows = np.array([random.choice(world.rows_of(one)) for one in persons.tolist()], dtype=np.int64)
    a.time[rows] = day * 86_400 + random.integers(32_000, 2 * 86_400 - 4_000, len(rows))
    file(world, random, rows, (product,))
    a.product[rows], a.merchant[rows] = product, shop
    near = random.random(len(rows)) < 0.5
    a.amount[rows] = np.where(near, np.round(a.limit[rows] * 0.95 / 10) * 10, a.amount[rows])
    return persons


KINDS = {
    "recycled_number": 400,
    "second_hand_handset": 600,
    "impatient": 1000,
    "consolidator": 1500,
    "new_salary_card": 1000,
    "own_savings": 2000,
    "promotion_day": 4000,
}
"""By likeness: one for so many applicants."""
_MADE = {
    "recycled_number": _recycled, "second_hand_handset": _second_hand, "impatient": _impatient,
    "consolidator": _consolidator, "new_salary_card": _new_card, "own_savings": _saver, "promotion_day": _bargain,
}  # fmt: skip
