"""From files to a store: what is used, what is rejected and why, and that personal values stay hidden."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ringfence.graph.errors import UserError
from ringfence.graph.store import open_store
from ringfence.loaders.load import load
from ringfence.loaders.mapping import load_mapping, parse_mapping
from ringfence.loaders.rejects import REASONS
from ringfence.loaders.tables import TABLES
from support.loading import Loading, adds_up, at

DATA = Path(__file__).parent.parent / "data"
LENIENT = parse_mapping('reject_limit = 1.0\n[privacy]\ndefault = "internal"\n', "lenient", "lenient")
PERSONAL = parse_mapping("reject_limit = 1.0\n", "personal", "personal")


@pytest.fixture
def loading(tmp_path):
    return Loading(tmp_path, LENIENT)


# -- what cannot be used


def test_a_row_without_a_required_value_is_rejected_with_its_place(loading):
    report = loading.load(
        applications="apply_no,applicant_id,apply_time\nP1,A1,2026-01-01", applicants="applicant_id\nA1\n\nA2"
    )
    assert report.tables["applicants"]["used"] == 2
    report = loading.load(
        applications="apply_no,applicant_id,apply_time\nP2,A1,2026-01-01\nP3,A1,\nP4,A1,soon\n,A1,2026-01-01\nP5,A9,2026-01-02"
    )
    assert report.tables["applications"] == {"read": 5, "used": 1, "unchanged": 0, "duplicate": 0, "rejected": 4}
    assert loading.rejects() == [
        ("applications", "applications.csv", 3, "apply_time", "missing_required", "row"),
        ("applications", "applications.csv", 4, "apply_time", "unreadable_time", "row"),
        ("applications", "applications.csv", 5, "apply_no", "missing_required", "row"),
        ("applications", "applications.csv", 6, "applicant_id", "unknown_applicant", "row"),
    ]


def test_a_bad_cell_that_is_not_required_is_left_out_and_the_row_is_used(loading):
    report = loading.load(
        companies="company_id,net_assets,legal_rep_id\nC1,much,C9\nC2,5,C1",
        loans="loan_id,borrower_id,apply_no,five_class,dpd\nL1,C1,P9,正常,1.5\nL2,C1,,fine,3",
    )
    assert report.tables["loans"]["used"] == 2
    assert sorted(loading.rejects()) == [
        ("companies", "companies.csv", 2, "legal_rep_id", "unknown_party", "cell"),
        ("companies", "companies.csv", 2, "net_assets", "unreadable_number", "cell"),
        ("loans", "loans.csv", 2, "apply_no", "unknown_application", "cell"),
        ("loans", "loans.csv", 2, "dpd", "unreadable_number", "cell"),
        ("loans", "loans.csv", 3, "five_class", "unknown_word", "cell"),
    ]
    assert loading.edges("CONTROLS") == [("company:C1", "company:C2")]
    facts = loading.facts("loans")
    assert facts["loans:L1"]["five_class"] == "正常"
    assert "five_class" not in facts["loans:L2"]


def test_a_rejected_row_declares_nothing(loading):
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time\nP1,A9,2026-01-01\nP2,A1,2026-01-01",
        loans="loan_id,borrower_id,apply_no\nL1,A1,P1\nL2,A1,P2",
    )
    assert loading.edges("BECAME") == [("application:P2", "loan:L2")]
    assert ("loans", "loans.csv", 2, "apply_no", "unknown_application", "cell") in loading.rejects()


def test_parties_of_one_table_may_name_each_other_in_any_order(loading):
    loading.load(companies="company_id,legal_rep_id\nC1,C2\nC2,C1")
    assert loading.edges("CONTROLS") == [("company:C1", "company:C2"), ("company:C2", "company:C1")]
    assert loading.rejects() == []


def test_the_one_table_that_holds_an_id_tells_what_it_names(loading):
    loading.load(
        applicants="applicant_id\n1\n2",
        companies="company_id\n2\n3",
        accounts="account_no,owner_id,owner_kind\na,1,\nb,3,\nc,2,\nd,2,company\ne,2,个人\nf,4,\ng,1,company",
    )
    assert loading.edges("OWNS") == [
        ("applicant:1", "account:a"),
        ("applicant:2", "account:e"),
        ("company:2", "account:d"),
        ("company:3", "account:b"),
    ]
    assert [(row, reason) for _, _, row, _, reason, _ in loading.rejects()] == [
        (4, "ambiguous_party"),
        (7, "unknown_party"),
        (8, "unknown_company"),
    ]


def test_numbers_that_a_spreadsheet_rounded_are_no_keys(loading):
    loading.load(
        applicants="applicant_id\n1.1E+17\nA1",
        transfers="transfer_id,from_account,to_account,amount,time\n"
        "T1,6.2E+18,1,5,2026-01-01\n1.2E+17,3,4,1E+2,2026-01-01\n1.2E+17,5,6,7,2026-01-01",
    )
    assert loading.rejects() == [
        ("applicants", "applicants.csv", 2, "applicant_id", "scientific_notation", "row"),
        ("transfers", "transfers.csv", 2, "from_account", "scientific_notation", "row"),
        ("transfers", "transfers.csv", 3, "transfer_id", "scientific_notation", "cell"),
        ("transfers", "transfers.csv", 4, "transfer_id", "scientific_notation", "cell"),
    ]
    assert loading.edges("TRANSFERRED") == [("account:3", "account:4"), ("account:5", "account:6")]


def test_formulas_that_failed_are_no_keys(loading):
    people = "\n".join(f"A{n},1380000000{n},公司{n}" for n in range(1, 9))
    report = loading.load(
        applicants="applicant_id,mobile,employer\n" + people + "\n#N/A,13900000000,乙公司\nA9,#REF!,#n/a\n",
        accounts="account_no,bank\n" + "\n".join(f"6222{n}," for n in range(12)) + "\n#FORMULA!,工行\n",
    )
    assert loading.rejects() == [
        ("accounts", "accounts.csv", 14, "account_no", "formula_error", "row"),
        ("applicants", "applicants.csv", 10, "applicant_id", "formula_error", "row"),
        ("applicants", "applicants.csv", 11, "employer", "formula_error", "cell"),
        ("applicants", "applicants.csv", 11, "mobile", "formula_error", "cell"),
    ]
    assert adds_up(report)


def test_what_marks_text_in_a_spreadsheet_and_what_nobody_sees_is_no_part_of_a_value(loading):
    loading.load(
        applicants="applicant_id,mobile,name\nA1,13812345678,张三\n\u202aA2\u202c,'13812345678,李\u200b四\n",
        accounts="account_no,owner_id\n'0012,A1\n\ufeff0012,A2\n",
    )
    assert loading.edges("HAS_PHONE") == [
        ("applicant:A1", "phone:+8613812345678"),
        ("applicant:A2", "phone:+8613812345678"),
    ]
    assert [target for _, target in loading.edges("OWNS")][:1] == ["account:0012"]


def test_an_event_in_the_future_is_unreadable_but_a_due_date_may_lie_there(loading):
    report = loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time\nP1,A1,2096-01-01\nP2,A1,2026-01-01",
        loans="loan_id,borrower_id,disbursed_at,due_at\nL1,A1,2095-01-01,2096-01-01\nL2,A1,2026-02-01,2096-01-01",
    )
    assert loading.rejects() == [
        ("applications", "applications.csv", 2, "apply_time", "future_time", "row"),
        ("loans", "loans.csv", 2, "disbursed_at", "future_time", "cell"),
    ]
    assert report.data_date == loading.store.data_date() == at("2026-02-01")


def test_coordinates_out_of_range_are_no_place(loading):
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time,gps_lat,gps_lon\n"
        "P1,A1,2026-01-01,39.9087,116.3971\nP2,A1,2026-01-01,39.90869,116.39709\nP3,A1,2026-01-01,139.9,116.4",
    )
    places = loading.edges("APPLIED_FROM")
    assert [source for source, _ in places] == ["application:P1", "application:P2"]
    assert len({target for _, target in places}) == 1
    assert loading.rejects() == [("applications", "applications.csv", 4, "gps_lat", "out_of_range", "cell")]


def test_a_record_that_cannot_be_read_counts_as_a_rejected_row(loading):
    report = loading.load(applicants="applicant_id,name\nA1,x\nA2,y,z,13812345678\nA3,w")
    assert report.tables["applicants"] == {"read": 3, "used": 2, "unchanged": 0, "duplicate": 0, "rejected": 1}
    reject = loading.store.rejects().iloc[0]
    assert (reject["row"], reject["reason"], reject["level"]) == (3, "malformed_row", "row")
    assert "138" not in reject["value"]


def test_a_table_with_too_many_rejected_rows_stops_the_load_and_nothing_changes(tmp_path):
    loading = Loading(tmp_path)
    loading.load(applicants="applicant_id\nA1")
    before = (loading.store.counts(), loading.store.loads(), len(loading.store.rejects()))
    rows = "\n".join(f"P{i},{'A1' if i else 'A9'},2026-01-01" for i in range(9))
    with pytest.raises(
        UserError, match=r"1 of the 9 rows of table 'applications' \(11%\).*unknown_applicant.*'applicant_id'"
    ):
        loading.load(applicants="applicant_id\nA2", applications="apply_no,applicant_id,apply_time\n" + rows)
    assert (loading.store.counts(), loading.store.loads(), len(loading.store.rejects())) == before
    rows = "\n".join(f"P{i},{'A1' if i else 'A9'},2026-01-01" for i in range(10))
    report = loading.load(applications="apply_no,applicant_id,apply_time\n" + rows)
    assert report.tables["applications"]["rejected"] == 1, "a tenth is not too many"


def test_staging_is_gone_after_a_load_and_an_abandoned_one_is_swept_away(loading):
    folder = loading.store.beside("staging")
    folder.mkdir()
    (folder / "applicants-0000-000000.parquet").write_text("left by a load that was killed")
    loading.load(applicants="applicant_id\nA1")
    assert not folder.exists()
    with pytest.raises(UserError):
        loading.load(parse_mapping('[privacy]\ndefault = "personal"\n', "x", "x"), applicants="applicant_id\nA2")
    assert not folder.exists()


# -- rows of one key


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
        monkeypatch.setattr("ringfence.loaders.staging._PARTITION_BYTES", size)
        monkeypatch.setattr("ringfence.loaders.staging._FLUSH_ROWS", max(size // 10, 20))
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


# -- what a row makes


def test_columns_of_an_application_make_its_relationships(loading):
    loading.load(
        applicants="applicant_id,mobile,employer,employer_phone,work_address,bank_card_no\n"
        "A1,13812345678,某公司,010-62345678,某路1号,4111111111111112",
        merchants="merchant_no\nM1",
        applications="apply_no,applicant_id,apply_time,channel,salesperson_id,device_id,imei,ip,wifi_bssid,merchant_no\n"
        "P1,A1,2026-01-01,平台,S1,dev,860123456789014,1.2.3.4,AA:bb:cc:00:11:22,M1",
    )
    assert loading.edges("APPLIED") == [("applicant:A1", "application:P1")]
    assert loading.edges("VIA_CHANNEL") == [("application:P1", "channel:S1"), ("application:P1", "channel:平台")]
    assert loading.edges("USED_DEVICE") == [
        ("application:P1", "device:860123456789014"),
        ("application:P1", "device:dev"),
    ]
    assert loading.edges("USED_WIFI") == [("application:P1", "wifi:aa:bb:cc:00:11:22")]
    assert loading.edges("AT_MERCHANT") == [("application:P1", "merchant:M1")]
    assert loading.edges("WORKS_AT") == [("applicant:A1", "employer:某公司")]
    phones = {row["target_name"]: json.loads(row["data"]) for row in loading.versions("HAS_PHONE").to_dict("records")}
    assert phones == {
        "phone:+8613812345678": {"use": "own", "via": "mobile"},
        "phone:+861062345678": {"use": "work", "via": "employer_phone", "flag": "landline"},
    }
    # a wrong check digit only warns: the card still links
    assert json.loads(loading.versions("OWNS")["data"][0]) == {"via": "bank_card_no", "warning": "luhn"}


def test_a_disbursement_in_parts_replaces_the_account_of_the_loan(loading):
    loading.load(
        applicants="applicant_id\nA1",
        loans="loan_id,borrower_id,account_no,amount,disbursed_at\nL1,A1,a,100,2026-01-01\nL2,A1,b,50,2026-01-01",
        disbursements="loan_id,account_no,amount,time\nL1,c,60,2026-01-01\nL1,d,40,2026-01-02",
    )
    assert loading.edges("DISBURSED_TO") == [
        ("loan:L1", "account:c"), ("loan:L1", "account:d"), ("loan:L2", "account:b"),
    ]  # fmt: skip


def test_a_guarantee_is_in_force_between_its_dates(loading):
    loading.load(
        companies="company_id\nA\nB",
        guarantees="contract_id,guarantor_id,borrower_id,start_date,end_date,released_at,status,status_date\n"
        "G1,A,B,2026-01-01,2026-12-31,,,\n"
        "G2,A,B,2026-01-01,2026-12-31,2026-06-01,有效,\n"
        "G3,A,B,2026-01-01,2026-12-31,,已结清,2026-03-01\n"
        "G4,A,B,2026-01-01,,2026-04-01,released,2026-03-01",
    )
    ends = loading.versions("GUARANTEES").set_index("uid")["valid_to"]
    assert {uid[len("guarantees:") :][:2]: end for uid, end in ends.items()} == {
        "G1": at("2026-12-31"), "G2": at("2026-06-01"), "G3": at("2026-03-01"), "G4": at("2026-04-01"),
    }  # fmt: skip
    assert len(loading.edges("GUARANTEES", "2026-02-01")) == 4
    assert len(loading.edges("GUARANTEES", "2025-12-31")) == 0
    assert len(loading.edges("GUARANTEES", "2026-12-31")) == 0


def test_the_guarantee_type_of_older_books_tells_form_liability_and_cap(loading):
    loading.load(
        companies="company_id\nA\nB",
        guarantees="contract_id,guarantor_id,borrower_id,amount,guarantee_type\nG1,A,B,5,最高额\nG2,A,B,5,general",
    )
    data = [json.loads(text) for text in loading.versions("GUARANTEES")["data"]]
    assert data == [
        {"contract_id": "G1", "liability": "joint_several", "form": "maximum", "cap": 5},
        {"contract_id": "G2", "liability": "general"},
    ]


def test_flags_name_nodes_of_any_kind_in_their_normal_form(loading):
    loading.load(
        applicants="applicant_id\nA1",
        flags="entity_kind,entity_key,flag,source,effective_from,expires_at\n"
        "phone,138-1234-5678,黑名单,police,2026-01-01,2026-02-01\n个人,A1,overdue,,,\napplicant,A9,overdue,,,\nplanet,X,overdue,,,",
    )
    frame = loading.versions("flags").set_index("node_name")
    assert set(frame.index) == {"phone:+8613812345678", "applicant:A1"}
    assert frame.loc["phone:+8613812345678", "valid_to"] == at("2026-02-01")
    assert [reject[2:5] for reject in loading.rejects()] == [
        (4, "entity_key", "unknown_applicant"),
        (5, "entity_kind", "unknown_word"),
    ]


def test_values_that_say_nothing_link_no_one(loading):
    loading.load(
        applicants="applicant_id,mobile,email\nA1,13800138000,x@y.com\nA2,138-0013-8000,x@y.com\nA3,123,nobody\nA4,123,nobody",
        contacts="applicant_id,contact_mobile\nA1,13800138000\nA2,13800138000\nA1,010-62345678\nA2,010-62345678",
    )
    phones = loading.edges("HAS_PHONE")
    assert len({phone for _, phone in phones}) == len(phones) == 4
    assert len({email for _, email in loading.edges("HAS_EMAIL")}) == 3
    listed = [phone for _, phone in loading.edges("LISTS_CONTACT")]
    assert len(listed) == 4
    assert len(set(listed)) == 3, "the landline is one node"
    flags = [json.loads(data)["flag"] for data in loading.versions("LISTS_CONTACT")["data"]]
    assert sorted(flags) == ["landline", "landline", "sentinel", "sentinel"]
    assert loading.rejects() == []


def test_what_a_lender_adds_to_the_stop_list_links_no_one_either(loading):
    own = parse_mapping('[sentinels]\nphone = ["138 1234 5678"]\nemployer = "Ｓｅｌｆ"', "bank", "bank")
    loading.load(
        own,
        applicants="applicant_id,mobile,employer\nA1,13812345678,self\nA2,+86-13812345678,SELF\nA3,13812345679,self",
    )
    assert len({phone for _, phone in loading.edges("HAS_PHONE")}) == 3
    assert len({employer for _, employer in loading.edges("WORKS_AT")}) == 3
    assert loading.rejects() == []


# -- personal values


RAW = {
    "name": "欧阳娜娜",
    "cert_no": "11010519491231002X",
    "mobile": "13987654321",
    "email": "nana.ouyang@example.com",
    "bank_card_no": "6222021234567890128",
    "employer_phone": "010-62349876",
    "home_address": "北京市海淀区学院路三十八号",
}


def test_no_personal_value_stands_in_the_store_or_its_staging(tmp_path, monkeypatch):
    loading = Loading(tmp_path, PERSONAL)
    applications = {
        "device_id": "device-serial-771", "imei": "860123456789014", "ip": "203.0.113.77",
        "wifi_bssid": "aa:bb:cc:dd:ee:77", "gps_lat": "39.908713", "gps_lon": "116.397512",
    }  # fmt: skip
    staged = []
    remove = "ringfence.loaders.staging.Staging.remove"
    monkeypatch.setattr(remove, lambda self: staged.extend(path.read_bytes() for path in self.folder.iterdir()))
    loading.load(
        applicants=f"applicant_id,{','.join(RAW)}\nA1,{','.join(RAW.values())}",
        applications=f"apply_no,applicant_id,apply_time,amount,{','.join(applications)}\n"
        f"P1,A1,2026-01-01,call 13987654321,{','.join(applications.values())}",
        contacts=f"applicant_id,contact_mobile,contact_name\nA1,13800138000,{RAW['name']}\nA1,1.3987654321E+10,x",
        transfers=f"from_account,to_account,amount,time\n{RAW['bank_card_no']},55554444333322221111,1,2026-01-01",
        flags=f"entity_kind,entity_key,flag\nid_document,{RAW['cert_no']},overdue",
    )
    loading.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("book.db*") if path.is_file())
    # opened and uncompressed, so that a value could be found
    opened = [loading.store.keys.unseal(data) for data in staged if data.startswith(b"aesgcm.")]
    frames = [pd.read_parquet(io.BytesIO(data)).to_csv() for data in opened]
    assert len(frames) > 5 and len(staged) == len(frames) + 1  # and the manifest
    kept += "".join(frames).encode()
    digits = [value.replace("-", "") for value in (*RAW.values(), *applications.values())]
    for value in {*RAW.values(), *applications.values(), *digits, "55554444333322221111", "1.3987654321"}:
        assert value.encode() not in kept, value
    # and the same node can still be named by who knows the value
    keys = loading.store.keys
    assert loading.edges("HAS_PHONE")[0][0] == "applicant:A1"
    assert ("applicant:A1", f"phone:{keys.token('phone', '+8613987654321')}") in loading.edges("HAS_PHONE")
    mask, cipher = loading.store.secret(keys.token("name", RAW["name"]))
    assert (mask, keys.decrypt(cipher)) == ("欧阳*", RAW["name"])
    assert keys.token("name", RAW["name"]) == loading.facts("applicants")["applicants:A1"]["name"]


def test_a_place_that_cannot_be_read_is_masked_in_its_reject(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time,gps_lat,gps_lon\nP1,A1,2026-01-01,N39.908713,116.3",
    )
    assert loading.store.rejects()["value"].tolist() == ["N39.9****"]


def test_masks_stand_behind_every_personal_token_in_the_graph(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    loading.load(
        applicants=f"applicant_id,{','.join(RAW)}\nA1,{','.join(RAW.values())}\nA2,无,12,13800138000,x,1,95588,无",
        contacts="applicant_id,contact_mobile,contact_name\nA1,13800138000,张三",
    )
    snapshot = loading.store.snapshot()
    names = snapshot.names(np.arange(snapshot.node_count))
    tokens = [name.partition(":")[2] for name in names if ":tok_" in name]
    assert len(tokens) == 13
    assert all(snapshot.mask(token) for token in tokens)


# -- arithmetic


CELLS = {
    "ref": ["A1", "A2", "A9", "", "1E+9"], "party": ["A1", "C1", "X", "B", ""], "text": ["", "x", "K1", "K2"],
    "identifier": ["", "13800138000", "13812345678", "123", "1.2E+10"], "time": ["", "2026-01-01", "2097-01-01", "z"],
    "number": ["", "5", "five"], "integer": ["", "5", "5.5"], "choice": ["", "applicant", "overdue", "正常", "zz"],
    "personal_name": ["", "张三"],
}  # fmt: skip


@st.composite
def dirty_tables(draw):
    """Random rows of every table: blanks, repeated keys, unknown names, unreadable cells."""
    tables = {"applicants": "applicant_id\nA1\nA2\nB\nA1", "companies": "company_id\nC1\nB\n"}
    for name in draw(st.sets(st.sampled_from(sorted(set(TABLES) - set(tables))), min_size=1, max_size=4)):
        table = TABLES[name]
        optional = [column for column in table.all_columns if column not in table.required]
        columns = [*table.required, *draw(st.lists(st.sampled_from(optional), unique=True, max_size=6))]
        cell = [st.sampled_from(CELLS[table.all_columns[column].type]) for column in columns]
        rows = draw(st.lists(st.tuples(*cell), max_size=8))
        tables[name] = "\n".join([",".join(columns), *(",".join(row) for row in rows)])
    return tables


def test_a_companion_without_its_column_says_nothing(loading):
    report = loading.load(merchants="merchant_no,legal_rep_kind\nM1,company\nM1,\nM2,company\n")
    assert report.tables["merchants"]["used"] == 2 and report.tables["merchants"]["duplicate"] == 1
    assert "CONTROLS" not in loading.store.counts()[1]


@given(tables=dirty_tables())
@settings(max_examples=40)
def test_every_row_read_is_accounted_for_and_a_second_load_changes_nothing(tmp_path_factory, tables):
    loading = Loading(tmp_path_factory.mktemp("dirty"), LENIENT)
    report = loading.load(**tables)
    assert adds_up(report)
    rejects = loading.store.rejects()
    assert set(rejects["reason"]) <= set(REASONS)
    for table, counts in report.tables.items():
        lines = [line for line in tables[table].splitlines()[1:] if line.strip()]
        assert counts["read"] == len(lines)
        of_table = rejects[rejects["table"] == table]
        assert counts["rejected"] == (of_table["level"] == "row").sum()
    counts = loading.store.counts()
    again = loading.load(**tables)
    assert adds_up(again)
    assert all(values["used"] == 0 for values in again.tables.values())
    assert loading.store.counts() == counts
    loading.store.close()


# -- real books


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
