"""Books that others made, loaded whole."""

import json
from pathlib import Path

import pandas as pd
import pytest
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.schema.mapping import load_mapping
from support.loading import adds_up

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def finbench(tmp_path_factory):
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('finbench')}/book.db")
    report = load(store, DATA / "finbench-driver-example" / "data", load_mapping("finbench"))
    yield store, report
    store.close()


def test_ldbc_sample_is_loaded_whole_but_for_owners_that_do_not_exist(finbench):
    store, report = finbench
    assert adds_up(report)
    nodes, relations = store.counts()
    assert nodes == {"account": 6200, "applicant": 1957, "company": 967, "device": 1464, "loan": 3465}
    assert relations == {
        "OWNS": 6200 - 173, "SIGNED_IN": 5146, "BORROWED": 3465, "DISBURSED_TO": 8481, "REPAID": 8398,
        "TRANSFERRED": 37861 + 42069, "GUARANTEES": 916 + 435, "HOLDS_SHARE": 1640 + 3394,
    }  # fmt: skip
    rejects = store.rejects()
    assert (rejects["level"] == "row").all()
    assert rejects.groupby(["file", "reason"]).size().to_dict() == {
        ("CompanyOwnAccount.csv.gz", "unknown_company"): 78,
        ("PersonOwnAccount.csv.gz", "unknown_applicant"): 95,
    }
    for reject in rejects.sample(20, random_state=1).to_dict("records"):
        file = pd.read_csv(find_one(reject["file"]), sep="|", dtype=str)
        assert file.iloc[reject["row"] - 2, 0] == reject["value"], reject


def find_one(name):
    return next(path for path in (DATA / "finbench-driver-example" / "data").iterdir() if path.name.startswith(name))


def test_ldbc_sample_holds_329_devices_of_two_accounts_310_of_them_with_two_known_owners(finbench):
    store, _ = finbench
    snapshot = store.snapshot()
    signed_in, owns = snapshot.edges("SIGNED_IN"), snapshot.edges("OWNS")
    owners = pd.DataFrame({"owner": owns.source, "account": owns.target})
    uses = pd.DataFrame({"device": signed_in.source, "account": signed_in.target}).drop_duplicates()
    accounts = uses.groupby("device")["account"].nunique()
    known = uses.merge(owners, on="account").groupby("device")["owner"].nunique()
    assert (accounts == 2).sum() == 329
    assert (known[accounts.index[accounts == 2]].fillna(0) == 2).sum() == 310


def test_ldbc_sample_keeps_long_ids_exact_and_persons_apart_from_companies_of_the_same_id(finbench):
    store, _ = finbench
    people = pd.read_csv(find_one("Person.csv"), sep="|", dtype=str)["personId"]
    companies = pd.read_csv(find_one("Company.csv"), sep="|", dtype=str)["companyId"]
    accounts = pd.read_csv(find_one("Account.csv"), sep="|", dtype=str)["accountId"]
    assert (accounts.astype(object).map(int) > 2**53).any()
    snapshot = store.snapshot()
    assert all(snapshot.find(f"account:{key}") is not None for key in accounts)
    both = set(people) & set(companies)
    assert both
    assert all(snapshot.find(f"applicant:{key}") != snapshot.find(f"company:{key}") for key in both)


def test_ldbc_sample_loaded_again_changes_nothing(finbench):
    store, first = finbench
    before = store.counts()
    report = load(store, DATA / "finbench-driver-example" / "data", load_mapping("finbench"))
    assert adds_up(report)
    for table, counts in report.tables.items():
        assert counts["used"] == 0, table
        assert counts["unchanged"] == first.tables[table]["used"], table
    assert store.counts() == before


def test_three_groups_of_shared_values_and_their_exposures(tmp_path):
    folder = DATA / "neo4j-bankfraud-gist"
    store = open_store(f"sqlite:///{tmp_path}/book.db")
    load(store, folder / "data", load_mapping(folder / "mapping.toml"))
    snapshot = store.snapshot()
    loans = snapshot.facts("loans").set_index("node")
    borrowed = snapshot.edges("BORROWED")
    limits = loans["credit_limit"].where(loans["product"] == "credit_card", loans["balance"])
    exposure = pd.Series(limits.loc[borrowed.target].to_numpy(), snapshot.names(borrowed.source)).groupby(level=0).sum()
    relations = {"address": "HAS_ADDRESS", "phone": "HAS_PHONE", "ssn": "HAS_ID"}
    for ring in json.loads((folder / "expected.json").read_text())["rings_by_shared_value"]:
        edges = snapshot.edges(relations[ring["attribute"]])
        users = pd.Series(snapshot.names(edges.source)).groupby(edges.target).agg(sorted)
        members = [f"applicant:{name}" for name in sorted(ring["members"])]
        assert [shared for shared in users if len(shared) > 1] == [members], ring["attribute"]
        assert exposure[members].sum() == pytest.approx(ring["financial_risk"]), ring["attribute"]
