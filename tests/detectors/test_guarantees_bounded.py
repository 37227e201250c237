"""Bounds on the search for guarantee structures, and their scores, worked by hand."""

import math

import pytest
from support.guarantees import find, one, shapes
from support.toy import Book

# -- bounds


def test_bounds_on_cycles_are_named():
    ring = " ".join(f"A{i}>A{(i + d) % 12}" for i in range(12) for d in (1, 2, 5))
    found = one(find(Book().guarantees(ring), cycles_per_component=100, shortest_cycles=10), "cycle")
    bounds = {bound["bound"]: bound["limit"] for bound in found.truncated}
    assert bounds == {"max_cycle_length": 8, "cycles_per_component": 100, "shortest_cycles": 10}
    assert found.measures["cycles"] == 100 and "至少100个担保环" in found.reason_zh


def test_cycles_from_one_party_are_bounded():
    all_for_all = " ".join(f"A{i}>A{j}" for i in range(6) for j in range(6) if i != j and (i, j) != (0, 1))
    found = one(find(Book().guarantees(all_for_all), cycles_per_party=5), "cycle")
    assert [bound["bound"] for bound in found.truncated] == ["cycles_per_party"]


def test_bounds_on_evidence_are_named():
    ring = " ".join(f"A{i}>A{(i + 1) % 30}" for i in range(30))
    found = one(find(Book().guarantees(ring), max_evidence=10), "circle")
    assert len(found.evidence) == 10
    assert found.truncated == [
        {
            "bound": "max_evidence",
            "limit": 10,
            "skipped": "20 further relationships of the same parties as evidence",
            "could_change": False,
        }
    ]


def test_bounds_on_joint_groups_without_id_are_named():
    # Three pairs of strangers, else all friends: 2 × 2 × 2 maximal groups.
    arcs = " ".join(f"A{i}>A{j}" for i in range(6) for j in range(6) if i // 2 != j // 2)
    assert sum("joint" in shape for shape in shapes(find(Book().guarantees(arcs)))) == 8
    found = [finding for finding in find(Book().guarantees(arcs), max_cliques=3) if finding.kind == "guarantee_joint"]
    assert len(found) == 3
    assert all(finding.truncated[0]["bound"] == "max_cliques" for finding in found)


def test_a_web_of_pairs_with_too_many_groups_takes_no_longer_than_its_bounds():
    # Sixty pairs of strangers, else all friends: 2 to the power of 60 maximal groups.
    arcs = " ".join(f"A{i}>A{j}" for i in range(120) for j in range(120) if i // 2 != j // 2)
    found = find(Book().guarantees(arcs))
    assert sum(finding.kind == "guarantee_joint" for finding in found) == 200
    for kind in ("cycle", "circle"):
        assert [b["could_change"] for b in one(found, kind).truncated if b["bound"] == "max_cliques"] == [True]


def test_a_dense_component_takes_no_longer_than_its_bounds():
    chain = " ".join(f"A{i}>A{j}" for i in range(100) for j in range(100) if i != j and (i * 7 + j * 3) % 10 < 3)
    found = one(find(Book().guarantees(chain)), "cycle")
    assert found.measures["cycles"] == 20_000
    assert "cycles_per_component" in {bound["bound"] for bound in found.truncated}


# -- scores


@pytest.mark.parametrize("kind", ["mutual", "cycle", "chain", "circle", "joint"])
def test_a_larger_amount_never_lowers_the_score(kind):
    arcs = {
        "mutual": "A>B B>A",
        "cycle": "A>B B>C C>A",
        "chain": "A>B B>C",
        "circle": "A>B B>A B>C",
        "joint": "A>B B>C C>A",
    }
    rest = Book().guarantees("U>V V>W", 1_000_000)
    scores = []
    for amount in (1.0, 1e5, 1e6, 1e7, 1e8, 1e9):
        cells = {"joint_group_id": "J"} if kind == "joint" else {}
        found = find(Book().guarantees(arcs[kind], amount, **cells).beside(rest.beside(rest).beside(rest)))
        scores += [f.score for f in found if f.kind.endswith(kind) and "company:A" in str(f.members)]
    assert scores == sorted(scores) and len(set(scores)) == 6
    assert all(0 < score < 1 and math.isfinite(score) for score in scores)


def test_a_longer_round_scores_higher():
    scores = [
        one(find(Book().guarantees(" ".join(f"A{i}>A{(i + 1) % n}" for i in range(n)), 1.0)), "cycle").score
        for n in (3, 4, 6, 10, 30)
    ]
    assert scores == sorted(scores) and len(set(scores)) == 5
