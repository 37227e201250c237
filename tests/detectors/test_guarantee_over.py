"""Over-guarantee: who guarantees more of its net assets than the policy's limits, worked by hand."""

import pytest
from ringfence.detectors.guarantees.detector import GUARANTEE
from support.detecting import findings
from support.toy import Book


def over(book, **params):
    return [found for found in findings(GUARANTEE, book.snapshot(), **params) if found.kind == "guarantee_over"]


def giver(*amounts, net_assets=100.0, **cells):
    """A with some net assets guarantees B1 for the first amount, B2 for the second…"""
    book = Book().company("A", name="甲公司", net_assets=net_assets, **cells)
    for number, amount in enumerate(amounts, start=1):
        book.guarantee("A", f"B{number}", amount)
    return book


@pytest.mark.parametrize(
    "amounts, limit, colour",
    [((30, 20), None, None), ((30, 21), 0.5, "blue"), ((60, 40), 0.5, "blue"), ((60, 41), 1.0, "orange")],
)
def test_more_than_half_of_net_assets_is_watched_and_more_than_all_is_held(amounts, limit, colour):
    found = over(giver(*amounts))
    assert [(one.measures["over_limit"], one.colour) for one in found] == ([(limit, colour)] if limit else [])


def test_the_guarantor_alone_is_a_member_and_its_contracts_are_the_evidence():
    (one,) = over(giver(100, 50))
    assert one.members == [{"node": "company:A", "role": "guarantor"}]
    assert {row["target"] for row in one.evidence} == {"company:B1", "company:B2"}
    told = one.measures
    assert (told["borrowers"], told["net_assets"], told["over_ratio"], told["amount"]) == (2, 100, 1.5, 150)
    assert "甲公司为2户提供担保，占其净资产100的150%，超过100%的限额" in one.reason_zh
    assert "guarantees 2 others for 150% of its net assets of 100, above 100%, the limit" in one.reason_en


def test_who_has_no_net_assets_left_is_held_whatever_it_guarantees():
    (one,) = over(giver(1, net_assets=-5.0))
    assert one.colour == "orange" and "over_ratio" not in one.measures and "已无净资产" in one.reason_zh


def test_net_assets_that_are_not_stated_are_assets_less_liabilities_and_else_nobody_judges():
    book = Book().company("A", total_assets=300.0, total_liabilities=200.0).guarantee("A", "B", 150)
    assert [one.measures["net_assets"] for one in over(book)] == [100]
    assert over(Book().company("A", total_assets=300.0).guarantee("A", "B", 150)) == []


def test_what_is_unknown_foreign_counter_or_for_itself_is_not_added():
    book = giver(40).guarantee("A", "C").guarantee("A", "D", 90, currency="USD").guarantee("A", "A", 90)
    book.guarantee("E", "F", 1, currency="CNY").guarantee("E", "F", 1, currency="CNY")
    book.guarantee("A", "G", 90, counter_of="K")
    assert over(book) == []


def test_a_parent_that_guarantees_its_subsidiaries_alone_has_an_innocent_explanation():
    book = Book().company("A", net_assets=100.0).holds("A", "B1", 0.9).guarantee("A", "B1", 150)
    (one,) = over(book)
    assert one.innocent_twin == "parent_subsidiary" and one.colour == "blue"


def test_the_limits_are_those_of_the_policy():
    assert over(giver(90), over_watch=0.95) == []
