"""How far one person is from confirmed fraudsters (一度、二度触黑), and by which ties."""

from __future__ import annotations

from collections.abc import Collection
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


def touch_of_newcomer(view: GraphView, known: Known, params: Params, person: int, since: Collection[str] = ()) -> Touch:
    """The same of an applicant of whom the population may not know yet, or not what ties them now: one tie farther
    than the nearest of those to whom these tie them.

    Parameters
    ----------
    since : who was confirmed as a fraudster after the population was measured, by name
    """
    (name,) = view.names([person])
    distance, score = _known(known, name)
    if distance == 0 or name in since:
        return Touch(0, score, [name])
    people = _beside(view, known, np.array([person], dtype=np.int32))
    path = _to_one_since(view, known, params, people, name, since) if since else [name]
    if len(path) == 2:
        return Touch(1, score, path)
    reached = []
    if any(_is_near(known, one) for one in view.names(people)):
        tied = [(one, *_known(known, one)) for one in tied_to(view, known, params, name)]
        reached = [(far, -mass, one) for one, far, mass in tied if far is not None and far < FARTHEST]
    if len(path) > 1 and (not reached or min(reached)[0] > 0):
        return Touch(2, score, path)
    if not reached:
        return Touch(distance, score, [])
    far, _, first = min(reached)
    return _led(view, known, params, [name, first], far + 1, score)


def newly_confirmed(known: Known, confirmed: Collection[str]) -> set[str]:
    """Those of some confirmed fraudsters whom the population does not know as such."""
    return {name for name in confirmed if _known(known, name)[0] != 0}


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
    nodes = used_by(view, _beside(view, known, view.find_all([name]).astype(np.int32)))
    part = view.part(nodes)
    uses, numbers = seen_in(known.shared.frame, part)
    who, when = applications(part)
    found, _ = ties(extended(known.shared, uses), uses, (numbers[who], when), params["max_named"])
    node = NodeOf(numbers, nodes)
    own = numbers[part.find_all([name])]
    others = np.concatenate((found.second[found.first == own], found.first[found.second == own]))
    return sorted(view.names(node[others]))


def _to_one_since(
    view: GraphView, known: Known, params: Params, people: np.ndarray, name: str, since: Collection[str]
) -> list[str]:
    """Names from a person to one of ``since`` who is one or two ties away; the person alone where none is.

    Parameters
    ----------
    people : the person, and all to whom what they use leads
    """
    if near := sorted(set(view.names(people)).intersection(since)):
        tied = set(tied_to(view, known, params, name))
        if direct := [one for one in near if one in tied]:
            return [name, direct[0]]
    for one in sorted(set(view.names(_beside(view, known, people))).intersection(since)):
        between = set(tied_to(view, known, params, one)).intersection(tied_to(view, known, params, name))
        if between:
            return [name, min(between), one]
    return [name]


def _beside(view: GraphView, known: Known, people: np.ndarray) -> np.ndarray:
    """int32: applicants, and all to whom what they use leads."""
    return beside(view, known.shared, people, telling(known.shared))


def _is_near(known: Known, name: str) -> bool:
    """Whether an applicant stands so near to a confirmed fraudster that who is tied to them is told of it."""
    far = _known(known, name)[0]
    return far is not None and far < FARTHEST


def _known(known: Known, name: str) -> tuple[int | None, float]:
    place = known.shared.frame.names.find(name)
    if place < 0 or known.distance[place] < 0:
        return None, float(known.mass[place]) if place >= 0 else 0.0
    return int(known.distance[place]), float(known.mass[place])
