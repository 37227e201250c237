"""An investigator's days: the queue of cases, what a night changes, and verdicts that later runs act on."""

import csv
import io
import json
from contextlib import closing

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from ringfence.api.services.response import response
from ringfence.detectors.policy import Level
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from support.case_book import RING, write_newcomers, write_ring_book, write_tables
from support.sheets import sheet_rows
from support.stores import STORES
from typer.testing import CliRunner

HOUR = 3_600_000


class Days:
    """A store, its commands, and days that come one after the other."""

    def __init__(self, url, folder):
        self.url, self.folder, self.days = url, folder, 0

    def run(self, *arguments):
        """What a command prints."""
        done = CliRunner().invoke(app, [*arguments, "--store", self.url])
        assert done.exit_code == 0, (arguments, done.output, done.exception)
        return done.output

    def fails(self, *arguments):
        """What is wrong with a command, in one line."""
        done = CliRunner().invoke(app, [*arguments, "--store", self.url])
        assert done.exit_code == 2, (arguments, done.output, done.exception)
        (line,) = done.stderr.splitlines()
        return line

    def night(self, *devices, **more):
        """A day on which applicants come with these devices, and the night's run."""
        self.days += 1
        self.run("load", str(write_newcomers(self.folder / f"day {self.days}", *devices, **more)))
        self.run("detect")

    def cases(self, *options):
        return [json.loads(line) for line in self.run("case", "list", "--format", "jsonl", *options).splitlines()]

    def ring(self):
        """The case of the ring, whatever became of it."""
        states = ("new", "grown", "shrunk", "unchanged", "gone")
        (case,) = [
            case for state in states for case in self.cases("--state", state) if "applicant:R0" in case["people"]
        ]
        return case

    def finding(self):
        lines = self.run("findings", "--kind", "fraud_ring", "--format", "jsonl").splitlines()
        return json.loads(lines[0])


def begun(url, folder):
    """The book, loaded, and the first night's run over it."""
    days = Days(url, folder)
    days.run("load", str(write_ring_book(folder / "book")))
    days.run("detect")
    return days


@pytest.fixture
def days(tmp_path):
    return begun(f"sqlite:///{tmp_path}/book.db", tmp_path)


@pytest.fixture(params=STORES)
def on_either(request, tmp_path):
    """The same on a store of every kind."""
    url = f"sqlite:///{tmp_path}/book.db" if request.param == "sqlite" else request.getfixturevalue("neo4j_url")
    return begun(url, tmp_path)


def owed(balance, overdue, written_off, loans):
    figures = {"balance": balance, "overdue": overdue, "written_off": written_off}
    return {"currency": "CNY", "loans": loans, **figures, "unknown": dict.fromkeys(figures, 0)}


# -- the queue


def test_findings_about_the_same_people_are_one_case_and_the_queue_is_by_colour_then_money(days):
    ring, circle = days.cases()
    assert [ring["kinds"], circle["kinds"]] == [{"fraud_ring": 1}, {"guarantee_circle": 1, "guarantee_cycle": 1}]
    assert ring["colour"] == circle["colour"] == "yellow"
    assert ring["people"] == [f"applicant:{key}" for key in RING]
    assert circle["people"] == ["company:C0", "company:C1", "company:C2"] and circle["amounts"] == []
    assert ring["amounts"] == [owed(188_000, 41_000, 21_000, 8)]
    assert ring["by_member"]["applicant:R1"] == [owed(21_000, 21_000, 21_000, 1)]
    assert (ring["state"], ring["assigned"], ring["verdict"], ring["closed"]) == ("new", None, None, False)


def test_the_table_and_the_sheet_say_what_the_lines_say(days):
    ring, circle = days.cases()
    rows = days.run("case", "list").splitlines()
    assert rows[1].split()[:6] == ["new", ring["id"], "yellow", "8", "1", "fraud_ring"]
    assert "188,000 CNY  41,000 CNY  21,000 CNY" in rows[1] and rows[2].split()[1] == circle["id"]
    first, second = csv.DictReader(io.StringIO(days.run("case", "list", "--format", "csv").removeprefix("\ufeff")))
    assert (first["id"], first["balance.CNY"], first["balance.CNY.unknown"]) == (ring["id"], "188000.0", "0")
    assert first["people"].splitlines() == ring["people"] and second["balance.CNY"] == ""
    assert days.run("case", "list", "--top", "1").splitlines()[-1] == "1 of 2 cases; --top shows more"
    assert [case["id"] for case in days.cases("--colour", "yellow")] == [ring["id"], circle["id"]]
    assert days.cases("--colour", "red") == days.cases("--state", "gone") == []


