"""What goes wrong on the command line, and says so in one line."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from ringfence.api.cli import app
from ringfence.graph.keys import load_key_file
from support.book import ringfence
from support.processes import stopped_again_and_again, until
from typer.testing import CliRunner


def mended(done):
    """The one line on standard error of a command that the user can put right."""
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("ringfence: ") and "Traceback" not in line
    return line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("findings", "--kind", "ring"), "unknown kind of finding 'ring'"),
        (("findings", "--view", "side"), "'side' is not one of 'raw', 'contracted'"),
        (("findings", "--top", "none"), "--top"),
        (("findings", "--format", "xml"), "--format"),
        (("show", "0000000000000000"), "no finding '0000000000000000'"),
        (("show", "not-an-id"), "no finding 'not-an-id'"),
        (("path", "company:C1", "company:NONE"), "no node company:NONE"),
        (("path", "company:C1", "phone:13800009999"), "no node phone:138****9999"),
        (("path", "company:C1", "phone:13800138000"), "stop-list"),
        (("path", "company:C1", "planet:Mars"), "unknown kind of node 'planet'"),
        (("path", "company:C1", "C2"), "kind:key"),
        (("path", "company:C1", "company:"), "kind:key"),
        (("path", "company:C1"), "Missing argument 'TO'"),
        (("path", "company:C1", "company:C2", "--as-of", "yesterday"), "unreadable time 'yesterday'"),
        (("path", "company:C1", "company:C2", "--as-of", "9" * 25), "unreadable time"),
        (("path", "application:P3", "company:C2", "--as-of", "2026-02-01"), "was not known"),
        (("path", "company:C1", "company:C2", "--max-hops", "0"), "--max-hops"),
        (("detect", "crystal_ball"), "unknown detector 'crystal_ball'"),
        (("detect", "--as-of", "31.31.2026"), "unreadable time"),
        (("token", "planet"), "unknown kind of node 'planet'"),
        (("load", "nowhere"), "nowhere"),
        (("load", "nowhere", "--mapping", "no-such"), "no-such"),
        (("load",), "say --resume alone"),
        (("serve", "--host", "0.0.0.0", "--port", "99999"), "--port"),
        (("serve", "--port", "99999"), "--port"),
        (("status", "--colour", "red"), "--colour"),
    ],
)
def test_what_the_user_can_mend_is_one_line_and_exit_code_2(run, arguments, told):
    assert told in mended(run(*arguments))


def test_an_ambiguous_beginning_of_an_id_names_those_it_fits(run):
    ids = [json.loads(line)["id"] for line in run("findings", "--format", "jsonl").stdout.splitlines()]
    firsts = [name[0] for name in ids]
    shared = next((first for first in firsts if firsts.count(first) > 1), None)
    if shared is None:
        # No two ids begin alike here; a single character then names one of them.
        assert run("show", firsts[0]).exit_code == 0
    else:
        line = mended(run("show", shared))
        assert all(name in line for name in ids if name[0] == shared)


def test_an_unknown_command_is_one_line():
    assert "No such command 'fly'" in mended(CliRunner().invoke(app, ["fly"]))


@pytest.mark.parametrize("command", [("findings",), ("status",), ("path", "company:C1", "company:C2"), ("show", "00")])
def test_without_a_store_they_say_to_load_first(tmp_path, command):
    done = ringfence(*command, cwd=tmp_path, RINGFENCE_KEY_FILE=str(tmp_path / "keys.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ringfence: no store at ringfence.db: run 'ringfence load' first, or name another with --store\n"
    )
    assert list(tmp_path.iterdir()) == [], "reading makes nothing"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ringfence.db", "unreadable store URL"),
        ("sqlite://", "names no file"),
        ("oracle://host/db", "unknown kind of store 'oracle'"),
    ],
)
def test_a_bad_store_url_is_one_line(url, told):
    assert told in mended(CliRunner().invoke(app, ["status", "--store", url]))


def test_a_file_that_is_no_store_is_one_line(tmp_path):
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    for name, text in (("other.db", None), ("text.db", "hello, this is no database at all\n" * 100)):
        if text:
            (tmp_path / name).write_text(text, "utf-8")
        mended(CliRunner().invoke(app, ["status", "--store", f"sqlite:///{tmp_path / name}"]))


def test_a_store_of_another_key_file_is_one_line(store_url, tmp_path):
    load_key_file(tmp_path / "other.json")
    environment = {"RINGFENCE_KEY_FILE": str(tmp_path / "other.json")}
    done = CliRunner().invoke(app, ["status", "--store", store_url], env=environment)
    assert "another key file" in mended(done)


def test_a_failed_load_changes_nothing(book, tmp_path):
    store = tmp_path / "ringfence.db"
    shutil.copyfile(book / "ringfence.db", store)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "companies.csv").write_text("name\n甲公司\n", "utf-8")
    before = json.loads(ringfence("status", "--format", "json", cwd=tmp_path).stdout)
    done = ringfence("load", "bad", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "company_id" in done.stderr
    assert json.loads(ringfence("status", "--format", "json", cwd=tmp_path).stdout) == before


def test_evidence_that_cannot_be_written_is_one_line(run, tmp_path):
    finding = json.loads(run("findings", "--top", "1", "--format", "jsonl").stdout)
    assert "folder.html" in mended(run("show", finding["id"], "--html", str(tmp_path / "no" / "such" / "folder.html")))


def test_an_unusable_setting_is_one_line(store_url):
    done = CliRunner().invoke(app, ["status", "--store", store_url], env={"RINGFENCE_PORT": "many"})
    assert "RINGFENCE_PORT" in mended(done)


def test_a_defect_is_one_line_and_exit_code_1_with_a_traceback_only_when_asked(store_url, monkeypatch):
    def broken(store):
        raise ZeroDivisionError("13812345678")

    monkeypatch.setattr("ringfence.api.services.status.status", broken)
    done = CliRunner().invoke(app, ["status", "--store", store_url])
    (line,) = done.stderr.splitlines()
    assert done.exit_code == 1
    assert "defect" in line and "RINGFENCE_DEBUG=1" in line and "13812345678" not in line
    asked = CliRunner().invoke(app, ["status", "--store", store_url], env={"RINGFENCE_DEBUG": "1"})
    assert asked.exit_code == 1 and "Traceback" in asked.stderr


def test_an_interruption_is_exit_code_130(store_url, monkeypatch):
    def interrupted(store):
        raise KeyboardInterrupt

    monkeypatch.setattr("ringfence.api.services.status.status", interrupted)
    done = CliRunner().invoke(app, ["status", "--store", store_url])
    assert (done.exit_code, done.stderr) == (130, "")


def test_a_reader_that_leaves_early_is_no_error(book):
    command = [str(Path(sys.executable).with_name("ringfence")), "findings", "--format", "jsonl"]
    with subprocess.Popen(command, cwd=book, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (0, b"")


def test_output_that_cannot_be_written_is_the_users_to_mend(book):
    command = [str(Path(sys.executable).with_name("ringfence")), "findings"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=book, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "No space left" in done.stderr


def test_the_store_may_be_named_by_the_environment(store_url, tmp_path):
    done = ringfence("status", "--format", "json", cwd=tmp_path, RINGFENCE_STORE=store_url)
    assert done.returncode == 0 and json.loads(done.stdout)["nodes"]["company"] == 6


def test_output_is_utf8_whatever_the_locale(book):
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    assert "甲公司" in ringfence("findings", cwd=book, **plain).stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_is_whole_though_its_writing_is_interrupted(tmp_path, unbuffered):
    rows = "\n".join(f"P{number},A1,2026-01-05,abc" for number in range(3000))
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "applicants.csv").write_text("applicant_id\nA1\n")
    (tmp_path / "tables" / "applications.csv").write_text(f"apply_no,applicant_id,apply_time,amount\n{rows}\n")
    assert ringfence("load", "tables", cwd=tmp_path).returncode == 0
    whole = ringfence("rejects", "--format", "csv", cwd=tmp_path).stdout.encode()
    command = [str(Path(sys.executable).with_name("ringfence")), "rejects", "--format", "csv"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        until(lambda: waiting_in(process.stdout) >= 1 << 16)  # the pipe is full
        with stopped_again_and_again(process.pid, 1) as times:
            until(lambda: len(times) > 5)
            assert process.stdout.read() == whole
    assert process.returncode == 0


def waiting_in(pipe):
    """How many bytes a pipe holds."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_names_in_the_data_cannot_steer_the_terminal():
    from ringfence.api.cli.output import table

    printed = table(("NAME", "NOTE"), [("\x1b[2J\r甲\u202e公司", "[bold]x[/bold]\nsecond")])
    assert "\x1b" not in printed and "\r" not in printed and "\u202e" not in printed
    assert len(printed.splitlines()) == 2 and "[bold]x[/bold] second" in printed


def test_what_cannot_be_recorded_is_not_shown(store_url, tmp_path):
    done = CliRunner().invoke(
        app, ["findings", "--store", store_url], env={"RINGFENCE_AUDIT": str(tmp_path / "no" / "folder" / "audit.db")}
    )
    assert "audit log" in mended(done)
