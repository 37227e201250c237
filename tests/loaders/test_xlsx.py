"""Excel workbooks: what a sheet shows is what is read, and digits that Excel has lost are never made up."""

import datetime as dt
import zipfile

import pytest
from ringfence.graph.errors import UserError
from ringfence.loaders import load
from ringfence.loaders.sources import open_source
from support.loading import Loading, names
from support.sources import records, workbook


def values(tmp_path, *cells):
    """What cells of the column ``lender`` are read as."""
    rows = [("loan_id", "borrower_id", "lender"), *(("L", "A", cell) for cell in cells)]
    (found,) = records(workbook(tmp_path / "loans.xlsx", {"Sheet1": rows})).values()
    return [record.get("lender") for record in found.values()]


def test_rows_have_the_numbers_that_the_sheet_shows(tmp_path):
    rows = [(), ("device_id", "device_type"), ("D1", "手机"), (), ("D2", None)]
    assert records(workbook(tmp_path / "devices.xlsx", {"Sheet1": rows})) == {
        ("devices", "devices.xlsx/Sheet1"): {3: {"device_id": "D1", "device_type": "手机"}, 5: {"device_id": "D2"}}
    }


def test_whole_numbers_have_no_point_and_times_are_iso(tmp_path):
    assert values(tmp_path, 13812345678, 12.0, 0.1, True, dt.datetime(2024, 1, 31, 8, 5), dt.date(2024, 2, 1), "x") == [
        *("13812345678", "12", "0.1", "true", "2024-01-31 08:05:00", "2024-02-01 00:00:00", "x")
    ]


def test_a_number_of_more_than_15_digits_has_lost_the_rest(tmp_path):
    assert values(tmp_path, 999999999999999, 6222020000001230, 110105194912310021, 1.1e17) == [
        *("999999999999999", "6.22202000000123e+15", "1.1010519491231e+17", "1.1e+17")
    ]


def test_an_id_typed_as_a_number_is_rejected_with_that_reason(tmp_path):
    loading = Loading(tmp_path)
    rows = [("account_no", "bank"), ("6222021234567890123", "工行"), (6222021234567890123, "建行")]
    workbook(tmp_path / "accounts.xlsx", {"1": [*rows, *((f"6222{n}", None) for n in range(10))]})
    report = load(loading.store, tmp_path / "accounts.xlsx", loading.mapping)
    assert [(r["column"], r["reason"], r["level"]) for r in report.rejects] == [
        ("account_no", "scientific_notation", "row")
    ]
    assert report.tables["accounts"]["used"] == 11


def test_a_number_shown_with_leading_zeros_has_them(tmp_path):
    assert values(tmp_path, (7, "000"), (1234, "000"), (7, "0"), (7, "0.00")) == ["007", "1234", "7", "7"]


def test_a_formula_counts_by_its_result_and_one_without_is_told(tmp_path):
    path = workbook(tmp_path / "loans.xlsx", {"1": [("loan_id", "borrower_id", "amount"), ("L1", "A1", "=1+1")]})
    assert list(records(path).values()) == [{2: {"loan_id": "L1", "borrower_id": "A1", "amount": "#FORMULA!"}}]
    with_result = zipped_again(path, lambda sheet: sheet.replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>"))
    assert list(records(with_result).values()) == [{2: {"loan_id": "L1", "borrower_id": "A1", "amount": "2"}}]


def zipped_again(path, change):
    """The workbook with the XML of its first sheet changed."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = change(parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return path


def test_sheets_that_bear_names_of_tables_are_these_tables(tmp_path):
    sheets = {"Devices": [("device_id",), ("D1",)], "accounts": [("account_no",), ("1",)], "说明": [("关于",)]}
    source = open_source(workbook(tmp_path / "book.xlsx", sheets))
    assert [batch.table for batch in source.batches()] == ["accounts", "devices"]
    assert names(source.left_out) == ["book.xlsx/说明"]


def test_other_sheets_of_a_workbook_that_bears_a_tables_name_are_its_parts(tmp_path):
    sheets = {"Sheet1": [("device_id",), ("D1",)], "Sheet2": [("device_id",), ("D2",)], "Sheet3": [], "words": [("a",)]}
    found = records(workbook(tmp_path / "devices.xlsx", sheets, hidden=["words"]))
    assert list(found) == [("devices", "devices.xlsx/Sheet1"), ("devices", "devices.xlsx/Sheet2")]


def test_where_a_sheet_bears_the_name_of_a_table_the_others_are_no_parts(tmp_path):
    sheets = {"devices": [("device_id",), ("D1",), (None, "制表人")], "说明": [("关于",), ("x",)]}
    path = workbook(tmp_path / "devices.xlsx", sheets)
    assert records(path) == {("devices", "devices.xlsx/devices"): {2: {"device_id": "D1"}}}
    assert names(open_source(path).left_out) == ["devices.xlsx/说明"]


def test_the_same_table_in_two_workbooks_would_count_twice(tmp_path):
    for name in ("2025.xlsx", "2026.xlsx"):
        workbook(tmp_path / name, {"devices": [("device_id",), ("D1",)]})
    with pytest.raises(UserError, match=r"bear one name, as if they held the same rows; remove one"):
        open_source(tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no workbook", r"devices\.xlsx: not a sound workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), "locked with a password, or of the old .xls format"),
        (b"", "not a sound workbook"),
    ],
)
def test_what_is_no_workbook_is_one_clear_line(tmp_path, content, told):
    (tmp_path / "devices.xlsx").write_bytes(content)
    with pytest.raises(UserError, match=told):
        open_source(tmp_path)


def test_a_workbook_cut_short_is_told(tmp_path):
    path = workbook(tmp_path / "devices.xlsx", {"1": [("device_id",), *((f"D{n}",) for n in range(3000))]})
    whole = path.read_bytes()
    for end in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:end])
        with pytest.raises(UserError, match="not a sound workbook"):
            list(open_source(path).batches())


def test_files_that_excel_holds_open_are_passed_over(tmp_path):
    workbook(tmp_path / "devices.xlsx", {"1": [("device_id",), ("D1",)]})
    (tmp_path / "~$devices.xlsx").write_bytes(b"lock")
    assert names(open_source(tmp_path).left_out) == []
