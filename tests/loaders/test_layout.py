"""How a source is laid out: where the header stands, which folders and sheets are read, and a word for all others."""

import csv
import gzip
import io
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from ringfence.graph.errors import UserError
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.sources import open_source
from ringfence.loaders.sources.formats import open_file
from ringfence.loaders.sources.header import Layout, column_names
from support.loading import names
from support.sources import put, records, workbook

DEVICES = "device_id,device_type\nD1,手机\n"


# -- the header


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ("某某银行设备台账\n", 3),
        ("台账,\n截至2025-06-30,单位：台\n\n", 4),
        ('"台账\n（续）"\n', 3),
        (",,\n", 3),
        ("sep=,\n", 3),
    ],
)
@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: text.encode("gb18030"), lambda text: text.encode("utf-16")]
)
def test_a_title_above_the_header_is_no_header(tmp_path, above, row, encode):
    put(tmp_path / "devices.csv", encode(above + DEVICES))
    assert records(tmp_path) == {("devices", "devices.csv"): {row: {"device_id": "D1", "device_type": "手机"}}}


@pytest.mark.parametrize("delimiter", [";", "|", "\t", "^"])
def test_the_separator_is_that_of_the_header_or_of_the_line_that_states_it(tmp_path, delimiter):
    stated = f"sep={delimiter}\n" if delimiter == "^" else "设备台账, 2025年\n"
    put(tmp_path / "devices.csv", stated + DEVICES.replace(",", delimiter))
    assert records(tmp_path) == {("devices", "devices.csv"): {3: {"device_id": "D1", "device_type": "手机"}}}


def test_a_record_of_the_wrong_width_below_a_title_keeps_its_number(tmp_path):
    put(tmp_path / "devices.csv", "台账\n" + DEVICES + "D2,a,b\nD3,平板\n" + 'D4,"open\n')
    (first, *more) = open_source(tmp_path).batches()
    found = {
        r: c for batch in (first, *more) for r, c in zip(batch.rows.tolist(), batch.frame["device_id"], strict=True)
    }
    assert found == {3: "D1", 5: "D3"}
    assert [reject.row for batch in (first, *more) for reject in batch.rejects] == [4, 6]


def test_rows_to_skip_are_counted_as_the_file_shows_them(tmp_path):
    stated = (
        '[[file]]\nmatch = "list"\ntable = "devices"\nskip_rows = 3\ncolumns = {device_id = "no", device_type = 2}\n'
    )
    put(tmp_path / "list.csv", "no,note\n\nx,y\nNo,Note\nD1,手机\n")
    mapping = parse_mapping(stated, "m", "m")
    assert records(tmp_path, mapping) == {("devices", "list.csv"): {4: {"device_id": "D1", "device_type": "手机"}}}
    assert open_source(tmp_path, mapping).left_out == []


def test_rows_to_skip_in_a_sheet(tmp_path):
    stated = '[[file]]\nmatch = "list"\ntable = "devices"\nskip_rows = 3\ncolumns = {device_id = "no"}\n'
    workbook(tmp_path / "list.xlsx", {"1": [("no",), (), ("x",), ("No", "Note"), ("D1", "手机")]})
    assert records(tmp_path, parse_mapping(stated, "m", "m")) == {("devices", "list.xlsx/1"): {5: {"device_id": "D1"}}}


@pytest.mark.parametrize("kind", ["csv", "sheet"])
def test_a_table_without_header_has_its_columns_by_place(tmp_path, kind):
    stated = '[[file]]\nmatch = "list"\ntable = "devices"\nheader = false\ncolumns = {device_id = 2, device_type = 1}\n'
    if kind == "csv":
        put(tmp_path / "list.csv", "手机,D1,x\n平板,D2,\n")
    else:
        workbook(tmp_path / "list.xlsx", {"1": [("手机", "D1", "x"), ("平板", "D2")]})
    source = open_source(tmp_path, parse_mapping(stated, "m", "m"))
    ((_, found),) = records(tmp_path, parse_mapping(stated, "m", "m")).items()
    assert found == {1: {"device_id": "D1", "device_type": "手机"}, 2: {"device_id": "D2", "device_type": "平板"}}
    assert [column for _, column in source.unknown_columns] == ["#3"]


