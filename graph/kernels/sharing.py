"""Pairs of holders that share identifiers, streamed: nothing of the size of all pairs is ever held.

Each holder's items are ordered from rare to common. Two holders that share at least ``k`` items share one that is not
among the last ``k - 1`` of either, so partners are looked for through the other items only (the prefix filter of
Chaudhuri, Ganti & Kaushik 2006). What is passed over is the commonest items, which cost the most.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .compiled import frozen, ids, kernel

BLOCK = 1_000_000
"""Pairs in a block, unless one holder is the first of more."""
FEW = 16
"""Lists of up to this many items are compared item by item, which is faster than a look-up in an array of all items."""


class Holdings(NamedTuple):
    """Who holds what, ready for ``pair_blocks``. Items are numbered anew, from rare to common.

    Attributes
    ----------
    offsets, items : int64[holder_count+1], int32[], each holder's items, ascending; none for a holder with too few
    item_offsets, holders : int64[], int32[], by item, ascending, the holders to whom it may lead a partner
    minimum_shared : items that a pair must share
    skipped_items : items held by more holders than their limit
    skipped_incidences : distinct (item, holder) among these
    """

    offsets: np.ndarray
    items: np.ndarray
    item_offsets: np.ndarray
    holders: np.ndarray
    minimum_shared: int
    skipped_items: int
    skipped_incidences: int


class SharedPairs(NamedTuple):
    """Pairs of holders, sorted by first, then second, and what was left out of the count.

    Attributes
    ----------
    first, second : int32[k], the holders, ``first < second``
    shared : int32[k], items that both hold, without skipped ones
    skipped_items : items held by more holders than their limit
    skipped_incidences : distinct (item, holder) among these
    """

    first: np.ndarray
    second: np.ndarray
    shared: np.ndarray
    skipped_items: int
    skipped_incidences: int


def holdings(
    item: np.ndarray,
    holder: np.ndarray,
    item_count: int,
    holder_count: int,
    hub_limit: int | np.ndarray,
    minimum_shared: int,
) -> Holdings:
    """Put who holds what in the order that ``pair_blocks`` needs.

    Parameters
    ----------
    item, holder : int32[m], who holds what; the same statement twice counts once
    item_count, holder_count : ids run from 0 up to these, exclusive
    hub_limit : an item with more distinct holders is skipped; one number, or one for each item
    minimum_shared : items that a pair must share, at least 1
    """
    if minimum_shared < 1:
        raise ValueError(f"minimum_shared is {minimum_shared}, not 1 or more")
    if len(item) != len(holder):
        raise ValueError(f"{len(item)} items and {len(holder)} holders")
    item, holder = ids(item, item_count, "item"), ids(holder, holder_count, "holder")
    offsets, items, degree = _distinct(item, holder, item_count, holder_count)
    over = degree > hub_limit
    usable = np.flatnonzero((degree > 1) & ~over)
    usable = usable[np.argsort(degree[usable], kind="stable")]
    rank = np.full(item_count, -1, np.int32)
    rank[usable] = np.arange(len(usable), dtype=np.int32)
    offsets, items, item_offsets, holders = _ranked(offsets, items, rank, len(usable), minimum_shared)
    skipped = int(over.sum()), int(degree[over].sum())
    return Holdings(offsets, items, item_offsets, holders, minimum_shared, *skipped)


def pair_blocks(holdings: Holdings, block: int = BLOCK) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The pairs that share enough, block by block: first, second and shared as in ``SharedPairs``.

    Memory is that of ``holdings``, of one block, and of a few numbers for each holder and item.

    Parameters
    ----------
    holdings : from the function of that name
    block : most pairs in a block, unless one holder is the first of more: those are a block of their own
    """
    offsets, items = frozen(holdings.offsets, np.int64), frozen(holdings.items, np.int32)
    item_offsets, holders = frozen(holdings.item_offsets, np.int64), frozen(holdings.holders, np.int32)
    cursor = holdings.item_offsets[:-1].copy()
    holder_seen = np.full(len(offsets) - 1, -1, np.int32)
    item_seen = np.full(len(cursor), -1, np.int32)
    partners = np.empty(len(offsets) - 1, np.int32)
    next_holder = 0
    room = block
    while next_holder < len(offsets) - 1:
        first, second, shared = (np.empty(room, np.int32) for _ in range(3))
        next_holder, count, needed = _pairs(
            offsets, items, item_offsets, holders, holdings.minimum_shared,
            next_holder, cursor, holder_seen, item_seen, partners, first, second, shared,
        )  # fmt: skip
        if count:
            yield first[:count], second[:count], shared[:count]
        room = max(block, needed)


def shared_pairs(
    item: np.ndarray,
    holder: np.ndarray,
    item_count: int,
    holder_count: int,
    hub_limit: int | np.ndarray,
    minimum_shared: int,
) -> SharedPairs:
    """All pairs of holders with at least ``minimum_shared`` items in common. Parameters as for ``holdings``."""
    held = holdings(item, holder, item_count, holder_count, hub_limit, minimum_shared)
    parts = [[np.empty(0, np.int32)] for _ in range(3)]
    for block in pair_blocks(held):
        for part, column in zip(parts, block, strict=True):
            part.append(column.copy())  # the block's own array is longer
    first, second, shared = map(np.concatenate, parts)
    return SharedPairs(first, second, shared, held.skipped_items, held.skipped_incidences)


