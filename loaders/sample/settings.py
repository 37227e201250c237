"""How much fraud a book holds, by setting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.errors import UserError

DIFFICULTIES = ("easy", "medium", "camouflaged")


@dataclass(frozen=True)
class Setting:
    """What a setting plants: ``share`` of the usual number of schemes, and how hard their rings are to see."""

    share: float
    difficulties: tuple[str, ...] = DIFFICULTIES


SETTINGS = {
    "default": Setting(1.0),
    "dense": Setting(4.0),
    "sparse": Setting(0.25),
    "camouflaged": Setting(1.0, ("camouflaged",)),
    "none": Setting(0.0),
}


def setting_named(name: str) -> Setting:
    """The setting of that name.

    Raises
    ------
    UserError : there is none
    """
    if name not in SETTINGS:
        raise UserError(f"setting '{name}' is unknown; choose one of {', '.join(SETTINGS)}")
    return SETTINGS[name]


def plan(random: np.random.Generator, setting: Setting, applicants: int, per: int) -> list[str]:
    """The difficulty of each scheme of a kind of which there is one for so many applicants; empty where none is."""
    count = max(round(applicants / per * setting.share), 1) if setting.share else 0
    first = int(random.integers(0, len(setting.difficulties)))
    return [setting.difficulties[(first + at) % len(setting.difficulties)] for at in range(count)]