def test_a_table_without_header_below_a_title(tmp_path):
    stated = '[[file]]\nmatch = "l"\ntable = "devices"\nheader = false\nskip_rows = 2\ncolumns = {device_id = 1}\n'
    put(tmp_path / "l.csv", "台账\n\nD1,x\nD2,y\n")
    found = records(tmp_path, parse_mapping(stated, "m", "m"))
    assert found == {("devices", "l.csv"): {2: {"device_id": "D1"}, 3: {"device_id": "D2"}}}


def test_entries_that_lay_one_file_out_in_two_ways_are_told(tmp_path):
    entry = '[[file]]\nmatch = "a"\ntable = "devices"\nskip_rows = {}\ncolumns = {{device_id = "id"}}\n'
    put(tmp_path / "a.csv", "id\n1\n")
    with pytest.raises(UserError, match=r"a\.csv: entries of mapping 'm' differ in skip_rows or header; say one"):
        open_source(tmp_path, parse_mapping(entry.format(0) + entry.format(1), "m", "m"))


def test_a_file_shorter_than_the_rows_to_skip_is_told(tmp_path):
    stated = '[[file]]\nmatch = "a"\ntable = "devices"\nskip_rows = 9\ncolumns = {device_id = "id"}\n'
    put(tmp_path / "a.csv", "id\n1\n")
    with pytest.raises(UserError, match=r"a\.csv: it has fewer rows than skip_rows says; correct the mapping"):
        open_source(tmp_path, parse_mapping(stated, "m", "m"))


