"""Risky clusters worked by hand: who belongs, which loans count, who the peers are, and what is never counted."""

from itertools import pairwise

import numpy as np
import pytest
from ringfence.detectors.clusters.communities import cored
from ringfence.detectors.clusters.detector import RISKY_CLUSTER
from ringfence.detectors.clusters.peers import chances, on_book, peers
from ringfence.detectors.clusters.ties import Ties
from ringfence.detectors.clusters.touch import touch
from support.cluster_books import LATE, acquainted, borrower, crowd, find, keys, members, planted
from support.detecting import candidates
from support.toy import Book


def only(found):
    """The one finding."""
    assert len(found) == 1
    return found[0]


def test_people_who_name_each_other_and_do_not_pay_are_one_cluster():
    finding = only(find(planted()))
    assert members(finding) == keys(20)
    assert {member["role"] for member in finding.members} == {"member"}
    told = finding.measures
    assert (told["members"], told["households"], told["bad_households"]) == (20, 20, 12)
    # each names the next two
    assert (told["ties"], told["named"]) == (40, 40)
    assert told["tests"] == 2
    assert told["amount"] == 200_000


def test_its_evidence_are_bad_loans_and_who_names_whom_and_nothing_else():
    finding = only(find(planted()))
    relations = [row["relation"] for row in finding.evidence]
    assert relations[:12] == ["BORROWED"] * 12
    assert sorted(relations[12:]) == ["HAS_PHONE"] * 20 + ["LISTS_CONTACT"] * 40


def test_what_was_expected_is_what_the_others_of_product_month_and_region_come_to():
    book = crowd(acquainted(Book(), 20, "C", 12), 100, bad=10)
    # outside of the cluster 100 loans, 10 of them bad, all of one product, month and region
    of_book = (10 + 0.05 * 200) / (100 + 200)
    alike = (10 + 50 * of_book) / (100 + 50)
    usual = of_book * (alike / of_book) ** 3
    each = (10 + 50 * usual) / (100 + 50)
    assert only(find(book)).measures["expected"] == pytest.approx(20 * each, abs=0.005)


def test_peers_are_of_the_same_product_month_and_region_and_outside_of_the_community():
    book = borrower(Book(), "A", True)
    borrower(book, "B", True, product="车贷")
    borrower(book, "C", True, day="2026-01-10")
    borrower(book, "D", True, region="二市")
    borrower(book, "E", False)
    view = book.snapshot()
    loans, _ = on_book(view)
    known = peers(loans)
    names = {
        key: (int(known.loans[i]), int(known.bad[i])) for i, key in enumerate(known.keys.texts(range(len(known.keys))))
    }
    assert names["book"] == (5, 4)
    assert names["product|现金贷"] == (4, 3)
    assert names["month|2026-02"] == (4, 3)
    assert names["region|一市"] == (4, 3)
    assert names["all|现金贷|2026-02|一市"] == (2, 1)
    own = [name == "applicant:A" for name in view.names(loans.person)]
    alone = chances(loans.where(np.array(own)), np.zeros(1, dtype=np.int64), known)
    of_book = (3 + 10) / (4 + 200)
    each = (2 + 50 * of_book) / (3 + 50)
    usual = of_book * (each / of_book) ** 3
    assert alone == pytest.approx([(0 + 50 * usual) / (1 + 50)])


def test_a_loan_without_a_product_has_that_of_its_application():
    book = Book().person("A").application("A", "N1", "2026-01-05", product="车贷")
    book.loan("A", "L1", 1000, "2026-01-06", application="N1")
    loans, _ = on_book(book.snapshot())
    assert loans.keys[0].tolist() == ["book", "product|车贷", "month|2026-01", "region|", "all|车贷|2026-01|"]


@pytest.mark.parametrize(("day", "counts"), [("2026-04-01", True), ("2026-04-02", False)])
def test_a_loan_counts_once_it_is_ninety_days_on_book(day, counts):
    # on 30 June 2026 a loan of 1 April has been on book for 90 days
    loans, young = on_book(borrower(Book(), "A", True, day).snapshot())
    assert (len(loans.node), len(young)) == ((1, 0) if counts else (0, 1))


def test_it_counts_from_when_it_was_paid_out_and_not_from_when_it_was_asked_for():
    book = Book().person("A")
    at = Book().snapshot("2026-05-01").as_of
    book.loan("A", "L1", 1000, "2026-01-05", disbursed_at=at)
    assert len(on_book(book.snapshot())[0].node) == 0


