"""Pairs of holders that share identifiers, streamed: nothing of the size of all pairs is ever held.

Holder after holder, those after it who hold one of its items are met and counted. (Looking for partners through a
holder's rare items only and comparing lists afterwards, the prefix filter of Chaudhuri, Ganti & Kaushik 2006, took two
to three times as long where people have a handful of identifiers.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .compiled import frozen, ids, kernel

BLOCK = 1_000_000
"""Pairs in a block, unless one holder is the first of more."""


class Holdings(NamedTuple):
    """Who holds what, ready for ``pair_blocks``: only items, and holders, that can make a pair.

    Attributes
    ----------
    offsets : int64[holder_count+1], which entries of ``behind`` are a holder's
    behind : int64[], for each item of each holder where in ``holders`` begin the later holders of the item, or -1
    holders : int32[], by item, ascending; the last of each item as its complement ``~holder``
    minimum_shared : items that a pair must share
    skipped_items : items held by more holders than their limit
    skipped_incidences : distinct (item, holder) among these
    """

    offsets: np.ndarray
    behind: np.ndarray
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
    offsets, behind, holders = _linked(offsets, items, (degree > 1) & ~over, minimum_shared)
    return Holdings(offsets, behind, holders, minimum_shared, int(over.sum()), int(degree[over].sum()))


def pair_blocks(holdings: Holdings, block: int = BLOCK) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The pairs that share enough, block by block: first, second and shared as in ``SharedPairs``.

    Memory is that of ``holdings``, of one block, and of a few numbers for each holder and item.

    Parameters
    ----------
    holdings : from the function of that name
    block : most pairs in a block, unless one holder is the first of more: those are a block of their own
    """
    offsets, behind = frozen(holdings.offsets, np.int64), frozen(holdings.behind, np.int64)
    holders = frozen(holdings.holders, np.int32)
    met = np.zeros(len(offsets) - 1, np.int32)
    partners = np.empty(len(offsets) - 1, np.int32)
    next_holder = 0
    room = block
    while next_holder < len(offsets) - 1:
        first, second, shared = (np.empty(room, np.int32) for _ in range(3))
        next_holder, count, needed = _pairs(
            offsets, behind, holders, holdings.minimum_shared, next_holder, met, partners, first, second, shared
        )
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
def _linked(offsets, items, usable, minimum_shared):
    """The arrays of ``Holdings``, from each holder's distinct items."""
    holder_count = offsets.size - 1
    new_offsets = np.zeros(holder_count + 1, np.int64)
    place = np.zeros(usable.size + 1, np.int64)
    for holder in range(holder_count):
        count = 0
        for at in range(offsets[holder], offsets[holder + 1]):
            count += usable[items[at]]
        new_offsets[holder + 1] = new_offsets[holder]
        if count >= minimum_shared:
            new_offsets[holder + 1] += count
            for at in range(offsets[holder], offsets[holder + 1]):
                if usable[items[at]]:
                    place[items[at] + 1] += 1
    for item in range(usable.size):
        place[item + 1] += place[item]
    begin = place.copy()
    holders = np.empty(new_offsets[-1], np.int32)
    behind = np.full(new_offsets[-1], -1, np.int64)
    entry_before = np.full(usable.size, -1, np.int64)
    entry = 0
    for holder in range(holder_count):
        if new_offsets[holder + 1] > new_offsets[holder]:
            for at in range(offsets[holder], offsets[holder + 1]):
                item = items[at]
                if usable[item]:
                    holders[place[item]] = holder
                    if entry_before[item] >= 0:
                        behind[entry_before[item]] = place[item]
                    entry_before[item] = entry
                    place[item] += 1
                    entry += 1
    for item in range(usable.size):
        if place[item] > begin[item]:
            holders[place[item] - 1] = ~holders[place[item] - 1]
    return new_offsets, behind, holders


@kernel
def _pairs(offsets, behind, holders, minimum_shared, begin, met, partners, first, second, shared):
    """Fill first, second and shared from holder ``begin`` on until the next holder's pairs do not fit.

    ``met`` (zeros before and after) and ``partners`` are scratch, one place for each holder. Returns the holder to go
    on with, the number of pairs filled in, and the room which that holder needs.
    """
    count = 0
    found = np.empty(64, np.int64)
    for holder in range(begin, offsets.size - 1):
        partner_count = 0
        for entry in range(offsets[holder], offsets[holder + 1]):
            place = behind[entry]
            while place >= 0:
                partner = holders[place]
                place += 1
                if partner < 0:
                    partner = ~partner
                    place = -1
                if met[partner] == 0:
                    partners[partner_count] = partner
                    partner_count += 1
                met[partner] += 1
        if partner_count > found.size:
            found = np.empty(2 * partner_count, np.int64)
        found_count = 0
        for at in range(partner_count):
            partner = partners[at]
            if met[partner] >= minimum_shared:
                found[found_count] = (np.int64(partner) << 32) | met[partner]
                found_count += 1
            met[partner] = 0
        if count + found_count > first.size:
            return holder, count, found_count
        if found_count:
            for pair in np.sort(found[:found_count]):
                first[count] = holder
                second[count] = pair >> 32
                shared[count] = pair & 0xFFFFFFFF
                count += 1
    return offsets.size - 1, count, 0
