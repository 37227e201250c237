"""Guarantee structures: circles, cycles, joint groups and chains that are planted, and their innocent twins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .companies import Corporate
from .contacts import CODE
from .guarantee_facts import facts
from .people import HEAD, SPOUSE
from .settings import Setting, plan

if TYPE_CHECKING:
    from .world import World


def innocent_guarantees(world: World, corporate: Corporate, random: np.random.Generator) -> None:
    """Parents and subsidiaries, controllers and their spouses, farmers' joint groups, counter-guarantees."""
    for twin, per in ((_parent, 4000), (_controller, 5000), (_farmers, 5000), (_counter, 6000)):
        for _ in range(max(round(world.applicants / per), 1)):
            twin(world, corporate, random)


def _parent(world: World, corporate: Corporate, random: np.random.Generator) -> None:
    family = corporate.take(int(random.integers(2, 5)))
    if len(family) < 2:
        return
    parent = ("company", family[0])
    corporate.groups += 1
    corporate.group[family] = corporate.groups
    for child in family[1:]:
        corporate.holdings.append((*parent, child, float(random.choice([0.51, 0.6, 0.7, 0.8, 1.0]))))
        corporate.guarantee(random, parent, ("company", child))
    corporate.guarantee(random, ("company", family[1]), parent)
    world.truth.spare("parent_subsidiary", [], [("company", one) for one in family])


def _controller(world: World, corporate: Corporate, random: np.random.Generator) -> None:
    people, who = world.people, world.people.who
    applies = np.zeros(len(people), bool)
    applies[who] = True
    applies[corporate.rep[corporate.rep >= 0]] = False
    couples = who[(people.role[who] == HEAD) & world.free[who] & applies[who]]
    partner = couples + 1
    inside = partner < len(people)
    couples, partner = couples[inside], partner[inside]
    fits = (
        (people.household[partner] == people.household[couples]) & (people.role[partner] == SPOUSE) & applies[partner]
    )
    taken = corporate.take(1)
    if not fits.any() or not taken:
        return
    at = int(random.choice(np.flatnonzero(fits)))
    one, other = int(couples[at]), int(partner[at])
    world.free[[one, other]] = False
    company = ("company", taken[0])
    corporate.rep[taken[0]] = one
    corporate.holdings.append(("applicant", one, taken[0], 0.7))
    corporate.holdings.append(("applicant", other, taken[0], 0.3))
    for person in (one, other):
        corporate.guarantee(random, ("applicant", person), company, share=2.0)
    corporate.guarantee(random, company, ("applicant", one), share=0.05)
    pair = np.array([one, other])
    world.contacts.add(pair, pair[::-1], pair[::-1], np.full(2, CODE["配偶"]))
    world.truth.spare("controller_spouse", [one, other], [company])


def _farmers(world: World, corporate: Corporate, random: np.random.Generator) -> None:
    people, who = world.people, world.people.who
    able = who[people.rural[people.household[who]] & world.free[who] & ~np.isin(who, corporate.rep)]
    if len(able) < 3:
        return
    first = int(random.choice(able))
    near = able[people.city[able] == people.city[first]]
    near = near if len(near) >= 3 else able
    members = random.permutation(near)[: int(random.integers(3, 7))]
    world.free[members] = False
    corporate.joints += 1
    for one in members.tolist():
        for other in members.tolist():
            if one != other:
                corporate.guarantee(random, ("applicant", one), ("applicant", other), share=0.2, joint=corporate.joints)
    world.truth.spare("farmers_joint_group", members.tolist())


def _counter(world: World, corporate: Corporate, random: np.random.Generator) -> None:
    pair = [("company", one) for one in corporate.take(2)]
    if len(pair) == 2:
        contract = corporate.guarantee(random, pair[0], pair[1])
        corporate.guarantee(random, pair[1], pair[0], counter_of=contract)
        world.truth.spare("counter_guarantee", [], pair)


