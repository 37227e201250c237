"""Since when a row is known: a history loaded today is usable for last year, and nothing reaches back before it."""

import pytest
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.loaders.schema.mapping import parse_mapping
from support.loading import Loading, at

DATED = parse_mapping('data_date = "2026-05-01"\n[privacy]\ndefault = "internal"\n', "dated", "dated")


@pytest.fixture
def loading(tmp_path):
    return Loading(tmp_path)


def known(loading, owner):
    """``known_at`` of all versions in the order of loads, by what the uid ends with."""
    frame = loading.versions(owner)
    result = {}
    for uid, moment in zip(frame["uid"], frame["known_at"].tolist(), strict=True):
        result.setdefault(uid.partition(":")[2], []).append(moment)
    return result


# -- a first load


def test_a_row_is_known_since_its_own_time_unless_it_says_otherwise(loading):
    loading.load(
        applicants="applicant_id,known_at\nA1,2026-01-05\nA2,",
        loans="loan_id,borrower_id,applied_at,disbursed_at\nL1,A1,2026-01-01,2026-01-03\nL2,A1,2026-01-01,\nL3,A1,,",
        accounts="account_no,opened_at,valid_from\na,2026-01-01,2025-01-01\nb,,2025-01-01",
        flags="entity_kind,entity_key,flag,effective_from\napplicant,A1,overdue,2026-02-01",
    )
    assert known(loading, "applicants") == {"A1": [at("2026-01-05")], "A2": [ALWAYS]}
    assert known(loading, "loans") == {"L1": [at("2026-01-03")], "L2": [at("2026-01-01")], "L3": [ALWAYS]}
    assert known(loading, "accounts") == {"a": [at("2026-01-01")], "b": [at("2025-01-01")]}
    assert list(known(loading, "flags").values()) == [[at("2026-02-01")]]
    assert set(known(loading, "BORROWED").values().__iter__().__next__()) == {at("2026-01-03")}


def test_applicants_and_contacts_without_a_time_are_known_since_the_first_application(loading):
    loading.load(
        applicants="applicant_id,mobile,valid_from\nA1,13800000001,\nA2,13800000002,\nA3,,2025-06-01",
        applications="apply_no,applicant_id,apply_time\nP1,A1,2026-03-01\nP2,A1,2026-02-01\nP3,A3,2026-02-01",
        contacts="applicant_id,contact_mobile\nA1,13900000001\nA2,13900000001",
        companies="company_id,uscc\nC1,91110000600037341L",
    )
    assert known(loading, "applicants") == {"A1": [at("2026-02-01")], "A2": [ALWAYS], "A3": [at("2025-06-01")]}
    assert list(known(loading, "HAS_PHONE").values()) == [[at("2026-02-01")], [ALWAYS]]
    assert list(known(loading, "LISTS_CONTACT").values()) == [[at("2026-02-01")], [ALWAYS]]
    assert known(loading, "companies") == {"C1": [ALWAYS]}


def test_contacts_loaded_after_their_applications_are_known_since_then_too(loading):
    loading.load(applicants="applicant_id\nA1", applications="apply_no,applicant_id,apply_time\nP1,A1,2026-02-01")
    loading.load(contacts="applicant_id,contact_mobile\nA1,13900000001")
    assert list(known(loading, "LISTS_CONTACT").values()) == [[at("2026-02-01")]]


# -- later loads


def test_what_a_later_load_adds_without_a_time_is_known_since_its_data_date(loading):
    loading.load(companies="company_id\nA\nB", holdings="holder_id,company_id\nA,B", devices="device_id\nd1")
    loading.load(
        holdings="holder_id,company_id,valid_from\nB,A,\nB,B,2025-01-01", devices="device_id\nd2",
        sign_ins="device_id,account_no,time\nd1,a,2026-03-01",
    )  # fmt: skip
    shares = known(loading, "HOLDS_SHARE")
    assert shares["company:A|B|"] == [ALWAYS]
    assert shares["company:B|A|"] == [at("2026-03-01")]
    assert shares[f"company:B|B|{at('2025-01-01')}"] == [at("2025-01-01")], "its own time counts where it has one"
    assert known(loading, "devices") == {"d1": [ALWAYS], "d2": [at("2026-03-01")]}


def test_parties_first_declared_by_a_later_load_follow_the_rule_of_a_first_one(loading):
    loading.load(
        applicants="applicant_id\nA1",
        companies="company_id\nC1",
        contacts="applicant_id,contact_mobile\nA1,13900000001",
    )
    loading.load(
        applicants="applicant_id\nA2",
        companies="company_id\nC2",
        applications="apply_no,applicant_id,apply_time\nP1,A2,2026-02-01\nP2,A2,2026-03-01\nP3,A1,2026-01-01",
        contacts="applicant_id,contact_mobile\nA2,13900000001\nA1,13900000002",
    )
    assert known(loading, "applicants") == {"A1": [ALWAYS], "A2": [at("2026-02-01")]}
    assert known(loading, "companies") == {"C1": [ALWAYS], "C2": [ALWAYS]}
    contacts = known(loading, "LISTS_CONTACT")
    assert contacts["A2|+8613900000001"] == [at("2026-02-01")]
    assert contacts["A1|+8613900000002"] == [at("2026-03-01")], "a known applicant's new contact came with this load"


