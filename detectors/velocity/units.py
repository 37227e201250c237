"""What the search can decide alone: a person, or the people whom a thing joins that reaches a limit."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from ..sharing.surroundings import used_by, whole_handsets
from .filed import Filed
from .limits import table
from .place import far, located
from .population import Known
from .search import search

SHARED_KINDS = [KIND_CODE[kind] for kind in ("device", "phone", "id_document", "account")]


def units(view: GraphView, known: Known, params: Params) -> list[Unit]:
    """All people who show a sign, with those with whom they do."""
    found = search(view, known, params)
    return _units(view, found.people, found.label)


def around(view: GraphView, known: Known, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The units in which some nodes lie, applicants or what they use, found at the cost of what the unit's people and
    the things that they use have.

    Parameters
    ----------
    nodes : node numbers
    """
    people = _people(view, np.asarray(nodes, dtype=np.int32))
    core, part_nodes = people, looked_at(view, known, people)
    if _is_quiet(view, known, params, part_nodes):
        return []
    while True:
        found = search(view.part(part_nodes), known, params)
        bound = part_nodes[found.people]
        unit = np.isin(found.label, found.label[among(bound, people)])
        grown = distinct(np.concatenate((core, bound[unit].astype(np.int32))))
        if len(grown) == len(core):
            return _units(view, bound, np.where(unit, found.label, -1))
        core, part_nodes = grown, looked_at(view, known, grown)


def _is_quiet(view: GraphView, known: Known, params: Params, nodes: np.ndarray) -> bool:
    """Whether what is looked at shows nothing, told without counting: there is no loan and one application at most,
    filed at no shop or near it. Limits are two or more, of what one application has one."""
    kinds = np.bincount(view.kinds[nodes], minlength=len(KIND_CODE))
    if kinds[KIND_CODE["application"]] > 1 or kinds[KIND_CODE["loan"]]:
        return False
    if any(limit.count in ("devices", "phones") for limit in table(params)):
        return False
    if not kinds[KIND_CODE["merchant"]]:
        return True
    part = view.part(nodes)
    filed = Filed(part, known.shared.frame)
    return not any(True for _ in far(filed, located(part, filed), known.shared, known.shops, params))


def looked_at(view: GraphView, known: Known, people: np.ndarray) -> np.ndarray:
    """int32 nodes, ascending: all that counting on people and on what they use takes."""
    return _used(view, _beside(view, known, people))


def _units(view: GraphView, people: np.ndarray, label: np.ndarray) -> list[Unit]:
    groups = [np.sort(people[places]).astype(np.int64) for places in by_label(label).values()]
    return [Unit(group, _used(view, group.astype(np.int32)).astype(np.int64)) for group in groups]


def _used(view: GraphView, people: np.ndarray) -> np.ndarray:
    """int32 nodes, ascending: people, what they use, where the money on their accounts came from and went, and who may
    be one person with one of them."""
    used = used_by(view, people)
    accounts = used[view.kinds[used] == KIND_CODE["account"]]
    return distinct(np.concatenate((used, view.other_ends(accounts, ("TRANSFERRED",)), _selves(view, people))))


def _selves(view: GraphView, people: np.ndarray) -> np.ndarray:
    """int32, ascending: people with their documents, who else has these or is said to be the same, and so on."""
    while True:
        more = distinct(np.concatenate((people, view.other_ends(people, ("HAS_ID", "SAME_AS")))))
        if len(more) == len(people):
            return people
        people = more


def _beside(view: GraphView, known: Known, people: np.ndarray) -> np.ndarray:
    """int32, ascending: people, and the applicants who have a handset, phone, document or account of theirs."""
    used = whole_handsets(view, used_by(view, people))
    things = used[np.isin(view.kinds[used], SHARED_KINDS)]
    frame = known.shared.frame
    number = frame.names.find_all(view.names(things))
    value = frame.joined[np.where(number >= 0, number, 0)]
    things = things[(number < 0) | ~known.shared.excused[value]]
    return distinct(np.concatenate((people, _people(view, things))))


def _people(view: GraphView, nodes: np.ndarray) -> np.ndarray:
    """int32, ascending: the applicants among nodes, and those whose own the others are or who applied or borrowed with
    them."""
    carriers = view.other_ends(nodes, ("USED_DEVICE", "DISBURSED_TO"))
    own = ("APPLIED", "BORROWED", "OWNS", "HAS_PHONE", "HAS_ID")
    others = np.concatenate((nodes[view.kinds[nodes] != KIND_CODE["applicant"]], carriers))
    found = distinct(np.concatenate((nodes, carriers, view.other_ends(others, own))).astype(np.int32))
    return found[view.kinds[found] == KIND_CODE["applicant"]]
