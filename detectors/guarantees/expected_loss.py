"""What creditors lose on average when parties default by chance, and who and what that is due to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...graph.kernels.clearing import Priority, Sampled, sampled
from ...graph.kernels.obligations import Obligations, obligations
from .default_rates import drawings
from .exposures import Exposures

DRAWS, SEED = 1_000, 1
"""Drawings of a simulation, and the seed of its random numbers, unless others are asked for."""
NORMAL = 1.959963984540054
"""Standard errors on either side of a 95 % interval."""


class Estimate(NamedTuple):
    """A mean over drawings with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Simulation:
    """Parties of a net defaulting by chance, the same drawings for whatever is compared.

    Attributes
    ----------
    rates : float64 by party, its probability of default
    parties : int64, those that take part, in an order that is no store's own
    draws, seed : how many drawings, and of which random numbers
    """

    held: Exposures
    rates: np.ndarray
    parties: np.ndarray
    priority: Priority
    draws: int = DRAWS
    seed: int = SEED

    @cached_property
    def drawn(self) -> tuple[np.ndarray, ...]:
        """Who defaults in each distinct drawing, and how often it was drawn."""
        return drawings(self.rates, self.parties, self.draws, self.seed)

    @cached_property
    def losses(self) -> Sampled:
        """The losses of the net as it is."""
        return self.of(self.held.owing)

    def of(self, owing: Obligations, resources: np.ndarray | None = None, spared: int | None = None) -> Sampled:
        """The losses by other obligations or resources, or with a party that never defaults."""
        offsets, flat, weight = self.drawn
        if spared is not None:
            kept = flat != spared
            offsets, flat = np.concatenate(([0], np.cumsum(kept)))[offsets], flat[kept]
        resources = self.held.resources if resources is None else resources
        return sampled(owing, resources, self.priority, (offsets, flat), weight)

    def mean(self, found: Sampled) -> float:
        """The mean loss of all creditors."""
        return self._sum(found.total) / self.draws

    def total(self, found: Sampled) -> Estimate:
        """The mean loss of all creditors, with its interval."""
        return self._estimate(self._sum(found.total), self._sum(found.total**2))

    def of_party(self, party: int) -> Estimate:
        """The mean loss of a party's creditors."""
        return self._estimate(float(self.losses.sums[party]), float(self.losses.squares[party]))

    def drop(self, after: Sampled) -> Estimate:
        """By how much the mean loss falls, drawing by drawing."""
        fall = self.losses.total - after.total
        return self._estimate(self._sum(fall), self._sum(fall**2))

    def _sum(self, by_drawing: np.ndarray) -> float:
        return float(by_drawing @ self.drawn[2])

    def _estimate(self, total: float, squares: float) -> Estimate:
        mean = total / self.draws
        spread = max(squares / self.draws - mean**2, 0.0)
        reach = NORMAL * math.sqrt(spread / max(self.draws - 1, 1))
        return Estimate(mean, mean - reach, mean + reach)

    def fails(self, party: int) -> Estimate:
        """In which part of the drawings a party does not pay in full (Wilson 1927)."""
        share, z = float(self.losses.failed[party]) / self.draws, NORMAL**2 / self.draws
        middle = (share + z / 2) / (1 + z)
        reach = math.sqrt(share * (1 - share) * z + z**2 / 4) / (1 + z)
        return Estimate(share, max(middle - reach, 0.0), min(middle + reach, 1.0))

    # -- without one of them
    def without_party(self, party: int) -> float:
        """The mean loss if a party were sound: it never defaults, and pays whatever it owes."""
        resources = self.held.resources.copy()
        resources[party] = np.inf
        return self.mean(self.of(self.held.owing, resources, spared=party))

    def without_contracts(self, contracts: np.ndarray) -> float:
        """The mean loss if these contracts were released and nobody stood in their place."""
        amount = np.nan_to_num(self.held.amount)
        amount[contracts] = 0.0
        held = self.held
        return self.mean(self.of(obligations(held.debt, held.guarantor, held.borrower, amount)))

    def replaced(self, contracts: np.ndarray) -> Sampled:
        """The losses if somebody outside stood in the place of these contracts' guarantors, who pays what is called."""
        held, count = self.held, len(self.held.debt)
        guarantor = held.guarantor.copy()
        guarantor[contracts] = count
        owing = obligations(
            np.append(held.debt, 0.0), guarantor, held.borrower, np.nan_to_num(held.amount)
        )  # fmt: skip
        return self.of(owing, np.append(held.resources, np.inf))
