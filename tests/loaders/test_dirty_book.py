"""A dirty book is one book: in every encoding and format it gives the same graph and the same rejects."""

import gzip
import io
import sqlite3
import zipfile
from datetime import datetime

import openpyxl
import pytest
from openpyxl.cell import WriteOnlyCell
from ringfence.graph.model import RELATIONS
from ringfence.loaders import load
from ringfence.loaders.cleaning.rejects import REASONS
from ringfence.loaders.sample import write_sample
from ringfence.loaders.schema.tables import TABLES
from support.dirt import dirty
from support.loading import PERSONAL, Loading, adds_up
from support.sample import tables

SEED, SHARE = 5, 0.02


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    print(f"seed {SEED}")
    folder = tmp_path_factory.mktemp("clean") / "book"
    write_sample(folder, 500, SEED)
    return dirty(tables(folder), SHARE, SEED)


def csv_text(frame):
    text = io.StringIO(newline="")
    frame.to_csv(text, index=False)
    return text.getvalue()


def as_csv(book, folder):
    """CSV in UTF-8 with a mark."""
    for table, frame in book.items():
        (folder / f"{table}.csv").write_bytes(csv_text(frame).encode("utf-8-sig"))
    return folder


def as_gzip(book, folder):
    """CSV.GZ in GB18030."""
    for table, frame in book.items():
        (folder / f"{table}.csv.gz").write_bytes(gzip.compress(csv_text(frame).encode("gb18030"), 1))
    return folder


def as_zip(book, folder):
    """One archive of CSV in UTF-16."""
    with zipfile.ZipFile(folder / "book.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for table, frame in book.items():
            archive.writestr(f"三月/{table}.csv", csv_text(frame).encode("utf-16"))
    return folder / "book.zip"


def as_workbook(book, folder):
    """One workbook, a sheet for each table, with numbers and times as Excel keeps them."""
    workbook = openpyxl.Workbook(write_only=True)
    for table, frame in book.items():
        sheet = workbook.create_sheet(table)
        sheet.append(list(frame.columns))
        types = [TABLES[table].all_columns[name].type for name in frame.columns]
        for record in frame.itertuples(index=False, name=None):
            cells = []
            for value, kind in zip(record, types, strict=True):
                cell = WriteOnlyCell(sheet, native(value, kind))
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # also where it looks like a formula
                cells.append(cell)
            sheet.append(cells)
    workbook.save(folder / "book.xlsx")
    return folder


def native(value, kind):
    try:
        if value == "1.1E+17" or (kind in ("number", "integer") and value.isascii()):
            return float(value)
        if kind == "time":
            return datetime.fromisoformat(value) if value.isascii() and len(value) in (10, 19) else value
    except ValueError:
        pass
    return value


def as_parquet(book, folder):
    """Parquet of text."""
    for table, frame in book.items():
        frame.to_parquet(folder / f"{table}.parquet", index=False)
    return folder


def as_database(book, folder):
    """A database."""
    with sqlite3.connect(folder / "book.db") as connection:
        for table, frame in book.items():
            frame.to_sql(table, connection, index=False)
    connection.close()
    return f"sqlite:///{folder / 'book.db'}"


def told(book, write, folder):
    """All versions that a load of the book leaves, and its rejects, without the names of its files."""
    (folder / "book").mkdir()
    loading = Loading(folder, PERSONAL)
    report = load(loading.store, write(book, folder / "book"), PERSONAL)
    assert adds_up(report)
    assert {name: counts["read"] for name, counts in report.tables.items()} == {k: len(f) for k, f in book.items()}
    graph = {}
    for owner in (*RELATIONS, *TABLES):
        versions = loading.versions(owner)
        if len(versions):
            numbers = {"source", "target", "node", "file"} & set(versions)
            cells = versions.drop(columns=sorted(numbers)).sort_values("uid").astype(object)
            graph[owner] = cells.where(cells.notna(), None).to_dict("records")
    # which of the formats a number was rounded in shows in its text, which is kept with a reject
    rejects = sorted((table, row, column or "", *why) for table, _, row, column, *why in loading.rejects())
    counts = loading.store.counts()
    loading.store.close()
    return {"counts": counts, "rejects": rejects, **graph}


@pytest.fixture(scope="module")
def expected(book, tmp_path_factory):
    return told(book, as_csv, tmp_path_factory.mktemp("csv"))


def test_the_book_is_as_dirty_as_it_says(expected):
    reasons = {reason for *_, reason, _ in expected["rejects"]}
    never = {"malformed_row", "out_of_range", "ambiguous_party", "impossible_tie"}
    print(sorted(set(REASONS) - reasons))
    assert reasons >= {"scientific_notation", "missing_required", "unreadable_time", "unreadable_number", "future_time"}
    assert set(REASONS) - reasons <= never | {"unknown_company", "unknown_merchant", "unknown_application"}


@pytest.mark.parametrize("write", [as_gzip, as_zip, as_workbook, as_parquet, as_database], ids=lambda f: f.__doc__)
def test_every_encoding_and_format_gives_the_same_graph(book, expected, tmp_path, write):
    found = told(book, write, tmp_path)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == value, name
