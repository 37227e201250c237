"""Several of one thing: identifiers that differ are all kept, and only the latest shows as the column's value."""

import json

import pytest
from ringfence.loaders.passes.load import load
from support.loading import LENIENT, PERSONAL, Loading, adds_up


def ties(loading, relation):
    """Every tie of a relation: source, target, file and row that give it, and whether it is past."""
    frame = loading.versions(relation)
    names = dict(loading.store.connection.execute("SELECT file, name FROM files").fetchall())
    return sorted(
        (row["source_name"], row["target_name"], names[row["file"]], row["row"]) for row in frame.to_dict("records")
    )


@pytest.mark.parametrize("other", ["applicants/2", None], ids=["two files", "one file"])
def test_two_rows_with_two_phones_are_both_used_and_tie_twice(loading, other):
    first, second = "A1,13812345678,2026-01-01", "A1,13912345678,2026-02-01"
    head = "applicant_id,mobile,known_at\n"
    if other:
        report = loading.load(**{"applicants/1": head + first, other: head + second})
        places = [("applicants/1.csv", 2), ("applicants/2.csv", 2)]
    else:
        report = loading.load(applicants=head + first + "\n" + second)
        places = [("applicants.csv", 2), ("applicants.csv", 3)]
    assert report.tables["applicants"] == {"read": 2, "used": 2, "unchanged": 0, "duplicate": 0, "rejected": 0}
    assert ties(loading, "HAS_PHONE") == [
        ("applicant:A1", "phone:+8613812345678", *places[0]),
        ("applicant:A1", "phone:+8613912345678", *places[1]),
    ]
    assert loading.facts("applicants")["applicants:A1"]["mobile"] == "+8613912345678", "the latest"


def test_a_row_that_adds_nothing_is_a_duplicate(loading):
    report = loading.load(
        applicants="applicant_id,name,mobile\n"
        "A1,张三,13812345678\nA1,张三,138 1234 5678\nA1,李四,\nA2,,\nA2,,13912345678"
    )
    # the second of A2 gives its only phone
    assert report.tables["applicants"] == {"read": 5, "used": 3, "unchanged": 0, "duplicate": 2, "rejected": 0}


