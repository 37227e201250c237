"""The cores of a circle that is too large to be read whole: what goes round in it, and who holds it together."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import among, by_label, distinct, laid_out
from ..contract import bound
from .view import Structure, View

ONE = 0.8
"""Two findings of circles that share so much of the smaller one's members are one."""


class Bounds(NamedTuple):
    """When a circle is split into cores, and who is a core enterprise; see the detector's parameters of these names."""

    max_parties: int
    core_degree: int
    core_amount: float
    core_controlled: int
    core_hops: int
    core_enterprises: int
    max_cores: int


def core_enterprises(view: View, vertices: np.ndarray, bounds: Bounds) -> tuple[np.ndarray, int]:
    """Of these vertices those that are core enterprises, and how many of them are left out.

    At most ``core_enterprises`` of them: those with the most counterparties, then the largest amounts, then names.
    """
    able = vertices[is_core(view, vertices, bounds)]
    best = _first(view.neighbours[able], view.amounts[able], (able, view.labels), bounds.core_enterprises)
    return able[best], len(able) - len(best)


def is_core(view: View, vertices: np.ndarray, bounds: Bounds) -> np.ndarray:
    """bool by vertex: it meets a condition of the policy.

    a. contracts with ``core_degree`` others or more, as guarantor or borrower
    b. contracts of ``core_amount`` or more in all, as guarantor or borrower, as far as their amounts are known
    c. control of ``core_controlled`` others of the net or more
    """
    meets = view.neighbours[vertices] >= bounds.core_degree
    meets |= view.amounts[vertices] >= bounds.core_amount
    return meets | (view.controlled[vertices] >= bounds.core_controlled)


def core_structures(
    view: View, places: np.ndarray, parties: int, joint: list[np.ndarray], cut: list[dict], bounds: Bounds
) -> Iterator[Structure]:
    """The cores of one weak component with ``core_hops`` around each.

    Cores are its strong components, its joint groups, and the web of its core enterprises that lie in none of these. A
    strong component that is itself too large is reported whole as a ``guarantee_cycle``; here its core enterprises
    count. Cores whose findings would share ``ONE`` of the smaller one's members are reported together.
    """
    vertices = distinct(np.concatenate((view.source[places], view.target[places])))
    strong = by_label(np.where(view.strong_size[view.strong[vertices]] >= 2, view.strong[vertices], -1))
    found = [*(vertices[inside] for inside in strong.values()), *joint]
    cores = [core for core in found if len(core) <= bounds.max_parties]
    rest = vertices[~among(vertices, distinct(np.concatenate([vertices[:0], *cores])))]
    enterprises, left_out = core_enterprises(view, rest, bounds)
    if not cores and not len(enterprises):
        most = int(view.neighbours[rest].max())
        enterprises, left_out = core_enterprises(view, rest, bounds._replace(core_degree=most))
    cuts = []
    if left_out:
        skipped = f"{left_out} further core enterprises of this circle, with fewer counterparties"
        cuts.append(bound("core_enterprises", bounds.core_enterprises, skipped))
    web = [np.array([one]) for one in enterprises]
    groups = [[core] for core in cores] + ([web] if web else [])
    groups.sort(key=lambda group: (-_worth(view, group), -sum(map(len, group))))
    if (left_out := len(groups) - bounds.max_cores) > 0:
        cuts.append(bound("max_cores", bounds.max_cores, f"{left_out} smaller cores of this circle"))
    structures = _apart(view, groups[: bounds.max_cores], bounds)
    outside = parties - len(distinct(np.concatenate([view.net.members(one.rows) for one in structures])))
    rest_of = (
        f"the rest of a circle of {parties} parties: this is one of its {len(structures)} parts, cores with those next "
        f"to them; {outside} parties lie in no part"
    )
    for structure, held in zip(structures, _held(view, structures, joint), strict=True):
        whole = bound("max_parties", bounds.max_parties, rest_of, True)
        structure.truncated = [whole, *cut, *cuts, *structure.truncated]
        structure.measures |= {"joint_groups": held, "circle_parties": parties, "split_off": outside}
        yield structure


def _held(view: View, structures: list[Structure], joint: list[np.ndarray]) -> list[int]:
    """How many of the joint groups each structure holds whole."""
    sizes = np.array([len(group) for group in joint], dtype=np.int64)
    vertex = np.concatenate([np.zeros(0, dtype=np.int64), *joint])
    order = np.argsort(vertex, kind="stable")
    vertex, group = vertex[order], np.repeat(np.arange(len(joint)), sizes)[order]
    held = []
    for structure in structures:
        inside = distinct(view.vertex_of[view.net.members(structure.rows)])
        met = group[laid_out(np.searchsorted(vertex, inside), np.searchsorted(vertex, inside, "right"))]
        met, parties = np.unique(met, return_counts=True)
        held.append(int((parties == sizes[met]).sum()))
    return held


def _worth(view: View, group: list[np.ndarray]) -> float:
    """Known amounts of the contracts that end at the cores of a group."""
    return float(view.amounts[np.concatenate(group)].sum())


