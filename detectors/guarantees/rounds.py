"""Mutual guarantees 互保 and cyclic ones 循环担保: one finding for each strong component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...graph.kernels.cycles import cycles, shortest_cycles
from ...graph.kernels.sets import among, by_label, distinct
from ..contract import bound
from .joint import JointGroups
from .view import Structure, View

COUNTED_TOGETHER = 8
"""Strong components up to this size are searched in one go: what a complete one holds is a bound of its own."""
SHORTEST_WORK = 2_500_000
"""Vertices that the shortest cycles of one component may have, all together."""


class Bounds(NamedTuple):
    """How far cycles are followed; see the detector's parameters of these names."""

    max_cycle_length: int
    cycles_per_party: int
    cycles_per_component: int
    shortest_cycles: int


class CycleCounts(NamedTuple):
    """By strong component: how many cycles were found, the shortest and the longest of them, and which bounds bit."""

    cycles: np.ndarray
    shortest: np.ndarray
    longest: np.ndarray
    capped: np.ndarray
    unsearched: np.ndarray


def round_structures(view: View, groups: JointGroups, bounds: Bounds) -> Iterator[Structure]:
    """One ``guarantee_mutual`` or ``guarantee_cycle`` for each strong component that lies in no joint group."""
    size = view.strong_size
    reported = size >= 2
    _, component, inside = groups.count_by(view.strong)
    reported[component[inside == size[component]]] = False
    if not reported.any():
        return
    labels = np.where(view.inner & reported[view.strong[view.source]], view.strong[view.source], -1)
    counts = count_cycles(view, labels, bounds)
    shortest, telling, left_out = shortest_through(view, labels, bounds.shortest_cycles)
    one, _ = view.mutual
    pairs = np.bincount(view.strong[one], minlength=len(size))
    for label, places in by_label(labels, telling).items():
        structure = Structure("guarantee_mutual" if size[label] == 2 else "guarantee_cycle", view.rows[places])
        structure.measures = {
            "mutual_pairs": int(pairs[label]),
            "cycles": max(int(counts.cycles[label]), 1),  # the shortest is known, however long
            "shortest_cycle": int(min(counts.shortest[label], shortest[label])),
            "longest_cycle": int(max(counts.longest[label], shortest[label])),
        }
        structure.truncated = list(_bitten(label, size[label], counts, left_out, bounds))
        structure.truncated += groups.truncated(int(view.weak[view.source[places[0]]]))
        yield structure


def count_cycles(view: View, labels: np.ndarray, bounds: Bounds) -> CycleCounts:
    """Simple cycles of two arcs and more, parallel contracts being one arc, by strong component.

    Each component has bounds of its own, so that what one holds does not depend on the others.
    """
    size = view.strong_size
    count, longest, capped, unsearched = (np.zeros(len(size), dtype=np.int64) for _ in range(4))
    shortest = np.full(len(size), np.iinfo(np.int64).max)
    together = (labels >= 0) & (size[labels] <= COUNTED_TOGETHER)
    alone = np.where(together, -1, labels)
    searches = [(np.flatnonzero(together), 2**62)] if together.any() else []
    searches += [(places, bounds.cycles_per_component) for places in by_label(alone).values()]
    for places, total in searches:
        vertices, ends = np.unique(np.stack((view.source[places], view.target[places])), return_inverse=True)
        one, other = ends.reshape(2, -1)
        length, per_party = bounds.max_cycle_length, bounds.cycles_per_party
        found = cycles(one, other, len(vertices), max_length=length, per_start=per_party, total=total)
        label = view.strong[vertices]
        of_cycle = label[found.nodes[found.offsets[:-1]]]
        np.add.at(count, of_cycle, 1)
        np.minimum.at(shortest, of_cycle, np.diff(found.offsets))
        np.maximum.at(longest, of_cycle, np.diff(found.offsets))
        np.add.at(capped, label[found.capped], 1)
        np.add.at(unsearched, label[found.unsearched], 1)
    return CycleCounts(count, shortest, longest, capped, unsearched)


def shortest_through(view: View, labels: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One shortest cycle through each vertex of the strong components.

    Parameters
    ----------
    labels : strong component of each contract, -1 for those that do not matter
    most : through how many vertices of one component, those with the most counterparties first; fewer where cycles
        may be so long that all together would have more than ``SHORTEST_WORK`` vertices

    Returns
    -------
    by component the length of its shortest cycle; bool by contract, it lies on one of the cycles; by component how
    many vertices were left out
    """
    size = view.strong_size
    vertices = distinct(view.source[labels >= 0])
    label = view.strong[vertices]
    order = np.lexsort((vertices, -view.neighbours[vertices], label))
    first = np.flatnonzero(np.diff(label[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    sought = np.clip(SHORTEST_WORK // np.maximum(size, 1), 1, most)
    left_out = np.maximum(size - sought, 0)
    vertices = vertices[order[place < sought[label[order]]]]

    inner = labels >= 0
    source, target = view.source[inner], view.target[inner]
    shortest = np.full(len(size), np.iinfo(np.int64).max)
    on_cycles = [np.array([], dtype=np.int64)]
    # No cycle is longer than its component, so a block's cycles take no more room than this.
    block = np.cumsum(size[view.strong[vertices]]) // (8 * SHORTEST_WORK)
    for some in np.split(vertices, np.flatnonzero(np.diff(block)) + 1):
        offsets, flat = shortest_cycles(source, target, view.count, some)
        np.minimum.at(shortest, view.strong[some], np.diff(offsets))
        # Each vertex of a cycle is followed by the next, the last by the first.
        following = np.roll(flat, -1)
        following[offsets[1:] - 1] = flat[offsets[:-1]]
        on_cycles.append(distinct(flat.astype(np.int64) * view.count + following))
    telling = np.zeros(len(labels), dtype=bool)
    telling[inner] = among(view.arc[inner], distinct(np.concatenate(on_cycles)))
    return shortest, telling, left_out


def _bitten(label: int, size: int, counts: CycleCounts, left_out: np.ndarray, bounds: Bounds) -> Iterator[dict]:
    if size > bounds.max_cycle_length:
        limit = bounds.max_cycle_length
        yield bound("max_cycle_length", limit, f"counting of cycles longer than {limit}")
    if counts.capped[label]:
        skipped = f"counting of further cycles through {counts.capped[label]} of the parties"
        yield bound("cycles_per_party", bounds.cycles_per_party, skipped)
    if counts.unsearched[label]:
        skipped = f"counting of further cycles through {counts.unsearched[label]} of the parties"
        yield bound("cycles_per_component", bounds.cycles_per_component, skipped)
    if left_out[label]:
        skipped = f"shortest cycles through {left_out[label]} parties with fewer counterparties"
        yield bound("shortest_cycles", bounds.shortest_cycles, skipped)
