"""From candidates to findings: everything that takes all candidates of a batch to decide. It needs no graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..graph.model import Finding, finding_id
from ..graph.times import to_iso
from .contract import Candidate, Detector
from .policy import Policy
from .ranking import place, ranks
from .verdicts import UNMARKED, Marks, heed

EITHER = ("fraud_ring", "intermediary")
"""A group of people is one of these, never both."""
ONE_GROUP = 0.5
"""Two findings that share so many of the parties of the smaller are about one group."""


def finalise(
    found: Sequence[tuple[Detector, Sequence[Candidate]]],
    policy: Policy,
    as_of: int,
    revision: int,
    known: Marks = UNMARKED,
) -> list[Finding]:
    """The findings of a batch, by rank over all.

    Candidates equal in kind, view and members become one finding: the one with the highest score, with the evidence,
    things and truncations of all.

    Parameters
    ----------
    found : detectors with what they found
    as_of, revision : the time and the revision that they looked at
    known : what people had decided about parties by then
    """
    merged: dict[str, tuple[Detector, Candidate, list[dict[str, str]]]] = {}
    for detector, candidates in one_group_once(found):
        for candidate in candidates:
            members = [{"node": node, "role": role} for node, role in candidate.members]
            key = finding_id(candidate.kind, candidate.view, members)
            if key in merged:
                candidate = _together(merged[key][1], candidate)
            merged[key] = (detector, candidate, members)
    findings = []
    for key, (detector, candidate, members) in merged.items():
        words = detector.wording(candidate)
        findings.append(
            Finding(
                id=key,
                kind=candidate.kind,
                view=candidate.view,
                members=members,
                score=round(candidate.score, 6),
                colour=policy.colour(candidate.score),
                evidence=candidate.evidence,
                reason_zh=words.zh,
                reason_en=words.en,
                innocent_twin=candidate.innocent_twin,
                measures=candidate.measures,
                truncated=candidate.truncated,
                as_of=to_iso(as_of),
                detector=detector.id,
                version=detector.version,
                revision=revision,
                policy=policy.version,
                things=[thing.as_dict() for thing in candidate.things],
                explanations=[tried.as_dict() for tried in candidate.explanations],
            )
        )
    for finding in findings:
        heed(finding, known, policy)
    findings.sort(key=lambda finding: place(vars(finding)))
    for finding, (rank, rank_all) in zip(findings, ranks([finding.kind for finding in findings]), strict=True):
        finding.rank, finding.rank_all = rank, rank_all
    return findings


def one_group_once(
    found: Sequence[tuple[Detector, Sequence[Candidate]]],
) -> list[tuple[Detector, list[Candidate]]]:
    """What was found, without those of ``EITHER`` kind that are about a group of which one of the other kind holds as
    many parties or more; of two of one size the ring stands, whose members share a second thing."""
    parties = {
        id(candidate): {node for node, role in candidate.members if role != "broker"}
        for _, candidates in found
        for candidate in candidates
        if candidate.kind in EITHER
    }
    of_kind = {
        kind: [candidate for _, candidates in found for candidate in candidates if candidate.kind == kind]
        for kind in EITHER
    }
    rings_of: dict[str, list[Candidate]] = {}
    for ring in of_kind[EITHER[0]]:
        for node in parties[id(ring)]:
            rings_of.setdefault(node, []).append(ring)
    left_out: set[int] = set()
    for one in of_kind[EITHER[1]]:
        clients = parties[id(one)]
        near = {id(ring): ring for node in clients for ring in rings_of.get(node, ())}
        for ring in near.values():
            members = parties[id(ring)]
            if len(clients & members) >= ONE_GROUP * min(len(clients), len(members)):
                left_out.add(id(one) if len(members) >= len(clients) else id(ring))
    return [(detector, [one for one in candidates if id(one) not in left_out]) for detector, candidates in found]


def _together(one: Candidate, other: Candidate) -> Candidate:
    """The candidate with the higher score, the first of equals, with evidence, things and truncations of both."""
    best, rest = (other, one) if other.score > one.score else (one, other)
    told = {row["uid"] for row in best.evidence}
    return replace(
        best,
        evidence=best.evidence + [row for row in rest.evidence if row["uid"] not in told],
        things=best.things + [thing for thing in rest.things if thing not in best.things],
        truncated=best.truncated + [bound for bound in rest.truncated if bound not in best.truncated],
    )
