"""Neighbourhoods and paths on random graphs, against NetworkX: flags, times and bounds."""

import random

import networkx as nx
import pytest
from ringfence.api.services import nodes as neighbours
from support.toy import NOW, Book


def random_book(seed):
    """A seeded book of at most 14 companies: parallel contracts, contracts that ended, ties that link no one."""
    chance = random.Random(seed)
    size = chance.randint(4, 14)
    book = Book()
    for number in range(size):
        book.company(f"C{number}", name=f"公司{number}")
    for _ in range(chance.randint(size // 2, 2 * size)):
        one, other = chance.choices(range(size), k=2)
        cells = {"flag": "landline"} if chance.random() < 0.3 else {}
        times = {"start": "2020-01-01", "end": "2021-01-01"} if chance.random() < 0.2 else {"start": "2025-01-01"}
        book.guarantee(f"C{one}", f"C{other}", 1, **times, **cells)
    return book, size


def graphs(book, size):
    """What shows at ``NOW``, and of it what links, as undirected graphs."""
    shown, linking = nx.Graph(), nx.Graph()
    for graph in (shown, linking):
        graph.add_nodes_from(f"company:C{number}" for number in range(size))
    for tie in book.ties:
        if tie.start <= NOW < tie.end:
            shown.add_edge(tie.source, tie.target)
            if "flag" not in tie.cells:
                linking.add_edge(tie.source, tie.target)
    return shown, linking


@pytest.mark.parametrize("seed", range(40))
def test_a_neighbourhood_follows_all_of_the_first_hop_and_only_what_links_after_it(seed):
    book, size = random_book(seed)
    snapshot = book.snapshot()
    shown, linking = graphs(book, size)
    for hops in (1, 2, 3):
        start = f"company:C{seed % size}"
        expected = {start: 0} | {node: 1 for node in shown[start] if node != start}
        for node in linking[start]:
            for reached, distance in nx.single_source_shortest_path_length(linking, node, hops - 1).items():
                expected[reached] = min(expected.get(reached, hops), distance + 1)
        answer = neighbours.neighbourhood(snapshot, start, start, hops)
        assert {item["node"]: item["distance"] for item in answer["nodes"]} == expected, f"seed {seed}, {hops} hops"
        inside = {
            tie.uid for tie in book.ties if tie.start <= NOW < tie.end and {tie.source, tie.target} <= set(expected)
        }
        assert {item["uid"] for item in answer["relationships"]} == inside, f"seed {seed}, {hops} hops"
        assert answer["truncated"] == []

        bounded = neighbours.neighbourhood(snapshot, start, start, hops, limit=3)
        assert len(bounded["nodes"]) == min(3, len(expected)), f"seed {seed}, {hops} hops"
        assert {cut["bound"] for cut in bounded["truncated"]} == ({"limit"} if len(expected) > 3 else set())
        assert all(item["distance"] == expected[item["node"]] for item in bounded["nodes"])


@pytest.mark.parametrize("seed", range(40))
def test_a_path_is_as_short_as_can_be_and_crosses_nothing_that_links_no_one(seed):
    book, size = random_book(seed)
    snapshot = book.snapshot()
    _, linking = graphs(book, size)
    ties = {tie.uid: tie for tie in book.ties}
    chance = random.Random(seed)
    for _ in range(10):
        one, other = (f"company:C{number}" for number in chance.choices(range(size), k=2))
        answer = neighbours.path(snapshot, (one, one), (other, other), max_hops=size)
        assert answer["found"] == nx.has_path(linking, one, other), f"seed {seed}: {one} to {other}"
        assert answer["truncated"] == []
        if answer["found"]:
            assert answer["hops"] == nx.shortest_path_length(linking, one, other), f"seed {seed}: {one} to {other}"
            nodes = [node["node"] for node in answer["nodes"]]
            assert (nodes[0], nodes[-1]) == (one, other)
            for here, step, there in zip(nodes, answer["relationships"], nodes[1:], strict=False):
                tie = ties[step["uid"]]
                assert {tie.source, tie.target} == {here, there}
                assert "flag" not in tie.cells and tie.start <= NOW < tie.end


def test_a_search_that_stopped_at_its_bound_says_that_the_answer_could_change():
    snapshot = Book().guarantees("A>B B>C C>D D>E").snapshot()
    ends = ("company:A", "company:A"), ("company:E", "company:E")
    short = neighbours.path(snapshot, *ends, max_hops=3)
    assert (short["found"], short["hops"]) == (False, None)
    assert short["truncated"] == [{"bound": "max_hops", "limit": 3, "skipped": None, "could_change": True}]
    assert neighbours.path(snapshot, *ends, max_hops=4)["hops"] == 4


def test_relationships_beyond_the_bound_are_counted(monkeypatch):
    monkeypatch.setattr(neighbours, "RELATIONSHIPS", 5)
    snapshot = Book().guarantees("A>B " * 12).snapshot()
    answer = neighbours.neighbourhood(snapshot, "company:A", "company:A")
    assert len(answer["relationships"]) == 5
    assert answer["truncated"] == [{"bound": "relationships", "limit": 5, "skipped": 7, "could_change": False}]
