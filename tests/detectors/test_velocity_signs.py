"""Signs beside the table by hand, each at its edge and just short of it."""

from dataclasses import replace

import pytest
from support.ring_books import crowd
from support.toy import Book
from support.velocity_books import (
    BEIJING,
    SHANGHAI,
    applies,
    at,
    draws,
    far_away,
    fast,
    find,
    members,
    one_handset,
    person,
)


def drawn(*hours, **given):
    """A person who draws loans so many hours after the first instant of a day."""
    return draws(person(Book(), "P"), "P", *(at("2026-03-02", hour) for hour in hours), **given)


def on_card(opened, *hours):
    """The same on a card opened at a time."""
    book = person(Book(), "P").card("new", "P", opened)
    return draws(book, "P", *(at("2026-03-02", hour) for hour in hours), card="new")


def told(book, words, **params):
    """Whether the only finding says so; False where there is none."""
    found = find(book, **params)
    assert len(found) <= 1
    return any(words in finding.reason_en for finding in found)


# -- draws


def test_three_loans_of_a_person_within_24_hours_are_told():
    assert told(drawn(0, 12, 23.9), "3 loans of 30,000 in all drawn within 24 hours")
    assert not find(drawn(0, 12)) and not find(drawn(0, 12, 24))


def test_the_parts_of_one_loan_are_one_draw():
    book = drawn(0, 12)
    part = next(tie for tie in book.ties if tie.relation == "DISBURSED_TO")
    book.ties += [replace(part, uid=f"part {i}", target=f"account:{i}") for i in range(3)]
    assert find(book) == []


def test_a_loan_whose_payment_is_no_row_is_dated_by_its_own():
    book = person(Book(), "P")
    for i in range(3):
        book.loan("P", f"L{i}", 1000, "2026-03-01", disbursed_at=at("2026-03-02", i))
    assert told(book, "3 loans of 3,000 in all drawn within 24 hours (on 2026-03-02")


# -- cards


def test_a_card_opened_that_day_which_receives_two_loans_within_24_hours_is_told():
    assert told(
        on_card("2026-03-02", 9, 20), "A card opened on 2026-03-02 received 2 loans of 20,000 in all within 24 hours"
    )
    (only,) = find(on_card("2026-03-02", 23, 46.9))
    assert members(only) == ["P"] and only.things[0]["nodes"] == ["account:new"]


@pytest.mark.parametrize(
    "book",
    [
        on_card("2026-03-02", 9),  # one loan
        on_card("2026-03-01", 24, 25),  # opened the day before, both a day later
        on_card("2026-03-02", 9, 33),  # the second exactly 24 hours after the first
        on_card(None, 9, 10),  # nobody knows when it was opened
    ],
)
def test_one_loan_an_older_card_a_later_loan_and_an_unknown_opening_are_none(book):
    assert find(book) == []


def test_two_borrowers_of_one_new_card_are_its_members():
    book = on_card("2026-03-02", 9)
    draws(person(book, "Q"), "Q", at("2026-03-02", 10), card="new")
    assert members(find(book)[0]) == ["P", "Q"]


@pytest.mark.parametrize(
    ("hour", "night"), [(0, False), (0.1, True), (5.9, True), (6, False), (21.9, False), (22, True)]
)
def test_a_card_opened_at_night_that_receives_a_loan_is_told(hour, night):
    book = on_card(at("2026-03-02", hour), 23)
    assert bool(find(book)) == night
    if night:
        assert told(book, "card opened at night on 2026-03-02 received 1 loan of 10,000")


def test_a_loan_a_day_after_the_night_is_no_sign():
    assert find(on_card(at("2026-03-02", 2), 25.9)) and not find(on_card(at("2026-03-02", 2), 26))


# -- the whole limit moved out


def moved(limit=10_000.0, out=9_000.0, after=2.0, to="elsewhere", kind="transfer"):
    """A loan of 10,000 at nine, of which so much leaves the account so many hours later."""
    book = drawn(9, credit_limit=limit)
    return book.transferred("card P", to, at("2026-03-02", 9 + after), kind, out)


def test_a_whole_limit_moved_out_within_two_hours_is_told():
    assert told(moved(), "Of a loan of 10,000 in all that takes the whole limit 9,000 was moved out within 2 hours")


def test_one_transfer_may_move_two_loans_out_and_several_may_move_one():
    two = drawn(8, 9, credit_limit=10_000.0).transferred("card P", "elsewhere", at("2026-03-02", 10), amount=20_000.0)
    assert find(two)
    assert find(moved(out=5_000.0).transferred("card P", "other", at("2026-03-02", 10), amount=6_000.0))


