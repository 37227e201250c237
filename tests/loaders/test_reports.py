"""What public bug reports did to us (``tests/data/reports``), and two variants of each kind in another format.

The answers are those of each folder's ``expected.txt``.
"""

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from ringfence.detectors.run import run
from ringfence.graph.errors import UserError
from ringfence.graph.kernels.adjacency import Adjacency
from ringfence.graph.kernels.paths import shortest_path
from ringfence.loaders.passes.load import load
from ringfence.loaders.schema.mapping import parse_mapping
from support.loading import LENIENT, PLAIN, Loading, at

REPORTS = Path(__file__).parents[1] / "data" / "reports"
CIRCLE = [("guarantee_circle", ("C1", "C2", "C3")), ("guarantee_cycle", ("C1", "C2", "C3"))]
AMLWORLD = """
[privacy]
default = "internal"
[[file]]
match = "*_Trans"
table = "transfers"
[file.columns]
from_account = {column = 3, plain = true}
to_account = {column = 5, plain = true}
amount = "Amount Paid"
time = "Timestamp"
"""


def read(folder, report, mapping=PLAIN):
    (found,) = REPORTS.glob(f"{report}-*")
    loading = Loading(folder, mapping)
    loading.report = load(loading.store, found / "in", mapping)
    return loading


def findings(loading, as_of="2025-06-30"):
    """Kind and members of every finding."""
    found = run(loading.store.snapshot().at(at(as_of))).findings
    return sorted((f.kind, tuple(sorted(m["node"].partition(":")[2] for m in f.members))) for f in found)


def measures(loading, kind, as_of="2025-06-30"):
    (finding,) = (f for f in run(loading.store.snapshot().at(at(as_of))).findings if f.kind == kind)
    return finding.measures


def linked(loading):
    """Pairs of applicants between whom a path runs."""
    snapshot = loading.store.snapshot().at(at("2025-06-30"))
    adjacency, people = Adjacency(*snapshot.adjacency()), map(int, snapshot.of_kind("applicant"))
    pairs = [pair for pair in combinations(people, 2) if shortest_path(adjacency, *pair, 6, 1000, snapshot.links).nodes]
    return sorted("-".join(sorted(snapshot.name(node).partition(":")[2] for node in pair)) for pair in pairs)


def rejected(loading):
    return loading.store.rejects()[["table", "column", "reason"]].apply(tuple, axis=1).tolist()


def test_01a_a_null_of_hive_is_no_counter_guarantee(tmp_path):
    loading = read(tmp_path, "01a")
    assert findings(loading) == CIRCLE and len(loading.edges("GUARANTEES")) == 3


def test_01b_a_dash_is_no_joint_group(tmp_path):
    assert findings(read(tmp_path, "01b")) == []


def test_02_null_is_no_contract_number(tmp_path):
    loading = read(tmp_path, "02")
    assert len(loading.edges("TRANSFERRED")) == 4 and len(loading.edges("GUARANTEES")) == 3
    assert {count["duplicate"] for count in loading.report.tables.values()} == {0}


@pytest.mark.parametrize("report", ["03", "04", "15"])
def test_marks_masks_hashes_of_nothing_and_private_addresses_link_no_one(report, tmp_path):
    assert linked(read(tmp_path, report)) == []


def test_05_a_share_outside_0_to_1_is_no_majority(tmp_path):
    loading = read(tmp_path, "05")
    assert findings(loading) == [("guarantee_chain", ("C1", "C2", "X"))]
    assert set(rejected(loading)) == {("holdings", "ratio", "out_of_range")}


def test_06_twelve_digits_are_a_calendar_time(tmp_path):
    loading = read(tmp_path, "06")
    assert findings(loading) == CIRCLE and len(loading.edges("GUARANTEES", "2025-06-30")) == 3
    assert findings(loading, "2027-01-02") == []


def test_06b_twelve_digits_date_an_application(tmp_path):
    assert read(tmp_path, "06b").store.data_date() == at("2024-03-01 10:30")


