"""Leiden communities: worked cases, networkx as judge of their worth, and what holds on every graph."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.kernels.leiden import leiden, modularity


def two_cliques(size=5, bridge=1.0):
    """Two cliques and one edge between them: ``source, target, node_count, weight``."""
    pairs = [(a + at, b + at) for at in (0, size) for a in range(size) for b in range(a + 1, size)] + [(size - 1, size)]
    source, target = np.array(pairs, dtype=np.int32).T
    return source, target, 2 * size, np.append(np.ones(len(pairs) - 1), bridge)


def graph_of(source, target, node_count, weight):
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(node_count))
    graph.add_weighted_edges_from(zip(source.tolist(), target.tolist(), weight.tolist(), strict=True))
    return graph


def sets(label):
    return [set(np.flatnonzero(label == name).tolist()) for name in range(label.max(initial=-1) + 1)]


def blocks(seed, size=30, count=8, inside=0.3, between=0.01):
    """A random graph of planted communities, weights and nodes shuffled."""
    random = np.random.default_rng(seed)
    nodes = size * count
    source, target = np.triu_indices(nodes, 1)
    chance = np.where(source // size == target // size, inside, between)
    kept = random.random(len(source)) < chance
    name = random.permutation(nodes)
    return name[source[kept]], name[target[kept]], nodes, random.uniform(0.5, 2, kept.sum())


edges = st.integers(1, 14).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(
            st.tuples(
                st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from([0.0, 0.3, 1.0, 2.5, 100.0])
            ),
            max_size=40,
        ),
        st.sampled_from([0.2, 1.0, 3.0]),
        st.integers(0, 5),
    )
)


def test_two_cliques_and_a_bridge_by_hand():
    source, target, count, _ = two_cliques()
    found = leiden(source, target, count)
    assert found.label.tolist() == [0] * 5 + [1] * 5
    # 20 of 21 edges lie inside; each side has half of the strength of 42.
    assert found.modularity == pytest.approx(20 / 21 - 2 * 0.5**2)
    assert not found.truncated and found.work > 0


def test_weight_draws_nodes_together():
    source, target, count, weight = two_cliques(3, bridge=50.0)
    label = leiden(source, target, count, weight).label
    assert label[2] == label[3] and label[0] != label[2]


def test_the_scale_of_weights_is_no_matter():
    source, target, count, weight = blocks(3)
    plain = leiden(source, target, count, weight)
    for scale in (2.0**-20, 2.0**20):
        assert np.array_equal(leiden(source, target, count, weight * scale).label, plain.label)


def test_a_higher_resolution_gives_smaller_communities():
    source, target, count, _ = two_cliques()
    assert [leiden(source, target, count, resolution=r).label.max() + 1 for r in (0.01, 1.0, 50.0)] == [1, 2, 10]


def test_one_cycle_of_cliques_is_drawn_together_over_several_levels():
    # 400 cliques in a ring: at resolution 1 modularity prefers several cliques to one (Fortunato & Barthélemy 2007),
    # which only nodes that stand for whole cliques can find; they would not move if their inner weight held them.
    size, cliques = 4, 400
    inner = [(a + at, b + at) for at in range(0, size * cliques, size) for a in range(size) for b in range(a + 1, size)]
    ring = [(at, (at + size + 1) % (size * cliques)) for at in range(0, size * cliques, size)]
    source, target = np.array(inner + ring, dtype=np.int32).T
    found = leiden(source, target, size * cliques)
    alone = modularity(source, target, np.arange(size * cliques) // size)
    assert found.modularity > alone and found.label.max() + 1 < cliques / 4


def test_planted_communities_are_found_or_better_ones():
    for seed in range(10):
        source, target, count, weight = blocks(seed)
        draws = np.random.default_rng(seed)  # those of ``blocks``, to know which node was put where
        draws.random(count * (count - 1) // 2)
        planted = np.empty(count, dtype=np.int32)
        planted[draws.permutation(count)] = np.arange(count) // 30
        found = leiden(source, target, count, weight, seed=seed)
        assert found.label.max() + 1 == 8, f"seed {seed}"
        assert found.modularity >= modularity(source, target, planted, weight) - 1e-12, f"seed {seed}"
        apart = len(set(zip(found.label.tolist(), planted.tolist(), strict=True))) - 8
        assert apart <= 3, f"seed {seed}: {apart} nodes or more lie elsewhere than planted"


def test_modularity_equals_networkx_on_random_multigraphs(multigraph):
    for seed in range(200):
        source, target, count = multigraph(seed)
        random = np.random.default_rng(seed)
        weight, resolution = random.integers(1, 5, len(source)) / 2, float(random.choice([0.5, 1.0, 2.0]))
        found = leiden(source, target, count, weight, resolution, seed)
        if len(source):
            graph = graph_of(source, target, count, weight)
            judged = nx.community.modularity(graph, sets(found.label), resolution=resolution)
            assert found.modularity == pytest.approx(judged), f"seed {seed}"
        assert found.modularity == modularity(source, target, found.label, weight, resolution), f"seed {seed}"


def test_it_is_worth_as_much_as_louvain_on_random_graphs():
    ours, theirs = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        count = int(random.integers(20, 200))
        source, target = random.integers(0, count, (2, int(count * random.uniform(1, 4))))
        weight = random.uniform(0.1, 3, len(source))
        graph = nx.Graph()
        graph.add_nodes_from(range(count))
        for one, other, value in zip(source.tolist(), target.tolist(), weight.tolist(), strict=True):
            held = graph.get_edge_data(one, other, {"weight": 0.0})["weight"]
            graph.add_edge(one, other, weight=held + value)
        louvain = nx.community.louvain_communities(graph, seed=seed)
        ours.append(leiden(source, target, count, weight, seed=seed).modularity)
        theirs.append(nx.community.modularity(graph, louvain))
        assert ours[-1] > theirs[-1] - 0.03, f"seed {seed}: {ours[-1]:.4f} beside Louvain's {theirs[-1]:.4f}"
    assert np.mean(ours) >= np.mean(theirs), f"seeds 0 to 39: {np.mean(ours):.4f} beside {np.mean(theirs):.4f}"


@given(edges)
def test_communities_are_connected_numbered_by_least_node_and_worth_no_less_than_nodes_alone(case):
    count, given_edges, resolution, seed = case
    source, target, weight = (np.array([edge[part] for edge in given_edges]) for part in range(3))
    source, target = source.astype(np.int32), target.astype(np.int32)
    found = leiden(source, target, count, weight, resolution, seed)
    present = weight > 0
    graph = graph_of(source[present], target[present], count, weight[present])
    communities = sets(found.label)
    assert sum(map(len, communities)) == count
    assert [min(nodes) for nodes in communities] == sorted(min(nodes) for nodes in communities)
    for nodes in communities:
        assert nx.is_connected(graph.subgraph(nodes))
    alone = modularity(source, target, np.arange(count), weight, resolution)
    assert found.modularity >= alone - 1e-12
    assert not found.truncated


@given(edges)
def test_no_node_gains_by_moving_and_no_two_communities_by_joining(case):
    count, given_edges, resolution, seed = case
    source, target, weight = (np.array([edge[part] for edge in given_edges]) for part in range(3))
    source, target = source.astype(np.int32), target.astype(np.int32)
    label = leiden(source, target, count, weight, resolution, seed).label
    best = modularity(source, target, label, weight, resolution)
    for one in range(label.max() + 1):
        for other in range(one):
            joined = np.where(label == one, other, label)
            assert modularity(source, target, joined, weight, resolution) <= best + 1e-9, (one, other)


def test_one_seed_gives_one_answer_and_labels_do_not_hang_on_parallel_edges():
    source, target, count, weight = blocks(5, inside=0.1, between=0.03)
    first = leiden(source, target, count, weight, seed=7)
    again = leiden(source, target, count, weight, seed=7)
    assert np.array_equal(first.label, again.label) and first[1:] == again[1:]
    assert any(not np.array_equal(first.label, leiden(source, target, count, weight, seed=n).label) for n in range(5))
    halves = leiden(np.tile(source, 2), np.tile(target, 2), count, np.tile(weight / 2, 2), seed=7)
    assert halves.modularity == pytest.approx(first.modularity, abs=0.02)


def test_a_bound_on_work_that_bites_is_told_and_communities_stay_whole():
    source, target, count, weight = blocks(1)
    found = leiden(source, target, count, weight, limit=0.5)
    whole = leiden(source, target, count, weight)
    assert found.truncated and found.work < whole.work and not whole.truncated
    graph = graph_of(source, target, count, weight)
    assert all(nx.is_connected(graph.subgraph(nodes)) for nodes in sets(found.label))


def test_graphs_without_edges_or_weight():
    none = np.array([], dtype=np.int32)
    assert leiden(none, none, 0).label.tolist() == []
    label, *others = leiden(none, none, 3)
    assert label.tolist() == [0, 1, 2] and others == [0.0, 0, False]
    loops = leiden(np.array([0, 1]), np.array([0, 1]), 3)
    assert loops.label.tolist() == [0, 1, 2] and loops.modularity == pytest.approx(0.5) and not loops.truncated
    weightless = leiden(np.array([0]), np.array([1]), 2, np.array([0.0]))
    assert weightless.label.tolist() == [0, 1] and weightless.modularity == 0.0


@pytest.mark.parametrize(
    ("weight", "resolution"),
    [([-1.0], 1.0), ([np.nan], 1.0), ([np.inf], 1.0), ([1.0, 1.0], 1.0), (None, 0.0), (None, np.nan), (None, np.inf)],
)
def test_weights_and_resolutions_that_make_no_sense_are_refused(weight, resolution):
    with pytest.raises(ValueError):
        leiden(np.array([0]), np.array([1]), 2, None if weight is None else np.array(weight), resolution)