@pytest.mark.parametrize(
    "book",
    [
        moved(limit=11_000.0),
        moved(limit=None),
        moved(out=8_999.0),
        moved(out=10_001.0),
        moved(after=2.01),
        moved(after=-0.1),
        moved(kind="purchase"),
        moved(kind="withdrawal"),
        moved().owns("P", "elsewhere"),
    ],
)
def test_part_of_a_limit_or_of_a_loan_later_earlier_spent_withdrawn_or_on_an_own_account_is_none(book):
    assert find(book) == []


def test_several_payments_add_up():
    book = moved(out=5_000.0, after=1.0).transferred("card P", "other", at("2026-03-02", 10.5), amount=4_000.0)
    assert len([row for row in find(book)[0].evidence if row["relation"] == "TRANSFERRED"]) == 2


# -- a record polished


def regular(count=6, gap=30.0, **given):
    """A person who draws a small loan every so many days."""
    return drawn(*(24 * gap * i - 24 * gap * count for i in range(count)), **{"amount": 1000.0, **given})


def test_six_small_loans_at_even_gaps_and_no_others_polish_a_record():
    assert told(regular(), "All 6 loans are of 1,000 or less, one about every 30 days, as if to polish a record")


@pytest.mark.parametrize(
    "book",
    [
        regular(5),
        regular(amount=1000.5),
        regular(gap=46),
        regular(gap=2),
        draws(regular(), "P", at("2026-04-01"), amount=50_000),
        drawn(*(24 * day - 24 * 200 for day in (0, 5, 60, 70, 150, 190)), amount=500),
    ],
)
def test_few_large_rare_daily_or_uneven_loans_and_any_large_one_do_not(book):
    assert find(book) == []


def test_instalments_at_a_shop_are_shopping():
    book = regular()
    place = [i for i, tie in enumerate(book.ties) if tie.relation == "DISBURSED_TO"]
    for i in place:
        book.ties[i] = replace(book.ties[i], target="merchant:shop")
    assert find(book) == []


# -- far from the shop


def shop(**cells):
    """A shop in Beijing."""
    return Book().merchant("shop", **{"region": "北京市", **BEIJING, **cells})


def test_an_application_at_a_shop_far_from_it_is_told_with_the_distance():
    (only,) = find(far_away(shop(), "P"))
    assert members(only) == ["P"] and only.measures["distance_km"] == pytest.approx(1070, abs=5)
    assert {row["relation"] for row in only.evidence} == {"APPLIED", "AT_MERCHANT"}


def test_far_begins_beyond_the_policys_distance():
    north = {"gps_lat": BEIJING["gps_lat"] + 0.3, "gps_lon": BEIJING["gps_lon"]}  # 33.4 km
    assert find(far_away(shop(), "P", where=north), far_km=33.0)
    assert not find(far_away(shop(), "P", where=north), far_km=34.0)


def test_a_place_of_zero_and_a_missing_one_are_not_far():
    for where in ({**SHANGHAI, "gps_lat": 0.0}, {"gps_lat": SHANGHAI["gps_lat"]}):
        assert find(far_away(shop(), "P", where=where)) == []


def test_the_shop_that_the_loan_was_paid_to_counts_where_the_application_names_none():
    book = applies(person(shop(), "P", region="上海市"), "P", at("2026-03-02"), **SHANGHAI)
    book.loan("P", "L", 5000, at("2026-03-03"), application="P 0")
    paid = replace(book.ties[-1], relation="DISBURSED_TO", source="loan:L", target="merchant:shop", uid="paid")
    book.ties.append(paid)
    assert told(book, "An application at a shop was made about 1,071 km from it")


# -- one finding


def test_signs_of_one_person_are_one_finding_that_scores_higher_than_each():
    alone, both = fast(Book(), "P"), draws(fast(Book(), "P"), "P", *(at("2026-03-02", i) for i in range(3)))
    (one,), (two,) = find(alone), find(both)
    assert one.id == two.id and (one.measures["signs"], two.measures["signs"]) == (1, 2)
    assert two.score > one.score


def test_people_within_a_group_are_told_with_it_and_persons_alone_are_findings_of_their_own():
    book = one_handset(Book(), [f"P{i}" for i in range(5)], step=2)
    book.phone("P0", "one phone").phone("P1", "one phone")
    applies(book, "P2", *(at("2026-05-02", i) for i in range(5)), device="another")
    assert sorted(members(found) for found in find(book)) == [["P0", "P1", "P2", "P3", "P4"], ["P2"]]


def test_the_more_above_the_limit_and_the_rarer_the_higher_the_score():
    few, more = find(fast(Book(), "P", 5))[0].score, find(fast(Book(), "P", 10, step=10))[0].score
    assert more > few
    book = Book()
    for i in range(30):
        fast(book, f"P{i}", 5)
    assert find(book)[0].score < find(crowd(fast(Book(), "P0", 5), 29))[0].score


def test_what_is_not_known_yet_is_not_counted():
    book = fast(Book(), "P", 5)  # the fifth on 6 March
    assert find(book, "2026-03-05") == [] and find(book, "2026-03-06")
