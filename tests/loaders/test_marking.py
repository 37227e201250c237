"""Flags that people set by hand: what a loaded row of the same key would be, known from when it was decided."""

from contextlib import closing

import pytest
from ringfence.graph.model import FOREVER
from ringfence.loaders.marking import Mark, mark
from support.loading import Loading, at
from support.stores import STORES

DAY = at("2026-03-01")


@pytest.fixture(params=STORES)
def book(request, tmp_path):
    """A loaded book of one applicant, in a store of every kind."""
    url = None if request.param == "sqlite" else request.getfixturevalue("neo4j_url")
    book = Loading(tmp_path, url=url)
    book.load(
        applicants="applicant_id,name\na|1,x",
        applications="apply_no,applicant_id,apply_time\n1,a|1,2026-02-01",
        flags="entity_kind,entity_key,flag,source,effective_from\napplicant,a|1,innocent,li,2026-03-01",
    )
    with closing(book.store):
        yield book


def said(book, as_of):
    return [cells["flag"] for cells in book.facts("flags", as_of).values()]


def innocent(until=FOREVER, node="applicant:a|1"):
    return Mark(node, "innocent", "li", DAY, until, DAY)


def test_a_flag_is_known_by_what_a_loaded_row_of_its_key_is(book):
    ((uid, cells),) = book.facts("flags").items()
    assert innocent().uid == uid == f"flags:applicant|a%7C1|innocent|li|{DAY}"
    mark(book.store, [innocent()], "verdicts")
    assert book.facts("flags") == {uid: cells}, "it says the same"


def test_a_flag_holds_from_when_it_is_known_until_it_ends(book):
    mark(book.store, [Mark("applicant:a|1", "confirmed_fraud", "case", DAY, at("2026-04-01"), DAY)], "verdicts")
    assert "confirmed_fraud" not in said(book, "2026-02-28")
    assert "confirmed_fraud" in said(book, "2026-03-01")
    assert "confirmed_fraud" in said(book, "2026-03-31")
    assert "confirmed_fraud" not in said(book, "2026-04-01")


def test_a_flag_that_is_taken_back_holds_no_more_and_is_still_seen_where_it_held(book):
    mark(book.store, [innocent()], "verdicts")
    mark(book.store, [innocent().ended(at("2026-05-01"))], "verdicts")
    assert said(book, "2026-04-30") == ["innocent"] and said(book, "2026-05-01") == []


def test_flags_are_one_small_load_that_moves_no_data_date(book):
    before, date = book.store.revision(), book.store.data_date()
    revision = mark(book.store, [innocent(), Mark("applicant:a|1", "blacklist", "li", DAY, FOREVER, DAY)], "verdicts")
    assert (revision, book.store.data_date()) == (before + 1, date)
    load = book.store.loads()[-1]
    assert (load.source, load.bulk, load.tables["flags"]["used"]) == ("verdicts", False, 2)
    assert mark(book.store, [], "verdicts") is None and book.store.revision() == revision