def test_young_loans_are_told_and_not_counted():
    book = planted()
    for i in range(4):
        book.loan(f"C{i}", f"young {i}", 5000, "2026-05-05").overdue(f"young {i}", "2026-06-25")
    finding = only(find(book))
    assert finding.measures["bad_households"] == 12
    assert "成员另有4笔" in finding.reason_zh and "4 more of the members'" in finding.reason_en


def test_a_default_that_is_known_only_later_is_no_default_yet():
    assert find(planted(), "2026-05-19") == []
    assert len(find(planted(), LATE)) == 1


def test_a_family_counts_once():
    book = acquainted(Book(), 20, "C", 8)
    for i in range(8):
        book.related("C0", f"C{i}", "兄弟姐妹") if i else None
    finding = find(crowd(book, 150))
    assert all(one.measures["bad_households"] == 1 for one in finding) and finding == []


def test_people_of_one_handset_count_once():
    book = crowd(acquainted(Book(), 20, "C", 8), 150)
    assert only(find(book)).measures["households"] == 20
    for i in range(8):
        book.application(f"C{i}", f"again {i}", "2026-02-20", device="one for all")
    assert find(book) == []


def test_who_was_confirmed_first_is_not_counted_and_later_ones_are():
    book = planted()
    book.flag("applicant:C0", "confirmed_fraud", since="2026-03-01")
    book.flag("applicant:C15", "confirmed_fraud", since="2026-04-01")
    finding = only(find(book))
    # C0 does not pay and is left out; C15 pays and counts as bad, confirmed as it is
    assert (finding.measures["households"], finding.measures["bad_households"]) == (19, 12)
    assert "另有1户" in finding.reason_zh and "1 more household is not counted" in finding.reason_en


def test_the_flag_that_names_a_cluster_never_makes_it_one():
    book = crowd(acquainted(Book(), 20, "C", 3), 150)
    before = candidates(RISKY_CLUSTER, book.snapshot(), false_share=1.0)
    (one,) = (one for one in before if ("applicant:C0", "member") in one.members)
    book.flag("applicant:C19", "confirmed_fraud", since="2026-03-01")
    after = candidates(RISKY_CLUSTER, book.snapshot(), false_share=1.0)
    (other,) = (one for one in after if ("applicant:C0", "member") in one.members)
    assert other.measures["bad_households"] == one.measures["bad_households"] == 3
    assert other.measures["households"] == one.measures["households"] - 1


def test_other_flags_are_no_outcome():
    book = crowd(acquainted(Book(), 20, "C", 1), 150)
    for i in range(20):
        book.flag(f"applicant:C{i}", "greylist").flag(f"applicant:C{i}", "blacklist").flag(f"applicant:C{i}", "overdue")
    assert find(book) == []


def test_the_more_communities_are_tested_the_rarer_one_must_be():
    book = crowd(acquainted(Book(), 20, "C", 5), 150)
    for number in range(9):
        acquainted(book, 12, f"G{number}x", 0)
    worst = min(one.reason["chance"] for one in candidates(RISKY_CLUSTER, book.snapshot(), false_share=1.0))
    # ten were tested, so the worst must be ten times as rare
    assert find(book, false_share=9.9 * worst) == []
    assert only(find(book, false_share=10.1 * worst)).measures["tests"] == 10


def test_who_is_tied_to_fewer_than_two_others_is_no_member():
    book = planted()
    borrower(book, "pendant", True).contact("pendant", "13C3", "朋友")
    assert members(only(find(book))) == keys(20)


def test_a_phone_that_too_many_name_ties_nobody():
    book = Book()
    for i in range(60):
        borrower(book, f"C{i}", i < 30).contact(f"C{i}", "13hub", "朋友")
    borrower(book, "hub")
    assert find(crowd(book, 150)) == []


def test_a_core_is_what_is_left_when_whoever_has_less_is_taken():
    # a triangle 0-1-2, and a chain 2-3-4
    one, other = np.array([0, 0, 1, 2, 3]), np.array([1, 2, 2, 3, 4])
    ties = Ties(one, other, np.ones(5), np.ones(5, dtype=bool), np.zeros(5, dtype=bool))
    assert cored(ties, 2.0).second.tolist() == [1, 2, 2]
    assert len(cored(ties, 3.0).first) == 0


