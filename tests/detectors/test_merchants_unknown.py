"""Cash-out merchants where the book does not tell everything: what is unknown is not absent, and what came later is not
known yet."""

from dataclasses import replace

import pytest
from ringfence.detectors.merchants.detector import CASHOUT_MERCHANT
from ringfence.detectors.merchants.population import lines_of, usual
from ringfence.detectors.merchants.sales import read
from ringfence.detectors.merchants.signs import SIGNS, signs
from support.merchant_books import LENT, at, back, bent, buyer, buys, cashes, find, members, shop, street
from support.toy import Book

NOON = "2026-03-02T12:00"


def told(book, key="a", as_of="2026-06-30"):
    """What the only loan of somebody shows, by sign; None where that cannot be known."""
    view = book.snapshot(as_of)
    sales = read(view)
    found = signs(view, sales, 7.0, 0.3)
    (sale,) = [place for place, name in enumerate(view.names(sales.loan)) if name == f"loan:L{key}"]
    cells = zip(SIGNS, found.shown[sale].tolist(), found.known[sale].tolist(), strict=True)
    return {sign: shown if known else None for sign, shown, known in cells}


def pays(book):
    """The book in which the shop's till pays somebody, so that its payments are on record."""
    return book.transferred("X till", "supplier", NOON, amount=100)


def bought(**cells):
    """A shop, and somebody who buys there."""
    return buys(buyer(pays(shop(Book(), "X")), "a"), "a", "X", NOON, **cells)


def without(book, relation, via=None):
    """The book without the rows of a relation, or of one column."""
    kept = [tie for tie in book.ties if tie.relation != relation or (via and tie.cells.get("via") != via)]
    return replace(book, ties=kept)


def test_a_sale_of_which_everything_is_known_and_nothing_shows():
    assert told(bought()) == dict.fromkeys(SIGNS, False)


def test_no_order_tells_nothing_of_refunds_and_goods():
    found = told(without(bought(), "ORDERED"))
    assert (found["refunded"], found["undelivered"]) == (None, None)


@pytest.mark.parametrize(
    "book",
    [
        without(bought(), "TRANSFERRED"),
        without(bought(), "OWNS", "bank_card_no"),
        without(bought(), "OWNS"),
        bought(amount=None),
    ],
    ids=["no transfers of the shop", "no account of the customer", "no accounts at all", "no amount"],
)
def test_money_back_is_unknown_without(book):
    assert told(book)["returned"] is None


def test_money_back_is_not_absent_before_its_days_are_over_and_is_there_as_soon_as_it_comes():
    paid = at(NOON, 1)
    assert told(bought(), as_of=at(paid, 167))["returned"] is None
    assert told(bought(), as_of=at(paid, 168))["returned"] is False
    assert told(back(bought(), "a", "X", NOON), as_of=at(NOON, 26))["returned"] is True


def test_no_limit_tells_nothing_of_nearness_to_it_and_no_contact_nothing_of_ties():
    assert told(bought(limit=None))["at_limit"] is None
    assert told(without(bought(), "LISTS_CONTACT"))["tied"] is None


def test_a_bare_date_tells_nothing_of_the_hour():
    book = buys(buyer(pays(shop(Book(), "X")), "a"), "a", "X", "2026-03-02")
    assert told(book)["off_hours"] is None


def test_a_limit_of_the_application_counts_where_the_loan_has_none_and_the_loans_own_first():
    assert told(bought(limit=LENT))["at_limit"] is True
    book = bought(limit=LENT)
    loans = [replace(f, cells=f.cells | {"credit_limit": 20_000}) if f.table == "loans" else f for f in book.facts]
    assert told(replace(book, facts=loans))["at_limit"] is False


# -- what comes later


def test_goods_that_were_sent_or_given_back_later_had_not_been_then():
    book = bought(shipped_at="2026-05-01T10:00", delivered_at="2026-05-02T10:00", refunded_at="2026-05-20T10:00")
    at_times = [told(book, as_of=day) for day in ("2026-04-30", "2026-05-03", "2026-05-21")]
    assert [(found["refunded"], found["undelivered"]) for found in at_times] == [
        (False, True),
        (False, False),
        (True, None),
    ]