def test_the_queue_is_narrowed_by_what_its_findings_and_their_members_are(days):
    ring, circle = (case["id"] for case in days.cases())

    def listed(*options):
        return [case["id"] for case in days.cases(*options)]

    assert listed("--kind", "fraud_ring") == listed("--detector", "fraud-ring") == [ring]
    assert listed("--kind", "guarantee_cycle") == listed("--detector", "guarantee") == [circle]
    assert listed("--kind", "fraud_ring", "--kind", "guarantee_circle") == [ring, circle]
    assert listed("--product", "消费贷") == listed("--from", "2026-03-01", "--to", "2026-03-09") == [ring]
    assert listed("--product", "车贷") == listed("--from", "2026-04-01") == []
    assert listed("--min-amount", "188000") == [ring] and listed("--min-amount", "188001") == []
    assert listed("--colour", "yellow", "--kind", "guarantee_cycle") == [circle]
    assert "unknown kind" in days.fails("case", "list", "--kind", "ring")
    assert "unknown colour" in days.fails("case", "list", "--colour", "green")


def test_the_queue_may_stand_in_another_order(days):
    ring, circle = (case["id"] for case in days.cases())
    for sort in ("amount", "people", "date"):
        assert [case["id"] for case in days.cases("--sort", sort)] == [ring, circle], sort
    days.night("own-handset-99", day="2026-06-10")
    assert {case["id"] for case in days.cases("--sort", "date")} == {ring, circle}


def test_a_sheet_of_cases_opens_in_a_spreadsheet_and_holds_no_formula(days):
    ring, _ = days.cases()
    days.run("case", "assign", ring["id"], "=HYPERLINK(1)")
    sheet = days.run("case", "list", "--format", "csv")
    assert sheet.startswith("\ufeff") and "'=HYPERLINK(1)" in sheet


def test_a_workbook_has_a_row_for_each_case_and_for_each_member_with_money_by_currency(days, tmp_path):
    path = tmp_path / "cases.xlsx"
    assert days.run("case", "list", "--format", "xlsx", "--output", str(path)) == f"2 cases are in {path}\n"
    ring, circle = days.cases()
    told = sheet_rows(path.read_bytes(), "cases")
    assert [(row["id"], row["colour"], row["people"]) for row in told] == [
        (ring["id"], "yellow", 8),
        (circle["id"], "yellow", 3),
    ]
    money = ("currency", "loans", "balance", "overdue", "written_off", "balance_unknown")
    assert [tuple(row[name] for name in money) for row in told] == [
        ("CNY", 8, 188_000, 41_000, 21_000, 0),
        (None, 0, None, None, None, 0),
    ]
    members = sheet_rows(path.read_bytes(), "members")
    assert [(row["case"], row["member"]) for row in members] == [
        (case["id"], node) for case in (ring, circle) for node in case["people"]
    ]
    (one,) = [row for row in members if row["member"] == "applicant:R1"]
    assert (one["loans"], one["balance"], one["overdue"]) == (1, 21_000, 21_000)
    assert "say --format xlsx and --output FILE together" in days.fails("case", "list", "--format", "xlsx")


def test_show_names_people_by_their_masks_with_money_parts_and_notes(days):
    ring = days.ring()
    days.run("case", "note", ring["id"][:6], "called R0, no answer", "--by", "li")
    shown = days.run("case", "show", ring["id"][:6])
    assert f"case {ring['id']}: new, colour yellow, 8 people" in shown
    assert "member  applicant:R0 王*" in shown and "王R0" not in shown
    assert "in all, 8 loans  188,000 CNY  41,000 CNY  21,000 CNY" in shown
    assert f"{ring['parts'][0]['id']}  fraud_ring" in shown
    assert shown.splitlines()[-1].split()[1:] == ["li", "note", "called", "R0,", "no", "answer"]


# -- from night to night


def test_of_three_new_applicants_the_one_on_a_known_rings_handset_is_named_and_nothing_else_is_new(on_either):
    known = on_either.ring()
    on_either.night("shared-handset-0", "fresh-1", "fresh-2")
    (case,) = on_either.cases("--new")
    assert (case["id"], case["state"], case["added"]) == (known["id"], "grown", ["applicant:NEW0"])
    assert case["beside"] == ["applicant:NEW0"], "he has applied alone, and is no member"
    row = on_either.run("case", "list", "--new").splitlines()[1]
    assert row.startswith("grown") and row.endswith("applicant:NEW0 陈*")
    assert "added since the nightly batch before: applicant:NEW0 陈*" in on_either.run("case", "show", case["id"])
    on_either.night("fresh-3", prefix="LATER")
    assert on_either.cases("--new") == [] and on_either.ring()["state"] == "unchanged"


