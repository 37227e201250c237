"""LDBC FinBench's own sample, from its files to the service, by the commands a user would type."""

import gzip
import json
from pathlib import Path

import pytest
from support.book import ringfence
from support.service import service

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "finbench-driver-example"


def column(table, place):
    """A column of one of the sample's files, as text."""
    with gzip.open(SAMPLE / "data" / f"{table}.csv.gz", "rt", encoding="utf-8") as file:
        return [line.split("|")[place].strip() for line in file][1:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder whose ``ringfence.db`` holds the sample, with the detectors run on it."""
    folder = tmp_path_factory.mktemp("finbench")
    for command in (("load", str(SAMPLE), "--mapping", "finbench"), ("detect",)):
        done = ringfence(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def client(folder):
    """A client of the service over the sample."""
    with service(f"sqlite:///{folder / 'ringfence.db'}") as client:
        yield client


def test_status_counts_the_sample_and_its_173_dangling_owners(folder):
    state = json.loads(ringfence("status", "--format", "json", cwd=folder).stdout)
    assert state["nodes"] == {"account": 6200, "applicant": 1957, "company": 967, "device": 1464, "loan": 3465}
    assert state["relations"]["SIGNED_IN"] == 5146 and state["relations"]["TRANSFERRED"] == 37861 + 42069
    assert {(reject["reason"], reject["level"], reject["rows"]) for reject in state["rejects"]} == {
        ("unknown_applicant", "row", 95),
        ("unknown_company", "row", 78),
    }


def test_findings_hold_no_circle_and_the_longest_chains_of_each_book(folder):
    lines = ringfence("findings", "--format", "jsonl", cwd=folder).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert {finding["kind"] for finding in found} <= {"guarantee_chain", "guarantee_joint", "guarantee_over"}
    longest = {"applicant": 0, "company": 0}
    for finding in found:
        if finding["kind"] == "guarantee_chain":
            kind = finding["members"][0]["node"].partition(":")[0]
            longest[kind] = max(longest[kind], finding["measures"]["longest_chain"])
    assert longest == {"applicant": 7, "company": 8}


def test_ids_beyond_2_to_the_53_stay_exact_and_ids_of_two_kinds_apart(client):
    accounts, owners = column("Account", 0), {kind: column(kind, 0) for kind in ("Person", "Company")}
    long = [key for key in accounts if int(key) > 2**53][:20]
    assert len(long) == 20
    for key in long:
        assert client.get(f"/v1/nodes/account:{key}").json()["node"] == f"account:{key}"
    both = sorted(set(owners["Person"]) & set(owners["Company"]), key=int)[:5]
    assert both, "the sample has ids that are both a person and a company"
    for key in both:
        person = client.get(f"/v1/nodes/applicant:{key}").json()
        company = client.get(f"/v1/nodes/company:{key}").json()
        assert {fact["table"] for fact in person["facts"]} & {"applicants"}
        assert {fact["table"] for fact in company["facts"]} & {"companies"}
        assert person["label"] != company["label"]


def test_a_device_of_two_accounts_links_them(client):
    accounts_of: dict[str, set[str]] = {}
    for device, account in zip(column("MediumSignInAccount", 0), column("MediumSignInAccount", 1), strict=True):
        accounts_of.setdefault(device, set()).add(account)
    device, pair = next((device, sorted(pair)) for device, pair in accounts_of.items() if len(pair) == 2)
    around = client.get(f"/v1/nodes/device:{device}/neighbourhood").json()
    assert {node["node"] for node in around["nodes"]} == {f"device:{device}", *(f"account:{key}" for key in pair)}
    ends = {"from": f"account:{pair[0]}", "to": f"account:{pair[1]}"}
    path = client.get("/v1/paths", params=ends).json()
    assert path["found"] and path["hops"] <= 2
