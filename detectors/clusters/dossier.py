"""What is put before an investigator of one risky cluster: measures, peers, source rows, and the bounds that bit.

Nothing is ordered by a store's own numbers: people stand as they applied, then by name, and relationships by their
uids.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import ALWAYS, FOREVER
from ...graph.snapshot import GraphView
from ..contract import Candidate, Draft, Params, bound, evidence_within, unit_name
from ..rings.files import Files
from ..sharing.uses import WAY
from .explained import explanations
from .peers import ALL, OnBook, Peers
from .population import Known
from .search import Cluster, Search
from .ties import NAMED

LEAST_SCORE, SCALE = 0.4, 20.0
"""The score of what chance would give once in as many communities as were tested, and how much more, in natural
logarithms, takes the rest of the way to 1 - 1/e."""
RAREST = 1e-300
_ASKED = [WAY[way] for way in ("handset", "account", "own_phone", "kin", "acquaintance", "contact")]


def score(chance: float, tests: int) -> float:
    """0 to 1.

    >>> [round(score(chance, 150), 2) for chance in (1e-4, 1e-6, 1e-12, 1e-20)]
    [0.51, 0.61, 0.81, 0.92]
    """
    return LEAST_SCORE + (1 - LEAST_SCORE) * -math.expm1(min(math.log(max(chance, RAREST) * tests), 0.0) / SCALE)


def draft(view: GraphView, one: Cluster, found: Search, known: Known, params: Params) -> Draft:
    """A risky cluster as the run takes it."""
    nodes = found.node[one.people]
    files = Files(view, nodes)
    reason = _reason(one, known, params)
    rows, cut = _rows(view, one, params["max_evidence"])
    candidate = Candidate(
        kind="risky_cluster",
        unit=unit_name(view, nodes),
        score=score(one.fared.chance, known.tests),
        reason=reason,
        measures=_measures(one, reason, known, files.borrowed_within(nodes.tolist(), ALWAYS, FOREVER)),
        explanations=explanations(reason),
        truncated=[*_not_tied(one, found, params["max_named"]), *cut],
    )
    return Draft(candidate, [(node, "member") for node in _as_they_applied(view, nodes, files)], rows)


def _as_they_applied(view: GraphView, nodes: np.ndarray, files: Files) -> list[int]:
    names = dict(zip(nodes.tolist(), view.names(nodes), strict=True))
    return sorted(names, key=lambda node: (min(files.applied.get(node, [FOREVER])), names[node]))


def _reason(one: Cluster, known: Known, params: Params) -> dict[str, Any]:
    fared, loans = one.fared, one.fared.loans
    hands = one.ties.where(one.ties.one_hand)
    return {
        "members": len(one.people),
        "ties": len(one.ties.first),
        "named": int(one.ties.named.sum()),
        "households": fared.households,
        "bad": fared.bad,
        "expected": fared.expected,
        "chance": fared.chance,
        "tests": known.tests,
        "false_share": params["false_share"],
        "loans": len(loans.node),
        "bad_loans": int(loans.bad.sum()),
        "young": fared.young,
        "uncounted": fared.uncounted,
        "region": _alike(loans, known.peers, "region"),
        "product": _alike(loans, known.peers, "product"),
        "month": _alike(loans, known.peers, "month"),
        "one_hand": len(distinct(np.concatenate((hands.first, hands.second)))),
    }


def _alike(loans: OnBook, peers: Peers, what: str) -> dict[str, Any]:
    """The region, product or month of most of the loans: how many these are, and how many others of it there are in the
    book, and bad ones among them."""
    keys = loans.keys[:, ALL.index(what)].tolist()
    name, own = min(Counter(keys).items(), key=lambda item: (-item[1], item[0]))
    place = peers.keys.find(name)
    told, bad = (int(peers.loans[place]), int(peers.bad[place])) if place >= 0 else (own, 0)
    own_bad = int(loans.bad[[key == name for key in keys]].sum())
    return {"name": name.partition("|")[2], "own": own, "others": max(told - own, 0), "bad": max(bad - own_bad, 0)}


def _measures(one: Cluster, reason: dict[str, Any], known: Known, borrowed: dict[str, float]) -> dict[str, float]:
    fared = one.fared
    distance = known.distance[one.people]
    amounts = list(borrowed.values())
    measures: dict[str, float] = {
        "members": reason["members"],
        "ties": reason["ties"],
        "named": reason["named"],
        "households": fared.households,
        "bad_households": fared.bad,
        "expected": round(fared.expected, 2),
        "rarity": round(abs(math.log10(max(fared.chance, RAREST))), 2),
        "tests": known.tests,
        "one_hand": reason["one_hand"],
        "first_degree": int((distance == 1).sum()),
        "second_degree": int((distance == 2).sum()),
        "reached": round(float(known.mass[one.people].astype(np.float64).sum()), 4),
    }
    return measures | ({"amount": amounts[0]} if len(amounts) == 1 else {})


# -- rows and bounds ----------------------------------------------------------------------------------------------


def _rows(view: GraphView, one: Cluster, limit: int) -> tuple[np.ndarray, list[dict]]:
    """Positions of the relationships to bad loans, then by which people name each other, then to what they share."""
    loans, uses = one.fared.loans, one.uses
    key = uses.value << 32 | uses.person
    naming = np.isin(key, one.held.named) & np.isin(uses.way, [WAY["own_phone"], *NAMED])
    bad = loans.position[loans.bad]
    positions = dict.fromkeys(bad[view.uid_order(bad)].tolist())
    for some in (uses.where(naming), uses.where(np.isin(key, one.held.shared) & ~naming)):
        for place in view.uid_order(some.position).tolist():
            positions |= dict.fromkeys((int(some.via[place]), int(some.position[place])))
    positions.pop(-1, None)
    rows = np.fromiter(positions, dtype=np.int64)
    return evidence_within(rows, limit, "further relationships of the same people as evidence")


def _not_tied(one: Cluster, found: Search, limit: int) -> list[dict]:
    """Phones, handsets and accounts of too many users that members share."""
    population = found.population
    large = (population.holders[one.uses.value] > limit) & ~population.excused[one.uses.value]
    some = one.uses.where(large & np.isin(one.uses.way, _ASKED))
    pairs = distinct(some.value << 32 | some.person) >> 32
    count = int((np.unique(pairs, return_counts=True)[1] > 1).sum())
    skipped = f"{count} things of more users that members share"
    return [bound("max_named", limit, skipped, could_change=True)] if count else []
