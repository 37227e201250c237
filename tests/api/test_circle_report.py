"""The page of a guarantee circle: who holds it together, the default that does most step by step, what to replace."""

import html
import json
import re

import pytest
from ringfence.api.cli import app
from ringfence.api.evidence.items import RING
from ringfence.api.evidence.page import evidence_page
from ringfence.api.services.guarantee_report import report, report_of
from ringfence.detectors.guarantees.survey import survey
from ringfence.detectors.policy import shipped
from support.case_book import write_tables
from support.toy import Book
from typer.testing import CliRunner

HOSTILE = '<img src=x onerror="window.hit=1">'


def circle_of(book):
    """The only circle of a book as a finding, the book's graph, and the report."""
    view = book.snapshot()
    found = survey(view, shipped())
    (finding,) = found.findings
    return finding.as_dict(), view, report(found, 0, shipped())


def page_of(book):
    finding, view, told = circle_of(book)
    return evidence_page(finding, view, report=told)


def text_of(page, section):
    """What a section says, without markup."""
    cut = page[page.index(f'class="{section}"') :]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", cut[: cut.index("</section>")])).split())


def drawn(page):
    """The nodes and arcs of the picture."""
    parts = (re.search(rf'id="{name}">(.*?)</script>', page, re.S)[1] for name in ("nodes", "edges"))
    return [json.loads(part) for part in parts]


def labels(page):
    return {node["id"]: node["label"] for node in drawn(page)[0]}


def ring(name="甲公司"):
    """A guarantees B, B guarantees C, C guarantees A; D guarantees C alone. B has 50 of its own, C and A 500, D nothing
    on record."""
    book = Book().company("A", name=name, net_assets=500.0).company("B", name="乙公司", net_assets=50.0)
    book.company("C", name="丙公司", net_assets=500.0).company("D", name="丁公司")
    book.guarantee("A", "B", 100, currency="CNY").guarantee("B", "C", 90, currency="CNY")
    return book.guarantee("C", "A", 80, currency="CNY").guarantee("D", "C", currency="CNY")


def test_the_default_that_does_most_is_told_step_by_step():
    """C falls: B is called for 90 and falls, then A for 100 and stands; D is called for nobody knows how much."""
    said = text_of(page_of(ring()), "fall")
    assert "若丙公司违约" in said and "If 丙公司 defaults" in said
    for row in (
        "0 违约 fails 丙公司",
        "1 追索 call 乙公司 ← 丙公司 90元",
        "1 违约 fails 乙公司 90元",
        "2 追索 call 甲公司",
    ):
        assert row in said
    assert "1 追索 call 丁公司 ← 丙公司 不详 unknown" in said


def test_the_cheapest_guarantee_to_replace_is_listed_and_marked_in_the_picture():
    page = page_of(ring())
    assert "✂ 丙公司 → 甲公司 1 80元" in text_of(page, "cut-plan")
    assert sorted(text for node, text in labels(page).items() if node.startswith("label:")) == [
        "100元", "90元", "✂ 80元", "金额未知",
    ]  # fmt: skip


def test_who_holds_it_together_is_marked():
    page = page_of(ring())
    assert labels(page)["company:C"] == "★ 丙公司" and labels(page)["company:A"] == "甲公司"
    assert "without it the circle falls into parts of 2, 1" in page


def test_the_row_of_the_supervisory_table_says_what_is_unknown_and_never_0():
    said = text_of(page_of(ring()), "facts row")
    assert "涉及企业个数 companies 4" in said and "担保贷款/净资产 guaranteed balance / net assets 0.0%" in said
    assert "等级 grade 不详 unknown" in said
    assert "缺口：无财务数据企业数 gap: companies without financials 1" in said


def test_names_that_are_markup_stay_text():
    page = page_of(ring(HOSTILE))
    assert HOSTILE not in page and "&lt;img src=x" in page


def test_a_cycle_between_groups_is_drawn_as_a_cycle_of_groups():
    """A guarantees B1, B2 of the same group guarantees C, C guarantees A: a cycle only where the group is one."""
    book = Book().company("B1", name="乙一", group_id="G").company("B2", name="乙二", group_id="G")
    book.guarantee("A", "B1", 10).guarantee("B2", "C", 10).guarantee("C", "A", 10)
    page = page_of(book)
    nodes, edges = drawn(page)
    assert {(edge["from"][-2:], edge["to"][-2:]) for edge in edges} == {(":A", "B1"), ("B2", ":C"), (":C", ":A")}
    assert {node["color"]["border"] for node in nodes if node["id"].startswith("company:")} == {RING}
    assert {edge["color"]["color"] for edge in edges} == {RING}
    assert "相互循环担保" in page and "集团" in page


def test_a_circle_whose_parties_are_no_longer_shown_has_no_report():
    finding, _, _ = circle_of(ring())
    assert report_of(finding, Book().guarantee("A", "B").snapshot(), shipped()) is None


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_tables(
        folder / "tables",
        companies=["company_id,name", "A,甲公司", "B,乙公司"],
        guarantees=["contract_id,guarantor_id,borrower_id,amount,currency", "K1,A,B,8,CNY", "K2,B,A,6,CNY"],
        loans=["loan_id,borrower_id,balance,currency,five_class", "L1,A,30000000,CNY,次级"],
    )
    store = f"sqlite:///{folder}/book.db"
    for command in (["load", str(folder / "tables")], ["detect", "guarantee"]):
        assert CliRunner().invoke(app, [*command, "--store", store]).exit_code == 0
    return store


def test_both_commands_write_the_same_report_of_a_circle(url, tmp_path):
    told = CliRunner().invoke(app, ["guarantees", "list", "--format", "json", "--store", url]).output
    (circle,) = json.loads(told)["circles"]
    for place, command in enumerate((["guarantees", "show"], ["show"])):
        done = CliRunner().invoke(
            app, [*command, circle["id"], "--html", str(tmp_path / f"{place}.html"), "--store", url]
        )
        assert done.exit_code == 0 and circle["id"] in done.output
    first, other = ((tmp_path / f"{place}.html").read_text("utf-8") for place in range(2))
    for section in ("circle", "fall", "cut-plan", "facts row"):
        assert text_of(first, section) == text_of(other, section)
    assert "grade B3" in text_of(first, "circle")
    assert "担保圈贷款余额 loan balance 3000万元 CNY 30,000,000" in text_of(first, "facts row")
