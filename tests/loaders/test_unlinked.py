"""What a load keeps but lets link no one is counted by column and flag, in what it says and in the store."""

import pytest
from ringfence.api.services.status import status
from ringfence.loaders.passes.unlinked import advice
from support.book import ringfence
from support.loading import LENIENT, Loading

PEOPLE = """applicant_id,mobile,bank_card_no,email
A1,13800138000,6222****1234,a@b.cn
A2,138****1234,6222021234567890123,x
A3,010-88886666,,
A4,13812345678,6222021234567890131,n/a
"""
COUNTED = [
    {"table": "applicants", "column": "bank_card_no", "flag": "masked", "values": 1, "of": 3},
    {"table": "applicants", "column": "email", "flag": "invalid", "values": 1, "of": 2},
    {"table": "applicants", "column": "mobile", "flag": "landline", "values": 1, "of": 4},
    {"table": "applicants", "column": "mobile", "flag": "masked", "values": 1, "of": 4},
    {"table": "applicants", "column": "mobile", "flag": "sentinel", "values": 1, "of": 4},
]


@pytest.fixture
def loading(tmp_path, url):
    loading = Loading(tmp_path, LENIENT, url)
    yield loading
    loading.store.close()


def test_a_load_counts_them_and_the_store_keeps_the_count(loading):
    assert loading.load(applicants=PEOPLE).unlinked == COUNTED
    assert status(loading.store)["unlinked"] == COUNTED


def test_counts_of_loads_add_up_and_go_with_them(loading):
    loading.load(applicants=PEOPLE)
    loading.load(applicants="applicant_id,mobile,email\nA5,13812345679,\nA6,1,c@d.cn")
    found = {(row["column"], row["flag"]): (row["values"], row["of"]) for row in status(loading.store)["unlinked"]}
    assert (
        found["mobile", "invalid"] == (1, 6)
        and found["mobile", "landline"] == (1, 6)
        and found["email", "invalid"] == (1, 3)
    )
    loading.store.unload(2)
    assert status(loading.store)["unlinked"] == COUNTED


def test_flags_places_and_both_ends_are_counted_as_columns_are(loading):
    report = loading.load(
        applicants="applicant_id\nA1",
        applications="apply_no,applicant_id,apply_time,ip,gps_lat,gps_lon\nP1,A1,2024-01-01,127.0.0.1,0,0",
        flags="entity_kind,entity_key,flag\nphone,138****1234,blacklist\napplicant,A1,overdue",
        transfers="from_account,to_account,amount,time\n6222****1234,62220212,1,2024-01-01",
    )
    assert [(row["table"], row["column"], row["flag"], row["values"]) for row in report.unlinked] == [
        ("applications", "ip", "sentinel", 1),
        ("applications", "place", "sentinel", 1),
        ("flags", "entity_key", "masked", 1),
        ("transfers", "from_account", "masked", 1),
    ]


def test_where_a_column_has_many_it_is_said_what_to_do():
    row = {"table": "applicants", "column": "mobile", "flag": "invalid", "values": 2, "of": 19}
    work = {**row, "flag": "landline", "column": "employer_phone"}
    assert advice([row, {**row, "flag": "masked", "of": 20}, {**row, "flag": "landline", "of": 21}, work]) == [
        "applicants.mobile: 2 of 19 values are kept but link no one (invalid): if they are sound values of the lender's"
        " own, let the mapping say plain = true"
    ]


def test_what_was_not_read_and_what_links_no_one_is_in_load_and_status(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "applicants.csv").write_text(PEOPLE, "utf-8")
    (tmp_path / "book" / "loans.xls").write_bytes(b"x")
    loaded = ringfence("load", "book", cwd=tmp_path)
    said = "loans.xls: not read: .xls files cannot be read; if it holds a table, save it as .xlsx"
    assert said in loaded.stderr
    assert "applicants.mobile: 1 of 4 values are kept but link no one (landline): many people share" in loaded.stderr
    told = ringfence("status", cwd=tmp_path).stdout
    assert said in told
    for text in (loaded.stdout, told):
        assert "KEPT, LINKS NO ONE  COLUMN" in text and "1234" not in text
