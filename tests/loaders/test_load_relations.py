"""What a row makes: nodes, relationships, flags."""

import json

import pytest
from ringfence.loaders.schema.mapping import parse_mapping
from support.loading import at


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


def test_an_event_says_that_an_end_of_it_links_no_one(loading):
    loading.load(
        transfers="""transfer_id,from_account,to_account,amount,time
        T1,62220200,6222****1234,5,2026-01-01
        T2,6222****1234,62220200,5,2026-01-02
        T3,62220200,62220300,5,2026-01-03""",
        sign_ins="device_id,account_no,time\n000000000000000,62220200,2026-01-04\ndev-1,62220200,2026-01-05",
    )
    snapshot = loading.store.snapshot()
    for relation, flag in (("TRANSFERRED", "invalid"), ("SIGNED_IN", "sentinel")):
        events, linking = snapshot.edges(relation), snapshot.ties(relation)
        assert set(snapshot.flags(events.positions)) == {flag, None}
        assert snapshot.flags(linking.positions) == [None]


def test_what_a_lender_adds_to_the_stop_list_links_no_one_either(loading):
    own = parse_mapping('[sentinels]\nphone = ["138 1234 5678"]\nemployer = "Ｓｅｌｆ"', "bank", "bank")
    loading.load(
        own,
        applicants="applicant_id,mobile,employer\nA1,13812345678,self\nA2,+86-13812345678,SELF\nA3,13812345679,self",
    )
    assert len({phone for _, phone in loading.edges("HAS_PHONE")}) == 3
    assert len({employer for _, employer in loading.edges("WORKS_AT")}) == 3
    assert loading.rejects() == []


@pytest.mark.parametrize("word", ["失效", "终止", "无效", "解除", "已失效", "作废"])
def test_a_word_that_says_a_contract_is_over_ends_it(loading, word):
    rows = (
        f"contract_id,guarantor_id,borrower_id,status,status_date\nG1,A,B,{word},2026-03-01\nG2,B,A,履行中,2026-03-01\n"
    )
    loading.load(companies="company_id\nA\nB", guarantees=rows)
    assert loading.edges("GUARANTEES", "2026-02-01") == [("company:A", "company:B"), ("company:B", "company:A")]
    assert loading.edges("GUARANTEES", "2026-04-01") == [("company:B", "company:A")]
    assert loading.rejects() == []


def test_a_negative_amount_is_a_reject_and_an_end_before_the_start_is_never_in_force(loading):
    loading.load(
        companies="company_id\nA\nB",
        guarantees="contract_id,guarantor_id,borrower_id,amount,start_date,end_date\nG1,A,B,-5,2026-03-01,2027-03-01\n"
        "G2,B,A,5,2026-03-01,2025-03-01\n",
    )
    assert [(column, reason) for _, _, _, column, reason, _ in loading.rejects()] == [("amount", "out_of_range")]
    assert loading.edges("GUARANTEES", "2026-04-01") == [("company:A", "company:B")]
    assert loading.edges("GUARANTEES", "2025-06-01") == []
