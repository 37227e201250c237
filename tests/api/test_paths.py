"""``ringfence path`` and ``GET /v1/paths`` as people meet them, on a store of each kind.

A1 to A3 pay one another; a phone, a card, a device and addresses are invalid or on the stop-list, so they link no one.
"""

import json

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from support.book import ringfence
from support.neo4j_server import empty_database
from support.service import service
from support.stores import STORES
from typer.testing import CliRunner

TABLES = {
    "applicants": """applicant_id,name,mobile,bank_card_no
A1,张三,1381234,6222020000000001
A2,李四,13800138000,6222020000000002
A3,王五,13900001111,6222****1234
A4,赵六,13900001111,6222020000000004
A5,钱七,13900005555,
""",
    "applications": """apply_no,applicant_id,apply_time,device_id,ip
P1,A1,2026-01-01,000000000000000,10.0.0.1
""",
    "transfers": """transfer_id,from_account,to_account,amount,time
T1,6222020000000001,6222020000000009,100,2026-01-05 10:00:00
T2,6222020000000009,6222020000000002,90,2026-01-05 10:00:00
T3,6222020000000009,6222020000000002,50,2026-01-04 10:00:00
T4,6222020000000002,6222020000000004,40,2026-01-03 10:00:00
T5,6222020000000004,6222****1234,30,2026-01-06 10:00:00
""",
    "loans": """loan_id,borrower_id,amount,disbursed_at,account_no
L4,A4,2000,2026-01-02,6222020000000009
""",
    "repayments": """loan_id,payer_account,amount,time
L4,6222020000000001,5,2026-02-02
""",
}
AS_OF = "as of 2026-02-02T00:00:00+08:00"


@pytest.fixture(scope="module", params=STORES)
def url(request, tmp_path_factory):
    """The book in a store of each kind."""
    folder = tmp_path_factory.mktemp("paths")
    url = f"sqlite:///{folder}/book.db"
    if request.param == "neo4j":
        url = request.getfixturevalue("neo4j_server")
        empty_database(url)
    (folder / "tables").mkdir()
    for name, text in TABLES.items():
        (folder / "tables" / f"{name}.csv").write_text(text, "utf-8")
    done = ringfence("load", "tables", "--store", url, cwd=folder)
    assert done.returncode == 0, done.stderr
    return url


@pytest.fixture
def run(url, tmp_path, monkeypatch):
    """Ask by the command line: the lines it prints."""
    monkeypatch.setenv("RINGFENCE_AUDIT", str(tmp_path / "audit.db"))

    def command(*arguments):
        done = CliRunner().invoke(app, ["path", *arguments, "--store", url])
        assert done.exit_code == 0, done.output
        return done.stdout.splitlines()

    return command


@pytest.fixture
def get(url, tmp_path):
    """Ask the service."""
    with service(url, audit=str(tmp_path / "audit.db")) as client:
        yield lambda **params: client.get("/v1/paths", params=params)


def test_no_link_says_what_of_each_end_links_no_one(run):
    assert run("applicant:A1", "applicant:A5") == [
        f"no link found between applicant:A1 and applicant:A5 within 6 hops, {AS_OF}",
        "among the ties that link there is none of any length; one may lie behind those that do not:",
        "of applicant:A1 3 ties link no one and were not followed: "
        "1 USED_DEVICE (sentinel), 1 USED_IP (sentinel), 1 HAS_PHONE (invalid)",
    ]


def test_a_link_says_it_too(run):
    first, *_, told = run("applicant:A3", "applicant:A4")
    assert first == f"linked by 2 relationships, {AS_OF}"
    assert told == "of applicant:A4 1 tie links no one and was not followed: 1 TRANSFERRED (invalid)"


def test_no_link_says_what_was_met_between_the_ends_and_which_bound_bit(run):
    assert run("applicant:A5", "applicant:A2", "--max-hops", "1")[1:] == [
        "of applicant:A2 1 tie links no one and was not followed: 1 HAS_PHONE (sentinel)",
        "cut short: max_hops limit 1: some left out, the answer could change",
    ]


