"""All shortest links between two groups, against networkx; each counted once, and what bounds hide is said."""

from itertools import pairwise, product

import networkx as nx
import numpy as np
import pytest
from ringfence.graph.kernels.adjacency import both
from ringfence.graph.kernels.all_shortest import all_shortest

SEEDS = range(300)


def a_graph(seed):
    random = np.random.default_rng(seed)
    nodes, size = int(random.integers(2, 30)), int(random.integers(1, 60))
    source, target = random.integers(0, nodes, (2, size))
    return source, target, nodes, random


def links(graph, starts, goals):
    """Every shortest link between two groups, by networkx."""
    distances = {}
    for start, goal in product(starts, goals):
        if nx.has_path(graph, start, goal):
            distances[start, goal] = nx.shortest_path_length(graph, start, goal)
    least = min(distances.values(), default=None)
    pairs = [pair for pair, distance in distances.items() if distance == least]
    return sorted({tuple(path) for pair in pairs for path in nx.all_shortest_paths(graph, *pair)})


@pytest.mark.parametrize("sizes", [(1, 1), (3, 4)])
def test_without_bounds_all_links_equal_networkx(sizes):
    for seed in SEEDS:
        source, target, nodes, random = a_graph(seed)
        starts, goals = (np.unique(random.integers(0, nodes, size)).tolist() for size in sizes)
        graph = nx.Graph()
        graph.add_nodes_from(range(nodes))
        graph.add_edges_from(zip(source.tolist(), target.tolist(), strict=True))
        found = all_shortest(both(source, target, nodes), starts, goals, nodes, 10_000, None)
        expected = links(graph, starts, goals)
        assert [tuple(path) for path in found.paths] == expected, f"seed {seed}"
        assert (found.found, found.cut, found.stopped) == (len(expected), {}, False), f"seed {seed}"
        for (one, other), edges in found.edges.items():
            ends = [{int(source[edge]), int(target[edge])} for edge in edges]
            between = sum({a, b} == {one, other} for a, b in zip(source.tolist(), target.tolist(), strict=True))
            assert ends == [{one, other}] * between, f"seed {seed}"
        steps = {pair for path in found.paths for pair in pairwise(path)}
        assert set(found.edges) == steps, f"seed {seed}"


def test_links_beyond_the_bound_are_counted_and_those_listed_come_first():
    for seed in SEEDS:
        source, target, nodes, random = a_graph(seed)
        starts, goals = random.integers(0, nodes, (2, 2))
        whole = all_shortest(both(source, target, nodes), starts, goals, nodes, 10_000, None)
        some = all_shortest(both(source, target, nodes), starts, goals, nodes, 2, None)
        assert some.found == whole.found, f"seed {seed}"
        assert len(some.paths) == min(2, whole.found), f"seed {seed}"
        assert {tuple(path) for path in some.paths} <= {tuple(path) for path in whole.paths}, f"seed {seed}"


def test_two_ways_round_a_square_are_both_found_with_their_parallel_edges():
    source, target = np.array([0, 0, 1, 2, 2]), np.array([1, 2, 3, 3, 3])
    found = all_shortest(both(source, target, 4), [0], [3], 4, 10)
    assert found.paths == [[0, 1, 3], [0, 2, 3]]
    assert found.edges == {(0, 1): [0], (1, 3): [2], (0, 2): [1], (2, 3): [3, 4]}


def test_no_link_within_the_bound_is_said_to_be_the_bounds_doing():
    line = both(np.array([0, 1, 2]), np.array([1, 2, 3]), 5)
    assert all_shortest(line, [0], [3], 2, 10).stopped
    assert all_shortest(line, [0], [3], 3, 10).paths == [[0, 1, 2, 3]]
    apart = all_shortest(line, [0], [4], 2, 10)
    assert (apart.paths, apart.stopped) == ([], False)


def test_a_node_of_both_groups_is_a_link_by_itself():
    line = both(np.array([0, 1]), np.array([1, 2]), 3)
    assert all_shortest(line, [0, 1], [1, 2], 3, 10).paths == [[1]]


def test_a_hub_that_is_cut_is_told_where_it_hid_the_only_link():
    # Two hubs, 1 and 18, of eight neighbours each, of which the last two alone are tied to one another.
    source = np.array([0, *[1] * 8, 9, *[18] * 8, 18])
    target = np.array([1, *range(2, 10), 17, *range(10, 18), 19])
    graph = both(source, target, 20)
    assert all_shortest(graph, [0], [19], 9, 10, None).paths == [[0, 1, 9, 17, 18, 19]]
    assert all_shortest(graph, [0], [17], 9, 10, 3).paths == [[0, 1, 9, 17]]
    cut = all_shortest(graph, [0], [19], 9, 10, 3)
    assert (cut.paths, cut.cut, cut.stopped) == ([], {1: 5, 18: 5}, False)
