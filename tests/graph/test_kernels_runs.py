"""The shortest runs of events of so many holders, against trying every run."""

import numpy as np
import pytest
from ringfence.graph.kernels.runs import shortest_runs


def tried(holder, clock, least):
    """The same by trying every run: of so many holders the shortest, of equals the earliest."""
    found = []
    for wanted in range(least, max(holder, default=-1) + 2):
        runs = [
            (clock[last] - clock[first], last, first)
            for first in range(len(holder))
            for last in range(first, len(holder))
            if len(set(holder[first : last + 1])) >= wanted
        ]
        length = min(runs)[0]
        found.append(next((f, t) for size, t, f in sorted(runs, key=lambda r: (r[1], -r[2])) if size == length))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_equals_trying_every_run(seed):
    random = np.random.default_rng(seed)
    holders = int(random.integers(1, 7))
    holder = np.concatenate([np.arange(holders), random.integers(0, holders, random.integers(0, 12))])
    random.shuffle(holder)
    clock = np.sort(random.integers(0, 15, len(holder)).astype(float))
    first, last = shortest_runs(holder, clock, 2)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == tried(holder.tolist(), clock, 2), f"seed {seed}"


def test_of_fewer_holders_than_wanted_there_is_none():
    first, last = shortest_runs(np.array([0, 1]), np.array([0.0, 1.0]), 3)
    assert len(first) == len(last) == 0
    first, last = shortest_runs(np.array([], dtype=int), np.array([]), 3)
    assert len(first) == len(last) == 0
