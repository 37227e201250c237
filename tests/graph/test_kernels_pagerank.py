"""PageRank against networkx."""

import networkx as nx
import numpy as np
import pytest
from ringfence.graph.kernels.adjacency import both, forward
from ringfence.graph.kernels.pagerank import Scratch, pagerank, push_pagerank


def exact(source, target, node_count, alpha, seeds=None, directed=True):
    """PageRank by networkx to the last digits; its self-loops count once, as in ``both``."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(node_count))
    ends = list(zip(source.tolist(), target.tolist(), strict=True))
    graph.add_edges_from(ends)
    if not directed:
        graph.add_edges_from((other, one) for one, other in ends if one != other)
    start = None if seeds is None else {node: seeds.count(node) for node in set(seeds)}
    rank = nx.pagerank(graph, 1 - alpha, personalization=start, max_iter=10_000, tol=1e-14)
    return np.array([rank[node] for node in range(node_count)])


def dense(found, node_count):
    mass = np.zeros(node_count)
    mass[found.nodes] = found.mass
    return mass


def test_a_case_by_hand():
    # Half of the mass stops at each step: 1/2 at the seed 0, then 1/8 at each of 1 and 2; 1/4 comes back to 0.
    adjacency = both(np.array([0, 0]), np.array([1, 2]), 4)
    found = push_pagerank(adjacency, [0], alpha=0.5, epsilon=1e-15)
    assert found.nodes.tolist() == [0, 1, 2]
    assert found.mass == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


def test_push_stays_below_the_exact_mass_and_within_its_bounds(multigraph):
    for seed in range(1, 300):
        source, target, node_count = multigraph(seed, nodes=20, edges=45)
        random = np.random.default_rng(seed)
        seeds = random.integers(0, node_count, int(random.integers(1, 4))).tolist()
        alpha, epsilon = float(random.uniform(0.05, 0.9)), 10.0 ** -int(random.integers(2, 9))
        for build, directed in ((forward, True), (both, False)):
            adjacency = build(source, target, node_count)
            found = push_pagerank(adjacency, seeds, alpha, epsilon)
            missing = exact(source, target, node_count, alpha, seeds, directed) - dense(found, node_count)
            assert (found.mass > 0).all(), f"seed {seed}"
            assert (np.diff(found.nodes) > 0).all(), f"seed {seed}"
            assert missing.min() > -1e-10, f"seed {seed}"
            assert missing.sum() == pytest.approx(found.residual, abs=1e-9), f"seed {seed}"
            assert found.residual <= epsilon * np.maximum(np.diff(adjacency.offsets), 1).sum() + 1e-12, f"seed {seed}"
            if not directed:
                bound = epsilon * np.maximum(np.diff(adjacency.offsets), 1)
                assert (missing <= bound + 1e-10).all(), f"seed {seed}"


def test_scratch_can_be_used_again(multigraph):
    source, target, node_count = multigraph(77, nodes=40, edges=80)
    adjacency, scratch = both(source, target, node_count), Scratch(node_count)
    for node in range(node_count):
        fresh = push_pagerank(adjacency, [node], 0.15, 1e-5)
        again = push_pagerank(adjacency, [node], 0.15, 1e-5, scratch)
        assert np.array_equal(fresh.nodes, again.nodes), node
        assert np.array_equal(fresh.mass, again.mass), node
    assert not scratch.mass.any()
    assert not scratch.residual.any()
    assert not scratch.queued.any()


def test_only_what_is_near_is_touched():
    count = 100_000
    chain = np.arange(count - 1)
    found = push_pagerank(both(chain, chain + 1, count), [50_000], 0.15, 1e-4)
    assert np.abs(found.nodes - 50_000).max() < 100


def test_a_walk_that_always_stops_stays_at_its_seeds():
    found = push_pagerank(both(np.array([0, 1]), np.array([1, 2]), 3), [0, 2, 2, 2], alpha=1, epsilon=1e-3)
    assert (found.nodes.tolist(), found.mass.tolist(), found.residual) == ([0, 2], [0.25, 0.75], 0.0)


@pytest.mark.parametrize("bad", [{"alpha": 0}, {"alpha": 1.5}, {"epsilon": 0}, {"seeds": []}, {"seeds": [3]}])
def test_arguments_that_make_no_sense_are_refused(bad):
    with pytest.raises(ValueError):
        push_pagerank(both(np.array([0]), np.array([1]), 3), **{"seeds": [0]} | bad)


def test_global_pagerank_equals_networkx(multigraph):
    for seed in range(1, 150):
        source, target, node_count = multigraph(seed, nodes=20, edges=45)
        rank = pagerank(source, target, node_count, 0.85, 200)
        assert rank == pytest.approx(exact(source, target, node_count, 0.15), abs=1e-10), f"seed {seed}"


def test_global_pagerank_of_nothing():
    assert len(pagerank(np.empty(0, np.int32), np.empty(0, np.int32), 0)) == 0