@given(
    st.lists(st.lists(st.sampled_from(["台账", "", "单位：元", '"', "a,b", "x\ny"]), max_size=4), max_size=6),
    st.sampled_from([",", ";", "|", "\t"]),
)
def test_any_title_leaves_the_records_and_their_numbers_as_they_are(tmp_path_factory, title, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([*title, ["device_id", "device_type"], ["D1", "手机"], ["D2", ""]])
    path = put(tmp_path_factory.mktemp("title") / "devices.csv", text.getvalue())
    with path.open(newline="") as file:
        numbers = [
            place
            for place, r in enumerate((r for r in csv.reader(file, delimiter=delimiter) if r), 1)
            if r[0] in ("D1", "D2")
        ]
    reader = open_file(path, "devices.csv", Layout(fits=lambda names: "device_id" in names))
    found = {
        row: cell
        for chunk in reader.chunks(["device_id"])
        for row, cell in zip(chunk.rows.tolist(), chunk.frame["device_id"], strict=True)
    }
    assert list(found.values()) == ["D1", "D2"] and list(found) == numbers


def test_names_of_columns_are_each_once():
    assert column_names(["Account", "Account", "", None, "Account.2"]) == [
        *("Account", "Account.2", "#3", "#4", "Account.2.2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header", ["\ufeff\ufeffdevice_id", "device_\u200bid", "ＤＥＶＩＣＥ_ＩＤ", "device_id_x000D_", '"device_id\n"']
)
def test_what_nobody_sees_is_no_part_of_a_columns_name(tmp_path, header):
    put(tmp_path / "devices.csv", f"{header},x\nD1,\n")
    assert records(tmp_path) == {("devices", "devices.csv"): {2: {"device_id": "D1"}}}


# -- one name for two columns


@pytest.mark.parametrize("second", ["3", '"电话.2"'])
def test_the_second_of_two_columns_of_one_name_has_its_place_and_a_number(tmp_path, second):
    columns = f'{{applicant_id = 1, mobile = "电话", employer_phone = {second}}}'
    stated = f'[[file]]\nmatch = "a"\ntable = "applicants"\ncolumns = {columns}\n'
    put(tmp_path / "a.csv", "编号,电话,电话\nA1,1,2\n")
    assert list(records(tmp_path, parse_mapping(stated, "m", "m")).values()) == [
        {2: {"applicant_id": "A1", "mobile": "1", "employer_phone": "2"}}
    ]


def test_two_columns_of_one_name_in_a_sheet(tmp_path):
    stated = '[[file]]\nmatch = "a"\ntable = "accounts"\ncolumns = {account_no = 2, bank = 3}\n'
    workbook(tmp_path / "a.xlsx", {"1": [("编号", "户", "户"), ("A1", "1", "2")]})
    assert list(records(tmp_path, parse_mapping(stated, "m", "m")).values()) == [{2: {"account_no": "1", "bank": "2"}}]


# -- folders


@pytest.mark.parametrize(
    "name", ["devices/dt=20240131/part-0.csv", "devices/2024/01/x.csv", "book.zip/devices/dt=1/part-0.csv"]
)
def test_parts_lie_as_deep_as_they_like(tmp_path, name):
    if name.startswith("book.zip"):
        with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
            archive.writestr(name.removeprefix("book.zip/"), DEVICES)
    else:
        put(tmp_path / name, DEVICES)
    assert list(records(tmp_path)) == [("devices", name)]


def test_parquet_partitions_give_the_columns_that_their_folders_state(tmp_path):
    table = pa.table({"from_account": ["1"], "to_account": ["2"], "amount": [5.0], "time": ["2024-01-31"]})
    for kind in ("payroll", "__HIVE_DEFAULT_PARTITION__", "a%2Fb"):
        path = tmp_path / "transfers" / f"kind={kind}" / "dt=2024-01-31" / "part-0.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)
    kinds = [record.get("kind") for held in records(tmp_path).values() for record in held.values()]
    assert sorted(map(str, kinds)) == ["None", "a/b", "payroll"]
    assert {column for _, column in open_source(tmp_path).unknown_columns} == {"dt"}


def test_a_mapping_can_name_the_column_of_a_partition(tmp_path):
    stated = '[[file]]\nmatch = "t"\ntable = "devices"\ncolumns = {device_id = "id", known_at = "dt"}\n'
    put(tmp_path / "t" / "dt=20240131" / "0.csv.gz", gzip.compress(b"id\nD1\n"))
    (record,) = records(tmp_path, parse_mapping(stated, "m", "m")).values()
    assert record == {2: {"device_id": "D1", "known_at": "20240131"}}


def test_a_column_of_the_file_goes_before_that_of_its_folder(tmp_path):
    put(tmp_path / "devices" / "device_type=x" / "0.csv", DEVICES)
    assert records(tmp_path) == {
        ("devices", "devices/device_type=x/0.csv"): {2: {"device_id": "D1", "device_type": "手机"}}
    }


# -- what is not read


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("loans.xls", ".xls files cannot be read; if it holds a table, save it as .xlsx"),
        ("loans.json", ".json files cannot be read; if it holds a table, save it as .csv"),
        ("LICENSE", "a file without suffix cannot be read; if it holds a table, save it as .csv"),
        ("other.csv", "it belongs to no table; give it the name of one, or say in a mapping which it is"),
        ("old/loans.csv", "it lies in a folder that bears no table's name; move it, or load that folder by itself"),
        ("a/b/loans.csv", "it lies in a folder that bears no table's name; move it, or load that folder by itself"),
        ("_loans.csv", "its name or a folder's begins with '_', as of what is not to be read; rename it to load it"),
        (
            "devices/.old/1.csv",
            "its name or a folder's begins with '.', as of what is not to be read; rename it to load it",
        ),
    ],
)
def test_each_file_that_is_not_read_is_named_with_the_reason(tmp_path, name, reason):
    put(tmp_path / "devices.csv", DEVICES) if not name.startswith("devices/") else put(
        tmp_path / "devices/1.csv", DEVICES
    )
    put(tmp_path / name, "x\n1\n")
    assert open_source(tmp_path).left_out == [(name, reason)]


