"""Where money stops on its way, in columns from left to right along time.

An account is one stop as long as money comes to it from further left, or it has passed nothing on. Money that comes
to it later makes a further stop of that account. So no arrow ever runs from right to left, and none that was drawn
moves because of what happened after it.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx

Stop = tuple[str, int]
"""A node, and how many times money had been there before."""


def stops(moves: Sequence[tuple[str, str]]) -> list[tuple[Stop, Stop]]:
    """From which stop to which each move goes.

    Parameters
    ----------
    moves : source and target, in the order in which they happened

    >>> stops([("loan", "a"), ("a", "b"), ("b", "a")])[-1]
    (('b', 0), ('a', 1))
    """
    visits: dict[str, int] = {}
    depth: dict[Stop, int] = {}
    passed_on: set[Stop] = set()
    found = []
    for source, target in moves:
        start = source, visits.setdefault(source, 0)
        end = target, visits.setdefault(target, 0)
        below = depth.setdefault(start, 0) + 1
        passed_on.add(start)
        if end in passed_on and depth[end] < below:
            visits[target] += 1
            end = target, visits[target]
        depth[end] = max(depth.get(end, 0), below)
        found.append((start, end))
    return found


def columns(moves: Sequence[tuple[Stop, Stop]]) -> dict[Stop, int]:
    """The column of each stop: 0 for what no move leads to, else one behind the last stop that paid it.

    >>> columns([(("loan", 0), ("a", 0)), (("a", 0), ("b", 0)), (("loan", 0), ("b", 0))])
    {('loan', 0): 0, ('a', 0): 1, ('b', 0): 2}
    """
    graph = nx.DiGraph(list(moves))
    column: dict[Stop, int] = {}
    for stop in nx.topological_sort(graph):
        column[stop] = max((column[before] + 1 for before in graph.predecessors(stop)), default=0)
    return column
