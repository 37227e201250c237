"""One personal value in full: to whom it may be shown, for a stated reason, on record before it is shown."""

import json

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.graph.keys import load_key_file
from support.service import service

PHONE = "13812345678"
ASKED = {"node": "applicant:A2", "field": "mobile", "reason": "call back, case 7"}


@pytest.fixture(scope="module")
def client(store_url):
    with service(store_url, "investigator") as client:
        yield client


@pytest.fixture
def log(book):
    return AuditLog(book / "ringfence.db.audit.db")


def test_a_field_is_shown_in_full_and_its_reason_is_kept(client, log):
    told = client.post("/v1/reveal", json=ASKED)
    assert told.json() == {"node": "applicant:A2", "field": "mobile", "values": ["13812345678"]}
    (row,) = log.entries(1)
    assert (row["action"], row["subject"], row["reason"]) == (
        "api.revealed", "applicant:A2 mobile", "call back, case 7",
    )  # fmt: skip
    assert PHONE not in json.dumps(row)
    assert client.post("/v1/reveal", json=ASKED | {"field": "name"}).json()["values"] == ["欧阳锋"]


def test_what_an_identifier_stands_for_is_its_key(client, log):
    token = load_key_file().token("phone", "+86" + PHONE)
    told = client.post("/v1/reveal", json=ASKED | {"node": f"phone:{token}", "field": "key"})
    assert told.json()["values"][0].replace(" ", "") == PHONE
    raw = client.post("/v1/reveal", json=ASKED | {"node": f"phone:{PHONE}", "field": "key"})
    assert raw.json() == told.json() and log.entries(1)[0]["subject"] == f"phone:{token} key"


@pytest.mark.parametrize("role", ["viewer", "engineer", "auditor", "admin"])
def test_other_roles_may_not_and_that_they_tried_is_on_record(store_url, log, role):
    with service(store_url, role) as client:
        told = client.post("/v1/reveal", json=ASKED)
    assert told.status_code == 403 and "investigator, supervisor may" in told.json()["detail"]
    assert "锋" not in told.text and log.entries(1)[0]["detail"] == {"refused": True}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"reason": ""}, 422),
        ({"reason": "   "}, 400),
        ({"reason": None}, 422),
        ({"field": "mobile; DROP"}, 422),
        ({"field": "employer"}, 404),
        ({"field": "key"}, 404),
        ({"node": "applicant:NOBODY"}, 404),
        ({"node": "planet:Mars"}, 400),
        ({"node": 7}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_cannot_be_shown_is_a_problem_that_repeats_nothing(client, changed, status):
    told = client.post("/v1/reveal", json=ASKED | changed)
    assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")
    assert "5678" not in told.text


def test_the_command_shows_the_same_and_wants_a_reason(run, log):
    done = run("reveal", "applicant:A2", "mobile", "--reason", "call back")
    assert (done.exit_code, done.stdout) == (0, "13812345678\n")
    assert (log.entries(1)[0]["action"], log.entries(1)[0]["reason"]) == ("cli.reveal", "call back")
    assert run("reveal", "applicant:A2", "mobile", "--reason", " ").exit_code == 2
    assert run("reveal", "applicant:A2", "mobile").exit_code == 2
