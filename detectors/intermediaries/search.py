"""The search for intermediaries: hubs with signs, joined where their clients are the same people, and weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.snapshot import Edges, GraphView
from ..contract import Params
from ..rings.files import Files
from ..sharing.numbering import NodeOf, seen_in
from ..sharing.population import Population, extended
from ..sharing.uses import Uses
from .channels import channel_hubs
from .employers import employer_hubs
from .hubs import Hub, people_of, place_hubs, used_by_several, value_hubs
from .population import Known
from .signs import Outcomes, outcomes
from .weighing import Intermediary, Weighing

LEAST_HUB = 4.0
"""Evidence from which on a hub is looked at together with others."""


@dataclass(frozen=True)
class Search:
    """What was found.

    Attributes
    ----------
    population : with what the view brings beyond it
    node : int64 by id, the node of that id
    people : int64 ids of all clients of hubs with a sign, ascending
    label : int64 by person: those with one label hang together by hubs
    uses : everything that they use, explained or not
    files : what is on file of them
    bad_loans : who of these borrowed a loan that is known as a bad one
    """

    population: Population
    node: NodeOf
    found: list[Intermediary]
    people: np.ndarray
    label: np.ndarray
    uses: Uses
    files: Files
    bad_loans: Edges


def search(view: GraphView, known: Known, params: Params) -> Search:
    """The intermediaries of a view."""
    uses, numbers = seen_in(known.shared.frame, view)
    node, population = NodeOf(numbers), extended(known.shared, uses)
    some, went = used_by_several(population, uses, numbers, params), outcomes(view)
    hubs = [
        *value_hubs(population, some, went.bad[node[some.person]], params),
        *channel_hubs(view, known, numbers),
        *employer_hubs(view, known, numbers, params),
    ]
    weigh = Weighing(view, known, population, uses, went, node, people_of(hubs), params)
    hubs = [hub for hub in hubs if weigh.hub(hub).evidence >= LEAST_HUB]
    places = list(place_hubs(population, some, people_of(hubs)))
    everybody = people_of([*hubs, *places])
    weigh = Weighing(view, known, population, uses, went, node, everybody, params)
    groups = _joined(sorted(hubs, key=weigh.order), sorted(places, key=weigh.size))
    found = [one for group in groups if (one := weigh.group(group)) is not None]
    label, bad = _label([*hubs, *places], everybody), _bad(view, went, node[everybody])
    return Search(population, node, found, everybody, label, weigh.uses, weigh.files, bad)


def _bad(view: GraphView, went: Outcomes, people: np.ndarray) -> Edges:
    borrowed = view.edges("BORROWED")
    wanted = np.zeros(view.node_count, dtype=bool)
    wanted[people] = True
    return borrowed.where(wanted[borrowed.source] & went.loans[borrowed.target])


def _label(hubs: Sequence[Hub], people: np.ndarray) -> np.ndarray:
    person = np.searchsorted(people, np.concatenate([people[:0], *(hub.people for hub in hubs)]))
    hub = np.repeat(np.arange(len(hubs)), [len(hub.people) for hub in hubs])
    return weak_components(person, len(people) + hub, len(people) + len(hubs))[: len(people)].astype(np.int64)


def _half(one: set[int], other: set[int]) -> bool:
    """Whether they share half of the smaller."""
    return 2 * len(one & other) >= min(len(one), len(other))


def _joined(hubs: Sequence[Hub], places: Sequence[Hub]) -> list[list[Hub]]:
    """Hubs whose clients are largely the same people, the weightiest first. A hub that brings more strangers than
    clients of a weightier one is left out: one group of people is one finding."""
    groups: list[tuple[set[int], list[Hub]]] = []
    groups_of: dict[int, set[int]] = {}
    for hub in [*hubs, *places]:
        clients = set(hub.people.tolist())
        near = sorted({at for person in clients for at in groups_of.get(person, ())})
        same = next((at for at in near if _half(clients, groups[at][0])), None)
        if same is None and hub.kind != "address":
            groups.append((set(), []))
            same = len(groups) - 1
        elif same is None or 2 * len(clients & groups[same][0]) < len(clients):
            continue
        groups[same][0].update(clients)
        groups[same][1].append(hub)
        for person in clients:
            groups_of.setdefault(person, set()).add(same)
    return [inside for _, inside in groups]
