"""The service as a team of investigators uses it: the queue in pages, one case, decisions, search, timelines, links."""

import json

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from ringfence.api.settings import Settings
from support.case_book import RING, write_newcomers, write_ring_book
from support.service import service
from typer.testing import CliRunner


class Book:
    """A store with a night's cases, a client that works on them, and the commands beside it."""

    def __init__(self, folder):
        self.folder, self.url = folder, f"sqlite:///{folder}/book.db"
        self.run("load", str(write_ring_book(folder / "book")))
        self.run("detect")
        self.client = service(self.url, "investigator")

    def run(self, *arguments):
        done = CliRunner().invoke(app, [*arguments, "--store", self.url])
        assert done.exit_code == 0, (arguments, done.output)
        return done.output

    def get(self, path, **params):
        told = self.client.get(f"/v1{path}", params=params)
        assert told.status_code == 200, told.text
        return told.json()

    def lines(self, *arguments):
        lines = self.run(*arguments, "--format", "jsonl").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def records(self, count):
        return AuditLog(Settings(store=self.url).audit_file).entries(count)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A book that is only asked."""
    return Book(tmp_path_factory.mktemp("read"))


@pytest.fixture
def book(tmp_path):
    """A book that is worked on."""
    return Book(tmp_path)


# -- lists


def test_cases_are_those_of_the_command_line_by_every_filter(read):
    for params, options in (
        ({}, ()),
        ({"colour": "yellow"}, ("--colour", "yellow")),
        ({"kind": ["fraud_ring", "velocity"]}, ("--kind", "fraud_ring", "--kind", "velocity")),
        ({"detector": "fraud-ring"}, ("--detector", "fraud-ring")),
        ({"min_amount": 1000}, ("--min-amount", "1000")),
        ({"new": True}, ("--new",)),
        ({"state": "gone"}, ("--state", "gone")),
        ({"sort": "people"}, ("--sort", "people")),
        ({"from_date": "2030-01-01"}, ("--from", "2030-01-01")),
    ):
        told = read.get("/cases", **params)
        expected = read.lines("case", "list", *options)
        assert (told["cases"], told["total"]) == (expected, len(expected)), params
    assert len(read.get("/cases")["cases"]) == 2


def test_findings_narrowed_are_those_of_the_command_line_and_hold_evidence_where_asked(read):
    for params, options in (
        ({}, ()),
        ({"colour": ["yellow", "blue"]}, ("--colour", "yellow", "--colour", "blue")),
        ({"kind": "guarantee_cycle"}, ("--kind", "guarantee_cycle")),
        ({"sort": "people"}, ("--sort", "people")),
        ({"new_since": "1"}, ("--new-since", "1")),
    ):
        expected = read.lines("findings", *options)
        assert read.get("/findings", evidence=True, **params)["findings"] == expected, params
        assert read.get("/findings", **params)["findings"] == [{**one, "evidence": None} for one in expected], params


@pytest.mark.parametrize("path", ["/cases", "/findings"])
def test_cursors_lead_through_the_whole_list(read, path):
    name = path.removeprefix("/")
    whole = read.get(path)[name]
    pages, cursor = [], {}
    while cursor is not None:
        page = read.get(path, limit=1, **cursor)
        pages += page[name]
        cursor = {"cursor": page["next"]} if page["next"] else None
    assert pages == whole and len(whole) >= 2


def test_a_cursor_stays_with_its_batch_and_misses_nothing_where_a_case_is_closed_meanwhile(book):
    whole = book.get("/cases")["cases"]
    page = book.get("/cases", limit=1)
    findings = book.get("/findings", limit=1)
    rest = book.get("/findings", limit=100, cursor=findings["next"])["findings"]
    assert book.client.post(f"/v1/cases/{whole[0]['id']}/closings", json={"reason": "known"}).status_code == 201
    book.run("load", str(write_newcomers(book.folder / "next", "D-RING")))
    book.run("detect")
    behind = book.get("/cases", limit=1, cursor=page["next"])
    assert [case["id"] for case in behind["cases"]] == [whole[1]["id"]]
    assert book.get("/findings", cursor=findings["next"])["findings"] == rest


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsMl0=", "é", "W1sxLDJdLDFd"])
def test_what_is_no_cursor_is_refused(read, cursor):
    told = read.client.get("/v1/cases", params={"cursor": cursor})
    assert (told.status_code, told.json()["detail"].partition(":")[0]) == (400, "the cursor is none that a page gave")


# -- one case


def test_what_is_decided_over_http_is_what_the_command_line_shows_and_who_it_was(book):
    case = book.get("/cases")["cases"][0]
    address = f"/v1/cases/{case['id'][:8]}"
    posts = (
        ("verdicts", {"verdict": "confirmed", "reason": "one handset"}),
        ("notes", {"text": "called the employer"}),
        ("assignments", {"name": "li.na"}),
        ("closings", {"reason": "handed over"}),
    )
    for what, body in posts:
        told = book.client.post(f"{address}/{what}", json=body)
        assert told.status_code == 201, told.text
    (shown,) = book.lines("case", "list", "--state", "closed")
    assert shown == book.get(f"/cases/{case['id']}")
    assert (shown["assigned"], shown["verdict"]["verdict"], shown["closed"]) == ("li.na", "confirmed", True)
    records = [row for row in book.records(20) if row["action"].startswith("api.") and row["reason"]]
    assert {row["reason"] for row in records} == {"one handset", "handed over"}
    actor = records[0]["actor"]
    assert {entry["by"] for entry in shown["entries"]} == {actor} and actor.startswith("test ")
    book.run("detect")
    assert book.get("/cases", state="closed")["cases"][0]["colour"] in ("orange", "red")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("verdicts", {"verdict": "guilty", "reason": "x"}),
        ("verdicts", {"verdict": "confirmed", "reason": "  "}),
        ("verdicts", {"verdict": "confirmed"}),
        ("notes", {"text": ""}),
        ("notes", {"text": "x", "by": "somebody else"}),
        ("closings", {}),
    ],
)
def test_what_says_too_little_or_more_than_it_may_changes_nothing(read, what, body):
    case = read.get("/cases")["cases"][0]
    told = read.client.post(f"/v1/cases/{case['id']}/{what}", json=body)
    assert (told.status_code, told.headers["content-type"]) == (422, "application/problem+json")
    assert read.get(f"/cases/{case['id']}")["entries"] == []


def test_an_unknown_case_is_not_found(read):
    for address in ("/cases/ffff", "/cases/ffff/timeline"):
        assert read.client.get(f"/v1{address}").status_code == 404


# -- timelines


def test_a_timeline_holds_the_dated_rows_of_a_node_in_order(read):
    told = read.get(f"/nodes/applicant:{RING[0]}/timeline")
    times = [event["at"] for event in told["events"]]
    assert times == sorted(times) and len(times) >= 2 and told["truncated"] == []
    assert {event["relation"] for event in told["events"]} >= {"APPLIED"}
    named = {node["node"] for node in told["nodes"]}
    assert all({event["source"], event["target"]} <= named for event in told["events"])
    latest = read.get(f"/nodes/applicant:{RING[0]}/timeline", limit=1)
    assert latest["events"] == told["events"][-1:]
    assert latest["truncated"] == [{"bound": "limit", "limit": 1, "skipped": len(times) - 1, "could_change": False}]
    assert read.get(f"/nodes/applicant:{RING[0]}/timeline", to_date="2000-01-01")["events"] == []


def test_the_timeline_of_a_case_is_that_of_its_people(read):
    case = read.get("/cases")["cases"][0]
    told = read.get(f"/cases/{case['id']}/timeline", limit=2000)
    own = [event["uid"] for node in case["people"] for event in read.get(f"/nodes/{node}/timeline")["events"]]
    assert {event["uid"] for event in told["events"]} == set(own)


# -- links


def test_all_shortest_links_between_two_and_between_groups(read):
    one, other, third = (f"applicant:{key}" for key in RING[:3])
    single = read.get("/paths", **{"from": one, "to": other})
    told = read.get("/paths/all", **{"from": one, "to": other})
    assert (told["hops"], told["found"]) == (single["hops"], len(told["paths"]))
    assert [node["node"] for node in single["nodes"]] in told["paths"]
    group = read.get("/paths/all", **{"from": [one, third], "to": other})
    assert group["from"] == [one, third] and group["found"] >= told["found"]
    few = read.get("/paths/all", **{"from": [one, third], "to": other, "limit": 1})
    assert len(few["paths"]) == 1 and few["found"] == group["found"]
    assert few["truncated"] == (
        []
        if group["found"] == 1
        else [{"bound": "limit", "limit": 1, "skipped": group["found"] - 1, "could_change": False}]
    )
    record = next(row for row in read.records(3) if row["action"] == "api.all_paths")
    assert record["subject"] == f"{one} {third} {other}"


def test_a_node_on_both_sides_is_refused(read):
    told = read.client.get("/v1/paths/all", params={"from": "applicant:R0", "to": ["applicant:R0", "applicant:R1"]})
    assert told.status_code == 400 and "both sides" in told.json()["detail"]


def test_why_of_one_and_of_two_is_what_the_command_line_says(read):
    one, other = (f"applicant:{key}" for key in RING[:2])
    assert read.get("/why", node=one) == json.loads(read.run("why", one, "--format", "json"))
    assert read.get("/why", node=one, other=other) == json.loads(read.run("why", one, other, "--format", "json"))


# -- search


def test_a_search_finds_by_key_mask_and_name(read):
    assert read.get("/search", q="R0")["nodes"][0]["node"] == "applicant:R0"
    assert [node["node"] for node in read.get("/search", q="company:C1")["nodes"]] == ["company:C1"]
    (phone,) = read.get("/search", q="13700000003")["nodes"]
    assert (phone["kind"], phone["label"], phone["by"]) == ("phone", "137****0003", "key")
    token = phone["node"].partition(":")[2]
    assert [node["node"] for node in read.get("/search", q=token)["nodes"]] == [phone["node"]]
    for text in ("137****0003", "phone:137*0003"):
        assert [(one["node"], one["by"]) for one in read.get("/search", q=text)["nodes"]] == [(phone["node"], "mask")]
    tail = read.get("/search", q="*0003", limit=1)
    labels = {node["label"] for node in read.get("/search", q="*0003")["nodes"]}
    assert tail["found"] == len(labels) > 1 and {label[-4:] for label in labels} == {"0003"}
    assert tail["truncated"] == [{"bound": "limit", "limit": 1, "skipped": len(labels) - 1, "could_change": True}]
    assert [(one["node"], one["by"]) for one in read.get("/search", q="乙公")["nodes"]] == [("company:C1", "name")]
    assert read.get("/search", q="丁公司")["found"] == 0


def test_what_was_sought_is_on_record_as_a_token_alone(read):
    read.get("/search", q="13700000003")
    read.get("/search", q="13700000004")
    read.get("/search", q=" 13700000003 ")
    one, other, again = (row for row in read.records(3) if row["action"] == "api.search")
    assert one["subject"] == again["subject"] != other["subject"]
    assert "1370000" not in json.dumps([one, other, again])


def test_too_little_of_a_mask_is_refused(read):
    for text in ("*", "**7", "*78"):
        assert read.client.get("/v1/search", params={"q": text}).status_code == 400
