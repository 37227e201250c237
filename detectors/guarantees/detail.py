"""One circle from near: who holds it together, who may belong together unseen, and what its book contradicts."""

from __future__ import annotations

import networkx as nx
import numpy as np

from ...graph.kernels.sets import among, distinct
from ..policy import GRADES
from .cores import Bounds, is_core
from .figures import contradicts
from .inside import inside
from .over import given, over
from .survey import Survey

HANDS = (1, 2, 3)
"""Steps around a core enterprise within which its neighbours are counted."""
COMMON = 20
"""Parties of the whole book that use one value above which it is no sign that some of them belong together."""
SHARED = {"HAS_ADDRESS": "address", "HAS_PHONE": "phone"}


def detail(found: Survey, place: int) -> dict:
    """What is seen of one circle from near: ``members``, ``core_enterprises``, ``key_nodes``, ``over_guarantee``,
    ``hidden_groups``, ``contradictions``."""
    members = found.circles[place].members
    return {
        "members": _members(found, members),
        "core_enterprises": _cores(found, place),
        "key_nodes": key_nodes(found, place),
        "over_guarantee": _over(found, members),
        "hidden_groups": _hidden(found, members),
        "contradictions": _contradictions(found, place),
    }


def _party(found: Survey, party: int) -> dict:
    return {"node": found.net.names[party], "name": found.net.labels[party]}


def _members(found: Survey, members: np.ndarray) -> list[dict]:
    owes = found.ledger.owes
    order = sorted(members.tolist(), key=lambda party: (-owes[party], found.net.names[party]))
    return [_party(found, party) | {"balance": round(float(owes[party]), 2)} for party in order]


def _cores(found: Survey, place: int) -> list[dict]:
    """Core enterprises, the conditions that each meets, and how many parties lie within one, two and three hands."""
    circle, net = found.circles[place], found.net
    view = found.views[circle.view]
    bounds = Bounds(*(found.params[name] for name in Bounds._fields))
    never = bounds._replace(core_degree=2**62, core_amount=np.inf, core_controlled=2**62)
    each = {
        "a": never._replace(core_degree=bounds.core_degree),
        "b": never._replace(core_amount=bounds.core_amount),
        "c": never._replace(core_controlled=bounds.core_controlled),
    }
    told = []
    for party in circle.cores.tolist():
        vertex = view.vertex_of[[party]]
        meets = [name for name, only in each.items() if is_core(view, vertex, only)[0]]
        hands = dict(zip((f"within_{hand}" for hand in HANDS), _hands(found, party), strict=True))
        told.append(_party(found, party) | {"conditions": meets} | hands)
    return sorted(told, key=lambda one: (-one["within_1"], net.names.index(one["node"])))


def _hands(found: Survey, party: int) -> list[int]:
    """How many other parties of the whole net lie within so many steps of one."""
    view, reached, counts = found.views["raw"], np.array([party]), []
    for _ in HANDS:
        near = view.touching(reached.tolist())
        reached = np.unique(np.concatenate((reached, view.source[near], view.target[near])))
        counts.append(len(reached) - 1)
    return counts


def key_nodes(found: Survey, place: int) -> list[dict]:
    """Parties without whom the circle falls apart, and into parts of which sizes; the most cut off first."""
    net = found.net
    contracts = inside(net, found.ledger, [found.circles[place].members]).contracts.place
    web = nx.Graph(zip(net.guarantor[contracts].tolist(), net.borrower[contracts].tolist(), strict=True))
    told = [
        _party(found, party) | {"parts": parts, "cut_off": sum(parts[1:])} for party, parts in falls_apart(web).items()
    ]
    return sorted(told, key=lambda one: (-one["cut_off"], one["node"]))


def falls_apart(web: nx.Graph) -> dict[int, list[int]]:
    """The sizes of the parts, the largest first, into which what hangs together falls without each of those who hold
    it together. Costs what the graph has.

    >>> falls_apart(nx.path_graph(4))
    {1: [2, 1], 2: [2, 1]}
    """
    found: dict[int, list[int]] = {}
    for whole in nx.connected_components(web):
        for party, parts in _parts(web, min(whole), len(whole)).items():
            found[party] = sorted(parts, reverse=True)
    return dict(sorted(found.items()))


