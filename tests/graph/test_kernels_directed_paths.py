"""Links in the direction of edges and in order of time, against a walk along every way there is."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ringfence.graph.kernels.adjacency import both
from ringfence.graph.kernels.paths import shortest_path
from ringfence.graph.kernels.sides import NO_TIME


@dataclass
class Arcs:
    """Edges of a small graph: both ends of each, its time or None, and whether it may be gone along both ways."""

    source: list[int]
    target: list[int]
    time: list[int | None]
    either: list[bool]
    node_count: int

    def link(self, start, goal, max_hops, fan_out=None, visible=None, timed=True):
        """The kernel's answer."""
        target, either = np.array(self.target, int), np.array(self.either, bool)
        time = np.array([NO_TIME if time is None else time for time in self.time], np.int64)
        return shortest_path(
            both(np.array(self.source, int), target, self.node_count),
            start,
            goal,
            max_hops,
            fan_out,
            visible,
            lambda edges, towards: (target[edges] == towards) | either[edges],
            (lambda edges: time[edges]) if timed else None,
        )

    def ways(self, here, goal, hops, edge_visible, timed, since=NO_TIME, been=()):
        """Every way that visits no node twice, as its length and the time of its last event."""
        if here == goal:
            yield 0, since
        elif hops:
            for edge, (one, other) in enumerate(zip(self.source, self.target, strict=True)):
                time = self.time[edge] if timed else None
                if not edge_visible[edge] or (time is not None and time < since):
                    continue
                for origin, there in ((one, other), (other, one))[: 1 + self.either[edge]]:
                    if origin == here and there not in (*been, here):
                        then = since if time is None else time
                        rest = self.ways(there, goal, hops - 1, edge_visible, timed, then, (*been, here))
                        yield from ((length + 1, end) for length, end in rest)

    def best(self, *arguments):
        """The shortest way, and of several the one whose last event is earliest; None where there is none."""
        return min(self.ways(*arguments), default=None)

    def told(self, path, start, goal, visible, timed):
        """A kernel's link as ``best`` tells it, once it is seen to be one."""
        if path.nodes is None:
            return None
        assert (path.nodes[0], path.nodes[-1], len(path.nodes)) == (start, goal, len(path.edges) + 1)
        since = NO_TIME
        for here, there, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False):
            ends = (self.source[edge], self.target[edge])
            assert visible[edge]
            assert ends == (here, there) or (self.either[edge] and ends == (there, here))
            if timed and (time := self.time[edge]) is not None:
                assert time >= since
                since = time
        return len(path.edges), since


@st.composite
def questions(draw):
    """Arcs, which of them are visible, two nodes, a bound, and whether times count."""
    node_count = draw(st.integers(2, 8))
    node = st.integers(0, node_count - 1)
    time = st.one_of(st.none(), st.integers(-3, 4))
    edges = draw(st.lists(st.tuples(node, node, time, st.booleans(), st.booleans()), max_size=14))
    source, target, times, either, visible = (
        (list(column) for column in zip(*edges, strict=True)) if edges else [[]] * 5
    )
    arcs = Arcs(source, target, times, either, node_count)
    return arcs, np.array(visible, bool), draw(node), draw(node), draw(st.integers(0, 8)), draw(st.booleans())


@given(questions())
def test_without_cuts_it_is_the_shortest_way_and_of_those_the_one_that_ends_first(question):
    arcs, visible, start, goal, hops, timed = question
    path = arcs.link(start, goal, hops, None, visible, timed)
    assert arcs.told(path, start, goal, visible, timed) == arcs.best(start, goal, hops, visible, timed)
    assert (path.cut, path.could_change) == ({}, False)


@given(questions())
def test_where_none_is_found_it_is_said_whether_a_longer_one_may_be(question):
    arcs, visible, start, goal, hops, timed = question
    path = arcs.link(start, goal, hops, None, visible, timed)
    assume(path.nodes is None)
    assert path.stopped != path.exhausted
    if path.exhausted:
        assert arcs.best(start, goal, arcs.node_count, visible, timed) is None


@given(questions(), st.integers(1, 2))
def test_what_cuts_may_have_hidden_is_said(question, fan_out):
    arcs, visible, start, goal, hops, timed = question
    path = arcs.link(start, goal, hops, fan_out, visible, timed)
    found = arcs.told(path, start, goal, visible, timed)
    exact = arcs.best(start, goal, hops, visible, timed)
    assert found == exact or path.could_change if timed else _length(found) == _length(exact) or path.could_change
    assert path.cut or not path.could_change
    if path.exhausted and not path.nodes:
        assert arcs.best(start, goal, arcs.node_count, visible, timed) is None
    if hops <= 4:
        assert _length(found) == _length(exact)


