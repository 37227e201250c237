"""Rows that somebody hands over come to the versions that a load of them would write, and nothing is stored."""

import pandas as pd
import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.snapshot.overlay import Overlay
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.given import clean
from ringfence.loaders.sources import open_source
from support.book import write_book

ROWS = {
    "applicants": [{"applicant_id": "A6", "name": "赵六", "mobile": "138 1234 5678", "employer": "某某集团"}],
    "applications": [
        {
            "apply_no": "P9",
            "applicant_id": "A6",
            "apply_time": "2026-03-20 10:00:00",
            "amount": 5000,
            "device_id": "dev-1",
        }
    ],
    "contacts": [{"applicant_id": "A6", "contact_mobile": "13700003333", "relation": "朋友"}],
}


@pytest.fixture
def store(tmp_path):
    """A store that holds the little book."""
    opened = open_store(f"sqlite:///{tmp_path}/book.db")
    load(opened, open_source(str(write_book(tmp_path / "tables")), None))
    yield opened
    opened.close()


def plain(frame):
    """Versions by uid, without where their rows stood."""
    kept = frame.drop(columns=["file", "row", "revision"], errors="ignore").sort_values("uid", ignore_index=True)
    return kept.astype(object).where(kept.notna(), None).to_dict("records")


def loaded(store, tmp_path):
    """What the newest load of a store wrote, after the rows were loaded as files."""
    folder = tmp_path / "new"
    folder.mkdir()
    for table, rows in ROWS.items():
        pd.DataFrame(rows).to_csv(folder / f"{table}.csv", index=False)
    number = load(store, open_source(str(folder), None)).load
    return {owner: pd.concat(store.versions(owner, number)) for owner in store.owners(number)}


def test_rows_come_to_what_a_load_of_them_writes(store, tmp_path):
    written = clean(store, ROWS).written
    found = {**written.relationships, **written.facts}
    expected = loaded(store, tmp_path)
    assert {owner: plain(frame) for owner, frame in found.items()} == {
        owner: plain(frame) for owner, frame in expected.items()
    }
    assert "LISTS_CONTACT" in found


def test_nothing_is_stored(store):
    before = (store.revision(), store.counts(), store.loads())
    clean(store, ROWS)
    assert (store.revision(), store.counts(), store.loads()) == before


def test_laid_over_the_book_they_tie_to_what_it_holds(store):
    given = clean(store, ROWS)
    view = Overlay(store.snapshot(), given.written).at(given.written.data_date)
    assert given.declared == {"applicants": ["applicant:A6"], "applications": ["application:P9"]}
    phones = view.other_ends(view.find_all(["applicant:A6"]), ("HAS_PHONE",))
    assert view.names(view.only(view.other_ends(phones, ("HAS_PHONE",)), "applicant")) == [
        "applicant:A1",
        "applicant:A2",
        "applicant:A6",
    ]
    assert [view.mask(name.partition(":")[2]) for name in view.names(phones)] == ["138****5678"]


def test_a_row_that_the_book_holds_already_is_not_new(store):
    held = {"applicants": [{"applicant_id": "A5", "name": "王五", "mobile": "13700003333"}]}
    given = clean(store, held)
    assert not given.written.facts
    assert not given.written.relationships


def test_what_cannot_be_used_is_told_masked(store):
    rows = {"applications": [{"apply_no": "P9", "applicant_id": "A1", "apply_time": "soon", "imei": "13812345678"}]}
    (reject,) = (row for row in clean(store, rows).rejects if row["level"] == "row")
    assert (reject["table"], reject["column"], reject["reason"]) == ("applications", "apply_time", "unreadable_time")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "no row was given"),
        ({"aplications": [{"apply_no": "1"}]}, "unknown table 'aplications'"),
        ({"applications": [{"apply_no": "1", "applicant_id": "A1"}]}, "lacks its required column 'apply_time'"),
    ],
)
def test_what_is_no_application_is_said_in_one_line(store, rows, said):
    with pytest.raises(UserError, match=said):
        clean(store, rows)


def test_columns_that_no_table_has_are_named(store):
    assert clean(store, {"applicants": [{"applicant_id": "A9", "shoe_size": 42}]}).unknown == [
        ("applicants", "shoe_size")
    ]
