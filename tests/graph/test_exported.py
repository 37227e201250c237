"""A view as notebooks take it: what lies around some nodes, as frames and as a graph of NetworkX."""

import networkx as nx
import pandas as pd
import pytest
from ringfence.graph.errors import NotFound, UserError
from support.toy import Book


@pytest.fixture(scope="module")
def snapshot():
    """A guarantees B for 5, B guarantees C for no stated amount, C guarantees D."""
    book = Book().guarantee("A", "B", 5.0, start="2025-01-01", end="2027-01-01")
    return book.guarantee("B", "C").guarantee("C", "D", 7.0).snapshot()


def test_a_view_is_made_of_what_lies_within_some_hops(snapshot):
    def names(*asked, **more):
        return sorted(snapshot.view(*asked, **more).to_pandas().nodes["node"].str.removeprefix("company:"))

    assert names("company:A", "company:B") == ["A", "B"]
    assert names("company:A", hops=1) == ["A", "B"]
    assert names("company:C", hops=1) == ["B", "C", "D"]
    assert names("company:A", "company:D", hops=1) == ["A", "B", "C", "D"]


def test_frames_tell_every_relationship_with_its_row(snapshot):
    frames = snapshot.view("company:A", hops=1).to_pandas()
    assert frames.nodes.to_dict("list") == {"node": ["company:A", "company:B"], "kind": ["company", "company"]}
    (row,) = frames.relationships.to_dict("records")
    assert (row["source"], row["target"]) == ("company:A", "company:B")
    assert (row["relation"], row["amount"]) == ("GUARANTEES", 5.0)
    assert row["valid_from"] == pd.Timestamp("2025-01-01", tz="Asia/Shanghai")
    assert row["file"] == "ties.csv" and row["uid"].startswith("guarantees:")


def test_what_is_open_or_unknown_is_missing(snapshot):
    (row,) = snapshot.view("company:B", "company:C").to_pandas().relationships.to_dict("records")
    assert all(pd.isna(row[name]) for name in ("amount", "valid_to"))


def test_the_graph_has_the_same_nodes_and_relationships(snapshot):
    graph = snapshot.to_networkx()
    assert nx.dag_longest_path(nx.DiGraph(graph)) == [f"company:{key}" for key in "ABCD"]
    assert {kind for _, kind in graph.nodes(data="kind")} == {"company"}
    (told,) = graph["company:A"]["company:B"].values()
    assert (told["relation"], told["amount"]) == ("GUARANTEES", 5.0)


def test_an_empty_view_has_the_same_columns(snapshot):
    alone, all_of_it = snapshot.view("company:D").to_pandas(), snapshot.to_pandas()
    assert len(alone.relationships) == 0 and len(all_of_it.relationships) == 3
    assert alone.relationships.columns.equals(all_of_it.relationships.columns)


def test_a_node_that_is_not_there_and_a_hub_are_refused(snapshot):
    with pytest.raises(NotFound, match="no node company:Z"):
        snapshot.view("company:Z")
    with pytest.raises(UserError, match="company:B has more than 1 neighbours"):
        snapshot.view("company:B", hops=1, fan_out=1)
