"""What the search for rings can decide alone: people whom what they share binds, with all that they use."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from ..sharing.population import Population
from ..sharing.surroundings import Reach, beside, telling, used_by
from .search import search


def units(view: GraphView, known: Population, params: Params) -> list[Unit]:
    """All groups of people whom what they share binds together, if they are as many as a ring needs."""
    found = search(view, known, params)
    size = np.bincount(found.label, minlength=1)
    return _units(view, found.people, np.where(size[found.label] >= params["min_members"], found.label, -1))


def around(view: GraphView, known: Population, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The units in which some nodes lie, applicants or what they use.

    Who is bound with whom depends on the groups next to a group. So the people are taken who share something with the
    unit as it is known so far, with the groups that these lie in and everybody beside them, until no one is added.

    Parameters
    ----------
    nodes : node numbers
    """
    nodes = np.asarray(nodes, dtype=np.int32)
    people, reach = _people(view, nodes), telling(known)
    core = beside(view, known, people, reach)
    if len(core) < params["min_members"] and _are_all(view, known, core, reach, params["min_members"]):
        return []
    while True:
        region = beside(view, known, core, reach)
        part_nodes = used_by(view, region)
        part = view.part(part_nodes)
        found = search(part, known, params)
        bound = part_nodes[found.people]
        unit = np.isin(found.label, found.label[among(bound, people)])
        next_to = among(bound, beside(view, known, bound[unit], reach)) if unit.any() else unit
        grown = distinct(np.concatenate((core, bound[np.isin(found.label, found.label[next_to])])))
        if len(grown) == len(core):
            size = np.bincount(found.label, minlength=1)
            wanted = unit & (size[found.label] >= params["min_members"])
            return _units(view, bound, np.where(wanted, found.label, -1))
        core = grown


def _are_all(view: GraphView, known: Population, people: np.ndarray, reach: Reach, enough: int) -> bool:
    """Whether what people use, and what those use to whom it leads, and so on, leads to fewer than ``enough``: then no
    ring can hold any of them."""
    while len(people) < enough:
        more = beside(view, known, people, reach)
        if len(more) == len(people):
            return True
        people = more
    return False


def _people(view: GraphView, nodes: np.ndarray) -> np.ndarray:
    """The applicants among nodes, and those who use the others."""
    applicant = view.kinds[nodes] == KIND_CODE["applicant"]
    others = nodes[~applicant]
    near = distinct(np.concatenate(view.ends(view.touching(others))))
    far = distinct(np.concatenate(view.ends(view.touching(near[view.kinds[near] != KIND_CODE["applicant"]]))))
    found = np.concatenate((nodes, near, far)) if len(others) else nodes
    return distinct(found[view.kinds[found] == KIND_CODE["applicant"]])


def _units(view: GraphView, people: np.ndarray, label: np.ndarray) -> list[Unit]:
    """The people of each label of 0 and above as a unit, with what they use."""
    groups = [np.sort(people[places]).astype(np.int64) for places in by_label(label).values()]
    return [Unit(group, used_by(view, group).astype(np.int64)) for group in groups]
