"""Reading one file: every record comes out once, as exact text, under its own number, or as a reject."""

import csv
import datetime as dt
import gzip
import io
import random
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.loaders.sources.csv_files import careful_records
from ringfence.loaders.sources.formats import open_file
from ringfence.loaders.sources.header import Layout
from ringfence.loaders.sources.items import stem
from ringfence.loaders.sources.parquet_files import as_text


def read(path, columns=None, delimiter=None):
    """All records of a file: ``{row: values}`` and ``{row: raw text of the reject}``."""
    reader = open_file(path, path.name, Layout(delimiter))
    wanted = columns or reader.columns
    records, rejects, last = {}, {}, 0
    for chunk in reader.chunks(wanted):
        assert list(chunk.frame.columns) == list(wanted)
        assert chunk.frame.index.equals(pd.RangeIndex(len(chunk.frame)))
        assert len(chunk.frame) == len(chunk.rows)
        assert last <= chunk.bytes_done <= path.stat().st_size
        last = chunk.bytes_done
        values = chunk.frame.astype(object).where(chunk.frame.notna(), None).itertuples(index=False, name=None)
        for row, record in zip(chunk.rows.tolist(), values, strict=True):
            assert row not in records
            records[row] = record
        for reject in chunk.rejects:
            assert (reject.column, reject.reason) == (None, "malformed_row")
            assert reject.row not in rejects
            rejects[reject.row] = reject.value
    return records, rejects