@pytest.mark.parametrize("name", ["_SUCCESS", ".part-0.csv.crc", "~$devices.xlsx", "._devices.csv", ".DS_Store"])
def test_the_bookkeeping_of_other_programs_is_no_table(tmp_path, name):
    put(tmp_path / "devices.csv", DEVICES)
    put(tmp_path / name, "x")
    assert open_source(tmp_path).left_out == []


def test_hidden_and_blank_sheets_are_named(tmp_path):
    sheets = {"devices": [("device_id",), ("D1",)], "accounts": [("account_no",), ("1",)], "Sheet3": []}
    workbook(tmp_path / "book.xlsx", sheets, hidden=["accounts"])
    assert open_source(tmp_path).left_out == [
        ("book.xlsx/accounts", "the sheet is hidden; show it in the workbook to load it"),
        ("book.xlsx/Sheet3", "the sheet is blank"),
    ]


def test_a_workbook_of_nothing_but_blank_sheets_is_named(tmp_path):
    put(tmp_path / "devices.csv", DEVICES)
    workbook(tmp_path / "loans.xlsx", {"Sheet1": [], "Sheet2": [("", None)]})
    assert names(open_source(tmp_path).left_out) == ["loans.xlsx/Sheet1", "loans.xlsx/Sheet2"]


def test_a_source_of_one_thing_that_cannot_be_read_says_what_to_do(tmp_path):
    workbook(tmp_path / "loans.xlsx", {"loans": [("loan_id",)], "Sheet2": []}, hidden=["loans"])
    with pytest.raises(
        UserError, match=r"nothing to load: loans\.xlsx/loans: the sheet is hidden; show it in the .*; lo"
    ):
        open_source(tmp_path / "loans.xlsx")


def test_cells_beyond_the_header_of_a_sheet_are_a_column_that_is_named(tmp_path):
    workbook(tmp_path / "devices.xlsx", {"1": [("device_id",), ("D1", None, "经办人"), (None, None, "合计"), ("D2",)]})
    assert list(records(tmp_path).values()) == [{2: {"device_id": "D1"}, 4: {"device_id": "D2"}}]
    assert open_source(tmp_path).unknown_columns == [("devices.xlsx/1", "#2"), ("devices.xlsx/1", "#3")]


def left_out_when_read(source):
    """What a source has left out, and its unknown columns, once all of it was read."""
    for _ in (1, 2):  # reading it again tells nothing twice
        list(source.batches())
    return source.left_out, source.unknown_columns


def test_cells_beyond_the_header_of_a_sheet_are_told_wherever_they_stand(tmp_path):
    rows = [("device_id", "device_type"), *((f"D{row}", "手机") for row in range(2, 701))]
    rows[499] = ("D500", "手机", None, "经办人")
    rows[599] = ("D600", "手机", "复核", "经办人")
    rows[699] = (None, None, None, None, "合计")  # no record of a row
    workbook(tmp_path / "devices.xlsx", {"1": rows})
    source = open_source(tmp_path)
    ((name, why),), unknown = left_out_when_read(source)
    assert (name, unknown) == ("devices.xlsx/1", [])
    assert why.startswith(
        "cells beyond its header, in column #4 (first in row 500), column #3 (first in row 600), "
        "column #5 (first in row 700); give"
    )
    ((_, found),) = records(tmp_path).items()
    assert list(found) == list(range(2, 700))
    assert found[500] == {"device_id": "D500", "device_type": "手机"}


def test_cells_beyond_the_header_of_a_sheet_are_told_once_with_their_first_row(tmp_path):
    workbook(tmp_path / "devices.xlsx", {"1": [("device_id",), ("D1",), (None, "合计"), ("D2", "经办人")]})
    left_out, unknown = left_out_when_read(open_source(tmp_path))
    assert [why.split(";")[0] for _, why in left_out] == ["cells beyond its header, in column #2 (first in row 3)"]
    assert unknown == []


