"""The cheapest arcs whose removal leaves no directed cycle: minimum-weight feedback arc sets.

An integer program with one row for each cycle that was met, cycles added as solutions leave them open (Baharev,
Schichl, Neumaier & Achterberg 2021, "An exact method for the minimum feedback arc set problem"), solved by HiGHS. One
strong component at a time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .components import strong_components, weak_components
from .cycles import shortest_cycles
from .sets import by_label, distinct

CYCLES_AT_ONCE = 500
"""Vertices through which a shortest cycle is added at a time."""
SCALE = 1e6
"""The largest weight as the solver sees it, so that its absolute tolerances are 1e-12 of it."""
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
        self.arc_weight = np.array([self.weight[list(some)].sum() for some in self.held])

    def cut(self, until: float) -> Cut:
        """A least cut, or the best that was found until then."""
        opened = _Open()
        first_until = math.inf if self.count <= CYCLES_AT_ONCE else until
        best = self._completed(np.zeros(len(self.items), bool), opened, first_until)
        bound = self._packed(opened)
        while self._weight(best) - bound > RELATIVE * self._weight(best):
            chosen, at_least = self._solved(opened, until)
            bound = max(bound, at_least)
            if chosen is None:
                break
            kept = self._kept(chosen)
            if not len(self._cyclic(kept)):
                best = min((best, chosen), key=self._weight)
                break
            best = min((best, self._completed(chosen, opened, until)), key=self._weight)
            if time.monotonic() > until:
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

    def _cyclic(self, kept: np.ndarray) -> np.ndarray:
        """The nodes that lie on a cycle of the arcs that stay."""
        strong = strong_components(self.source[kept], self.target[kept], self.count)
        return np.flatnonzero(np.bincount(strong, minlength=1)[strong] > 1)

    def _completed(self, chosen: np.ndarray, opened: _Open, until: float) -> np.ndarray:
        """A cut that holds these items: of every cycle met its lightest arc goes too, then what is not needed comes
        back, the heaviest first. The cycles met become rows."""
        chosen = chosen.copy()
        kept = self._kept(chosen)
        while len(nodes := self._cyclic(kept)):
            if time.monotonic() > until:
                return chosen | self._backwards(kept)
            step = max(len(nodes) // CYCLES_AT_ONCE, 1)
            for cycle in self._cycles(kept, nodes[::step]):
                opened.add(distinct(self.of_arc[cycle]))
                if kept[cycle].all():
                    lightest = cycle[np.argmin(self.arc_weight[cycle])]
                    chosen[list(self.held[lightest])] = True
                    kept = kept & (self.of_arc != self.of_arc[lightest])
            kept = self._kept(chosen)
        for item in np.flatnonzero(chosen)[np.argsort(-self.weight[chosen], kind="stable")]:
            if time.monotonic() > until:
                break
            chosen[item] = False
            chosen[item] = len(self._cyclic(self._kept(chosen))) > 0
        return chosen

    def _backwards(self, kept: np.ndarray) -> np.ndarray:
        """bool by item: those of all arcs that lead back in one order, found at once: who gives more comes first."""
        source, target = self.source[kept], self.target[kept]
        gives = np.bincount(source, self.arc_weight[kept], self.count)
        rank = np.argsort(np.argsort(np.bincount(target, self.arc_weight[kept], self.count) - gives, kind="stable"))
        back = np.flatnonzero(kept)[rank[source] > rank[target]]
        chosen = np.zeros(len(self.items), bool)
        chosen[[item for arc in back.tolist() for item in self.held[arc]]] = True
        return chosen

    def _packed(self, opened: _Open) -> float:
        """What any cut weighs at least: each cycle met takes of the weight of its items as much as all still have."""
        first = np.array([some[0] for some in self.variable])
        left, taken = self.weight.copy(), []
        for row in opened.rows:
            items = distinct(first[row])
            taken.append(float(left[items].min()))
            left[items] -= taken[-1]
        # a little less than the sum, for what rounding may have added
        return math.fsum(taken) * (1 - 1e-12)

    def _cycles(self, kept: np.ndarray, nodes: np.ndarray) -> Iterator[np.ndarray]:
        """A shortest cycle of the arcs that stay through each node, as arcs."""
        places = np.flatnonzero(kept)
        offsets, flat = shortest_cycles(self.source[kept], self.target[kept], self.count, nodes.astype(np.int32))
        keys = self.source[places].astype(np.int64) * self.count + self.target[places]
        for first, last in pairwise(offsets):
            cycle = flat[first:last].astype(np.int64)
            yield places[np.searchsorted(keys, cycle * self.count + np.roll(cycle, -1))]

    def _solved(self, opened: _Open, until: float) -> tuple[np.ndarray | None, float]:
        """The items of a least choice that breaks the cycles met so far, None where time was too short; and what it
        weighs at least."""
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
            options={"mip_rel_gap": 0.0, "time_limit": left},
        )  # fmt: skip
        at_least = found.mip_dual_bound if found.mip_dual_bound is not None else 0.0
        at_least = max(at_least, 0.0) / scale if math.isfinite(at_least) else 0.0
        if found.x is None or found.status != 0:
            return None, at_least
        return found.x[: len(self.items)] > 0.5, at_least
