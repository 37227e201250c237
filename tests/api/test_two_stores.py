"""The same commands and requests on an embedded store and on Neo4j answer alike, under one key file."""

import json
from pathlib import Path

import pytest
from support.book import ringfence, write_book
from support.neo4j_server import empty_database
from support.service import service
from support.two_stores import cases, fill, found, state

TESTS = Path(__file__).resolve().parents[1]
SAMPLE = TESTS / "data" / "finbench-driver-example"


@pytest.mark.soak
def test_the_finbench_sample_gives_the_same_findings_from_both(neo4j_url, tmp_path):
    embedded = f"sqlite:///{tmp_path}/finbench.db"
    for url in (embedded, neo4j_url):
        fill(url, tmp_path, str(SAMPLE), "--mapping", "finbench")
    assert state(neo4j_url, tmp_path) == state(embedded, tmp_path)
    assert len(found(embedded, tmp_path).splitlines()) > 50
    assert found(neo4j_url, tmp_path) == found(embedded, tmp_path)


def test_the_guarantee_circle_gives_the_same_findings_from_both(neo4j_url, tmp_path):
    embedded = f"sqlite:///{tmp_path}/circle.db"
    for url in (embedded, neo4j_url):
        fill(url, tmp_path, str(TESTS / "data" / "guarantee-circle"))
    assert len(found(embedded, tmp_path).splitlines()) == 6
    assert found(neo4j_url, tmp_path) == found(embedded, tmp_path)
    assert len(cases(embedded, tmp_path)) == 1
    assert cases(neo4j_url, tmp_path) == cases(embedded, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_book_of_twenty_thousand_applicants_gives_the_same_findings_from_both(seed, neo4j_url, tmp_path):
    made = ringfence("sample", "book", "--applicants", "20000", "--seed", str(seed), cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    embedded = f"sqlite:///{tmp_path}/book.db"
    for url in (embedded, neo4j_url):
        fill(url, tmp_path, "book")
    assert state(neo4j_url, tmp_path) == state(embedded, tmp_path)
    ours = found(embedded, tmp_path)
    kinds = {json.loads(line)["kind"] for line in ours.splitlines()}
    assert "fraud_ring" in kinds and "guarantee_cycle" in kinds, kinds
    assert len(ours.splitlines()) > 50
    assert found(neo4j_url, tmp_path) == ours


@pytest.fixture(scope="module")
def both(neo4j_server, tmp_path_factory):
    """The little book in a store of each kind, and the folder of the first."""
    folder = tmp_path_factory.mktemp("both")
    write_book(folder / "tables")
    empty_database(neo4j_server)
    urls = (f"sqlite:///{folder}/book.db", neo4j_server)
    for url in urls:
        fill(url, folder, "tables")
    return folder, urls


@pytest.mark.parametrize(
    "command",
    [
        ("show", "4c"),
        ("findings", "--format", "csv"),
        ("path", "applicant:A1", "applicant:A2", "--format", "json"),
        ("path", "applicant:A3", "applicant:A4"),
        ("path", "company:C1", "company:C6"),
        ("path", "company:C1", "company:nobody"),
        ("path", "company:C1", "company:C2", "--in-time"),
        ("token", "phone"),
    ],
)
def test_commands_answer_alike(both, command):
    folder, urls = both
    one, other = (ringfence(*command, "--store", url, cwd=folder, stdin="13812345678\n") for url in urls)
    assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)


@pytest.mark.parametrize(
    "route",
    [
        "/v1/health",
        "/v1/findings",
        "/v1/nodes/company:C1",
        "/v1/nodes/phone:13812345678",
        "/v1/nodes/company:粤%2F2024:07/neighbourhood?hops=2",
        "/v1/nodes/applicant:A3/neighbourhood?as_of=2026-01-05T12:00:00",
        "/v1/paths?from=applicant:A1&to=applicant:A2",
        "/v1/paths?from=company:C2&to=company:C1&directed=true",
        "/v1/nodes/company:nobody",
    ],
)
def test_the_service_answers_alike(both, route):
    answers = []
    for url in both[1]:
        with service(url) as client:
            answer = client.get(route).json()
            for run in answer.get("runs", ()):
                del run["seconds"], run["cpu_seconds"]
            answers.append(answer)
    assert answers[0] == answers[1]
