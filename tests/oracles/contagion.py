"""Contagion and cutting by brute force, written from their definitions and from nothing the product uses."""

from __future__ import annotations

import math
from itertools import combinations

import networkx as nx
import numpy as np
from scipy.optimize import linprog


def cascade(contracts, capital, seeds):
    """``(step in which each failed, what each is called for)`` by party, of ``(guarantor, borrower, amount)``."""
    failed = dict.fromkeys(seeds, 0)
    step = 0
    while True:
        step += 1
        called = {}
        for guarantor, borrower, amount in contracts:
            if borrower in failed:
                called[guarantor] = called.get(guarantor, 0) + amount
        down = {party for party, amount in called.items() if party not in failed and amount > capital[party]}
        if not down:
            return failed, called
        failed |= dict.fromkeys(down, step)


def clearing(debt, resources, contracts, own_first, steps=200_000):
    """The part of its own debt that each pays, by iterating everybody at once from full payment until nothing moves."""
    count = len(debt)
    cover = [sum(cap for _, borrower, cap in contracts if borrower == party) for party in range(count)]
    own = [1.0] * count
    for _ in range(steps):
        calls = [0.0] * count
        for guarantor, borrower, cap in contracts:
            if cover[borrower]:
                calls[guarantor] += cap / cover[borrower] * min((1 - own[borrower]) * debt[borrower], cover[borrower])
        after = []
        for has, owed, called in zip(resources, debt, calls, strict=True):
            due = owed if own_first else owed + called
            after.append(1.0 if has >= due else has / due)
        if max(map(abs, np.subtract(own, after)), default=0) < 1e-14:
            return own, calls
        own = after
    return own, calls


def own_first_by_program(debt, resources, contracts):
    """What is paid on each contract under ``own_first``, by a linear program: the most that creditors can get."""
    short = [max(owed - has, 0.0) for owed, has in zip(debt, resources, strict=True)]
    left = [max(has - owed, 0.0) for owed, has in zip(debt, resources, strict=True)]
    cover = [sum(cap for _, borrower, cap in contracts if borrower == party) for party in range(len(debt))]
    called = [
        cap / cover[borrower] * min(short[borrower], cover[borrower]) if cover[borrower] else 0.0
        for _, borrower, cap in contracts
    ]
    of_guarantor = np.array([[float(one == party) for one, _, _ in contracts] for party in range(len(debt))])
    found = linprog([-1.0] * len(contracts), of_guarantor, left, bounds=[(0, most) for most in called])
    return -found.fun


def acyclic(arcs):
    """Whether no directed cycle is left."""
    return nx.is_directed_acyclic_graph(nx.DiGraph(arcs))


def least_cut(arcs, item, weight):
    """The least weight of items without whose layers no cycle is left; every choice is tried."""
    best = math.inf
    for size in range(len(weight) + 1):
        for chosen in combinations(range(len(weight)), size):
            cost = sum(weight[one] for one in chosen)
            if cost < best and acyclic([arc for arc, of in zip(arcs, item, strict=True) if of not in chosen]):
                best = cost
    return best


def least_order(count, arcs, weight):
    """The same where every arc is an item of its own, by orders of the nodes: what leads back in the best of them (Held
    & Karp's recursion over sets of nodes that come first)."""
    total = [[0.0] * count for _ in range(count)]
    for (source, target), cost in zip(arcs, weight, strict=True):
        total[source][target] += cost
    least = [math.inf] * (1 << count)
    least[0] = 0.0
    for before in range(1 << count):
        for node in range(count):
            if not before >> node & 1:
                back = sum(total[node][first] for first in range(count) if before >> first & 1)
                after = before | 1 << node
                least[after] = min(least[after], least[before] + back)
    return least[-1]
