"""Kernels on LDBC FinBench's own sample: figures of its guarantee, holding and transfer nets, counted with networkx."""

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from ringfence.graph.kernels.adjacency import both, distinct_arcs
from ringfence.graph.kernels.chains import longest_chains
from ringfence.graph.kernels.components import strong_components
from ringfence.graph.kernels.cycles import cycles
from ringfence.graph.kernels.paths import k_hop, shortest_path

SAMPLE = Path(__file__).parents[1] / "data" / "finbench-driver-example"


@pytest.fixture(scope="module")
def expected():
    return json.loads((SAMPLE / "expected.json").read_text("utf-8"))


def net(table):
    """Both ends of a table's rows as ids, and how many there are."""
    rows = pd.read_csv(SAMPLE / "data" / f"{table}.csv.gz", sep="|", dtype=str)
    names = pd.unique(rows.iloc[:, :2].to_numpy().ravel())
    code = {name: number for number, name in enumerate(names)}
    return *(rows.iloc[:, column].map(code).to_numpy() for column in (0, 1)), len(names)


@pytest.mark.parametrize("table", ["PersonGuaranteePerson", "CompanyGuaranteeCompany"])
def test_guarantees_hold_no_cycle_and_long_chains(table, expected):
    source, target, node_count = net(table)
    figures = expected[table]
    assert node_count == figures["parties"]
    assert len(distinct_arcs(source, target, node_count)[0]) == figures["distinct_edges"]
    found = cycles(source, target, node_count)
    assert (len(found.offsets) - 1, len(found.self_loops)) == (len(figures["guarantee_circles"]), figures["self"])
    chains = longest_chains(source, target, node_count)
    assert chains.length.max() == figures["longest_chain_edges"]
    sizes = np.bincount(chains.component)
    assert len(sizes) == figures["weak_components"]
    assert sorted(sizes.tolist(), reverse=True)[:5] == figures["weak_top5"]


def test_holdings_are_one_strong_component_and_one_holding_of_oneself(expected):
    source, target, node_count = net("CompanyInvestCompany")
    sizes = np.bincount(strong_components(source, target, node_count))
    assert sizes[sizes > 1].tolist() == expected["CompanyInvestCompany"]["scc_ge2_sizes"]
    found = cycles(source, target, node_count, max_length=2)
    assert len(found.self_loops) == expected["CompanyInvestCompany"]["self"]


def test_transfers_hold_so_many_triangles(expected):
    source, target, node_count = net("AccountTransferAccount")
    found = cycles(source, target, node_count, max_length=3)
    assert np.count_nonzero(np.diff(found.offsets) == 3) == expected["transfers"]["directed_triangles"]


def test_links_between_accounts_are_as_short_as_networkx_finds_them():
    source, target, node_count = net("AccountTransferAccount")
    adjacency = both(source, target, node_count)
    graph = nx.Graph(zip(source.tolist(), target.tolist(), strict=True))
    for start, goal in np.random.default_rng(7).integers(0, node_count, (40, 2)).tolist():
        far = nx.single_source_shortest_path_length(graph, start, cutoff=6)
        path = shortest_path(adjacency, start, goal, 6, fan_out=None)
        assert (len(path.edges) if path.nodes else None) == far.get(goal), (start, goal)
        near = k_hop(adjacency, [start], 2, fan_out=None)
        assert set(near.nodes.tolist()) == {node for node, hops in far.items() if hops <= 2}, start
