"""One load after the other: what stays, what changes, what ends, and that undo brings it back."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ringfence.detectors.guarantees.net import licensed_guarantors
from ringfence.graph.errors import UserError
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.store.records import FACT_COLUMNS
from ringfence.loaders.passes import load as load_module
from ringfence.loaders.schema.mapping import parse_mapping
from support.loading import LENIENT, Loading, adds_up, at

FULL = parse_mapping(
    '[privacy]\ndefault = "internal"\n[extract]\nholdings = "full"\ncompanies = "full"\napplicants = "full"\n',
    "full",
    "full",
)


@pytest.fixture
def loading(tmp_path):
    return Loading(tmp_path)


def dated(day):
    """A table whose one event dates a load; each day's row is another."""
    return {"sign_ins": f"device_id,account_no,time\nd,a,{day}"}


def counts(report, table):
    return {name: count for name, count in report.tables[table].items() if count}


# -- rows that change


def test_a_changed_row_makes_a_new_version_and_an_equal_one_none(loading):
    loading.load(companies="company_id,name,region\nC1,a,north\nC2,b,north")
    report = loading.load(companies="company_id,name,region\nC1,a,south\nC2,b,north")
    assert counts(report, "companies") == {"read": 2, "used": 1, "unchanged": 1}
    assert loading.facts("companies")["companies:C1"]["region"] == "south"
    assert len(loading.versions("companies")) == 3


def test_a_blank_cell_replaces_and_an_absent_column_keeps(loading):
    loading.load(companies="company_id,name,region,net_assets,status_date\nC1,a,north,5,2026-01-01")
    loading.load(companies="company_id,name,region\nC1,b,")
    cells = loading.facts("companies")["companies:C1"]
    assert "region" not in cells
    assert (cells["name"], cells["net_assets"], cells["status_date"]) == ("b", 5, at("2026-01-01"))


def test_an_absent_column_of_a_relationship_keeps_its_value_too(loading):
    companies = "company_id\nA\nB"
    loading.load(
        companies=companies,
        guarantees="contract_id,guarantor_id,borrower_id,amount,status,end_date,joint_group_id\nG,A,B,5,有效,2027-01-01,J",
    )
    report = loading.load(guarantees="contract_id,guarantor_id,borrower_id\nG,A,B")
    assert counts(report, "guarantees") == {"read": 1, "unchanged": 1}
    report = loading.load(guarantees="contract_id,guarantor_id,borrower_id,amount\nG,A,B,6")
    assert counts(report, "guarantees") == {"read": 1, "used": 1}
    last = loading.versions("GUARANTEES").iloc[-1]
    assert (last["amount"], last["valid_to"]) == (6, at("2027-01-01"))
    assert json.loads(last["data"]) == {
        "contract_id": "G", "joint_group_id": "J", "end_date": at("2027-01-01"), "status": "有效",
    }  # fmt: skip
    loading.load(guarantees="contract_id,guarantor_id,borrower_id,joint_group_id\nG,A,B,K")
    last = loading.versions("GUARANTEES").iloc[-1]
    assert (last["amount"], json.loads(last["data"])["joint_group_id"]) == (6, "K")


def test_values_that_the_loader_fills_in_never_make_a_row_changed(loading):
    tables = {
        "companies": "company_id,net_assets\nA,1\nB,1",
        "guarantees": "contract_id,guarantor_id,borrower_id,status\nG,A,B,已解除",
    }
    loading.load(**tables, **dated("2026-01-01"))
    report = loading.load(**tables, **dated("2026-02-01"))
    assert counts(report, "companies") == {"read": 2, "unchanged": 2}
    assert counts(report, "guarantees") == {"read": 1, "unchanged": 1}
    assert loading.versions("GUARANTEES")["valid_to"].tolist() == [at("2026-01-01")], "over since the first data date"
    changed = {**tables, "guarantees": "contract_id,guarantor_id,borrower_id,status,amount\nG,A,B,已解除,7"}
    assert counts(loading.load(**changed, **dated("2026-03-01")), "guarantees") == {"read": 1, "used": 1}
    assert loading.versions("GUARANTEES")["valid_to"].tolist() == [at("2026-01-01")] * 2


