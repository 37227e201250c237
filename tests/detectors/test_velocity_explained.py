"""Innocent twins by hand: what each excuses, and what stands when it does not fit."""

from dataclasses import replace

import pytest
from support.toy import Book
from support.velocity_books import (
    BEIJING,
    SHANGHAI,
    applies,
    at,
    draws,
    far_away,
    find,
    members,
    name,
    one_handset,
    one_phone,
    person,
)

FIVE = [f"P{i}" for i in range(5)]


def tried(finding):
    """Which explanations were tried, and whether each fits."""
    return {one["twin"]: one["fits"] for one in finding.explanations}


# -- handsets


def test_a_handset_used_mostly_at_one_merchant_is_its_equipment_even_for_others():
    book = one_handset(Book(), FIVE, step=1)
    assert find(book)
    one_handset(book, [f"S{i}" for i in range(6)], "2026-04-20", step=200, merchant="M")
    assert find(book) == []


def test_most_people_of_the_window_at_one_merchant_are_at_its_counter():
    def filed(at_shop):
        book = one_handset(Book(), FIVE[:at_shop], step=1, merchant="M")
        one_handset(book, FIVE[at_shop:], "2026-03-02", step=2)
        return one_handset(book, [f"later{i}" for i in range(20)], "2026-04-01", step=100)  # no merchant's own handset

    assert find(filed(3)) == []
    (only,) = find(filed(2))
    assert tried(only)["shop_equipment"] is False and "at most 2 applied at one" in only.reason_en


def test_one_family_on_one_handset_is_none_and_two_families_are_told():
    book = one_handset(Book(), FIVE, step=1)
    for key in FIVE[1:4]:
        book.related("P0", key, "子女")
    assert "they are 2 households" not in find(book)[0].reason_en
    assert "families still are 2 households" in find(book)[0].reason_en
    assert find(book.related("P0", "P4", "配偶")) == []


def test_one_person_under_several_numbers_counts_once():
    book = one_handset(Book(), FIVE[:4], step=1)
    for i, key in enumerate(("P4", "P5")):
        applies(
            book.person(key, f"137{key}", name=name("P0")).identified(key, "document P0"),
            key,
            at("2026-03-02", 5 + i),
            device="one handset",
        )
    assert find(book) == []  # four people, of whom one under three numbers


def test_the_same_document_under_another_name_is_another_person():
    book = one_handset(Book(), FIVE[:4], step=1)
    applies(
        book.person("P4", "137P4", name="别名").identified("P4", "document P0"),
        "P4",
        at("2026-03-02"),
        device="one handset",
    )
    assert sorted(members(found) for found in find(book)) == [["P0", "P1", "P2", "P3", "P4"]]


def test_a_document_without_a_second_name_on_record_is_one_person():
    book = Book()
    for key, named in (("P", {"name": "甲某"}), ("Q", {})):
        applies(book.person(key, f"137{key}", **named).identified(key, "one document"), key, at("2026-03-02"))
    assert find(book) == []


# -- phones


@pytest.mark.parametrize(
    "tie",
    [
        lambda book: book.lives("P", "lane Q"),
        lambda book: book.contact("P", "136", "朋友").contact("Q", "136", "同学"),
        lambda book: applies(
            applies(book, "P", at("2025-03-02"), wifi="one wifi"), "Q", at("2025-09-02"), wifi="one wifi"
        ),
        lambda book: applies(applies(book, "P", at("2025-03-02"), ip="one ip"), "Q", at("2025-09-02"), ip="one ip"),
        lambda book: book.related("P", "Q", "配偶"),
        lambda book: book.contact("P", "one phone", "朋友"),
        lambda book: book.contact("P", "136", "朋友", name("Q")),
    ],
)
def test_two_of_one_phone_who_have_a_home_contact_network_or_kinship_in_common_are_a_family(tie):
    book = one_phone(Book(), "P", "Q")
    assert find(book) and find(tie(book)) == []


def test_two_of_one_phone_and_one_surname_are_a_family():
    book = Book()
    for key in "PQ":
        applies(book.person(key, "one phone", name=f"王{key}"), key, at("2026-03-02"))
    assert find(book) == []


def test_a_network_of_many_and_a_place_of_work_make_no_family():
    book = one_phone(Book(), "P", "Q")
    for key in ["P", "Q", *(f"other{i}" for i in range(9))]:
        applies(book, key, at("2025-03-02"), wifi="mall")
    for key in "PQ":
        book.employed(key, "firm", "firm's phone", "firm's address")
    assert [members(found) for found in find(book)] == [["P", "Q"]]


