"""Guarantee chains 担保链: A stands surety for B, who stands surety for C, and so on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from scipy.sparse.csgraph import breadth_first_order

from ...graph.kernels.chains import Chains, longest_chains
from ...graph.kernels.sets import among, by_label
from ..contract import bound
from .view import Structure, View

SHORTEST = 2
"""Arcs from which on a path is a chain."""


def chain_structures(view: View, max_parties: int) -> Iterator[Structure]:
    """One ``guarantee_chain`` for each weak component whose longest chain has ``SHORTEST`` arcs or more.

    Parameters
    ----------
    max_parties : components with more are not reported whole but by one longest chain
    """
    found = longest_chains(view.source, view.target, view.count)
    weak = found.component[view.source]
    labels = np.where(found.length[weak] >= SHORTEST, weak, -1)
    for label, places in by_label(labels).items():
        if len(view.net.members(view.rows[places])) > max_parties:
            yield _one_chain(view, found, label, places, max_parties)
        else:
            yield _whole(view, int(found.length[label]), places)


def _whole(view: View, length: int, places: np.ndarray) -> Structure:
    """The component's contracts, those on a chain that starts at the strongest head first."""
    arcs = _Arcs(view, places)
    heads = {group for group, below in arcs.below.items() if below == length}
    downstream = {group: arcs.downstream(group) for group in heads}
    head = min(heads, key=lambda group: (*(-part for part in downstream[group]), arcs.label(group)))
    amount, parties, unknown, some_known = downstream[head]
    chain = arcs.chain_from(head)
    on_chain = among(places, np.sort(chain))
    rows = view.rows[np.concatenate((chain, places[~on_chain]))]
    measures: dict[str, float] = {
        "longest_chain": length,
        "chain_heads": len(heads),
        "downstream_amount_unknown": unknown,
        "downstream_parties": parties,
    }
    if some_known:
        measures["downstream_amount"] = amount
    return Structure("guarantee_chain", rows, measures, focus=_path(view, chain), path=True)


def _one_chain(view: View, found: Chains, label: int, places: np.ndarray, max_parties: int) -> Structure:
    """One longest chain of a component too large to report whole."""
    chain = found.edges(label)
    reached = breadth_first_order(view.matrix, int(view.source[chain[0]]), return_predecessors=False)
    rows = view.rows[places[among(view.source[places], np.sort(reached))]]
    measures = {
        "longest_chain": int(found.length[label]),
        "downstream_amount_unknown": int(view.net.unknown[rows].sum()),
        "downstream_parties": len(reached) - 1,
        **view.net.known_amount(rows, "downstream_amount"),
    }
    skipped = f"contracts beside one longest chain in a component of {len(places)} contracts"
    cut = bound("max_chain_parties", max_parties, skipped)
    return Structure("guarantee_chain", view.rows[chain], measures, [cut], _path(view, chain), path=True)


def _path(view: View, chain: np.ndarray) -> list[int]:
    rows = view.rows[chain]
    return [int(view.net.guarantor[rows[0]]), *view.net.borrower[rows].tolist()]


class _Arcs:
    """The contracts of one weak component between and within its strong components, here called groups."""

    def __init__(self, view: View, places: np.ndarray):
        net, rows = view.net, view.rows[places]
        self.places = places.tolist()
        self.source = view.strong[view.source[places]].tolist()
        self.target = view.strong[view.target[places]].tolist()
        self.amount = net.amount[rows].tolist()
        self.unknown = net.unknown[rows].tolist()
        self.guarantor, self.borrower = net.guarantor[rows].tolist(), net.borrower[rows].tolist()
        self.labels = net.labels
        self.parties: dict[int, set[int]] = defaultdict(set)
        self.out: dict[int, list[int]] = defaultdict(list)
        self.after: dict[int, set[int]] = defaultdict(set)
        for arc, (one, other) in enumerate(zip(self.source, self.target, strict=True)):
            self.parties[one].add(self.guarantor[arc])
            self.parties[other].add(self.borrower[arc])
            self.out[one].append(arc)
            if one != other:
                self.after[one].add(other)
        self.below = self._below()

    def _below(self) -> dict[int, int]:
        """Arcs of the longest chain from each group on, deepest groups first."""
        below: dict[int, int] = {}
        stack = list(self.parties)
        while stack:
            group = stack[-1]
            waiting = [other for other in self.after[group] if other not in below]
            if waiting:
                stack.extend(waiting)
            else:
                below[group] = max((below[other] + 1 for other in self.after[group]), default=0)
                stack.pop()
        return below

    def label(self, group: int) -> str:
        """A name to decide ties by."""
        return min(self.labels[party] for party in self.parties[group])

    def downstream(self, head: int) -> tuple[float, int, int, bool]:
        """What hangs on a party of a group: the known amounts of all contracts reachable from it, how many other
        parties these reach, how many of the contracts have no amount, and whether any has a known one."""
        reached, waiting = {head}, [head]
        while waiting:
            after = self.after[waiting.pop()] - reached
            reached |= after
            waiting.extend(after)
        arcs = [arc for group in reached for arc in self.out[group]]
        known = [self.amount[arc] for arc in arcs if not math.isnan(self.amount[arc])]
        parties = len(set().union(*(self.parties[group] for group in reached))) - 1
        return math.fsum(known), parties, sum(self.unknown[arc] for arc in arcs), bool(known)

    def chain_from(self, head: int) -> np.ndarray:
        """Places of the contracts of a longest chain, at each step along the largest amount."""
        chain, group = [], head
        while self.below[group]:
            onward = [
                arc
                for arc in self.out[group]
                if self.target[arc] != group and self.below[self.target[arc]] == self.below[group] - 1
            ]
            best = min(onward, key=self._preference)
            chain.append(self.places[best])
            group = self.target[best]
        return np.array(chain, dtype=np.int64)

    def _preference(self, arc: int) -> tuple[float, str, str]:
        amount = self.amount[arc]
        known = 0.0 if math.isnan(amount) else -amount
        return known, self.labels[self.guarantor[arc]], self.labels[self.borrower[arc]]
