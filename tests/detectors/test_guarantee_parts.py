"""Large guarantee circles as people can read them: parts that are no near-copies, worked by hand."""

import itertools

from ringfence.detectors.guarantees.detector import GUARANTEE
from support.detecting import findings
from support.toy import Book


def circles(book, **params):
    """The circles found, best first."""
    return [found for found in findings(GUARANTEE, book.snapshot(), **params) if found.kind == "guarantee_circle"]


def members(finding):
    return {member["node"].removeprefix("company:") for member in finding.members}


def cores(finding):
    """The members of each core, sorted."""
    things = [thing["members"] for thing in finding.things if thing["kind"] == "core"]
    return sorted([node.removeprefix("company:") for node in names] for names in things)


def tree(count):
    """A tree of so many parties, three below each."""
    return " ".join(f"N{(i - 1) // 3}>N{i}" for i in range(1, count))


def test_a_ring_of_twelve_is_one_circle_of_one_cycle():
    ring = Book().guarantees(" ".join(f"R{i}>R{(i + 1) % 12}" for i in range(12)), 1_000_000)
    found = findings(GUARANTEE, ring.snapshot())
    (cycle,) = [one for one in found if one.kind == "guarantee_cycle"]
    assert (cycle.measures["cycles"], cycle.measures["shortest_cycle"]) == (1, 12)
    assert "12户一环" in cycle.reason_zh and "a cycle of 12" in cycle.reason_en
    (circle,) = [one for one in found if one.kind == "guarantee_circle"]
    assert members(circle) == members(cycle) == {f"R{i}" for i in range(12)}


def test_a_tree_of_six_thousand_parties_is_no_circle():
    assert circles(Book().guarantees(tree(6000))) == []


def test_core_enterprises_of_one_web_are_one_part_with_its_cores_inside():
    # Twelve hubs that share their thirty borrowers, a tail that makes the whole large, and a pair far out in the tail.
    hubs = " ".join(f"H{i}>B{j}" for i in range(12) for j in range(30))
    book = Book().guarantees(hubs, 5_000_000).guarantees("B0>N0").guarantees(tree(300)).guarantees("N298>X X>N298")
    pair, web = sorted(circles(book), key=lambda one: len(one.members))
    assert cores(pair) == [["N298", "X"]]
    assert members(pair) == {"N298", "X", "N99"}
    assert {"H0", "H11", "B0", "B29"} <= members(web)
    assert {f"H{i}" for i in range(12)} <= {key for core in cores(web) for key in core}
    assert (web.measures["strong_components"], web.measures["joint_groups"]) == (0, 0)
    assert "无循环" in web.reason_zh


def test_what_goes_round_stands_above_a_web_of_the_same_worth():
    web = Book().guarantees(" ".join(f"H{i}>B{j}" for i in range(12) for j in range(12)), 1_000_000)
    ring = Book().guarantees(" ".join(f"R{i}>R{(i + 1) % 12}" for i in range(12)), 12_000_000)
    best, last = circles(web.beside(ring))
    assert (best.measures["strong_components"], last.measures["strong_components"]) == (1, 0)
    assert best.measures["amount"] == last.measures["amount"] and last.colour in ("blue", "yellow")


def test_parts_that_share_four_fifths_are_one():
    # Two pairs with the same sixteen neighbours, in a large tree.
    near = " ".join(f"{one}>S{j}" for one in ("A1", "C1") for j in range(16))
    book = Book().guarantees(f"A1>A2 A2>A1 C1>C2 C2>C1 {near} S0>N0 {tree(300)}")
    found = circles(book, core_degree=1000)
    assert [cores(one) for one in found] == [[["A1", "A2"], ["C1", "C2"]]]
    for one, other in itertools.combinations(found, 2):
        assert len(members(one) & members(other)) < 0.8 * min(len(one.members), len(other.members))


def test_what_lies_in_no_part_is_said():
    book = Book().guarantees(f"{tree(300)} N298>X X>N298")
    (part,) = circles(book)
    assert (part.measures["circle_parties"], part.measures["split_off"]) == (301, 298)
    (cut,) = [bound for bound in part.truncated if bound["bound"] == "max_parties"]
    assert "298 parties lie in no part" in cut["skipped"] and cut["could_change"]


def test_each_condition_makes_a_core_enterprise():
    pair = f"{tree(300)} N298>X X>N298"
    by_degree = Book().guarantees(pair).guarantees(" ".join(f"N150>D{i}" for i in range(9)))
    by_amount = Book().guarantees(pair).guarantee("N150", "D", 60e6).guarantee("E", "N150", 40e6)
    by_control = Book().guarantees(pair)
    for other in ("N10", "N20", "N30"):
        by_control.holds("N150", other, 0.6)
    none = Book().guarantees(pair).guarantee("N150", "D", 60e6).holds("N150", "N10", 0.6)
    for book in (by_degree, by_amount, by_control):
        assert [["N150"]] in [cores(one) for one in circles(book, core_degree=10)]
    assert [["N150"]] not in [cores(one) for one in circles(none)]


def test_a_part_takes_in_as_many_steps_as_the_policy_says():
    book = Book().guarantees(" ".join(f"N{i}>N{i + 1}" for i in range(250)) + " N250>N249")
    ends = [min(int(key[1:]) for key in members(circles(book, core_hops=hops)[0])) for hops in (1, 2, 3)]
    assert ends == [248, 247, 246]
