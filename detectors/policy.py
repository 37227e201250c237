"""The policy: what a lender decides (thresholds of colours, settings of detectors), as one readable file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..graph.errors import UserError
from ..graph.model import COLOURS

GRADES = ("正常", "关注", "次级", "可疑", "损失")
"""The five-class grades of loans, the best first."""
_ENTRIES = ("version", "budget", "colours", "levels", "parameters", "default_probability")
BUDGET = 20
"""Cases that a team can open in a day, where the policy does not say."""
SHIPPED = Path(__file__).with_name("policy.toml")


@dataclass(frozen=True)
class Level:
    """What a colour asks for.

    Attributes
    ----------
    level : what the response is called
    owner : the role whose it is
    hours : within how many a case is to be closed
    """

    level: str
    owner: str
    hours: float


@dataclass(frozen=True)
class Policy:
    """What a lender decides.

    Attributes
    ----------
    version : what findings name it by
    colours : the least score of each colour but the first, rising
    parameters : by detector id, its settings where they differ from the defaults
    default_probability : by five-class grade, how likely a borrower is to default within a year; none where the policy
        does not say
    levels : the level of response by colour; none where the policy does not say
    budget : how many cases a team can open in a day
    """

    version: str
    colours: tuple[float, ...]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default_probability: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    budget: int = BUDGET

    def colour(self, score: float) -> str:
        """The colour of a score.

        >>> [shipped().colour(score) for score in (0.1, 0.4, 0.79, 0.8)]
        ['blue', 'yellow', 'orange', 'red']
        """
        return COLOURS[sum(score >= least for least in self.colours)]


@cache
def shipped() -> Policy:
    """The policy that comes with the product."""
    return read_policy(SHIPPED)


def read_policy(path: Path) -> Policy:
    """The policy in a file.

    Raises
    ------
    UserError : it cannot be read, or says something that no policy says
    """
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"policy {path}: cannot be read ({error}); docs/detectors.md says what it holds") from error
    for name in stated:
        if name not in _ENTRIES:
            raise UserError(f"policy {path}: unknown entry '{name}'; it holds {', '.join(_ENTRIES)}")
    version, colours = stated.get("version"), stated.get("colours", {})
    if not isinstance(version, str) or not version.strip():
        raise UserError(f'policy {path}: say its version, as in version = "2026-11"')
    least = [colours.get(name) for name in COLOURS[1:]]
    if set(colours) != set(COLOURS[1:]) or not all(isinstance(score, int | float) for score in least):
        raise UserError(f"policy {path}: [colours] takes a least score for each of {', '.join(COLOURS[1:])}")
    if sorted(least) != least or not 0 <= least[0] <= least[-1] <= 1:
        order = ", ".join(COLOURS[1:])
        raise UserError(f"policy {path}: the scores of [colours] rise from 0 to 1 in the order {order}")
    parameters = stated.get("parameters", {})
    if not all(isinstance(settings, dict) for settings in (parameters, *parameters.values())):
        raise UserError(f"policy {path}: settings stand under their detector, as in [parameters.fraud-ring]")
    rates = stated.get("default_probability", {})
    if not isinstance(rates, dict) or not all(_is_rate(name, rate) for name, rate in rates.items()):
        grades = ", ".join(GRADES)
        raise UserError(f"policy {path}: [default_probability] takes a number from 0 to 1 for any of {grades}")
    levels = _levels(path, stated.get("levels", {}))
    budget = stated.get("budget", BUDGET)
    if type(budget) is not int or not 0 <= budget <= 100_000:
        raise UserError(f"policy {path}: budget is how many cases a team can open in a day, as in budget = {BUDGET}")
    return Policy(version.strip(), tuple(map(float, least)), parameters, rates, levels, budget)


def _levels(path: Path, stated: Any) -> dict[str, Level]:
    if isinstance(stated, dict) and all(_is_level(colour, level) for colour, level in stated.items()):
        return {colour: Level(**level) for colour, level in stated.items()}
    like = 'red = { level = "stop", owner = "supervisor", hours = 4 }'
    raise UserError(f"policy {path}: [levels] takes for any of {', '.join(COLOURS)} what it asks for, as in {like}")


def _is_level(colour: str, level: object) -> bool:
    if colour not in COLOURS or not isinstance(level, dict) or set(level) != {"level", "owner", "hours"}:
        return False
    words, hours = (level["level"], level["owner"]), level["hours"]
    named = all(isinstance(word, str) and word.strip() and word.isprintable() for word in words)
    return named and type(hours) in (int, float) and 0 < hours <= 100_000


def _is_rate(name: str, rate: object) -> bool:
    return name in GRADES and isinstance(rate, int | float) and not isinstance(rate, bool) and 0 <= rate <= 1
