"""The detector ``fraud-ring``: applicants tied by what they share more than chance and innocent causes explain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ...graph.model import ALWAYS
from ...graph.snapshot import Snapshot
from ..contract import Candidate, Detector, Parameter
from .concert import Concert, concert
from .facets import DAY, PAIR_FACET, RULES
from .frame import inverse, seen_in
from .groups import Group, bound_together, find_groups
from .population import Population, comparable, compare, extended, measure
from .scoring import chance, evidence_of, score
from .shared import Common, common
from .uses import Uses, applications
from .wording import Story, reasons

PARAMETERS = (
    Parameter("min_members", 5, "fewest applicants of a ring; smaller groups are not reported"),
    Parameter("max_members", 60, "a group of more applicants is split until its parts are no larger"),
    Parameter("link_strength", 3.0, "what two applicants must share for a link, in natural logarithms of rarity"),
    Parameter("single_strength", 5.0, "the same for people whom a single thing links, that no place explains"),
    Parameter("least_evidence", 7.0, "what a ring must come to, in natural logarithms: ties a member, and concert"),
    Parameter("max_users", 200, "most users of a value whom one compares with each other"),
    Parameter("max_evidence", 400, "most relationships listed as evidence of one finding"),
)
FEWEST_HOUSEHOLDS = 3
"""Applicants of fewer families are no ring, whatever they share."""
TELLING_CONCERT = 3.0
"""From this surprise on, in natural logarithms, a group is taken to have acted within its time, and those who share
something with it but did not apply then are left out."""
MARGIN = 14 * DAY
"""So long before and after the others one may apply and still be one of them."""


def detect(snapshot: Snapshot, known: Population, params: dict[str, Any]) -> Iterator[Candidate]:
    """``fraud_ring`` 团伙: five or more applicants of several households, tied by rare things that they share."""
    uses, numbers = seen_in(known.frame, snapshot)
    node = inverse(numbers)
    population = extended(known, uses)
    uses_compared = uses.where(comparable(population, uses))
    who, when = applications(snapshot)
    compared = compare(population, uses_compared, (numbers[who], when))
    rule = np.array(RULES)
    label = bound_together(compared, rule, params["link_strength"], params["single_strength"])
    groups = find_groups(compared.ties, label, rule, params["min_members"], params["max_members"])
    if not groups:
        return
    if not groups:
        return
    files = _Files(snapshot, node[compared.people[np.unique(np.concatenate([group.people for group in groups]))]])
    of_person, everything = _by_person(uses_compared), _by_person(uses)
    for group in groups:
        people = compared.people[group.people]
        times = [files.applied.get(member, []) for member in node[people].tolist()]
        acting = concert(times, population.calendar)
        people = people[_acting(times, acting, params["min_members"])]
        shared = common(people, population, of_person(people))
        evidence = evidence_of(shared.tied, len(people), acting)
        families = len(np.unique(shared.household))
        if evidence >= params["least_evidence"] and families >= FEWEST_HOUSEHOLDS and not shared.one_hub:
            yield _candidate(group, shared, acting, evidence, population, node, files, everything(people), params)


def _acting(times: Sequence[Sequence[int]], acting: Concert, least: int) -> np.ndarray:
    """bool: who applied while the others did, or not long before or after; everybody, where that is nobody's mark."""
    everybody = np.ones(len(times), dtype=bool)
    if acting.first is None or acting.last is None or acting.surprise < TELLING_CONCERT:
        return everybody
    first, last = acting.first - MARGIN, acting.last + MARGIN
    then = np.array([any(first <= time <= last for time in own) for own in times])
    return then if then.sum() >= least else everybody


def _by_person(uses: Uses):
    order = np.argsort(uses.person, kind="stable")
    person = uses.person[order]

    def of(people: np.ndarray) -> Uses:
        low, high = np.searchsorted(person, people), np.searchsorted(person, people, side="right")
        return uses.where(
            np.concatenate([order[begin:end] for begin, end in zip(low.tolist(), high.tolist(), strict=True)])
        )

    return of


class _Files:
    """What is on file of members: applications with their times, and what they borrowed."""

    def __init__(self, snapshot: Snapshot, nodes: np.ndarray):
        member = np.zeros(snapshot.node_count, dtype=bool)
        member[nodes] = True
        applied, borrowed = snapshot.edges("APPLIED"), snapshot.edges("BORROWED")
        applied, borrowed = (edges.where(member[edges.source]) for edges in (applied, borrowed))
        applied = applied.where(applied.valid_from > ALWAYS)
        self.applied = _grouped(applied.source, applied.valid_from)
        loans = snapshot.facts("loans", borrowed.target.tolist()) if len(borrowed) else None
        amounts = np.full(len(borrowed), np.nan)
        if loans is not None and "amount" in loans:
            order = np.argsort(loans["node"].to_numpy(), kind="stable")
            place = np.searchsorted(loans["node"].to_numpy()[order], borrowed.target)
            inside = place < len(order)
            same = inside.copy()
            same[inside] = loans["node"].to_numpy()[order][place[inside]] == borrowed.target[inside]
            amounts[same] = loans["amount"].to_numpy(dtype=np.float64)[order][place[same]]
        self.borrowed = _grouped(borrowed.source, amounts)


