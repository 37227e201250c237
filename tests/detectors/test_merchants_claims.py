"""The sentence test: every claim of every reason is true of the rows, by a second, plain reading of them."""

import pytest
from ringfence.detectors.merchants.detector import CASHOUT_MERCHANT
from support import detecting
from support.merchant_books import at, back, bent, buyer, buys, find, planted, spending, street, units
from support.merchant_claims import MerchantClaims, Rows, measured
from support.sample import sample_view
from support.toy import Book

NIGHT = "2026-03-02T23:00"


@pytest.mark.parametrize(("applicants", "seed", "setting"), [(5000, 8, "dense"), (3000, 9, "dense")])
def test_every_claim_about_the_merchants_of_a_book_is_true(tmp_path, applicants, seed, setting):
    with sample_view(tmp_path, applicants, seed, setting) as view:
        rows = Rows(view)
        told = [finding.as_dict() for finding in detecting.findings(CASHOUT_MERCHANT, view)]
    found = [MerchantClaims(rows, finding) for finding in told]
    assert found and all(claims.checked > 15 for claims in found)
    assert [false for claims in found for false in claims.false] == [], f"{applicants} applicants, seed {seed}"
    for finding, claims in zip(told, found, strict=True):
        assert measured(finding, claims).items() <= finding["measures"].items(), f"seed {seed}"


def mixed():
    """A bent shop with a loan of two, a refund, one of no amount, wages, and money by one more account."""
    book = bent(Book())
    buys(book, "Xc0", "X", at(NIGHT, 30), number="second", sent=False)
    back(book, "Xc0", "X", at(NIGHT, 30))
    buys(buyer(book, "r"), "r", "X", at(NIGHT, 1), limit=10_000, refunded_at="2026-03-20T10:00")
    book.transferred("X till", "card-r", at(NIGHT, 99), "refund", 8_000)
    buys(buyer(book, "u"), "u", "X", at(NIGHT, 2), amount=None, sent=False)
    buys(buyer(book, "w"), "w", "X", at(NIGHT, 2), limit=10_000, sent=False)
    book.transferred("X till", "card-w", at(NIGHT, 9), "payroll", 9_000)
    buys(buyer(book, "m"), "m", "X", at(NIGHT, 2), limit=10_000)
    book.transferred("card-Xo", "middle", at(NIGHT, 8), amount=9_000)
    book.transferred("middle", "card-m", at(NIGHT, 9), amount=8_000)
    return street(book)


def passed_on():
    """A shop that never sold on credit, to which cash loans are passed on at night."""
    return street(spending(Book(), honest=3))


def alone():
    """A bent shop that sells to nobody else."""
    return street(bent(Book(), honest=0))


@pytest.mark.parametrize(
    "make", [planted, mixed, alone, passed_on, *(lambda seed=seed: together(units(seed)) for seed in range(3))]
)
def test_every_claim_about_toy_books_is_true(make):
    book = make()
    rows, found = Rows(book.snapshot()), [finding.as_dict() for finding in find(book)]
    assert found
    assert [false for finding in found for false in MerchantClaims(rows, finding).false] == []


def together(books):
    """Books as one."""
    whole = Book()
    for book in books:
        whole = whole.beside(book)
    return whole


def claims(book, old="", new="", field="reason_zh"):
    """What is false of the only finding of a book, with other words in it if given."""
    (found,) = find(book)
    told = found.as_dict()
    assert old in told[field], told[field]
    told[field] = told[field].replace(old, new, 1) if old else told[field]
    return MerchantClaims(Rows(book.snapshot()), told).false


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("14笔贷款", "15笔贷款"),
        ("8名客户", "9名客户"),
        ("（8万）", "（9万）"),
        ("2026-03-02至", "2026-03-01至"),
        ("后7天", "后8天"),
        ("贷款的30%", "贷款的20%"),
        ("中位数为90%", "中位数为91%"),
        ("8笔用到额度", "7笔用到额度"),
        ("7笔在22点", "8笔在22点"),
        ("23.8%", "23.1%"),
        ("3笔的客户填报", "4笔的客户填报"),
        ("其余6笔贷款中，0笔", "其余6笔贷款中，1笔"),
        ("款项转回、退款或未发货，申请", "款项转回或退款，申请"),
        ("2个日期", "3个日期"),
        ("退货退款：0笔", "退货退款：1笔"),
        ("同业优先，经平滑估计", "同业优先"),
    ],
)
def test_a_claim_that_is_not_so_or_not_understood_is_noticed(old, new):
    assert claims(planted()) == []
    assert claims(planted(), old, new)


def test_a_wrong_count_of_loans_that_were_passed_on_is_noticed():
    assert claims(passed_on(), "其中8笔到账后", "其中7笔到账后")


def test_a_number_that_differs_between_the_languages_is_noticed():
    assert claims(planted(), "(80,000)", "(90,000)", "reason_en")
    assert claims(planted(), "on 2 dates", "on 3 dates", "reason_en")
