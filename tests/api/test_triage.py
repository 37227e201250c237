"""Triage: which findings to look at, in what order, what is new, and how a spreadsheet gets them."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from ringfence.api.cli.output import findings_csv
from ringfence.api.services.triage import About, Since, Wanted, about, amount, before, kept, news, ordered, read_since
from ringfence.api.services.workbook import workbook
from ringfence.detectors.run import run as run_detectors
from ringfence.graph.errors import UserError
from ringfence.graph.model import Finding
from ringfence.graph.store import Run, open_store
from ringfence.graph.times import parse_moment
from support.book import ringfence
from support.ring_books import crowd, people, ring
from support.sheets import sheet_rows
from support.toy import Book


def finding(rank=1, members="AB", kind="fraud_ring", thread=None, **fields):
    """A finding in its JSON shape."""
    named = [{"node": f"applicant:{key}", "role": "member"} for key in members]
    made = Finding(kind=kind, members=named, rank=rank, rank_all=rank, **fields)
    made.thread = thread or made.id
    return made.as_dict()


def ranks(found):
    return [one["rank_all"] for one in found]


# -- filters


FOUND = [
    finding(1, "AB", colour="red", detector="fraud-ring", measures={"amount": 100.0}),
    finding(2, "CDE", colour="yellow", detector="fraud-ring", measures={"amount": 300.0}),
    finding(3, "FG", "guarantee_cycle", colour="red", detector="guarantee"),
    finding(
        4, "HI", "guarantee_cycle", view="contracted", colour="blue", detector="guarantee", measures={"amount": 0.0}
    ),
]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(), [1, 2, 3, 4]),
        (Wanted(kinds=["fraud_ring"]), [1, 2]),
        (Wanted(colours=["red", "blue"]), [1, 3, 4]),
        (Wanted(detectors=["guarantee"], colours=["red"]), [3]),
        (Wanted(views=["contracted"]), [4]),
        (Wanted(min_amount=100), [1, 2]),
        (Wanted(min_amount=100.5), [2]),
    ],
)
def test_findings_are_kept_by_what_they_say(wanted, left):
    assert ranks(kept(FOUND, wanted)) == left


def test_an_unknown_kind_or_colour_is_told():
    with pytest.raises(UserError, match="unknown colour of finding 'green': use one of blue, yellow, orange, red"):
        Wanted(colours=["green"])
    with pytest.raises(UserError, match="unknown kind of finding 'ring'"):
        Wanted(kinds=["ring"])


def test_findings_are_kept_by_what_is_on_file_of_their_members():
    told = {
        FOUND[0]["id"]: About(
            frozenset({"现金贷"}), frozenset({"platform", "s1"}), frozenset({"上海"}), np.array([10, 20])
        ),
        FOUND[1]["id"]: About(frozenset({"消费贷"}), frozenset(), frozenset({"上海", "北京"}), np.array([30])),
    }

    def left(**wanted):
        return ranks(kept(FOUND, Wanted(**wanted), told))

    assert left(products=["现金贷", "消费贷"]) == [1, 2] and left(products=["现金贷"]) == [1]
    assert left(regions=["北京"]) == [2] and left(regions=["北京"], products=["现金贷"]) == []
    assert left(channels=[" S1 "]) == left(channels=["Platform"]) == [1]
    # From the first instant on, and before the last; one date is enough.
    assert left(first=20) == [1, 2] and left(first=21) == [2] and left(last=30) == [1] and left(first=11, last=20) == []


def test_what_is_on_file_is_read_of_every_member():
    book = Book().person("A", region="上海").person("B", region="北京 ").company("C", region="上海")
    book.application("A", "P1", "2026-03-01", product="现金贷", salesperson_id="S1")
    book.facts[-1].cells["channel"] = "X"
    book.application("B", "P2", "2026-03-05", product="消费贷").application("B", "P3", "2026-02-01")
    book.guarantee("C", "applicant:A", 100, start="2026-01-15").guarantee("C", "D", 100, start="2026-01-10")
    view = book.snapshot()
    proof = view.evidence(view.edges("GUARANTEES").positions)
    ring_found = finding(1, "AB")
    circle = replace(
        Finding(kind="guarantee_chain", members=[{"node": "company:C", "role": "party"}]), evidence=proof[:1]
    )
    told = about(view, [ring_found, circle.as_dict()])
    assert told[ring_found["id"]].products == {"现金贷", "消费贷"}
    assert told[ring_found["id"]].channels == {"x", "s1"} and told[ring_found["id"]].regions == {"上海", "北京"}
    days = ("2026-02-01", "2026-03-01", "2026-03-05")
    assert told[ring_found["id"]].dates.tolist() == [parse_moment(day) for day in days]
    # A company never applied: its dates are those of the evidence, and of no other contract.
    assert told[circle.id].dates.tolist() == [parse_moment("2026-01-15")]


# -- order


def test_findings_are_sorted_by_what_is_asked_and_equals_by_rank():
    told = {FOUND[2]["id"]: About(dates=np.array([5, 9])), FOUND[1]["id"]: About(dates=np.array([7]))}
    assert ranks(ordered(FOUND, "score")) == [1, 2, 3, 4]
    assert ranks(ordered(FOUND, "amount")) == [2, 1, 4, 3], "what has no known amount comes last"
    assert ranks(ordered(FOUND, "people")) == [2, 1, 3, 4]
    assert ranks(ordered(FOUND, "date", told)) == [3, 2, 1, 4]
    assert amount(FOUND[2]) is None
    with pytest.raises(UserError, match="sorted by 'size': use one of score, amount, people, date"):
        ordered(FOUND, "size")


# -- what is new


def run_of(number, batch, day, detector="fraud-ring", purpose="nightly"):
    return Run(detector, "1", 1, parse_moment(day), {}, run=number, batch=batch, purpose=purpose)


RUNS = [
    run_of(1, 1, "2026-03-01"),
    run_of(2, 1, "2026-03-01", "guarantee"),
    run_of(3, 2, "2026-03-02"),
    run_of(4, 3, "2025-01-01", purpose="backtest"),
    run_of(5, 4, "2026-03-03"),
]


def test_the_latest_run_is_held_against_the_nightly_one_before_it():
    latest = [RUNS[4], RUNS[1]]
    assert before(RUNS, latest) == [3], "the other detector has none before"
    assert before(RUNS, latest, Since(batch=1)) == [1, 2]
    assert before(RUNS, latest, Since(batch=4)) == [5, 2]
    assert before(RUNS, latest, Since(time=parse_moment("2026-03-02"))) == [1, 2]
    assert before(RUNS, latest, Since(time=parse_moment("2026-03-01"))) == []


def test_since_is_a_batch_or_a_time():
    assert read_since("2", RUNS, parse_moment) == Since(batch=2)
    for text in ("2026-03-02", "20260302"):
        assert read_since(text, RUNS, parse_moment) == Since(time=parse_moment("2026-03-02"))
    with pytest.raises(UserError, match="no batch 9; there are 1, 2, 3, 4"):
        read_since("9", RUNS, parse_moment)


def test_a_thread_is_new_or_has_new_members_or_neither():
    same, grown, fresh = finding(1, "AB"), finding(2, "CDE", thread="t"), finding(3, "FG")
    found = news([same, grown, fresh], [finding(1, "AB"), finding(2, "CD", thread="t")])
    assert [str(found[one["id"]]) for one in (same, grown, fresh)] == ["", "+1", "new"]
    assert found[grown["id"]].joined == ("applicant:E",)


# -- spreadsheets


def test_no_cell_of_a_csv_is_a_formula():
    made = finding(1, "AB", reason_zh="=HYPERLINK(1)", reason_en="-two", innocent_twin="@x", measures={"delta": -0.5})
    printed = findings_csv([made], news([made], []))
    (row,) = csv.DictReader(io.StringIO(printed.removeprefix("\ufeff")))
    assert (row["reason_zh"], row["reason_en"], row["innocent_twin"]) == ("'=HYPERLINK(1)", "'-two", "'@x")
    assert (row["measures.delta"], row["people"], row["new"], row["joined"]) == ("-0.5", "2", "yes", "0")


def test_a_workbook_has_a_sheet_of_findings_and_one_of_their_members():
    book = Book().person("A", "13A", name="张*").person("B", "13B", name="=1+1")
    book.loan("A", "L1", 1000, "2026-03-01", currency="CNY").loan("A", "L2", 500, "2026-03-02", currency="人民币")
    book.loan("A", "L3", 70, "2026-03-02", currency="USD").loan("A", "L4", None, "2026-03-02", currency="USD")
    made = finding(1, "AB", colour="red", detector="fraud-ring", reason_zh="=SUM(1)", measures={"amount": 1500.0})
    content = workbook([made], book.snapshot(), news([made], []))
    (told,) = sheet_rows(content, "findings")
    assert (told["id"], told["kind"], told["种类"], told["colour"]) == (made["id"], "fraud_ring", "团伙", "red")
    assert (told["people"], told["amount"], told["new"], told["reason_zh"]) == (2, 1500, "yes", "=SUM(1)")
    members = [
        (m["member"], m["角色"], m["name"], m["loans"], m["amount"], m["currency"], m["amounts_unknown"])
        for m in sheet_rows(content, "members")
    ]
    assert members == [
        ("applicant:A", "成员", "张*", 2, 1500, "CNY", 0),
        ("applicant:A", "成员", "张*", 2, 70, "USD", 1),
        ("applicant:B", "成员", "=1+1", 0, None, None, 0),
    ]
    cells = openpyxl.load_workbook(io.BytesIO(content))
    kinds = {cell.data_type for sheet in cells for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds, "no cell is a formula"


# -- the command


def test_the_command_filters_sorts_and_tells_what_is_new(run):
    def found(*options):
        return [json.loads(line) for line in run("findings", "--format", "jsonl", *options).stdout.splitlines()]

    everything = found()
    assert {one["kind"] for one in found("--kind", "guarantee_cycle", "--kind", "guarantee_chain")} == {
        "guarantee_cycle",
        "guarantee_chain",
    }
    guarantees = [one["id"] for one in everything if one["detector"] == "guarantee"]
    assert [one["id"] for one in found("--detector", "guarantee")] == guarantees
    assert found("--detector", "fraud_ring") == []
    by_amount = [one["measures"].get("amount", 0.0) for one in found("--sort", "amount")]
    assert by_amount == sorted(by_amount, reverse=True)
    assert all(one["measures"]["amount"] >= 10_000_000 for one in found("--min-amount", "10000000"))
    assert found("--new-since", "1") == [] and found("--new-since", "2020-01-01") == everything
    # The cycle of C1, C2 and C3 has contracts of June and July 2025 and of February 2026.
    cycle = ("--kind", "guarantee_cycle")
    assert found(*cycle, "--from", "2026-02-01", "--to", "2026-02-01") == found(*cycle)
    assert found(*cycle, "--from", "2026-02-02") == []
    table = run("findings").stdout.splitlines()
    assert table[0].split() == ["RANK", "ID", "KIND", "VIEW", "COLOUR", "SCORE", "PEOPLE", "AMOUNT", "NEW", "REASON"]


def test_a_workbook_is_written_to_a_file_and_nothing_else_is(run, tmp_path):
    path = tmp_path / "找到.xlsx"
    done = run("findings", "--format", "xlsx", "--output", str(path))
    count = len(sheet_rows(path.read_bytes(), "findings"))
    assert done.exit_code == 0 and count and done.stdout == f"{count} findings are in {path}\n"
    lost = run("findings", "--format", "xlsx", "--output", str(tmp_path / "no" / "folder.xlsx"))
    assert lost.exit_code == 2 and "name a file in a folder that exists" in lost.stderr
    for options in (("--format", "xlsx"), ("--output", str(path))):
        told = run("findings", *options)
        assert told.exit_code == 2 and "say --format xlsx and --output FILE together" in told.stderr


def test_a_back_dated_run_never_empties_the_list(tmp_path):
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    store = open_store(url)
    view = crowd(ring(Book(), people(6)), 40).snapshot()
    nightly = run_detectors(view, store)
    run_detectors(view.at(parse_moment("2020-01-01")), store, purpose="backtest")
    latest = store.latest_runs()
    assert {run.batch for run in latest} == {1}
    found = store.findings([run.run for run in latest])
    assert [one["id"] for one in found] == [one.id for one in nightly.findings]
    # Nothing is new against the run before, of which there is none but the backtest: so all is.
    fresh = news(found, store.findings(before(store.runs(), latest)))
    assert all(one.is_new for one in fresh.values())
    store.close()
    assert ringfence("findings", "--new-since", "2", "--store", url, cwd=tmp_path).returncode == 0
