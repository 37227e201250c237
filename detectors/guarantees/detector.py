"""The detector ``guarantee``: who stands surety for whom, in circles, chains and groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Candidate, Detector, Parameter, bound
from . import circles, rounds
from .chains import chain_structures
from .groups import BY_GROUP_ID, BY_HOLDING, BY_LEGAL_REP, MAJORITY, Ties, build_ties
from .joint import joint_groups, joint_structures
from .net import Net, build_net, licensed_guarantors, main_currency, numbers
from .people import families
from .scoring import score
from .twins import Background, innocent_twin, proof
from .view import Structure, View
from .wording import Merged, reasons

KINDS = ("guarantee_mutual", "guarantee_joint", "guarantee_cycle", "guarantee_chain", "guarantee_circle")
NONE = np.array([], dtype=np.int64)
MERGED_NAMED = 3
"""Groups of the contracted view that a reason spells out."""

PARAMETERS = (
    Parameter("max_parties", 200, "a circle of more parties is never reported whole, but by its cores"),
    Parameter("max_chain_parties", 1000, "a chain in a component of more parties is reported by one longest chain"),
    Parameter("core_degree", 10, "counterparties from which on a party is a core enterprise of a large circle"),
    Parameter("core_enterprises", 20, "most core enterprises of one large circle that are reported as its cores"),
    Parameter("max_cores", 1000, "most cores of one large circle that are reported"),
    Parameter("max_cycle_length", 8, "longest cycle that is counted, in arcs"),
    Parameter("cycles_per_party", 20_000, "most cycles counted from one party of a strong component"),
    Parameter("cycles_per_component", 20_000, "most cycles counted in one strong component of more than 8 parties"),
    Parameter("shortest_cycles", 500, "most parties of a strong component through which a shortest cycle is sought"),
    Parameter("max_cliques", 200, "most joint groups without id that are listed in one web of mutual pairs"),
    Parameter("max_evidence", 1000, "most relationships listed as evidence of one finding"),
)


@dataclass(frozen=True)
class Population:
    """What only the whole graph knows of the net; node names, so that it can be kept and used on a part.

    Attributes
    ----------
    licensed : companies that guarantee by trade
    group : by party, the number of the group it belongs to in the contracted view; only groups with two parties or more
    owner : the same for groups by group id and holdings alone
    typical : median amount of the contracts in force; 1 where no amount is known
    currency : the currency most contracts are in
    """

    licensed: frozenset[str]
    group: dict[str, int]
    owner: dict[str, int]
    typical: float
    currency: str | None


def population(snapshot: GraphView, params: dict[str, Any]) -> Population:
    """Licensed guarantors, groups, and what a typical contract covers."""
    licensed = licensed_guarantors(snapshot)
    currency = main_currency(snapshot.edges("GUARANTEES"))
    net = build_net(snapshot, licensed, currency)
    ties = build_ties(snapshot)
    known = net.amount[~np.isnan(net.amount) & (net.amount > 0)]
    return Population(
        licensed,
        _shared_labels(net, ties.label(net.parties)),
        _shared_labels(net, ties.label(net.parties, (BY_GROUP_ID, BY_HOLDING))),
        float(np.median(known)) if len(known) else 1.0,
        currency,
    )


def _shared_labels(net: Net, label: np.ndarray) -> dict[str, int]:
    shared = np.bincount(label, minlength=1)[label] > 1
    return {net.names[party]: int(label[party]) for party in np.flatnonzero(shared)}


def detect(snapshot: GraphView, known: Population, params: dict[str, Any]) -> Iterator[Candidate]:
    """Guarantee structures 担保圈 in force at ``as_of``, between parties as they are and between groups of them.

    - ``guarantee_joint`` 联保: three or more under one joint group id, or who all guarantee one another
    - ``guarantee_mutual`` 互保 and ``guarantee_cycle`` 循环担保: strong components of two, and of three or more
    - ``guarantee_chain`` 担保链: weak components with a longest path of two arcs or more
    - ``guarantee_circle`` 担保圈: weak components with a cycle, a joint group, or more than 1.5 arcs a party

    Licensed guarantors join nothing; a counter-guarantee 反担保 is no arc. Innocent twins, which lower the score and
    are named: parent and subsidiary, controller and spouse, farmers' joint group 农户联保, guarantees that are
    secured by counter-guarantees.
    """
    net = build_net(snapshot, known.licensed, known.currency)
    if not len(net.parties):
        return
    ties = build_ties(snapshot)
    background = _background(snapshot, net, known)
    covered = {kind: np.zeros(len(net.parties), dtype=bool) for kind in KINDS}
    raw = View("raw", net, np.arange(len(net.parties)))
    for structure in _structures(raw, background, params):
        members = net.members(structure.rows)
        covered[structure.kind][members] = True
        yield _candidate(structure, members, raw, ties, background, known, params)
    contracted = _contracted(net, known.group)
    if contracted is None:
        return
    for structure in _structures(contracted, background, params):
        members = net.members(structure.rows)
        if not covered[structure.kind][members].any():
            yield _candidate(structure, members, contracted, ties, background, known, params)


def _structures(view: View, background: Background, params: dict[str, Any]) -> Iterator[Structure]:
    groups = joint_groups(view, params["max_cliques"])
    background.in_joint = np.zeros(len(view.net.guarantor), dtype=bool)
    for rows in groups.rows:
        background.in_joint[rows] = True
    yield from joint_structures(view, groups)
    yield from rounds.round_structures(view, groups, rounds.Bounds(*(params[name] for name in rounds.Bounds._fields)))
    yield from chain_structures(view, params["max_chain_parties"])
    limits = circles.Bounds(*(params[name] for name in circles.Bounds._fields))
    yield from circles.circle_structures(view, groups, limits)


def _contracted(net: Net, group: dict[str, int]) -> View | None:
    """The net with groups taken as one, only where that changes anything; None where it does nowhere."""
    group_of = np.array([group.get(name, -1) for name in net.names], dtype=np.int64)
    merged = group_of >= 0
    if not merged.any():
        return None
    own = np.where(merged, group_of, group_of.max() + 1 + np.arange(len(group_of)))
    vertices, vertex_of = np.unique(own, return_inverse=True)
    whole = View("contracted", net, vertex_of)
    changed = np.zeros(len(vertices), dtype=bool)
    changed[whole.weak[vertex_of[merged]]] = True
    return View("contracted", net, vertex_of, whole.rows[changed[whole.weak[whole.source]]])


def _background(snapshot: GraphView, net: Net, known: Population) -> Background:
    controls, holdings = snapshot.edges("CONTROLS"), snapshot.edges("HOLDS_SHARE")
    holdings = holdings.where(numbers(holdings, "ratio") > MAJORITY)
    family: dict[int, dict[int, list[int]]] = {}
    for (one, other), positions in families(snapshot, net.parties, (controls, holdings)).items():
        for party, beside in ((one, other), (other, one)):
            family.setdefault(party, {}).setdefault(beside, []).extend(positions)
    counter = np.flatnonzero(net.counter)
    answered = zip(net.borrower[counter].tolist(), net.guarantor[counter].tolist(), strict=True)
    return Background(
        person=snapshot.kinds[net.parties] == KIND_CODE["applicant"],
        owner=np.array([known.owner.get(name, -1) for name in net.names], dtype=np.int64),
        family=family,
        answered=set(answered),
    )


def _candidate(
    structure: Structure,
    members: np.ndarray,
    view: View,
    ties: Ties,
    background: Background,
    known: Population,
    params: dict[str, Any],
) -> Candidate:
    net = view.net
    measures = _sizes(structure, members, view) | structure.measures
    twin = innocent_twin(structure, members, net, background)
    merged, tie_rows = _merged(members, view, ties) if view.name == "contracted" else ([], NONE)
    if twin:
        tie_rows = distinct(np.concatenate((tie_rows, proof(twin, members, net, ties, background))))
    tie_rows = tie_rows[net.snapshot.uid_order(tie_rows)]
    zh, en = reasons(structure, members, measures, net, known.currency, twin, merged)
    evidence = np.concatenate((net.position[structure.rows], tie_rows)).astype(np.int64)
    truncated = list(structure.truncated)
    if len(evidence) > params["max_evidence"]:
        skipped = f"{len(evidence) - params['max_evidence']} further relationships of the same parties as evidence"
        truncated.append(bound("max_evidence", params["max_evidence"], skipped))
        room = max(params["max_evidence"] - len(tie_rows), params["max_evidence"] // 2)
        evidence = np.concatenate((net.position[structure.rows[:room]], tie_rows)).astype(np.int64)
        evidence = evidence[: params["max_evidence"]]
    return Candidate(
        kind=structure.kind,
        members=[(node, "party") for node in net.parties[members].tolist()],
        evidence=evidence,
        score=score(structure.kind, measures, known.typical, twin is not None),
        measures=measures,
        reason_zh=zh,
        reason_en=en,
        view=view.name,
        innocent_twin=twin,
        truncated=truncated,
    )


def _sizes(structure: Structure, members: np.ndarray, view: View) -> dict[str, float]:
    net, rows = view.net, structure.rows
    vertices = view.vertex_of[net.guarantor[rows]], view.vertex_of[net.borrower[rows]]
    apart = vertices[0] != vertices[1]
    measures = {
        "parties": len(members),
        "arcs": len(distinct(vertices[0][apart] * view.count + vertices[1][apart])),
        "contracts": len(rows),
        **net.known_amount(rows, "amount"),
        "amount_unknown": int(net.unknown[rows].sum()),
        "contracts_other_currency": int(net.foreign[rows].sum()),
        "self_guarantees": int(net.self_guarantees[members].sum()),
        "counter_guarantees": len(net.counters_among(members)),
    }
    if view.name == "contracted":
        measures["groups"] = len(distinct(view.vertex_of[members]))
    return measures


def _merged(members: np.ndarray, view: View, ties: Ties) -> tuple[list[Merged], np.ndarray]:
    """Which members the view takes as one, in words, and the relationships that tie them."""
    vertex = view.vertex_of[members]
    vertices, counts = np.unique(vertex, return_counts=True)
    merged, positions = [], [NONE]
    for group in vertices[counts > 1]:
        parties = members[vertex == group]
        nodes = view.net.parties[parties].tolist()
        between = ties.between(nodes)
        positions.append(ties.position[between])
        how = set(ties.how[between].tolist())
        labels = sorted(view.net.labels[party] for party in parties)
        ids = sorted({ties.group_ids[node] for node in nodes if node in ties.group_ids})
        zh, en = [], []
        if BY_GROUP_ID in how:
            zh.append(f"集团号{'、'.join(ids)}")
            en.append(f"group {', '.join(ids)}")
        if BY_LEGAL_REP in how:
            zh.append("同一法定代表人")
            en.append("same legal representative")
        if BY_HOLDING in how:
            zh.append("持股超过50%")
            en.append("holding above 50 %")
        merged.append(Merged(labels, "、".join(zh), ", ".join(en)))
    merged.sort()
    relationships = distinct(np.concatenate(positions))
    return merged[:MERGED_NAMED], relationships[relationships >= 0]


GUARANTEE = Detector(
    id="guarantee",
    version="1",
    kinds=KINDS,
    unit=(
        "a weak component of the guarantees in force, licensed guarantors left out, with the components that groups "
        "and joint groups of the population tie to it"
    ),
    parameters=PARAMETERS,
    population=population,
    detect=detect,
)