def test_stating_the_kind_that_was_found_out_changes_nothing(loading):
    loading.load(companies="company_id\nC1", loans="loan_id,borrower_id\nL1,C1")
    report = loading.load(loans="loan_id,borrower_id,borrower_kind\nL1,C1,企业")
    assert counts(report, "loans") == {"read": 1, "unchanged": 1}


def test_an_id_may_be_declared_by_an_earlier_load(loading):
    loading.load(companies="company_id\nC1", applicants="applicant_id\nA1")
    report = loading.load(LENIENT, loans="loan_id,borrower_id\nL1,C1\nL2,A1\nL3,A2", companies="company_id\nA1")
    assert [reject[2:5] for reject in loading.rejects()] == [
        (3, "borrower_id", "ambiguous_party"),
        (4, "borrower_id", "unknown_party"),
    ]
    assert counts(report, "loans") == {"read": 3, "used": 1, "rejected": 2}


# -- ties and other relationships of a row


def test_a_changed_phone_ends_the_old_tie_which_stays_as_a_past_one(loading):
    loading.load(applicants="applicant_id,mobile,email\nA1,13800000001,a@b.com", **dated("2026-01-01"))
    loading.load(applicants="applicant_id,mobile,email\nA1,13800000002,a@b.com", **dated("2026-02-01"))
    assert loading.edges("HAS_PHONE", "2026-01-15") == [("applicant:A1", "phone:+8613800000001")]
    assert len(loading.edges("HAS_PHONE", "2026-02-15")) == 2, "a phone once given stays evidence"
    ends = loading.store.current_relationships("HAS_PHONE").set_index("target")
    assert ends["valid_to"].to_dict() == {"phone:+8613800000001": at("2026-02-01"), "phone:+8613800000002": FOREVER}
    assert len(loading.versions("HAS_EMAIL")) == 1, "what did not change is not written anew"
    loading.load(applicants="applicant_id,mobile,email\nA1,13800000001,a@b.com", **dated("2026-03-01"))
    ends = loading.store.current_relationships("HAS_PHONE").set_index("target")
    assert ends["valid_to"].to_dict() == {"phone:+8613800000001": FOREVER, "phone:+8613800000002": at("2026-03-01")}


def test_a_landline_that_is_given_up_stays_a_landline(loading):
    loading.load(applicants="applicant_id,mobile\nA1,010-62345678")
    loading.load(applicants="applicant_id,mobile\nA1,")
    closed = loading.versions("HAS_PHONE").iloc[-1]
    assert json.loads(closed["data"]) == {"use": "own", "via": "mobile", "flag": "landline"}


def test_a_new_legal_representative_takes_the_place_of_the_old(loading):
    loading.load(applicants="applicant_id\nA1\nA2", companies="company_id,legal_rep_id\nC1,A1", **dated("2026-01-01"))
    loading.load(companies="company_id,legal_rep_id\nC1,A2", **dated("2026-02-01"))
    assert loading.edges("CONTROLS", "2026-01-15") == [("applicant:A1", "company:C1")]
    assert loading.edges("CONTROLS", "2026-02-15") == [("applicant:A2", "company:C1")]
    loading.load(companies="company_id,legal_rep_id\nC1,", **dated("2026-03-01"))
    assert loading.edges("CONTROLS", "2026-02-15") == [("applicant:A2", "company:C1")]
    assert loading.edges("CONTROLS", "2026-03-15") == []


def test_an_event_that_its_row_no_longer_states_never_was_but_was_once_believed(loading):
    tables = {"applicants": "applicant_id\nA1", "merchants": "merchant_no\nM1\nM2"}
    applications = "apply_no,applicant_id,apply_time,merchant_no\nP1,A1,2026-01-01,"
    loading.load(**tables, applications=applications + "M1", **dated("2026-01-02"))
    loading.load(applications=applications + "M2", **dated("2026-02-01"))
    assert loading.edges("AT_MERCHANT", "2026-01-15") == [("application:P1", "merchant:M1")]
    assert loading.edges("AT_MERCHANT", "2026-02-15") == [("application:P1", "merchant:M2")]
    loading.load(applications=applications, **dated("2026-03-01"))
    assert loading.edges("AT_MERCHANT", "2026-02-15") == [("application:P1", "merchant:M2")]
    assert loading.edges("AT_MERCHANT", "2026-03-15") == []
    assert loading.edges("APPLIED") == [("applicant:A1", "application:P1")]
    loading.load(applications=applications + "M2", **dated("2026-04-01"))
    assert loading.edges("AT_MERCHANT", "2026-04-15") == [("application:P1", "merchant:M2")]


