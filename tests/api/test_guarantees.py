"""Guarantee circles on the command line and over HTTP: one answer, as lines, JSON, CSV and a workbook."""

import csv
import io
import json

import openpyxl
import pytest
from ringfence.api.cli import app
from ringfence.api.services.guarantees import circles, near
from ringfence.api.services.reader import Reader
from ringfence.api.settings import Settings
from support.case_book import write_tables
from support.service import service
from typer.testing import CliRunner


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The store of a pair that grew to three in March, with a name that looks like a formula."""
    folder = tmp_path_factory.mktemp("circles")
    write_tables(
        folder / "tables",
        companies=["company_id,name", "A,=1+1甲公司", "B,乙公司", "C,丙公司"],
        guarantees=[
            "contract_id,guarantor_id,borrower_id,amount,currency,start_date",
            "K1,A,B,8,CNY,2026-01-01",
            "K2,B,A,6,CNY,2026-01-01",
            "K3,B,C,5,CNY,2026-03-01",
            "K4,C,A,5,CNY,2026-03-01",
        ],
        loans=[
            "loan_id,borrower_id,lender,currency,balance,five_class,dpd,disbursed_at,status_date,enhancer",
            "L1,A,工行,CNY,30000000,正常,0,2026-01-05,2026-01-05,",
            "L2,B,建行,CNY,70000000,关注,10,2026-06-01,2026-06-01,华信担保",
        ],
    )
    store = f"sqlite:///{folder}/book.db"
    assert CliRunner().invoke(app, ["load", str(folder / "tables"), "--store", store]).exit_code == 0
    return store


@pytest.fixture
def run(url):
    def command(*arguments):
        done = CliRunner().invoke(app, ["guarantees", *arguments, "--store", url])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    return command


def test_list_and_show_and_the_routes_give_one_answer(run, url):
    told = json.loads(run("list", "--format", "json"))
    (circle,) = told["circles"]
    assert (circle["parties"], circle["balance"], circle["grade"]) == (3, 100_000_000, "A2")
    assert circle["id"][:8] in run("list") and "A2" in run("list")
    shown = json.loads(run("show", circle["id"][:6], "--format", "json"))
    with service(url) as client:
        assert client.get("/v1/guarantees").json() == told
        assert client.get(f"/v1/guarantees/{circle['id']}").json() == shown
        for name in ("table", "portfolio"):
            assert client.get(f"/v1/guarantees/{name}").json() == json.loads(run(name, "--format", "json"))
        since = {"since": "2026-02-01"}
        changed = json.loads(run("changes", "--since", "2026-02-01", "--format", "json"))
        assert client.get("/v1/guarantees/changes", params=since).json() == changed
        assert client.get("/v1/guarantees/0000").status_code == 404
        assert client.get("/v1/guarantees/changes", params={"since": "2027-01-01"}).status_code == 400


def test_what_became_of_the_pair(run):
    (change,) = json.loads(run("changes", "--since", "2026-02-01", "--format", "json"))["changes"]
    assert (change["change"], change["joined"], change["left"]) == ("grown", ["company:C"], [])
    assert "grown" in run("changes", "--since", "2026-02-01")


def test_the_table_is_csv_for_spreadsheets_and_a_workbook(run, tmp_path):
    text = run("table", "--format", "csv")
    assert text.startswith("\ufeff担保圈编号,担保圈名称")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["担保圈名称"].startswith("乙公司") and row["担保圈贷款余额"] == "100000000.0"
    run("table", "--format", "xlsx", "--output", str(tmp_path / "t.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["担保圈统计表", "规模分档", "合计"]
    header, line = book["担保圈统计表"].iter_rows(values_only=True)
    assert dict(zip(header, line, strict=True))["等级"] == "A2"


def test_the_table_in_words_ties_out(run):
    lines = run("table")
    assert "圈内贷款余额" in lines and "100,000,000" in lines


def test_the_portfolio_is_blocked_at_the_limit(run):
    assert run("portfolio").startswith("block: 70,000,000 of 100,000,000 is enhanced, 70.0%, in CNY; limit 50.0%")
    assert "the limit was reached on 2026-06-01" in run("portfolio")


def test_show_tells_in_both_languages(run):
    (circle,) = json.loads(run("list", "--format", "json"))["circles"]
    lines = run("show", circle["id"])
    assert "担保圈3户" in lines and "a guarantee circle of 3 parties" in lines and "circulating_share" in lines


def test_a_circle_that_is_none_is_said(url):
    done = CliRunner().invoke(app, ["guarantees", "show", "0000", "--store", url])
    assert done.exit_code == 2 and "no guarantee circle '0000'" in done.stderr


def test_circles_are_worked_out_once_for_a_snapshot_and_anew_for_the_next(tmp_path):
    tables = {"guarantees": ["contract_id,guarantor_id,borrower_id,amount", "K1,A,B,8", "K2,B,A,6"]}
    write_tables(tmp_path / "one", companies=["company_id", "A", "B", "C"], **tables)
    store = f"sqlite:///{tmp_path}/book.db"
    assert CliRunner().invoke(app, ["load", str(tmp_path / "one"), "--store", store]).exit_code == 0
    reader = Reader(Settings(store=store, audit=tmp_path / "audit.db"))
    first, _ = near(reader, circles(reader)["circles"][0]["id"])
    assert near(reader, first.findings[0].id)[0] is first
    tables["guarantees"] += ["K3,B,C,5", "K4,C,A,5"]
    write_tables(tmp_path / "two", companies=["company_id", "A", "B", "C"], **tables)
    assert CliRunner().invoke(app, ["load", str(tmp_path / "two"), "--store", store]).exit_code == 0
    assert [circle["parties"] for circle in circles(reader)["circles"]] == [3]
    reader.close()
