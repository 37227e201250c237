"""From candidates to findings: everything that takes all candidates of a run to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..graph.kernels.sets import distinct
from ..graph.model import COLOURS, PERSONAL_KINDS, Finding, finding_id, kind_of
from ..graph.snapshot import GraphView
from ..graph.times import to_iso
from .contract import Candidate, Detector

COLOUR_FROM = (0.0, 0.4, 0.6, 0.8)
"""The least score of each colour of ``COLOURS``: 蓝 watch, 黄 review, 橙 hold, 红 stop."""


def colour(score: float) -> str:
    """The colour of a score.

    >>> [colour(score) for score in (0.1, 0.4, 0.79, 0.8)]
    ['blue', 'yellow', 'orange', 'red']
    """
    return COLOURS[sum(score >= least for least in COLOUR_FROM) - 1]


def finalise(snapshot: GraphView, found: Sequence[tuple[Detector, Sequence[Candidate]]]) -> list[Finding]:
    """The findings of a run, by rank over all.

    Candidates equal in kind, view and members become one finding: the one with the highest score, with the evidence
    and truncations of all. ``rank`` counts from 1 within a kind and ``rank_all`` over all, by score; equal scores by
    amount, then by the number of members, then by the members' names, never by a token.
    """
    names = _names(snapshot, [candidate for _, candidates in found for candidate in candidates])
    merged: dict[str, tuple[Detector, Candidate, list[dict[str, str]]]] = {}
    for detector, candidates in found:
        for candidate in candidates:
            members = [{"node": names[node], "role": role} for node, role in candidate.members]
            key = finding_id(candidate.kind, candidate.view, members)
            if key in merged:
                candidate = _together(merged[key][1], candidate)
            merged[key] = (detector, candidate, members)

    rows = _evidence(snapshot, [candidate for _, candidate, _ in merged.values()])
    as_of = to_iso(snapshot.as_of)
    findings = [
        Finding(
            id=key,
            kind=candidate.kind,
            view=candidate.view,
            members=members,
            score=round(candidate.score, 6),
            colour=colour(candidate.score),
            evidence=[rows[position] for position in candidate.evidence.tolist()],
            reason_zh=candidate.reason_zh,
            reason_en=candidate.reason_en,
            innocent_twin=candidate.innocent_twin,
            measures=candidate.measures,
            truncated=candidate.truncated,
            as_of=as_of,
            detector=detector.id,
            version=detector.version,
        )
        for key, (detector, candidate, members) in merged.items()
    ]
    findings.sort(key=_place)
    ranks: dict[str, int] = {}
    for place, finding in enumerate(findings, start=1):
        finding.rank_all = place
        finding.rank = ranks[finding.kind] = ranks.get(finding.kind, 0) + 1
    return findings


def _place(finding: Finding) -> tuple:
    names = sorted(member["node"] for member in finding.members if kind_of(member["node"]) not in PERSONAL_KINDS)
    amount = finding.measures.get("amount", 0.0)
    return -finding.score, -amount, -len(finding.members), names, finding.kind, finding.view


def _together(one: Candidate, other: Candidate) -> Candidate:
    """The candidate with the higher score, the first of equals, with the evidence and truncations of both."""
    best, rest = (other, one) if other.score > one.score else (one, other)
    added = rest.evidence[~np.isin(rest.evidence, best.evidence)]
    truncated = best.truncated + [bound for bound in rest.truncated if bound not in best.truncated]
    return Candidate(**{**vars(best), "evidence": np.concatenate((best.evidence, added)), "truncated": truncated})


def _names(snapshot: GraphView, candidates: Iterable[Candidate]) -> dict[int, str]:
    nodes = sorted({node for candidate in candidates for node, _ in candidate.members})
    return dict(zip(nodes, snapshot.names(nodes), strict=True))


def _evidence(snapshot: GraphView, candidates: Sequence[Candidate]) -> dict[int, dict]:
    """Each relationship once, as evidence, by its position; the same dictionary serves every finding."""
    parts = [candidate.evidence for candidate in candidates]
    positions = distinct(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)
    return dict(zip(positions.tolist(), snapshot.evidence(positions), strict=True))
