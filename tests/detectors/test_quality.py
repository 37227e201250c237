"""The score of quality: what counts as found, and what perfect, empty and wrong findings are worth."""

import math

import pytest
from ringfence.graph.times import parse_moment
from support.quality import delays, differences, false_alarms, figures, judge, totals


def ring(name, *keys, difficulty="easy", amount=100.0):
    """A planted ring of applicants."""
    members = [{"node": f"applicant:{key}", "role": "member"} for key in keys]
    return {
        "id": name,
        "kind": "fraud_ring",
        "shape": "pool",
        "difficulty": difficulty,
        "members": members,
        "amount": amount,
    }


def finding(rank, *keys, score=None, colour="red", kind="fraud_ring"):
    """A finding of applicants."""
    members = [{"node": f"applicant:{key}", "role": "member"} for key in keys]
    return {"kind": kind, "rank": rank, "score": score or 1 - rank / 100, "colour": colour, "members": members}


TRUTH = {
    "planted": [
        ring("T1", *"abcdef", amount=300.0),
        ring("T2", *"ghijk", difficulty="medium"),
        ring("T3", *"lmnop", difficulty="camouflaged"),
        ring("T4", *"qrstu") | {"kind": "intermediary"},
    ],
    "innocent": [{"id": "I1", "twin": "dormitory", "members": [f"applicant:{key}" for key in "vwxyz12345"]}],
}
PERFECT = [finding(1, *"abcdef"), finding(2, *"ghijk"), finding(3, *"lmnop")]


def values(found):
    return {name: figure.value for name, figure in found.items()}


def test_perfect_findings_score_one():
    judged = judge(TRUTH, PERFECT, "fraud_ring")
    assert set(values(figures([judged])).values()) == {1.0}
    assert totals([judged]) == {
        "planted": 3,
        "findings": 3,
        "precision at top": 1.0,
        "amount caught in a day": 1.0,
        "over-merged": 0.0,
        "split": 0.0,
        "tied": 0,
        "red": 3,
        "wrong red": 0,
        "aside": 0,
    }


def test_no_findings_score_nought_and_have_no_precision():
    found = values(figures([judge(TRUTH, [], "fraud_ring")]))
    assert found["recall"] == 0
    assert math.isnan(found["precision"])


def test_a_finding_catches_a_ring_from_half_of_the_members_of_either():
    """{a,b,c,d} has 4 of the 6 of either: caught. {g,h,+3 others} has 2 of 8: not. {l,m,n,x,y,z}: 3 of 8, not."""
    judged = judge(TRUTH, [finding(1, *"abcd"), finding(2, *"gh678"), finding(3, *"lmnxyz")], "fraud_ring")
    assert [group.caught for group in judged.planted] == [True, False, False]
    assert [group.best for group in judged.planted] == pytest.approx([4 / 6, 2 / 8, 3 / 8])
    assert [one.catches for one in judged.findings] == [0, -1, -1]
    found = values(figures([judged]))
    assert (found["recall"], found["recall easy"], found["recall medium"]) == (pytest.approx(1 / 3), 1, 0)
    assert (found["recall easy and medium"], found["precision"]) == (0.5, pytest.approx(1 / 3))


def test_only_findings_and_groups_of_the_kind_count():
    judged = judge(TRUTH, [*PERFECT, finding(1, *"qrstu", kind="intermediary")], "fraud_ring")
    assert (len(judged.planted), len(judged.findings)) == (3, 3)


def test_a_finding_that_is_a_group_of_another_kind_is_neither_right_nor_wrong():
    judged = judge(TRUTH, [*PERFECT, finding(4, *"qrs45")], "fraud_ring")
    assert (judged.findings[3].catches, judged.findings[3].is_really) == (-1, "intermediary")
    assert values(figures([judged]))["precision"] == 1
    assert totals([judged])["aside"] == 1 and totals([judged])["wrong red"] == 0 and false_alarms([judged]) == {}
    # Fewer than half of its members are.
    judged = judge(TRUTH, [*PERFECT, finding(4, *"qr456")], "fraud_ring")
    assert values(figures([judged]))["precision"] == pytest.approx(3 / 4)


def test_kinds_may_be_taken_as_one():
    found = [*PERFECT, finding(1, *"qrstu"), finding(2, *"vwxyz", kind="intermediary")]
    pooled = judge(TRUTH, found, "fraud_ring", "intermediary")
    assert [group.caught for group in pooled.planted] == [True] * 4
    assert values(figures([pooled]))["precision"] == pytest.approx(4 / 5)