def test_disbursements_of_a_later_load_replace_the_account_of_a_loan(loading):
    loans = "loan_id,borrower_id,account_no,amount,disbursed_at\nL1,A1,a,100,2026-01-01"
    parts = "loan_id,account_no,amount,time\nL1,b,60,2026-01-01\nL1,c,40,2026-02-01"
    loading.load(applicants="applicant_id\nA1", loans=loans)
    assert loading.edges("DISBURSED_TO") == [("loan:L1", "account:a")]
    loading.load(disbursements=parts)
    assert loading.edges("DISBURSED_TO") == [("loan:L1", "account:b"), ("loan:L1", "account:c")]
    assert loading.edges("DISBURSED_TO", "2026-01-15") == [("loan:L1", "account:a"), ("loan:L1", "account:b")]
    # and the loan's own account stays out of it when its row comes again, changed or not
    assert counts(loading.load(loans=loans), "loans") == {"read": 1, "unchanged": 1}
    loading.load(loans=loans.replace(",a,100", ",z,101"))
    assert loading.edges("DISBURSED_TO") == [("loan:L1", "account:b"), ("loan:L1", "account:c")]


# -- full extracts


def test_rows_that_a_full_extract_lacks_are_closed_at_its_data_date(tmp_path):
    loading = Loading(tmp_path, FULL)
    companies = "company_id,uscc,legal_rep_id\nA,91110000600037341L,B\nB,,\n"
    first = loading.load(
        companies=companies + "C,,", holdings="holder_id,company_id,ratio\nA,B,0.6\nA,C,0.4", **dated("2026-01-01")
    )
    assert first.closed == {}
    report = loading.load(
        companies=companies + "C,,", holdings="holder_id,company_id,ratio\nA,B,0.6", **dated("2026-02-01")
    )
    assert report.closed == {"holdings": 1}
    assert counts(report, "holdings") == {"read": 1, "unchanged": 1}
    assert loading.edges("HOLDS_SHARE", "2026-01-15") == [("company:A", "company:B"), ("company:A", "company:C")]
    assert loading.edges("HOLDS_SHARE", "2026-02-15") == [("company:A", "company:B")]
    # it comes back
    report = loading.load(
        companies=companies, holdings="holder_id,company_id,ratio\nA,B,0.6\nA,C,0.4", **dated("2026-03-01")
    )
    assert report.closed == {"companies": 1}
    assert counts(report, "holdings") == {"read": 2, "used": 1, "unchanged": 1}
    assert loading.edges("HOLDS_SHARE", "2026-02-15") == [("company:A", "company:B")]
    assert ("company:A", "company:C") in loading.edges("HOLDS_SHARE", "2026-03-15")
    # the same extract again
    report = loading.load(
        companies=companies, holdings="holder_id,company_id,ratio\nA,B,0.6\nA,C,0.4", **dated("2026-03-01")
    )
    assert report.closed == {}
    assert all(not values["used"] for values in report.tables.values())


def test_a_party_that_leaves_a_full_extract_takes_what_its_row_made_with_it(tmp_path):
    loading = Loading(tmp_path, FULL)
    loading.load(
        applicants="applicant_id,mobile\nA1,13800000001\nA2,", companies="company_id,legal_rep_id\nC1,A1\nC2,A1",
        **dated("2026-01-01"),
    )  # fmt: skip
    report = loading.load(
        applicants="applicant_id,mobile\nA2,", companies="company_id,legal_rep_id\nC2,A1", **dated("2026-02-01")
    )
    assert report.closed == {"applicants": 1, "companies": 1}
    assert loading.edges("CONTROLS", "2026-02-15") == [("applicant:A1", "company:C2")]
    assert loading.edges("HAS_PHONE", "2026-02-15") == [("applicant:A1", "phone:+8613800000001")], "a past tie"
    assert "applicants:A1" not in loading.facts("applicants", "2026-02-15")
    assert "applicants:A1" in loading.facts("applicants", "2026-01-15")