def test_07_a_workbook_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(
        UserError, match=r"guarantees\.xlsx: saved as Strict Open XML, which cannot be read; save it as"
    ):
        read(tmp_path, "07")


def test_07b_a_hidden_sheet_is_named(tmp_path):
    assert read(tmp_path, "07b").report.left_out == [
        ("book.xlsx/guarantees", "the sheet is hidden; show it in the workbook to load it")
    ]


def test_08a_folders_of_partitions_hold_parts_of_the_table(tmp_path):
    loading = read(tmp_path, "08a")
    assert findings(loading) == CIRCLE and len(loading.edges("GUARANTEES")) == 3


def test_09_a_carriage_return_of_open_xml_is_no_part_of_a_value(tmp_path):
    assert linked(read(tmp_path, "09")) == ["A1-A2"]


def test_10_serials_of_a_workbook_count_from_its_own_day(tmp_path):
    loading = read(tmp_path, "10")
    assert findings(loading) == CIRCLE and len(loading.edges("GUARANTEES", "2025-06-30")) == 3
    assert loading.edges("GUARANTEES", "2023-12-31") == loading.edges("GUARANTEES", "2027-01-01") == []


def test_11_zeros_that_the_sheet_shows_are_part_of_a_number(tmp_path):
    loading = read(tmp_path, "11")
    assert loading.edges("TRANSFERRED") == [("account:0012345678", "account:0087654321")]
    assert loading.edges("OWNS") == [
        ("company:C1", "account:0012345678"), ("company:C2", "account:0087654321"),
    ]  # fmt: skip


def test_12_isolates_of_direction_are_no_part_of_a_value(tmp_path):
    assert linked(read(tmp_path, "12")) == ["A1-A2", "A1-A3", "A2-A3"]


def test_13_the_error_of_a_formula_is_no_group(tmp_path):
    loading = read(tmp_path, "13")
    assert findings(loading) == []
    assert rejected(loading) == [("guarantees", "joint_group_id", "formula_error")] * 3


def test_14_7_and_7_0_are_one_group(tmp_path):
    assert ("guarantee_joint", ("C1", "C2", "C3", "C4")) in findings(read(tmp_path, "14"))


@pytest.mark.parametrize("report", ["16", "16b"])
def test_16_lines_above_the_header_are_no_header(report, tmp_path):
    loading = read(tmp_path, report)
    assert findings(loading) == CIRCLE and len(loading.edges("GUARANTEES")) == 3
    assert [reason for _, reason in loading.report.left_out] == [
        "1 row above its header; it holds no record"
        if report == "16"
        else "2 rows above its header; they hold no records"
    ]


def test_17_marks_of_byte_order_are_no_part_of_a_name(tmp_path):
    counts = read(tmp_path, "17").report.tables["guarantees"]
    assert (counts["read"], counts["used"], counts["duplicate"]) == (5, 4, 1)


def test_18_utf8_with_one_cut_character_is_no_gb18030(tmp_path):
    with pytest.raises(
        UserError, match=r"contacts\.csv: row 3, byte 100 .* is not valid UTF-8; save the file as UTF-8"
    ):
        read(tmp_path, "18")


def test_19_two_columns_of_one_name_are_told_apart_by_their_place(tmp_path):
    mapping = parse_mapping(AMLWORLD, "amlworld", "amlworld")
    assert read(tmp_path, "19", mapping).edges("TRANSFERRED") == [("account:8000EBD30", "account:8000EBD31")]


def test_20_cycles_are_counted_as_brute_force_counts_them(tmp_path):
    found = measures(read(tmp_path, "20"), "guarantee_cycle")
    assert (found["cycles"], found["shortest_cycle"], found["longest_cycle"]) == (26, 3, 6)


def test_21_parallel_contracts_are_one_arc(tmp_path):
    found = measures(read(tmp_path, "21"), "guarantee_mutual")
    assert (found["contracts"], found["arcs"], found["cycles"]) == (3, 2, 1)


def test_22_contracts_that_never_stand_together_close_no_cycle(tmp_path):
    assert findings(read(tmp_path, "22"), "2021-06-01") == [("guarantee_chain", ("A", "B", "C"))]


