"""A finding's evidence and a case's people as data: what is shown of whom, and where each row stands in the picture."""

import pytest
from support.book import ringfence
from support.case_book import write_ring_book
from support.service import service


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheet")
    write_ring_book(folder / "tables")
    assert ringfence("nightly", "tables", cwd=folder).returncode == 0
    with service(f"sqlite:///{folder / 'ringfence.db'}", "investigator") as client:
        yield client


def sheet(client, kind):
    found = client.get("/v1/findings", params={"kind": kind}).json()["findings"][0]
    return client.get(f"/v1/findings/{found['id']}/sheet").json()


def test_every_row_of_a_circle_stands_between_the_two_companies_it_names(client):
    found = sheet(client, "guarantee_cycle")
    assert [(row["source"]["name"], row["target"]["name"], row["amount"], row["on"]) for row in found["rows"]] == [
        ("甲公司", "乙公司", 1_000_000, ["company:C0", "company:C1"]),
        ("乙公司", "丙公司", 1_000_000, ["company:C1", "company:C2"]),
        ("丙公司", "甲公司", 1_000_000, ["company:C0", "company:C2"]),
    ]
    assert {node["id"] for node in found["picture"]["nodes"] if not node["id"].startswith("label:")} == {
        "company:C0", "company:C1", "company:C2",
    }  # fmt: skip


def test_a_row_of_what_a_picture_folds_away_stands_with_the_person_whose_it_is(client):
    found = sheet(client, "fraud_ring")
    drawn = {node["id"] for node in found["picture"]["nodes"]}
    assert not any(node.startswith("application:") for node in drawn)
    (row,) = [r for r in found["rows"] if r["relation"] == "USED_DEVICE" and r["source"]["node"] == "application:NR0"]
    assert "applicant:R0" in row["on"] and len(row["on"]) == 2 and set(row["on"]) <= drawn
    assert {member["name"] for member in found["members"]} == {"王*"}


def test_a_small_picture_folds_nothing_and_a_fold_that_it_does_not_have_is_refused(client):
    found = sheet(client, "fraud_ring")
    assert found["picture"]["folds"] == {}
    answer = client.get(f"/v1/findings/{found['id']}/sheet", params={"open": "fold:loan:applicant:R0"})
    assert answer.status_code == 400 and "nothing is folded" in answer.json()["detail"]


def test_a_page_of_evidence_is_a_file_of_its_own(client):
    found = client.get("/v1/findings", params={"kind": "fraud_ring"}).json()["findings"][0]
    answer = client.get(f"/v1/findings/{found['id']}/page")
    assert answer.headers["content-disposition"] == f'attachment; filename="{found["id"]}.html"'
    assert answer.text.startswith("<!DOCTYPE html>") and "团伙" in answer.text


def test_a_case_is_a_file_too_that_says_where_its_making_is_recorded(client):
    case = next(one for one in client.get("/v1/cases").json()["cases"] if "fraud_ring" in one["kinds"])
    page = client.get(f"/v1/cases/{case['id']}/page").text
    audit = client.app.state.reader.audit.entries()
    (made,) = [entry for entry in audit if entry["action"] == "api.case_file"]
    assert case["id"] in page and made["subject"] == case["id"]


def test_people_of_a_case_stand_by_what_they_owe(client):
    case = next(one for one in client.get("/v1/cases").json()["cases"] if "fraud_ring" in one["kinds"])
    people = client.get(f"/v1/cases/{case['id']}/people").json()["members"]
    assert [(one["node"], one["role"], one["amounts"][0]["balance"]) for one in people[:2]] == [
        ("applicant:R7", "member", 27_000), ("applicant:R6", "member", 26_000),
    ]  # fmt: skip


def test_a_case_is_put_off_over_the_service(client):
    case = client.get("/v1/cases").json()["cases"][0]
    path = f"/v1/cases/{case['id']}/snoozes"
    late = client.post(path, json={"until": "2020-01-01", "reason": "waits"})
    assert late.status_code == 400 and late.json()["detail"].endswith("name a later day")
    put_off = client.post(path, json={"until": "2030-01-01", "reason": "waits"}).json()
    assert put_off["snoozed"] == 1893427200000  # 1 January 2030 in Shanghai
    assert case["id"] not in {one["id"] for one in client.get("/v1/cases").json()["cases"]}


def test_who_asks_is_told_what_they_may_do(client):
    me = client.get("/v1/me").json()
    assert me["roles"] == ["investigator"]
    assert "cases.work" in me["actions"] and "jobs.run" not in me["actions"]
