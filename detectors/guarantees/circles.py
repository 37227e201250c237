"""Guarantee circles 担保圈: what hangs together and goes round, or is denser than a web needs to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from .cores import Bounds, core_structures
from .joint import SMALLEST, JointGroups
from .view import Structure, View

DENSE = 1.5
"""Distinct arcs for each party above which a weak component is a circle even without a cycle."""


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
            yield from core_structures(view, places, len(parties), held, groups.truncated(label), bounds)
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
