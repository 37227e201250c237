"""What only the whole book knows: its communities, how its loans fare, and who stands near confirmed fraudsters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import by_label
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing import ground
from ..sharing.numbering import seen_in
from ..sharing.population import Population
from ..sharing.uses import applications, first_applied
from .communities import communities
from .exact import largest_discovery
from .nearness import nearness
from .peers import Peers, confirmed, first_confirmed, on_book, peers
from .ties import Ties, ties
from .weighing import fared


@dataclass(frozen=True)
class Known:
    """What the whole book says.

    Attributes
    ----------
    shared : the population of shared values
    label : int64 by id, the community of an applicant, -1 for none
    members, starts : int64: the ids of community ``c`` are ``members[starts[c]:starts[c + 1]]``, ascending
    peers : how loans fare
    tests : how many communities were tested
    home : int64 by id, the number of the household or group of one hand that an applicant belongs to
    limit : a community as unlikely as this or less is a discovery, 0 where none is
    distance : int8 by id, how many ties lie between an applicant and the nearest confirmed fraudster, up to two; -1 for
        more
    mass : float32 by id, personalised PageRank from all confirmed fraudsters
    """

    shared: Population
    label: np.ndarray
    members: np.ndarray
    starts: np.ndarray
    peers: Peers
    tests: int
    home: np.ndarray
    limit: float
    distance: np.ndarray
    mass: np.ndarray

    def community(self, number: int) -> np.ndarray:
        """The ids of a community's people, ascending."""
        return self.members[self.starts[number] : self.starts[number + 1]]


def measure(view: GraphView, params: Params, at_hand: Population | None = None) -> Known:
    """Measure a book.

    Parameters
    ----------
    at_hand : the population of shared values, where it was measured already
    """
    shared = ground.shared(view, params, at_hand)
    size = shared.frame.size
    uses, _ = seen_in(shared.frame, view)
    found, _ = ties(shared, uses, applications(view), params["max_named"])
    order = _order(view, found, size)
    label = communities(found, order, size, params["min_members"])
    loans, young = on_book(view)
    all_peers = peers(loans)
    of = label[: view.node_count]
    home = as_one(shared.household, found)
    tested = fared(loans, young, first_confirmed(view, of), of, home, all_peers)
    tested = [one.chance for one in tested if one.households >= params["min_households"]]
    groups = by_label(label)
    near = nearness(found, np.flatnonzero(confirmed(view)), order, size)
    return Known(
        shared=shared,
        label=label,
        members=np.concatenate([*groups.values(), np.zeros(0, dtype=np.int64)]),
        starts=np.cumsum([0, *(len(one) for one in groups.values())]),
        peers=all_peers,
        tests=len(tested),
        home=home,
        limit=largest_discovery(np.array(tested), params["false_share"]),
        distance=near.distance,
        mass=near.mass,
    )


def as_one(household: np.ndarray, found: Ties) -> np.ndarray:
    """int64 by id: households, joined where people of both share what strangers do not."""
    one = found.where(found.one_hand)
    return weak_components(household[one.first], household[one.second], len(household))[household].astype(np.int64)


def _order(view: GraphView, found: Ties, size: int) -> np.ndarray:
    """int64 by id: those who are tied to anybody in the order in which they first applied, then of their names."""
    people = np.unique(np.concatenate((found.first, found.second)))
    names = np.array(view.names(people), dtype=object)
    order = np.zeros(size, dtype=np.int64)
    order[people[np.lexsort((np.argsort(np.argsort(names)), first_applied(view)[people]))]] = np.arange(len(people))
    return order
