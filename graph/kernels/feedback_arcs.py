"""The cheapest arcs whose removal leaves no directed cycle: minimum-weight feedback arc sets.

First cycles are packed, which gives a bound and an order of the nodes, and nodes are moved while that pays. Then an
integer program with one row for each cycle that was met, cycles added as solutions leave them open (Baharev, Schichl,
Neumaier & Achterberg 2021, "An exact method for the minimum feedback arc set problem"), is solved by HiGHS. One strong
component at a time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .components import sinks_first, strong_components, weak_components
from .cycle_packing import Items, pack_cycles
from .orders import improved
from .sets import by_label, distinct

SCALE = 1e6
"""The largest weight as the solver sees it, so that its absolute tolerances are 1e-12 of it."""
SHORTEST = 0.5
"""Seconds that a program is given at least."""
RELATIVE = 1e-9
"""A bound within this part of the weight proves the weight least."""


class Arcs(NamedTuple):
    """Arcs in layers: a layer belongs to an item, items are cut, and an arc is gone when all of its layers are.

    Attributes
    ----------
    source, target : int32 by layer, its ends; loops are no arcs
    item : int64 by layer
    weight : float64 by item, above 0
    node_count : ids run from 0 to ``node_count - 1``
    """

    source: np.ndarray
    target: np.ndarray
    item: np.ndarray
    weight: np.ndarray
    node_count: int


class Cut(NamedTuple):
    """Items whose removal leaves no cycle.

    Attributes
    ----------
    items : int64, ascending
    nodes : how many nodes the part has that these items were chosen for
    weight : of these items
    bound : no other choice weighs less than this
    """

    items: np.ndarray
    nodes: int
    weight: float
    bound: float

    @property
    def exact(self) -> bool:
        """Whether nothing weighs less, up to ``RELATIVE``."""
        return self.bound == self.weight


def feedback_arcs(arcs: Arcs, seconds: float) -> Iterator[Cut]:
    """A least cut for each part of the graph that can be decided alone, small parts first; parts without cycle have
    none. A part is a strong component, or several in which layers of one item lie.

    Parameters
    ----------
    seconds : for all parts together; what is left unproven when they are over has a ``bound`` below its ``weight``
    """
    until = time.monotonic() + seconds
    strong = strong_components(arcs.source, arcs.target, arcs.node_count)
    inside = np.flatnonzero((strong[arcs.source] == strong[arcs.target]) & (arcs.source != arcs.target))
    components = int(strong.max(initial=-1)) + 1
    point = components + arcs.item[inside]
    tied = weak_components(strong[arcs.source[inside]], point, components + len(arcs.weight))
    parts = by_label(tied[point])
    ordered = sorted(parts.values(), key=len)
    for left, layers in zip(range(len(ordered), 0, -1), ordered, strict=True):
        now = time.monotonic()
        # a hard part leaves half of the time to those after it
        yield _Part(arcs, inside[layers]).cut(until if left == 1 else now + (until - now) / 2)


@dataclass
class _Open:
    """Rows of the program so far: the variables of which each cycle needs one."""

    rows: list[np.ndarray] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)

    def add(self, variables: np.ndarray) -> None:
        key = variables.tobytes()
        if key not in self.known:
            self.known.add(key)
            self.rows.append(variables)


class _Part:
    """One part. A variable says of an item, or of several that share an arc, that all of it is cut."""

    def __init__(self, arcs: Arcs, layers: np.ndarray):
        nodes, ends = np.unique(np.stack((arcs.source[layers], arcs.target[layers])), return_inverse=True)
        self.items, item = np.unique(arcs.item[layers], return_inverse=True)
        self.weight = arcs.weight[self.items]
        self.count = len(nodes)
        one, other = ends.reshape(2, -1).astype(np.int64)
        keys, arc = np.unique(one * self.count + other, return_inverse=True)
        self.source, self.target = (end.astype(np.int32) for end in np.divmod(keys, self.count))
        held: list[set[int]] = [set() for _ in keys]
        for place, owner in zip(arc.tolist(), item.tolist(), strict=True):
            held[place].add(owner)
        self.held = [tuple(sorted(some)) for some in held]
        several = sorted({some for some in self.held if len(some) > 1})
        self.variable: dict[tuple[int, ...], int] = {(owner,): owner for owner in range(len(self.items))}
        self.variable |= {some: len(self.items) + place for place, some in enumerate(several)}
        self.of_arc = np.array([self.variable[some] for some in self.held], dtype=np.int64)

    def cut(self, until: float) -> Cut:
        """A least cut, or the best that was found until then."""
        opened = _Open()
        best, bound = self._completed(np.zeros(len(self.items), bool), opened, until)
        while self._weight(best) - bound > RELATIVE * self._weight(best):
            chosen, at_least = self._solved(opened, until)
            bound = max(bound, at_least)
            if chosen is None:
                break
            met = len(opened.rows)
            best = min((best, self._completed(chosen, opened, until)[0]), key=self._weight)
            if len(opened.rows) == met or time.monotonic() > until:
                break
        weight = self._weight(best)
        proven = weight - bound <= RELATIVE * weight
        return Cut(self.items[best], self.count, weight, weight if proven else bound)

    def _weight(self, chosen: np.ndarray) -> float:
        return math.fsum(self.weight[chosen].tolist())

    def _kept(self, chosen: np.ndarray) -> np.ndarray:
        """bool by arc: it stays when these items are cut."""
        all_cut = np.concatenate((chosen, np.zeros(len(self.variable) - len(self.items), bool)))
        for some, variable in list(self.variable.items())[len(self.items) :]:
            all_cut[variable] = chosen[list(some)].all()
        return ~all_cut[self.of_arc]

    def _completed(self, chosen: np.ndarray, opened: _Open, until: float) -> tuple[np.ndarray, float]:
        """A cut that is made from these items, and what every cut weighs beside them. Cycles are packed into what they
        leave, and become rows; the order of the nodes in what stays says what is cut, once it is improved."""
        packing = pack_cycles(
            self.source, self.target, self.count, self._items_of(), np.where(chosen, 0.0, self.weight), until
        )
        for first, last in pairwise(packing.offsets):
            opened.add(distinct(self.of_arc[packing.arcs[first:last]]))
        kept = self._kept(packing.cut)
        sinks = sinks_first(self.source[kept], self.target[kept], self.count)
        gives = np.bincount(self.source, minlength=self.count) - np.bincount(self.target, minlength=self.count)
        order = np.argsort(np.lexsort((-gives, -sinks)))
        return improved(self.source, self.target, self._items_of(), self.weight, order, until), packing.bound

    def _items_of(self) -> Items:
        """The items of each arc."""
        return Items(np.cumsum([0, *map(len, self.held)]), np.array([one for some in self.held for one in some]))

    def _solved(self, opened: _Open, until: float) -> tuple[np.ndarray | None, float]:
        """The items of a least choice that breaks the cycles met so far, or the best found in half of the time, None
        where there is none; and what the least weighs at least."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        left = until - time.monotonic()
        if left <= 0:
            return None, 0.0
        size, scale = len(self.variable), SCALE / self.weight.max()
        cost = np.concatenate((self.weight * scale, np.zeros(size - len(self.items))))
        lengths = [len(row) for row in opened.rows]
        place = np.repeat(np.arange(len(lengths)), lengths)
        ones = np.ones(len(place))
        broken = csr_array((ones, (place, np.concatenate(opened.rows))), shape=(len(lengths), size))
        constraints = [LinearConstraint(broken, lb=1)]
        pairs = [(y, x) for some, y in self.variable.items() if len(some) > 1 for x in some]
        if pairs:
            row, both = np.repeat(np.arange(len(pairs)), 2), np.array(pairs).ravel()
            sign = np.tile([-1.0, 1.0], len(pairs))
            constraints.append(LinearConstraint(csr_array((sign, (row, both)), shape=(len(pairs), size)), lb=0))
        found = milp(
            cost, integrality=np.ones(size), bounds=Bounds(0, 1), constraints=constraints,
            options={"mip_rel_gap": 0.0, "time_limit": max(left / 2, SHORTEST)},
        )  # fmt: skip
        at_least = found.mip_dual_bound if found.mip_dual_bound is not None else 0.0
        at_least = max(at_least, 0.0) / scale if math.isfinite(at_least) else 0.0
        if found.x is None:
            return None, at_least
        return found.x[: len(self.items)] > 0.5, at_least