def test_the_expected_is_said_in_both_languages():
    finding = only(find(planted()))
    expected = f"{finding.measures['expected']:.1f}"
    assert f"推算应为{expected}户" in finding.reason_zh
    assert f"it would be {expected}" in finding.reason_en
    assert "20名申请人之间有40对联系，其中40对" in finding.reason_zh
    assert "其中20户有放款满90天的贷款（20笔），12户已不良" in finding.reason_zh


def test_a_ring_is_named_and_told_all_the_same():
    book = planted()
    for i in range(6):
        book.application(f"C{2 * i}", f"pair {2 * i}", "2026-02-20", device=f"pair {i}")
        book.application(f"C{2 * i + 1}", f"pair {2 * i + 1}", "2026-02-20", device=f"pair {i}")
    finding = only(find(book))
    assert finding.measures["one_hand"] == 12
    (ring,) = (tried for tried in finding.explanations if tried["twin"] == "ring")
    assert not ring["fits"] and "占多数，应同时按团伙核查" in ring["why_zh"] and "as a ring, too" in ring["why_en"]


# -- distance to confirmed fraudsters -------------------------------------------------------------------------------


def chain(*people):
    """The book of people of whom each names the next by his own phone."""
    book = Book()
    for key in people:
        borrower(book, key)
    for one, other in pairwise(people):
        book.contact(one, f"13{other}", "朋友")
    return book


def touched(book, person):
    """How near a person stands."""
    view, params = book.snapshot(), RISKY_CLUSTER.defaults()
    return touch(view, RISKY_CLUSTER.population(view, params), params, view.find(f"applicant:{person}"))


def test_distance_counts_ties_up_to_two():
    book = chain("A", "B", "C", "D").flag("applicant:D", "confirmed_fraud")
    assert touched(book, "D")[::2] == (0, ["applicant:D"])
    assert touched(book, "C")[::2] == (1, ["applicant:C", "applicant:D"])
    assert touched(book, "B")[::2] == (2, ["applicant:B", "applicant:C", "applicant:D"])
    assert touched(book, "A")[::2] == (None, [])


def test_the_nearer_the_more_of_a_walk_ends_there():
    book = chain("A", "B", "C", "D").flag("applicant:D", "confirmed_fraud")
    a, b, c = (touched(book, key).score for key in "ABC")
    assert 0 < a < b < c
    # D and C in a line with B and A: mass solves m = 0.15 e + 0.85 W m
    walk = np.array([[0, 0.5, 0, 0], [1, 0, 0.5, 0], [0, 0.5, 0, 1], [0, 0, 0.5, 0]])
    mass = np.linalg.solve(np.eye(4) - 0.85 * walk, 0.15 * np.array([0, 0, 0, 1.0]))
    assert [a, b, c] == pytest.approx(mass[:3], abs=1e-6)


def test_the_path_is_the_one_by_which_most_came():
    # A knows B and C, both of whom know the fraudster D; B knows many others, too, so that less comes by him
    book = chain("A", "B", "D").contact("A", "13C", "朋友")
    borrower(book, "C").contact("C", "13D", "朋友")
    for i in range(6):
        borrower(book, f"X{i}").contact(f"X{i}", "13B", "朋友")
    book.flag("applicant:D", "confirmed_fraud")
    view, params = book.snapshot(), RISKY_CLUSTER.defaults()
    known = RISKY_CLUSTER.population(view, params)
    mass = {key: touch(view, known, params, view.find(f"applicant:{key}")).score for key in "BC"}
    assert touched(book, "A").path == ["applicant:A", f"applicant:{max(mass, key=mass.get)}", "applicant:D"]


def test_a_flag_that_is_not_in_force_touches_nobody():
    book = chain("A", "B").flag("applicant:B", "confirmed_fraud", since="2026-01-01", until="2026-05-01")
    assert touched(book, "A") == (None, 0.0, [])


def test_findings_say_how_many_members_are_near_a_confirmed_fraudster():
    book = planted().flag("applicant:C0", "confirmed_fraud", since="2026-03-01")
    finding = only(find(book))
    # C0 names C1 and C2 and is named by C18 and C19; these know C3, C4, C16 and C17
    assert (finding.measures["first_degree"], finding.measures["second_degree"]) == (4, 4)
    assert "一度触黑4人，二度触黑4人" in finding.reason_zh