def _apart(view: View, groups: list[list[np.ndarray]], bounds: Bounds) -> list[Structure]:
    """One structure for each group of cores, groups whose structures would be near-copies taken together."""
    found: dict[int, Structure] = {}
    while True:
        # a group that stayed as it was has its structure already
        found = {id(group): found.get(id(group)) or _structure(view, group, bounds) for group in groups}
        structures = list(found.values())
        label = _alike([view.net.members(structure.rows) for structure in structures])
        together = list(by_label(label).values())
        if len(together) == len(groups):
            return structures
        together.sort(key=lambda places: places[0])
        groups = [_as_one([groups[place] for place in places], bounds.max_parties) for places in together]


def _alike(members: list[np.ndarray]) -> np.ndarray:
    """int32 by set of members: a label that near-copies share."""
    count = np.array([len(some) for some in members])
    flat = np.concatenate(members)
    offsets = np.concatenate(([0], np.cumsum(count)))
    held = csr_matrix((np.ones(len(flat), dtype=np.int32), flat, offsets), shape=(len(members), int(flat.max()) + 1))
    shared = (held @ held.T).tocoo()
    near = shared.data >= ONE * np.minimum(count[shared.row], count[shared.col])
    return weak_components(shared.row[near], shared.col[near], len(members))


def _as_one(groups: list[list[np.ndarray]], most: int) -> list[np.ndarray]:
    """Groups of cores taken together. What is too large to be one part stands by its first cores, which are worth
    most: as many as have ``most`` vertices in all."""
    if len(groups) == 1:
        return groups[0]
    cores = [core for group in groups for core in group]
    return cores[: max(1, int((np.cumsum([len(core) for core in cores]) <= most).sum()))]


def _structure(view: View, group: list[np.ndarray], bounds: Bounds) -> Structure:
    """Cores and their neighbours; where they are too many, those with the most contracts with the cores, then the
    largest amounts."""
    core = distinct(np.concatenate(group))
    near, truncated = _around(view, core, bounds)
    rows = view.rows[near]
    inside = among(view.source[near], core) & among(view.target[near], core)
    rounds = distinct(view.strong[view.source[near]][view.inner[near]])
    vertices = distinct(np.concatenate((view.source[near], view.target[near])))
    measures = {
        "strong_components": len(rounds),
        "parties_in_cycles": int(among(view.strong[vertices], rounds).sum()),
        "cores": len(group),
        "core_parties": len(core),
        "arcs_per_party": float(len(distinct(view.arc[near])) / len(vertices)),
    }
    parties = view.net.members(rows)
    of = view.vertex_of[parties]
    return Structure(
        "guarantee_circle",
        np.concatenate((rows[inside], rows[~inside])),
        measures,
        truncated,
        focus=parties[among(of, core)].tolist(),
        cores=[parties[among(of, np.sort(one))] for one in group],
    )


def _around(view: View, core: np.ndarray, bounds: Bounds) -> tuple[np.ndarray, list[dict]]:
    """Places of the contracts at a core and those within ``core_hops`` of it, and the bound where it bit."""
    reached, kept, truncated = core, core[:0], []
    for _ in range(bounds.core_hops):
        kept, truncated = _taken(view, reached, view.touching(reached.tolist()), bounds.max_parties)
        reached = distinct(np.concatenate((reached, view.source[kept], view.target[kept])))
        if truncated:
            break
    return kept, truncated


def _taken(view: View, core: np.ndarray, near: np.ndarray, most: int) -> tuple[np.ndarray, list[dict]]:
    """As many of the contracts at a core as lead to ``most`` parties, and the bound where it bit."""
    net, rows = view.net, view.rows[near]
    inside = among(view.source[near], core) & among(view.target[near], core)
    beyond = np.where(among(view.source[near], core), net.borrower[rows], net.guarantor[rows])
    parties = net.members(rows)
    if len(parties) <= most:
        return near, []
    others, at, contracts = np.unique(beyond[~inside], return_inverse=True, return_counts=True)
    amounts = np.bincount(at, weights=np.nan_to_num(net.amount[rows[~inside]]))
    room = max(most - (len(parties) - len(others)), 1 if len(core) == 1 else 0)
    taken = np.sort(others[_first(contracts, amounts, (others, net.labels), room)])
    skipped = f"{len(others) - len(taken)} neighbours of the core with fewer contracts or smaller amounts"
    return near[inside | among(beyond, taken)], [bound("max_parties", most, skipped, True)]


def _first(counts: np.ndarray, amounts: np.ndarray, names: tuple[np.ndarray, list[str]], room: int) -> np.ndarray:
    """Places of the first ``room`` by most counts, then largest amount, then name.

    Parameters
    ----------
    names : the number of each place, and names by number; looked up only where they decide
    """
    order = np.lexsort((-amounts, -counts))
    if room >= len(order) or room == 0:
        return order[:room]
    last = order[room - 1]
    tied = (counts[order] == counts[last]) & (amounts[order] == amounts[last])
    before = int(np.flatnonzero(tied)[0])
    numbers, labels = names
    named = nsmallest(room - before, order[tied].tolist(), key=lambda place: labels[numbers[place]])
    return np.concatenate((order[:before], np.array(named, dtype=np.int64)))