def test_a_row_of_a_full_extract_that_is_rejected_is_not_missing_from_it(tmp_path):
    mapping = parse_mapping(
        'reject_limit = 1.0\n[privacy]\ndefault = "internal"\n[extract]\napplications = "full"\n', "full", "full"
    )
    loading = Loading(tmp_path, mapping)
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time\nP1,A1,2026-01-01\nP2,A1,2026-01-01",
    )
    report = loading.load(applications="apply_no,applicant_id,apply_time\nP1,A9,2026-01-01\nP3,A1,2026-01-02")
    assert report.closed == {"applications": 1}
    assert set(loading.facts("applications")) == {"applications:P1", "applications:P3"}


def test_a_partner_list_overwritten_in_place_keeps_its_past_and_a_renamed_partner_stays_one(tmp_path):
    mapping = parse_mapping('[privacy]\ndefault = "internal"\n[extract]\npartners = "full"\n', "lists", "lists")
    loading = Loading(tmp_path, mapping)
    companies, header = "company_id,name\nC1,华信\nC2,信达", "partner_name,role,former_names\n"
    loading.load(companies=companies, partners=header + "华信,融资担保,\n信达,融资担保,", **dated("2026-01-31"))
    report = loading.load(partners=header + "新华信,融资担保,华信\n信达,融资担保,", **dated("2026-02-28"))
    assert report.closed == {"partners": 1}
    report = loading.load(partners=header + "新华信,融资担保,华信", **dated("2026-03-31"))
    assert report.closed == {"partners": 1}
    listed, licensed = {}, {}
    for month, day in (("january", "2026-01-31"), ("february", "2026-02-28"), ("march", "2026-03-31")):
        listed[month] = {cells["partner_name"] for cells in loading.facts("partners", day).values()}
        licensed[month] = licensed_guarantors(loading.store.snapshot().at(at(day)))
    assert listed == {"january": {"华信", "信达"}, "february": {"新华信", "信达"}, "march": {"新华信"}}
    both = {"company:C1", "company:C2"}
    assert licensed == {"january": both, "february": both, "march": {"company:C1"}}


def test_how_a_loan_stood_is_told_by_its_history_by_older_loads_and_from_its_status_date(loading):
    loans = "loan_id,borrower_id,disbursed_at,balance,five_class,status_date\n"
    loading.load(
        applicants="applicant_id\nA1",
        loans=loans + "L1,A1,2025-10-01,900,正常,2026-01-20",
        loan_history="loan_id,date,balance,five_class\nL1,2025-11-30,1000,正常\nL1,2025-12-31,950,正常",
        **dated("2026-01-31"),
    )
    loading.load(loans=loans + "L1,A1,2025-10-01,500,次级,2026-02-20", **dated("2026-02-28"))
    loading.load(loans=loans + "L1,A1,2025-10-01,400,次级,", **dated("2026-03-31"))

    def stood(day):
        past = sorted(cells["balance"] for cells in loading.facts("loan_history", day).values())
        cells = loading.facts("loans", day)["loans:L1"]
        return cells.get("balance"), cells.get("five_class"), past

    assert stood("2025-12-15") == (None, None, [1000])
    assert stood("2026-01-19") == (None, None, [950, 1000])
    assert stood("2026-01-31") == (900, "正常", [950, 1000])
    assert stood("2026-02-27") == (900, "正常", [950, 1000]), "what changed is known since the data date"
    assert stood("2026-02-28") == (500, "次级", [950, 1000])
    assert stood("2026-03-31") == (400, "次级", [950, 1000])


# -- undo and small writes


