"""Verdicts act on findings as facts: innocent is blue until others join, confirmed is orange or more."""

import pytest
from ringfence.detectors.guarantees.detector import GUARANTEE
from ringfence.detectors.policy import Policy
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.run import run
from support import ring_books
from support.toy import Book

PEOPLE = [f"R{i}" for i in range(8)]


def ring(*flags, people=PEOPLE, **times):
    """A book with a ring of these people; each flag on as many of them as stand after it: ``("innocent", 8)``."""
    book = ring_books.crowd(ring_books.ring(Book(), people), 40)
    for flag, count in flags:
        for key in people[:count]:
            book.flag(f"applicant:{key}", flag, "case ab12 (li)", **times)
    return book


def found(book, as_of="2026-06-30", detector=FRAUD_RING, **settings):
    return run(book.snapshot(as_of), detectors=[detector.id], **settings).findings[0]


def test_whose_members_are_all_innocent_is_blue_and_says_who_decided_and_until_when():
    before, after = found(ring()), found(ring(("innocent", 8), since="2026-04-01", until="2026-12-31"))
    assert before.colour != "blue" and after.colour == "blue"
    assert (after.innocent_twin, after.measures["found_innocent"]) == ("verdict", 8)
    assert after.score < 0.4 < before.score
    assert [tried["twin"] for tried in after.explanations if tried["fits"]] == ["verdict"]
    told = "applicant:R0, applicant:R1, applicant:R2, applicant:R3 and 4 more (case ab12 (li), until 2026-12-31)"
    assert f"All were found innocent: {told}" in after.reason_en
    assert "（case ab12 (li)，有效至2026-12-31）" in after.reason_zh
    assert after.reason_en.startswith(before.reason_en) and after.members == before.members
    assert after.evidence == before.evidence and after.things == before.things


def test_who_joins_the_innocent_brings_the_colour_back_and_they_are_named():
    before, after = found(ring()), found(ring(("innocent", 7)))
    assert (after.colour, after.score, after.innocent_twin) == (before.colour, before.score, before.innocent_twin)
    assert after.measures["found_innocent"] == 7
    assert (after.explanations[0]["twin"], after.explanations[0]["fits"]) == ("verdict", False)
    assert "7 of 8 were found innocent before: applicant:R0, applicant:R1," in after.reason_en
    assert "8名成员中7名此前已认定无辜" in after.reason_zh


def test_a_verdict_acts_from_when_it_is_known_until_it_ends():
    book = ring(("innocent", 8), since="2026-04-01", until="2026-05-01")
    colours = [found(book, day).colour for day in ("2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01")]
    before = found(ring()).colour
    assert colours == [before, "blue", "blue", before]


def test_a_confirmed_member_makes_a_finding_orange_and_counts_in_a_measure():
    pair = Book().guarantees("A>B B>A", 100.0)
    plain = found(pair, detector=GUARANTEE)
    assert plain.colour in ("blue", "yellow") and "confirmed" not in plain.measures
    marked = found(pair.flag("A", "confirmed_fraud", "police"), detector=GUARANTEE)
    assert (marked.colour, marked.score, marked.measures["confirmed"]) == ("orange", 0.6, 1)
    assert marked.reason_en.endswith("Confirmed as fraud: company:A (police, without an end).")
    assert marked.reason_zh.endswith("已确认欺诈：company:A（police，未设期限）。")


def test_what_scores_more_keeps_its_score_with_a_confirmed_member():
    low = Policy("low", (0.01, 0.02, 0.03))
    before, after = (found(book, policy=low) for book in (ring(), ring(("confirmed_fraud", 1))))
    assert (after.score, after.colour) == (before.score, "red") and after.measures["confirmed"] == 1


def test_confirmed_outweighs_innocent():
    after = found(ring(("innocent", 8), ("confirmed_fraud", 1)))
    assert after.colour == found(ring(("confirmed_fraud", 1))).colour and after.innocent_twin != "verdict"
    assert (after.measures["confirmed"], after.measures["found_innocent"]) == (1, 7)


@pytest.mark.parametrize("flag", ["whitelist", "blacklist", "overdue"])
def test_other_flags_change_nothing(flag):
    assert found(ring((flag, 8))).as_dict() == found(ring()).as_dict()


def test_an_innocent_finding_is_blue_under_any_policy_and_stands_behind_what_scores_alike():
    strict = Policy("strict", (0.0, 0.0, 0.0))
    assert found(ring(("innocent", 8)), policy=strict).colour == "blue"
    both = ring(("innocent", 8)).beside(ring_books.ring(Book(), [f"Q{i}" for i in range(8)], prefix="Q", start=4))
    first, second = run(both.snapshot(), detectors=["fraud-ring"]).findings
    assert first.innocent_twin != "verdict" and second.innocent_twin == "verdict"
    assert (first.rank, second.rank) == (1, 2)
