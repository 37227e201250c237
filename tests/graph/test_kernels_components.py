"""Weak and strong components against networkx, and the promised order of labels."""

import networkx as nx
import numpy as np
from ringfence.graph.kernels.components import sinks_first, strong_components, weak_components


def labels(sets, node_count):
    """Labels 0 to k-1 in the order of each set's least node."""
    result = np.full(node_count, -1, np.int32)
    for label, nodes in enumerate(sorted(sets, key=min)):
        result[list(nodes)] = label
    return result


def digraph(source, target, node_count):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(node_count))
    graph.add_edges_from(zip(source.tolist(), target.tolist(), strict=True))
    return graph


def test_a_case_by_hand():
    # 0 and 4 guarantee each other through 2; 4 guarantees 1, 1 guarantees itself; 3 stands alone; 5 guarantees 6 twice.
    source, target = np.array([0, 2, 4, 4, 1, 5, 5]), np.array([2, 4, 0, 1, 1, 6, 6])
    assert weak_components(source, target, 7).tolist() == [0, 0, 0, 1, 0, 2, 2]
    assert strong_components(source, target, 7).tolist() == [0, 1, 0, 2, 0, 3, 4]


def test_random_multigraphs_equal_networkx(multigraph):
    for seed in range(400):
        source, target, node_count = multigraph(seed, nodes=14, edges=22)
        graph = digraph(source, target, node_count)
        weak = labels(nx.weakly_connected_components(graph), node_count)
        strong = labels(nx.strongly_connected_components(graph), node_count)
        assert np.array_equal(weak_components(source, target, node_count), weak), f"seed {seed}"
        assert np.array_equal(strong_components(source, target, node_count), strong), f"seed {seed}"
        order = sinks_first(source, target, node_count)
        assert len({*zip(order.tolist(), strong.tolist(), strict=True)}) == len({*strong.tolist()}), f"seed {seed}"
        apart = strong[source] != strong[target]
        assert (order[source[apart]] > order[target[apart]]).all(), f"seed {seed}"


def test_large_random_graphs_equal_networkx():
    for seed in range(3):
        random = np.random.default_rng(seed)
        source, target = random.integers(0, 20_000, (2, 22_000)).astype(np.int32)
        graph = digraph(source, target, 20_000)
        weak = labels(nx.weakly_connected_components(graph), 20_000)
        strong = labels(nx.strongly_connected_components(graph), 20_000)
        assert np.array_equal(weak_components(source, target, 20_000), weak), f"seed {seed}"
        assert np.array_equal(strong_components(source, target, 20_000), strong), f"seed {seed}"


def test_labels_do_not_depend_on_the_order_of_edges(multigraph):
    for seed in range(100):
        source, target, node_count = multigraph(seed, nodes=30, edges=40)
        order = np.random.default_rng(seed).permutation(len(source))
        for kernel in (weak_components, strong_components):
            shuffled = kernel(source[order], target[order], node_count)
            assert np.array_equal(kernel(source, target, node_count), shuffled), f"seed {seed}"


def test_a_long_chain_and_a_long_cycle_need_no_stack():
    count = 300_000
    chain = np.arange(count - 1, dtype=np.int32)
    assert not weak_components(chain + 1, chain, count).any()
    assert np.array_equal(strong_components(chain, chain + 1, count), np.arange(count))
    cycle = np.arange(count, dtype=np.int32)
    assert not strong_components(cycle, (cycle + 1) % count, count).any()
