"""``ringfence sample``: what it writes, what it says, and that the book it writes loads."""

import filecmp
import json

import pytest
from support.book import ringfence


def test_sample_writes_a_book_that_loads_and_says_what_is_in_it(tmp_path):
    done = ringfence("sample", "book", "--applicants", "600", "--seed", "4", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    told = json.loads((tmp_path / "book" / "truth.json").read_text("utf-8"))
    rings = sum(scheme["kind"] == "fraud_ring" for scheme in told["planted"])
    assert ["TABLE", "ROWS"] in lines
    assert ["fraud_ring", str(rings)] in lines
    assert ["campus", "1"] in lines
    assert "no real person or company" in done.stdout

    loaded = ringfence("load", "book", cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    assert "truth.json: not read: .json files cannot be read" in loaded.stderr
    people = next(line.split() for line in loaded.stdout.splitlines() if line.startswith("applicants "))
    assert people[2] == "600"


def test_two_processes_write_the_same_bytes(tmp_path):
    """Whatever order a process keeps its sets in."""
    for number in ("1", "2"):
        arguments = (f"book-{number}", "--applicants", "1000", "--setting", "dense")
        done = ringfence("sample", *arguments, cwd=tmp_path, PYTHONHASHSEED=number)
        assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "book-1").iterdir())
    same, _, _ = filecmp.cmpfiles(tmp_path / "book-1", tmp_path / "book-2", names, shallow=False)
    assert same == names


def test_a_book_without_fraud_says_so(tmp_path):
    done = ringfence("sample", "book", "--applicants", "500", "--setting", "none", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "PLANTED: nothing" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--applicants", "10"), "500 applicants or more"),
        (("--setting", "rich"), "'rich' is not one of"),
        (("--seed", "-3"), "the seed is a whole number"),
    ],
)
def test_what_makes_no_book_is_one_line(tmp_path, arguments, words):
    done = ringfence("sample", "book", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "book").exists()


def test_a_book_is_not_written_over_another(tmp_path):
    assert ringfence("sample", "book", "--applicants", "500", cwd=tmp_path).returncode == 0
    again = ringfence("sample", "book", "--applicants", "500", cwd=tmp_path)
    assert again.returncode == 2
    assert "not empty" in again.stderr
