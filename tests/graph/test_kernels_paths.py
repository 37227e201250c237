"""Look-ups around nodes and links between two, against networkx; what cuts and limits may hide is said."""

import networkx as nx
import numpy as np
import pytest
from ringfence.graph.kernels.adjacency import both, forward
from ringfence.graph.kernels.paths import k_hop, shortest_path


def undirected(source, target, node_count, visible=None):
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(node_count))
    ends = zip(source.tolist(), target.tolist(), strict=True)
    graph.add_edges_from(pair for edge, pair in enumerate(ends) if visible is None or visible[edge])
    return graph


def hubs(seed, node_count=60):
    """A graph of a few hubs in which cuts bite, and a mask of its edges."""
    random = np.random.default_rng(seed)
    size = int(random.integers(50, 110))
    source, target = random.integers(0, node_count, (2, size))
    source = np.where(random.random(size) < 0.5, random.integers(0, 6, size), source)
    return source, target, node_count, random.random(size) < 0.9


def length(path):
    return None if path.nodes is None else len(path.edges)


def assert_a_path(path, start, goal, source, target, where):
    assert (path.nodes[0], path.nodes[-1], len(path.nodes)) == (start, goal, len(path.edges) + 1), where
    for one, other, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False):
        assert {one, other} == {int(source[edge]), int(target[edge])}, where


# -- k_hop


def test_neighbourhoods_without_bounds_equal_networkx(multigraph):
    for seed in range(200):
        source, target, node_count = multigraph(seed, nodes=25, edges=40)
        if not node_count:
            continue
        random = np.random.default_rng(seed)
        visible = random.random(len(source)) < 0.8
        seeds, hops = random.integers(0, node_count, 2), int(random.integers(0, 6))
        found = k_hop(both(source, target, node_count), seeds, hops, None, None, visible)
        graph = undirected(source, target, node_count, visible)
        distance = nx.multi_source_dijkstra_path_length(graph, set(seeds.tolist()), cutoff=hops, weight=lambda *_: 1)
        assert dict(zip(found.nodes.tolist(), found.distance.tolist(), strict=True)) == distance, f"seed {seed}"
        assert (np.diff(found.distance) >= 0).all(), f"seed {seed}"
        assert not found.cut, f"seed {seed}"
        assert not found.left_out, f"seed {seed}"
        for node, far, edge in zip(*map(np.ndarray.tolist, found[:3]), strict=True):
            if far == 0:
                assert (edge, node in seeds) == (-1, True), f"seed {seed}"
            else:
                ends = {int(source[edge]), int(target[edge])}
                assert visible[edge], f"seed {seed}"
                assert node in ends, f"seed {seed}"
                assert distance[(ends - {node}).pop()] == far - 1, f"seed {seed}"


def test_a_hub_is_cut_after_its_first_new_neighbours():
    # 0 -> hub 1 twice; the hub leads to 0, 2, 2, 3, 4, 5 and itself, of which 2 to 5 are new.
    source, target = np.array([0, 0, 1, 2, 1, 1, 1, 1, 4]), np.array([1, 1, 2, 1, 1, 3, 4, 5, 6])
    around = k_hop(both(source, target, 7), [0], 3, fan_out=2)
    assert around.nodes.tolist() == [0, 1, 2, 3]
    assert around.distance.tolist() == [0, 1, 2, 2]
    assert around.edges.tolist() == [-1, 0, 2, 5]
    assert around.cut == {1: 2}
    whole = k_hop(both(source, target, 7), [0], 3, fan_out=4)
    assert whole.nodes.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert not whole.cut
    assert k_hop(both(source, target, 7), [0], 1, fan_out=1).cut == {}, "a node at the last hop is not followed"


def test_the_limit_stops_the_search_and_says_how_many_nodes_it_met_beyond():
    source, target = np.array([0, 0, 0, 1]), np.array([1, 2, 3, 4])
    adjacency = both(source, target, 5)
    around = k_hop(adjacency, [0], 2, limit=3)
    assert (around.nodes.tolist(), around.left_out) == ([0, 1, 2], 1)
    assert (k_hop(adjacency, [0], 2, limit=4).nodes.tolist(), k_hop(adjacency, [0], 2, limit=4).left_out) == (
        [0, 1, 2, 3],
        1,
    )
    assert (len(k_hop(adjacency, [0], 2, limit=5).nodes), k_hop(adjacency, [0], 2, limit=5).left_out) == (5, 0)
    assert k_hop(adjacency, [3, 2, 3], 1, limit=1).nodes.tolist() == [3, 2], "seeds are always there"


