"""The truth about guarantees: by definition on small cases, and against the detector on a whole book."""

import pytest
from ringfence.detectors.run import run
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sample.guarantee_facts import facts
from ringfence.loaders.sources import open_source
from support.sample import truth

SEED = 3


def kinds(*arcs, joint_groups=(), group_of=None):
    """``kind: sorted parties`` of contracts written as two letters, guarantor first."""
    found = facts([tuple(arc) for arc in arcs], [set(group) for group in joint_groups], group_of or {})
    return sorted((kind, "".join(sorted(parties))) for kind, parties in found)


def test_a_pair_is_mutual_and_so_a_circle():
    assert kinds("AB", "BA") == [("guarantee_circle", "AB"), ("guarantee_mutual", "AB")]


def test_a_cycle_of_three_is_a_circle_and_no_chain():
    assert kinds("AB", "BC", "CA") == [("guarantee_circle", "ABC"), ("guarantee_cycle", "ABC")]


def test_a_line_of_two_arcs_is_a_chain_and_one_arc_is_nothing():
    assert kinds("AB", "BC") == [("guarantee_chain", "ABC")]
    assert kinds("AB", "AC") == []


def test_a_joint_group_takes_its_cycles_in():
    arcs = ("AB", "BA", "AC", "CA", "BC", "CB")
    expected = [("guarantee_circle", "ABC"), ("guarantee_joint", "ABC")]
    assert kinds(*arcs, joint_groups=["ABC"]) == expected
    assert kinds(*arcs) == expected


def test_a_cycle_with_a_tail_is_a_chain_once_the_cycle_counts_as_one():
    assert kinds("AB", "BA", "BC", "CD") == [
        ("guarantee_chain", "ABCD"),
        ("guarantee_circle", "ABCD"),
        ("guarantee_mutual", "AB"),
    ]


def test_what_shows_only_between_groups_is_added():
    assert kinds("AB", "BC", group_of={"A": 1, "C": 1}) == [
        ("guarantee_chain", "ABC"),
        ("guarantee_circle", "ABC"),
        ("guarantee_mutual", "ABC"),
    ]


@pytest.mark.parametrize("setting", ["default", "none"])
def test_the_truth_is_what_the_detector_finds_in_the_book(tmp_path, setting):
    print(f"seed {SEED}")
    write_sample(tmp_path / "book", 800, SEED, setting)
    store = open_store(f"sqlite:///{tmp_path}/book.db")
    load(store, open_source(tmp_path / "book"))
    told = truth(tmp_path / "book")
    snapshot = store.snapshot().at(parse_moment(told["as_of"], "Asia/Shanghai"))
    batch = run(snapshot, store, ["guarantee"])
    found = store.findings([this.run for this in batch.runs])
    store.close()
    suspicious = {parties(finding) for finding in found if finding["innocent_twin"] is None}
    planted = [s for s in told["planted"] if s["kind"].startswith("guarantee_") and s["kind"] != "guarantee_over"]
    assert suspicious - {parties(f) for f in found if f["kind"] == "guarantee_over"} == {
        parties(scheme) for scheme in planted
    }
    twins = {finding["innocent_twin"] for finding in found}
    assert {"farmers_joint_group", "controller_spouse", "parent_subsidiary"} <= twins


def parties(finding):
    """Kind and members of a finding or of a planted scheme."""
    return finding["kind"], frozenset(member["node"] for member in finding["members"])
