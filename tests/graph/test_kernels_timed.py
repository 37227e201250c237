"""Events found by node and time, and traces along them, against every event looked at one by one."""

import numpy as np
import pytest
from ringfence.graph.kernels.timed import Rows, Timed
from ringfence.graph.kernels.traces import simple_paths, traced


def random_events(seed):
    """``node, other, time, amount`` as arrays, and the same as tuples; times occur twice and more."""
    random = np.random.default_rng(seed)
    count = int(random.integers(0, 20))
    node, other = random.integers(0, 5, (2, count)).astype(np.int32)
    time, amount = random.integers(-3, 6, count), random.random(count)
    columns = node, other, time, amount
    return columns, list(zip(*(column.tolist() for column in columns), strict=True))


def after(events, nodes, since):
    """Events of nodes later than a time for each, as ``traces`` asks for them."""
    low, high = events.spans(nodes, -100 if since is None else since, 100)
    return Rows.between(events, low, high)


@pytest.mark.parametrize("seed", range(30))
def test_a_window_leaves_out_both_its_ends(seed):
    columns, rows = random_events(seed)
    events, nodes = Timed.of(*columns), np.array([4, 0, 2])
    found = Rows.between(events, *events.spans(nodes, 0, np.array([3, 6, -1])))
    told = zip(nodes[found.origin].tolist(), *(column.tolist() for column in found[1:]), strict=True)
    wanted = [row for node, end in ((4, 3), (0, 6), (2, -1)) for row in rows if row[0] == node and 0 < row[2] < end]
    assert sorted(told) == sorted(wanted), f"seed {seed}"
    every = Rows.between(events, *events.all_of(nodes))
    assert len(every.other) == sum(row[0] in (0, 2, 4) for row in rows), f"seed {seed}"


def walks(rows, start, hops):
    """All walks of so many events, each later than the one before, as nodes."""
    found = [((start,), -100)]
    for _ in range(hops):
        found = [
            ((*walk, row[1]), row[2]) for walk, time in found for row in rows if row[0] == walk[-1] and row[2] > time
        ]
    return {walk for walk, _ in found}


@pytest.mark.parametrize("seed", range(30))
def test_traces_and_paths_are_those_of_all_walks(seed):
    columns, rows = random_events(seed)
    events = Timed.of(*columns)
    reached = traced(lambda nodes, since: after(events, nodes, since), np.array([0]), 3)
    paths = simple_paths(lambda nodes, since: after(events, nodes, since), np.array([0]), 3)
    for hops in (1, 2, 3):
        every = walks(rows, 0, hops)
        assert reached[hops - 1].tolist() == sorted({walk[-1] for walk in every}), f"seed {seed}"
        simple = {walk for walk in every if len(set(walk)) == len(walk)}
        assert sorted(map(tuple, paths[hops - 1].tolist())) == sorted(simple), f"seed {seed}"
