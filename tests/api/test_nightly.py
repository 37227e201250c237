"""A night as one command: what load and detect do, told for a scheduler, resumed where it was killed."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from ringfence.detectors.policy import SHIPPED
from ringfence.graph.store import open_store
from support.book import TABLES, ringfence, write_book

DIES = "import os; from {module} import {owner}; {owner}.{name} = lambda *_: os.kill(os.getpid(), 9)"
MAIN = "from ringfence.api.cli import main; main()"
CIRCLE = Path(__file__).parents[1] / "data" / "guarantee-circle"
FULL = '[extract]\nguarantees = "full"\n'


@pytest.fixture
def folder(tmp_path):
    """A folder that holds the little book, and no store yet."""
    write_book(tmp_path / "tables")
    return tmp_path


def night(folder, *arguments, **environment):
    """A night that ends well, as its summary."""
    done = ringfence("nightly", *arguments, "--format", "json", cwd=folder, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def killed(folder, module, owner, name):
    """A night whose process kills itself where it would call a function."""
    code = f"{DIES.format(module=module, owner=owner, name=name)}; {MAIN}"
    done = subprocess.run([sys.executable, "-c", code, "nightly", "tables"], cwd=folder, capture_output=True)
    assert done.returncode == -9, done.stderr


def findings(folder):
    """What people see, without what tells one run from another."""
    done = ringfence("findings", "--format", "jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def state(folder):
    return json.loads(ringfence("status", "--format", "json", cwd=folder).stdout)


def test_a_night_finds_what_load_and_detect_find_and_counts_it(folder, book):
    told = night(folder, "tables")
    assert findings(folder) == findings(book)
    assert state(folder)["loads"] == state(book)["loads"]
    assert (told["load"], told["revision"], told["source"]) == (1, 1, "tables")
    assert told["tables"]["guarantees"] == {"read": 12, "used": 11, "unchanged": 0, "duplicate": 0, "rejected": 1}
    assert sum(sum(colours.values()) for colours in told["findings"].values()) == len(findings(folder))
    listed = ringfence("case", "list", "--format", "jsonl", cwd=folder).stdout.splitlines()
    assert told["cases"] == {"new": [json.loads(case)["id"] for case in listed], "grown": [], "gone": []}
    assert told["cases"]["new"] and told["seconds"] > 0 and told["cpu_seconds"] > 0


def test_the_next_night_tells_only_what_changed_and_a_case_is_gone_once(folder):
    (folder / "full.toml").write_text(FULL)
    before = night(folder, "tables", "--mapping", "full.toml")["cases"]["new"]
    assert night(folder, "tables", "--mapping", "full.toml")["cases"] == {"new": [], "grown": [], "gone": []}
    header, *rows = TABLES["guarantees"].splitlines()
    kept = [row for row in rows if row.startswith("G6,")]
    (folder / "tables" / "guarantees.csv").write_text("\n".join([header, *kept]), "utf-8")
    (folder / "full.toml").write_text(f'data_date = "2026-04-30"\n{FULL}')
    gone = night(folder, "tables", "--mapping", "full.toml")["cases"]["gone"]
    assert gone and set(gone) <= set(before)
    assert night(folder, "tables", "--mapping", "full.toml")["cases"]["gone"] == []


@pytest.mark.parametrize(("kept", "what"), [(None, "missing"), ("loan_id,borrower_id\n", "empty")])
def test_without_a_required_table_nothing_is_published(folder, kept, what):
    night(folder, "tables")
    seen = state(folder)
    if kept is not None:
        (folder / "tables" / "loans.csv").write_text(kept)
    for options, variables in ((("--require", "loans"), {}), ((), {"RINGFENCE_REQUIRE": "guarantees, loans"})):
        done = ringfence("nightly", "tables", *options, cwd=folder, **variables)
        assert done.returncode == 3
        assert f"required and {what} in the source: loans" in done.stderr
    assert state(folder) == seen


def test_a_source_with_too_many_rejects_is_refused_by_a_code_of_its_own(folder):
    (folder / "tables" / "guarantees.csv").write_text(TABLES["guarantees"].replace("NOBODY", "").replace("C3", ""))
    done = ringfence("nightly", "tables", cwd=folder)
    assert (done.returncode, "reject_limit" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "say --resume alone"),
        (("tables", "--resume"), "say --resume alone"),
        (("--resume", "--require", "loans"), "say --resume alone"),
        (("tables", "--require", "sails"), "no table 'sails'"),
    ],
)
def test_wrong_use_is_told_before_a_store_is_made(folder, arguments, told):
    done = ringfence("nightly", *arguments, cwd=folder)
    assert (done.returncode, told in done.stderr) == (2, True)
    assert not (folder / "ringfence.db").exists()


def test_while_another_load_runs_a_night_changes_nothing_and_has_a_code_of_its_own(folder):
    night(folder, "tables")
    with closing(open_store(f"sqlite:///{folder / 'ringfence.db'}")) as store:
        with store.writer("the other"):
            done = ringfence("nightly", "tables", cwd=folder)
        assert (done.returncode, "from the other, is running" in done.stderr) == (4, True)
        assert [load.load for load in store.loads()] == [1]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("ringfence.loaders.passes.load", "_Load", "_table"), id="in the load", marks=pytest.mark.soak),
        pytest.param(
            ("ringfence.api.services", "nightly", "detected"), id="between load and detect", marks=pytest.mark.soak
        ),
        pytest.param(
            ("ringfence.graph.store.sqlite.store", "SqliteStore", "save_batch"), id="before the batch is kept"
        ),
    ],
)
def test_a_night_that_was_killed_is_resumed_and_loads_nothing_twice(folder, book, place):
    killed(folder, *place)
    told = night(folder, "--resume")
    assert (told["load"], told["revision"]) == (1, 1)
    assert findings(folder) == findings(book)
    done = ringfence("nightly", "--resume", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "no night broke off: there is nothing to resume\n")
    assert len(state(folder)["loads"]) == 1


def test_a_night_whose_search_was_cut_short_has_a_code_of_its_own_and_keeps_what_it_found(folder):
    shipped = SHIPPED.read_text("utf-8")
    assert "[parameters.guarantee]\n" in shipped
    small = shipped.replace("[parameters.guarantee]\n", "[parameters.guarantee]\nmax_parties = 3\n")
    small = small.replace("hours = 72", "hours = 0.000001")
    (folder / "small.toml").write_text(small, "utf-8")
    done = ringfence("nightly", "tables", "--policy", "small.toml", "--format", "json", cwd=folder)
    assert done.returncode == 5
    assert done.stderr.splitlines()[-1] == (
        "ringfence: all is done and kept, but a search was cut short, and an answer could change"
    )
    told = json.loads(done.stdout)
    assert told["overdue"] == told["cases"]["new"] != []
    assert {cut["bound"] for cut in told["truncated"] if cut["could_change"]} == {"max_parties"}
    assert len(findings(folder)) == sum(sum(colours.values()) for colours in told["findings"].values()) > 0


def test_a_night_on_neo4j_says_what_one_on_an_embedded_store_says(tmp_path, neo4j_url):
    told = []
    for url in (neo4j_url, f"sqlite:///{tmp_path}/circle.db"):
        done = ringfence("nightly", str(CIRCLE), "--format", "json", "--store", url, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        night = json.loads(done.stdout)
        assert night.pop("seconds") > 0 and night.pop("cpu_seconds") > 0
        told.append(night)
    assert told[0] == told[1] and told[0]["cases"]["new"]
    again = ringfence("nightly", "--resume", "--store", neo4j_url, cwd=tmp_path)
    assert again.stdout == "no night broke off: there is nothing to resume\n"
    listed = ringfence("jobs", "list", "--top", "2", "--format", "json", "--store", neo4j_url, cwd=tmp_path).stdout
    assert [job["kind"] for job in json.loads(listed)] == ["nightly", "nightly"]


def test_the_text_names_load_batch_cases_and_what_was_left_out(folder):
    (folder / "tables" / "notes.txt").write_text("x")
    done = ringfence("nightly", "tables", cwd=folder)
    assert done.returncode == 0
    assert "load 1, revision 1, from tables" in done.stdout and "batch 1, nightly, policy" in done.stdout
    assert "cases new: " in done.stdout
    assert "notes.txt" in done.stderr
