"""How far one applicant came to what detectors ask, on books worked by hand."""

import pytest
from ringfence.detectors.registry import DETECTORS
from support import cluster_books, detecting, flow_books, merchant_books, velocity_books
from support.cases import CASES
from support.toy import Book


def asked(detector, book, key, as_of="2026-06-30"):
    """What a detector says of one applicant, by the book's own population and the defaults."""
    found = DETECTORS[detector]
    view, params = book.snapshot(as_of), found.defaults()
    return found.why(view, found.population(view, params), params, view.find(f"applicant:{key}"))


TELLING = [name for name, detector in DETECTORS.items() if detector.why]


@pytest.mark.parametrize("detector", TELLING)
def test_of_somebody_of_whom_nothing_is_on_record_something_is_said_in_both_languages(detector):
    for near in asked(detector, CASES[detector].planted().person("nobody"), "nobody"):
        assert near.words.zh and near.words.en and not (near.has or 0)


@pytest.mark.parametrize("detector", TELLING)
def test_who_is_in_a_finding_came_to_what_is_asked(detector):
    book = CASES[detector].planted()
    finding = detecting.findings(DETECTORS[detector], book.snapshot())[0]
    key = next(m["node"] for m in finding.members if m["role"] not in ("mule", "merchant")).removeprefix("applicant:")
    found = [near for near in asked(detector, book, key) if near.has is not None and near.asked is not None]
    assert any(near.has <= near.asked if near.what == "chance" else near.has >= near.asked for near in found)


# -- fund flow


def bought(amount):
    """A loan of 50,000, of which so much goes to a restricted account."""
    book = flow_books.broker(flow_books.lends(Book(), "A"))
    return book.transferred("A", "R", "2026-03-02T12:00", amount=amount)


def test_a_flow_says_how_much_of_the_loan_arrived_where_and_how_much_was_asked():
    (near,) = asked("fund-flow", bought(10_000), "A")
    assert (near.what, near.has, near.asked) == ("can", 0.2, 0.3)
    assert near.words.en.startswith("of loans of 50,000 at most 10,000 went to restricted accounts (10,000 by first in")
    assert near.words.en.endswith("of at least 30 %")
    (near,) = asked("fund-flow", flow_books.refunded(share=0.2), "A")
    assert near.has == 0.2 and "went back" in near.words.en


def test_an_innocent_flow_is_told_with_its_reason():
    book = flow_books.back(Book(), "F", 2, words="配偶")
    (near,) = asked("fund-flow", book, "F0")
    assert near.has >= near.asked and near.words.en.endswith("are kin of the borrower")


# -- cash-out merchant


def test_a_merchant_says_what_its_sales_show_and_come_to():
    book = merchant_books.street(merchant_books.bent(Book(), customers=4))
    (near,) = asked("cashout-merchant", book, "Xc0")
    assert near.nodes == ("merchant:X",) and near.has >= near.asked == 8
    assert near.words.en.startswith("of 10 loans at the merchant: money back 4, goods not sent 4, near the limit 4")
    assert near.words.en.endswith("4 customers look like cash, of at least 5")
    assert not merchant_books.find(book)


# -- risky cluster


def test_a_community_is_told_with_its_peers_and_its_chance():
    book = cluster_books.planted()
    community, touch = asked("risky-cluster", book, "G0")
    assert community.what == "chance" and community.has > community.asked
    assert community.words.en.startswith("of 20 households of a community of 20 0 are bad")
    assert (touch.what, touch.has, touch.nodes) == ("touch", None, ())
    alone, _ = asked("risky-cluster", book, "H1")
    assert alone.words.en == "in no community of 10 or more"


def test_the_touch_is_told_with_its_path():
    book = cluster_books.crowd(cluster_books.acquainted(Book(), 3, each=1), 30).flag("applicant:C2", "confirmed_fraud")
    found = {key: asked("risky-cluster", book, key)[-1] for key in ("C1", "C2", "H0")}
    assert [near.has for near in found.values()] == [1, 0, None]
    assert found["C1"].nodes == ("applicant:C1", "applicant:C2")
    assert found["C1"].words.en.startswith("one tie from a confirmed fraudster, PageRank 0.")


# -- velocity


def test_every_limit_is_told_with_the_most_that_was_counted():
    book = velocity_books.fast(Book(), "P", count=4, step=20.0)
    found = asked("velocity", book, "P")
    assert [(near.has, near.asked) for near in found[:2]] == [(4, 5), (1, 5)]
    assert found[0].words == (
        "同一人5天内最多申请4笔，限额5",
        "one person within 5 days, applications counted: 4, the limit is 5",
    )


def test_a_limit_that_is_reached_and_explained_is_told_so():
    book = velocity_books.one_phone(Book(), "A", "B").related("A", "B", "配偶")
    near = next(near for near in asked("velocity", book, "A") if near.what.startswith("people by phone"))
    assert near.has == near.asked == 2 and near.words.en.endswith("which an innocent cause explains")
