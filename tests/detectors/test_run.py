"""The batch run: what it takes, what it saves, what it says."""

import pytest
from ringfence.detectors.registry import DETECTORS
from ringfence.detectors.run import run
from ringfence.detectors.settings import chosen
from ringfence.graph.errors import UserError
from ringfence.graph.store import open_store
from support.toy import NOW, Book


@pytest.fixture
def store(tmp_path):
    """An empty store; runs are saved in it whatever graph they ran on."""
    opened = open_store(f"sqlite:///{tmp_path / 'runs.db'}")
    yield opened
    opened.close()


def test_a_run_ranks_threads_and_times_what_it_found():
    seen = []
    snapshot = Book().guarantees("A>B B>A B>C").snapshot()
    batch = run(snapshot, detectors=["guarantee"], progress=lambda *told: seen.append(told))
    assert [finding.rank_all for finding in batch.findings] == [1, 2]
    assert all(finding.thread == finding.id for finding in batch.findings)
    (done,) = batch.runs
    assert (done.detector, done.findings, done.as_of, done.params) == (
        "guarantee",
        2,
        NOW,
        DETECTORS["guarantee"].defaults(),
    )
    assert done.seconds > 0 and done.cpu_seconds > 0
    assert seen == [("detecting", "guarantee", 0, 1)]


def test_runs_are_saved_and_threads_go_on_from_the_run_before(store):
    first = run(Book().guarantees("A>B B>C C>A").snapshot(), store)
    second = run(Book().guarantees("A>B B>C C>D D>A").snapshot(), store)
    latest = next(latest for latest in store.latest_runs() if latest.detector == "guarantee")
    assert (latest.detector, latest.findings, latest.run) == ("guarantee", 2, second.runs[0].run)
    saved = store.findings([latest.run])
    assert saved == [finding.as_dict() for finding in second.findings]
    threads = {finding.kind: finding.thread for finding in first.findings}
    assert {finding["kind"]: finding["thread"] for finding in saved} == threads
    assert {finding["id"] for finding in saved}.isdisjoint(finding.id for finding in first.findings)


def test_parameters_can_be_set_and_are_kept():
    ring = " ".join(f"A{i}>A{(i + 1) % 9}" for i in range(9))
    batch = run(Book().guarantees(ring).snapshot(), params={"guarantee": {"max_cycle_length": 9}})
    assert batch.runs[0].params["max_cycle_length"] == 9
    assert all(not finding.truncated for finding in batch.findings)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"detectors": ["guarante"]}, "unknown detector 'guarante': choose from guarantee, fraud-ring"),
        ({"params": {"ring": {}}}, "unknown detector 'ring'"),
        (
            {"params": {"guarantee": {"depth": 1}}},
            "detector guarantee has no parameter 'depth': choose from max_parties",
        ),
    ],
)
def test_unknown_names_are_said(given, says):
    with pytest.raises(UserError, match=says):
        run(Book().snapshot(), **given)


def test_a_detector_may_be_named_like_its_kind():
    assert [detector.id for detector in chosen(["fraud_ring"])] == ["fraud-ring"]
    assert [detector.id for detector in chosen()] == list(DETECTORS)
