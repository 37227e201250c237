"""Cash loans that are passed on to a merchant: sales on credit under another name, worked by hand."""

import pytest
from ringfence.detectors.merchants.detector import CASHOUT_MERCHANT
from ringfence.detectors.merchants.sales import read
from support.merchant_books import LENT, at, back, buyer, buys, find, members, shop, spending, spends, street
from support.toy import Book

NIGHT = "2026-03-02T23:00"


def sales(book, merchant="X"):
    """``(loan, passed on)`` of the sales of a merchant."""
    view = book.snapshot()
    found = read(view)
    rows = zip(view.names(found.merchant), view.names(found.loan), found.is_spent.tolist(), strict=True)
    return [(loan, spent) for shop, loan, spent in rows if shop == f"merchant:{merchant}"]


def one(**how):
    """A shop, and somebody who passes a loan of 10,000 on to it."""
    return spends(buyer(shop(Book(), "X"), "a"), "a", "X", NIGHT, **how)


def test_a_shop_that_never_sold_on_credit_is_told_with_those_who_passed_loans_on_to_it():
    (found,) = find(street(spending(Book())))
    assert members(found, "merchant") == ["X"] and members(found) == [f"Xc{i}" for i in range(8)]
    counts = {"loans": 8, "merchant_loans": 8, "spent_loans": 8, "returned_loans": 8, "at_limit_loans": 8}
    assert {name: found.measures[name] for name in counts} == counts
    assert "其中8笔到账后2天内大部分转付该商户" in found.reason_zh
    rows = {(row["source"], row["relation"], row["target"]) for row in found.evidence}
    assert ("loan:LXc0", "DISBURSED_TO", "account:card-Xc0") in rows
    assert ("account:card-Xc0", "TRANSFERRED", "account:X till") in rows
    assert ("applicant:Xc0", "OWNS", "account:card-Xc0") in rows


def test_honest_loans_that_were_passed_on_are_told_of_nobody():
    (found,) = find(street(spending(Book(), honest=6)))
    assert members(found) == [f"Xc{i}" for i in range(8)] and found.measures["merchant_loans"] == 14


@pytest.mark.parametrize(
    ("how", "counts"),
    [
        ({"share": 0.51}, True),
        ({"share": 0.5}, False),
        ({"share": 1.99}, True),
        ({"share": 2.0}, False),
        ({"wait": 0.0}, True),
        ({"wait": 48.0}, True),
        ({"wait": 48.1}, False),
        ({"wait": -0.1}, False),
    ],
)
def test_more_than_half_of_a_loan_within_two_days_that_is_more_than_half_of_the_price_is_passed_on(how, counts):
    assert sales(one(**how)) == ([("loan:La", True)] if counts else [])


def test_what_another_account_pays_is_other_money():
    book = buyer(shop(Book(), "X"), "a")
    book.loan("a", "La", LENT, NIGHT, "card-a").transferred("card-b", "X till", at(NIGHT, 1), amount=LENT)
    assert sales(book) == []


def test_one_price_is_of_the_loan_paid_last_before_it():
    book = one()
    book.loan("a", "Lb", LENT, at(NIGHT, 2), "card-a")
    assert sales(book) == [("loan:Lb", True)]


def test_a_loan_is_passed_on_to_one_merchant_once():
    assert sales(one().transferred("card-a", "X till", at(NIGHT, 20), amount=LENT)) == [("loan:La", True)]


def test_a_loan_that_was_applied_for_at_the_shop_is_one_sale_of_it():
    book = buyer(shop(Book(), "X"), "a").application("a", "Na", NIGHT, merchant="X")
    book.loan("a", "La", LENT, at(NIGHT, 1), "card-a", "Na")
    assert sales(book.transferred("card-a", "X till", at(NIGHT, 2), amount=LENT)) == [("loan:La", False)]


def test_money_is_back_within_seven_days_of_when_the_shop_got_it():
    book = spending(Book(), customers=8)
    spends(buyer(book, "late"), "late", "X", NIGHT, wait=40)
    book.transferred("X till", "card-late", at(NIGHT, 1 + 40 + 168), amount=0.9 * LENT)
    spends(buyer(book, "before"), "before", "X", NIGHT, wait=40)
    book.transferred("X till", "card-before", at(NIGHT, 1 + 30), amount=0.9 * LENT)
    (found,) = find(street(book))
    assert "late" in members(found) and found.measures["returned_loans"] == 9


def test_loans_of_both_kinds_are_one_shop():
    book = spending(Book(), customers=4)
    for i in range(4):
        key, time = f"s{i}", at(NIGHT, i / 4)
        back(buys(buyer(book, key), key, "X", time, limit=LENT, sent=False), key, "X", time)
    (found,) = find(street(book))
    assert (found.measures["loans"], found.measures["spent_loans"]) == (8, 4)


@pytest.mark.parametrize("node", ["merchant:X", "applicant:Xc1", "application:NXc1", "loan:LXc1"])
def test_such_a_loan_lies_in_the_unit_of_the_merchant(node):
    view, params = street(spending(Book())).snapshot(), CASHOUT_MERCHANT.defaults()
    known = CASHOUT_MERCHANT.population(view, params)
    (unit,) = CASHOUT_MERCHANT.around(view, known, params, view.find_all([node]))
    assert view.names(unit.parties) == ["merchant:X"]
    assert "loan:LXc1" in view.names(unit.nodes)