def test_a_part_of_a_planted_group_is_wrong_and_told_apart():
    judged = judge(TRUTH, [finding(1, *"ab"), finding(2, *"ghijk")], "fraud_ring")
    assert [one.is_really for one in judged.findings] == ["part", None]
    assert false_alarms([judged]) == {"part": 1}
    assert values(figures([judged]))["precision"] == pytest.approx(1 / 2)


def test_two_rings_in_one_finding_are_over_merged_and_a_ring_in_two_pieces_is_split():
    judged = judge(TRUTH, [finding(1, *"abcdefghijk"), finding(2, *"lmn"), finding(3, *"op")], "fraud_ring")
    assert [one.swallows for one in judged.findings] == [2, 1, 0]
    assert [group.split for group in judged.planted] == [False, False, True]
    assert totals([judged])["over-merged"] == pytest.approx(1 / 3)


def test_wrong_findings_are_told_by_the_innocent_group_most_of_them_belongs_to():
    judged = judge(TRUTH, [*PERFECT, finding(4, *"vwxyz"), finding(5, "v", *"6789")], "fraud_ring")
    assert [one.is_really for one in judged.findings] == [None, None, None, "dormitory", None]
    assert false_alarms([judged]) == {"dormitory": 1, "other": 1}
    assert false_alarms([judged], top=4) == {"dormitory": 1}


def test_what_a_team_opens_in_a_day_is_weighed_by_amount():
    """Forty wrong findings stand before all but the first: 300 of 500 is caught by then."""
    wrong = [finding(rank, f"w{rank}") for rank in range(2, 42)]
    late = [finding(42, *"ghijk"), finding(43, *"lmnop")]
    judged = judge(TRUTH, [finding(1, *"abcdef"), *wrong, *late], "fraud_ring")
    assert totals([judged])["amount caught in a day"] == pytest.approx(300 / 500)
    assert totals([judged])["precision at top"] == pytest.approx(1 / 3)


def test_ties_are_findings_of_one_score_among_the_first_hundred():
    same = [finding(rank, f"w{rank}", score=0.5) for rank in range(1, 4)]
    judged = judge(TRUTH, [*same, finding(4, "x", score=0.4)], "fraud_ring")
    assert totals([judged])["tied"] == 3


def test_books_are_pooled_and_intervals_hold_the_figure():
    books = [judge(TRUTH, PERFECT[:2], "fraud_ring"), judge(TRUTH, [*PERFECT, finding(4, *"vwxyz")], "fraud_ring")]
    found = figures(books)
    assert found["recall"].value == pytest.approx(5 / 6)
    assert found["precision"].value == pytest.approx(5 / 6)
    assert found["recall"].low < 5 / 6 <= found["recall"].high
    assert str(found["recall easy"]) == "1.000 (1.000–1.000)"


def test_a_difference_is_nought_to_oneself_and_positive_to_a_worse_baseline():
    books = [judge(TRUTH, PERFECT, "fraud_ring")] * 4
    worse = [judge(TRUTH, [*PERFECT[:1], finding(2, *"vwxyz")], "fraud_ring")] * 4
    assert set(values(differences(books, books)).values()) == {0.0}
    gained = differences(books, worse)
    assert gained["recall"].value == pytest.approx(2 / 3)
    assert gained["recall"].low > 0
    assert gained["precision"].value == pytest.approx(1 / 2)


def test_a_delay_counts_days_and_loans_until_the_first_run_that_catches():
    """T1 begins on 1 March; the run of 1 April catches it, after loans on 5 and 20 March; later ones do not count."""
    first = {"planted": [TRUTH["planted"][0] | {"first": "2026-03-01T00:00:00+08:00"}], "innocent": []}
    loans = {
        "applicant:a": [parse_moment("2026-02-20"), parse_moment("2026-03-05")],
        "applicant:b": [parse_moment("2026-03-20"), parse_moment("2026-04-02")],
        "applicant:z": [parse_moment("2026-03-06")],
    }
    runs = [(parse_moment(f"2026-0{month}-01"), PERFECT if month > 3 else []) for month in (3, 4, 5)]
    assert delays(first, runs, loans, "fraud_ring") == {"T1": (31.0, 2)}
    assert delays(first, runs[:1], loans, "fraud_ring") == {}
