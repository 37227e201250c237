"""The command line: what each command prints, exit codes, and one line for whatever the user can mend."""

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from ringfence.graph.keys import load_key_file
from ringfence.graph.store import open_store
from support.book import ringfence, write_book
from typer.testing import CliRunner

PHONE = "13812345678"


@pytest.fixture
def audit(book):
    """The book's audit log."""
    return AuditLog(book / "ringfence.db.audit.db", load_key_file().derived("audit"))


def test_a_run_takes_settings_and_keeps_them(tmp_path):
    write_book(tmp_path / "tables")
    ringfence("load", "tables", cwd=tmp_path)
    given = ("--set", "fraud-ring.min_members=3", "--set", "fraud-ring.link_strength=3.5")
    done = ringfence("detect", "fraud-ring", *given, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(ringfence("status", "--format", "json", cwd=tmp_path).stdout)["last_run"]["detectors"]
    assert (run["params"]["min_members"], run["params"]["link_strength"], run["params"]["max_members"]) == (3, 3.5, 60)

    wrong = ringfence("detect", "--set", "fraud-ring.min_member=3", cwd=tmp_path)
    told = "ringfence: detector fraud-ring has no parameter 'min_member': did you mean min_members or max_members?\n"
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (2, "", told)


def test_load_and_detect_say_what_they_did(tmp_path):
    write_book(tmp_path / "tables")
    loaded = ringfence("load", "tables", cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    lines = [line.split() for line in loaded.stdout.splitlines()]
    assert ["TABLE", "READ", "USED", "UNCHANGED", "DUPLICATE", "REJECTED"] in lines
    assert ["companies", "6", "6", "0", "0", "0"] in lines
    assert ["guarantees", "12", "11", "0", "0", "1"] in lines
    assert "load 1, revision 1" in loaded.stdout

    again = ringfence("load", "tables", cwd=tmp_path)
    assert ["companies", "6", "0", "6", "0", "0"] in [line.split() for line in again.stdout.splitlines()]

    detected = ringfence("detect", "guarantee", "--as-of", "2026-03-31", cwd=tmp_path)
    assert detected.returncode == 0, detected.stderr
    header, row, last = detected.stdout.splitlines()
    assert header.split() == ["DETECTOR", "VERSION", "FINDINGS", "SECONDS", "CPU", "SECONDS"]
    assert row.split()[0] == "guarantee"
    assert last == "as of 2026-03-31T00:00:00+08:00, revision 2"


def test_load_names_unknown_columns_and_files_on_standard_error(tmp_path):
    folder = write_book(tmp_path / "tables")
    (folder / "weather.csv").write_text("day,rain\n1,2\n", "utf-8")
    companies = (folder / "companies.csv").read_text("utf-8").splitlines()
    companies = [f"{line},{'slogan' if place == 0 else 'x'}" for place, line in enumerate(companies)]
    (folder / "companies.csv").write_text("\n".join(companies), "utf-8")
    loaded = ringfence("load", "tables", cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    told = loaded.stderr.splitlines()
    assert [line for line in told if "weather.csv" in line] and [line for line in told if "slogan" in line]
    assert "\x1b" not in loaded.stderr, "progress bars are for terminals"


def test_load_draws_progress_bars_where_standard_error_is_a_terminal(tmp_path):
    write_book(tmp_path / "tables")
    ours, theirs = os.openpty()
    command = [str(Path(sys.executable).with_name("ringfence")), "load", "tables"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        drawn = b""
        # At its end a terminal without a writer gives an error instead of nothing.
        with contextlib.suppress(OSError):
            while block := os.read(ours, 65536):
                drawn += block
        assert process.stdout
        printed = process.stdout.read().decode()
    os.close(ours)
    assert process.returncode == 0
    assert "reading companies.csv" in drawn.decode() and "writing guarantees" in drawn.decode()
    assert "load 1, revision 1" in printed and "\x1b" not in printed


def test_findings_in_every_format_are_the_same_findings(run):
    lines = run("findings", "--format", "jsonl").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert {"guarantee_cycle", "guarantee_circle", "guarantee_chain"} <= {finding["kind"] for finding in found}
    assert [finding["rank_all"] for finding in found] == sorted(finding["rank_all"] for finding in found)

    printed = run("findings", "--format", "csv").stdout
    assert printed.startswith("\ufeffid,kind,"), "a spreadsheet knows UTF-8 by its mark"
    sheet = list(csv.DictReader(io.StringIO(printed.removeprefix("\ufeff"))))
    assert [row["id"] for row in sheet] == [finding["id"] for finding in found]
    for row, finding in zip(sheet, found, strict=True):
        assert row["members"].split("\n") == [f"{m['role']} {m['node']}" for m in finding["members"]]
        assert row["reason_zh"] == finding["reason_zh"]
        assert [float(row[f"measures.{name}"]) for name in finding["measures"]] == [*finding["measures"].values()]
        assert int(row["evidence"]) == len(finding["evidence"])

    table = run("findings").stdout
    for finding in found:
        assert finding["id"] in table


def test_findings_by_kind_view_and_number(run):
    def kinds(*options):
        return [json.loads(line)["kind"] for line in run("findings", "--format", "jsonl", *options).stdout.splitlines()]

    everything = kinds()
    assert set(kinds("--kind", "guarantee_cycle")) == {"guarantee_cycle"}
    assert kinds("--kind", "fund_flow") == []
    assert kinds("--top", "1") == everything[:1]
    assert kinds("--view", "raw") == everything
    assert kinds("--view", "contracted") == []


def test_show_gives_members_measures_and_source_rows(run):
    (cycle,) = run("findings", "--kind", "guarantee_cycle", "--format", "jsonl").stdout.splitlines()
    finding = json.loads(cycle)
    shown = run("show", finding["id"][:8]).stdout
    assert finding["reason_zh"] in shown and finding["reason_en"] in shown
    rows = [line.split() for line in shown.splitlines()]
    assert ["party", "company:C1", "甲公司"] in rows
    assert ["GUARANTEES", "company:C1", "甲公司", "company:C2", "乙公司", "guarantees.csv", "2"] in rows


def test_show_writes_the_evidence_file(run, tmp_path):
    finding = json.loads(run("findings", "--top", "1", "--format", "jsonl").stdout)
    page = tmp_path / "evidence.html"
    done = run("show", finding["id"], "--html", str(page))
    assert done.exit_code == 0, done.output
    assert str(page) in done.stdout
    assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html")


def test_a_path_names_each_step_and_its_row(run):
    done = run("path", "applicant:A1", "applicant:A2")
    assert done.exit_code == 0
    first, start, up, down = done.stdout.splitlines()
    assert first.startswith("linked by 2 relationships, as of 2026-03-15T08:00:00+08:00")
    assert start == "applicant:A1 张*"
    assert "HAS_PHONE──▶" in up and "138****5678" in up and "(applicants.csv, row 2)" in up
    assert "◀──HAS_PHONE" in down and "applicant:A2 欧阳*" in down and "(applicants.csv, row 3)" in down


def test_a_personal_key_may_be_given_raw_in_any_spelling(run):
    for spelling in (PHONE, "+86 138-1234-5678", "１３８１２３４５６７８"):
        answer = json.loads(run("path", f"phone:{spelling}", "applicant:A2", "--format", "json").stdout)
        assert (answer["found"], answer["hops"]) == (True, 1), spelling
        assert answer["nodes"][0]["label"] == "138****5678"


def test_no_link_is_an_answer_and_says_what_was_left_out(run):
    # The two know the same employer, so the link is there; the landline beside it is not used.
    linked = json.loads(run("path", "applicant:A3", "applicant:A4", "--format", "json").stdout)
    assert [step["relation"] for step in linked["relationships"]] == ["WORKS_AT", "WORKS_AT"]

    apart = run("path", "applicant:A1", "applicant:A5")
    assert apart.exit_code == 0
    assert apart.stdout.splitlines() == [
        "no link found between applicant:A1 and applicant:A5 within 6 hops, as of 2026-03-15T08:00:00+08:00",
        "nothing was left out: there is no longer link either",
    ]
    short = run("path", "company:C1", "company:C6", "--max-hops", "2", "--format", "json")
    answer = json.loads(short.stdout)
    assert short.exit_code == 0
    assert (answer["found"], answer["hops"], answer["nodes"]) == (False, None, [])
    assert answer["truncated"] == [{"bound": "max_hops", "limit": 2, "skipped": None, "could_change": True}]


def test_a_path_is_of_its_time(run):
    # G3 runs from 2026-02-01: before, C3 and C1 are linked through C2 alone.
    def hops(day):
        return json.loads(run("path", "company:C3", "company:C1", "--as-of", day, "--format", "json").stdout)["hops"]

    assert (hops("2026-01-31"), hops("2026-02-01")) == (2, 1)


def test_status_counts_what_is_there(run, book):
    state = json.loads(run("status", "--format", "json").stdout)
    assert list(state) == ["nodes", "relations", "loads", "rejects", "unlinked", "last_run"]
    assert state["nodes"]["company"] == 6 and state["nodes"]["phone"] == 5
    assert state["relations"]["GUARANTEES"] == 11 and state["relations"]["TRANSFERRED"] == 1
    (load,) = state["loads"]
    assert (load["load"], load["revision"]) == (1, 1)
    assert load["tables"]["guarantees"] == {"read": 12, "used": 11, "unchanged": 0, "duplicate": 0, "rejected": 1}
    assert {"table": "applications", "column": "amount", "reason": "unreadable_number", "level": "cell", "rows": 1} in (
        state["rejects"]
    )
    assert [reject["rows"] for reject in state["rejects"] if reject["level"] == "row"] == [1]
    ran = [run["detector"] for run in state["last_run"]["detectors"]]
    assert ran == [
        "cashout-merchant",
        "fraud-ring",
        "fund-flow",
        "guarantee",
        "intermediary",
        "risky-cluster",
        "velocity",
    ]
    text = run("status").stdout
    assert "GUARANTEES" in text and "unreadable_number" in text


def test_status_and_the_next_load_tell_of_one_that_broke_off(tmp_path):
    write_book(tmp_path / "tables")
    url = f"sqlite:///{tmp_path}/ringfence.db"
    with contextlib.closing(open_store(url)) as store, store.writer("nightly") as writer:
        writer.left = True
    told = ringfence("status", cwd=tmp_path)
    assert "load 1, from nightly, is not published: it is running, or broke off and" in told.stderr
    loaded = ringfence("load", "tables", cwd=tmp_path)
    assert "load 1, from nightly, had broken off: it was discarded, and nothing of it is left" in loaded.stderr
    assert "is not published" not in ringfence("status", cwd=tmp_path).stderr


def test_token_names_each_value_in_order(run):
    done = run("token", "phone", stdin=f"{PHONE}\n\n138 1234 5678\r\n13900009999\n")
    first, blank, same, other = done.stdout.splitlines()
    assert first == same == "phone:" + load_key_file().token("phone", f"+86{PHONE}")
    assert blank == ""
    assert other.startswith("phone:tok_") and other != first
    assert run("token", "phone", stdin=first.partition(":")[2] + "\n").stdout == first + "\n"
    assert run("token", "company", stdin="粤/2024:07\n").stdout == "company:粤/2024:07\n"


def test_help_and_version(book):
    for arguments in (("--help",), ()):
        helped = CliRunner().invoke(app, list(arguments))
        assert helped.exit_code == 0
        for command in ("load", "detect", "findings", "show", "path", "why", "status", "token", "serve"):
            assert f"  {command} " in helped.stdout
    version = CliRunner().invoke(app, ["--version"])
    assert version.exit_code == 0 and version.stdout.startswith("ringfence ")


def test_help_imports_nothing_heavy(tmp_path):
    code = (
        "import sys\nfrom ringfence.api.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'numba', 'scipy', 'fastapi', 'uvicorn', 'pyvis', 'networkx'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_whoever_is_shown_something_is_on_record(run, audit):
    finding = json.loads(run("findings", "--top", "1", "--format", "jsonl").stdout)
    run("show", finding["id"])
    run("path", f"phone:{PHONE}", "applicant:A2")
    last = audit.entries(3)[::-1]
    assert [entry["action"] for entry in last] == ["cli.findings", "cli.show", "cli.path"]
    assert last[1]["subject"] == finding["id"]
    assert last[2]["subject"] == f"phone:{load_key_file().token('phone', '+86' + PHONE)} applicant:A2"
    assert PHONE not in json.dumps(last)
    assert audit.verify().broken is None