def write(folder, content, name="x.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# -- sound CSV


def test_records_are_numbered_from_the_header_on(tmp_path):
    path = write(tmp_path, "a,b\n1,x\n2,y\n")
    assert read(path) == ({2: ("1", "x"), 3: ("2", "y")}, {})


def test_values_may_hold_separators_quotation_marks_and_line_ends(tmp_path):
    path = write(tmp_path, 'a,b\n"1,5","say ""hi""\nand go"\n2,5" pipe\n')
    assert read(path) == ({2: ("1,5", 'say "hi"\nand go'), 3: ("2", '5" pipe')}, {})


def test_blank_cells_are_missing_and_other_text_stays_as_it_is(tmp_path):
    path = write(tmp_path, 'a,b,c\n," \u3000", x \nNULL,nan,007\n')
    assert read(path) == ({2: (None, None, " x "), 3: ("NULL", "nan", "007")}, {})


def test_blank_lines_are_no_records(tmp_path):
    path = write(tmp_path, "\n\na,b\n1,x\n\n\n2,y\n\n")
    assert read(path) == ({2: ("1", "x"), 3: ("2", "y")}, {})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_as_they_like(tmp_path, end, last):
    path = write(tmp_path, end.join(["a,b", "1,x", "2"]) + (end if last else ""))
    assert read(path) == ({2: ("1", "x")}, {3: "2"})


@pytest.mark.parametrize("delimiter", [",", "|", "\t", ";"])
def test_the_separator_is_found_from_the_header(tmp_path, delimiter):
    path = write(tmp_path, f'a{delimiter}"b,|;\tb"{delimiter}c\n1{delimiter}2{delimiter}3\n')
    assert read(path) == ({2: ("1", "2", "3")}, {})


def test_a_stated_separator_goes_before_the_header(tmp_path):
    path = write(tmp_path, "a;b,c;d^e\n1^2\n")
    reader = open_file(path, "x", Layout("^"))
    assert reader.columns == ["a;b,c;d", "e"]


def test_a_file_of_one_column(tmp_path):
    assert read(write(tmp_path, "device_id\nD1\nD2,\nD3")) == ({2: ("D1",), 4: ("D3",)}, {3: "D2,"})


def test_a_header_alone_is_an_empty_table(tmp_path):
    assert read(write(tmp_path, "a,b")) == ({}, {})


def test_only_the_wanted_columns_come_in_the_wanted_order(tmp_path):
    path = write(tmp_path, " a ,b,c\n1,2,3\n")
    assert read(path, ["c", "a"]) == ({2: ("3", "1")}, {})


def test_columns_without_a_name_do_no_harm(tmp_path):
    path = write(tmp_path, "a,b,,\n1,2,,\n")
    assert read(path, ["a", "b"]) == ({2: ("1", "2")}, {})


def test_gzip_reads_like_the_plain_file(tmp_path):
    path = write(tmp_path, gzip.compress("名,b\n张,1\n".encode()) + gzip.compress(b"x,2\n"), "x.CSV.GZ")
    assert read(path) == ({2: ("张", "1"), 3: ("x", "2")}, {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
def test_encodings(tmp_path, encoding):
    path = write(tmp_path, "编号,姓名\n1,欧阳䶮\n2,王𠮷\n3\n".encode(encoding))
    assert read(path, ["姓名", "编号"]) == ({2: ("欧阳䶮", "1"), 3: ("王𠮷", "2")}, {4: "3"})


def test_the_encoding_is_settled_by_the_whole_file(tmp_path):
    lines = "a,b\n" + "1,x\n" * 700_000 + "2,张\n"
    records, _ = read(write(tmp_path, lines.encode("gb18030")))
    assert records[700_002] == ("2", "张")


# -- malformed CSV


def test_records_of_the_wrong_width_are_rejects_and_later_numbers_stay_right(tmp_path):
    path = write(tmp_path, "a,b\n1\n2,y\n3,z,z\n\n4,w\n5\n")
    assert read(path) == ({3: ("2", "y"), 5: ("4", "w")}, {2: "1", 4: "3,z,z", 6: "5"})


def test_nothing_but_malformed_records(tmp_path):
    assert read(write(tmp_path, "a,b\n1\n2\n")) == ({}, {2: "1", 3: "2"})


def test_a_quotation_mark_left_open_costs_its_own_line_only(tmp_path):
    path = write(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n4,w\n')
    assert read(path) == ({2: ("1", "x"), 4: ("3", "z"), 5: ("4", "w")}, {3: '2,"y'})


def test_a_quotation_mark_left_open_in_the_first_column(tmp_path):
    path = write(tmp_path, 'a,b\n1,x\n"2,y\n3,z\n4,w\n')
    assert read(path) == ({2: ("1", "x"), 4: ("3", "z"), 5: ("4", "w")}, {3: '"2,y'})


def test_a_quotation_mark_that_closes_in_a_later_record_costs_its_own_line_only(tmp_path):
    path = write(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n"4","w"\n5,"v\nv"\n6\n')
    expected = {2: ("1", "x"), 4: ("3", "z"), 5: ("4", "w"), 6: ("5", "v\nv")}
    assert read(path) == (expected, {3: '2,"y', 7: "6"})


def test_large_files_keep_their_numbers_across_blocks(tmp_path):
    seed = 20260
    rng = random.Random(seed)
    expected, rejected = {}, {}
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as file:
        file.write("a,b\n")
        for row in range(2, 300_002):
            if rng.random() < 0.01:
                rejected[row] = f"{row}"
                file.write(f"{row}\n")
            else:
                expected[row] = (str(row), "line\nend" if rng.random() < 0.01 else "张" * rng.randrange(1, 9))
                file.write(f'{row},"{expected[row][1]}"\n')
        open_row = 300_002
        file.write(f'{open_row},"open\n')
        rejected[open_row] = f'{open_row},"open'
        for row in range(open_row + 1, open_row + 50_000):
            expected[row] = (str(row), "x" * 100)
            file.write(f"{row},{'x' * 100}\n")
    records, rejects = read(tmp_path / "x.csv")
    assert rejects == rejected, f"seed {seed}"
    assert records == expected, f"seed {seed}"


@pytest.mark.parametrize("tail", ["", '"open\n', "2,sound\n"])
def test_megabytes_of_malformed_records_are_all_rejected(tmp_path, tail):
    count = 250_000
    path = write(tmp_path, "a,b\n1,x\n" + "malformed\n" * count + tail)
    records, rejects = read(path)
    assert records == {2: ("1", "x")} | ({count + 3: ("2", "sound")} if "sound" in tail else {})
    assert list(rejects) == list(range(3, count + 3 + ("open" in tail)))


def test_a_field_beyond_all_bounds_is_a_reject(tmp_path):
    path = write(tmp_path, "a,b\n1,x\n2," + '"' + "y" * 9_000_000 + '"' + "\n3,z\n")
    records, rejects = read(path)
    assert records == {2: ("1", "x"), 4: ("3", "z")}
    assert list(rejects) == [3]


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1e")
cells = st.text(characters, max_size=6)
one_line = st.text(characters.filter(lambda character: character not in "\r\n"), max_size=6)


def written(folder, records):
    """A file of the columns a, b, c that the csv module has written."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *records])
    return write(folder, text.getvalue(), "written.csv")


def as_read(record):
    return tuple(cell if cell.strip() else None for cell in record)


@given(records=st.lists(st.tuples(cells, cells, cells), max_size=8))
def test_every_sound_record_is_read_under_its_number(tmp_path_factory, records):
    path = written(tmp_path_factory.getbasetemp(), records)
    assert read(path) == ({row: as_read(record) for row, record in enumerate(records, 2)}, {})


@given(records=st.lists(st.lists(one_line, min_size=1, max_size=4), max_size=8))
def test_every_record_of_another_width_is_rejected_under_its_number(tmp_path_factory, records):
    records_read, rejects = read(written(tmp_path_factory.getbasetemp(), records))
    assert records_read == {row: as_read(cells) for row, cells in enumerate(records, 2) if len(cells) == 3}
    assert list(rejects) == [row for row, cells in enumerate(records, 2) if len(cells) != 3]


@given(body=st.text('ab",\n\r ', max_size=40))
def test_any_mess_is_read_as_by_the_careful_way_from_the_start(tmp_path_factory, body):
    path = write(tmp_path_factory.getbasetemp(), "a,b\n" + body, "mess.csv")
    _, *parsed = careful_records(path.open(newline=""), ",", 2)
    sound = {row: as_read(fields) for row, (fields, _) in enumerate(parsed, 2) if len(fields) == 2}
    assert read(path) == (sound, {row: raw for row, (_, raw) in enumerate(parsed, 2) if row not in sound})


# -- Parquet


def parquet(folder, columns, **options):
    path = folder / "x.parquet"
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_parquet_rows_are_numbered_like_csv_rows_across_row_groups(tmp_path):
    path = parquet(tmp_path, {"a": [1, 2, 3], "b": ["x", None, " "]}, row_group_size=2)
    assert read(path) == ({2: ("1", "x"), 3: ("2", None), 4: ("3", None)}, {})


def test_an_empty_parquet_is_an_empty_table(tmp_path):
    assert read(parquet(tmp_path, {"a": pa.array([], pa.int64())})) == ({}, {})


def test_only_the_wanted_parquet_columns_are_read_as_text(tmp_path):
    path = parquet(tmp_path, {"a": [[1], [2]], "b": [True, False]})
    assert read(path, ["b"]) == ({2: ("true",), 3: ("false",)}, {})


UTC_MS = 1577836800123


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([2**62 + 1, -1, None]), ["4611686018427387905", "-1", None]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([13800138000.0, 0.1, -0.5, None]), ["13800138000", "0.1", "-0.5", None]),
        (pa.array([12345678901.5, 1e-7]), ["12345678901.5", "0.0000001"]),
        (pa.array([float("nan"), float("inf")]), [None, None]),
        (pa.array([6.222021234567890e18]), ["6.22202123456789e+18"]),
        (pa.array([1.1], pa.float32()), ["1.1"]),
        (pa.array([Decimal("12.00"), Decimal("12.50")]), ["12", "12.50"]),
        (pa.array([Decimal("1" + "0" * 29 + "1")], pa.decimal256(40, 0)), ["1" + "0" * 29 + "1"]),
        (pa.array([Decimal("0.000000001")], pa.decimal128(20, 12)), ["0.000000001000"]),
        (pa.array([dt.date(2020, 2, 29)]), ["2020-02-29"]),
        (pa.array([UTC_MS], pa.timestamp("ms")), ["2020-01-01 00:00:00.123"]),
        (pa.array([UTC_MS], pa.timestamp("ms", "Asia/Shanghai")), ["2020-01-01 00:00:00.123Z"]),
        (pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (pa.array(["张"], pa.large_string()), ["张"]),
        (pa.array([b"ab"]), ["ab"]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_values_of_any_type_become_exact_text(values, texts):
    assert as_text(values).to_pylist() == texts


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-(2.0**52), max_value=2.0**52)))
def test_floating_point_numbers_come_back_unchanged_and_are_written_out(numbers):
    texts = as_text(pa.array(numbers, pa.float64())).to_pylist()
    assert [float(text) for text in texts] == numbers
    assert not any("e" in text.lower() or text.endswith(".0") for text in texts)


# -- names


def test_suffixes_and_case_do_not_make_a_name():
    assert [stem(name) for name in ("Loans.csv", "LOANS.CSV.GZ", "loans.parquet", "loans")] == ["loans"] * 4