def test_undo_shows_again_what_the_load_covered(loading):
    loading.load(applicants="applicant_id,mobile\nA1,13800000001", **dated("2026-01-01"))
    before = (loading.edges("HAS_PHONE"), loading.facts("applicants"))
    report = loading.load(applicants="applicant_id,mobile\nA1,13800000002\nA2,", **dated("2026-02-01"))
    loading.store.unload(report.load)
    assert (loading.edges("HAS_PHONE"), loading.facts("applicants")) == before
    again = loading.load(applicants="applicant_id,mobile\nA1,13800000002\nA2,", **dated("2026-02-01"))
    assert again.tables == report.tables


def test_a_small_write_during_a_load_makes_its_unchanged_rows_be_looked_at_again(loading, monkeypatch):
    flags = "entity_kind,entity_key,flag,source\napplicant,A1,overdue,bank\napplicant,A2,overdue,bank"
    loading.load(applicants="applicant_id\nA1\nA2", flags=flags)
    current = loading.store.current_facts("flags").set_index("uid", drop=False)
    settle = load_module._Load._settle

    def meddle(self, *args):
        """Just before the load settles, somebody writes over the row that it found unchanged."""
        monkeypatch.setattr(load_module._Load, "_settle", settle)
        row = current.loc[["flags:applicant|A1|overdue|bank|"]].assign(data="{}", file=None, row=None)
        with loading.store.writer("by hand", bulk=False) as writer:
            writer.facts("flags", row[list(FACT_COLUMNS)], {"flag": "text"})
            writer.publish({}, None)
        settle(self, *args)

    monkeypatch.setattr(load_module._Load, "_settle", meddle)
    report = loading.load(flags=flags)
    assert counts(report, "flags") == {"read": 2, "used": 1, "unchanged": 1}
    assert adds_up(report)
    assert loading.facts("flags")["flags:applicant|A1|overdue|bank|"]["flag"] == "overdue"


def test_a_load_that_contradicts_what_is_personal_changes_nothing(loading):
    loading.load(applicants="applicant_id\nA1")
    with pytest.raises(UserError, match="internal"):
        loading.load(parse_mapping("", "personal", "personal"), applicants="applicant_id\nA2")
    assert set(loading.facts("applicants")) == {"applicants:A1"}


# -- a history of loads against what a dictionary remembers


@given(
    history=st.lists(
        st.dictionaries(
            st.sampled_from(["A1", "A2", "A3"]),
            st.tuples(st.sampled_from(["", "north", "south"]), st.sampled_from(["", "13800000001", "13800000002"])),
            min_size=1,
        ),
        min_size=1,
        max_size=5,
    ),
    full=st.booleans(),
)
@settings(max_examples=30)
def test_after_any_history_the_latest_statement_of_each_key_shows(tmp_path_factory, history, full):
    loading = Loading(tmp_path_factory.mktemp("history"), FULL if full else LENIENT)
    remembered, phones = {}, set()
    for month, rows in enumerate(history, start=1):
        lines = [f"{key},{region},{mobile}" for key, (region, mobile) in rows.items()]
        report = loading.load(
            applicants="\n".join(["applicant_id,region,mobile", *lines]), **dated(f"2026-{month:02}-01")
        )
        assert adds_up(report)
        used = sum(remembered.get(key) != cells for key, cells in rows.items())
        assert report.tables["applicants"]["used"] == used, "what did not change is not written"
        remembered = {**({} if full else remembered), **rows}
        phones |= {(f"applicant:{key}", f"phone:+86{mobile}") for key, (_, mobile) in rows.items() if mobile}
        as_of = f"2026-{month:02}-02"
        shown = loading.facts("applicants", as_of)
        assert {uid: cells.get("region", "") for uid, cells in shown.items()} == {
            f"applicants:{key}": region for key, (region, _) in remembered.items()
        }
        assert set(loading.edges("HAS_PHONE", as_of)) == phones
        current = loading.store.current_relationships("HAS_PHONE")
        still = current[current["valid_to"] == FOREVER]
        assert set(zip(still["source"], still["target"], strict=True)) == {
            (f"applicant:{key}", f"phone:+86{mobile}") for key, (_, mobile) in remembered.items() if mobile
        }
    assert pd.Series(loading.versions("HAS_PHONE").get("valid_to", []), dtype="int64").gt(ALWAYS).all()
    loading.store.close()
