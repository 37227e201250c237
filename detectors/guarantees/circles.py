"""Guarantee circles 担保圈: what hangs together and goes round, or is denser than a web needs to be."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from ..contract import bound
from .joint import SMALLEST, JointGroups
from .view import Structure, View

DENSE = 1.5
"""Distinct arcs for each party above which a weak component is a circle even without a cycle."""


class Bounds(NamedTuple):
    """When a circle is split into cores; see the detector's parameters of these names."""

    max_parties: int
    core_degree: int
    core_enterprises: int
    max_cores: int


class Parts(NamedTuple):
    """Counts by weak component."""

    vertices: np.ndarray
    arcs: np.ndarray
    rounds: np.ndarray
    in_rounds: np.ndarray
    largest_round: np.ndarray
    pairs: np.ndarray
    joint: np.ndarray


def circle_structures(view: View, groups: JointGroups, bounds: Bounds) -> Iterator[Structure]:
    """One ``guarantee_circle`` for each weak component that is one, or, if it is too large, for each of its cores."""
    parts = _count(view, groups)
    dense = parts.arcs > DENSE * parts.vertices
    is_circle = (parts.rounds > 0) | (parts.joint > 0) | dense
    weak = view.weak[view.source]
    joint_groups_of = _joint_by_component(view, groups)
    for label, places in by_label(np.where(is_circle[weak], weak, -1)).items():
        rows = view.rows[places]
        parties = view.net.members(rows)
        if len(parties) > bounds.max_parties:
            held = [groups.vertices[group] for group in joint_groups_of.get(label, ())]
            held = [core[view.weak[core] == label] for core in held]
            yield from _cores(view, places, len(parties), held, groups.truncated(label), bounds)
            continue
        joint = joint_groups_of.get(label, [])
        inside = [view.rows[places[view.inner[places]]], *(groups.rows[group] for group in joint)]
        telling = among(rows, distinct(np.concatenate(inside)))
        vertices = distinct(np.concatenate((view.source[places], view.target[places])))
        measures = {
            "strong_components": int(parts.rounds[label]),
            "parties_in_cycles": int(parts.in_rounds[label]),
            "largest_strong_component": int(parts.largest_round[label]),
            "mutual_pairs": int(parts.pairs[label]),
            "joint_groups": int(parts.joint[label]),
            "arcs_per_party": float(parts.arcs[label] / parts.vertices[label]),
        }
        best = vertices[view.neighbours[vertices] == view.neighbours[vertices].max()]
        focus = parties[among(view.vertex_of[parties], best)].tolist()
        ordered = np.concatenate((rows[telling], rows[~telling]))
        yield Structure("guarantee_circle", ordered, measures, groups.truncated(label), focus=focus)


def core_enterprises(view: View, vertices: np.ndarray, bounds: Bounds) -> tuple[np.ndarray, int]:
    """Of these vertices those with contracts with ``core_degree`` others or more, and how many of them are left out.

    At most ``core_enterprises`` of them: those with the most counterparties, then the largest amounts, then names.
    """
    able = vertices[view.neighbours[vertices] >= bounds.core_degree]
    best = _first(view.neighbours[able], view.amounts[able], (able, view.labels), bounds.core_enterprises)
    return able[best], len(able) - len(best)


def _count(view: View, groups: JointGroups) -> Parts:
    count = int(view.weak.max()) + 1 if view.count else 0
    size = view.strong_size
    _, first = np.unique(view.strong, return_index=True)
    home = view.weak[first]
    rounds = size >= 2
    largest = np.zeros(count, dtype=np.int64)
    np.maximum.at(largest, home[rounds], size[rounds])
    one, _ = view.mutual
    _, component, inside = groups.count_by(view.weak)
    arc_source, _ = view.arcs
    return Parts(
        vertices=np.bincount(view.weak[view.linked], minlength=count),
        arcs=np.bincount(view.weak[arc_source], minlength=count),
        rounds=np.bincount(home[rounds], minlength=count),
        in_rounds=np.bincount(home[rounds], weights=size[rounds], minlength=count),
        largest_round=largest,
        pairs=np.bincount(view.weak[one], minlength=count),
        joint=np.bincount(component[inside >= SMALLEST], minlength=count),
    )