def _length(told):
    return None if told is None else told[0]


def arcs(text, node_count=10):
    """Arcs from ``"0-1@5 1=2"``: from 0 to 1 at time 5, between 1 and 2 either way and at no time."""
    edges = []
    for arc in text.split():
        ends, _, time = arc.partition("@")
        ends, either = ends.replace("=", "-"), "=" in ends
        source, _, target = ends.partition("-")
        edges.append((int(source), int(target), int(time) if time else None, either))
    return Arcs(*(list(column) for column in zip(*edges, strict=True)), node_count)


@pytest.mark.parametrize(
    ("text", "directed", "in_time"),
    [
        ("0-1 1-2", [0, 1, 2], [0, 1, 2]),
        ("0-1 2-1", None, None),  # against its direction
        ("0-1 2=1", [0, 1, 2], [0, 1, 2]),  # which may be gone along both ways
        ("0-1@5 1-2@7", [0, 1, 2], [0, 1, 2]),
        ("0-1@7 1-2@5", [0, 1, 2], None),  # left before it came
        ("0-1@5 1-2@5", [0, 1, 2], [0, 1, 2]),  # at one instant
        ("0-1@7 1=3 3-2@5", [0, 1, 3, 2], None),  # a step without time gives no time back
        ("0-1@7 1-2@5 0-3@1 3-4@2 4-2@3", [0, 1, 2], [0, 3, 4, 2]),  # the longer way is the only one in time
    ],
)
def test_ways_by_hand(text, directed, in_time):
    assert arcs(text).link(0, 2, 6, timed=False).nodes == directed
    assert arcs(text).link(0, 2, 6).nodes == in_time


def test_searches_from_both_ends_meet_at_one_instant():
    assert arcs("0-1@5 1-3@5 3-4@5 4-2@5").link(0, 2, 4).nodes == [0, 1, 3, 4, 2]


def test_of_parallel_edges_the_earliest_that_is_not_too_early_is_taken():
    path = arcs("0-1@5 1-2@9 1-2@3 1-2@6 1-2@8").link(0, 2, 6)
    assert path.edges == [0, 3]


def test_a_node_reached_later_by_a_shorter_way_is_left_in_time_for_the_longer_one():
    # 1 is reached at 9 by one edge, at 2 by two; only the latter is in time for what leads on at 5.
    path = arcs("0-1@9 0-3@1 3-1@2 1-2@5").link(0, 2, 6)
    assert path.nodes == [0, 3, 1, 2]


def test_of_two_ways_as_short_the_one_that_ends_first_is_taken():
    # By 1 it begins first, by 3 it ends first.
    assert arcs("0-1@1 1-2@9 0-3@4 3-2@5").link(0, 2, 6).nodes == [0, 3, 2]
    assert arcs("0-4@0 4-1@1 1-5@2 5-2@9 4-3@4 3-6@5 6-2@6").link(0, 2, 6).nodes == [0, 4, 3, 6, 2]


def test_an_account_behind_a_payroll_is_found_though_the_payroll_is_a_hub():
    # 0 pays the hub 1, the hub pays 2 to 101; the last of them is the goal's, 102.
    hub = " ".join(f"1-{account}@5" for account in range(2, 102))
    path = arcs(f"0-1@1 {hub} 101=102", 103).link(0, 102, 6, fan_out=3)
    assert (path.nodes, path.could_change) == ([0, 1, 101, 102], False)


def test_a_way_that_ends_earlier_behind_a_cut_is_not_denied():
    # From hub 1 by 2 and 3, or by 4 and 5, to hub 6: as short, and earlier.
    text = "0-1@0 1-2@1 1-4@1 2-3@2 4-5@2 3-6@8 5-6@4 6-7@5 6-7@9"
    path = arcs(text).link(0, 7, 6, fan_out=1)
    assert (path.nodes, path.certain, path.could_change) == ([0, 1, 2, 3, 6, 7], 4, True)
    assert arcs(text).link(0, 7, 6, fan_out=1, timed=False).could_change is False
    path = arcs(text).link(0, 7, 6, fan_out=2)
    assert (path.nodes, path.could_change) == ([0, 1, 4, 5, 6, 7], False)


def test_a_way_that_a_cut_hides_is_not_denied():
    # 0 - hub 1 - 2 - 3 - 4 - hub 5 - 6: the ways on are the last of both hubs.
    leaves = " ".join(f"1-{leaf}@2 {leaf + 50}-5@8" for leaf in range(7, 57))
    path = arcs(f"0-1@1 5-6@9 {leaves} 1-2@3 2-3@4 3-4@5 4-5@6", 107).link(0, 6, 6, fan_out=10)
    assert (path.nodes, path.could_change, path.exhausted, path.cut) == (None, True, False, {1: 41, 5: 41})
