"""``identifiers``: what a party has several of is cleaned, masked and tied as in the column it might have stood in."""

import json

import pytest
from support.loading import LENIENT, PERSONAL, Loading, at

PEOPLE = "applicant_id,mobile,email,bank_card_no,employer,home_address,cert_no"
KINDS = {
    "phone": ("HAS_PHONE", "mobile", "138 1234-5678"),
    "email": ("HAS_EMAIL", "email", "Wang@Example.com"),
    "address": ("HAS_ADDRESS", "home_address", "上海市 浦东新区 世纪大道1号"),
    "id_document": ("HAS_ID", "cert_no", "11010519491231002x"),
    "account": ("OWNS", "bank_card_no", "6222 0200 0000 1234 567"),
    "employer": ("WORKS_AT", "employer", "某 公司"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mapping", [LENIENT, PERSONAL], ids=["internal", "personal"])
def test_a_value_is_the_node_that_the_applicants_column_makes(tmp_path, mapping, kind):
    relation, column, value = KINDS[kind]
    loading = Loading(tmp_path, mapping)
    loading.load(
        applicants=f"applicant_id,{column}\nA1,{value}\nA2,", identifiers=f"owner_id,kind,value\nA2,{kind},{value}"
    )
    (one, first), (other, second) = loading.edges(relation)
    assert (one, other) == ("applicant:A1", "applicant:A2") and first == second
    told = {row["source_name"]: json.loads(row["data"]) for row in loading.versions(relation).to_dict("records")}
    assert told["applicant:A1"] == {**told["applicant:A2"], "via": column}
    assert told["applicant:A2"]["via"] == "identifiers"


@pytest.mark.parametrize(
    ("kind", "relation", "column", "value"),
    [("device", "USED_DEVICE", "imei", "860123456789014"), ("wifi", "USED_WIFI", "wifi_bssid", "AA-BB-CC-00-11-22")],
)
def test_a_device_or_wifi_is_the_node_that_an_application_uses(loading, kind, relation, column, value):
    loading.load(
        applicants="applicant_id\nA1\nA2",
        applications=f"apply_no,applicant_id,apply_time,{column}\nP1,A1,2026-01-01,{value}",
        identifiers=f"owner_id,kind,value\nA2,{kind},{value}",
    )
    (_, first), (_, second) = loading.edges(relation)
    assert [source for source, _ in loading.edges(relation)] == ["applicant:A2", "application:P1"] and first == second


@pytest.mark.parametrize(
    ("word", "kind"),
    [("手机", "phone"), ("电话", "phone"), ("邮箱", "email"), ("地址", "address"), ("证件", "id_document"),
     ("银行卡", "account"), ("账户", "account"), ("设备", "device"), ("单位", "employer"), ("Wi-Fi", "wifi")],
)  # fmt: skip
def test_kinds_are_known_in_chinese(loading, word, kind):
    loading.load(applicants="applicant_id\nA1", identifiers=f"owner_id,kind,value\nA1,{word},13812345678")
    assert loading.rejects() == []
    assert len(loading.store.snapshot().at(at("2099-01-01")).of_kind(kind)) == 1


def test_owners_are_parties_of_every_kind(loading):
    loading.load(
        applicants="applicant_id\nA1",
        companies="company_id\nC1\nX",
        merchants="merchant_no\nM1\nX",
        identifiers="owner_id,owner_kind,kind,value,use\nA1,,phone,13812345678,work\nC1,,address,某路1号,\n"
        "M1,,account,10001,\nX,merchant,phone,13912345678,\nX,,phone,13712345678,\nA9,,phone,13612345678,",
    )
    assert loading.edges("HAS_PHONE") == [
        ("applicant:A1", "phone:+8613812345678"),
        ("merchant:X", "phone:+8613912345678"),
    ]
    assert loading.edges("HAS_ADDRESS") == [("company:C1", "address:某路1号")]
    assert loading.edges("OWNS") == [("merchant:M1", "account:10001")]
    uses = {
        row["source_name"]: json.loads(row["data"])["use"] for row in loading.versions("HAS_PHONE").to_dict("records")
    }
    assert uses == {"applicant:A1": "work", "merchant:X": "own"}, "a blank use is the owner's own"
    assert [reject[2:] for reject in loading.rejects()] == [
        (6, "owner_id", "ambiguous_party", "row"),
        (7, "owner_id", "unknown_party", "row"),
    ]


def test_a_company_has_no_employer(loading):
    loading.load(
        applicants="applicant_id\nA1",
        companies="company_id\nC1",
        identifiers="owner_id,kind,value\nC1,employer,某公司\nA1,employer,某公司",
    )
    assert [reject[2:] for reject in loading.rejects()] == [(2, "kind", "impossible_tie", "row")]
    assert loading.edges("WORKS_AT") == [("applicant:A1", "employer:某公司")]


def test_an_invalid_value_is_kept_flagged_and_links_no_one(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    report = loading.load(
        applicants="applicant_id\nA1\nA2",
        identifiers="owner_id,kind,value\nA1,phone,12\nA2,phone,12\nA1,phone,13800138000\nA1,phone,010-62345678\n"
        "A2,phone,01062345678\nA1,account,4111111111111112",
    )
    assert report.tables["identifiers"]["used"] == 6
    flags = [json.loads(data)["flag"] for data in loading.versions("HAS_PHONE")["data"]]
    assert sorted(flags) == ["invalid", "invalid", "landline", "landline", "sentinel"]
    phones = [phone for _, phone in loading.edges("HAS_PHONE")]
    assert len(set(phones)) == 4, "the landline is one node"
    assert len(loading.store.snapshot().at(at("2099-01-01")).ties("HAS_PHONE")) == 0
    # a wrong check digit only warns
    assert json.loads(loading.versions("OWNS")["data"][0]) == {"via": "identifiers", "warning": "luhn"}
    secrets = sum(len(block) for block in loading.store.secrets())
    assert secrets == 5, "every value has its mask and ciphertext, the landline one for both rows"


def test_what_could_not_be_read_is_masked_by_its_kind(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    loading.load(
        applicants="applicant_id\nA1",
        identifiers="owner_id,kind,value\nA1,account,6.2220200000123E+18\nA1,传真,13812345678\nA1,phone,\nA1,phone,#REF!",
        flags="entity_kind,entity_key,flag\nphone,#REF!,blacklist",
    )
    rejects = loading.store.rejects()
    of_rows = rejects[rejects["table"] == "identifiers"].sort_values("row")
    assert of_rows[["row", "column", "reason"]].to_numpy().tolist() == [
        [2, "value", "scientific_notation"],
        [3, "kind", "unknown_word"],
        [4, "value", "missing_required"],
        [5, "value", "formula_error"],
    ]
    assert of_rows["value"].iloc[0].startswith("****") and "传真" not in of_rows["value"].iloc[1]
    assert rejects[rejects["table"] == "flags"]["reason"].tolist() == ["formula_error"]


def test_the_key_is_owner_kind_value_use_and_start_where_a_blank_is_a_value(loading):
    head = "owner_id,kind,value,use,valid_from,valid_to\n"
    rows = [
        "A1,phone,13812345678,,,",
        "A1,phone,138 1234 5678,,,",
        "A1,phone,13812345678,work,,",
        "A1,phone,13812345678,,2020-01-01,2021-01-01",
        "A1,phone,13812345678,,2022-01-01,",
        "A1,wifi,13812345678,,,",
        "A2,phone,13812345678,,,",
    ]
    report = loading.load(applicants="applicant_id\nA1\nA2", identifiers=head + "\n".join(rows))
    assert report.tables["identifiers"] == {"read": 7, "used": 6, "unchanged": 0, "duplicate": 1, "rejected": 0}
    assert len(loading.edges("HAS_PHONE")) == 5
    frame = loading.versions("HAS_PHONE")
    assert sorted(frame["valid_from"])[-2:] == [at("2020-01-01"), at("2022-01-01")]
    # what has a start is known from then on
    assert len(loading.edges("HAS_PHONE", "2019-12-31")) == 3
    assert len(loading.edges("HAS_PHONE", "2021-06-01")) == 4, "an observation counts for good"


def test_loads_that_follow_change_close_and_leave_alone(tmp_path):
    from ringfence.loaders.schema.mapping import parse_mapping

    full = '[extract]\nidentifiers = "full"\n[privacy]\ndefault = "internal"\n'
    loading = Loading(tmp_path, parse_mapping(full, "full", "full"))
    rows = "owner_id,kind,value,use\nA1,phone,13812345678,\nA1,device,d1,\nA1,employer,某公司,"
    people = {"applicants": "applicant_id\nA1", "applications": "apply_no,applicant_id,apply_time\nP,A1,2026-01-01"}
    loading.load(**people, identifiers=rows)
    again = loading.load(identifiers=rows)
    assert again.tables["identifiers"] == {"read": 3, "used": 0, "unchanged": 3, "duplicate": 0, "rejected": 0}
    shorter = loading.load(
        applications="apply_no,applicant_id,apply_time\nQ,A1,2026-02-01",
        identifiers="owner_id,kind,value,use\nA1,phone,13812345678,",
    )
    assert shorter.closed == {"identifiers": 2}
    ends = {relation: loading.versions(relation)["valid_to"].iloc[-1] for relation in ("USED_DEVICE", "WORKS_AT")}
    assert set(ends.values()) == {at("2026-02-01")}
    assert loading.versions("HAS_PHONE")["valid_to"].iloc[-1] > at("2099-01-01")
    back = loading.load(identifiers=rows)
    assert back.tables["identifiers"]["used"] == 2


def test_every_kind_of_store_holds_both_new_tables(url, tmp_path):
    loading = Loading(tmp_path, PERSONAL, url)
    report = loading.load(
        applicants="applicant_id,mobile\nA1,13812345678\nA2,",
        identifiers="owner_id,kind,value\nA2,phone,13812345678\nA2,device,d1\nA2,phone,99",
        relations="applicant_id,other_id,relation\nA1,A2,配偶",
    )
    assert report.tables["identifiers"]["used"] == 3 and report.tables["relations"]["used"] == 1
    (one, first), *_ = loading.edges("HAS_PHONE")
    assert ("applicant:A2", first) in loading.edges("HAS_PHONE") and one == "applicant:A1"
    assert loading.edges("RELATED_TO") == [("applicant:A1", "applicant:A2")]
    assert [source for source, _ in loading.edges("USED_DEVICE")] == ["applicant:A2"]
    loading.store.close()


# -- what applicants are to each other


def test_a_relation_leads_from_one_applicant_to_the_other_with_its_word(loading):
    report = loading.load(
        applicants="applicant_id\nA1\nA2",
        relations="applicant_id,other_id,relation,valid_from,valid_to\nA1,A2,配偶,2020-01-01,2024-01-01\n"
        "A1,A2,同事,,\nA2,A1,配偶,,\nA1,A2,同事,,",
    )
    assert report.tables["relations"] == {"read": 4, "used": 3, "unchanged": 0, "duplicate": 1, "rejected": 0}
    told = loading.versions("RELATED_TO")
    assert sorted(json.loads(data)["relation"] for data in told["data"]) == ["同事", "配偶", "配偶"]
    # a state: it counts while it lasts
    assert len(loading.edges("RELATED_TO", "2023-01-01")) == 3
    assert len(loading.edges("RELATED_TO", "2025-01-01")) == 2


def test_nobody_is_related_to_themselves_or_to_somebody_unknown(loading):
    loading.load(
        applicants="applicant_id\nA1\nA2",
        relations="applicant_id,other_id,relation\nA1,A1,配偶\nA1,A9,父母\nA1,A2,\nA1,A2,子女",
    )
    assert [reject[2:] for reject in loading.rejects()] == [
        (2, "other_id", "impossible_tie", "row"),
        (3, "other_id", "unknown_applicant", "row"),
        (4, "relation", "missing_required", "row"),
    ]
    assert loading.edges("RELATED_TO") == [("applicant:A1", "applicant:A2")]


# -- new columns


def test_a_company_has_phones_and_the_address_it_is_registered_at(loading):
    loading.load(
        companies="company_id,phone,registered_address,finance_contact_mobile,auditor\n"
        "C1,13812345678,某路1号,13912345678,某事务所"
    )
    told = {row["target_name"]: json.loads(row["data"]) for row in loading.versions("HAS_PHONE").to_dict("records")}
    assert told == {
        "phone:+8613812345678": {"use": "own", "via": "phone"},
        "phone:+8613912345678": {"use": "work", "via": "finance_contact_mobile"},
    }
    (row,) = loading.versions("HAS_ADDRESS").to_dict("records")
    assert (row["source_name"], json.loads(row["data"])["use"]) == ("company:C1", "own")
    assert loading.facts("companies")["companies:C1"]["auditor"] == "某事务所"


def test_an_application_says_with_whom_it_was_filed(loading):
    loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time,lender,lender_kind\nP1,A1,2026-01-01,某行,银行\n"
        "P2,A1,2026-01-01,某贷,非银\nP3,A1,2026-01-01,,\nP4,A1,2026-01-01,某处,当铺",
    )
    facts = loading.facts("applications")
    told = [
        (facts[f"applications:P{n}"].get("lender"), facts[f"applications:P{n}"].get("lender_kind")) for n in range(1, 5)
    ]
    assert told == [("某行", "bank"), ("某贷", "nonbank"), (None, None), ("某处", None)]
    assert [reject[2:] for reject in loading.rejects()] == [(5, "lender_kind", "unknown_word", "cell")]


def test_a_transfer_keeps_the_balances_after_it(loading):
    loading.load(
        transfers='from_account,to_account,amount,time,balance_after,to_balance_after\n1,2,5,2026-01-01,"1,000.5",0'
    )
    assert json.loads(loading.versions("TRANSFERRED")["data"][0]) == {"balance_after": 1000.5, "to_balance_after": 0}
