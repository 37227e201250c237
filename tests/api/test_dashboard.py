"""The dashboard counts what the lists hold, and says null where nothing is known."""

import pytest
from support.book import ringfence
from support.case_book import write_ring_book
from support.service import service


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A book with a ring of eight and a circle of three, found last night, one case of which is decided."""
    folder = tmp_path_factory.mktemp("dashboard")
    write_ring_book(folder / "tables")
    for command in (("load", "tables"), ("detect",)):
        done = ringfence(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
    with service(f"sqlite:///{folder / 'ringfence.db'}") as client:
        yield client


def dashboard(client):
    answer = client.get("/v1/dashboard")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_counts_what_the_lists_hold(client):
    told = dashboard(client)
    cases = client.get("/v1/cases").json()["cases"]
    assert len(cases) > 0
    for colour, count in told["cases"]["open"].items():
        assert count == sum(case["colour"] == colour for case in cases)
    assert told["cases"]["new"] == len(cases)
    findings = client.get("/v1/findings").json()
    assert sum(sum(one["colours"].values()) for one in told["findings"]) == findings["total"]


def test_precision_is_the_confirmed_among_the_decided(client):
    assert {one["precision"] for one in dashboard(client)["verdicts"]} == {None}
    (ring,) = [case for case in client.get("/v1/cases").json()["cases"] if "fraud_ring" in case["kinds"]]
    for verdict, precision in (("confirmed", 1.0), ("unsure", None), ("innocent", 0.0)):
        given = {"verdict": verdict, "reason": "all repay from one account"}
        assert client.post(f"/v1/cases/{ring['id']}/verdicts", json=given).status_code == 201
        (row,) = [one for one in dashboard(client)["verdicts"] if one["colour"] == ring["colour"]]
        assert (row[verdict], row["precision"]) == (1, precision)


def test_the_guarantee_share_is_that_of_the_portfolio(client):
    assert dashboard(client)["portfolio"] == client.get("/v1/guarantees/portfolio").json()


def test_a_book_without_clusters_has_no_bad_rate(client):
    clusters = dashboard(client)["clusters"]
    assert clusters == {"found": 0, "households": 0, "bad_rate": None, "expected_rate": None}


def test_loads_and_what_they_could_not_use_are_told(client):
    health = dashboard(client)["health"]
    assert health["loads"][0]["load"] == 1
    assert health["last_run"]["detectors"]
    assert health["rejects"] == []
