"""What says nothing is blank: in every column of every table, keys and group ids included."""

import pandas as pd
import pytest
from ringfence.loaders.cleaning.blanks import marks, stated
from ringfence.loaders.passes.load import load
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.schema.tables import TABLES
from ringfence.loaders.vectors import TEXT, text
from support.loading import LENIENT, Loading
from support.whole import shown

WRITTEN = (
    *sorted(marks()),
    "-",
    "--",
    "—",
    "———",
    "－",
    "Ｎ／Ａ",
    "（NULL）",
    " nUlL ",
    "None",
    "NaN",
    "<NA>",
    "\\N",
    "空\u3000",
)
IN_A_LOAD = ("null", "-", "Ｎ／Ａ", "空\u3000")
"""Of each kind of mark one, for what takes a load each."""
VALID = {"time": "2024-01-01 10:00:00", "number": "1", "integer": "1"}


def cells(mark: str, row: int) -> dict[str, list[dict[str, str]]]:
    """By table two rows that say all they must and for the rest the mark, and for each such column one without it."""
    book = {}
    for name, table in TABLES.items():
        needed = {column.name: column for column in table.all_columns.values() if column.required}
        full = dict.fromkeys(table.all_columns, mark)
        for column in needed.values():
            full[column.name] = VALID.get(column.type) or next(iter(column.words), f"{column.name}-{row}")
        other = full | {key: full[key] for key in table.key if key in full}
        book[name] = [full, other, *(full | {column: mark} for column in needed)]
    return book


def loaded(folder, mark):
    folder.mkdir()
    loading = Loading(folder, LENIENT)
    book = folder / "book"
    book.mkdir()
    first, second = cells(mark, 1), cells(mark, 2)
    for table in TABLES:
        pd.DataFrame(first[table] + second[table]).to_csv(book / f"{table}.csv", index=False)

    report = load(loading.store, book, LENIENT)
    rejects = loading.store.rejects()[["table", "column", "reason"]].value_counts().to_dict()
    picture = shown(loading.store.snapshot())
    loading.store.close()
    return picture, rejects, report.tables


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("empty") / "book", "")


def test_every_mark_of_nothing_is_blank():
    assert stated(text([*WRITTEN])).to_pylist() == [None] * len(WRITTEN)


@pytest.mark.parametrize(
    "mark", [mark if mark in IN_A_LOAD else pytest.param(mark, marks=pytest.mark.soak) for mark in WRITTEN]
)
def test_a_mark_of_nothing_is_as_an_empty_cell_in_every_column_of_every_table(mark, empty, tmp_path):
    assert loaded(tmp_path / "book", mark) == empty


def test_what_only_looks_like_a_mark_is_a_value():
    values = ["Nanjing", "NA-7", "N/A 2", "-1", "0", "无锡", "空调", "nullable", "NATO"]
    assert stated(text(values)).to_pylist() == values


def test_a_lender_adds_marks_of_its_own_and_a_column_can_mean_one(tmp_path):
    mapping = parse_mapping(
        """
        blanks = ["待补录"]
        [privacy]
        default = "internal"
        [[file]]
        match = "companies"
        table = "companies"
        [file.columns]
        company_id = "id"
        group_id = "group"
        industry = {column = "line", means = ["NA"]}
        """,
        "own",
        "own",
    )
    loading = Loading(tmp_path, mapping)
    loading.load(companies="id,group,line\nC1,待补录,NA\nC2,待补录,null")
    said = loading.facts("companies").values()
    assert sorted((fact.get("industry", ""), fact.get("group_id", "")) for fact in said) == [("", ""), ("NA", "")]


def test_a_column_without_text_stays_as_it_is():
    assert stated(text([None, None])).type == TEXT