def test_direction_is_that_of_the_adjacency():
    source, target = np.array([0, 1, 3]), np.array([1, 2, 1])
    assert k_hop(forward(source, target, 4), [0], 9).nodes.tolist() == [0, 1, 2]


# -- shortest_path


def test_a_link_by_hand():
    # 0 - 1 - 2 - 3 by edges 4, 0 and 2, a longer way by 4 and 5; 6 stands alone.
    source, target = np.array([2, 0, 3, 4, 1, 5]), np.array([1, 4, 2, 5, 0, 3])
    adjacency = both(source, target, 7)
    path = shortest_path(adjacency, 0, 3, 6)
    assert (path.nodes, path.edges) in [([0, 1, 2, 3], [4, 0, 2]), ([0, 4, 5, 3], [1, 3, 5])]
    assert (path.cut, path.could_change) == ({}, False)
    masked = shortest_path(adjacency, 0, 3, 6, edge_visible=np.arange(6) != 0)
    assert (masked.nodes, masked.edges) == ([0, 4, 5, 3], [1, 3, 5])
    assert shortest_path(adjacency, 0, 3, 2).nodes is None
    assert not shortest_path(adjacency, 0, 3, 2).exhausted
    alone = shortest_path(adjacency, 0, 6, 4)
    assert (alone.nodes, alone.certain, alone.could_change, alone.exhausted) == (None, 4, False, True)
    assert shortest_path(adjacency, 5, 5, 0)[:2] == ([5], [])


def test_links_without_cuts_equal_networkx(multigraph):
    for seed in range(1, 400):
        source, target, node_count = multigraph(seed, nodes=30, edges=45)
        random = np.random.default_rng(seed)
        visible = random.random(len(source)) < 0.9
        (start, goal), hops = random.integers(0, node_count, 2).tolist(), int(random.integers(0, 8))
        far = nx.single_source_shortest_path_length(undirected(source, target, node_count, visible), start).get(goal)
        path = shortest_path(both(source, target, node_count), start, goal, hops, None, visible)
        assert length(path) == (far if far is not None and far <= hops else None), f"seed {seed}"
        assert (path.cut, path.could_change) == ({}, False), f"seed {seed}"
        if path.nodes:
            assert_a_path(path, start, goal, source, target, f"seed {seed}")
            assert visible[path.edges].all(), f"seed {seed}"
        asked = shortest_path(both(source, target, node_count), start, goal, hops, None, lambda edges: visible[edges])  # noqa: B023
        assert asked == path, f"seed {seed}"


def test_what_a_cut_may_have_hidden_is_said():
    changed = 0
    for seed in range(1_500):
        source, target, node_count, visible = hubs(seed)
        random = np.random.default_rng(seed)
        (start, goal), hops = random.integers(0, node_count, 2).tolist(), int(random.integers(1, 9))
        adjacency = both(source, target, node_count)
        exact = shortest_path(adjacency, start, goal, hops, None, visible)
        path = shortest_path(adjacency, start, goal, hops, int(random.integers(1, 4)), visible)
        if path.nodes:
            assert_a_path(path, start, goal, source, target, f"seed {seed}")
            assert length(path) <= hops, f"seed {seed}"
        if length(path) != length(exact):
            assert path.could_change, f"seed {seed}"
            changed += 1
        if path.could_change:
            assert path.cut, f"seed {seed}"
        if length(exact) is not None and length(exact) <= path.certain:
            assert length(path) == length(exact), f"seed {seed}"
        if hops <= 4:
            assert (length(path), path.could_change) == (length(exact), False), f"seed {seed}"
        if path.exhausted:
            assert not exact.nodes or path.nodes, f"seed {seed}"
    assert changed > 10, "some cuts did bite"


def test_start_and_goal_are_never_cut():
    # The hub 0 has 1,000 neighbours; the last one leads on to 1001.
    source, target = np.append(np.zeros(1_000, int), 1_000), np.append(np.arange(1, 1_001), 1_001)
    adjacency = both(source, target, 1_002)
    for start, goal, edges in ((0, 1_000, [999]), (1_000, 0, [999]), (0, 1_001, [999, 1000]), (1_001, 0, [1000, 999])):
        path = shortest_path(adjacency, start, goal, 6, fan_out=5)
        assert (path.edges, path.cut, path.could_change) == (edges, {}, False), (start, goal)


