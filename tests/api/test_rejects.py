"""``ringfence rejects``: every row and cell that a load could not use, where it stands, and why."""

import csv
import io
import json

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from typer.testing import CliRunner


@pytest.fixture
def run(store_url):
    def command(*arguments):
        done = CliRunner().invoke(app, ["rejects", *arguments, "--store", store_url])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    return command


def test_every_format_lists_the_same_rejects(run):
    lines = [json.loads(line) for line in run("--format", "jsonl").splitlines()]
    assert {(reject["table"], reject["column"], reject["reason"], reject["level"]) for reject in lines} == {
        ("applications", "amount", "unreadable_number", "cell"),
        ("guarantees", "borrower_id", "unknown_party", "row"),
    }
    sheet = list(csv.DictReader(io.StringIO(run("--format", "csv"))))
    assert sheet == [{name: str("" if cell is None else cell) for name, cell in reject.items()} for reject in lines]
    header, *rows = run().splitlines()
    assert header.split() == ["LOAD", "TABLE", "FILE", "ROW", "COLUMN", "REASON", "LEVEL", "VALUE"]
    assert len(rows) == len(lines)


def test_rejects_by_table_reason_load_and_number(run):
    (only,) = (json.loads(line) for line in run("--table", "guarantees", "--format", "jsonl").splitlines())
    assert (only["load"], only["file"], only["reason"]) == (1, "guarantees.csv", "unknown_party")
    assert run("--reason", "unknown_party", "--format", "jsonl") == run(
        "--load", "1", "--table", "guarantees", "--format", "jsonl"
    )
    assert run("--top", "1").splitlines()[-1] == "1 of 2 rejects; --top shows more"
    assert len(run("--top", "1", "--format", "csv").splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--load", "9"], "no load 9; there are 1"),
        (["--table", "cards"], "no table 'cards'"),
        (["--reason", "bad"], "no reason 'bad'; there are malformed_row"),
    ],
)
def test_what_does_not_exist_is_one_line(store_url, arguments, told):
    done = CliRunner().invoke(app, ["rejects", *arguments, "--store", store_url])
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert told in done.stderr


def test_whoever_looks_is_on_record(run, book):
    run("--table", "guarantees")
    (entry,) = AuditLog(book / "ringfence.db.audit.db").entries(1)
    assert entry["action"] == "cli.rejects"