def test_an_order_that_was_called_off_shows_one_sign_and_not_two():
    found = told(bought(sent=False, refunded_at="2026-03-03T10:00"))
    assert (found["refunded"], found["undelivered"]) == (True, None)


def test_a_merchant_is_found_by_what_was_known():
    book = street(bent(Book()))
    assert find(book, "2026-03-02") == []
    assert [members(found, "merchant") for found in find(book, "2026-03-10")] == [["X"]]


# -- orders, and several loans of one customer


def test_each_of_two_loans_has_the_order_nearest_to_it():
    book = bought(sent=False)
    buys(book, "a", "X", at(NOON, 24), number="b")
    assert (told(book, "a")["undelivered"], told(book, "b")["undelivered"]) == (True, False)


def test_one_order_belongs_to_one_loan():
    book = bought(sent=False)
    book.application("a", "Nb", at(NOON, 24), merchant="X", credit_limit=20_000)
    book.loan("a", "Lb", LENT, at(NOON, 25), application="Nb", merchant="X")
    assert (told(book, "a")["undelivered"], told(book, "b")["undelivered"]) == (True, None)


def test_an_order_and_a_payment_of_no_known_time_are_not_near_each_other():
    book = shop(pays(Book()), "X")
    buyer(book, "a").application("a", "Na", NOON, merchant="X")
    book.loan("a", "La", LENT, None, application="Na", merchant="X").order("a", "X", "Oa", None)
    assert told(book)["refunded"] is None


def test_an_order_of_another_week_is_another():
    book = buyer(pays(shop(Book(), "X")), "a")
    book.application("a", "Na", NOON, merchant="X").loan("a", "La", LENT, at(NOON, 1), application="Na", merchant="X")
    assert told(replace(book, ties=[*book.ties]).order("a", "X", "O", at(NOON, 169)))["refunded"] is False
    assert told(without(book, "ORDERED").order("a", "X", "O", at(NOON, 170)))["refunded"] is None


def test_several_loans_of_one_customer_are_several_loans_of_one_member():
    book = bent(Book())
    buys(book, "Xc0", "X", at("2026-03-02T23:00", 5), limit=LENT, number="more", sent=False)
    back(book, "Xc0", "X", at("2026-03-02T23:00", 5))
    (found,) = find(street(book))
    assert (found.measures["customers"], found.measures["loans"], len(members(found))) == (8, 9, 8)


def test_one_customer_many_times_is_no_merchant_for_many():
    book = buyer(shop(Book(), "X", owner="o"), "a")
    for i in range(12):
        time = at("2026-03-02T23:00", i)
        buys(book, "a", "X", time, limit=LENT, number=f"a{i}", sent=False)
        back(book, "a", "X", time)
    assert find(street(book)) == []


# -- what a book does not record at all


def unwritten(book, *times):
    """The book in which no order states these times."""
    kept = [
        replace(tie, cells={name: cell for name, cell in tie.cells.items() if name not in times}) for tie in book.ties
    ]
    return replace(book, ties=kept)


def test_where_no_goods_are_ever_recorded_as_sent_that_none_were_tells_nothing():
    """Two who borrow up to their limit at night, weeks apart and with nothing back, are no customers for that."""
    book = street(bent(Book()))
    for key, time in (("later", "2026-04-11T23:10"), ("last", "2026-05-11T23:10")):
        buys(buyer(book, key), key, "X", time, limit=LENT)
    (found,) = find(unwritten(book, "shipped_at", "delivered_at"))
    assert members(found) == [f"Xc{i}" for i in range(8)]
    assert found.measures["undelivered_loans"] == 0 and "未发货" not in found.reason_zh


def test_where_refunds_are_not_recorded_a_sale_without_one_is_no_evidence_against():
    """Where they are, each of the eight loans without one takes about ln(0.97 / 0.5) off."""
    book = street(bent(Book()))
    (found,), (other,) = find(book), find(unwritten(book, "refunded_at"))
    assert found.measures["evidence"] + 4 < other.measures["evidence"] < found.measures["evidence"] + 7


def test_a_merchant_without_accounts_is_found_by_other_signs():
    book = bent(Book(), customers=12)
    (found,) = find(street(without(book, "OWNS")))
    assert found.measures["returned_loans"] == 0 and found.measures["undelivered_loans"] == 12


