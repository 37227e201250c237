"""The queries of docs/cypher.md, as they stand there, on the little book with a flag and two transfers more."""

import os
import re

import pytest
from neo4j import GraphDatabase
from ringfence.graph.store.neo4j.connection import read_address
from ringfence.graph.times import parse_moment
from support.book import ringfence, write_book
from support.neo4j_server import empty_database

HEADING = re.compile(r"^## (\d+)\. ", re.M)
NOW = "2026-03-31T00:00:00+08:00"


@pytest.fixture(scope="module")
def queries(request):
    """The page's queries by their number."""
    page = (request.config.rootpath / "docs" / "cypher.md").read_text("utf-8")
    parts = HEADING.split(page)[1:]
    numbered = dict(zip(map(int, parts[::2]), parts[1::2], strict=True))
    return {number: re.search(r"```cypher\n(.*?)```", text, re.S).group(1) for number, text in numbered.items()}


@pytest.fixture(scope="module")
def url(neo4j_server, tmp_path_factory):
    """A store with the book, loaded in two parts: the second replaces a company's row and adds a flag."""
    empty_database(neo4j_server)
    folder = tmp_path_factory.mktemp("cypher")
    write_book(folder / "tables")
    with (folder / "tables" / "transfers.csv").open("a") as file:
        file.write("T2,9007199254740993,6222020000007654321,900,2026-03-16 08:00:00,transfer\n")
        file.write("T3,6222020000007654321,6222020000001111111,800,2026-03-14 08:00:00,transfer\n")
    (folder / "tables" / "flags.csv").write_text("entity_kind,entity_key,flag\napplicant,A1,blacklist\n")
    (folder / "later").mkdir()
    (folder / "later" / "companies.csv").write_text("company_id,net_assets,status_date\nC3,1,2026-03-20\n")
    for command in (("load", "tables"), ("detect", "--as-of", "2026-03-31"), ("load", "later")):
        done = ringfence(*command, "--store", neo4j_server, cwd=folder)
        assert done.returncode == 0, done.stderr
    return neo4j_server


@pytest.fixture
def ask(queries, url):
    """Runs a query of the page by its number."""
    address = read_address(url)
    auth = (address.user, os.environ["RINGFENCE_NEO4J_PASSWORD"])
    with GraphDatabase.driver(address.server, auth=auth, notifications_min_severity="OFF") as driver:

        def asked(number, **parameters):
            at = {"at": at_time(NOW)} | parameters
            return [record.data() for record in driver.execute_query(queries[number], at, database_="neo4j").records]

        yield asked


def at_time(text):
    from neo4j.time import DateTime

    return DateTime.from_iso_format(text)


def test_there_are_ten_questions(queries):
    assert list(queries) == list(range(1, 11))


def test_1_the_loads_that_stand(ask):
    rows = ask(1)
    assert [(row["load"], row["revision"], row["source"]) for row in rows] == [(1, 1, "tables"), (2, 2, "later")]
    assert rows[0]["data_date"].to_native().timestamp() * 1000 == parse_moment("2026-03-16 08:00:00")


def test_2_guarantees_in_force(ask):
    rows = ask(2)
    assert [row["contract"] for row in rows] == ["G1", "G2", "G3", "G4", "G5", "G6"]
    assert rows[0] == {"guarantor": "company:C1", "borrower": "company:C2", "contract": "G1", "amount": 5_000_000}
    earlier = ask(2, at=at_time("2024-06-01T00:00:00+08:00"))
    assert [row["contract"] for row in earlier] == ["G10", "G11", "G7", "G8", "G9"]


def test_3_shared_phones(ask):
    assert ask(3) == [{"phone": "138****5678", "people": ["applicant:A1", "applicant:A2"]}]


def test_4_a_link(ask):
    (row,) = ask(4, one="applicant:A1", other="applicant:A2")
    assert row["nodes"] == ["Applicant applicant:A1", "Phone 138****5678", "Applicant applicant:A2"]
    assert row["relations"] == ["HAS_PHONE", "HAS_PHONE"]
    assert ask(4, one="applicant:A1", other="applicant:A3") == []


def test_5_members_of_findings(ask):
    rows = ask(5, detector="guarantee")
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    cycle = next(row for row in rows if row["kind"] == "guarantee_cycle")
    assert sorted(cycle["members"]) == ["party company:C1", "party company:C2", "party company:C3"]


def test_6_rows_that_prove_a_finding(ask):
    cycle = next(row for row in ask(5, detector="guarantee") if row["kind"] == "guarantee_cycle")
    rows = ask(6, finding=cycle["finding"])
    assert [(row["guarantor"], row["borrower"], row["file"], row["row"]) for row in rows] == [
        ("company:C1", "company:C2", "guarantees.csv", 2),
        ("company:C2", "company:C3", "guarantees.csv", 3),
        ("company:C3", "company:C1", "guarantees.csv", 4),
    ]


def test_7_versions_of_a_company(ask):
    rows = ask(7, company="company:C3")
    assert [(row["source"], row["row"]) for row in rows] == [("later", 2), ("tables", 4)]
    assert '"net_assets":1' in rows[0]["data"].replace(" ", "") and "丙公司" in rows[1]["data"]


def test_8_companies_in_a_ring_by_their_latest_values(ask):
    rows = ask(8, least=7_000_000)
    assert [(row["company"], row["net_assets"], row["shortest_ring"]) for row in rows] == [
        ("乙公司", 8_000_000, 3),
        ("甲公司", 10_000_000, 3),
    ]
    assert len(ask(8, least=1)) == 3 and len(ask(8, least=2)) == 2, "丙公司's later row counts"


def test_9_money_along_ascending_times(ask, url, tmp_path):
    name = ringfence("token", "account", "--store", url, cwd=tmp_path, stdin="6222020000001234567\n").stdout.strip()
    rows = ask(9, account=name)
    assert [(row["account"], row["steps"], row["amounts"]) for row in rows] == [
        ("****0993", 1, [1000.5]),
        ("****4321", 2, [1000.5, 900.0]),
    ]


def test_10_near_the_blacklist(ask):
    assert ask(10) == [{"blacklisted": "applicant:A1", "by": "Phone", "value": "138****5678", "near": ["applicant:A2"]}]
