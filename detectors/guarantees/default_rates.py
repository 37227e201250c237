"""How likely each party is to default within a year: by the worst grade of its loans, as the policy says."""

from __future__ import annotations

import numpy as np

from ..policy import GRADES, Policy, shipped
from .exposures import Exposures


def default_rates(held: Exposures, policy: Policy) -> np.ndarray:
    """float64 by party. A grade of which the policy says nothing has the shipped rate; a party without a grade on
    record has that of the best."""
    rates = {**shipped().default_probability, **policy.default_probability}
    by_grade = np.array([rates[grade] for grade in GRADES], dtype=np.float64)
    return by_grade[np.maximum(held.grade, 0)]


def drawings(rates: np.ndarray, parties: np.ndarray, draws: int, seed: int) -> tuple[np.ndarray, ...]:
    """Who defaults in each drawing, each of some parties by itself: ``offsets``, flat parties and ``weight`` of the
    distinct drawings, as ``clearing.sampled`` takes them.

    Parameters
    ----------
    parties : int64, in an order that is no store's own, so that a seed draws the same everywhere
    """
    chance = np.random.default_rng(seed)
    weight: dict[bytes, int] = {}
    for _ in range(draws):
        some = parties[chance.random(len(parties)) < rates[parties]].astype(np.int64)
        weight[some.tobytes()] = weight.get(some.tobytes(), 0) + 1
    seeds = [np.frombuffer(some, dtype=np.int64) for some in weight]
    offsets = np.concatenate(([0], np.cumsum([len(some) for some in seeds]))).astype(np.int64)
    flat = np.concatenate([np.zeros(0, np.int64), *seeds])
    return offsets, flat, np.fromiter(weight.values(), np.int64, len(weight))