def test_money_is_followed_in_its_direction_with_amounts_and_times(run):
    first, start, own, paid, passed, end = run("applicant:A1", "applicant:A2", "--directed")
    assert first == f"directed path of 4 relationships, {AS_OF}"
    assert start == "applicant:A1 张*" and "──OWNS──▶ account:tok_" in own
    assert "──TRANSFERRED──▶" in paid and "100 at 2026-01-05T10:00:00+08:00  (transfers.csv, row 2)" in paid
    assert "──TRANSFERRED──▶" in passed and "◀──OWNS── applicant:A2 李*" in end
    assert run("applicant:A2", "applicant:A1", "--directed") == [
        f"no directed path found from applicant:A2 to applicant:A1 within 6 hops, {AS_OF}",
        "nothing was left out: there is no longer directed path either",
    ]


def test_in_order_of_time_no_event_comes_before_the_one_ahead_of_it(run):
    first, *_, passed, _, told = run("applicant:A1", "applicant:A2", "--in-time")
    assert first == f"time-ordered path of 4 relationships, {AS_OF}"
    assert "90 at 2026-01-05T10:00:00+08:00" in passed, "T3 is too early"
    assert told == "1 at the same instant as the event before: which was first is not known"
    card = "account:6222020000000004"
    assert len(run("applicant:A1", card, "--directed")) == 6
    none, why = run("applicant:A1", card, "--in-time")
    assert none.startswith("no time-ordered path found from applicant:A1 to account:tok_")
    assert why == "nothing was left out: there is no longer time-ordered path either"


def test_of_money_only_what_it_could_have_gone_by_is_told(run):
    assert run("applicant:A4", "applicant:A3", "--directed")[1:] == [
        "among the ties that link there is none of any length; one may lie behind those that do not:",
        "of applicant:A4 1 tie links no one and was not followed: 1 TRANSFERRED (invalid)",
        "of applicant:A3 1 tie links no one and was not followed: 1 OWNS (invalid)",
    ]


@pytest.mark.parametrize(
    ("options", "params"),
    [((), {}), (("--directed",), {"directed": True}), (("--in-time",), {"in_time": True})],
)
@pytest.mark.parametrize("ends", [("A1", "A2"), ("A2", "A1"), ("A4", "A3"), ("A1", "A4")])
def test_the_service_and_the_command_line_answer_alike(run, get, ends, options, params):
    one, other = (f"applicant:{end}" for end in ends)
    answer = get(**{"from": one, "to": other}, **params).json()
    assert answer == json.loads("\n".join(run(one, other, *options, "--format", "json")))
    assert (answer["directed"], answer["in_time"]) == (bool(params), "in_time" in params)


def test_the_service_counts_what_was_not_followed_and_events_at_one_instant(get):
    none = get(**{"from": "applicant:A1", "to": "applicant:A5"}).json()
    assert none["not_followed"] == [
        {"node": "applicant:A1", "relation": "USED_DEVICE", "why": "sentinel", "count": 1},
        {"node": "applicant:A1", "relation": "USED_IP", "why": "sentinel", "count": 1},
        {"node": "applicant:A1", "relation": "HAS_PHONE", "why": "invalid", "count": 1},
    ]
    assert (none["found"], none["same_instant"], none["truncated"]) == (False, 0, [])
    found = get(**{"from": "applicant:A1", "to": "applicant:A2"}, in_time=True).json()
    assert (found["hops"], found["same_instant"], found["not_followed"]) == (4, 1, [])
    assert [step["data"].get("transfer_id") for step in found["relationships"]] == [None, "T1", "T2", None]


def test_money_between_what_holds_none_is_refused_in_one_line(run, get):
    refused = get(**{"from": "applicant:A1", "to": "phone:13900005555"}, directed=True)
    assert refused.status_code == 400
    assert refused.json()["detail"] == (
        "money has no way from or to phone:139****5555: name two nodes of kind applicant, company, merchant, account "
        "or loan"
    )
    assert get(**{"from": "applicant:A1", "to": "applicant:A2"}, directed="perhaps").status_code == 422


def test_the_audit_says_how_it_was_asked(run, get, tmp_path):
    run("applicant:A1", "applicant:A2", "--in-time")
    get(**{"from": "applicant:A1", "to": "applicant:A2"}, in_time=True)
    served, asked = AuditLog(tmp_path / "audit.db").entries()
    assert (served["action"], served["detail"]) == ("api.paths", {"in_time": "true"})
    assert (asked["action"], asked["detail"]["in_time"]) == ("cli.path", True)
