"""What people see as today's findings, whichever detectors ran when: one list, with right ranks and threads."""

import json

import pytest
from ringfence.api.services.findings import finding, findings
from ringfence.detectors.run import run
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from support import guarantee_books, ring_books
from support.book import ringfence, write_book

EARLIER = parse_moment("2026-03-05")


@pytest.fixture(scope="module")
def view():
    """A ring among honest people, and guarantee structures of every kind."""
    return ring_books.planted().beside(guarantee_books.planted()).snapshot()


@pytest.fixture
def store(tmp_path):
    """A store that keeps runs; it need not hold the graph they ran on."""
    opened = open_store(f"sqlite:///{tmp_path / 'runs.db'}")
    yield opened
    opened.close()


def told(found):
    """Ids with ranks and threads."""
    return [(one["id"], one["rank"], one["rank_all"], one["thread"]) for one in found]


def test_two_detectors_one_after_the_other_and_a_back_dated_run_between_make_one_right_list(store, view):
    run(view, store, ["guarantee"])
    run(view.at(EARLIER), store, purpose="backtest")
    run(view, store, ["fraud-ring"])
    together = [one.as_dict() for one in run(view).findings]
    assert {one["detector"] for one in together} == {"guarantee", "fraud-ring"}
    listed = findings(store)[1]
    assert told(listed) == told(together)
    assert [one["rank_all"] for one in listed] == list(range(1, len(listed) + 1))
    for one in together:
        shown = finding(store, one["id"])
        assert told([shown]) == told([one]) and shown["batch"] in (1, 3)


def test_threads_follow_nightly_batches_and_a_back_dated_run_takes_none_away(store, view):
    first = run(view, store).findings
    back = run(view.at(EARLIER), store, purpose="backtest").findings
    assert back and {one.id for one in back} != {one.id for one in first}
    second = run(view, store).findings
    assert [one.thread for one in second] == [one.thread for one in first]


def test_what_a_back_dated_run_found_is_seen_where_its_time_is_asked_for(store, view):
    run(view, store)
    back = run(view.at(EARLIER), store, purpose="backtest")
    assert [one["id"] for one in findings(store, as_of=EARLIER)[1]] == [one.id for one in back.findings]
    later = findings(store, as_of=view.as_of)[1]
    assert told(later) == told(findings(store)[1])


def test_the_command_line_tells_a_nightly_run_from_a_back_dated_one(tmp_path):
    write_book(tmp_path / "tables")
    ringfence("load", "tables", cwd=tmp_path)
    assert "batch 1, nightly, policy 2026-11" in ringfence("detect", cwd=tmp_path).stderr
    before = ringfence("findings", "--format", "jsonl", cwd=tmp_path).stdout
    assert "batch 2, backtest" in ringfence("detect", "--as-of", "2020-01-01", cwd=tmp_path).stderr
    assert ringfence("findings", "--format", "jsonl", cwd=tmp_path).stdout == before


def test_another_policy_colours_findings_and_is_named_in_them(tmp_path):
    write_book(tmp_path / "tables")
    ringfence("load", "tables", cwd=tmp_path)
    text = "\n".join(
        [
            'version = "strict"',
            "[colours]",
            "yellow = 0.0",
            "orange = 0.0",
            "red = 0.0",
            "[parameters.guarantee]",
            "max_evidence = 1",
        ]
    )
    (tmp_path / "policy.toml").write_text(text, "utf-8")
    assert "policy strict" in ringfence("detect", "--policy", "policy.toml", cwd=tmp_path).stderr
    found = [json.loads(line) for line in ringfence("findings", "--format", "jsonl", cwd=tmp_path).stdout.splitlines()]
    assert {(one["colour"], one["policy"]) for one in found} == {("red", "strict")}
    assert max(len(one["evidence"]) for one in found if one["detector"] == "guarantee") == 1
