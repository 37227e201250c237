"""The evidence page of a fund flow: every transfer an arrow with its amount, time to the right, names as text."""

import re

import numpy as np
from ringfence.api.evidence.page import evidence_page
from ringfence.graph.model import FOREVER, Finding
from ringfence.graph.times import parse_moment, to_iso
from support.toy import NOW, Book

HOSTILE = '</title><img src=x onerror="window.hit=1">'


def moved(book, source, target, amount, time, **cells):
    start = parse_moment(time)
    ends = (f"account:{source}", f"account:{target}", f"transfers:{len(book.ties)}")
    return book._tie("TRANSFERRED", *ends, amount, start, FOREVER, {"kind": "transfer", **cells}, known=start)


def page_of(book):
    """The page of a finding whose evidence is every relationship; X is restricted, P borrowed."""
    snapshot = book.snapshot()
    thing = {"nodes": ["account:X"], "kind": "restricted_account", "members": ["applicant:Q"], "users": 7, "others": []}
    members = [{"node": "applicant:P", "role": "borrower"}, {"node": "applicant:Q", "role": "mule"}]
    told = {"reason_zh": "流向", "reason_en": "flow", "score": 0.9, "colour": "red", "as_of": to_iso(NOW)}
    told |= {"detector": "fund-flow", "version": "1", "measures": {"amount": 50_000.0, "can": 49_000.0}}
    evidence = snapshot.evidence(np.arange(snapshot.edge_count))
    finding = Finding("fund_flow", members, evidence=evidence, things=[thing], **told)
    return evidence_page(finding.as_dict(), snapshot)


def flow(name="王*"):
    book = Book().person("P", name="张*").person("Q", name=name)
    book.loan("P", "L1", 50_000, "2026-05-01 10:00", account="A").owns("P", "A").owns("Q", "B")
    moved(book, "A", "B", 30_000, "2026-05-02 11:00", purpose="还款 13812345678")
    moved(book, "A", "X", 15_000, "2026-05-02 12:00")
    moved(book, "B", "X", 20_000, "2026-05-02 11:00")
    return moved(book, "B", "A", 9_000, "2026-05-03 09:00")


def arrow_amounts(page):
    return re.findall(r'class="amount"[^>]*>([^<]*?) <tspan', page)


def test_each_row_is_an_arrow_with_its_amount_by_time_and_at_one_instant_along_the_flow():
    assert arrow_amounts(page_of(flow())) == ["5万", "3万", "2万", "1.5万", "9,000"]


def test_accounts_are_told_apart_by_word_and_money_that_comes_back_stands_again():
    page = page_of(flow())
    words = re.findall(r'class="word"[^>]*>(\S+)', page)
    assert sorted(words) == sorted(["贷款", "本人账户", "他人账户·过桥", "受限账户", "又到本人账户"])
    for said in ("到达的受限账户", "payers in the whole book", "无法判断", "2026-05-02 11:00"):
        assert said in page


def test_numbers_in_a_purpose_are_masked():
    page = page_of(flow())
    assert "还款 ****5678" in page and "13812345678" not in page


def test_names_that_are_markup_stay_text_and_no_script_runs():
    page = page_of(flow(HOSTILE))
    assert "<img src=x" not in page and "<script" not in page and "&lt;/title&gt;" in page
    assert "script-src &#39;none&#39;" in page
