"""The contacts that applicants name: kin, colleagues, classmates, people from home, friends, the firm.

They are drawn from the circles people really live in, so that part of them are applicants too. One family in four does
not say that it is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .people import kin_words

if TYPE_CHECKING:
    from .world import World

RELATIONS = (
    "配偶", "父母", "子女", "兄弟姐妹", "亲属", "同事", "同学", "老乡", "朋友", "单位", "其他", "",
    "邻居", "领导", "师傅",
)  # fmt: skip
"""Relations by code."""
CODE = {word: code for code, word in enumerate(RELATIONS)}
_MOST = 6


def name_people(world: World, random: np.random.Generator, persons: np.ndarray) -> None:
    """Each person names one to six contacts, nearly three on average."""
    people = world.people
    wanted = np.clip(1 + random.poisson(1.9, len(persons)), 1, _MOST)
    for slot in range(_MOST):
        one = persons[wanted > slot]
        chance = random.random(len(one))
        kin = 0.65 if slot == 0 else 0.18
        by_circle = (
            (chance < kin, people.homes, ""),
            ((chance >= kin) & (chance < kin + 0.12), people.colleagues, "同事"),
            ((chance >= kin + 0.12) & (chance < kin + 0.17), people.classmates, "同学"),
            ((chance >= kin + 0.17) & (chance < kin + 0.20), people.villagers, "老乡"),
            (chance >= kin + 0.20, people.friends, "朋友"),
        )
        for chosen, circle, word in by_circle:
            who = one[chosen]
            mate = circle.mates(random, who)
            alone = mate < 0
            mate = np.where(alone, people.friends.mates(random, who), mate)
            alone, who, mate = alone[mate >= 0], who[mate >= 0], mate[mate >= 0]
            relation = _kin(world, random, who, mate) if not word else np.full(len(who), CODE[word])
            relation = np.where(alone, CODE["朋友"], relation)
            vague = random.random(len(who)) < 0.06
            relation = np.where(vague, CODE["其他"], relation)
            world.contacts.add(who, phones_of(world, random, mate), mate, relation)
    name_firms(world, random, persons[random.random(len(persons)) < 0.07])


def name_firms(world: World, random: np.random.Generator, persons: np.ndarray) -> None:
    """Each person with a job names the phone of the firm, as the firm or as a colleague's."""
    firm = world.people.employer[persons]
    persons, firm = persons[firm >= 0], firm[firm >= 0]
    relation = np.where(random.random(len(firm)) < 0.8, CODE["单位"], CODE["同事"])
    world.contacts.add(persons, world.firm_phone[firm], np.full(len(firm), -1), relation)


def phones_of(world: World, random: np.random.Generator, persons: np.ndarray) -> np.ndarray:
    """The number by which somebody knows each person: now and then one given up since."""
    old = world.old_phone[persons]
    return np.where((old >= 0) & (random.random(len(persons)) < 0.4), old, persons)


def _kin(world: World, random: np.random.Generator, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    codes = np.array([CODE[word] for word in kin_words(world.people, one, other)], dtype=np.int64)
    silent = ~world.people.says_kin[world.people.household[one]]
    vague = np.array([CODE["朋友"], CODE["其他"], CODE["亲属"], CODE[""]])[random.integers(0, 4, len(one))]
    return np.where(silent, vague, codes)
