"""Cases: findings of all detectors about the same people, as one thing that somebody works on, night after night.

A finding joins the largest one whose parties hold all of its own, or more than half of them. It joins that one finding
and not the group around it, so a chain of findings, each half in the next, never becomes one case.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..graph.model import COLOURS, PARTIES, kind_of
from .ranking import place
from .stakes import most
from .threads import LEAST_JACCARD

STATES = ("new", "grown", "shrunk", "unchanged", "gone")
"""What became of a case since the nightly batch before: it was not there; somebody, or a kind of finding, was added;
people only left; neither; or it is no longer found. One that is gone is carried on, and known again if it returns."""


def cases(
    findings: Sequence[dict],
    earlier: Sequence[dict],
    as_of: str,
    revision: int,
    told: Callable[[list[str]], Mapping],
    now: int,
) -> list[dict]:
    """The cases of a nightly batch, in the order in which people look at them.

    Each is ``{"id", "state", "colour", "people", "beside", "added", "left", "kinds", "new_kinds", "parts", "amounts",
    "by_member", "first_seen", "last_seen", "raised_at", "grown_at", "revision", "into"}``:

    - ``people`` are the members of its findings, ``beside`` who else uses a handset or account that is mostly theirs;
    - ``added`` and ``left`` say who came to either, and which of the people went, since the nightly batch before;
    - ``kinds`` counts its findings by kind, and ``new_kinds`` names those it did not have;
    - ``parts`` are its findings, the largest first: ``[{"id", "thread", "kind", "view", "colour", "score",
      "detector"}]``;
    - ``amounts`` and ``by_member`` are as in ``stakes``;
    - ``raised_at`` is when, by the clock, its colour last rose, and ``grown_at`` when it was last new or grown, in
      epoch milliseconds;
    - ``into`` is the case that holds all people of one that is gone.

    Parameters
    ----------
    findings : in their JSON shape: all that people see as of this batch
    earlier : the cases of the nightly batch before, those that were gone by then as well
    as_of : the time they looked at, in ISO form
    revision : the revision they looked at
    told : what the graph tells of some people: ``amounts`` and ``by_member`` as in ``stakes``, and ``beside``
    now : by the clock, in epoch milliseconds
    """
    found = [_case(parts, told) for parts in grouped(findings)]
    before = continued([set(case["people"]) for case in found], [set(case["people"]) for case in earlier])
    taken = {earlier[old]["id"] for old in before.values()}
    for number, case in enumerate(found):
        old = earlier[before[number]] if number in before else None
        _compare(case, old)
        case["id"] = old["id"] if old else _new_id(case["people"], taken)
        taken.add(case["id"])
        case |= {"first_seen": old["first_seen"] if old else as_of, "last_seen": as_of, "revision": revision}
        case |= _times(case, old, now)
    gone = [_gone(case, found) for number, case in enumerate(earlier) if number not in before.values()]
    return sorted([*found, *gone], key=queue_order)


def queue_order(case: dict) -> tuple:
    """Where a case stands in the queue: by colour, then by the most money at stake in one currency, then by the number
    of people, then by when it was first seen and its id."""
    colour, money = COLOURS.index(case["colour"]), most(case["amounts"])
    return -colour, -money, -len(case["people"]), case["first_seen"], case["id"]


def parties(finding: dict) -> frozenset[str]:
    """The parties among a finding's members; all of them where none is a party, as with accounts of no owner."""
    members = [member["node"] for member in finding["members"]]
    return frozenset([node for node in members if kind_of(node) in PARTIES] or members)


