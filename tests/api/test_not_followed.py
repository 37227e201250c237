"""Ties that link no one, of which the answer about a link says how many it did not follow."""

import pytest
from ringfence.api.services.nodes import path
from support.toy import Book


def flagged(book, flag):
    """The row added last has a flag."""
    book.ties[-1].cells["flag"] = flag
    return book


def not_followed(book, one, other, **how):
    """What was not followed, as ``(node, relation, why, count)``."""
    answer = path(book.snapshot(), (one, one), (other, other), **how)
    return [tuple(item[name] for name in ("node", "relation", "why", "count")) for item in answer["not_followed"]]


def test_ties_of_either_end_are_counted_by_relation_and_reason():
    book = Book()
    for person, mobile, flag in (
        ("A", "1", "invalid"),
        ("A", "2", "invalid"),
        ("A", "3", "landline"),
        ("B", "3", None),
    ):
        book.person(person, mobile)
        book.ties[-1].cells["flag"] = flag
    flagged(book.contact("B", "4", "同事"), "sentinel")
    assert not_followed(book, "applicant:A", "applicant:B") == [
        ("applicant:A", "HAS_PHONE", "invalid", 2),
        ("applicant:A", "HAS_PHONE", "landline", 1),
        ("applicant:B", "LISTS_CONTACT", "sentinel", 1),
    ]


def test_an_applicants_own_are_also_those_of_applications_loans_and_accounts():
    book = Book().person("A").person("B").application("A", "P", device="0")
    flagged(book, "sentinel").loan("A", "L", 100, "2026-01-01", "1")
    flagged(book, "invalid").owns("A", "2").signed_in("0", "2", "2026-01-02")
    flagged(book, "sentinel")
    assert not_followed(book, "applicant:B", "applicant:A") == [
        ("applicant:A", "USED_DEVICE", "sentinel", 1),
        ("applicant:A", "SIGNED_IN", "sentinel", 1),
        ("applicant:A", "DISBURSED_TO", "invalid", 1),
    ]
    assert not_followed(book, "application:P", "applicant:B") == [("application:P", "USED_DEVICE", "sentinel", 1)]


def test_those_of_nodes_between_the_ends_are_told_under_no_node_and_only_where_no_link_was_found():
    # A shares a phone with B, who has a landline too.
    book = Book().person("A", "1").person("B", "1").person("B", "2")
    flagged(book, "landline").person("C", "3").contact("C", "4", "同事").contact("C", "5", "同事")
    assert not_followed(book, "applicant:A", "applicant:C") == [(None, "HAS_PHONE", "landline", 1)]
    assert not_followed(book.contact("B", "3", "同事"), "applicant:A", "applicant:C") == []


def test_a_tie_of_both_ends_counts_for_each():
    book = Book().company("A").company("B").guarantee("A", "B", 1)
    assert not_followed(flagged(book, "invalid"), "company:A", "company:B") == [
        ("company:A", "GUARANTEES", "invalid", 1),
        ("company:B", "GUARANTEES", "invalid", 1),
    ]
    assert not_followed(book, "company:A", "company:A") == [("company:A", "GUARANTEES", "invalid", 1)]


def test_what_does_not_show_yet_is_not_counted():
    book = flagged(Book().company("A").company("B").guarantee("A", "C", 1, start="2026-03-01"), "invalid")
    ends = ("company:A",) * 2, ("company:B",) * 2
    early, late = (path(book.snapshot(day), *ends)["not_followed"] for day in ("2026-02-28", "2026-03-01"))
    assert (early, [item["count"] for item in late]) == ([], [1])


def test_of_money_only_what_it_could_have_gone_by_is_counted():
    book = flagged(Book().person("A", "1"), "invalid").person("B").owns("A", "1").owns("B", "2")
    for source, target in (("1", "3"), ("4", "1"), ("2", "5"), ("6", "2")):  # out of A, into A, out of B, into B
        flagged(book._tie("TRANSFERRED", f"account:{source}", f"account:{target}", source, 1, 0, 9**18, {}), "invalid")
    assert not_followed(book, "applicant:A", "applicant:B", directed=True) == [
        ("applicant:A", "TRANSFERRED", "invalid", 1),
        ("applicant:B", "TRANSFERRED", "invalid", 1),
    ]
    flagged(book.owns("B", "7"), "invalid")
    book.loan("B", "L", 1, "2026-01-01", "8")
    flagged(book, "invalid").repaid("9", "L", 1, "2026-01-02")
    assert not_followed(flagged(book, "sentinel"), "applicant:A", "applicant:B", in_time=True) == [
        ("applicant:A", "TRANSFERRED", "invalid", 1),
        ("applicant:B", "OWNS", "invalid", 1),
        ("applicant:B", "REPAID", "sentinel", 1),
        ("applicant:B", "TRANSFERRED", "invalid", 1),
    ]


@pytest.mark.parametrize("how", [{}, {"directed": True}])
def test_where_all_ties_link_nothing_is_told(how):
    book = Book().person("A", "1").owns("A", "1").person("B", "2")
    assert not_followed(book, "applicant:A", "applicant:B", **how) == []
