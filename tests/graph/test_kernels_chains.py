"""Longest chains against networkx on the contracted graph."""

import networkx as nx
import numpy as np
from ringfence.graph.kernels.chains import longest_chains
from ringfence.graph.kernels.components import strong_components, weak_components


def arcs(source, target, edges):
    return [(int(source[edge]), int(target[edge])) for edge in edges]


def test_arcs_inside_a_strong_component_do_not_count():
    # 0 -> 1 <-> 2 -> 3 -> 4 counts three arcs, not four; 5 guarantees itself; 6 stands alone.
    source, target = np.array([0, 1, 2, 2, 3, 5]), np.array([1, 2, 1, 3, 4, 5])
    chains = longest_chains(source, target, 7)
    assert chains.component.tolist() == [0, 0, 0, 0, 0, 1, 2]
    assert chains.length.tolist() == [3, 0, 0]
    assert arcs(source, target, chains.edges(0)) == [(0, 1), (2, 3), (3, 4)]
    assert len(chains.edges(1)) == len(chains.edges(2)) == 0


def test_of_equal_chains_the_one_with_the_least_nodes_is_named():
    source, target = np.array([5, 1, 1, 0, 4, 1]), np.array([3, 3, 2, 1, 5, 2])
    chains = longest_chains(source, target, 6)
    assert arcs(source, target, chains.edges(0)) == [(0, 1), (1, 2)]
    assert chains.edges(0).tolist() == [3, 2], "of parallel edges the first"
    # From the component of 1 and 2 lead 2 -> 3 and 1 -> 4: the lesser source decides.
    source, target = np.array([2, 1, 2, 1]), np.array([1, 2, 3, 4])
    assert arcs(source, target, longest_chains(source, target, 5).edges(1)) == [(1, 4)]


def test_random_multigraphs_equal_networkx(multigraph):
    for seed in range(400):
        source, target, node_count = multigraph(seed, nodes=14, edges=18)
        graph = nx.DiGraph()
        graph.add_nodes_from(range(node_count))
        graph.add_edges_from(zip(source.tolist(), target.tolist(), strict=True))
        contracted = nx.condensation(graph)
        strong = strong_components(source, target, node_count)
        chains = longest_chains(source, target, node_count)
        assert np.array_equal(chains.component, weak_components(source, target, node_count)), f"seed {seed}"
        for label, length in enumerate(chains.length):
            nodes = np.flatnonzero(chains.component == label)
            part = contracted.subgraph({contracted.graph["mapping"][node] for node in nodes.tolist()})
            assert length == nx.dag_longest_path_length(part), f"seed {seed}"
            edges = chains.edges(label)
            assert len(edges) == length, f"seed {seed}"
            assert set(source[edges].tolist()) <= set(nodes.tolist()), f"seed {seed}"
            assert (strong[source[edges]] != strong[target[edges]]).all(), f"seed {seed}"
            assert (strong[target[edges[:-1]]] == strong[source[edges[1:]]]).all(), f"seed {seed}"


def test_the_named_chain_does_not_depend_on_the_order_of_edges(multigraph):
    for seed in range(150):
        source, target, node_count = multigraph(seed, nodes=12, edges=16)
        order = np.random.default_rng(seed).permutation(len(source))
        chains = longest_chains(source, target, node_count)
        shuffled = longest_chains(source[order], target[order], node_count)
        assert np.array_equal(chains.length, shuffled.length), f"seed {seed}"
        for label in range(len(chains.length)):
            named = arcs(source, target, chains.edges(label))
            assert arcs(source[order], target[order], shuffled.edges(label)) == named, f"seed {seed}"
