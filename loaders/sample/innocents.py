"""Innocent likenesses of fraud: groups of honest people who share what rings share, and for good reasons.

They are as frequent in every setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .world import World

LARGE_HOUSEHOLD = 4
"""Applicants from which on a household is listed."""


def spare_all(world: World, random: np.random.Generator) -> None:
    """All innocent groups of a book."""
    _households(world)


def _households(world: World) -> None:
    people, who = world.people, world.people.who
    order = who[np.argsort(people.household[who], kind="stable")]
    _, first, count = np.unique(people.household[order], return_index=True, return_counts=True)
    for start, size in zip(first[count >= LARGE_HOUSEHOLD].tolist(), count[count >= LARGE_HOUSEHOLD].tolist(), strict=True):
        members = order[start : start + size]
        family = people.family[people.household[members[0]]]
        world.truth.spare("household" if family else "flatmates", members.tolist())