# -- peers


def usual_at(book, merchant, sign):
    """How often the sales of others show a sign, as that merchant is measured against it."""
    view = book.snapshot()
    known = CASHOUT_MERCHANT.population(view, CASHOUT_MERCHANT.defaults())
    number = view.find_all([f"merchant:{merchant}"])
    return usual(known, [f"merchant:{merchant}"], lines_of(view, number)).often[0, SIGNS.index(sign)]


def near_limit(book, key, line, loans, near):
    """A shop with so many loans, so many of them up to the limit."""
    shop(book, key, line)
    for i in range(loans):
        name, time = f"{key}{i}", at("2025-08-01T10:00", 200 * i)
        buys(buyer(book, name), name, key, time, limit=LENT if i < near else 2 * LENT)
    return book


def test_those_of_one_line_count_first_and_the_merchant_itself_does_not():
    """Of X's peers, A of the same line: 10 of 20; B of another: 0 of 30. The book: 10.5 of 51; the line:
    (10 + 50 · 10.5/51) of 70. X's own 20 of 20 are in neither."""
    book = near_limit(near_limit(near_limit(Book(), "A", "数码", 20, 10), "B", "家电", 30, 0), "X", "数码", 20, 20)
    assert usual_at(book, "X", "at_limit") == pytest.approx((10 + 50 * 10.5 / 51) / 70)
    assert usual_at(book, "B", "at_limit") == pytest.approx(30.5 / 41)


def test_a_merchant_that_the_frozen_book_did_not_hold_is_measured_against_all_of_it():
    frozen = street(Book())
    view = frozen.snapshot()
    known = CASHOUT_MERCHANT.population(view, CASHOUT_MERCHANT.defaults())
    later = street(bent(Book()))
    assert [members(found, "merchant") for found in find(later, population=known)] == [["X"]]


# -- around


@pytest.mark.parametrize("node", ["merchant:X", "applicant:Xc1", "application:NXc1", "loan:LXc1"])
def test_a_merchant_its_customers_and_what_they_filed_and_borrowed_lie_in_its_unit(node):
    view = street(bent(Book())).snapshot()
    params = CASHOUT_MERCHANT.defaults()
    known = CASHOUT_MERCHANT.population(view, params)
    (unit,) = CASHOUT_MERCHANT.around(view, known, params, view.find_all([node]))
    assert view.names(unit.parties) == ["merchant:X"]


def paid_to_borrowers():
    """A shop at which people apply for loans that are paid to themselves, and that pays them as well."""
    book = shop(Book(), "X", owner="o")
    for i in range(8):
        time, key = at("2026-03-02T23:00", i / 4), f"c{i}"
        buyer(book, key).application(key, f"N{key}", time, merchant="X", credit_limit=LENT)
        book.loan(key, f"L{key}", LENT, at(time, 1), f"card-{key}", f"N{key}")
        back(book, key, "X", time)
    return street(book)


def test_a_loan_that_was_paid_to_its_borrower_is_a_sale_where_it_was_applied_for():
    (found,) = find(paid_to_borrowers())
    assert (found.measures["loans"], found.measures["returned_loans"]) == (8, 8)
    assert {"AT_MERCHANT", "BECAME", "BORROWED", "OWNS", "TRANSFERRED"} <= {row["relation"] for row in found.evidence}


@pytest.mark.parametrize("node", ["applicant:c1", "application:Nc1", "loan:Lc1"])
def test_such_a_loan_lies_in_the_unit_of_that_merchant(node):
    view, params = paid_to_borrowers().snapshot(), CASHOUT_MERCHANT.defaults()
    known = CASHOUT_MERCHANT.population(view, params)
    (unit,) = CASHOUT_MERCHANT.around(view, known, params, view.find_all([node]))
    assert view.names(unit.parties) == ["merchant:X"]


def test_a_loan_that_nobody_cashed_stays_out():
    book = cashes(bent(Book()), "more", "X", "2026-03-02T23:30")
    buys(buyer(book, "honest"), "honest", "X", "2026-05-20T14:00")
    (found,) = find(street(book))
    assert "more" in members(found) and "honest" not in members(found)