def test_two_hubs_in_a_row_hide_nothing_up_to_four_edges():
    # 0 - hub 1 - hub 2 - 3, the edge between the hubs being the last one of both.
    leaf = np.arange(4, 104)
    source = np.concatenate(([0, 3], np.repeat([1, 2], 50), [1]))
    target = np.concatenate(([1, 2], leaf, [2]))
    path = shortest_path(both(source, target, 104), 0, 3, 4, fan_out=2)
    assert (path.nodes, path.cut, path.could_change) == ([0, 1, 2, 3], {}, False)


def test_where_searches_meet_at_several_nodes_the_shorter_link_is_taken():
    # 0 - hub 1 - 2 - 6 - hub 4 - 5, and by 7 and 8 instead of 6. Of 4's neighbours 6 comes behind the cut. Once both
    # sides are cut, the many neighbours of 3 make the search from 5 go on first, up to 7, and those of 7 then the one
    # from 0, which meets 6 and 7 at once.
    arcs = [(0, 1), (1, 2), (1, 3), (4, 5), (4, 8), (4, 9), (2, 6), (2, 7), (6, 4), (7, 8)]
    arcs += [(1, leaf) for leaf in range(10, 15)] + [(4, leaf) for leaf in range(15, 20)]
    arcs += [(3, leaf) for leaf in range(20, 30)] + [(7, leaf) for leaf in range(30, 50)]
    path = shortest_path(both(*np.array(arcs).T, 50), 0, 5, 6, fan_out=2)
    assert path.nodes == [0, 1, 2, 6, 4, 5]
    assert (path.cut, path.certain, path.could_change) == ({1: 5, 4: 6}, 4, False)


def test_a_link_that_a_cut_hides_is_not_denied():
    # 0 - hub 1 - 2 - 3 - 4 - hub 5 - 6: only the ways on from 2 and 4, last among the hubs' neighbours, join the ends.
    leaf = np.arange(7, 107)
    source = np.concatenate(([0, 6], np.repeat([1, 5], 50), [1, 5, 2, 4]))
    target = np.concatenate(([1, 5], leaf, [2, 4, 3, 3]))
    adjacency = both(source, target, 107)
    path = shortest_path(adjacency, 0, 6, 6, fan_out=10)
    assert (path.nodes, path.certain, path.could_change) == (None, 4, True)
    assert path.cut == {1: 41, 5: 41}
    assert shortest_path(adjacency, 0, 6, 6, fan_out=60).nodes == [0, 1, 2, 3, 4, 5, 6]


def test_it_is_said_which_bound_ended_a_search():
    # 0 - hub 1 and 102 - hub 103, each with 100 leaves; and a line of three edges, with a node beside it.
    leaf = np.arange(2, 102)
    source = np.concatenate(([0, 102], np.repeat([1, 103], 100)))
    target = np.concatenate(([1, 103], leaf, leaf + 102))
    cut = shortest_path(both(source, target, 204), 0, 102, 20, fan_out=10)
    assert (cut.nodes, cut.could_change, cut.stopped, cut.exhausted) == (None, True, False, False), "cuts alone did"
    line = both(np.array([0, 1, 2]), np.array([1, 2, 3]), 5)
    short = shortest_path(line, 0, 3, 2)
    assert (short.nodes, short.could_change, short.stopped, short.exhausted) == (None, False, True, False)
    apart = shortest_path(line, 0, 4, 2)
    assert (apart.nodes, apart.could_change, apart.stopped, apart.exhausted) == (None, False, False, True)
    assert not shortest_path(line, 0, 3, 3).stopped


@pytest.mark.parametrize("fan_out", [1, 3, None])
def test_bounds_hold_for_what_is_visible_only(fan_out):
    # At the time asked for the hub 1 has three neighbours; later ones neither take their place nor are counted.
    source, target = np.array([0, *[1] * 50, 1, 1]), np.array([1, *range(4, 54), 2, 3])
    early = np.array([True] + [False] * 50 + [True] * 2)
    adjacency = both(source, target, 54)
    before = both(source[early], target[early], 54)
    now = k_hop(adjacency, [0], 2, fan_out, edge_visible=early)
    then = k_hop(before, [0], 2, fan_out)
    assert (now.nodes.tolist(), now.cut) == (then.nodes.tolist(), then.cut)