def test_the_same_where_the_ring_has_him_as_a_member(days):
    known = days.ring()
    days.night("shared-handset-0", "fresh-1", "fresh-2", day="2026-03-09")
    (case,) = days.cases("--new")
    assert "applicant:NEW0" in case["people"]
    assert (case["id"], case["state"], case["added"]) == (known["id"], "grown", ["applicant:NEW0"])


def test_a_back_dated_run_and_a_run_of_one_detector_leave_the_list_as_it_is(days):
    before = days.cases()
    days.run("detect", "--as-of", "2026-01-01")
    assert days.cases() == before
    days.run("detect", "guarantee")
    after = days.cases()
    assert [case["id"] for case in after] == [case["id"] for case in before]
    assert {case["state"] for case in after} == {"unchanged"}


def test_what_is_no_longer_found_is_gone_and_listed_where_it_is_asked_for(days):
    circle = days.cases()[1]
    end = ["contract_id,guarantor_id,borrower_id,amount,currency,start_date,end_date,status,released_at,status_date"]
    rows = [
        f"G{place},C{place},C{(place + 1) % 3},1000000,CNY,2026-01-01,2028-01-01,已解除,2026-05-22,2026-05-22"
        for place in range(3)
    ]
    days.run("load", str(write_tables(days.folder / "released", guarantees=end + rows)))
    days.night("fresh-1")
    assert circle["id"] not in {case["id"] for case in days.cases()}
    assert "1 gone: 'ringfence case list --state gone' lists them" in days.run("case", "list")
    (gone,) = days.cases("--state", "gone")
    assert (gone["id"], gone["last_seen"]) == (circle["id"], circle["last_seen"])
    assert days.cases("--state", "gone", "--kind", "guarantee_cycle") == [gone]
    assert days.cases("--state", "gone", "--kind", "fraud_ring") == []


# -- what people do


def test_a_case_is_assigned_and_closed_and_comes_back_when_it_grows(on_either):
    ring = on_either.ring()["id"]
    assert on_either.run("case", "assign", ring, "王芳") == f"case {ring}: assigned to 王芳\n"
    on_either.run("case", "assign", ring, "li")
    assert on_either.ring()["assigned"] == "li"
    assert on_either.run("case", "close", ring, "--reason", "police informed") == f"case {ring}: closed\n"
    assert ring not in {case["id"] for case in on_either.cases()}
    assert [case["id"] for case in on_either.cases("--state", "closed")] == [ring]
    assert "1 closed: 'ringfence case list --state closed' lists them" in on_either.run("case", "list")
    on_either.night("fresh-1")
    assert ring not in {case["id"] for case in on_either.cases()}
    on_either.night("shared-handset-1", prefix="LATER")
    (back,) = on_either.cases("--new")
    assert (back["id"], back["closed"], back["assigned"]) == (ring, False, "li")


def test_a_case_is_put_off_until_the_night_of_a_day_or_until_it_grows(on_either):
    ring = on_either.ring()["id"]
    told = on_either.fails("case", "snooze", ring, "--until", "2026-01-01", "--reason", "waits")
    assert told.endswith("name a later day")
    on_either.run("case", "snooze", ring, "--until", "2026-06-10", "--reason", "waits for the bank")
    assert ring not in {case["id"] for case in on_either.cases()}
    assert [case["id"] for case in on_either.cases("--state", "snoozed")] == [ring]
    on_either.night("fresh-1")  # of 10 June: the day is reached
    assert ring in {case["id"] for case in on_either.cases()}
    on_either.run("case", "snooze", ring, "--until", "2027-01-01", "--reason", "waits again")
    on_either.night("shared-handset-1", prefix="LATER")
    (back,) = on_either.cases("--new")
    assert (back["id"], back["snoozed"]) == (ring, None)


