"""Fraud rings: people recruited to take out loans together, in several shapes and with more or less care.

Easy: nearly everything is shared by nearly everybody within days. Medium: each member shares two or so kinds of thing
with part of the ring, over weeks; the rest is the member's own, and some honest people touch what is shared.
Camouflaged: each thing is shared by two or three only, months apart, on handsets wiped in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import CASH, GOODS, REVOLVING, file, moments
from .people import DAYS, END
from .settings import Setting, plan
from .shares import SINGLE, Cast, Share, hand_out, list_contact, use_handset
from .world import gather, start_day

if TYPE_CHECKING:
    from .ledger import Ledger
    from .world import World

APPLICANTS_PER_RING = 800
_SPREAD = {"easy": (2, 10), "medium": (20, 75), "camouflaged": (150, 360)}
_GROUP = {"easy": 9, "medium": 4, "camouflaged": 2.4}
_TAKING_PART = {"easy": 0.85, "medium": 0.5, "camouflaged": 0.35}
_NEED = {"easy": 3, "medium": 2, "camouflaged": 1}
"""Kinds of thing that each member shares at least."""
_BAD = {"easy": 0.8, "medium": 0.65, "camouflaged": 0.5}


def plant_rings(world: World, random: np.random.Generator, setting: Setting) -> None:
    """One ring for every 800 applicants in the usual setting."""
    for difficulty in plan(random, setting, world.applicants, APPLICANTS_PER_RING):
        _plant(world, random, difficulty, list(SHAPES)[random.integers(0, len(SHAPES))])


def _plant(world: World, random: np.random.Generator, difficulty: str, shape: str) -> None:
    count = min(5 + int(random.pareto(1.5) * 2.7), 30, max(world.applicants // 60, 5))
    persons = gather(world, random, count)
    city = int(world.people.city[persons[0]])
    first_role = "organiser" if shape in ("recruited_crew", "hub_with_cells") else "member"
    roles = [first_role, *["member"] * (count - 1)]
    members = [("applicant", int(one), role) for one, role in zip(persons, roles, strict=True)]
    scheme = world.truth.plant("fraud_ring", shape, difficulty, members)
    spread = int(random.integers(*_SPREAD[difficulty]))
    first = start_day(random, spread)
    times = np.sort(moments(random, count, first, min(first + spread, DAYS - 2)))
    rows = stage(world, random, persons, times, scheme)
    world.applications.bad[rows] = _BAD[difficulty]
    cast = Cast(persons, rows, city, careful=difficulty == "camouflaged", used=[])
    shares = SHAPES[shape](random, count, difficulty)
    shares += _bridges(random, count, shares, _NEED[difficulty])
    hand_out(world, random, cast, shares)
    if shape == "identity_package":
        world.mobile[persons] = world.phones.new_batch(count)
    if difficulty != "easy":
        _bystanders(world, random, cast)
    _pay_organiser(world, random, cast, difficulty)


def stage(
    world: World,
    random: np.random.Generator,
    persons: np.ndarray,
    times: np.ndarray,
    scheme: int,
    products: tuple[int, ...] = (CASH, CASH, REVOLVING, GOODS),
) -> np.ndarray:
    """One application of each person moves to the scheme's time and is filed anew; most are approved.

    Returns
    -------
    the rows
    """
    a = world.applications
    rows = np.array([random.choice(world.rows_of(one)) for one in persons.tolist()], dtype=np.int64)
    a.time[rows], a.scheme[rows] = times, scheme
    file(world, random, rows, tuple(set(products)))
    a.approve[rows] = np.where(random.random(len(rows)) < 0.8, 1, 0)
    a.amount[rows] = np.round(a.amount[rows] * random.uniform(1.0, 1.6, len(rows)) / 100) * 100
    return rows


def _split(random: np.random.Generator, positions: np.ndarray, size: float) -> list[np.ndarray]:
    """Positions in groups of about ``size``, at least two in each."""
    if len(positions) < 2:
        return []
    groups = max(round(len(positions) / size), 1)
    cuts = np.array_split(positions, groups)
    return [cut for cut in cuts if len(cut) >= 2]


def _among(
    random: np.random.Generator, count: int, difficulty: str, kind: str, taking_part: float | None = None
) -> list[Share]:
    share = _TAKING_PART[difficulty] if taking_part is None else taking_part
    some = random.permutation(count)[: max(round(count * share), 2)]
    return [Share(kind, group) for group in _split(random, some, _GROUP[difficulty])]


def _pool(random: np.random.Generator, count: int, difficulty: str) -> list[Share]:
    kinds = random.permutation(["handset", "network", "payout", "contact", "home", "repay", "card"])[:4]
    return [share for kind in kinds for share in _among(random, count, difficulty, str(kind))]


def _crew(random: np.random.Generator, count: int, difficulty: str) -> list[Share]:
    shares = _among(random, count, difficulty, "contact", {"easy": 1.0, "medium": 0.7, "camouflaged": 0.5}[difficulty])
    for kind in ("contact", "handset", "repay"):
        shares += _among(random, count, difficulty, kind)
    return shares


def _relay(random: np.random.Generator, count: int, difficulty: str) -> list[Share]:
    width = {"easy": 5, "medium": 3, "camouflaged": 2}[difficulty]
    kinds = random.permutation(["handset", "payout", "network", "contact", "home"])
    shares = []
    for step, start in enumerate(range(0, max(count - 1, 1), max(width - 1, 1))):
        window = np.arange(start, min(start + width, count))
        if len(window) < 2:
            continue
        shares.append(Share(str(kinds[step % len(kinds)]), window))
        if difficulty != "camouflaged":
            shares.append(Share(str(kinds[(step + 2) % len(kinds)]), window))
    return shares


def _cells(random: np.random.Generator, count: int, difficulty: str) -> list[Share]:
    shares = []
    for cell in np.array_split(np.arange(count), max(count // 4, 1)):
        inner = cell if difficulty != "camouflaged" else cell[: max(2, len(cell) // 2)]
        if len(inner) >= 2:
            shares.append(Share("handset", inner))
            if difficulty == "easy" or random.random() < 0.5:
                shares.append(Share("network", inner))
    for kind in ("repay", "contact"):
        shares += _among(random, count, difficulty, kind)
    return shares


def _package(random: np.random.Generator, count: int, difficulty: str) -> list[Share]:
    shares = []
    for kind in ("card", "home", "handset", "network"):
        shares += _among(random, count, difficulty, kind)
    return shares


def _shell(random: np.random.Generator, count: int, difficulty: str) -> list[Share]:
    shares = _among(
        random, count, difficulty, "employer", {"easy": 1.0, "medium": 0.75, "camouflaged": 0.5}[difficulty]
    )
    for kind in ("handset", "contact", "payout"):
        shares += _among(random, count, difficulty, kind)
    return shares


SHAPES = {
    "shared_pool": _pool,
    "recruited_crew": _crew,
    "relay": _relay,
    "hub_with_cells": _cells,
    "identity_package": _package,
    "employer_shell": _shell,
}
"""Shapes of rings by name: what is shared by whom, for a number of members in the order in which they apply."""


def _bridges(random: np.random.Generator, count: int, shares: list[Share], need: int) -> list[Share]:
    """Further things shared by two, until every member shares enough and the ring hangs together."""
    slots = {kind: np.zeros(count, bool) for kind in SINGLE}
    kinds = np.zeros(count, np.int64)
    part = np.arange(count)
    for share in shares:
        kinds[share.members] += 1
        if share.kind in slots:
            slots[share.kind][share.members] = True
        part[np.isin(part, part[share.members])] = part[share.members[0]]
    added = []
    while kinds.min() < need or len(np.unique(part)) > 1:
        one = int(np.argmin(kinds)) if kinds.min() < need else int(random.choice(np.flatnonzero(part != part[0])))
        elsewhere = np.flatnonzero(part != part[one])
        others = elsewhere if len(elsewhere) else np.setdiff1d(np.arange(count), [one])
        other = int(random.choice(others))
        able = [kind for kind, slot in slots.items() if kind != "employer" and not slot[one] and not slot[other]]
        kind = str(random.choice([*able, "contact"]))
        pair = np.array([one, other])
        added.append(Share(kind, pair))
        kinds[pair] += 1
        if kind in slots:
            slots[kind][pair] = True
        part[part == part[other]] = part[one]
    return added


def _bystanders(world: World, random: np.random.Generator, cast: Cast) -> None:
    """One to three honest people of the members' families and friends touch what is shared."""
    for _ in range(int(random.integers(1, 4))):
        member = cast.persons[random.integers(0, len(cast.persons), 1)]
        circle = world.people.homes if random.random() < 0.6 else world.people.friends
        honest = int(circle.mates(random, member)[0])
        if honest < 0 or not world.free[honest]:
            continue
        world.free[honest] = False
        kind, thing = cast.used[random.integers(0, len(cast.used))]
        if kind == "handset":
            use_handset(world, random, thing, world.rows_of(honest)[:1], careful=False)
        elif kind == "contact":
            list_contact(world, random, np.array([honest]), thing)
        elif kind == "home":
            world.home[honest] = thing


def _pay_organiser(world: World, random: np.random.Generator, cast: Cast, difficulty: str) -> None:
    """In two rings of three the organiser takes a share of what was lent, in some of them by transfer."""
    if random.random() < {"easy": 0.4, "medium": 0.6, "camouflaged": 0.85}[difficulty]:
        return
    organiser = int(cast.persons[0])
    account = world.accounts.new("applicant", organiser) if random.random() < 0.5 else organiser
    cut = random.uniform(0.2, 0.5)

    def pay(ledger: Ledger) -> None:
        for loan in ledger.of_rows(cast.rows[1:]).tolist():
            paid_to = int(ledger.loans.account[loan])
            if paid_to >= 0:
                time = int(ledger.loans.disbursed[loan] + random.integers(600, 150_000))
                ledger.pay(paid_to, account, float(ledger.loans.amount[loan]) * cut, min(time, END), purpose="往来款")

    world.after_lending.append(pay)
