"""Rows of one key: what they come to, in whichever order they stand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ringfence.loaders.schema.mapping import parse_mapping
from support.loading import LENIENT, PERSONAL, Loading, at


def test_rows_of_one_key_are_put_together_before_anything_is_missing(tmp_path):
    mapping = parse_mapping(
        """
        [privacy]
        default = "internal"
        [[file]]
        match = "ledger"
        table = "loans"
        [file.columns]
        loan_id = "no"
        amount = "sum"
        [[file]]
        match = "forms"
        table = "loans"
        [file.columns]
        loan_id = "loan"
        borrower_id = "who"
        [[file]]
        match = "people"
        table = "applicants"
        """,
        "two files",
        "two files",
    )
    loading = Loading(tmp_path, mapping)
    report = loading.load(
        people="applicant_id\nA1", ledger="no,sum\n" + "\n".join(f"L{i},{i}" for i in range(20)),
        forms="loan,who\n" + "\n".join(f"L{i},A1" for i in range(1, 20)),
    )  # fmt: skip
    assert report.tables["loans"] == {"read": 39, "used": 19, "unchanged": 0, "duplicate": 19, "rejected": 1}
    assert loading.rejects() == [("loans", "ledger.csv", 2, "borrower_id", "missing_required", "row")]
    assert loading.facts("loans")["loans:L7"]["amount"] == 7
    # the evidence for who borrowed is the form, not the ledger
    snapshot = loading.store.snapshot()
    borrowed = snapshot.evidence(snapshot.edges("BORROWED").positions)
    assert {item["file"] for item in borrowed} == {"forms.csv"}
    assert {item["uid"]: item["row"] for item in borrowed}["loans:L7/borrower_id"] == 8


def test_field_by_field_blank_yields_then_status_date_then_known_at_then_value(loading):
    loading.load(
        companies="company_id,name,industry,region,net_assets,status_date,known_at\n"
        "C1,乙,,north,100,2026-03-01,2026-01-01\n"
        "C1,甲,farm,,200,2026-02-01,2026-02-01\n"
        "C1,丙,,south,50,2026-01-01,2026-02-01"
    )
    cells = loading.facts("companies")["companies:C1"]
    assert cells["net_assets"] == 100, "of the later status_date"
    assert cells["industry"] == "farm", "the only one"
    assert cells["region"] == "south", "known later"
    assert cells["name"] == "甲", "known later than 乙, and greater than 丙"
    assert cells["status_date"] == at("2026-03-01")


@pytest.mark.parametrize("mapping", [LENIENT, PERSONAL], ids=["internal", "personal"])
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_never_matters(tmp_path_factory, mapping, data):
    applicants = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["A1", "A2", ""]),
                st.sampled_from(["张三", "李四", ""]),
                st.sampled_from(["13800000001", "138 0000 0002", "13800138000", "12", ""]),
                st.sampled_from(["2026-01-01", "2026-02-01", "x", ""]),
            ),
            min_size=1,
            max_size=7,
        )
    )
    sign_ins = data.draw(st.lists(st.sampled_from(["d,a,2026-01-01", "d,a,2026-01-02", "0,a,2026-01-01"]), max_size=5))
    seen = []
    for rows in (applicants, data.draw(st.permutations(applicants))):
        loading = Loading(tmp_path_factory.mktemp("order"), mapping)
        loading.load(
            applicants="applicant_id,name,mobile,known_at\n" + "\n".join(",".join(row) for row in rows),
            sign_ins="device_id,account_no,time\n" + "\n".join(sign_ins if rows is applicants else sign_ins[::-1]),
        )
        columns = ["uid", "data", "valid_from", "valid_to", "known_at", "node_name", "source_name", "target_name"]
        versions = [loading.versions(owner) for owner in ("applicants", "HAS_PHONE", "SIGNED_IN")]
        seen.append([frame.filter(columns).to_dict("records") for frame in versions])
        loading.store.close()
    assert seen[0] == seen[1]


def test_identical_rows_without_a_key_are_all_kept(loading):
    rows = "device_id,account_no,time\nd,a,2026-01-01\nd,a,2026-01-01\nd,b,2026-01-01"
    report = loading.load(sign_ins=rows)
    assert report.tables["sign_ins"]["used"] == 3
    assert loading.edges("SIGNED_IN") == [("device:d", "account:a")] * 2 + [("device:d", "account:b")]
    uids = loading.versions("SIGNED_IN")["uid"].tolist()
    assert len(set(uids)) == 3
    assert all(uid.startswith("sign_ins:~") for uid in uids)
    assert loading.load(sign_ins=rows).tables["sign_ins"]["unchanged"] == 3


def test_keys_that_hold_the_separator_stay_apart(loading):
    loading.load(
        applicants="applicant_id\nA|1\nA\n1|B\nB",
        guarantees="contract_id,guarantor_id,borrower_id\nG,A|1,B\nG,A,1|B",
    )
    assert loading.edges("GUARANTEES") == [("applicant:A", "applicant:1|B"), ("applicant:A|1", "applicant:B")]


def test_rows_spread_over_many_partitions_come_to_the_same(tmp_path, monkeypatch):
    random = np.random.default_rng(7)

    def pick(*words):
        return random.choice(words, 300)

    frames = {
        "companies": pd.DataFrame({"company_id": pick("C1", "C2", "C3", ""), "region": pick("n", "s", "")}),
        "guarantees": pd.DataFrame(
            {
                "contract_id": pick("G1", "G2", ""), "guarantor_id": pick("C1", "C2", "C9"),
                "borrower_id": pick("C1", "C3"), "guarantor_kind": pick("", "company"), "amount": pick("1", "2", "x"),
            }
        ),
        "contacts": pd.DataFrame({"applicant_id": pick("A1", "A2"), "contact_mobile": pick("13800138000", "1", "0")}),
        "applicants": pd.DataFrame({"applicant_id": ["A1", "A2"]}),
        "disbursements": pd.DataFrame(
            {"loan_id": pick("L1", "L2"), "account_no": pick("a", "b"), "amount": pick("1", "2"), "time": "2026-01-01"}
        ),
        "loans": pd.DataFrame({"loan_id": ["L1", "L2"], "borrower_id": "C1", "account_no": "z"}),
    }  # fmt: skip
    tables = {name: frame.to_csv(index=False) for name, frame in frames.items()}
    owners = ("companies", "GUARANTEES", "LISTS_CONTACT", "DISBURSED_TO")
    seen = []
    for size in (1 << 30, 500):
        monkeypatch.setattr("ringfence.loaders.passes.staging._PARTITION_BYTES", size)
        monkeypatch.setattr("ringfence.loaders.passes.staging._FLUSH_ROWS", max(size // 10, 20))
        (folder := tmp_path / str(size)).mkdir()
        loading = Loading(folder, LENIENT)
        loading.load(loans=tables["loans"], companies=tables["companies"])
        report = loading.load(**tables)
        numbers = ["source", "target", "node"]  # of nodes, given in the order in which they come
        versions = [loading.versions(owner).drop(columns=numbers, errors="ignore") for owner in owners]
        rejects = sorted(loading.rejects(), key=str)
        seen.append((report.tables, rejects, [frame.astype(str).to_dict("records") for frame in versions]))
    assert seen[0] == seen[1]
    assert len(seen[0][2][1]) > 50