def grouped(findings: Sequence[dict]) -> list[list[dict]]:
    """Findings by case, in each the largest first, which holds all or most of every other."""
    groups: list[list[dict]] = []
    cores: list[int] = []
    holders: dict[str, list[int]] = defaultdict(list)
    for finding in sorted(findings, key=lambda finding: (-len(parties(finding)), place(finding))):
        people = parties(finding)
        shared = Counter(number for node in people for number in holders[node])
        # the one that holds most of it, of equals the largest, then the best
        best = min(shared, key=lambda number: (-shared[number], -cores[number], number), default=None)
        if best is not None and 2 * shared[best] > len(people):
            groups[best].append(finding)
            continue
        for node in people:
            holders[node].append(len(groups))
        groups.append([finding])
        cores.append(len(people))
    return groups


def continued(now: Sequence[set[str]], earlier: Sequence[set[str]]) -> dict[int, int]:
    """Which earlier group of people each group goes on from, one to one, by their places.

    First those alike by at least ``threads.LEAST_JACCARD``, the most alike first; then those that lie wholly inside one
    another, the largest share first: a group that grew or shrank a lot.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    for old, people in enumerate(earlier):
        for node in people:
            holders[node].append(old)
    pairs = []
    for new, people in enumerate(now):
        for old, common in Counter(old for node in people for old in holders.get(node, ())).items():
            jaccard = common / (len(people) + len(earlier[old]) - common)
            if jaccard >= LEAST_JACCARD or common in (len(people), len(earlier[old])):
                pairs.append((jaccard < LEAST_JACCARD, -jaccard, old, new))
    linked: dict[int, int] = {}
    for *_, old, new in sorted(pairs):
        if new not in linked and old not in linked.values():
            linked[new] = old
    return linked


def _case(findings: Sequence[dict], told: Callable[[list[str]], Mapping]) -> dict[str, Any]:
    people = sorted(frozenset().union(*map(parties, findings)))
    wanted = ("id", "thread", "kind", "view", "colour", "score", "detector")
    return {
        "id": "",
        "state": "new",
        "colour": max((finding["colour"] for finding in findings), key=COLOURS.index),
        "people": people,
        "added": [],
        "left": [],
        "kinds": dict(sorted(Counter(finding["kind"] for finding in findings).items())),
        "new_kinds": [],
        "parts": [{name: finding[name] for name in wanted} for finding in findings],
        "into": None,
        **told(people),
    }


def _compare(case: dict, old: Mapping | None) -> None:
    """Say what became of a case since it was last there."""
    if old is None or old["state"] == "gone":
        return
    people, beside, before = set(case["people"]), set(case["beside"]), set(old["people"])
    case["added"] = sorted((people - before) | (beside - before - set(old["beside"])))
    case["left"] = sorted(before - people - beside)
    case["new_kinds"] = sorted(set(case["kinds"]) - set(old["kinds"]))
    grown = case["added"] or case["new_kinds"]
    case["state"] = "grown" if grown else "shrunk" if case["left"] else "unchanged"


def _times(case: Mapping, old: Mapping | None, now: int) -> dict[str, int]:
    """Since when, by the clock, a case asks for what its colour does, and when it last grew."""
    if old is None or case["state"] == "new":
        return {"raised_at": now, "grown_at": now}
    # Cases of an earlier version have no such times: they begin tonight.
    raised, grown = old.get("raised_at", now), old.get("grown_at", now)
    higher = COLOURS.index(case["colour"]) > COLOURS.index(old["colour"])
    return {"raised_at": now if higher else raised, "grown_at": now if case["state"] == "grown" else grown}


def _gone(case: Mapping, found: Sequence[dict]) -> dict:
    people = set(case["people"])
    into = next((other["id"] for other in found if people <= set(other["people"])), None)
    return {**case, "state": "gone", "added": [], "left": [], "new_kinds": [], "into": into}


def _new_id(people: Sequence[str], taken: set[str]) -> str:
    """The first 16 hex digits of SHA-256 over the people; of that again where a case began with the same people, who
    have since moved on."""
    made = hashlib.sha256("\n".join(["case", *people]).encode()).hexdigest()[:16]
    while made in taken:
        made = hashlib.sha256(made.encode()).hexdigest()[:16]
    return made
