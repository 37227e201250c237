"""From files to a store: what is used, what is rejected and why, and that every row is accounted for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ringfence.graph.errors import UserError
from ringfence.loaders.cleaning.rejects import REASONS
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.schema.tables import TABLES
from support.loading import LENIENT, Loading, adds_up, at


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
    (folder / "applicants-0000-000000.part").write_text("left by a load that was killed")
    loading.load(applicants="applicant_id\nA1")
    assert not folder.exists()
    with pytest.raises(UserError):
        loading.load(parse_mapping('[privacy]\ndefault = "personal"\n', "x", "x"), applicants="applicant_id\nA2")
    assert not folder.exists()


CELLS = {
    "ref": ["A1", "A2", "A9", "", "1E+9"], "party": ["A1", "C1", "X", "B", ""], "text": ["", "x", "K1", "K2"],
    "identifier": ["", "13800138000", "13812345678", "123", "1.2E+10"], "time": ["", "2026-01-01", "2097-01-01", "z"],
    "number": ["", "5", "five"], "integer": ["", "5", "5.5"],
    "choice": ["", "applicant", "overdue", "正常", "phone", "单位", "zz"], "personal_name": ["", "张三"],
    "node": ["", "A1", "13812345678", "123", "1.2E+10"],
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