def test_a_case_has_the_level_of_its_colour_and_is_overdue_once_its_hours_are_over(days, tmp_path, monkeypatch):
    ring, circle = days.cases()
    assert (ring["level"], ring["owner"], ring["overdue"]) == ("review", "investigator", False)
    hours = (parse_moment(ring["due"]) - ring["raised_at"]) / HOUR
    assert 71.99 < hours <= 72
    assert "review  investigator  20" in days.run("case", "list") and days.cases("--overdue") == []
    monkeypatch.setenv("RINGFENCE_POLICY", str(policy_of(tmp_path, "0.000001")))
    assert [case["id"] for case in days.cases("--overdue")] == [ring["id"], circle["id"]]
    listed = days.run("case", "list")
    assert "2 overdue: 'ringfence case list --overdue --sort due' lists them" in listed
    assert " overdue " in listed.splitlines()[1]
    assert "response see to it, owner supervisor, due 20" in days.run("case", "show", ring["id"])
    path = tmp_path / "late.xlsx"
    days.run("case", "list", "--format", "xlsx", "--output", str(path))
    row = sheet_rows(path.read_bytes(), "cases")[0]
    assert (row["level"], row["owner"], row["is_overdue"]) == ("see to it", "supervisor", "yes")
    sheet = days.run("case", "list", "--format", "csv").removeprefix("\ufeff")
    assert next(csv.DictReader(io.StringIO(sheet)))["overdue"] == "True"
    days.run("case", "close", circle["id"], "--reason", "replaced")
    assert [case["id"] for case in days.cases("--overdue", "--sort", "due")] == [ring["id"]]
    (closed,) = days.cases("--state", "closed")
    assert (closed["overdue"], closed["due"] < ring["due"]) == (False, True)


def test_a_policy_that_names_no_levels_asks_for_none(days, tmp_path, monkeypatch):
    monkeypatch.setenv("RINGFENCE_POLICY", str(policy_of(tmp_path, None)))
    ring, _ = days.cases("--sort", "due")
    assert (ring["level"], ring["owner"], ring["due"], ring["overdue"]) == (None, None, None, False)


def test_a_case_that_comes_back_has_its_hours_anew_and_one_that_only_grew_has_not():
    levels = {"red": Level("stop", "supervisor", 1)}
    case = {"colour": "red", "state": "grown", "raised_at": 0, "grown_at": 10 * HOUR}

    def due(*entries):
        told = response(case, False, entries, levels, now=3 * HOUR)
        return parse_moment(told["due"]), told["overdue"]

    assert due({"action": "note", "at": 2 * HOUR}) == (1 * HOUR, True)
    assert due({"action": "close", "at": 2 * HOUR}) == (11 * HOUR, False)
    assert response({**case, "colour": "blue"}, False, (), levels, now=0)["level"] is None
    assert response({**case, "state": "gone"}, False, (), levels, now=9 * HOUR)["overdue"] is False


def policy_of(folder, hours):
    """A policy file under which yellow asks for something within so many hours, or for nothing."""
    level = f'[levels]\nyellow = {{ level = "see to it", owner = "supervisor", hours = {hours} }}\n' if hours else ""
    path = folder / "policy.toml"
    path.write_text(f'version = "x"\n[colours]\nyellow = 0.4\norange = 0.6\nred = 0.8\n{level}')
    return path


def test_innocent_people_are_blue_until_others_join_them(on_either):
    ring = on_either.ring()["id"]
    said = on_either.run("case", "verdict", ring, "innocent", "--reason", "one dormitory", "--by", "li")
    assert said.splitlines() == [
        f"case {ring}: innocent, by li",
        "8 people are marked innocent: 'ringfence detect' acts on it",
    ]
    assert on_either.finding()["colour"] == "yellow", "what was found stays as it was found"
    on_either.run("detect")
    case, found = on_either.ring(), on_either.finding()
    assert (case["colour"], found["colour"], found["innocent_twin"]) == ("blue", "blue", "verdict")
    assert f"(case {ring} (li), without an end)" in found["reason_en"]
    page = on_either.folder / "page.html"
    on_either.run("show", found["id"], "--html", str(page))
    assert "已由人工认定无辜" in page.read_text("utf-8") and "已认定无辜的成员数" in page.read_text("utf-8")
    assert (case["verdict"]["verdict"], case["verdict"]["text"], case["verdict"]["by"]) == (
        "innocent",
        "one dormitory",
        "li",
    )
    on_either.night("shared-handset-0", day="2026-03-09")
    on_either.run("detect")
    grown, found = on_either.ring(), on_either.finding()
    assert (grown["colour"], found["colour"], found["innocent_twin"]) == ("yellow", "yellow", None)
    assert "8 of 9 were found innocent before: applicant:R0" in found["reason_en"]
    assert "innocent (8 of 9)" in on_either.run("case", "list")


