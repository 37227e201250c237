"""The detector against brute force on random nets of up to nine parties, many of them side by side in one graph."""

import pytest
from oracles import guarantees as oracle
from ringfence.detectors.guarantees.detector import GUARANTEE
from support.detecting import candidates
from support.guarantee_books import book_of, random_net
from support.toy import Book

PARAMS = {"max_cycle_length": 9}


def measures(candidate):
    """What a kind is measured by, in the oracle's order."""
    m = candidate.measures
    names = {
        "guarantee_joint": ("groups" if "groups" in m else "parties",),
        "guarantee_mutual": ("mutual_pairs", "cycles", "shortest_cycle", "longest_cycle"),
        "guarantee_cycle": ("mutual_pairs", "cycles", "shortest_cycle", "longest_cycle"),
        "guarantee_chain": ("longest_chain",),
        "guarantee_circle": ("arcs", "strong_components", "parties_in_cycles", "joint_groups"),
    }[candidate.kind]
    return (*(m[name] for name in names), (m.get("amount", 0), m["amount_unknown"]))


def by_net(candidates):
    """What the detector says, by the prefix of the net and in the oracle's terms."""
    found = {}
    for candidate in candidates:
        members = [node.removeprefix("company:").partition("-") for node, _ in candidate.members]
        bare = frozenset(key for _, _, key in members)
        found.setdefault(members[0][0], set()).add((candidate.kind, candidate.view, bare, measures(candidate)))
    return found


@pytest.mark.parametrize("batch", [*range(6), *(pytest.param(n, marks=pytest.mark.soak) for n in range(6, 100))])
def test_findings_equal_brute_force_in_both_views(batch):
    nets = {seed: random_net(seed) for seed in range(1000 * batch, 1000 * batch + 200)}
    book = Book()
    for seed, net in nets.items():
        book = book.beside(book_of(net, f"{seed}-"))
    found_candidates = candidates(GUARANTEE, book.snapshot(), **PARAMS)
    found = by_net(found_candidates)
    for seed, net in nets.items():
        expected, actual = oracle.findings(net), found.get(str(seed), set())
        assert actual == expected, f"seed {seed}: missing {expected - actual}, too many {actual - expected}"
    kinds = {(candidate.kind, candidate.view) for candidate in found_candidates}
    structures = set(GUARANTEE.kinds) - {"guarantee_over"}  # these nets have no balance sheets
    assert {(kind, "raw") for kind in structures} <= kinds, f"batch {batch}: nets too tame, only {kinds}"
    assert "contracted" in {view for _, view in kinds}, f"batch {batch}: no contracted finding"