def _joint_by_component(view: View, groups: JointGroups) -> dict[int, list[int]]:
    """The joint groups of which each weak component holds ``SMALLEST`` parties or more."""
    group, component, inside = groups.count_by(view.weak)
    held: dict[int, list[int]] = {}
    for one, label in zip(group[inside >= SMALLEST].tolist(), component[inside >= SMALLEST].tolist(), strict=True):
        held.setdefault(label, []).append(one)
    return held


def _cores(
    view: View, places: np.ndarray, parties: int, joint: list[np.ndarray], cut: list[dict], bounds: Bounds
) -> Iterator[Structure]:
    """The cores of one weak component with one hop around each.

    Cores are its strong components and joint groups, and core enterprises that lie in none of these. A strong
    component that is itself too large is reported whole as a ``guarantee_cycle``; here its core enterprises count.
    """
    vertices = distinct(np.concatenate((view.source[places], view.target[places])))
    in_core = np.zeros(view.count, dtype=bool)
    cores = []
    strong = by_label(np.where(view.strong_size[view.strong[vertices]] >= 2, view.strong[vertices], -1))
    for core in [*(vertices[inside] for inside in strong.values()), *joint]:
        if len(core) <= bounds.max_parties:
            cores.append(core)
            in_core[core] = True
    rest = vertices[~in_core[vertices]]
    enterprises, left_out = core_enterprises(view, rest, bounds)
    if not cores and not len(enterprises):
        most = int(view.neighbours[rest].max())
        enterprises, left_out = core_enterprises(view, rest, bounds._replace(core_degree=most))
    cores += list(enterprises[:, None])
    order = sorted(range(len(cores)), key=lambda i: (-len(cores[i]), -int(view.neighbours[cores[i]].sum())))
    rest_of = (
        f"the rest of a circle of {parties} parties: this is one of its {len(cores)} cores, with one hop around it"
    )
    cuts = [bound("max_parties", bounds.max_parties, rest_of, True), *cut]
    if left_out:
        skipped = f"{left_out} further core enterprises of this circle, with fewer counterparties"
        cuts.append(bound("core_enterprises", bounds.core_enterprises, skipped))
    if len(cores) > bounds.max_cores:
        cuts.append(
            bound("max_cores", bounds.max_cores, f"{len(cores) - bounds.max_cores} smaller cores of this circle")
        )
    for at in order[: bounds.max_cores]:
        structure = _core(view, cores[at], bounds.max_parties)
        structure.truncated = cuts + structure.truncated
        structure.measures["circle_parties"] = parties
        yield structure


def _core(view: View, core: np.ndarray, max_parties: int) -> Structure:
    """A core and its neighbours; where they are too many, those with the most contracts with the core, then the largest
    amounts."""
    near = view.touching(core.tolist())
    rows = view.rows[near]
    guarantor, borrower = view.net.guarantor[rows], view.net.borrower[rows]
    inside = among(view.source[near], core) & among(view.target[near], core)
    by_core = among(view.source[near], core)
    truncated = []
    beyond = np.where(by_core, borrower, guarantor)
    parties = distinct(np.concatenate((guarantor, borrower)))
    if len(parties) > max_parties:
        others, at, contracts = np.unique(beyond[~inside], return_inverse=True, return_counts=True)
        amounts = np.bincount(at, weights=np.nan_to_num(view.net.amount[rows[~inside]]))
        room = max(max_parties - (len(parties) - len(others)), 1 if len(core) == 1 else 0)
        taken = np.sort(others[_first(contracts, amounts, (others, view.net.labels), room)])
        keep = inside | among(beyond, taken)
        skipped = f"{len(others) - len(taken)} neighbours of the core with fewer contracts or smaller amounts"
        truncated.append(bound("max_parties", max_parties, skipped, True))
        near, rows, inside = near[keep], rows[keep], inside[keep]
    strong = view.strong[view.source[near]][view.inner[near]]
    rounds = distinct(strong)
    arcs = distinct(view.arc[near])
    vertices = distinct(np.concatenate((view.source[near], view.target[near])))
    inner_vertices = vertices[among(view.strong[vertices], rounds)]
    measures = {
        "strong_components": len(rounds),
        "parties_in_cycles": len(inner_vertices),
        "core_parties": len(core),
        "arcs_per_party": float(len(arcs) / len(vertices)),
    }
    parties = view.net.members(rows)
    focus = parties[among(view.vertex_of[parties], core)].tolist()
    return Structure(
        "guarantee_circle", np.concatenate((rows[inside], rows[~inside])), measures, truncated, focus=focus
    )


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
