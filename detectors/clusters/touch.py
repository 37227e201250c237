"""How far one person is from confirmed fraudsters (一度、二度触黑), and by which ties."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.numbering import NodeOf, seen_in
from ..sharing.population import extended
from ..sharing.surroundings import beside, telling, used_by
from ..sharing.uses import applications
from .nearness import FARTHEST
from .population import Known
from .ties import ties


class Touch(NamedTuple):
    """How near a person stands to confirmed fraudsters.

    Attributes
    ----------
    distance : ties between the person and the nearest of them, 0 for one of these, None where it is more than two
    score : personalised PageRank from all of them; 0 for who came after the population was measured
    path : names from the person to a confirmed fraudster, at each step along the tie by which most of it came; empty
        where there is no distance
    """

    distance: int | None
    score: float
    path: list[str]


def touch(view: GraphView, known: Known, params: Params, person: int) -> Touch:
    """How near one applicant stands to confirmed fraudsters, at the cost of what lies around.

    Parameters
    ----------
    known : of the whole book at the time asked of
    params : the detector's
    person : node number
    """
    (name,) = view.names([person])
    distance, score = _known(known, name)
    path = [name]
    if distance is None:
        return Touch(None, score, [])
    return _led(view, known, params, path, distance, score)


def touch_of_newcomer(view: GraphView, known: Known, params: Params, person: int) -> Touch:
    """The same of an applicant of whom the population may not know yet, or not what ties them now: one tie farther
    than the nearest of those to whom these tie them."""
    (name,) = view.names([person])
    distance, score = _known(known, name)
    if distance == 0:
        return Touch(0, score, [name])
    near = [
        (far, -mass, one)
        for one in tied_to(view, known, params, name)
        for far, mass in [_known(known, one)]
        if far is not None
    ]
    reached = [one for one in near if one[0] < FARTHEST]
    if not reached:
        return Touch(distance, score, [])
    far, _, first = min(reached)
    return _led(view, known, params, [name, first], far + 1, score)


def _led(view: GraphView, known: Known, params: Params, path: list[str], distance: int, score: float) -> Touch:
    """The path led on to a confirmed fraudster."""
    while (left := _known(known, path[-1])[0]) != 0:
        steps = [(one, *_known(known, one)) for one in tied_to(view, known, params, path[-1])]
        nearer = [(-mass, one) for one, far, mass in steps if far is not None and left is not None and far < left]
        if not nearer:
            return Touch(None, score, [])
        path.append(min(nearer)[1])
    return Touch(distance, score, path)


def tied_to(view: GraphView, known: Known, params: Params, name: str) -> list[str]:
    """The names of the applicants who are tied to one, as the book's communities know ties."""
    people = beside(view, known.shared, view.find_all([name]).astype(np.int32), telling(known.shared))
    nodes = used_by(view, people)
    part = view.part(nodes)
    uses, numbers = seen_in(known.shared.frame, part)
    who, when = applications(part)
    found, _ = ties(extended(known.shared, uses), uses, (numbers[who], when), params["max_named"])
    node = NodeOf(numbers, nodes)
    own = numbers[part.find_all([name])]
    others = np.concatenate((found.second[found.first == own], found.first[found.second == own]))
    return sorted(view.names(node[others]))


def _known(known: Known, name: str) -> tuple[int | None, float]:
    place = known.shared.frame.names.find(name)
    if place < 0 or known.distance[place] < 0:
        return None, float(known.mass[place]) if place >= 0 else 0.0
    return int(known.distance[place]), float(known.mass[place])
