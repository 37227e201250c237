"""A load that cannot be: one line that says what to do, exit code 2, and nothing changed."""

import json
import sqlite3

import pytest
from support.book import ringfence

COMPANIES = "company_id,name\nC1,甲\nC2,乙\n"
GUARANTEES = "guarantor_id,borrower_id,amount\nC1,C2,5\nC2,C1,7\n"
MAPPING = '[[file]]\nmatch = "companies"\ntable = "companies"\n[file.columns]\ncompany_id = "客户号"\n'


def put(folder, **files):
    folder.mkdir()
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder.name


@pytest.fixture
def home(tmp_path):
    """A folder with a loaded store."""
    put(tmp_path / "book", companies__csv=COMPANIES, guarantees__csv=GUARANTEES)
    assert ringfence("load", "book", cwd=tmp_path).returncode == 0
    return tmp_path


def nine_in_ten_bad():
    return "guarantor_id,borrower_id\n" + "".join(f"{'C1' if n == 0 else ''},C2\n" for n in range(10))


CASES = {
    "a missing file": (lambda home: ["nowhere"], "there is no such file or folder"),
    "a missing required column": (
        lambda home: [put(home / "x", companies__csv="name\n甲\n")],
        "lacks its required column 'company_id'",
    ),
    "a corrupt Parquet": (
        lambda home: [put(home / "x", companies__parquet=b"PAR1 and nothing of it")],
        "companies.parquet: not a sound Parquet file",
    ),
    "undecodable bytes": (
        lambda home: [put(home / "x", companies__csv=b"company_id,name\nC9,\xff\xfe\x80\x81\n")],
        "row 2, byte 19",
    ),
    "an empty folder": (lambda home: [put(home / "x")], "the folder is empty"),
    "a folder with no known table": (
        lambda home: [put(home / "x", what__csv="a,b\n1,2\n")],
        "no file of a known table",
    ),
    "a mapping that names a column that is not there": (
        lambda home: ["book", "--mapping", put(home / "x", m__toml=MAPPING) + "/m.toml"],
        "has no column '客户号'",
    ),
    "an unknown mapping": (lambda home: ["book", "--mapping", "nomap"], "no mapping 'nomap'"),
    "a table with nine bad rows in ten": (
        lambda home: [put(home / "x", guarantees__csv=nine_in_ten_bad())],
        "9 of the 10 rows of table 'guarantees'",
    ),
}


def state(home):
    return json.loads(ringfence("status", "--format", "json", cwd=home).stdout)


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_in_one_line_and_changes_nothing(home, name):
    arguments, told = CASES[name]
    before = state(home)
    done = ringfence("load", *arguments(home), cwd=home)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and told in done.stderr, done.stderr
    assert state(home) == before and len(before["loads"]) == 1
    assert not list(home.glob("*.staging"))


def test_a_wrong_key_file_is_told_in_one_line_and_changes_nothing(home):
    before = state(home)
    other = home / "other"
    put(other, companies__csv=COMPANIES)
    assert ringfence("load", ".", RINGFENCE_KEY_FILE=str(home / "other.json"), cwd=other).returncode == 0
    for key_file, told in (("other.json", "made under another key file"), ("lost.json", "no key file")):
        done = ringfence("load", "book", RINGFENCE_KEY_FILE=str(home / key_file), cwd=home)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and told in done.stderr, done.stderr
    assert state(home) == before and not (home / "lost.json").exists()


def test_a_store_of_a_newer_version_is_told_in_one_line_and_left_alone(home):
    with sqlite3.connect(home / "ringfence.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (home / "ringfence.db").read_bytes()
    for command in (("load", "book"), ("status",), ("detect",)):
        done = ringfence(*command, cwd=home)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "newer version" in done.stderr
    assert (home / "ringfence.db").read_bytes() == before
