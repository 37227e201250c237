"""Pairs that share identifiers against counting every pair of every item."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from ringfence.graph.kernels.sharing import holdings, pair_blocks, shared_pairs


def expected(item, holder, limit, minimum_shared):
    """Sorted (first, second, shared), the items over their limit, and how many hold those."""
    held = {}
    for one, other in zip(item.tolist(), holder.tolist(), strict=True):
        held.setdefault(one, set()).add(other)
    over = [one for one in held if len(held[one]) > limit[one]]
    shared = Counter(pair for one in held if one not in over for pair in combinations(sorted(held[one]), 2))
    pairs = sorted((*pair, count) for pair, count in shared.items() if count >= minimum_shared)
    return pairs, len(over), sum(len(held[one]) for one in over)


def rows(columns):
    return list(zip(*map(np.ndarray.tolist, columns), strict=True))


def test_a_case_by_hand():
    # Holders 0 and 1 share items 0, 1 and 3; 1 and 2 share 1 and 3. Item 1 is stated twice of holder 1.
    item, holder = np.array([0, 0, 1, 1, 1, 1, 3, 3, 3]), np.array([0, 1, 0, 1, 1, 2, 1, 0, 2])
    pairs = shared_pairs(item, holder, 4, 4, hub_limit=3, minimum_shared=2)
    assert rows(pairs[:3]) == [(0, 1, 3), (0, 2, 2), (1, 2, 2)]
    assert (pairs.skipped_items, pairs.skipped_incidences) == (0, 0)
    assert rows(shared_pairs(item, holder, 4, 4, 3, 3)[:3]) == [(0, 1, 3)]


def test_items_held_by_more_than_the_limit_are_skipped_and_counted():
    item, holder = np.array([0, 0, 1, 1, 1, 1, 2, 2, 2]), np.array([0, 1, 0, 1, 1, 2, 1, 0, 2])
    pairs = shared_pairs(item, holder, 3, 3, hub_limit=2, minimum_shared=1)
    assert rows(pairs[:3]) == [(0, 1, 1)]
    assert (pairs.skipped_items, pairs.skipped_incidences) == (2, 6), "a holder stated twice counts once"
    by_item = shared_pairs(item, holder, 3, 3, hub_limit=np.array([0, 3, 9]), minimum_shared=2)
    assert rows(by_item[:3]) == [(0, 1, 2), (0, 2, 2), (1, 2, 2)]
    assert (by_item.skipped_items, by_item.skipped_incidences) == (1, 2)


def test_random_holdings_equal_counting_all_pairs():
    for seed in range(600):
        random = np.random.default_rng(seed)
        item_count, holder_count = (int(count) for count in random.integers(1, 13, 2))
        size = int(random.integers(0, 70))
        item, holder = random.integers(0, item_count, size), random.integers(0, holder_count, size)
        limit = random.integers(0, 12, item_count) if seed % 2 else int(random.integers(0, 12))
        minimum_shared = int(random.integers(1, 5))
        pairs = shared_pairs(item, holder, item_count, holder_count, limit, minimum_shared)
        wanted, items, incidences = expected(item, holder, np.broadcast_to(limit, item_count), minimum_shared)
        assert rows(pairs[:3]) == wanted, f"seed {seed}"
        assert (pairs.skipped_items, pairs.skipped_incidences) == (items, incidences), f"seed {seed}"


def test_holders_of_very_many_items_are_counted_like_others():
    for seed in range(20):
        random = np.random.default_rng(seed)
        everything = np.arange(300)
        item = np.concatenate((everything, everything[random.random(300) < 0.7], random.integers(0, 300, 60)))
        holder = np.concatenate((np.full(300, 3), np.full(len(item) - 360, 11), random.integers(0, 20, 60)))
        pairs = shared_pairs(item, holder, 300, 20, 20, 2)
        wanted, *_ = expected(item, holder, np.full(300, 20), 2)
        assert rows(pairs[:3]) == wanted, f"seed {seed}"


def test_blocks_hold_the_same_pairs_in_the_same_order():
    for seed in range(30):
        random = np.random.default_rng(seed)
        item, holder = random.integers(0, 40, 300), random.integers(0, 60, 300)
        pairs = shared_pairs(item, holder, 40, 60, 50, 1)
        for size in (1, 7, 100):
            blocks = list(pair_blocks(holdings(item, holder, 40, 60, 50, 1), size))
            assert [row for block in blocks for row in rows(block)] == rows(pairs[:3]), f"seed {seed}, {size}"
            for block in blocks:
                assert len(block[0]) <= size or len(set(block[0].tolist())) == 1, f"seed {seed}, {size}"


def test_the_order_of_rows_does_not_matter():
    for seed in range(50):
        random = np.random.default_rng(seed)
        item, holder = random.integers(0, 15, 90), random.integers(0, 25, 90)
        order = random.permutation(90)
        pairs = shared_pairs(item, holder, 15, 25, 12, 2)
        shuffled = shared_pairs(item[order], holder[order], 15, 25, 12, 2)
        assert all(map(np.array_equal, pairs, shuffled)), f"seed {seed}"


def test_nothing_shared_is_no_pair():
    empty = np.empty(0, np.int32)
    for item, holder, counts in ((empty, empty, (0, 0)), (empty, empty, (3, 2)), ([0, 1], [0, 1], (2, 2))):
        pairs = shared_pairs(np.array(item), np.array(holder), *counts, 10, 1)
        assert [column.dtype for column in pairs[:3]] == [np.int32] * 3
        assert rows(pairs[:3]) == []


def test_input_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="minimum_shared"):
        shared_pairs(np.array([0]), np.array([0]), 1, 1, 10, 0)
    with pytest.raises(ValueError, match="item holds ids outside"):
        shared_pairs(np.array([1]), np.array([0]), 1, 1, 10, 1)
    with pytest.raises(ValueError, match="2 items and 1 holders"):
        shared_pairs(np.array([0, 0]), np.array([0]), 1, 1, 10, 1)
