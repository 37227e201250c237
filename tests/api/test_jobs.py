"""Jobs: one at a time on a store, whoever begins it; watched, ended, and never taken for running once it is dead."""

import json
import os
import subprocess
import sys
from contextlib import closing

import pytest
from ringfence.api.cli import app
from ringfence.api.jobs.table import Jobs
from ringfence.api.settings import Settings
from ringfence.graph.store import open_store
from support.book import ringfence, write_book
from support.processes import until
from support.service import service
from typer.testing import CliRunner

STOPS = "import time; from ringfence.loaders.passes.load import _Load; _Load._table = lambda *_: time.sleep(300)"
DIES = "import os; from ringfence.loaders.passes.load import _Load; _Load._table = lambda *_: os.kill(os.getpid(), 9)"
MAIN = "from ringfence.api.cli import main; main()"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A folder with the little book, loaded by a request, whose detectors were run by another; and both answers."""
    folder = tmp_path_factory.mktemp("jobs")
    write_book(folder / "in" / "tables")
    with closing(open_store(url(folder))):
        pass
    with service(url(folder), "engineer", sources=folder / "in") as client:
        answers = [client.post("/v1/jobs", json={"kind": "load", "source": "tables"})]
        answers.append(client.post("/v1/jobs", json={"kind": "snapshot"}))
        until(lambda: state(client, 1) != "running")
        answers.append(client.post("/v1/jobs", json={"kind": "detect"}))
        until(lambda: state(client, 2) != "running")
    return folder, answers


@pytest.fixture
def folder(tmp_path):
    """A folder that holds the little book and a store with nothing in it."""
    write_book(tmp_path / "tables")
    with closing(open_store(url(tmp_path))):
        pass
    return tmp_path


def url(folder):
    return f"sqlite:///{folder / 'ringfence.db'}"


def jobs(folder):
    return Jobs(Settings(store=url(folder)).jobs_file)


def state(client, number):
    return client.get(f"/v1/jobs/{number}").json()["state"]


def command(folder, *arguments):
    """A command in this process."""
    return CliRunner().invoke(app, [*arguments, "--store", url(folder)])


def told(folder, *arguments):
    done = ringfence(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def started(folder, change):
    """A load in a process of its own, with something changed in it."""
    return subprocess.Popen([sys.executable, "-c", f"{change}; {MAIN}", "load", "tables"], cwd=folder)


# -- by request


def test_jobs_by_request_do_what_the_commands_do(filled, book):
    folder, (load, _, detect) = filled
    assert (load.status_code, load.json()["kind"], load.json()["state"]) == (202, "load", "running")
    assert detect.json()["job"] == 2 and detect.json()["by"].startswith("test ")
    listed = ("findings", "--format", "jsonl")
    assert told(folder, *listed) == told(book, *listed) != ""
    first, second = jobs(folder).get(1), jobs(folder).get(2)
    assert (first.state, first.said) == ("done", f"load 1, revision 1, from {folder / 'in' / 'tables'}")
    assert (first.step, first.done) == ("writing", first.total)
    assert (second.state, second.said[:26]) == ("done", "batch 1, nightly, policy 2")
    assert (second.step, second.done, second.total) == ("detecting", 6, 7)


def test_a_request_while_a_job_runs_is_told_whose_it_is(filled):
    _, (load, refused, _) = filled
    assert refused.status_code == 409
    assert f"job 1 of {load.json()['by']} is running since 2" in refused.json()["detail"]


def test_jobs_are_listed_with_the_latest_first_for_those_who_may(filled):
    folder, _ = filled
    with service(url(folder), "supervisor") as client:
        listed = client.get("/v1/jobs", params={"limit": 1}).json()
        assert (listed["total"], [job["job"] for job in listed["jobs"]]) == (2, [2])
        assert client.post("/v1/jobs", json={"kind": "snapshot"}).status_code == 403
        missing = client.get("/v1/jobs/9")
        assert (missing.status_code, "no job 9" in missing.json()["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("stated", "status", "why"),
    [
        ("../tables", 400, "does not lie below"),
        ("/etc", 400, "does not lie below"),
        ("out", 400, "does not lie below"),
        ("round", 400, "does not lie below"),
        ("in\0", 400, "does not lie below"),
        ("x" * 999, 400, "does not lie below"),
        ("postgresql://127.0.0.1/book", 404, "there is no"),
        ("none", 404, "there is no"),
    ],
)
def test_a_load_takes_nothing_from_outside_the_folder_of_sources(folder, stated, status, why):
    (folder / "in").mkdir()
    (folder / "in" / "out").symlink_to(folder / "tables")
    (folder / "in" / "round").symlink_to(folder / "in" / "round")
    with service(url(folder), "engineer", sources=folder / "in") as client:
        for asked in ({"source": stated}, {"source": ".", "mapping": stated}):
            refused = client.post("/v1/jobs", json={"kind": "load", **asked})
            assert (refused.status_code, why in refused.json()["detail"]) == (status, True), refused.json()
    assert jobs(folder).all(10) == []


def test_without_a_folder_of_sources_loads_are_refused(folder):
    with service(url(folder), "engineer") as client:
        refused = client.post("/v1/jobs", json={"kind": "load", "source": "tables"})
    assert (refused.status_code, "RINGFENCE_SOURCES" in refused.json()["detail"]) == (409, True)


def test_what_a_detector_cannot_take_is_told_before_anything_begins(folder):
    with service(url(folder), "engineer") as client:
        for more in ({"detectors": ["no-such"]}, {"as_of": "some day"}, {"detectors": ["--store=x"]}):
            assert client.post("/v1/jobs", json={"kind": "detect", **more}).status_code == 400
    assert jobs(folder).all(10) == []


# -- one at a time


@pytest.mark.parametrize("asked", [("load", "tables"), ("nightly", "tables"), ("detect",), ("snapshot",)])
def test_no_command_begins_while_another_job_runs(folder, monkeypatch, asked):
    monkeypatch.chdir(folder)
    held = jobs(folder).begin("load", "li.na", "last month", os.getpid())
    refused = command(folder, *asked)
    assert refused.exit_code == 4
    (line,) = refused.stderr.splitlines()
    assert "job 1 of li.na is running since 2" in line and "load of last month" in line and "jobs cancel 1" in line
    held.end("done", None)
    assert [job.state for job in jobs(folder).all(10)] == ["done"]


def test_looking_at_jobs_keeps_none_from_beginning_and_a_job_that_ended_lets_the_next_begin(folder):
    held = jobs(folder).begin("detect", "li.na", None, os.getpid())
    inherited = os.dup(held.lock)
    assert [job.state for job in jobs(folder).all(10)] == ["running"]
    held.end("failed", "why")
    jobs(folder).begin("detect", "li.na", None, os.getpid()).end("done", None)
    os.close(inherited)
    assert [(job.job, job.state, job.said) for job in jobs(folder).all(10)] == [(2, "done", None), (1, "failed", "why")]


def test_a_job_whose_process_was_killed_is_lost_and_the_next_begins(folder):
    assert started(folder, DIES).wait() == -9
    (lost,) = jobs(folder).all(10)
    assert (lost.kind, lost.source, lost.state) == ("load", "tables", "lost")
    assert "load 2, revision 1, from tables" in told(folder, "load", "tables")
    assert [job.state for job in jobs(folder).all(10)] == ["done", "lost"]


def test_a_command_that_fails_says_why_in_its_job_as_well(folder):
    (folder / "tables" / "guarantees.csv").write_text("contract_id,guarantor_id,borrower_id\nG1,,\n")
    refused = ringfence("load", "tables", cwd=folder)
    (failed,) = jobs(folder).all(10)
    assert refused.returncode == 2
    assert (failed.state, refused.stderr) == ("failed", f"ringfence: {failed.said}\n")


# -- ended


@pytest.mark.parametrize("by", ["command", "request"])
def test_a_load_that_is_cancelled_leaves_nothing_that_shows_and_is_resumed(folder, by):
    process = started(folder, STOPS)
    until(lambda: any(job.step == "reading" for job in jobs(folder).all(1)))
    until(lambda: list(folder.glob("ringfence.db.staging/*")))
    if by == "command":
        assert command(folder, "jobs", "cancel", "1").exit_code == 0
    else:
        with service(url(folder), "engineer") as client:
            assert client.delete("/v1/jobs/1").status_code == 202
    assert process.wait() == -15
    assert (jobs(folder).get(1).state, jobs(folder).get(1).cancelled_by != "") == ("cancelled", True)
    assert json.loads(told(folder, "status", "--format", "json"))["loads"] == []
    assert "load 1, revision 1, from tables" in told(folder, "load", "--resume")
    again = command(folder, "jobs", "cancel", "1")
    assert (again.exit_code, "job 1 is cancelled: there is nothing to cancel" in again.stderr) == (2, True)


def test_a_job_elsewhere_or_one_that_just_begins_is_left_alone(folder):
    held = jobs(folder).begin("load", "li.na", None, pid=None)
    assert "just beginning" in command(folder, "jobs", "cancel", "1").stderr
    with jobs(folder).alone() as connection:
        connection.execute("UPDATE jobs SET host = 'other-host', pid = ?", (os.getpid(),))
    assert "runs on other-host: cancel it there" in command(folder, "jobs", "cancel", "1").stderr
    assert jobs(folder).get(1).cancelled_by is None
    held.end("done", None)


# -- told


def test_commands_list_and_show_jobs(filled):
    folder, (load, *_) = filled
    table = command(folder, "jobs", "list").stdout.splitlines()
    assert table[0].split() == ["JOB", "KIND", "STATE", "BY", "BEGAN", "ENDED", "PROGRESS", "SOURCE"]
    assert table[1].split()[:3] == ["2", "detect", "done"] and "detecting velocity 6 of 7" in table[1]
    listed = json.loads(command(folder, "jobs", "list", "--format", "json", "--top", "1").stdout)
    assert [job["job"] for job in listed] == [2]
    shown = command(folder, "jobs", "show", "1").stdout
    assert f"job 1: load, of {folder / 'in' / 'tables'}, by {load.json()['by']}" in shown
    assert "load 1, revision 1, from" in shown
    assert "no job 7" in command(folder, "jobs", "show", "7").stderr


def test_a_snapshot_is_built_by_a_command(filled):
    folder, _ = filled
    assert told(folder, "snapshot").startswith("snapshot of revision 1: ")