def plant_guarantees(world: World, corporate: Corporate, random: np.random.Generator, setting: Setting) -> None:
    """All structures of the usual setting, each as frequent as ``SHAPES`` says, and what they are by definition."""
    for shape, (per, size, arcs) in SHAPES.items():
        for difficulty in plan(random, setting, world.applicants, per):
            members = corporate.take(int(random.integers(*size)))
            if len(members) < size[0]:
                continue
            _write(world, corporate, random, shape, difficulty, members, arcs(random, len(members)))


def _write(
    world: World,
    corporate: Corporate,
    random: np.random.Generator,
    shape: str,
    difficulty: str,
    members: list[int],
    arcs: list[tuple[int, int]],
) -> None:
    joint = -1
    if shape == "joint_group":
        corporate.joints += 1
        joint = corporate.joints
    if shape == "through_a_group":
        corporate.groups += 1
        corporate.group[[members[0], members[-1]]] = corporate.groups
    before = len(corporate.contracts)
    share = 0.3
    if shape == "one_for_many":
        corporate.net[members[0]] = max(corporate.net[members].min() * 0.2, 200_000)
        share = 2.0
    for one, other in arcs:
        corporate.guarantee(random, ("company", members[one]), ("company", members[other]), share, joint)
    written = corporate.contracts[before:]
    amount = sum(contract.amount for contract in written)
    starts = [contract.start * 86_400 for contract in written]
    pairs = [(contract.guarantor, contract.borrower) for contract in written]
    groups = {("company", one): int(corporate.group[one]) for one in members if corporate.group[one] >= 0}
    found = facts(pairs, [{party for pair in pairs for party in pair}] if joint >= 0 else [], groups)
    if shape == "one_for_many":
        found.append(("guarantee_over", {("company", members[0])}))
    for kind, parties in sorted((kind, sorted(parties)) for kind, parties in found):
        role = "guarantor" if kind == "guarantee_over" else "party"
        number = world.truth.plant(kind, shape, difficulty, [(*party, role) for party in parties])
        scheme = world.truth.planted[number]
        scheme.amount, scheme.first, scheme.last = amount, min(starts), max(starts)


def _mutual(random: np.random.Generator, count: int) -> list[tuple[int, int]]:
    return [(0, 1), (1, 0)]


def _cycle(random: np.random.Generator, count: int) -> list[tuple[int, int]]:
    return [(at, (at + 1) % count) for at in range(count)]


def _clique(random: np.random.Generator, count: int) -> list[tuple[int, int]]:
    return [(one, other) for one in range(count) for other in range(count) if one != other]


def _chain(random: np.random.Generator, count: int) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(count - 1)]


def _circle(random: np.random.Generator, count: int) -> list[tuple[int, int]]:
    """A cycle, a mutual pair, and arms that hang on them."""
    ring = int(random.integers(3, count - 2))
    arcs = [*_cycle(random, ring), (ring, ring + 1), (ring + 1, ring), (int(random.integers(0, ring)), ring)]
    for arm in range(ring + 2, count):
        other = int(random.integers(0, arm))
        arcs.append((other, arm) if random.random() < 0.6 else (arm, other))
    return arcs


def _star(random: np.random.Generator, count: int) -> list[tuple[int, int]]:
    return [(0, at) for at in range(1, count)]


SHAPES = {
    "pair": (6000, (2, 3), _mutual),
    "ring_of_companies": (8000, (3, 8), _cycle),
    "joint_group": (10_000, (3, 6), _clique),
    "clique_without_a_name": (16_000, (3, 5), _clique),
    "line": (6000, (3, 7), _chain),
    "web": (12_000, (7, 15), _circle),
    "one_for_many": (10_000, (6, 12), _star),
    "through_a_group": (16_000, (3, 5), _chain),
}
"""By shape: one for so many applicants, how many companies (from, below), and the arcs among them. In
``through_a_group`` the first and the last of a line belong to one group."""