@kernel
def _distinct(item, holder, item_count, holder_count):
    """Each holder's distinct items, and the number of distinct holders of each item."""
    offsets = np.zeros(holder_count + 1, np.int64)
    for at in range(holder.size):
        offsets[holder[at] + 1] += 1
    for one in range(holder_count):
        offsets[one + 1] += offsets[one]
    place = offsets[:-1].copy()
    items = np.empty(item.size, np.int32)
    for at in range(item.size):
        items[place[holder[at]]] = item[at]
        place[holder[at]] += 1
    degree = np.zeros(item_count, np.int32)
    last_holder = np.full(item_count, -1, np.int32)
    count = 0
    for one in range(holder_count):
        begin = offsets[one]
        offsets[one] = count
        for at in range(begin, offsets[one + 1]):
            if last_holder[items[at]] != one:
                last_holder[items[at]] = one
                degree[items[at]] += 1
                items[count] = items[at]
                count += 1
    offsets[holder_count] = count
    return offsets, items[:count], degree


@kernel
def _ranked(offsets, items, rank, rank_count, minimum_shared):
    """Each holder's items by rank, and for each rank the holders that have it before their last minimum_shared - 1."""
    holder_count = offsets.size - 1
    new_offsets = np.zeros(holder_count + 1, np.int64)
    item_offsets = np.zeros(rank_count + 1, np.int64)
    for one in range(holder_count):
        count = 0
        for at in range(offsets[one], offsets[one + 1]):
            count += rank[items[at]] >= 0
        new_offsets[one + 1] = new_offsets[one]
        if count >= minimum_shared:
            new_offsets[one + 1] += count
            for at in range(offsets[one], offsets[one + 1]):
                if rank[items[at]] >= 0:
                    item_offsets[rank[items[at]] + 1] += 1
    for one in range(rank_count):
        item_offsets[one + 1] += item_offsets[one]
    place = item_offsets[:-1].copy()
    holders = np.empty(item_offsets[-1], np.int32)
    for one in range(holder_count):
        if new_offsets[one + 1] > new_offsets[one]:
            for at in range(offsets[one], offsets[one + 1]):
                if rank[items[at]] >= 0:
                    holders[place[rank[items[at]]]] = one
                    place[rank[items[at]]] += 1
    fill = new_offsets[:-1].copy()
    new_items = np.empty(new_offsets[-1], np.int32)
    count = 0
    for one in range(rank_count):
        begin = item_offsets[one]
        item_offsets[one] = count
        for at in range(begin, item_offsets[one + 1]):
            holder = holders[at]
            new_items[fill[holder]] = one
            fill[holder] += 1
            if new_offsets[holder + 1] - fill[holder] >= minimum_shared - 1:
                holders[count] = holder
                count += 1
    item_offsets[rank_count] = count
    return new_offsets, new_items, item_offsets, holders[:count].copy()


@kernel
def _pairs(
    offsets, items, item_offsets, holders, minimum_shared,
    begin, cursor, holder_seen, item_seen, partners, first, second, shared,
):  # fmt: skip
    """Fill first, second and shared from holder ``begin`` on until the next holder's pairs do not fit.

    ``cursor`` points behind the holders already done in each item's list; ``holder_seen``, ``item_seen`` and
    ``partners`` are scratch. Returns the holder to go on with, the pairs filled in, and the room that holder needs.
    """
    count = 0
    for one in range(begin, offsets.size - 1):
        low, high = offsets[one], offsets[one + 1]
        if low == high:
            continue
        partner_count = 0
        for at in range(low, high - minimum_shared + 1):
            item = items[at]
            for behind in range(cursor[item] + 1, item_offsets[item + 1]):
                if holder_seen[holders[behind]] != one:
                    holder_seen[holders[behind]] = one
                    partners[partner_count] = holders[behind]
                    partner_count += 1
        if partner_count == 0:
            for at in range(low, high - minimum_shared + 1):
                cursor[items[at]] += 1
            continue
        for at in range(low, high):
            item_seen[items[at]] = one
        found = np.empty(partner_count, np.int64)
        found_count = 0
        for at in range(partner_count):
            other = partners[at]
            other_low, other_high = offsets[other], offsets[other + 1]
            common = 0
            if high - low <= FEW and other_high - other_low <= FEW:
                for place in range(other_low, other_high):
                    for at_one in range(low, high):
                        common += items[place] == items[at_one]
            elif other_high - other_low <= FEW * (high - low):
                for place in range(other_low, other_high):
                    common += item_seen[items[place]] == one
            else:  # the other has very many items: look each of this one's up among them
                for place in range(low, high):
                    below = np.searchsorted(items[other_low:other_high], items[place])
                    common += other_low + below < other_high and items[other_low + below] == items[place]
            if common >= minimum_shared:
                found[found_count] = (np.int64(other) << 32) | common
                found_count += 1
        if count + found_count > first.size:
            for at in range(partner_count):
                holder_seen[partners[at]] = -1
            return one, count, found_count
        ordered = np.sort(found[:found_count])
        for at in range(found_count):
            first[count] = one
            second[count] = ordered[at] >> 32
            shared[count] = ordered[at] & 0xFFFFFFFF
            count += 1
        for at in range(low, high - minimum_shared + 1):
            cursor[items[at]] += 1
    return offsets.size - 1, count, 0
