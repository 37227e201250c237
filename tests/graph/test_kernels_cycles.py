"""Bounded cycles and shortest cycles against networkx; what is reported when a bound bites."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from ringfence.graph.kernels.cycles import ARCS_AT_LEAST, cycles, shortest_cycles


def listed(found):
    """The cycles as tuples, in the order found."""
    return [
        tuple(found.nodes[low:high].tolist()) for low, high in zip(found.offsets[:-1], found.offsets[1:], strict=True)
    ]


def expected(source, target, max_length=None):
    """All simple cycles of two nodes or more, each from its least node."""
    graph = nx.DiGraph(zip(source.tolist(), target.tolist(), strict=True))
    turned = []
    for cycle in nx.simple_cycles(graph, length_bound=max_length):
        least = cycle.index(min(cycle))
        turned.append(tuple(cycle[least:] + cycle[:least]))
    return sorted(cycle for cycle in turned if len(cycle) > 1)


def complete(count):
    return np.nonzero(~np.eye(count, dtype=bool))


def test_a_case_by_hand():
    # 1 and 0 guarantee each other, 0 -> 1 twice; 3 -> 2 -> 4 -> 3; 4 guarantees itself; 0 -> 3 is on no cycle.
    source, target = np.array([1, 0, 0, 3, 2, 4, 4, 0]), np.array([0, 1, 1, 2, 4, 3, 4, 3])
    found = cycles(source, target, 5)
    assert sorted(listed(found)) == [(0, 1), (2, 4, 3)]
    assert found.self_loops.tolist() == [4]
    assert len(found.capped) == len(found.unsearched) == 0
    assert listed(cycles(source, target, 5, max_length=2)) == [(0, 1)]


def test_a_complete_graph_holds_every_cycle_once():
    # Five nodes: 10 of length 2, 20 of 3, 30 of 4, 24 of 5.
    found = cycles(*complete(5), 5)
    assert len(set(listed(found))) == len(listed(found)) == 84
    assert np.bincount(np.diff(found.offsets)).tolist() == [0, 0, 10, 20, 30, 24]


def test_random_multigraphs_equal_networkx(multigraph):
    for seed in range(400):
        source, target, node_count = multigraph(seed, nodes=10, edges=28)
        for max_length in (2, 3, 4, 5, 6, 7, 12):
            found = cycles(source, target, node_count, max_length)
            assert sorted(listed(found)) == expected(source, target, max_length), f"seed {seed}, {max_length}"
            assert len(found.capped) == len(found.unsearched) == 0, f"seed {seed}, {max_length}"
        assert found.self_loops.tolist() == sorted({*source[source == target].tolist()}), f"seed {seed}"


def test_wide_sparse_graphs_equal_networkx():
    for seed in range(20):
        random = np.random.default_rng(seed)
        source, target = random.integers(0, 150, (2, 330))
        for max_length in (5, 6, 8):
            found = cycles(source, target, 150, max_length)
            assert sorted(listed(found)) == expected(source, target, max_length), f"seed {seed}, {max_length}"


def test_the_list_does_not_depend_on_the_order_of_edges(multigraph):
    for seed in range(100):
        source, target, node_count = multigraph(seed, edges=40)
        order = np.random.default_rng(seed).permutation(len(source))
        for bounds in ({}, {"per_start": 3}, {"total": 7}):
            found = cycles(source, target, node_count, **bounds)
            shuffled = cycles(source[order], target[order], node_count, **bounds)
            assert all(map(np.array_equal, found, shuffled)), f"seed {seed}, {bounds}"


def test_a_bound_per_start_names_the_nodes_whose_cycles_may_be_missing(multigraph):
    bitten = 0
    for seed in range(200):
        source, target, node_count = multigraph(seed, nodes=8, edges=36)
        everything = set(expected(source, target, 6))
        for per_start in (1, 3, 10):
            found = cycles(source, target, node_count, per_start=per_start)
            missing = everything - set(listed(found))
            assert len(set(listed(found))) == len(listed(found)) <= per_start * node_count, f"seed {seed}"
            assert set(listed(found)) <= everything, f"seed {seed}, {per_start}"
            assert all(set(found.capped.tolist()) & set(cycle) for cycle in missing), f"seed {seed}, {per_start}"
            assert bool(missing) == bool(len(found.capped)), f"seed {seed}, {per_start}"
            bitten += bool(missing)
    assert bitten > 100


def test_a_bound_per_start_that_is_just_met_hides_nothing():
    # 0 and each of 1 to 5 guarantee each other: five cycles from the start 0.
    source, target = np.array([0] * 5 + [1, 2, 3, 4, 5]), np.array([1, 2, 3, 4, 5] + [0] * 5)
    assert listed(cycles(source, target, 6, per_start=5)) == [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)]
    assert len(cycles(source, target, 6, per_start=5).capped) == 0
    assert listed(cycles(source, target, 6, per_start=3)) == [(0, 1), (0, 2), (0, 3)]
    assert cycles(source, target, 6, per_start=3).capped.tolist() == [0]


def test_a_bound_on_all_names_the_nodes_not_searched(multigraph):
    bitten = 0
    for seed in range(200):
        source, target, node_count = multigraph(seed, nodes=8, edges=36)
        everything = set(expected(source, target, 6))
        for total in (0, 1, 5, len(everything)):
            found = cycles(source, target, node_count, total=total)
            missing = everything - set(listed(found))
            assert len(listed(found)) == min(total, len(everything)), f"seed {seed}, {total}"
            assert all(set(cycle) <= set(found.unsearched.tolist()) for cycle in missing), f"seed {seed}, {total}"
            assert bool(missing) == bool(len(found.unsearched)), f"seed {seed}, {total}"
            bitten += bool(missing)
    assert bitten > 100


def test_a_start_is_given_up_that_finds_ever_more_ways_and_no_way_back():
    # From the hub 0 one way leads to 1 and from there into three full layers, which lead back through 1 only.
    width, leaves = 110, 400
    layers = 2 + np.arange(3 * width).reshape(3, width)
    rows, columns = (grid.ravel() for grid in np.indices((width, width)))
    leaf = 2 + 3 * width + np.arange(leaves)
    arcs = [
        (np.zeros(leaves, int), leaf), (leaf, np.zeros(leaves, int)), ([0, 1], [1, 0]),
        (np.ones(width, int), layers[0]), (layers[0][rows], layers[1][columns]), (layers[1][rows], layers[2][columns]),
        (layers[2], np.ones(width, int)),
    ]  # fmt: skip
    source, target = (np.concatenate(ends) for ends in zip(*arcs, strict=True))
    assert width**3 > ARCS_AT_LEAST
    assert cycles(source, target, leaf[-1] + 1, per_start=1_000).capped.tolist() == [0, 1]
    patient = cycles(source, target, leaf[-1] + 1, per_start=2_000_000)
    assert len(patient.capped) == 0
    assert np.bincount(np.diff(patient.offsets)).tolist() == [0, 0, leaves + 1, 0, width**3]


@pytest.mark.parametrize("max_length", [1, 101])
def test_lengths_that_make_no_sense_are_refused(max_length):
    with pytest.raises(ValueError, match="2 to 100"):
        cycles(np.array([0]), np.array([1]), 2, max_length)


def test_a_shortest_cycle_through_each_node_of_a_case_by_hand():
    # 0 <-> 1, 1 -> 2 -> 3 -> 1, 3 -> 0, 4 guarantees itself and 0.
    source, target = np.array([0, 1, 1, 2, 3, 3, 4, 4]), np.array([1, 0, 2, 3, 1, 0, 4, 0])
    offsets, nodes = shortest_cycles(source, target, 5, np.array([3, 4, 1, 0, 2]))
    assert [nodes[low:high].tolist() for low, high in pairwise(offsets)] == [
        [3, 1, 2], [], [1, 0], [0, 1], [2, 3, 1],
    ]  # fmt: skip


def test_shortest_cycles_of_random_multigraphs_are_as_short_as_any(multigraph):
    for seed in range(400):
        source, target, node_count = multigraph(seed, nodes=12, edges=24)
        arcs = set(zip(source.tolist(), target.tolist(), strict=True))
        every = expected(source, target)
        offsets, flat = shortest_cycles(source, target, node_count, np.arange(node_count))
        for node in range(node_count):
            cycle = flat[offsets[node] : offsets[node + 1]].tolist()
            shortest = min((len(other) for other in every if node in other), default=0)
            assert len(cycle) == len(set(cycle)) == shortest, f"seed {seed}, node {node}"
            if cycle:
                assert cycle[0] == node, f"seed {seed}, node {node}"
                assert set(zip(cycle, cycle[1:] + cycle[:1], strict=True)) <= arcs, f"seed {seed}, node {node}"


def test_shortest_cycles_do_not_depend_on_the_order_of_edges(multigraph):
    for seed in range(100):
        source, target, node_count = multigraph(seed, nodes=20, edges=50)
        order = np.random.default_rng(seed).permutation(len(source))
        found = shortest_cycles(source, target, node_count, np.arange(node_count))
        shuffled = shortest_cycles(source[order], target[order], node_count, np.arange(node_count))
        assert all(map(np.array_equal, found, shuffled)), f"seed {seed}"


def test_a_cycle_of_any_length_is_found():
    count = 5_000
    around = np.arange(count)
    offsets, nodes = shortest_cycles(around, (around + 1) % count, count, np.array([17]))
    assert offsets.tolist() == [0, count]
    assert np.array_equal(nodes, (17 + around) % count)
