"""The detector ``fraud-ring``: applicants tied by what they share more than chance and innocent causes explain."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...graph.snapshot import GraphView
from ..contract import Candidate, Detector, Parameter
from ..sharing.common import common
from ..sharing.facets import RULES
from ..sharing.numbering import inverse, seen_in
from ..sharing.population import Population, comparable, compare, extended, measure
from ..sharing.uses import Uses, applications
from .concert import Concert, concert, likelier
from .dossier import Dossier, Files
from .groups import bound_together, find_groups
from .scoring import NEARLY, evidence_of

PARAMETERS = (
    Parameter("min_members", 5, "fewest applicants of a ring; smaller groups are not reported"),
    Parameter("max_members", 60, "a group of more applicants is split until its parts are no larger"),
    Parameter("link_strength", 4.0, "what people tied by several things must share, in natural logarithms of rarity"),
    Parameter("single_strength", 4.5, "the same for people tied by a single thing, which no place explains"),
    Parameter("weak_strength", 2.0, "the same for groups that make no ring so far, whatever ties them"),
    Parameter("least_evidence", 6.0, "what a ring must come to, in natural logarithms: ties a member, and concert"),
    Parameter("max_users", 200, "most users of a value whom one compares with each other"),
    Parameter("max_evidence", 400, "most relationships listed as evidence of one finding"),
)
MOST = 0.8
"""Where fewer than a ring's members acted together, so large a share of the group must have for the rest to belong."""
LOOSELY = 2.0
"""To those whom weak ties bind, acting together adds so many times what ties them, at most: a place holds people who
apply in one season."""
FEWEST_HOUSEHOLDS = 3
"""Applicants of fewer families are no ring, whatever they share."""


def detect(snapshot: GraphView, known: Population, params: dict[str, Any]) -> Iterator[Candidate]:
    """``fraud_ring`` 团伙: five applicants or more, of several households, bound by rare things that they share.

    What two people share weighs by how few share such things by chance (``population``), people are bound into groups
    by what they share (``groups``), and a group is a ring where what ties its members and how closely in time they
    applied come to enough (``scoring``, ``concert``). Groups that are no ring are bound anew, by weaker ties, too.

    Innocent twins, tried first: a household is one person, whatever it shares; the equipment of a shop ties nobody; all
    that comes of living, working or studying in one place, acquaintances and networks included, is one piece of
    evidence and so makes no group by itself: that explains workplaces, campuses, villages, dormitories, factories and
    collective households; a number that was recycled is not shared; one hub without other ties is an intermediary.
    """
    uses, numbers = seen_in(known.frame, snapshot)
    node = inverse(numbers)
    population = extended(known, uses)
    weighed = uses.where(comparable(population, uses))
    who, when = applications(snapshot)
    compared = compare(population, weighed, (numbers[who], when))
    rule, label = np.array(RULES), np.arange(len(compared.people))
    free = np.ones(len(compared.people), dtype=bool)
    for weak, most in ((math.inf, math.inf), (params["weak_strength"], LOOSELY)):
        among, before = compared.among(free), label
        label = bound_together(among, rule, params["link_strength"], params["single_strength"], weak, before)
        groups = find_groups(among.ties, label, rule, params["min_members"], params["max_members"])
        # rings are no part of what is bound anew, and what that leaves as it was is no ring still
        groups = [group for group in groups if free[group.people].all() and np.ptp(before[group.people])]
        if not groups:
            continue
        everybody = compared.people[np.concatenate([group.people for group in groups])]
        of_person, everything = _by_person(weighed, everybody), _by_person(uses, everybody)
        files = Files(snapshot, node[everybody])
        for group in groups:
            people = compared.people[group.people]
            whole = common(people, population, of_person(people))
            core = np.isin(people, whole.tied_twice)
            times = [files.applied.get(member, []) for member in node[people].tolist()]
            of_core = [own for own, inside in zip(times, core.tolist(), strict=True) if inside]
            acting = likelier(concert(times, population.calendar), concert(of_core, population.calendar))
            then = _acting(times, acting)
            if then.sum() >= params["min_members"]:
                people = people[then]
            elif then.mean() < MOST:  # a few acted together, and the others did not
                continue
            shared = whole if then.all() else common(people, population, of_person(people))
            evidence = evidence_of(shared.tied, len(people), acting, most)
            least = params["least_evidence"] * (NEARLY if shared.nearly_explained else 1)
            if evidence >= least and shared.households >= FEWEST_HOUSEHOLDS and not shared.one_hub:
                free[group.people] = False
                dossier = Dossier(group, shared, acting, everything(people), node[people].tolist(), files, population)
                yield dossier.candidate(snapshot, evidence, params)


def _acting(times: Sequence[Sequence[int]], acting: Concert) -> np.ndarray:
    """bool: who applied while the others did; everybody, where that is nobody's mark."""
    first, last = acting.span()
    return np.array([any(first <= time <= last for time in own) or not acting.telling for own in times])


def _by_person(uses: Uses, everybody: np.ndarray) -> Callable[[np.ndarray], Uses]:
    """The uses of some of these people, found without looking through all."""
    wanted = np.zeros(max(uses.person.max(initial=-1), everybody.max(initial=-1)) + 1, dtype=bool)
    wanted[everybody] = True
    theirs = np.flatnonzero(wanted[uses.person])
    order = theirs[np.argsort(uses.person[theirs], kind="stable")]
    person = uses.person[order]

    def of(people: np.ndarray) -> Uses:
        low, high = np.searchsorted(person, people), np.searchsorted(person, people, side="right")
        spans = [order[begin:end] for begin, end in zip(low.tolist(), high.tolist(), strict=True)]
        return uses.where(np.concatenate(spans))

    return of


FRAUD_RING = Detector(
    id="fraud-ring",
    version="1",
    kinds=("fraud_ring",),
    unit=(
        "the applicants whom things they share bind together, given the population: by two things or more, by a "
        "strong single one, or by one whose users others bind; those who so make no ring, by weaker ties"
    ),
    parameters=PARAMETERS,
    population=measure,
    detect=detect,
)