def _parts(web: nx.Graph, root: int, count: int) -> dict[int, list[int]]:
    """By depth-first search from a root: below a party hangs a part on it alone where nothing in the part reaches
    above the party (Tarjan 1972)."""
    seen: dict[int, int] = {}
    above: dict[int, int] = {root: root}
    reach: dict[int, int] = {}
    size: dict[int, int] = {}
    parts: dict[int, list[int]] = {}
    for one, other, how in nx.dfs_labeled_edges(web, root):
        if how == "forward":
            seen[other] = reach[other] = len(seen)
            above[other], size[other] = one, 1
        elif how == "nontree" and other != above[one]:
            reach[one] = min(reach[one], seen[other])
        elif how == "reverse" and one != other:
            size[one] += size[other]
            reach[one] = min(reach[one], reach[other])
            if reach[other] >= seen[one]:
                parts.setdefault(one, []).append(size[other])
    for party, below in parts.items():
        if party != root:
            below.append(count - 1 - sum(below))
    return {party: below for party, below in parts.items() if len(below) > 1}


def _over(found: Survey, members: np.ndarray) -> list[dict]:
    """Members who guarantee more of their net assets than the policy's watch; ``ratio`` is None where none are left."""
    net, ratio = found.net, over(found.net, found.ledger.net_assets)
    told = []
    for party in members[ratio[members] > found.params["over_watch"]].tolist():
        mine = np.flatnonzero((net.guarantor == party) & given(net))
        told.append(
            _party(found, party)
            | {
                "guaranteed": net.known_amount(mine, "amount").get("amount"),
                "amount_unknown": int(net.unknown[mine].sum()),
                "guarantees_for": len(np.unique(net.borrower[mine])),
                "net_assets": float(found.ledger.net_assets[party]),
                "ratio": round(float(ratio[party]), 6) if np.isfinite(ratio[party]) else None,
                "level": "hold" if ratio[party] > found.params["over_hold"] else "watch",
            }
        )
    return sorted(told, key=lambda one: (-(one["ratio"] or np.inf), one["node"]))


def _hidden(found: Survey, members: np.ndarray) -> list[dict]:
    """What companies of the circle share beside guarantees: a registered address, a phone, who keeps the books, an
    auditor; with how many of the whole book use it. What more than ``COMMON`` use is no sign and left out."""
    told = [*_shared_ties(found, members), *_shared_auditors(found, members)]
    return sorted(told, key=lambda one: (one["users"], one["by"], one["members"]))


def _shared_ties(found: Survey, members: np.ndarray) -> list[dict]:
    view, nodes, told = found.view, found.net.parties, []
    firms = nodes[members[found.ledger.firm[members]]]
    for relation in SHARED:
        ties = view.ties(relation)
        mine = ties.where(among(ties.source, firms))
        use = mine.column("use")
        ties = ties.where(among(ties.target, distinct(mine.target)))
        for value in np.unique(mine.target):
            at = mine.target == value
            users = np.unique(ties.source[ties.target == value])
            some = np.unique(mine.source[at])
            if 2 <= len(some) <= len(users) <= COMMON:
                work = bool((use[at] == "work").any())
                by = "registered_address" if relation == "HAS_ADDRESS" else "finance_contact" if work else "phone"
                name = view.name(int(value))
                shown = view.mask(name.partition(":")[2]) or name
                told.append({"by": by, "value": shown, "members": view.names(some), "users": len(users)})
    return told


def _shared_auditors(found: Survey, members: np.ndarray) -> list[dict]:
    facts = found.view.facts("companies", columns=("auditor",)).dropna(subset=["auditor"])
    told, nodes = [], found.net.parties[members]
    for auditor, group in facts.groupby("auditor"):
        users = np.unique(np.asarray(group["node"]))
        some = users[among(users, nodes)]
        if 2 <= len(some) <= len(users) <= COMMON:
            told.append({"by": "auditor", "value": auditor, "members": found.view.names(some), "users": len(users)})
    return told


def _contradictions(found: Survey, place: int) -> list[dict]:
    """Loans whose class is better than their days past due allow."""
    ledger = found.ledger
    loans = inside(found.net, ledger, [found.circles[place].members]).loans.place
    wrong = loans[contradicts(ledger)[loans] & ledger.owed[loans]]
    names = found.view.names(ledger.loan[wrong])
    return [
        {"loan": name, "five_class": GRADES[ledger.grade[loan]], "dpd": int(ledger.dpd[loan])}
        for name, loan in zip(names, wrong.tolist(), strict=True)
    ]
