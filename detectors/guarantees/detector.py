"""The detector ``guarantee``: who stands surety for whom, in circles, chains and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Candidate, Detector, Draft, Params, Thing, bound, portable
from . import circles, cores, rounds
from .chains import chain_structures
from .declared import MEASURES, PARAMETERS
from .firms import balance_sheets
from .groups import BY_GROUP_ID, BY_HOLDING, BY_LEGAL_REP, MAJORITY, Ties, build_ties
from .joint import JointGroups, joint_groups, joint_structures
from .net import Net, build_net, numbers
from .over import Limits, over_structures
from .people import families
from .population import Population, population, unit_labels
from .scoring import score
from .twins import TWINS, Background, explanations, proof
from .units import around, units
from .view import Structure, View
from .wording import reason_of, reasons

KINDS = (
    "guarantee_mutual", "guarantee_joint", "guarantee_cycle", "guarantee_chain", "guarantee_circle", "guarantee_over",
)  # fmt: skip
NONE = np.array([], dtype=np.int64)
MERGED_NAMED = 3
"""Groups of the contracted view that a reason spells out."""


def detect(view: GraphView, known: Population, params: Params) -> Iterator[Candidate]:
    """Guarantee structures 担保圈 in force at ``as_of``, between parties as they are and between groups of them.

    - ``guarantee_joint`` 联保: three or more under one joint group id, or who all guarantee one another
    - ``guarantee_mutual`` 互保 and ``guarantee_cycle`` 循环担保: strong components of two, and of three or more
    - ``guarantee_chain`` 担保链: weak components with a longest path of two arcs or more
    - ``guarantee_circle`` 担保圈: weak components with a cycle, a joint group, or more than 1.5 arcs a party
    - ``guarantee_over`` 过度担保: parties that guarantee more of their net assets than the policy's limits

    Licensed guarantors join nothing; a counter-guarantee 反担保 is no arc. Innocent twins, which lower the score and
    are named: parent and subsidiary, controller and spouse, farmers' joint group 农户联保, guarantees that are
    secured by counter-guarantees.
    """
    yield from portable(view, _drafts(view, known, params))


def circle_candidates(view: GraphView, known: Population, params: Params) -> Iterator[Candidate]:
    """The circles alone of what ``detect`` finds."""
    yield from portable(view, _drafts(view, known, params, _circles))


def _drafts(
    view: GraphView, known: Population, params: Params, structures: Structures | None = None
) -> Iterator[Draft]:
    net = build_net(view, known.licensed, known.currency)
    if not len(net.parties):
        return
    group, owner = (known.of(column, net.names) for column in (known.group, known.owner))
    found = _Found(net, build_ties(view), _background(view, net, owner), known, params, unit_labels(net, group))
    covered = {kind: np.zeros(len(net.parties), dtype=bool) for kind in KINDS}
    raw = View("raw", net, np.arange(len(net.parties)))
    find = structures or _structures
    for structure in find(raw, found.background, params):
        for end in (net.guarantor, net.borrower):
            covered[structure.kind][end[structure.rows]] = True
        yield found.draft(structure, raw)
    if structures is None:
        limits = Limits(*(params[name] for name in Limits._fields))
        for structure in over_structures(net, balance_sheets(view, net.parties).net_assets, limits):
            yield found.draft(structure, raw)
    contracted = _contracted(net, group)
    if contracted is None:
        return
    for structure in find(contracted, found.background, params):
        if not covered[structure.kind][net.members(structure.rows)].any():
            yield found.draft(structure, contracted)


Structures = Callable[[View, Background, Params], Iterator[Structure]]
"""What finds the structures of a view."""


def _circles(view: View, background: Background, params: Params) -> Iterator[Structure]:
    limits = cores.Bounds(*(params[name] for name in cores.Bounds._fields))
    yield from circles.circle_structures(view, _joint(view, background, params), limits)


def _joint(view: View, background: Background, params: Params) -> JointGroups:
    groups = joint_groups(view, params["max_cliques"])
    background.in_joint = np.zeros(len(view.net.guarantor), dtype=bool)
    for rows in groups.rows:
        background.in_joint[rows] = True
    return groups


def _structures(view: View, background: Background, params: Params) -> Iterator[Structure]:
    groups = _joint(view, background, params)
    yield from joint_structures(view, groups)
    yield from rounds.round_structures(view, groups, rounds.Bounds(*(params[name] for name in rounds.Bounds._fields)))
    yield from chain_structures(view, params["max_chain_parties"])
    limits = cores.Bounds(*(params[name] for name in cores.Bounds._fields))
    yield from circles.circle_structures(view, groups, limits)


def _contracted(net: Net, group: np.ndarray) -> View | None:
    """The net with groups taken as one, only where that changes anything; None where it does nowhere."""
    merged = group >= 0
    if not merged.any():
        return None
    own = np.where(merged, group, group.max() + 1 + np.arange(len(group)))
    vertices, vertex_of = np.unique(own, return_inverse=True)
    whole = View("contracted", net, vertex_of)
    changed = np.zeros(len(vertices), dtype=bool)
    changed[whole.weak[vertex_of[merged]]] = True
    return View("contracted", net, vertex_of, whole.rows[changed[whole.weak[whole.source]]])


def _background(snapshot: GraphView, net: Net, owner: np.ndarray) -> Background:
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
        owner=owner,
        family=family,
        answered=set(answered),
    )


@dataclass(frozen=True)
class _Found:
    """What a structure is told with.

    Attributes
    ----------
    unit : int64 by party, the number of its unit
    """

    net: Net
    ties: Ties
    background: Background
    known: Population
    params: Params
    unit: np.ndarray

    @cached_property
    def unit_names(self) -> dict[int, str]:
        """The name of each unit, which is that of its first party."""
        first: dict[int, str] = {}
        for label, name in zip(self.unit.tolist(), self.net.names, strict=True):
            first[label] = min(first.get(label, name), name)
        return first

    @cached_property
    def group_sizes(self) -> np.ndarray:
        """int64 by group of the population: how many parties of the whole book it has."""
        return np.bincount(self.known.group[self.known.group >= 0])

    def draft(self, structure: Structure, view: View) -> Draft:
        """A structure as the run takes it. Its members are all parties to its contracts, of an over-guarantee the
        guarantor alone."""
        net, role = self.net, "party" if structure.guarantor is None else "guarantor"
        parties = net.members(structure.rows)
        members = parties if structure.guarantor is None else np.array([structure.guarantor])
        measures = _sizes(structure, members, view) | structure.measures
        tried = explanations(structure, parties, net, self.background)
        twin = next((one.twin for one in tried if one.fits), None)
        groups = _merged(members, view, self.ties) if view.name == "contracted" else []
        merged = sorted(groups, key=lambda group: (group.labels, group.ids, group.how))[:MERGED_NAMED]
        evidence, cut = self._evidence(structure, parties, groups, twin)
        candidate = Candidate(
            kind=structure.kind,
            view=view.name,
            unit=self.unit_names[int(self.unit[members[0]])],
            score=score(structure.kind, measures, self.known.typical, twin is not None),
            reason=reason_of(structure, members, net, self.known.currency, [group.told() for group in merged]),
            measures=measures,
            things=self._things(structure, members, groups),
            explanations=tried,
            truncated=[*structure.truncated, *cut],
        )
        return Draft(candidate, [(node, role) for node in net.parties[members].tolist()], evidence)

    def _evidence(
        self, structure: Structure, members: np.ndarray, groups: list[_Group], twin: str | None
    ) -> tuple[np.ndarray, list[dict]]:
        """Positions of the contracts, then of what ties the groups and proves the innocent explanation."""
        net, limit = self.net, self.params["max_evidence"]
        parts = [group.positions for group in groups]
        if twin:
            parts.append(proof(twin, members, net, self.ties, self.background))
        ties = distinct(np.concatenate([NONE, *parts]))
        ties = ties[net.snapshot.uid_order(ties)]
        evidence = np.concatenate((net.position[structure.rows], ties)).astype(np.int64)
        if len(evidence) <= limit:
            return evidence, []
        skipped = f"{len(evidence) - limit} further relationships of the same parties as evidence"
        room = max(limit - len(ties), limit // 2)
        evidence = np.concatenate((net.position[structure.rows[:room]], ties)).astype(np.int64)
        return evidence[:limit], [bound("max_evidence", limit, skipped)]

    def _things(self, structure: Structure, members: np.ndarray, groups: list[_Group]) -> list[Thing]:
        """The joint group that the members stand in, the cores they stand around, and the groups that the view takes
        as one."""
        things = []
        if structure.joint_name is not None:
            names = tuple(sorted(self.net.names[party] for party in members))
            things.append(Thing("joint_group", (), names, len(names)))
        for core in structure.cores:
            names = tuple(sorted(self.net.names[party] for party in core))
            things.append(Thing("core", (), names, len(names)))
        for group in sorted(groups, key=lambda group: sorted(self.net.names[party] for party in group.parties)):
            names = tuple(sorted(self.net.names[party] for party in group.parties))
            number = self.known.of(self.known.group, [names[0]])[0]
            things.append(Thing("group", (), names, int(self.group_sizes[number])))
        return things


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


class _Group(NamedTuple):
    """Members that the contracted view takes as one.

    Attributes
    ----------
    labels : what they are called, sorted
    ids : the group ids that they bear
    how : what else ties them, as in ``wording.HOW``
    parties : their party numbers
    positions : the relationships that tie them
    """

    labels: list[str]
    ids: list[str]
    how: list[str]
    parties: list[int]
    positions: np.ndarray

    def told(self) -> dict:
        """As the wording takes it."""
        return {"names": self.labels, "ids": self.ids, "how": self.how}


def _merged(members: np.ndarray, view: View, ties: Ties) -> list[_Group]:
    """Which members the view takes as one."""
    vertex = view.vertex_of[members]
    vertices, counts = np.unique(vertex, return_counts=True)
    merged = []
    for number in vertices[counts > 1]:
        parties = members[vertex == number]
        nodes = view.net.parties[parties].tolist()
        between = ties.between(nodes)
        how = set(ties.how[between].tolist())
        ids = sorted({ties.group_ids[node] for node in nodes if node in ties.group_ids})
        position = ties.position[between]
        merged.append(
            _Group(
                labels=sorted(view.net.labels[party] for party in parties),
                ids=ids if BY_GROUP_ID in how else [],
                how=[name for code, name in ((BY_LEGAL_REP, "legal_rep"), (BY_HOLDING, "holding")) if code in how],
                parties=parties.tolist(),
                positions=position[position >= 0],
            )
        )
    return merged


GUARANTEE = Detector(
    id="guarantee",
    version="3",
    kinds=KINDS,
    unit=(
        "a weak component of the guarantees in force, licensed guarantors left out, with the components that groups "
        "and joint groups of the population tie to it"
    ),
    parameters=PARAMETERS,
    measures=MEASURES,
    twins=TWINS,
    population=population,
    units=units,
    around=around,
    detect=detect,
    wording=reasons,
)
