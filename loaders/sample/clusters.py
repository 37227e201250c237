"""Risky clusters: people who know each other and whose loans go bad far more often than their neighbours'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import CASH, REVOLVING, moments
from .contacts import CODE
from .people import DAYS
from .rings import stage
from .settings import Setting, plan
from .world import gather, start_day

if TYPE_CHECKING:
    from .world import World

APPLICANTS_PER_CLUSTER = 8000
_BAD = {"easy": 0.8, "medium": 0.6, "camouflaged": 0.45}


def plant_clusters(world: World, random: np.random.Generator, setting: Setting) -> None:
    """One for every 8,000 applicants in the usual setting."""
    for difficulty in plan(random, setting, world.applicants, APPLICANTS_PER_CLUSTER):
        count = int(random.integers(15, max(min(60, world.applicants // 50), 20)))
        persons = gather(world, random, count)
        members = [("applicant", int(one), "member") for one in persons]
        scheme = world.truth.plant("risky_cluster", "acquaintances", difficulty, members)
        first = min(start_day(random, 120), DAYS - 260)
        rows = stage(world, random, persons, moments(random, count, first, first + 110), scheme, (CASH, REVOLVING))
        world.applications.bad[rows] = _BAD[difficulty]
        acquaint(world, random, persons, 2, ("朋友", "老乡", "同事", "同学"))


def acquaint(world: World, random: np.random.Generator, persons: np.ndarray, each: int, words: tuple[str, ...]) -> None:
    """Each person names so many of the others as contacts, by their own phones."""
    for _ in range(each):
        other = np.roll(random.permutation(len(persons)), 1)
        mate = persons[other]
        kept = mate != persons
        relation = np.array([CODE[word] for word in words])[random.integers(0, len(words), len(persons))]
        world.contacts.add(persons[kept], mate[kept], mate[kept], relation[kept])