def _grouped(keys: np.ndarray, values: np.ndarray) -> dict[int, list]:
    found: dict[int, list] = {}
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        found.setdefault(key, []).append(value)
    return found


def _candidate(
    group: Group,
    shared: Common,
    acting: Concert,
    evidence: float,
    population: Population,
    node: np.ndarray,
    files: _Files,
    uses: Uses,
    params: dict[str, Any],
) -> Candidate:
    members = node[shared.people].tolist()
    times = [time for member in members for time in files.applied.get(member, ())]
    amounts = [amount for member in members for amount in files.borrowed.get(member, ())]
    amounts = [amount for amount in amounts if not math.isnan(amount)]
    pieces = shared.tied
    measures: dict[str, float] = {
        "members": len(members),
        "households": len(np.unique(shared.household)),
        "ties": _pairs(shared),
        "shared_values": len(shared.values),
        "handsets": len(shared.of("handset")),
        "accounts": len(shared.of("account")),
        "phones": len(shared.of("phone")),
        "documents": len(shared.of("document", "email")),
        "contacts": len(shared.of("contact")),
        "addresses": len(shared.of("address", "cell")),
        "networks": len(shared.of("network")),
        "employers": len(shared.of("work")),
        "acquaintances": len(shared.of("social")),
        "applications": len(times),
        "days": math.ceil((acting.last - acting.first) / DAY) if acting.first and acting.last else 0,
        "concert": round(acting.surprise / math.log(10), 2),
        "cycles_of_ties": sum(len(piece.people) - 1 for piece in pieces) - (len(members) - 1),
        "strength": chance(pieces, len(members), population.people),
    }
    if amounts:
        measures["amount"] = math.fsum(amounts)
    shop = uses.where(population.excused[uses.value])
    story = Story(group, shared, measures, population.people, _shared_count(shop))
    zh, en = reasons(story)
    rows, truncated = _evidence(shared, params["max_evidence"])
    return Candidate(
        kind="fraud_ring",
        members=[(member, "member") for member in members],
        evidence=rows,
        score=score(evidence),
        measures=measures,
        reason_zh=zh,
        reason_en=en,
        truncated=[*_cut(group, params), *_not_compared(uses, population, params), *truncated],
    )


def _pairs(shared: Common) -> int:
    """How many pairs of the group share anything."""
    pairs: set[tuple[int, int]] = set()
    for value in shared.values:
        pairs.update(combinations(value.people.tolist(), 2))
    return len(pairs)


def _shared_count(uses: Uses) -> int:
    """How many of these values more than one person uses."""
    keys = np.unique(np.stack([uses.value, uses.person], axis=1), axis=0)
    return int((np.unique(keys[:, 0], return_counts=True)[1] > 1).sum()) if len(keys) else 0


def _evidence(shared: Common, limit: int) -> tuple[np.ndarray, list[dict]]:
    rows = [value.rows for value in shared.values]
    places = np.concatenate(rows) if rows else np.array([], dtype=np.int64)
    pairs = np.stack([shared.uses.via[places], shared.uses.position[places]], axis=1).ravel()
    _, first = np.unique(pairs, return_index=True)
    positions = pairs[np.sort(first)]
    positions = positions[positions >= 0]
    if len(positions) <= limit:
        return positions, []
    skipped = f"{len(positions) - limit} further relationships of the same people as evidence"
    return positions[:limit], [_bound("max_evidence", limit, skipped, could_change=False)]


def _cut(group: Group, params: dict[str, Any]) -> Sequence[dict]:
    if group.cut_from:
        skipped = f"a group of {group.cut_from} applicants was taken apart at its weaker ties"
    elif len(group.people) > params["max_members"]:
        skipped = f"a group of {len(group.people)} applicants whose ties are all alike stays whole"
    else:
        return []
    return [_bound("max_members", params["max_members"], skipped, could_change=True)]


def _not_compared(uses: Uses, population: Population, params: dict[str, Any]) -> Sequence[dict]:
    """Values of too many users to compare, which would still say something: sharing them was not looked at."""
    facet = np.diagonal(PAIR_FACET[0])[uses.way]
    telling = (facet >= 0) & (population.weight[facet, -1] > 0)
    large = (population.users[uses.value] > params["max_users"]) & ~population.excused[uses.value]
    count = len(np.unique(uses.value[telling & large]))
    if not count:
        return []
    skipped = f"{count} values that members share with more users"
    return [_bound("max_users", params["max_users"], skipped, could_change=True)]


def _bound(name: str, limit: float, skipped: str, could_change: bool) -> dict:
    return {"bound": name, "limit": limit, "skipped": skipped, "could_change": could_change}


FRAUD_RING = Detector(
    id="fraud-ring",
    version="1",
    kinds=("fraud_ring",),
    unit="a component of applicants over links that what they share makes strong, given the population",
    parameters=PARAMETERS,
    population=measure,
    detect=detect,
)