def test_23_a_tail_is_no_part_of_the_cycle(tmp_path):
    everyone = ("1", "2", "3", "4", "5")
    assert findings(read(tmp_path, "23")) == [
        ("guarantee_chain", everyone), ("guarantee_circle", everyone), ("guarantee_cycle", ("1", "2", "3")),
    ]  # fmt: skip


def test_24_the_one_cycle_of_twelve_is_counted(tmp_path):
    found = measures(read(tmp_path, "24"), "guarantee_cycle")
    assert (found["cycles"], found["shortest_cycle"]) == (1, 12)


def sheets(folder, **tables):
    """A workbook of these tables, every cell text, in a folder of its own."""
    folder.mkdir()
    with pd.ExcelWriter(folder / "book.xlsx") as book:
        for table, rows in tables.items():
            pd.DataFrame(rows).to_excel(book, sheet_name=table, index=False)
    return folder


@pytest.mark.parametrize("nothing", ["\\N", "(null)", "——", "N/A", "未填"])
def test_a_mark_of_nothing_in_a_sheet_links_no_one(nothing, tmp_path):
    people = [{"applicant_id": f"A{i}", "name": f"人{i}", "mobile": nothing, "employer": nothing} for i in range(4)]
    loading = Loading(tmp_path)
    load(loading.store, sheets(tmp_path / "in", applicants=people), PLAIN)
    assert linked(loading) == [] and loading.edges("WORKS_AT") == []


@pytest.mark.parametrize(
    "masked",
    [
        {"bank_card_no": "6222****1234"}, {"bank_card_no": "6222XXXX1234"}, {"mobile": "138●●●●5678"},
        {"id_no": "110101********1234"}, {"email": "z＊＊＊@qq.com"}, {"home_address": "北京市海淀区**路*号"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("sheet", [True, False])
def test_a_masked_value_links_no_one(masked, sheet, tmp_path):
    people = [{"applicant_id": f"A{i}", "name": f"人{i}"} | masked for i in range(2)]
    loading = Loading(tmp_path)
    if sheet:
        load(loading.store, sheets(tmp_path / "in", applicants=people), PLAIN)
    else:
        loading.load(applicants=pd.DataFrame(people).to_csv(index=False))
    assert linked(loading) == []


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#value!", "#DIV/0!"])
def test_the_error_of_a_formula_is_a_reject_in_free_text_too(error, tmp_path):
    loading = Loading(tmp_path, LENIENT)
    loading.load(companies=f"company_id,name,group_id\nC1,{error},{error}\nC2,乙,{error}")
    reasons = [(column, reason) for _, column, reason in rejected(loading)]
    assert sorted(reasons) == [("group_id", "formula_error")] * 2 + [("name", "formula_error")]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("20240301", "2024-03-01"), ("202403011030", "2024-03-01 10:30"), ("20240301103059", "2024-03-01 10:30:59")],
)
def test_digits_of_a_calendar_are_a_time(written, read_as, tmp_path):
    loading = Loading(tmp_path)
    loading.load(applications=f"apply_no,applicant_id,apply_time\nP1,A1,{written}", applicants="applicant_id\nA1")
    assert loading.store.data_date() == at(read_as)


def test_twelve_digits_that_are_no_calendar_time_are_no_time(tmp_path):
    loading = Loading(tmp_path, LENIENT)
    loading.load(applications="apply_no,applicant_id,apply_time\nP1,A1,202413011030", applicants="applicant_id\nA1")
    assert rejected(loading) == [("applications", "apply_time", "unreadable_time")]


@pytest.mark.parametrize("seven", ["7.0", "７", "7.00"])
def test_one_number_is_one_key_however_it_stands(seven, tmp_path):
    loading = Loading(tmp_path)
    loading.load(companies="company_id\n7\n8", guarantees=f"guarantor_id,borrower_id\n{seven},8\n7,8")
    assert set(loading.edges("GUARANTEES")) == {("company:7", "company:8")}
