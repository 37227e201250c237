"""Cash-out merchants on small books worked by hand."""

import numpy as np
import pytest
from ringfence.detectors.merchants.weighing import mixture, rather_cash, ratios, without_best
from support.merchant_books import LIKENESSES, at, back, bent, buyer, buys, cashes, find, members, sells, shop, street
from support.toy import Book

NIGHT = "2026-03-02T23:00"


def one_more(make):
    """The bent shop with one more customer, on the street: how many loans each sign shows, and the customers."""
    book = bent(Book())
    make(book)
    (found,) = find(street(book))
    return found.measures, members(found)


# -- who is told


def test_a_shop_that_pays_loans_back_in_the_night_and_sends_nothing_is_told_with_its_customers():
    (found,) = find(street(bent(Book())))
    assert found.kind == "cashout_merchant" and members(found, "merchant") == ["X"]
    assert members(found) == [f"Xc{i}" for i in range(8)]
    counts = {"returned": 8, "undelivered": 8, "at_limit": 8, "refunded": 0}
    assert {sign: found.measures[f"{sign}_loans"] for sign in counts} == counts
    assert (found.measures["loans"], found.measures["merchant_loans"], found.measures["amount"]) == (8, 14, 80_000)


@pytest.mark.parametrize("customers", [4, 5])
def test_five_customers_are_the_fewest(customers):
    assert len(find(street(bent(Book(), customers=customers)))) == (customers == 5)
    assert len(find(street(bent(Book(), customers=customers)), min_customers=4)) == 1


@pytest.mark.parametrize("likeness", LIKENESSES, ids=lambda likeness: likeness.__name__)
def test_what_looks_like_it_is_not_told(likeness):
    assert find(street(likeness(Book()))) == []


def test_a_shop_is_measured_against_others_and_not_against_itself():
    """Where every shop does it, it is how business is there."""
    book = Book()
    for place in range(6):
        bent(book, f"X{place}", 8, at(NIGHT, 240 * place))
    assert find(book) == []


def test_one_sign_alone_is_the_shops_way():
    book = shop(Book(), "X", owner="o")
    for i in range(12):
        back(
            buys(buyer(book, f"c{i}"), f"c{i}", "X", at("2026-02-02T12:00", 90 * i)),
            f"c{i}",
            "X",
            at("2026-02-02T12:00", 90 * i),
        )
    assert find(street(book)) == []


# -- what came back


@pytest.mark.parametrize(("share", "hours", "counts"), [(0.3, 168, True), (0.299, 168, False), (0.3, 168.1, False)])
def test_three_tenths_within_seven_days_of_payment_came_back(share, hours, counts):
    def make(book):
        buys(buyer(book, "more"), "more", "X", NIGHT, limit=10_000, sent=False)
        book.transferred("X till", "card-more", at(NIGHT, 1 + hours), amount=10_000 * share)

    measures, _ = one_more(make)
    assert measures["returned_loans"] == 8 + counts


@pytest.mark.parametrize(
    ("way", "counts"),
    [
        ((("card-Xo", "card-more"),), True),
        ((("X till", "middle"), ("middle", "card-more")), True),
        ((("X till", "middle"), ("middle", "far"), ("far", "card-more")), False),
        ((("supplier", "card-more"),), False),
    ],
)
def test_it_comes_from_the_shop_or_who_controls_it_straight_or_by_one_more_account(way, counts):
    def make(book):
        buys(buyer(book, "more"), "more", "X", NIGHT, limit=10_000, sent=False)
        for step, (source, target) in enumerate(way):
            book.transferred(source, target, at(NIGHT, 10 + step), amount=9_000)

    assert one_more(make)[0]["returned_loans"] == 8 + counts


def test_wages_are_no_return():
    def make(book):
        buys(buyer(book, "more"), "more", "X", NIGHT, limit=10_000, sent=False)
        book.transferred("X till", "card-more", at(NIGHT, 10), "payroll", 9_000)

    assert one_more(make)[0]["returned_loans"] == 8


# -- other signs


@pytest.mark.parametrize(("limit", "counts"), [(11_111, True), (11_112, False)])
def test_nine_tenths_of_the_limit_are_near_it(limit, counts):
    def make(book):
        back(buys(buyer(book, "more"), "more", "X", NIGHT, limit=limit, sent=False), "more", "X", NIGHT)

    assert one_more(make)[0]["at_limit_loans"] == 8 + counts


@pytest.mark.parametrize(("hour", "counts"), [("21:59", False), ("22:00", True), ("05:59", True), ("06:00", False)])
def test_off_hours_are_from_ten_to_six(hour, counts):
    usual = find(street(bent(Book())))[0].measures["off_hours_loans"]
    assert (
        one_more(lambda book: cashes(book, "more", "X", f"2026-03-02T{hour}"))[0]["off_hours_loans"] == usual + counts
    )


def test_a_bare_date_has_no_hour():
    usual = find(street(bent(Book())))[0].measures["off_hours_loans"]
    assert one_more(lambda book: cashes(book, "more", "X", "2026-03-03"))[0]["off_hours_loans"] == usual


def test_goods_have_thirty_days_to_go():
    def customers(paid):
        book = bent(Book(), start=at(paid, -1))
        return find(street(book), as_of="2026-06-30")

    assert customers("2026-05-01T00:00")[0].measures["undelivered_loans"] == 8
    late = customers("2026-06-10T00:00")
    assert not late or late[0].measures["undelivered_loans"] == 0


def test_a_customer_without_such_a_sign_is_one_on_days_when_most_sales_show_one():
    def make(book):
        buys(buyer(book, "quiet"), "quiet", "X", at(NIGHT, 1), limit=10_000)
        buys(buyer(book, "later"), "later", "X", at(NIGHT, 24 * 40), limit=10_000)

    _, customers = one_more(make)
    assert "quiet" in customers and "later" not in customers


def test_honest_customers_of_the_shop_are_none():
    (found,) = find(street(sells(bent(Book()), "X", 12, "more")))
    assert members(found) == [f"Xc{i}" for i in range(8)]


# -- the mixture


def test_the_likeliest_share_is_that_of_trying_every_share():
    random = np.random.default_rng(4)
    for _ in range(50):
        ratio = random.normal(-1, 3, int(random.integers(1, 30)))
        found = mixture(ratio)
        shares = np.linspace(0, 1, 2001)[:-1]
        tried = np.log1p(shares[:, None] * np.expm1(ratio)).sum(axis=1)
        assert found.evidence >= tried.max() - 1e-6
        assert abs(found.share - shares[tried.argmax()]) < 0.002


def test_what_is_not_known_tells_nothing():
    ratio = ratios(
        np.array([[True, False], [False, False]]), np.array([[True, False], [False, True]]), np.array([0.1, 0.1])
    )
    assert np.allclose(ratio, [[np.log(5), 0], [0, np.log(0.5 / 0.9)]])
    assert not rather_cash(ratio.sum(axis=1), 0.0).any()


def test_without_the_best_sign_the_rest_must_speak():
    alone = np.full((10, 3), -0.1)
    alone[:, 0] = 4
    assert without_best(alone) == 0 < mixture(alone.sum(axis=1)).evidence
