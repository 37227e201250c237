"""Compressed adjacency against a plain loop over the edges."""

import numpy as np
import pytest
from ringfence.graph.kernels.adjacency import backward, both, distinct_arcs, forward


def slices(adjacency):
    """Per node its (neighbour, edge) pairs, in order."""
    return [
        list(zip(adjacency.neighbours[low:high].tolist(), adjacency.edges[low:high].tolist(), strict=True))
        for low, high in zip(adjacency.offsets[:-1], adjacency.offsets[1:], strict=True)
    ]


def test_edges_are_found_at_their_ends_in_the_order_given():
    source, target = np.array([2, 0, 2, 1, 0], np.int32), np.array([0, 1, 0, 1, 2], np.int32)
    assert slices(forward(source, target, 4)) == [[(1, 1), (2, 4)], [(1, 3)], [(0, 0), (0, 2)], []]
    assert slices(backward(source, target, 4)) == [[(2, 0), (2, 2)], [(0, 1), (1, 3)], [(0, 4)], []]
    # The self-loop at 1 (edge 3) is there once, the parallel edges 0 and 2 twice each.
    assert slices(both(source, target, 4)) == [
        [(2, 0), (1, 1), (2, 2), (2, 4)],
        [(0, 1), (1, 3)],
        [(0, 0), (0, 2), (0, 4)],
        [],
    ]


def test_random_multigraphs_equal_a_plain_loop(multigraph):
    for seed in range(200):
        source, target, node_count = multigraph(seed)
        out, into, all_round = ([[] for _ in range(node_count)] for _ in range(3))
        for edge, (one, other) in enumerate(zip(source.tolist(), target.tolist(), strict=True)):
            out[one].append((other, edge))
            into[other].append((one, edge))
            all_round[one].append((other, edge))
            if one != other:
                all_round[other].append((one, edge))
        assert slices(forward(source, target, node_count)) == out, f"seed {seed}"
        assert slices(backward(source, target, node_count)) == into, f"seed {seed}"
        assert slices(both(source, target, node_count)) == all_round, f"seed {seed}"
        arcs = sorted(
            {(one, other) for one, other in zip(source.tolist(), target.tolist(), strict=True) if one != other}
        )
        found = distinct_arcs(source, target, node_count)
        assert list(zip(*map(np.ndarray.tolist, found), strict=True)) == arcs, f"seed {seed}"


def test_types_and_sizes_are_those_promised():
    for build in (forward, backward, both):
        adjacency = build(np.array([0], np.int64), np.array([1], np.int64), 3)
        assert [column.dtype for column in adjacency] == [np.int64, np.int32, np.int64]
        assert adjacency.node_count == 3
        assert build(np.empty(0, np.int32), np.empty(0, np.int32), 0).node_count == 0


@pytest.mark.parametrize(("source", "target"), [([0], [3]), ([-1], [0]), ([0, 1], [0])])
def test_ids_outside_the_graph_are_refused(source, target):
    with pytest.raises(ValueError):
        forward(np.array(source), np.array(target), 3)


def test_arrays_of_a_read_only_file_do(tmp_path):
    edges = np.array([[0, 1, 2], [1, 2, 0]], np.int32)
    np.save(tmp_path / "edges.npy", edges)
    mapped = np.load(tmp_path / "edges.npy", mmap_mode="r")
    assert slices(both(mapped[0], mapped[1], 3)) == slices(both(edges[0], edges[1], 3))
