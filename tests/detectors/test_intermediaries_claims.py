"""The sentence test: every claim of every reason is true of the rows, by a second, plain reading of them."""

import pytest
from ringfence.detectors.intermediaries.detector import INTERMEDIARY
from support import detecting
from support.broker_books import borrows, by_account, by_channel, by_contact, by_employer, client, days, find
from support.broker_claims import Book as Rows
from support.broker_claims import BrokerClaims
from support.ring_books import crowd
from support.sample import sample_view
from support.toy import Book

LARGE = [pytest.param(20_000, seed, "default", marks=pytest.mark.soak) for seed in (1, 2, 3)]


@pytest.mark.parametrize(("applicants", "seed", "setting"), [(4000, 8, "dense"), *LARGE])
def test_every_claim_about_the_intermediaries_of_a_book_is_true(tmp_path, applicants, seed, setting):
    with sample_view(tmp_path, applicants, seed, setting) as view:
        rows = Rows(view)
        found = [BrokerClaims(rows, finding.as_dict()) for finding in detecting.findings(INTERMEDIARY, view)]
    assert found and all(claims.checked > 15 for claims in found)
    assert [false for claims in found for false in claims.false] == [], f"{applicants} applicants, seed {seed}"


def office():
    """One broker with a handset, a salesperson and invented jobs, of whose clients two share an account."""
    book = Book()
    for i, day in enumerate(days(14)):
        client(book, f"B{i}", day, device="broker's", channel="XS1", product="现金贷", term_months=12, amount=9000.0)
        book.employed(f"B{i}", f"宏达贸易{i}部", f"170{100 + i:08d}")
        borrows(book, f"B{i}", day, "2026-05-20" if i < 3 else None)
    for i in range(60):
        client(book, f"O{i}", "2026-02-02", product="分期", term_months=6, amount=100.0 * i)
    return crowd(book.owns("B1", "card-B2"), 150)


def claims(book, old="", new="", field="reason_zh"):
    """What is false of the only finding of a book, with other words in it if given."""
    (found,) = find(book)
    told = found.as_dict()
    assert old in told[field]
    told[field] = told[field].replace(old, new) if old else told[field]
    return BrokerClaims(Rows(book.snapshot("2026-06-30")), told).false


@pytest.mark.parametrize("make", [by_contact, by_account, by_employer])
def test_every_claim_about_a_broker_is_true(make):
    assert claims(crowd(make(Book(), 12), 150)) == []


def test_every_claim_about_a_salesperson_is_true():
    book = by_channel(Book(), 10, "A", "2025-10-01", step=14)
    assert claims(crowd(by_channel(book, 16, start="2026-03-20", bad=8, step=0.3), 150)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("14名申请人", "15名申请人"),
        ("1部手机（14人", "1部手机（13人"),
        ("1部手机（14人使用，无他人使用）、", ""),
        ("无他人使用", "另有2人使用"),
        ("其客户共14人", "其客户共15人"),
        ("其中14个号码", "其中13个号码"),
        ("2026-03-01至", "2026-03-02至"),
        ("申请14笔", "申请13笔"),
        ("14万", "15万"),
        ("14笔同为", "13笔同为"),
        ("金额9,000", "金额9,100"),
        ("3人已知不良", "2人已知不良"),
        ("14名借款人中占", "15名借款人中占"),
        ("有2人之间还共用", "有4人之间还共用"),
        ("未发现有商户占到", "没有商户占到"),
        ("14人集中于此", "13人集中于此"),
        ("仍有14户", "仍有13户"),
        ("大单位：同一单位的人", "大单位：有的单位的人"),
    ],
)
def test_a_claim_that_is_not_so_or_not_understood_is_noticed(old, new):
    book = office()
    assert claims(book) == []
    assert claims(book, old, new)


def test_a_number_that_differs_between_the_languages_is_noticed():
    assert claims(office(), "140,000", "150,000", "reason_en")
    assert claims(office(), "(14 of them, and nobody else)", "(13 of them, and nobody else)", "reason_en")
