"""Packed cycles and improved orders: a bound below every cut, a cut that leaves no cycle, and moves that only pay."""

import random

import numpy as np
from oracles import contagion as oracle
from ringfence.graph.kernels.cycle_packing import Items, pack_cycles
from ringfence.graph.kernels.orders import improved

EVER = float("inf")


def drawn(seed, most=6):
    """Arcs without loops, each once, several of them cut with one item, and some with two."""
    chance = random.Random(seed)
    count = chance.randint(2, most)
    pairs = [(one, other) for one in range(count) for other in range(count) if one != other]
    arcs = sorted(chance.sample(pairs, chance.randint(1, min(len(pairs), 14))))
    held = [sorted({chance.randrange(8), chance.randrange(8)}) for _ in arcs]
    return count, arcs, held, [float(chance.randint(1, 9)) for _ in range(8)]


def packed(count, arcs, held, weight, until=EVER):
    source, target = np.array(arcs, np.int32).T
    items = Items(np.cumsum([0, *map(len, held)]), np.concatenate(held))
    return source, target, items, pack_cycles(source, target, count, items, np.array(weight), until)


def layers(arcs, held):
    """The arcs once for each item, as the oracle takes them."""
    return [arc for arc, some in zip(arcs, held, strict=True) for _ in some], [one for some in held for one in some]


def test_two_cycles_on_one_arc_share_its_weight():
    """0 and 1, and 0 and 2, guarantee each other; the ways out weigh 1 and 5, the ways back 3 and 2."""
    arcs, held = [(0, 1), (0, 2), (1, 0), (2, 0)], [[0], [1], [2], [3]]
    *_, found = packed(3, arcs, held, [1.0, 5.0, 3.0, 2.0])
    assert (round(found.bound, 9), found.cut.tolist(), found.whole) == (3, [True, False, False, True], True)
    assert found.offsets.tolist() == [0, 2, 4]


def test_random_packings_weigh_no_more_than_any_cut_and_leave_no_cycle():
    for seed in range(200):
        count, arcs, held, weight = drawn(seed)
        *_, found = packed(count, arcs, held, weight)
        least = oracle.least_cut(*layers(arcs, held), weight)
        assert found.bound <= least, f"seed {seed}"
        assert oracle.acyclic([arc for arc, some in zip(arcs, held, strict=True) if not found.cut[some].all()])
        for first, last in zip(found.offsets, found.offsets[1:], strict=False):
            assert not oracle.acyclic([arcs[one] for one in found.arcs[first:last].tolist()]), f"seed {seed}"


def test_random_orders_are_improved_to_cuts_that_weigh_no_more():
    for seed in range(200):
        count, arcs, held, weight = drawn(seed, most=9)
        source, target, items, _ = packed(count, arcs, held, weight)
        order = np.random.default_rng(seed).permutation(count)
        before = {one for arc, some in zip(arcs, held, strict=True) if order[arc[0]] > order[arc[1]] for one in some}
        cut = improved(source, target, items, np.array(weight), order, EVER)
        assert oracle.acyclic([arc for arc, some in zip(arcs, held, strict=True) if not cut[some].all()])
        assert sum(np.array(weight)[cut]) <= sum(weight[one] for one in before), f"seed {seed}"


def test_without_time_what_can_be_done_at_once_is_done():
    *_, found = packed(3, [(0, 1), (1, 2), (2, 0)], [[0], [1], [2]], [3.0, 2.0, 4.0], until=0.0)
    assert (round(found.bound, 9), found.whole) == (2, True)