def test_a_change_is_known_since_the_later_of_data_date_and_own_time(loading):
    loading.load(
        applicants="applicant_id\nA1",
        loans="loan_id,borrower_id,disbursed_at,product\nL1,A1,2026-01-01,x\nL2,A1,2026-01-02,x",
    )
    loading.load(
        DATED,
        loans="loan_id,borrower_id,disbursed_at,product\nL1,A1,2026-01-01,y\nL2,A1,2026-06-01,y",
    )
    assert known(loading, "loans") == {
        "L1": [at("2026-01-01"), at("2026-05-01")],
        "L2": [at("2026-01-02"), at("2026-06-01")],
    }
    loading.load(DATED, loans="loan_id,borrower_id,disbursed_at,product,known_at\nL1,A1,2026-01-01,z,2026-04-01")
    assert known(loading, "loans")["L1"][-1] == at("2026-04-01"), "unless the row says"


def test_where_nothing_has_a_date_a_change_is_always_known(loading):
    loading.load(companies="company_id,name\nC1,a")
    loading.load(companies="company_id,name\nC1,b")
    assert known(loading, "companies") == {"C1": [ALWAYS, ALWAYS]}
    assert loading.facts("companies")["companies:C1"]["name"] == "b"


def test_a_load_without_events_takes_the_data_date_of_the_store(loading):
    loading.load(companies="company_id,name\nC1,a", sign_ins="device_id,account_no,time\nd,a,2026-03-01")
    report = loading.load(companies="company_id,name\nC1,b")
    assert known(loading, "companies")["C1"][-1] == at("2026-03-01")
    assert report.data_date is None
    assert loading.store.data_date() == at("2026-03-01")


# -- the data date


def test_only_events_date_a_load_never_starts_due_dates_or_known_dates(loading):
    report = loading.load(
        applicants="applicant_id,known_at\nA1,2026-12-01",
        loans="loan_id,borrower_id,applied_at,disbursed_at,due_at\nL1,A1,2026-02-10,2026-02-03,2027-02-03",
        guarantees="guarantor_id,borrower_id,start_date,end_date\nA1,A1,2026-11-01,2027-11-01",
        loan_history="loan_id,date,dpd\nL1,2026-02-05,0",
    )
    assert report.data_date == at("2026-02-05")
    report = loading.load(DATED, loan_history="loan_id,date,dpd\nL1,2026-06-05,0")
    assert report.data_date == at("2026-05-01"), "what the mapping says comes first"


def test_columns_of_the_present_state_count_from_their_status_date_or_the_data_date(loading):
    loading.load(
        companies="company_id,name,net_assets,status_date\nC1,a,5,2026-01-15\nC2,b,6,",
        sign_ins="device_id,account_no,time\nd,a,2026-03-01",
    )
    assert "net_assets" not in loading.facts("companies", "2026-01-14")["companies:C1"]
    assert loading.facts("companies", "2026-01-15")["companies:C1"]["net_assets"] == 5
    assert "net_assets" not in loading.facts("companies", "2026-02-28")["companies:C2"]
    assert loading.facts("companies", "2026-03-01")["companies:C2"]["net_assets"] == 6
    assert loading.facts("companies", "2020-01-01")["companies:C2"]["name"] == "b"


def test_a_load_without_columns_of_the_present_state_leaves_their_date_alone(loading):
    loading.load(companies="company_id,name,net_assets,status_date\nC1,a,5,2026-01-15")
    loading.load(companies="company_id,name\nC1,b", sign_ins="device_id,account_no,time\nd,a,2026-03-01")
    assert loading.versions("companies")["status_from"].tolist() == [at("2026-01-15")] * 2


# -- validity


def test_stated_validity_bounds_what_a_row_says(loading):
    loading.load(
        companies="company_id\nA\nB",
        holdings="holder_id,company_id,valid_from,valid_to\nA,B,2026-01-01,2026-06-01",
        accounts="account_no,owner_id,valid_from,valid_to\na,A,2026-01-01,2026-06-01",
    )
    assert loading.edges("HOLDS_SHARE", "2026-03-01") == [("company:A", "company:B")]
    assert loading.edges("HOLDS_SHARE", "2026-06-01") == []
    assert loading.edges("OWNS", "2026-07-01") == [("company:A", "account:a")], "a tie stays evidence"
    owned = loading.versions("OWNS").iloc[0]
    assert (owned["valid_from"], owned["valid_to"]) == (at("2026-01-01"), at("2026-06-01"))
    loading.load(accounts="account_no,owner_id,bank\na,A,x", sign_ins="device_id,account_no,time\nd,a,2026-03-01")
    facts = loading.versions("accounts").iloc[-1]
    assert (facts["valid_from"], facts["valid_to"]) == (at("2026-01-01"), at("2026-06-01")), "absent columns keep"


def test_events_bear_their_time_and_states_begin_with_their_row(loading):
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time,device_id\nP1,A1,2026-01-01 10:00:00,d",
        loans="loan_id,borrower_id,apply_no,applied_at,disbursed_at,account_no\nL1,A1,P1,2026-01-01,2026-01-03,a",
        repayments="loan_id,payer_account,amount,time\nL1,a,5,2026-02-03",
        orders="order_no,applicant_id,merchant_no,paid_at\nO1,A1,M1,2026-01-04",
        merchants="merchant_no\nM1",
    )
    begin = {owner: loading.versions(owner)["valid_from"].tolist() for owner in
             ("APPLIED", "USED_DEVICE", "BORROWED", "BECAME", "DISBURSED_TO", "REPAID", "ORDERED")}  # fmt: skip
    assert begin == {
        "APPLIED": [at("2026-01-01 10:00:00")], "USED_DEVICE": [at("2026-01-01 10:00:00")],
        "BORROWED": [at("2026-01-01")], "BECAME": [at("2026-01-01")], "DISBURSED_TO": [at("2026-01-03")],
        "REPAID": [at("2026-02-03")], "ORDERED": [at("2026-01-04")],
    }  # fmt: skip
    assert set(loading.versions("REPAID")["valid_to"]) == {FOREVER}
