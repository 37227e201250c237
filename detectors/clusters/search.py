"""The search for risky clusters: the communities of a view that fared worse than their peers beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.numbering import NodeOf, seen_in
from ..sharing.population import Population, extended
from ..sharing.uses import Uses, applications
from .peers import first_confirmed, on_book
from .population import Known
from .ties import Held, Ties, ties
from .weighing import Fared, fared


@dataclass(frozen=True)
class Cluster:
    """A community that fared worse than its peers.

    Attributes
    ----------
    people : int64 ids, ascending
    uses : what they use
    ties, held : what ties them to each other
    """

    fared: Fared
    people: np.ndarray
    uses: Uses
    ties: Ties
    held: Held


@dataclass(frozen=True)
class Search:
    """What was found.

    Attributes
    ----------
    population : of shared values, with what the view brings beyond it
    node : int64 by id, the view's node, -1 where it has none
    """

    found: list[Cluster]
    population: Population
    node: NodeOf


def search(view: GraphView, known: Known, params: Params) -> Search:
    """The risky clusters of a view."""
    uses, numbers = seen_in(known.shared.frame, view)
    label, home = of_nodes(known.label, numbers, -1), of_nodes(known.home, numbers, -1)
    loans, young = on_book(view)
    tested = fared(loans, young, first_confirmed(view, label), label, home, known.peers)
    worse = [one for one in tested if one.households >= params["min_households"] and one.chance <= known.limit]
    inside = np.isin(label, [one.label for one in worse])
    node = NodeOf(numbers)
    uses = uses.where(inside[node[uses.person]])
    population = extended(known.shared, uses)
    who, when = applications(view)
    who, when = who[inside[who]], when[inside[who]]
    found = []
    for one in worse:
        own, filed = label[node[uses.person]] == one.label, label[who] == one.label
        mine = uses.where(own)
        bound = ties(population, mine, (numbers[who[filed]], when[filed]), params["max_named"])
        found.append(Cluster(one, np.sort(numbers[label == one.label]), mine, *bound))
    return Search(found, population, node)


def of_nodes(by_id: np.ndarray, numbers: np.ndarray, missing: int) -> np.ndarray:
    """int64 by node: what is known of ids, ``missing`` where nothing is."""
    return (
        np.where(numbers < len(by_id), by_id[np.minimum(numbers, len(by_id) - 1)], missing) if len(by_id) else numbers
    )
