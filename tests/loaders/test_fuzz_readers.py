"""Whatever a file holds, a reader gives records, rejects, or one clear line; what one format keeps, all keep."""

import gzip
import sqlite3
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from ringfence.graph.errors import UserError
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.sources import open_source

ALL = parse_mapping('[[file]]\nmatch = "*"\ntable = "loans"\n', "all", "all")
COLUMNS = ("loan_id", "borrower_id", "lender", "product")
SUFFIXES = (".csv", ".csv.gz", ".zip", ".xlsx", ".parquet")


def read(source):
    """All records as tuples of COLUMNS, and the number of rejects."""
    records, rejects = [], 0
    for batch in open_source(source, ALL).batches():
        assert len(batch.frame) == len(batch.rows)
        frame = batch.frame.reindex(columns=list(COLUMNS)).astype(object)
        records += frame.where(frame.notna(), None).itertuples(index=False, name=None)
        rejects += len(batch.rejects)
    return records, rejects


def survives(path):
    """Reading ends with rows or with one line that names the file."""
    try:
        read(path)
    except UserError as error:
        assert path.name in str(error) and "\n" not in str(error), str(error)


# -- writing one table in every format


def as_csv(folder, records, encoding="utf-8"):
    path = folder / "loans.csv"
    path.write_bytes(csv_bytes(records, encoding))
    return path


def csv_bytes(records, encoding="utf-8"):
    lines = [COLUMNS, *records]
    quoted = [",".join('"{}"'.format((cell or "").replace('"', '""')) for cell in line) for line in lines]
    return ("\r\n".join(quoted) + "\r\n").encode(encoding)


def as_gzip(folder, records):
    path = folder / "loans.csv.gz"
    path.write_bytes(gzip.compress(csv_bytes(records), 1))
    return path


def as_zip(folder, records):
    path = folder / "loans.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("loans.csv", csv_bytes(records, "gb18030"))
    return path


def as_xlsx(folder, records):
    path = folder / "loans.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("loans")
    for record in (COLUMNS, *records):
        cells = []
        for value in record:
            cell = openpyxl.cell.WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"  # also where it looks like a formula
            cells.append(cell)
        sheet.append(cells)
    book.save(path)
    return path


def as_parquet(folder, records):
    path = folder / "loans.parquet"
    columns = list(zip(*records, strict=True)) or [[]] * len(COLUMNS)
    pq.write_table(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(COLUMNS, columns, strict=True)}), path
    )
    return path


def as_sqlite(folder, records):
    path = folder / "loans.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE loans ({', '.join(COLUMNS)})")
        connection.executemany("INSERT INTO loans VALUES (?, ?, ?, ?)", records)
    connection.close()
    return f"sqlite:///{path}"


FORMATS = {
    "csv": as_csv,
    "csv in GB18030": lambda folder, records: as_csv(folder, records, "gb18030"),
    "csv in UTF-16": lambda folder, records: as_csv(folder, records, "utf-16"),
    "csv with a mark": lambda folder, records: as_csv(folder, records, "utf-8-sig"),
    "csv.gz": as_gzip,
    "zip": as_zip,
    "xlsx": as_xlsx,
    "parquet": as_parquet,
    "sqlite": as_sqlite,
}
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x1e\r").filter(
    lambda c: not ILLEGAL_CHARACTERS_RE.match(c) and c not in "\ufffe\uffff"
)
texts = st.one_of(
    st.text(characters, max_size=8),
    st.sampled_from(
        ["=1+1", "007", "1.10", "1e5", "TRUE", "2024-01-31", "_x000D_", "#N/A", "NULL", "欧阳𠮷", "\n", '"']
    ),
).map(lambda text: text if text.strip() else None)
tables = st.lists(st.tuples(st.from_regex(r"\A[A-Z][0-9]{1,3}\Z"), texts, texts, texts), max_size=6)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("written")

    @given(tables)
    @settings(max_examples=60)
    @example([("A1", "张三", None, '"'), ("A2", "a\nb", "x,y", "'")])
    def comes_back(records):
        assert read(FORMATS[name](folder, records)) == (records, 0)

    comes_back()


# -- files that nobody wrote so


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_bytes_are_no_crash(tmp_path_factory, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"loans{suffix}"
    starts = {".csv.gz": b"\x1f\x8b\x08", ".zip": b"PK\x03\x04", ".xlsx": b"PK\x03\x04", ".parquet": b"PAR1"}
    header = b"loan_id,borrower_id\n"

    @given(st.binary(max_size=200), st.booleans())
    @example(b"\x00", True)
    @example(b'"' + b"x" * 200_000, False)
    @example(b"a," + b"x" * 200_000 + b"\n", False)
    @example(b"\xef\xbb\xbf", False)
    def no_crash(content, begun):
        content = (header if begun else b"") + content if suffix == ".csv" else content
        path.write_bytes(starts.get(suffix, b"") + content if begun else content)
        survives(path)

    no_crash()


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "sqlite"])
def test_a_file_that_was_damaged_is_no_crash(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("damaged")
    path = FORMATS[name](folder, [(f"L{n}", f"A{n}", "工行", "消费贷") for n in range(50)])
    sound = path.read_bytes()
    places = st.integers(0, len(sound) - 1)

    @given(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8), st.one_of(st.none(), places))
    def no_crash(changes, end):
        data = bytearray(sound)
        for place, value in changes:
            data[place] = value
        path.write_bytes(data[:end])
        survives(path)

    no_crash()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_workbook_of_strange_parts_is_no_crash(tmp_path_factory, data):
    """Sound as an archive, so that the damage reaches the parser of the workbook itself."""
    folder = tmp_path_factory.getbasetemp()
    path = as_xlsx(folder, [(f"L{n}", f"A{n}", "工行", None) for n in range(5)])
    with zipfile.ZipFile(path) as book:
        parts = {name: bytearray(book.read(name)) for name in book.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    part = parts[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(part) - 1))
        part[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from([b"", b"9", b"<", b'"', b"-", b"e9"])
        )
    with zipfile.ZipFile(path, "w") as book:
        for held, content in parts.items():
            if data.draw(st.booleans()) or held != name:
                book.writestr(held, bytes(content))
    survives(path)


numbers = st.one_of(st.integers(-(2**63), 2**63), st.floats(-1e300, 1e300), st.booleans())


@given(st.lists(numbers, max_size=5))
def test_numbers_of_a_workbook_are_no_crash(tmp_path_factory, values):
    path = as_xlsx(tmp_path_factory.getbasetemp(), [(f"L{n}", value, None, None) for n, value in enumerate(values)])
    found, rejects = read(path)
    assert rejects == 0 and [float(text) for _, text, _, _ in found if text not in ("true", "false")] == pytest.approx(
        [float(value) for value in values if not isinstance(value, bool)]
    )