def test_a_later_verdict_ends_the_one_before(on_either):
    ring = on_either.ring()["id"]
    on_either.run("case", "verdict", ring, "innocent", "--reason", "one dormitory")
    on_either.run("case", "verdict", ring, "confirmed", "--reason", "they confessed")
    on_either.run("detect")
    found = on_either.finding()
    assert (found["colour"], found["measures"]["confirmed"]) == ("orange", 8)
    assert "found_innocent" not in found["measures"]
    on_either.run("case", "verdict", ring, "unsure", "--reason", "they took it back")
    on_either.run("detect")
    found = on_either.finding()
    assert found["colour"] == "yellow" and not {"confirmed", "found_innocent"} & set(found["measures"])
    assert [entry["verdict"] for entry in on_either.ring()["entries"]] == ["innocent", "confirmed", "unsure"]


def test_a_verdict_ends_when_it_was_said_to(days):
    ring = days.ring()["id"]
    said = days.run("case", "verdict", ring, "innocent", "--reason", "one dormitory", "--until", "2026-06-15")
    assert "innocent until 2026-06-15" in said
    days.night("fresh-1", day="2026-06-14")
    assert days.finding()["colour"] == "blue"
    days.night("fresh-2", day="2026-06-15", prefix="LATER")
    assert days.finding()["colour"] == "yellow"


def test_a_run_acts_on_what_had_been_decided_by_its_time_and_on_nothing_later(days):
    days.night("fresh-1", day="2026-06-10")
    days.run("case", "verdict", days.ring()["id"], "innocent", "--reason", "one dormitory")
    for day, colour in (("2026-06-09", "yellow"), ("2026-06-10", "blue")):
        days.run("detect", "--as-of", day)
        with closing(open_store(days.url)) as store:
            runs = [run.run for run in store.runs() if run.detector == "fraud-ring"]
            assert [found["colour"] for found in store.findings(runs[-1:])] == [colour]


def test_verdicts_are_replayed_on_a_back_dated_book_each_from_its_own_time_on(on_either, tmp_path):
    on_either.night("shared-handset-0", day="2026-03-09")
    ring = on_either.ring()["id"]
    on_either.run("case", "note", ring, "no verdict")
    on_either.run("case", "verdict", ring, "confirmed", "--reason", "they confessed", "--by", "li")
    lines = on_either.run("case", "export")
    assert [json.loads(line)["verdict"] for line in lines.splitlines()] == ["confirmed"]
    (tmp_path / "verdicts.jsonl").write_text(lines, "utf-8")
    other = begun(f"sqlite:///{tmp_path}/other.db", tmp_path / "other")
    said = other.run("case", "replay", str(tmp_path / "verdicts.jsonl"))
    missing = "acts on 8 of 9 people: this store does not hold applicant:NEW0"
    assert f"verdict confirmed on case {ring} {missing}" in said
    assert "1 of 1 verdicts applied, 0 were known already" in said
    other.run("detect")
    assert (other.finding()["colour"], other.finding()["measures"]["confirmed"]) == ("orange", 8)
    assert "0 of 1 verdicts applied, 1 were known already" in other.run(
        "case", "replay", str(tmp_path / "verdicts.jsonl")
    )
    empty = Days(f"sqlite:///{tmp_path}/empty.db", tmp_path / "empty")
    empty.run("load", str(write_newcomers(tmp_path / "empty" / "book", "fresh-1", prefix="X")))
    said = empty.run("case", "replay", str(tmp_path / "verdicts.jsonl"))
    assert "does not act: this store does not hold applicant:NEW0, applicant:R0," in said
    assert "0 of 1 verdicts applied" in said


def test_a_replayed_verdict_is_not_known_before_it_was_given(tmp_path):
    later = begun(f"sqlite:///{tmp_path}/later.db", tmp_path / "later")
    later.night("fresh-1", day="2026-06-10")
    later.run("case", "verdict", later.ring()["id"], "innocent", "--reason", "one dormitory")
    (tmp_path / "verdicts.jsonl").write_text(later.run("case", "export"), "utf-8")
    other = begun(f"sqlite:///{tmp_path}/other.db", tmp_path / "other")
    other.run("case", "replay", str(tmp_path / "verdicts.jsonl"))
    other.run("detect")
    assert other.finding()["colour"] == "yellow", "its data end in May"
    other.night("fresh-1", day="2026-06-10")
    assert other.finding()["colour"] == "blue"


