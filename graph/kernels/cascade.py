"""Who falls when some fall: calls on guarantors, step by step, until nobody else fails."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency, forward
from .compiled import frozen, kernel

UNKNOWN = np.int64(-1)
"""The amount of a contract that has none on record: its guarantor is called, nobody knows for how much."""
UNLIMITED = np.iinfo(np.int64).max
"""The capital of a party that no call brings down."""


_REACHED, _FAILED = 1, 2
"""States of a party: it was called and stands; it failed at once. Who failed in step ``r`` has ``_FAILED + r``."""


class Calls(NamedTuple):
    """Contracts by whom they call for.

    Attributes
    ----------
    by_borrower : the guarantors of each borrower; its ``edges`` are contracts
    amount : int64 by contract, in cents; ``UNKNOWN`` where none is on record
    """

    by_borrower: Adjacency
    amount: np.ndarray


class Cascade(NamedTuple):
    """What a cascade reached.

    Attributes
    ----------
    parties : int64, the seeds, then everybody who was called, in the order in which they were reached
    round : int32 by these, the step in which each failed (0 for seeds), -1 where it stands
    called : int64 by these, for how much in all, in cents, contracts of unknown amount left out
    contracts : int64, the contracts that were called, in order
    called_in : int32 by these, the step: a party that failed in step ``r - 1`` has its guarantors called in step ``r``
    """

    parties: np.ndarray
    round: np.ndarray
    called: np.ndarray
    contracts: np.ndarray
    called_in: np.ndarray


def calls(guarantor: np.ndarray, borrower: np.ndarray, amount: np.ndarray, node_count: int) -> Calls:
    """Contracts as ``cascade`` takes them.

    Parameters
    ----------
    guarantor, borrower : int32[m]
    amount : int64[m], in cents; ``UNKNOWN`` where none is on record
    node_count : ids run from 0 to ``node_count - 1``
    """
    adjacency = forward(borrower, guarantor, node_count)
    frozen_parts = (frozen(part, part.dtype.type) for part in adjacency)
    return Calls(Adjacency(*frozen_parts), frozen(amount, np.int64))


def cascade(by: Calls, capital: np.ndarray, seeds: np.ndarray) -> Cascade:
    """Let the seeds fail, call the guarantors of whoever failed for the full amount, and let those fail whom calls
    exceed what they have; until a step brings nobody down. Costs what it reaches.

    Parameters
    ----------
    capital : int64 by party, what calls may take from it before it fails, in cents; ``UNLIMITED`` where nothing does
    seeds : distinct parties
    """
    count = by.by_borrower.node_count
    # Fresh zeros cost only the pages that are touched.
    state, called_last = np.zeros(count, np.int32), np.zeros(count, np.int32)
    called = np.zeros(count, np.int64)
    parties, contracts = np.empty(count, np.int64), np.empty(len(by.amount), np.int64)
    called_in = np.empty(len(by.amount), np.int32)
    offsets, neighbours, edges = by.by_borrower
    reached, made = _cascade(
        offsets, neighbours, edges, by.amount, frozen(capital, np.int64), frozen(seeds, np.int64),
        state, called, called_last, parties, contracts, called_in,
    )  # fmt: skip
    parties = parties[:reached].copy()
    failed_in = np.maximum(state[parties] - _FAILED, -1).astype(np.int32)
    return Cascade(parties, failed_in, called[parties], contracts[:made].copy(), called_in[:made].copy())


@kernel
def _cascade(
    offsets, guarantors, contract_at, amount, capital, seeds, state, called, called_last, parties, contracts, called_in
):
    reached = made = first = last = step = 0
    failed, hit = np.empty(parties.size, np.int64), np.empty(parties.size, np.int64)
    for seed in seeds:
        state[seed] = _FAILED
        parties[reached] = failed[last] = seed
        reached += 1
        last += 1
    while first < last:
        step += 1
        hits, until = 0, last
        while first < until:
            borrower = failed[first]
            first += 1
            for place in range(offsets[borrower], offsets[borrower + 1]):
                guarantor, contract = guarantors[place], contract_at[place]
                contracts[made], called_in[made] = contract, step
                made += 1
                if state[guarantor] == 0:
                    state[guarantor] = _REACHED
                    parties[reached] = guarantor
                    reached += 1
                if amount[contract] > 0:
                    called[guarantor] += min(amount[contract], UNLIMITED - called[guarantor])
                if called_last[guarantor] != step:
                    called_last[guarantor] = step
                    hit[hits] = guarantor
                    hits += 1
        for place in range(hits):
            guarantor = hit[place]
            if state[guarantor] == _REACHED and called[guarantor] > capital[guarantor]:
                state[guarantor] = _FAILED + step
                failed[last] = guarantor
                last += 1
    return reached, made
