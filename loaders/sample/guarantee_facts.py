"""Which guarantee structures some contracts make, by definition: mutual pairs, cycles, joint groups, chains, circles.

A reading of the definitions by NetworkX on a handful of parties, for the truth of a book; whoever looks for such
structures in a whole book does so in other ways.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import networkx as nx

_DENSE = 1.5
"""Arcs per party above which a component is a circle without any cycle."""


def facts(
    arcs: Sequence[tuple[Any, Any]], joint_groups: Sequence[set], group_of: Mapping[Any, Hashable]
) -> list[tuple[str, set]]:
    """Kinds of structure with the parties of each.

    Parameters
    ----------
    arcs : guarantor and borrower of each contract in force, counter-guarantees left out
    joint_groups : parties of each 联保 that the contracts name
    group_of : the group that a party belongs to; what only shows between groups is added where no structure of the
        same kind has a party in common with it

    >>> facts([("A", "B"), ("B", "A")], [], {}) == [("guarantee_mutual", {"A", "B"}), ("guarantee_circle", {"A", "B"})]
    True
    >>> facts([("A", "B"), ("B", "C")], [], {}) == [("guarantee_chain", {"A", "B", "C"})]
    True
    """
    raw = _of_one_view(nx.DiGraph(arcs), joint_groups)
    merged = {party: group_of.get(party, party) for arc in arcs for party in arc}
    if len(set(merged.values())) == len(merged):
        return raw
    between = [(merged[one], merged[other]) for one, other in arcs if merged[one] != merged[other]]
    touching = {party for one, other in arcs if merged[one] != merged[other] for party in (one, other)}
    added = []
    for kind, vertices in _of_one_view(nx.DiGraph(between), []):
        parties = {party for party in touching if merged[party] in vertices}
        if not any(kind == other and parties & whole for other, whole in raw):
            added.append((kind, parties))
    return raw + added


def _of_one_view(graph: nx.DiGraph, joint_groups: Sequence[set]) -> list[tuple[str, set]]:
    found: list[tuple[str, set]] = []
    joints = [set(group) for group in joint_groups] or _cliques(graph)
    found += [("guarantee_joint", group) for group in joints]
    for strong in nx.strongly_connected_components(graph):
        if len(strong) > 1 and not any(strong <= group for group in joints):
            found.append(("guarantee_mutual" if len(strong) == 2 else "guarantee_cycle", set(strong)))
    for weak in nx.weakly_connected_components(graph):
        part = graph.subgraph(weak)
        line = nx.condensation(part)
        if nx.dag_longest_path_length(line) >= 2:
            found.append(("guarantee_chain", set(weak)))
        cyclic = line.number_of_nodes() < len(weak)
        if cyclic or any(group <= weak for group in joints) or part.number_of_edges() / len(weak) > _DENSE:
            found.append(("guarantee_circle", set(weak)))
    return found


def _cliques(graph: nx.DiGraph) -> list[set]:
    """Maximal groups of three or more who all guarantee each other."""
    pairs = nx.Graph((one, other) for one, other in graph.edges if graph.has_edge(other, one))
    return [set(clique) for clique in nx.find_cliques(pairs) if len(clique) >= 3]
