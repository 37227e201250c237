"""Least feedback arc sets against brute force, against orders of the nodes, and against published optima."""

import random

import numpy as np
import pytest
from oracles import contagion as oracle
from ringfence.graph.kernels.feedback_arcs import Arcs, feedback_arcs

TEARING = "1>2,4,6 2>3 3>4,8 4>5 5>1,10 6>4,7 7>2,8,11 8>9 9>4,11 10>6 11>12 12>4,10"
"""A flowsheet of twelve units; two streams are torn at least."""


def cuts(arcs, weight=None, item=None, seconds=60.0):
    """The parts' cuts; each arc is an item of its own of weight 1 unless said otherwise."""
    source, target = np.array(arcs, np.int32).reshape(-1, 2).T
    item = np.arange(len(arcs)) if item is None else np.array(item)
    weight = np.ones(len(arcs)) if weight is None else np.array(weight, float)
    nodes = int(max(source.max(initial=-1), target.max(initial=-1))) + 1
    return list(feedback_arcs(Arcs(source, target, item, weight, nodes), seconds))


def left(arcs, found, item=None):
    """The arcs that stay."""
    gone = {one for cut in found for one in cut.items.tolist()}
    return [arc for place, arc in enumerate(arcs) if (place if item is None else item[place]) not in gone]


def parsed(text):
    return [
        (int(one.split(">")[0]), int(other)) for one in text.split() for other in one.split(">")[1].split(",")
    ]  # fmt: skip


def test_the_lightest_arc_of_a_cycle_is_cut():
    (cut,) = cuts([(0, 1), (1, 2), (2, 0)], [5, 3, 4])
    assert (cut.items.tolist(), cut.nodes, cut.weight, cut.bound, cut.exact) == ([1], 3, 3, 3, True)


def test_one_shared_arc_is_cheaper_than_two():
    (cut,) = cuts([(0, 1), (1, 0), (1, 2), (2, 0)], [3, 2, 2, 2])
    assert cut.items.tolist() == [0]


def test_parts_are_decided_one_by_one_and_what_has_no_cycle_is_none():
    found = cuts([(0, 1), (1, 0), (2, 3), (3, 4), (4, 2), (4, 5), (6, 7)])
    assert [cut.nodes for cut in found] == [2, 3]
    assert cuts([(0, 1), (1, 2)]) == []
    assert cuts([]) == []


def test_a_loop_is_no_arc():
    assert cuts([(0, 0)]) == []


def test_a_group_is_cut_whole():
    """The three arcs of item 0 cost 2 in all, and every cycle has one of them."""
    arcs, item = [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1)], [0, 0, 0, 1, 2]
    (cut,) = cuts(arcs, [2, 3, 3], item)
    assert (cut.items.tolist(), cut.weight) == ([0], 2)


def test_an_arc_with_two_layers_is_gone_when_both_are():
    """Cutting 0 to 1 takes both of its layers, 2 and 3; the way back costs 4."""
    (cut,) = cuts([(0, 1), (0, 1), (1, 0)], [2, 3, 4], [0, 1, 2])
    assert (cut.items.tolist(), cut.weight) == ([2], 4)


def test_a_group_ties_the_components_it_lies_in():
    """Items 0 and 3 alone cost 4 and 4; the group 1 breaks both cycles for 5."""
    arcs, item = [(0, 1), (1, 0), (2, 3), (3, 2)], [0, 1, 2, 1]
    (cut,) = cuts(arcs, [4, 5, 4], item)
    assert cut.items.tolist() == [1]


def test_the_published_optimum_of_a_tearing_problem():
    arcs = parsed(TEARING)
    (cut,) = cuts(arcs)
    assert (cut.weight, cut.exact) == (2, True)
    assert oracle.acyclic(left(arcs, [cut]))


def test_random_graphs_with_groups_and_parallel_arcs_are_cut_as_brute_force_says():
    for seed in range(150):
        chance = random.Random(seed)
        count = chance.randint(2, 6)
        pairs = [(one, other) for one in range(count) for other in range(count) if one != other]
        arcs = chance.choices(pairs, k=chance.randint(2, 12))
        drawn = [chance.randrange(9) for _ in arcs] if chance.random() < 0.6 else list(range(len(arcs)))
        item = [sorted(set(drawn)).index(one) for one in drawn]
        weight = [chance.randint(1, 9) for _ in set(item)]
        found = cuts(arcs, weight, item)
        assert sum(cut.weight for cut in found) == oracle.least_cut(arcs, item, weight), f"seed {seed}"
        assert oracle.acyclic(left(arcs, found, item)), f"seed {seed}"
        assert all(cut.exact for cut in found), f"seed {seed}"


def test_random_graphs_of_up_to_nine_nodes_are_cut_as_the_best_order_says():
    for seed in range(120):
        chance = random.Random(seed)
        count = chance.randint(2, 9)
        pairs = [(one, other) for one in range(count) for other in range(count) if one != other]
        arcs = chance.sample(pairs, min(len(pairs), chance.randint(2, 40)))
        weight = [chance.choice((1, 1e-2, 1e7)) * chance.randint(1, 100) for _ in arcs]
        found = cuts(arcs, weight)
        least = oracle.least_order(count, arcs, weight)
        assert sum(cut.weight for cut in found) == pytest.approx(least, rel=1e-9), f"seed {seed}"
        assert oracle.acyclic(left(arcs, found)), f"seed {seed}"


def test_without_time_there_is_a_cut_with_a_bound_below_it():
    chance = np.random.default_rng(1)
    arcs = [tuple(pair) for pair in chance.integers(0, 60, (400, 2)).tolist() if pair[0] != pair[1]]
    found = cuts(arcs, seconds=0.0)
    assert oracle.acyclic(left(arcs, found))
    (cut,) = found
    assert 0 <= cut.bound < cut.weight and not cut.exact
