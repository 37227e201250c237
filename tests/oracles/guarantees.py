"""Guarantee structures by brute force, written from their definitions and from nothing the product uses.

For nets of up to nine parties. Everything is tried: all subsets for cliques, all simple paths for cycles and chains,
reachability by repetition until nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations


@dataclass
class Net:
    """``contracts``: (guarantor, borrower, joint group id or None, is a counter-guarantee, amount or None)."""

    contracts: list[tuple]
    licensed: set[str] = field(default_factory=set)
    group_id: dict[str, str] = field(default_factory=dict)
    legal_rep: dict[str, str] = field(default_factory=dict)
    holdings: list[tuple[str, str, float]] = field(default_factory=list)


def findings(net: Net) -> set[tuple]:
    """``(kind, view, members, measures)`` of every finding; ``measures`` a tuple of what the kind is measured by."""
    contracts = [c for c in net.contracts if not c[3] and not {c[0], c[1]} & net.licensed]
    parties = {party for contract in contracts for party in contract[:2]}
    raw = structures(contracts, {party: party for party in parties})
    contracted = structures(contracts, groups(net, parties))
    kept = [
        (kind, members, measures)
        for kind, members, measures in contracted
        if not any(kind == other and members & found for other, found, _ in raw)
    ]
    return {(kind, "raw", members, measures) for kind, members, measures in raw} | {
        (kind, "contracted", members, measures) for kind, members, measures in kept
    }


def groups(net: Net, parties: set[str]) -> dict[str, str]:
    """The least party of each party's group: ties are followed until nothing changes."""
    everyone = parties | set(net.group_id) | set(net.legal_rep) | {end for tie in net.holdings for end in tie[:2]}
    of = {party: party for party in everyone}

    def tied(one, other):
        if one in net.group_id and other in net.group_id:
            return net.group_id[one] == net.group_id[other]
        if one in net.legal_rep and net.legal_rep[one] == net.legal_rep.get(other):
            return True
        return any({one, other} == {holder, company} and ratio > 0.5 for holder, company, ratio in net.holdings)

    changed = True
    while changed:
        changed = False
        for one, other in combinations(sorted(everyone), 2):
            if tied(one, other) and of[one] != of[other]:
                least, gone = sorted((of[one], of[other]))
                of = {party: least if group == gone else group for party, group in of.items()}
                changed = True
    return {party: of[party] for party in parties}


def structures(contracts: list[tuple], vertex: dict[str, str]) -> list[tuple]:
    """``(kind, members, measures)`` of one view."""
    between = [c for c in contracts if vertex[c[0]] != vertex[c[1]]]
    arcs = {(vertex[c[0]], vertex[c[1]]) for c in between}
    vertices = {end for arc in arcs for end in arc}
    ahead = closure(vertices, arcs)
    strong = {frozenset(w for w in ahead[v] if v in ahead[w]) | {v} for v in vertices}
    sideways = closure(vertices, arcs | {(b, a) for a, b in arcs})
    weak = {frozenset(sideways[v]) for v in vertices}
    joint = joint_groups(contracts, between, vertex)
    found = []

    for ends, rows in joint:
        found.append(("guarantee_joint", members(rows), (len(ends), total(rows))))
    for component in strong:
        if len(component) < 2 or any(component <= ends for ends, _ in joint):
            continue
        inside = {(a, b) for a, b in arcs if a in component and b in component}
        rows = [c for c in between if vertex[c[0]] in component and vertex[c[1]] in component]
        lengths = cycle_lengths(inside)
        pairs = sum((b, a) in inside for a, b in inside) // 2
        kind = "guarantee_mutual" if len(component) == 2 else "guarantee_cycle"
        measures = (pairs, len(lengths), min(lengths), max(lengths), total(rows))
        found.append((kind, members(rows), measures))
    for component in weak:
        inside = {(a, b) for a, b in arcs if a in component}
        rows = [c for c in between if vertex[c[0]] in component]
        length = longest_chain(inside, strong)
        if length >= 2:
            found.append(("guarantee_chain", members(rows), (length, total(rows))))
        rounds = [s for s in strong if len(s) >= 2 and s <= component]
        held = [ends for ends, _ in joint if len(ends & component) >= 3]
        if rounds or held or len(inside) > 1.5 * len(component):
            measures = (len(inside), len(rounds), sum(map(len, rounds)), len(held), total(rows))
            found.append(("guarantee_circle", members(rows), measures))
    return found


def joint_groups(contracts: list[tuple], between: list[tuple], vertex: dict[str, str]) -> list[tuple]:
    """``(vertices, contracts)`` of each joint group: by id, then by maximal cliques of mutual pairs without id."""
    found = []
    for name in sorted({c[2] for c in contracts if c[2]}):
        rows = [c for c in contracts if c[2] == name]
        ends = frozenset(vertex[end] for c in rows for end in c[:2])
        if len(ends) >= 3:
            found.append((ends, rows))
    plain = [c for c in between if not c[2]]
    arcs = {(vertex[c[0]], vertex[c[1]]) for c in plain}
    vertices = sorted({end for arc in arcs for end in arc})
    cliques = [
        frozenset(some)
        for size in range(3, len(vertices) + 1)
        for some in combinations(vertices, size)
        if all((a, b) in arcs and (b, a) in arcs for a, b in combinations(some, 2))
    ]
    for clique in cliques:
        if not any(clique < other for other in cliques):
            found.append((clique, [c for c in plain if vertex[c[0]] in clique and vertex[c[1]] in clique]))
    return found


def closure(vertices: set[str], arcs: set[tuple]) -> dict[str, set[str]]:
    """What each vertex reaches, itself included."""
    ahead = {v: {v} | {b for a, b in arcs if a == v} for v in vertices}
    while True:
        wider = {v: set().union(*(ahead[w] for w in ahead[v])) for v in vertices}
        if wider == ahead:
            return ahead
        ahead = wider


def cycle_lengths(arcs: set[tuple]) -> list[int]:
    """The length of every simple cycle, each counted once."""
    lengths = []

    def walk(path):
        for a, b in arcs:
            if a == path[-1]:
                if b == path[0]:
                    lengths.append(len(path))
                elif b > path[0] and b not in path:
                    walk([*path, b])

    for start in sorted({a for a, _ in arcs}):
        walk([start])
    return lengths


def longest_chain(arcs: set[tuple], strong: set[frozenset]) -> int:
    """Arcs of the longest path once each strong component is one point."""
    home = {v: s for s in strong for v in s}
    between = {(home[a], home[b]) for a, b in arcs if home[a] != home[b]}

    def longest(point):
        return max((1 + longest(b) for a, b in between if a == point), default=0)

    return max((longest(point) for point in {a for a, _ in between}), default=0)


def members(rows: list[tuple]) -> frozenset[str]:
    """The parties to contracts."""
    return frozenset(end for c in rows for end in c[:2])


def total(rows: list[tuple]) -> tuple[float, int]:
    """The sum of the known amounts, and how many are unknown."""
    known = [c[4] for c in rows if c[4] is not None]
    return sum(known), len(rows) - len(known)