# -- what can go wrong


def test_what_cannot_be_is_said_in_one_line(days, tmp_path):
    ring = days.ring()["id"]
    assert "no case 'zz'" in days.fails("case", "show", "zz")
    assert "needs a reason" in days.fails("case", "verdict", ring, "innocent", "--reason", " ")
    assert "name a later --until" in days.fails(
        "case", "verdict", ring, "innocent", "--reason", "x", "--until", "2026-01-01"
    )
    assert "leave --until out" in days.fails(
        "case", "verdict", ring, "unsure", "--reason", "x", "--until", "2027-01-01"
    )
    assert "the note is empty" in days.fails("case", "note", ring, "")
    assert "closing needs a reason" in days.fails("case", "close", ring, "--reason", "")
    assert "nobody is named" in days.fails("case", "assign", ring, " ")
    (tmp_path / "bad.jsonl").write_text('{"action": "note"}\n', "utf-8")
    assert "line 1 is no verdict" in days.fails("case", "replay", str(tmp_path / "bad.jsonl"))
    assert "cannot read" in days.fails("case", "replay", str(tmp_path / "none.jsonl"))
    assert days.ring()["entries"] == []


def test_what_begins_two_ids_is_too_little(days):
    with closing(open_store(days.url)) as store:
        case, run = store.cases()[0], store.runs()[-1]
        store.save_batch([run], [], [{**case, "id": f"ab{end * 14}"} for end in "01"])
    assert f"'ab' begins the ids of several cases: give more of ab{'0' * 14}, ab{'1' * 14}" in days.fails(
        "case", "show", "ab"
    )
    assert f"case ab{'1' * 14}" in days.run("case", "show", "ab1")


def test_before_the_first_nightly_run_the_list_says_what_to_do(tmp_path):
    days = Days(f"sqlite:///{tmp_path}/book.db", tmp_path)
    days.run("load", str(write_ring_book(tmp_path / "book")))
    assert "run 'ringfence detect' first" in days.run("case", "list")
    days.run("detect", "--as-of", "2026-04-01")
    assert "run 'ringfence detect' first" in days.run("case", "list")
    days.run("detect")
    assert len(days.cases()) == 2


def test_every_look_and_every_decision_is_audited(days, tmp_path):
    ring = days.ring()["id"]
    days.run("case", "show", ring)
    days.run("case", "verdict", ring, "confirmed", "--reason", "they confessed", "--by", "li")
    days.run("case", "note", ring, "a note")
    days.run("case", "assign", ring, "li")
    days.run("case", "close", ring, "--reason", "done")
    (tmp_path / "verdicts.jsonl").write_text(days.run("case", "export"), "utf-8")
    days.run("case", "replay", str(tmp_path / "verdicts.jsonl"))
    log = AuditLog(tmp_path / "book.db.audit.db")
    entries = [entry for entry in reversed(log.entries()) if entry["action"].startswith("cli.case.")]
    assert [entry["action"].removeprefix("cli.case.") for entry in entries if entry["action"] != "cli.case.list"] == [
        "show", "verdict", "note", "assign", "close", "export", "replay",
    ]  # fmt: skip
    of = {entry["action"]: entry for entry in entries}
    assert (of["cli.case.verdict"]["subject"], of["cli.case.verdict"]["reason"]) == (ring, "they confessed")
    assert of["cli.case.verdict"]["detail"] == {"by": "li", "until": None, "verdict": "confirmed"}
    assert of["cli.case.close"]["reason"] == "done" and "cli.case.list" in of
    assert "a note" not in str(entries), "what people note stays with the case"


def test_an_erased_persons_case_goes_on_without_them(days):
    ring = days.ring()["id"]
    days.run("case", "note", ring, "R0 moved away")
    days.run("case", "verdict", ring, "confirmed", "--reason", "they confessed")
    days.run("erase", "applicant:R0", "--reason", "asked for it")
    with closing(open_store(days.url)) as store:
        (case,) = [case for case in store.cases() if case["id"] == ring]
        assert "applicant:R0" not in case["people"] and len(case["people"]) == 8
    assert "R0 moved away" not in days.run("case", "show", ring)
    days.run("detect")
    (case,) = [case for case in days.cases() if "applicant:R1" in case["people"]]
    assert (case["id"], len(case["people"]), case["added"]) == (ring, 7, [])
    assert [entry["text"] for entry in case["entries"]] == ["（已删除）", "they confessed"]
    days.run("case", "export")
