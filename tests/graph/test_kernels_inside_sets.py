"""Edges inside sets of nodes that overlap, against looking at every edge for every set."""

import numpy as np
from ringfence.graph.kernels.inside_sets import edges_inside


def test_a_case_by_hand():
    # 0 to 1 twice, 1 to 2, 2 to 0, 3 to itself; the sets are {1, 0}, nothing, and {0, 2, 3}
    source, target = np.array([0, 0, 1, 2, 3]), np.array([1, 1, 2, 0, 3])
    of, edge = edges_inside(source, target, 4, np.array([0, 2, 2, 5]), np.array([1, 0, 0, 2, 3]))
    assert (of.tolist(), edge.tolist()) == ([0, 0, 2, 2], [0, 1, 3, 4])


def test_random_multigraphs_equal_every_edge_of_every_set(multigraph):
    for seed in range(200):
        source, target, node_count = multigraph(seed, nodes=12, edges=30)
        chance = np.random.default_rng(seed)
        sets = [chance.permutation(node_count)[: chance.integers(0, node_count + 1)] for _ in range(4)]
        offsets, members = np.cumsum([0, *map(len, sets)]), np.concatenate(sets)
        of, edge = edges_inside(source, target, node_count, offsets, members)
        both = [np.isin(source, some) & np.isin(target, some) for some in sets]
        wanted = [(number, place) for number, mask in enumerate(both) for place in np.flatnonzero(mask).tolist()]
        assert sorted(zip(of.tolist(), edge.tolist(), strict=True)) == wanted, f"seed {seed}"
        assert (np.diff(of) >= 0).all(), f"seed {seed}"
