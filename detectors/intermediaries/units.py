"""What the search for intermediaries can decide alone: the clients of hubs that hang together, with all they use."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from ..sharing.surroundings import CELL, Reach, beside, used_by
from .population import Known
from .search import search


def units(view: GraphView, known: Known, params: Params) -> list[Unit]:
    """All groups of people whom hubs with a sign connect."""
    found = search(view, known, params)
    return _units(view, found.node[found.people], found.label)


def around(view: GraphView, known: Known, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The units in which some nodes lie, applicants or what they use.

    Whether a place belongs to clients depends on the hubs of the others who are there. So the people are taken who
    share something with those who share something with the unit as it is known so far, until no one is added.

    Parameters
    ----------
    nodes : node numbers
    """
    people, (hubs, places) = _people(view, np.asarray(nodes, dtype=np.int32)), _reach(params)
    core, near = people, _near(view, known, params, people, places)
    if len(near) < params["min_clients"]:  # a hub's clients are all near each other
        return []
    while True:
        part_nodes = _used(view, _near(view, known, params, near, hubs))
        found = search(view.part(part_nodes), known, params)
        bound = part_nodes[found.node[found.people]]
        unit = np.isin(found.label, found.label[among(bound, people)])
        grown = distinct(np.concatenate((core, bound[unit].astype(np.int32))))
        if len(grown) == len(core):
            return _units(view, bound, np.where(unit, found.label, -1))
        core, near = grown, _near(view, known, params, grown, places)


def _reach(params: Params) -> tuple[Reach, Reach]:
    """By what others are reached: what may be a hub; and that, and where a broker may sit. An employer is neither, for
    the template that its text follows is."""
    most = np.full(CELL + 1, params["max_users"])
    most[[KIND_CODE["employer"], CELL]] = 0
    hubs = most.copy()
    hubs[KIND_CODE["address"]] = 0
    least = params["min_clients"]
    return Reach(least, hubs, False), Reach(least, most, False)


def _near(view: GraphView, known: Known, params: Params, people: np.ndarray, reach: Reach) -> np.ndarray:
    """int32, ascending: people, and the applicants who share something with them."""
    return distinct(
        np.concatenate((beside(view, known.shared, people, reach), _brought_together(view, known, params, people)))
    )


def _units(view: GraphView, people: np.ndarray, label: np.ndarray) -> list[Unit]:
    groups = [np.sort(people[places]).astype(np.int64) for places in by_label(label).values()]
    return [Unit(group, _used(view, group).astype(np.int64)) for group in groups]


def _used(view: GraphView, people: np.ndarray) -> np.ndarray:
    """int32 nodes, ascending: people, what they use, and the channels that brought them."""
    used = used_by(view, people)
    filed = used[view.kinds[used] == KIND_CODE["application"]]
    return distinct(np.concatenate((used, view.other_ends(filed, ("VIA_CHANNEL",)))).astype(np.int32))


def _people(view: GraphView, nodes: np.ndarray) -> np.ndarray:
    """The applicants among nodes, and those who use the others."""
    near = view.other_ends(nodes, ("APPLIED", "USED_DEVICE", "VIA_CHANNEL", "REPAID", "DISBURSED_TO"))
    filed = near[np.isin(view.kinds[near], [KIND_CODE["application"], KIND_CODE["loan"]])]
    own = ("APPLIED", "BORROWED", "OWNS", "HAS_PHONE", "HAS_ADDRESS", "LISTS_CONTACT", "WORKS_AT")
    applicant = nodes[view.kinds[nodes] == KIND_CODE["applicant"]]
    others = np.concatenate((nodes[view.kinds[nodes] != KIND_CODE["applicant"]], filed))
    found = distinct(np.concatenate((applicant, view.other_ends(others, own))).astype(np.int32))
    return found[view.kinds[found] == KIND_CODE["applicant"]]


def _brought_together(view: GraphView, known: Known, params: Params, people: np.ndarray) -> np.ndarray:
    """int32, ascending: the applicants who came in the same bursts of channels, or whose employers follow the same
    templates."""
    used = _used(view, people)
    names, burst = known.shared.frame.names, known.bursts
    channels = used[view.kinds[used] == KIND_CODE["channel"]]
    ids = names.find_all(view.names(channels))
    filed = [people[:0]]
    for channel, number in zip(channels.tolist(), ids.tolist(), strict=True):
        at = int(np.searchsorted(burst.channel, number)) if number >= 0 else len(burst.channel)
        if at < len(burst.channel) and burst.channel[at] == number:
            filed.append(_filed_between(view, channel, int(burst.first[at]), int(burst.last[at])))
    employers = used[view.kinds[used] == KIND_CODE["employer"]]
    ids = names.find_all(view.names(employers))
    ids = ids[(ids >= 0) & (ids < len(known.template))]
    follows = known.template[ids]
    alike = known.following(follows[known.as_hubs(follows, params)])
    alike = view.find_all([names.text(number) for number in alike.tolist()])
    staff = view.other_ends(alike[alike >= 0].astype(np.int32), ("WORKS_AT",))
    found = distinct(np.concatenate((view.other_ends(np.concatenate(filed), ("APPLIED",)), staff, people)))
    return found[view.kinds[found] == KIND_CODE["applicant"]].astype(np.int32)


def _filed_between(view: GraphView, channel: int, first: int, last: int) -> np.ndarray:
    """int32: the applications that a channel brought in a time."""
    positions = view.touching([channel])
    time = view.valid_from(positions)
    positions = positions[view.visible(positions) & (first <= time) & (time <= last)]
    return view.ends(positions)[0].astype(np.int32)
