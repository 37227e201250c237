"""A first mapping of sources that nobody described, measured against what each of their columns is.

At least nine columns in ten are right, and none is wrong and called sure.
"""

import tomllib
from pathlib import Path

import pytest
from ringfence.graph.store import open_store
from ringfence.loaders.passes.load import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.schema.mapping import load_mapping, parse_mapping
from ringfence.loaders.schema.tables import TABLES
from ringfence.loaders.suggest import survey, toml
from support.mapping_truth import Score, by_mapping, score
from support.renamed_book import renamed

DATA = Path(__file__).parent.parent / "data"
FIRST = DATA / "first-mapping"
BOOKS = sorted(path.parent.name for path in FIRST.glob("*/truth.toml"))
REPORTS = sorted(path.parent.name for path in (DATA / "reports").glob("*/in"))
_UNREADABLE = ("07-strict-open-xml",)
"""Reports of files that no program here reads."""


def by_hand(name):
    """The truth of a book that was written by hand."""
    listed = tomllib.loads((FIRST / name / "truth.toml").read_text("utf-8"))
    one = {
        file: {header: [was] if isinstance(was, str) else was for header, was in columns.items()}
        for file, columns in listed.items()
    }
    return lambda sheet, header: set(one[sheet][header]) - {""}


def canonical(sheet, header):
    """What a column of a file with a canonical name is: what it is called. Of the one file without: by hand."""
    if sheet == "HI-Small_Trans.csv":
        found = {
            "Timestamp": "time",
            3: "from_account",
            5: "to_account",
            "Amount Paid": "amount",
            "Payment Format": "kind",
        }
        return {f"transfers.{found[header]}"} if header in found else set()
    table = next(part.split(".")[0] for part in reversed(sheet.split("/")) if part.split(".")[0] in TABLES)
    return {f"{table}.{header}"}


def assert_good(measured):
    assert measured.wrong_and_sure == []
    assert measured.share >= 0.9, "\n".join(measured.wrong)


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_under_names_of_its_own(name):
    assert_good(score(survey(str(FIRST / name / "in")), by_hand(name)))


@pytest.mark.parametrize("name", ["ties-and-balances-chinese", "ties-and-balances-english"])
def test_the_mapping_of_ties_and_balances_loads_as_it_is_written(name, tmp_path):
    folder = str(FIRST / name / "in")
    written = parse_mapping(toml(survey(folder)), "first", "first.toml")
    report = load(open_store(f"sqlite:///{tmp_path}/book.db"), folder, written)
    assert {"relations", "identifiers", "companies", "applications", "transfers"} <= set(report.tables)
    assert all(counts["used"] == counts["read"] > 0 for counts in report.tables.values())


@pytest.mark.parametrize("folder", ["finbench-driver-example", "finbench-generator"])
def test_finbench_as_the_shipped_mapping_has_it(folder):
    assert_good(score(survey(str(DATA / folder)), by_mapping(load_mapping("finbench"))))


def test_the_inputs_of_public_reports():
    total = Score()
    for name in REPORTS:
        if name not in _UNREADABLE:
            total.add(score(survey(str(DATA / "reports" / name / "in")), canonical))
    assert total.columns > 200
    assert_good(total)


@pytest.fixture(scope="session")
def sample_book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "book"
    write_sample(folder, 500, 3, "default")
    return folder


def renamed_books(book, folder, seeds):
    """The score over books of canonical tables under other names."""
    total = Score()
    for seed in seeds:
        truth = renamed(book, folder / str(seed), seed)
        found = survey(str(folder / str(seed)))
        judged = score(found, lambda sheet, header, truth=truth: truth[sheet.split("/")[0], header])
        judged.columns = len(truth)  # those of files that were not placed at all are not right
        parse_mapping(toml(found), "renamed", "renamed.toml")
        total.add(judged)
    return total


def test_canonical_tables_under_words_that_the_list_may_not_have(sample_book, tmp_path):
    assert_good(renamed_books(sample_book, tmp_path, range(8)))


@pytest.mark.soak
def test_canonical_tables_under_words_that_the_list_may_not_have_for_long(sample_book, tmp_path):
    measured = renamed_books(sample_book, tmp_path, range(1_000, 1_300))
    assert_good(measured)
    assert measured.columns > 15_000
