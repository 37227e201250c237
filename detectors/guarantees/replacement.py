"""Which guarantees to replace with a budget of K: what lowers the expected loss most, beside simple choices."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ..contract import bound
from .cut import Cuttable
from .expected_loss import Estimate, Simulation

MOST_CHOICES = 1_000
"""Sets of guarantees that are tried one by one; where there are more, one after the other is added."""
MOST_CANDIDATES = 100
"""Guarantees that are looked at, those with the largest amounts; the others are named as left out."""


class Choice(NamedTuple):
    """Guarantees to replace.

    Attributes
    ----------
    how : ``best``, ``random``, ``degree`` or ``amount``
    items : what is replaced, in the order of choosing
    after : the expected loss once they are
    drop : by how much it falls
    """

    how: str
    items: tuple[int, ...]
    after: Estimate
    drop: Estimate


class Plan(NamedTuple):
    """A budgeted plan.

    Attributes
    ----------
    exact : every set of ``budget`` was tried; otherwise the best was built up one by one, and a better may exist
    choices : the best first, then the simple ones
    truncated : bounds that bit
    """

    budget: int
    exact: bool
    before: Estimate
    choices: list[Choice]
    truncated: list[dict]


def plan(cuttable: Cuttable, simulation: Simulation, budget: int) -> Plan:
    """The best ``budget`` guarantees to replace by cover from outside the net, and three simple choices."""
    by_amount = np.lexsort((np.arange(cuttable.count), -cuttable.weight)).tolist()
    candidates = sorted(by_amount[:MOST_CANDIDATES])
    budget_here = min(budget, len(candidates))
    exact = math.comb(len(candidates), budget_here) <= MOST_CHOICES
    weigh = _Weigh(cuttable, simulation)
    every = combinations(candidates, budget_here)
    best = weigh.least(every) if exact else _one_by_one(weigh, candidates, budget_here)
    chance = random.Random(simulation.seed)
    choices = [
        ("best", best),
        ("random", tuple(chance.sample(range(cuttable.count), min(budget, cuttable.count)))),
        ("degree", tuple(_by_degree(cuttable)[:budget])),
        ("amount", tuple(by_amount[:budget])),
    ]
    truncated = []
    if left := cuttable.count - len(candidates):
        truncated.append(bound("max_candidates", MOST_CANDIDATES, f"{left} guarantees of smaller amounts", True))
    before = simulation.total(simulation.losses)
    return Plan(budget, exact and not left, before, [weigh.choice(how, items) for how, items in choices], truncated)


class _Weigh:
    """Sets of guarantees by the loss that is left when they are replaced."""

    def __init__(self, cuttable: Cuttable, simulation: Simulation):
        self.cuttable, self.simulation = cuttable, simulation

    def contracts(self, items: Iterable[int]) -> np.ndarray:
        return np.concatenate([np.zeros(0, np.int64), *(self.cuttable.contracts[item] for item in items)])

    def left(self, items: tuple[int, ...]) -> float:
        return self.simulation.mean(self.simulation.replaced(self.contracts(items)))

    def least(self, sets: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
        """The set that leaves least; of equal ones the first."""
        return min(sets, key=self.left, default=())

    def choice(self, how: str, items: tuple[int, ...]) -> Choice:
        after = self.simulation.replaced(self.contracts(items))
        return Choice(how, items, self.simulation.total(after), self.simulation.drop(after))


def _one_by_one(weigh: _Weigh, candidates: list[int], budget: int) -> tuple[int, ...]:
    chosen: tuple[int, ...] = ()
    for _ in range(budget):
        chosen = weigh.least((*chosen, item) for item in candidates if item not in chosen)
    return chosen


def _by_degree(cuttable: Cuttable) -> list[int]:
    """Items by how many guarantees their parties have, the most first; ties by the larger amount."""
    held = cuttable.held
    taken = cuttable.item >= 0
    ends = np.concatenate((held.guarantor[taken], held.borrower[taken]))
    degree = np.bincount(ends, minlength=len(held.debt))
    most = [
        int((degree[held.guarantor[some]] + degree[held.borrower[some]]).max()) for some in cuttable.contracts
    ]  # fmt: skip
    return np.lexsort((np.arange(cuttable.count), -cuttable.weight, -np.array(most))).tolist()
