"""The two public baselines that ring detection is measured beside, as findings in their JSON shape."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import networkx as nx
import numpy as np
from ringfence.detectors.sharing.uses import WAY, collect
from ringfence.graph.snapshot import Snapshot

LEAST_MEMBERS = 5
HUB = 10


def three_identifiers(snapshot: Snapshot) -> list[dict]:
    """Applicants who share a device or card used by at most ``HUB`` applicants and at least two more identifiers, then
    connected components."""
    users, held = _held(snapshot)
    uses, *_ = collect(snapshot)
    seeds = np.unique(uses.value[np.isin(uses.way, [WAY["handset"], WAY["account"]])])
    graph = nx.Graph()
    for value in seeds.tolist():
        if len(users[value]) <= HUB:
            for one, other in combinations(sorted(users[value]), 2):
                if len(held[one] & held[other]) >= 3:
                    graph.add_edge(one, other)
    return _findings(snapshot, graph)


def all_identifiers(snapshot: Snapshot) -> list[dict]:
    """Connected components over all shared identifiers."""
    users, _ = _held(snapshot)
    graph = nx.Graph()
    for people in users.values():
        nx.add_path(graph, sorted(people))
    return _findings(snapshot, graph)


def _held(snapshot: Snapshot) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Users by identifier, and identifiers by user."""
    uses, *_ = collect(snapshot)
    users, held = defaultdict(set), defaultdict(set)
    for person, value in zip(uses.person.tolist(), uses.value.tolist(), strict=True):
        users[value].add(person)
        held[person].add(value)
    return users, held


def _findings(snapshot: Snapshot, graph: nx.Graph) -> list[dict]:
    """Components as findings, the largest first; the score is only an order."""
    parts = sorted((part for part in nx.connected_components(graph) if len(part) >= LEAST_MEMBERS), key=len)
    return [
        {
            "kind": "fraud_ring",
            "rank": rank,
            "score": 1 - rank / 1e6,
            "colour": "blue",
            "members": [{"node": name, "role": "member"} for name in snapshot.names(sorted(part))],
        }
        for rank, part in enumerate(reversed(parts), start=1)
    ]
