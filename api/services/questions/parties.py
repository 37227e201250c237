"""Questions about what parties invest in and stand surety for."""

from __future__ import annotations

import numpy as np

from ....graph.kernels.sets import among, distinct
from .figures import rounded
from .steps import Steps


def co_investors(steps: Steps, id1: int, id2: int) -> float:
    """How alike the companies are that two parties invested in: those of both by those of either."""
    one, other = (set(steps.out_of(np.array([party]), "holdings").other.tolist()) for party in (id1, id2))
    return rounded(len(one & other) / len(one | other)) if one | other else 0


def guarantee_chain(steps: Steps, id: int) -> list:
    """The loans of everyone along the guarantees from a party to the end of the chain: their sum and their number."""
    ahead = reached = distinct(steps.out_of(np.array([id]), "guarantees").other)
    while len(ahead):
        next_ones = distinct(steps.out_of(ahead, "guarantees").other)
        ahead = next_ones[~among(next_ones, reached)]
        reached = distinct(np.concatenate((reached, ahead)))
    loans = distinct(steps.out_of(reached, "loans").other).tolist()
    return [rounded(steps.loan_sum(loans)), len(loans)]
