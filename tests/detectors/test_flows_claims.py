"""The sentence test: every claim of every reason is true of the rows, by a second, plain reading of them."""

import pytest
from ringfence.detectors.flows.detector import FUND_FLOW
from support import detecting
from support.flow_books import LENT, broker, chain, customer, find, lends, planted, refunded, through
from support.flow_claims import FlowClaims, Rows
from support.sample import sample_view
from support.toy import Book


@pytest.mark.parametrize(("applicants", "seed", "setting"), [(3000, 8, "dense"), (2000, 9, "dense")])
def test_every_claim_about_the_flows_of_a_book_is_true(tmp_path, applicants, seed, setting):
    with sample_view(tmp_path, applicants, seed, setting) as view:
        rows = Rows(view)
        found = [FlowClaims(rows, finding.as_dict()) for finding in detecting.findings(FUND_FLOW, view)]
    assert found and all(claims.checked > 10 for claims in found)
    assert [false for claims in found for false in claims.false] == [], f"{applicants} applicants, seed {seed}"


def claims(book, old="", new="", field="reason_zh"):
    """What is false of the best finding of a book, with other words in it if given."""
    told = find(book)[0].as_dict()
    assert old in told[field]
    told[field] = told[field].replace(old, new) if old else told[field]
    return FlowClaims(Rows(book.snapshot()), told).false


def unknown_way():
    """Three loans into one account, part of which repays an older one, by way of an account of nobody known."""
    book = lends(broker(lends(lends(Book(), "A"), "A", number="2")), "A", number="3")
    book.loan("A", "old", 9_000, "2025-01-01").repaid("A", "old", 9_000, "2026-03-02T10:30")
    return chain(customer(book, "B"), ["A", "unknown", "B", "R"], "2026-03-02T10:00", 2 * LENT, wait=0)


@pytest.mark.parametrize("make", [planted, unknown_way, refunded, lambda: through(Book(), mules=4)])
def test_every_claim_about_toy_books_is_true(make):
    book = make()
    rows = Rows(book.snapshot())
    assert [false for finding in find(book) for false in FlowClaims(rows, finding.as_dict()).false] == []


@pytest.mark.parametrize("new", ["少于订单金额5.1万", "不少于订单金额5万"])
def test_a_price_that_is_another_is_noticed(new):
    assert claims(refunded()) == [] and claims(refunded(), "少于订单金额5万", new)
    assert claims(refunded(share=0.94)) == [] and claims(refunded(shipped_at=None)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3名借款人", "2名借款人"),
        ("3笔贷款", "4笔贷款"),
        ("（15万）", "（16万）"),
        ("2天内", "1天内"),
        ("1名他人", "2名他人"),
        ("4笔转账", "5笔转账"),
        ("1个受限账户", "1个受限账户并回到借款人本人账户"),
        ("最多可有15万", "最多可有14万"),
        ("计为15万", "计为14万"),
        ("9小时", "8小时"),
        ("其中0为", "其中1为"),
        ("；余额记录不足", "；余额记录缺失"),
    ],
)
def test_a_claim_that_is_not_so_or_not_understood_is_noticed(old, new):
    assert claims(planted(), old, new)


def test_a_number_that_differs_between_the_languages_is_noticed():
    assert claims(planted()) == []
    assert claims(planted(), "at most 150,000", "at most 160,000", "reason_en")