TABLES = {
    "applicants": (
        "HAS_ID HAS_PHONE HAS_EMAIL OWNS WORKS_AT HAS_ADDRESS",
        "applicant_id,cert_no,mobile,email,bank_card_no,employer,employer_phone,home_address,work_address",
        "A1,11010519491231002X,13800000001,a@x.cn,4111111111111111,甲厂,13800000003,甲街1号,甲街2号",
        "A1,440524188001010014,13800000002,b@x.cn,5500005555555559,乙厂,13800000004,乙街1号,乙街2号",
    ),
    "companies": (
        "HAS_ID HAS_PHONE HAS_ADDRESS",
        "company_id,uscc,phone,registered_address,finance_contact_mobile",
        "C1,91350100M000100Y43,13800000001,甲街1号,13800000003",
        "C1,91110000600037341L,13800000002,乙街1号,13800000004",
    ),
    "merchants": (
        "HAS_ID HAS_PHONE OWNS",
        "merchant_no,uscc,phone,account_no",
        "M1,91350100M000100Y43,13800000001,10001",
        "M1,91110000600037341L,13800000002,10002",
    ),
    "applications": (
        "USED_DEVICE USED_IP USED_WIFI APPLIED_FROM",
        "apply_no,applicant_id,apply_time,device_id,imei,ip,wifi_bssid,gps_lat,gps_lon",
        "P1,A1,2026-01-01,d1,860123456789014,1.2.3.4,aa:bb:cc:00:11:22,31.1,121.1",
        "P1,A1,2026-01-01,d2,860123456789022,1.2.3.5,aa:bb:cc:00:11:33,31.2,121.2",
    ),
    "accounts": ("OWNS", "account_no,owner_id", "10009,A1", "10009,A2"),
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_identifier_of_every_table_is_tied_with_the_row_that_gives_it(loading, table):
    relations, head, first, second = TABLES[table]
    people = {} if table == "applicants" else {"applicants": "applicant_id\nA1\nA2"}
    report = loading.load(**people, **{f"{table}/1": f"{head}\n{first}", f"{table}/2": f"{head}\n{second}"})
    assert report.tables[table] == {"read": 2, "used": 2, "unchanged": 0, "duplicate": 0, "rejected": 0}
    told = [(file, row) for relation in relations.split() for *_, file, row in ties(loading, relation)]
    stated = len(first.split(",")) - 1 - {"applications": 3, "accounts": 0}.get(table, 0)
    assert sorted(told) == sorted([(f"{table}/1.csv", 2)] * stated + [(f"{table}/2.csv", 2)] * stated)


def test_loading_the_same_rows_again_changes_nothing(loading):
    rows = "applicant_id,mobile,employer\nA1,13812345678,甲\nA1,13912345678,乙\nA1,13812345678,甲"
    assert loading.load(applicants=rows).tables["applicants"]["duplicate"] == 1
    before = len(loading.versions("HAS_PHONE")), len(loading.versions("WORKS_AT"))
    again = loading.load(applicants=rows).tables["applicants"]
    assert again == {"read": 3, "used": 0, "unchanged": 2, "duplicate": 1, "rejected": 0}
    assert (len(loading.versions("HAS_PHONE")), len(loading.versions("WORKS_AT"))) == before == (2, 2)


def shown(loading, relation="HAS_PHONE"):
    """Current ties with whether they have ended."""
    edges = loading.store.snapshot().at(4_000_000_000_000).edges(relation)
    names = loading.store.snapshot().names(edges.target)
    return sorted(
        (name.partition(":")[2], end < 2**62) for name, end in zip(names, edges.valid_to.tolist(), strict=True)
    )


def test_a_later_load_ends_those_it_no_longer_states_and_keeps_the_others(tmp_path):
    loading = Loading(tmp_path, LENIENT)
    loading.load(
        applicants="applicant_id,name,mobile,employer\nA1,张三,13800000001,甲\nA1,张三,13800000002,甲\nA1,张三,13800000003,乙",
        applications="apply_no,applicant_id,apply_time\nP1,A1,2026-01-01",
    )
    loading.load(
        applicants="applicant_id,name,mobile\nA1,张大三,13800000003\nA1,张大三,13800000001",
        applications="apply_no,applicant_id,apply_time\nP2,A1,2026-02-01",
    )
    assert shown(loading) == [("+8613800000001", False), ("+8613800000002", True), ("+8613800000003", False)]
    # a column that its files do not have keeps all of its values
    assert shown(loading, "WORKS_AT") == [("乙", False), ("甲", False)]
    loading.load(applicants="applicant_id,mobile,employer\nA1,13800000001,丙")
    assert [name for name, past in shown(loading) if not past] == ["+8613800000001"]
    assert shown(loading, "WORKS_AT") == [("丙", False), ("乙", True), ("甲", True)]


def test_a_full_extract_without_the_row_ends_all_of_its_ties(tmp_path):
    loading = Loading(tmp_path, LENIENT)
    loading.load(
        applicants="applicant_id,mobile\nA1,13800000001\nA1,13800000002\nA2,13800000004",
        applications="apply_no,applicant_id,apply_time\nP1,A1,2026-01-01\nP2,A2,2026-01-01",
    )
    from ringfence.loaders.schema.mapping import parse_mapping

    full = parse_mapping(
        'data_date = "2026-03-01"\n[extract]\napplicants = "full"\n[privacy]\ndefault = "internal"', "f", "f"
    )
    report = loading.load(full, applicants="applicant_id,mobile\nA2,13800000004")
    assert report.closed == {"applicants": 1}
    assert shown(loading) == [("+8613800000001", True), ("+8613800000002", True), ("+8613800000004", False)]


def test_further_values_that_say_nothing_are_kept_and_link_no_one(tmp_path):
    loading = Loading(tmp_path, PERSONAL)
    report = loading.load(applicants="applicant_id,mobile\nA1,13812345678\nA1,12\nA2,12\nA2,13900001111\nA2,34")
    assert adds_up(report) and report.tables["applicants"]["used"] == 5
    told = [json.loads(data).get("flag") for data in loading.versions("HAS_PHONE")["data"]]
    assert sorted(map(str, told)) == ["None", "None", "invalid", "invalid", "invalid"]
    assert len({phone for _, phone in loading.edges("HAS_PHONE")}) == 5
    again = loading.load(applicants="applicant_id,mobile\nA1,13812345678\nA1,12\nA2,12\nA2,13900001111\nA2,34")
    assert again.tables["applicants"]["unchanged"] == 5


def test_every_kind_of_store_keeps_them_alike(url, tmp_path):
    loading = Loading(tmp_path, LENIENT, url)
    day = "apply_no,applicant_id,apply_time\nP1,A1,2026-01-01"
    book = {"applicants": "applicant_id,mobile\nA1,13800000001\nA1,13800000002", "applications": day}
    assert loading.load(**book).tables["applicants"]["used"] == 2
    assert load(loading.store, tmp_path / "book-1", LENIENT).tables["applicants"]["unchanged"] == 2
    loading.load(applicants="applicant_id,mobile\nA1,13800000002")
    assert shown(loading) == [("+8613800000001", True), ("+8613800000002", False)]
    loading.store.close()
