"""Fund flows: loan money that passes through others' accounts to where it must not go, or back to the borrower."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import CASH, DECOR, moments
from .people import DAYS
from .rings import stage
from .settings import Setting, plan
from .world import gather, start_day

if TYPE_CHECKING:
    from .ledger import Ledger
    from .world import World

APPLICANTS_PER_FLOW = 2000
_HOPS = {"easy": (1, 2), "medium": (2, 4), "camouflaged": (3, 5)}
_WAIT = {"easy": 7_200, "medium": 50_000, "camouflaged": 200_000}
SHAPES = ("to_restricted", "back_to_borrower", "collected_then_restricted", "split_and_restricted")


def plant_flows(world: World, random: np.random.Generator, setting: Setting) -> None:
    """One flow for every 2,000 applicants in the usual setting."""
    for difficulty in plan(random, setting, world.applicants, APPLICANTS_PER_FLOW):
        _plant(world, random, difficulty, str(random.choice(SHAPES)))


def _plant(world: World, random: np.random.Generator, difficulty: str, shape: str) -> None:
    borrowers = int(random.integers(2, 5)) if shape == "collected_then_restricted" else 1
    hops = int(random.integers(_HOPS[difficulty][0], _HOPS[difficulty][1] + 1))
    branches = 2 if shape == "split_and_restricted" else 1
    mules = hops if branches == 1 else 2 * hops
    persons = gather(world, random, borrowers + mules)
    roles = ["borrower"] * borrowers + ["mule"] * mules
    members = [("applicant", int(one), role) for one, role in zip(persons, roles, strict=True)]
    scheme = world.truth.plant("fund_flow", shape, difficulty, members)
    first = start_day(random, 45)
    times = moments(random, borrowers, first, min(first + 4, DAYS - 40))
    rows = stage(world, random, persons[:borrowers], times, scheme, (CASH, DECOR))
    a = world.applications
    a.merchant[rows], a.product[rows] = -1, CASH
    a.approve[rows] = 1
    a.delay[rows] = random.integers(600, 40_000, borrowers)
    a.amount[rows] = np.maximum(a.amount[rows], 20_000) * random.uniform(1, 3, borrowers).round(1)
    a.limit[rows] = np.maximum(a.limit[rows], a.amount[rows])
    a.pay_to[rows] = persons[:borrowers]
    a.bad[rows] = 0.35
    goal = int(random.choice(world.restricted))
    if shape == "back_to_borrower":
        goal = int(world.accounts.second(persons[:1])[0])
    paths = np.array_split(persons[borrowers:], branches)
    waits = random.exponential(_WAIT[difficulty], (branches, mules + 2))
    waits = np.minimum(waits, 2 * _WAIT[difficulty]).astype(int) + 400
    keeps = random.uniform(0.95, 1.0, (branches, mules + 2))

    def flow(ledger: Ledger) -> None:
        lent = ledger.of_rows(rows)
        if not len(lent):
            return
        for branch, path in enumerate(paths):
            total, time = 0.0, 0
            for loan in lent.tolist():
                part = ledger.loans.amount[loan] / branches * keeps[branch, 0]
                at = int(ledger.loans.disbursed[loan]) + int(waits[branch, 0])
                ledger.pay(int(ledger.loans.account[loan]), int(path[0]), part, at, purpose="往来款")
                total, time = total + part, max(time, at)
            for step, (source, target) in enumerate(zip(path.tolist(), [*path[1:].tolist(), goal], strict=True), 1):
                total, time = total * keeps[branch, step], time + int(waits[branch, step])
                ledger.pay(source, target, total, time, purpose="证券转入" if target == goal and branch else "往来款")

    world.after_lending.append(flow)
