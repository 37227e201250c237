"""What takes all candidates of a run to decide: merging, colours and ranks."""

from dataclasses import replace

import pytest
from ringfence.detectors.contract import Candidate, Explanation, Thing
from ringfence.detectors.guarantees.detector import GUARANTEE
from ringfence.detectors.policy import shipped
from ringfence.graph.words.names import Words
from support import detecting
from support.toy import Book


@pytest.fixture(scope="module")
def snapshot():
    """Six contracts among four companies."""
    return Book().guarantees("A>B B>A B>C C>B C>D D>C").snapshot()


def candidate(snapshot, parties, score=0.5, kind="guarantee_cycle", evidence=(0,), **more):
    """A candidate on companies named by their keys."""
    members = [(f"company:{key}", "party") for key in parties]
    return Candidate(kind, members, snapshot.evidence(evidence), score, **more)


def final(snapshot, *candidates):
    """The findings of candidates of one detector."""
    detector = replace(GUARANTEE, wording=lambda candidate: Words(f"{len(candidate.members)}户。", "Parties."))
    return detecting.final(detector, snapshot, candidates)


def test_colours_follow_the_score():
    assert [shipped().colour(score) for score in (0, 0.39, 0.4, 0.6, 0.8, 1)] == [
        "blue",
        "blue",
        "yellow",
        "orange",
        "red",
        "red",
    ]


def test_equal_candidates_become_one_finding_with_the_evidence_of_all(snapshot):
    limits = [{"bound": name, "limit": 1, "skipped": "x", "could_change": False} for name in ("a", "b")]
    one = candidate(snapshot, "AB", 0.4, evidence=(0, 1), measures={"amount": 1.0}, truncated=limits[:1])
    other = candidate(snapshot, "BA", 0.6, evidence=(1, 2), measures={"amount": 2.0}, truncated=limits)
    (finding,) = final(snapshot, one, other)
    assert (finding.score, finding.measures, finding.truncated) == (0.6, {"amount": 2.0}, [limits[0], limits[1]])
    assert [row["row"] for row in finding.evidence] == [row["row"] for row in snapshot.evidence([1, 2, 0])]


def test_kind_view_and_members_tell_findings_apart(snapshot):
    findings = final(
        snapshot,
        candidate(snapshot, "AB"),
        candidate(snapshot, "AC"),
        candidate(snapshot, "AB", view="contracted"),
        candidate(snapshot, "AB", kind="guarantee_circle"),
    )
    assert len({finding.id for finding in findings}) == 4


def test_ranks_count_within_the_kind_and_over_all(snapshot):
    findings = final(
        snapshot,
        candidate(snapshot, "AB", 0.2),
        candidate(snapshot, "AC", 0.9),
        candidate(snapshot, "AB", 0.5, kind="guarantee_circle"),
    )
    assert [(f.kind, f.score, f.rank, f.rank_all) for f in findings] == [
        ("guarantee_cycle", 0.9, 1, 1),
        ("guarantee_circle", 0.5, 1, 2),
        ("guarantee_cycle", 0.2, 2, 3),
    ]


def test_equal_scores_are_ranked_by_amount_then_size_then_name(snapshot):
    findings = final(
        snapshot,
        candidate(snapshot, "CD"),
        candidate(snapshot, "AD"),
        candidate(snapshot, "ABC"),
        candidate(snapshot, "BD", measures={"amount": 5.0}),
    )
    assert ["".join(m["node"][-1] for m in f.members) for f in findings] == ["BD", "ABC", "AD", "CD"]


def test_a_finding_says_when_and_by_what_it_was_found(snapshot):
    (finding,) = final(snapshot, candidate(snapshot, "AB"))
    assert (finding.as_of, finding.detector, finding.version) == ("2026-06-30T00:00:00+08:00", "guarantee", "3")
    assert (finding.revision, finding.policy) == (snapshot.revision, shipped().version)
    assert (finding.reason_zh, finding.reason_en) == ("2户。", "Parties.")


def test_what_is_shared_and_what_was_tried_stand_in_the_finding(snapshot):
    things = [Thing("handset", ("device:1", "device:2"), ("company:A", "company:B"), 3, ("company:C",))]
    tried = [
        Explanation("one", False, Words("不符", "does not fit")),
        Explanation("other", True, Words("符合", "fits")),
    ]
    (finding,) = final(snapshot, candidate(snapshot, "AB", things=things, explanations=tried))
    assert finding.innocent_twin == "other"
    assert finding.things == [
        {
            "nodes": ["device:1", "device:2"],
            "kind": "handset",
            "members": ["company:A", "company:B"],
            "users": 3,
            "others": ["company:C"],
        }
    ]
    assert finding.explanations == [
        {"twin": "one", "fits": False, "why_zh": "不符", "why_en": "does not fit"},
        {"twin": "other", "fits": True, "why_zh": "符合", "why_en": "fits"},
    ]
