"""Largest flows, against networkx and by hand, in amounts that 32 bits and floats do not hold."""

import networkx as nx
import numpy as np
import pytest
from ringfence.graph.kernels.max_flow import UNBOUNDED, max_flow


def flow(arcs, node_count, start, goal):
    """What goes along each arc ``(source, target, capacity)``."""
    source, target, capacity = np.array(arcs, np.int64).reshape(-1, 3).T
    return max_flow(source, target, capacity, node_count, start, goal)


def assert_a_flow(arcs, along, start, goal, where):
    """Nothing is created, nothing is lost, and no arc carries more than it can; returns what reaches the goal."""
    gained = dict.fromkeys((start, goal), 0)
    for (source, target, capacity), moved in zip(arcs, along.tolist(), strict=True):
        assert 0 <= moved <= capacity, where
        gained[source] = gained.get(source, 0) - moved
        gained[target] = gained.get(target, 0) + moved
    assert not any(more for node, more in gained.items() if node not in (start, goal)), where
    assert gained[start] == -gained[goal], where
    return gained[goal]


def test_a_flow_is_bound_by_its_narrowest_arcs():
    arcs = [(0, 1, 5), (1, 2, 3), (0, 2, 4), (2, 3, 6)]
    assert flow(arcs, 4, 0, 3).tolist()[3] == 6


def test_a_flow_that_went_a_wrong_way_is_taken_back():
    """Two units reach the goal only if the middle arc is not used."""
    arcs = [(0, 1, 1), (0, 2, 1), (1, 2, 1), (1, 3, 1), (2, 3, 1)]
    assert flow(arcs, 4, 0, 3).tolist() == [1, 1, 0, 1, 1]


def test_no_arcs_no_way_and_no_distance_carry_nothing():
    assert flow([], 2, 0, 1).tolist() == []
    assert flow([(1, 0, 5)], 2, 0, 1).tolist() == [0]
    assert flow([(0, 1, 5)], 2, 0, 0).tolist() == [0]


@pytest.mark.parametrize("amount", [2**31 + 1, 2**53 + 1, 2**58 + 1])
def test_amounts_are_whole_numbers_of_64_bits(amount):
    arcs = [(0, 1, amount), (1, 2, UNBOUNDED), (2, 3, amount - 1), (2, 3, 1)]
    assert flow(arcs, 4, 0, 3).tolist() == [amount, amount, amount - 1, 1]


def test_parallel_arcs_and_loops_count_by_themselves():
    assert sorted(flow([(0, 1, 2), (0, 1, 3), (0, 0, 9), (1, 1, 9)], 2, 0, 1).tolist()) == [0, 0, 2, 3]


def test_ids_outside_the_graph_are_refused():
    with pytest.raises(ValueError, match=r"target holds ids outside 0\.\.1"):
        flow([(0, 2, 1)], 2, 0, 1)


def test_random_graphs_carry_what_networkx_says():
    for seed in range(300):
        random = np.random.default_rng(seed)
        nodes, size = int(random.integers(2, 12)), int(random.integers(0, 40))
        most = int(random.choice([3, 100, 2**40]))
        arcs = [(*random.integers(0, nodes, 2).tolist(), int(random.integers(0, most))) for _ in range(size)]
        graph = nx.DiGraph()
        graph.add_nodes_from(range(nodes))
        for source, target, capacity in arcs:
            before = graph.get_edge_data(source, target, {"capacity": 0})["capacity"]
            graph.add_edge(source, target, capacity=before + capacity)
        got = assert_a_flow(arcs, flow(arcs, nodes, 0, nodes - 1), 0, nodes - 1, f"seed {seed}")
        assert got == nx.maximum_flow_value(graph, 0, nodes - 1), f"seed {seed}"