def test_cells_beyond_the_header_that_a_mapping_takes_by_their_place_are_not_left_out(tmp_path):
    stated = '[[file]]\nmatch = "list"\ntable = "devices"\ncolumns = {device_id = "no", device_type = 2}\n'
    rows = [("no",), ("D1", "手机"), *((f"D{row}",) for row in range(3, 400)), ("D400", "平板", "x")]
    workbook(tmp_path / "list.xlsx", {"1": rows})
    left_out, _ = left_out_when_read(open_source(tmp_path, parse_mapping(stated, "m", "m")))
    assert [why.split(";")[0] for _, why in left_out] == ["cells beyond its header, in column #3 (first in row 400)"]


def test_only_some_of_many_columns_beyond_a_header_are_told_by_name(tmp_path):
    workbook(tmp_path / "devices.xlsx", {"1": [("device_id",), ("D1", *"abcdefgh")]})
    ((_, why),), _ = left_out_when_read(open_source(tmp_path))
    assert "column #6 (first in row 2) and 3 more columns; give" in why


def test_a_longer_row_of_a_csv_file_is_a_reject_wherever_it_stands(tmp_path):
    rows = [f"D{row},手机" for row in range(2, 701)]
    rows[498] += ",经办人"
    put(tmp_path / "devices.csv", "\n".join(["device_id,device_type", *rows]) + "\n")
    batches = list(open_source(tmp_path).batches())
    assert [(reject.row, reject.reason) for batch in batches for reject in batch.rejects] == [(500, "malformed_row")]
    assert sum(len(batch.frame) for batch in batches) == 698


# -- workbooks


@pytest.mark.parametrize("cell", [43830, "43830", (43830, "0")])
def test_plain_serials_of_a_1904_workbook_are_days_of_its_own_calendar(tmp_path, cell):
    path = workbook(
        tmp_path / "loans.xlsx", {"1": [("loan_id", "borrower_id", "due_at", "dpd"), ("L", "A", cell, cell)]}
    )
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    (record,) = records(tmp_path).values()
    assert record[2]["due_at"] == "45292"  # 2024-01-01, as Excel counts
    assert record[2]["dpd"] == "43830"


@pytest.mark.parametrize(
    "form", ["0000000000_ ", "[Red]0000000000;-0000000000", "0000000000_);(0000000000)", "*-0000000000"]
)
def test_zeros_that_a_decorated_format_shows_are_read(tmp_path, form):
    workbook(tmp_path / "accounts.xlsx", {"1": [("account_no",), ((12345678, form),)]})
    (record,) = records(tmp_path).values()
    assert record == {2: {"account_no": "0012345678"}}


# -- encodings


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_utf8_cut_in_a_character_is_told_in_compressed_files_too(tmp_path, compress):
    text = ("device_id,device_type\n" + "D{},手机平板\n" * 50).encode()
    put(tmp_path / ("devices.csv.gz" if compress is gzip.compress else "devices.csv"), compress(text[:-2]))
    with pytest.raises(
        UserError, match=r"row 51, byte \d+ \(counted from 0\) is not valid UTF-8; save the file as UTF-8"
    ):
        open_source(tmp_path)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=40))
def test_chinese_in_gb18030_is_read_as_that(tmp_path_factory, word):
    encoded = word.encode("gb18030")
    try:
        encoded.decode()
        return  # it is UTF-8 as well, as nobody can tell
    except UnicodeDecodeError:
        pass
    folder = tmp_path_factory.mktemp("gb")
    put(folder / "devices.csv", "device_id,device_type\nD1,手机品牌型号\n".encode("gb18030") + b"D2," + encoded + b"\n")
    ((_, found),) = records(folder).items()
    assert found[3]["device_type"] == word


def test_a_sheet_that_pandas_wrote_is_read_as_before(tmp_path):
    pd.DataFrame({"device_id": ["D1"]}).to_excel(tmp_path / "devices.xlsx", index=False)
    assert list(records(tmp_path).values()) == [{2: {"device_id": "D1"}}]