def test_a_number_that_went_to_another_person_is_recycled():
    assert find(one_phone(Book(), "P", "Q", 100)) == []
    (only,) = find(one_phone(Book(), "P", "Q", 80))
    assert tried(only)["recycled_number"] is False and "only 80 days apart" in only.reason_en


# -- facts that stand, with a lower score where an explanation fits


def statuses(*stated):
    """A person who applies a day apart, with these outcomes."""
    book = person(Book(), "P")
    for i, status in enumerate(stated):
        applies(book, "P", at("2026-03-02", 24 * i), status=status)
    return find(book)[0]


def test_who_is_refused_and_tries_elsewhere_is_reported_as_impatient_and_scores_lower():
    refused, lent = statuses("已拒绝", "已拒绝", "rejected", "已拒绝", "已放款"), statuses(*["已放款"] * 5)
    assert (refused.innocent_twin, lent.innocent_twin) == ("impatient", None)
    assert refused.score == pytest.approx(0.35 * lent.score, abs=1e-5)
    assert statuses("已拒绝", "已拒绝", "已放款", "已拒绝", "已放款").innocent_twin is None


def test_an_explanation_of_one_sign_does_not_excuse_another():
    book = person(Book(), "P")
    for i in range(5):
        applies(book, "P", at("2026-03-02", 24 * i), status="已拒绝")
    (only,) = find(draws(book, "P", *(at("2026-03-02", i) for i in range(3))))
    assert only.innocent_twin is None and tried(only)["impatient"] is False
    assert "which does not explain the rest" in only.reason_en


def test_wages_on_the_new_card_make_it_a_salary_card():
    book = person(Book(), "P").card("new", "P", "2026-03-02")
    draws(book, "P", at("2026-03-02", 9), at("2026-03-02", 10), card="new")
    assert find(book)[0].innocent_twin is None
    assert find(book.transferred("firm", "new", at("2026-03-20"), "payroll"))[0].innocent_twin == "new_salary_card"


def test_loans_that_pay_off_others_within_a_week_are_put_together():
    def book(amount, day="2026-03-05"):
        made = draws(person(Book(), "P"), "P", *(at("2026-03-02", i) for i in range(3)))
        draws(made, "P", at("2025-09-02"), card="older")
        return find(made.repaid("card P", "P 3", amount, day))[0]

    assert book(15_000.0).innocent_twin == "consolidator"
    assert book(14_000.0).innocent_twin is None and book(15_000.0, "2026-03-20").innocent_twin is None


# -- shops and positions


def shop(near=0, far=0, **cells):
    """A shop in Beijing with so many customers who applied there and so many from Shanghai, all of Beijing."""
    book = Book().merchant("shop", **{"region": "北京市", **BEIJING, **cells})
    for i in range(near + far):
        where = BEIJING if i < near else SHANGHAI
        applies(person(book, f"C{i}", region="北京市"), f"C{i}", at("2025-10-02", 400 * i), merchant="shop", **where)
    return book


def test_a_shop_that_sells_online_and_one_whose_customers_are_mostly_away_are_not_visited():
    assert find(far_away(shop(category="电商平台"), "P")) == []
    assert find(far_away(shop(near=2, far=2), "P")) == []  # 2 of 5
    assert members(find(far_away(shop(near=4), "P"))[0]) == ["P"]  # 4 of 5


@pytest.mark.parametrize("thing", ["device", "wifi", "ip"])
def test_who_used_the_shops_own_equipment_was_there(thing):
    book = shop()
    for i in range(3):
        applies(person(book, f"C{i}"), f"C{i}", at("2025-10-02", 400 * i), merchant="shop", **{thing: "the shop's"})
    assert find(far_away(book, "P", **{thing: "the shop's"})) == []
    assert find(far_away(book, "P", **{thing: "own"}))


def test_who_lives_there_or_applied_near_it_another_time_was_there():
    assert find(far_away(shop(), "P", region="北京市")) == []
    assert find(applies(far_away(shop(), "P"), "P", at("2026-04-02"), merchant="shop", **BEIJING)) == []


def test_an_application_in_a_crowd_at_the_shop_tells_of_no_person():
    def day(near):
        book = shop(near=4)
        for i in range(near):
            applies(person(book, f"crowd{i}"), f"crowd{i}", at("2026-03-02", 10), merchant="shop", **BEIJING)
        return find(far_away(book, "P"))

    assert day(3) and day(4) == []


def test_a_coordinate_that_is_missing_says_nothing_of_the_shop():
    book = far_away(shop(), "P")
    book.facts = [
        replace(fact, cells={"region": "北京市"}) if fact.table == "merchants" else fact for fact in book.facts
    ]
    assert find(book) == []
