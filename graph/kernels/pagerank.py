"""Personalised PageRank by local push, and global PageRank by iteration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency, backward
from .compiled import edge_ids, frozen, ids, kernel


class Mass(NamedTuple):
    """Personalised PageRank from below, where it is not zero.

    Attributes
    ----------
    nodes : int32[k], ascending
    mass : float64[k], at most the true value
    residual : what all true values exceed ``mass`` by, added up over all nodes
    """

    nodes: np.ndarray
    mass: np.ndarray
    residual: float


class Scratch:
    """Working arrays that ``push_pagerank`` leaves clean, so that many calls on one graph allocate them once."""

    def __init__(self, node_count: int):
        self.mass = np.zeros(node_count)
        self.residual = np.zeros(node_count)
        self.queued = np.zeros(node_count, bool)
        self.queue = np.empty(node_count, np.int32)
        self.touched = np.empty(node_count, np.int32)


def push_pagerank(
    adjacency: Adjacency,
    seeds: np.ndarray | list[int],
    alpha: float = 0.15,
    epsilon: float = 1e-6,
    scratch: Scratch | None = None,
) -> Mass:
    """Where a walk ends that starts at a random seed, follows a random edge at each step, and stops before each with
    probability ``alpha``; a walk that can go nowhere starts again.

    Local push of Andersen, Chung & Lang 2006 ("Local graph partitioning using PageRank vectors"), without their lazy
    steps: mass at a node moves on only while it is at least ``epsilon`` times the node's degree. Where the adjacency
    has no direction, a node's mass is therefore less than ``epsilon`` times its degree too low. At most
    ``1 / (alpha * epsilon)`` edges are looked at, whatever the size of the graph.

    Parameters
    ----------
    adjacency : edges a walk can follow; parallel ones are chosen more often
    seeds : node ids; one named twice weighs twice
    alpha : probability to stop, above 0 and at most 1; networkx and others name ``1 - alpha`` as damping
    epsilon : mass per edge below which it is left where it is
    scratch : reuse it over calls on graphs of one size; made anew where None
    """
    if not 0 < alpha <= 1 or epsilon <= 0:
        raise ValueError(f"alpha {alpha} is not above 0 and at most 1, or epsilon {epsilon} not above 0")
    if not len(seeds):
        raise ValueError("no seeds")
    scratch = scratch or Scratch(adjacency.node_count)
    nodes, mass, residual = _push(
        frozen(adjacency.offsets, np.int64),
        frozen(adjacency.neighbours, np.int32),
        ids(np.asarray(seeds), adjacency.node_count, "seeds"),
        alpha,
        epsilon,
        scratch.mass,
        scratch.residual,
        scratch.queued,
        scratch.queue,
        scratch.touched,
    )
    order = np.argsort(nodes)
    return Mass(nodes[order], mass[order], residual)


def pagerank(
    source: np.ndarray, target: np.ndarray, node_count: int, damping: float = 0.85, iterations: int = 50
) -> np.ndarray:
    """PageRank after a number of iterations from the uniform start, as LDBC Graphalytics defines it.

    The mass of nodes without out-edges is spread evenly. An undirected graph has each edge in both directions.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges; parallel ones count as many
    node_count : ids run from 0 to ``node_count - 1``
    damping : share of mass that follows edges
    iterations : how many

    Returns
    -------
    float64[node_count], which add up to 1
    """
    source, target = edge_ids(source, target, node_count)
    into = backward(source, target, node_count)
    out_degree = frozen(np.bincount(source, minlength=node_count), np.int64)
    return _pagerank(frozen(into.offsets, np.int64), frozen(into.neighbours, np.int32), out_degree, damping, iterations)


@kernel
def _push(offsets, neighbours, seeds, alpha, epsilon, mass, residual, queued, queue, touched):
    node_count = offsets.size - 1
    touched_count = 0
    head = 0
    waiting = 0  # the queue is a ring: a node is in it at most once
    for seed in seeds:
        residual[seed] += 1.0 / seeds.size
    for seed in seeds:
        if not queued[seed]:
            queued[seed] = True
            queue[waiting] = seed
            waiting += 1
            touched[touched_count] = seed
            touched_count += 1
    while waiting:
        node = queue[head]
        head = head + 1 if head + 1 < node_count else 0
        waiting -= 1
        queued[node] = False
        moving = residual[node]
        degree = offsets[node + 1] - offsets[node]
        if moving < epsilon * max(degree, 1):
            continue
        residual[node] = 0.0
        mass[node] += alpha * moving
        # A node without edges hands its mass back to the seeds.
        receivers = neighbours[offsets[node] : offsets[node + 1]] if degree else seeds
        share = (1.0 - alpha) * moving / receivers.size
        if share == 0.0:
            continue
        for receiver in receivers:
            if residual[receiver] == 0.0 and mass[receiver] == 0.0:
                touched[touched_count] = receiver
                touched_count += 1
            residual[receiver] += share
            if not queued[receiver] and residual[receiver] >= epsilon * max(
                offsets[receiver + 1] - offsets[receiver], 1
            ):
                queued[receiver] = True
                tail = head + waiting
                queue[tail if tail < node_count else tail - node_count] = receiver
                waiting += 1
    count = 0
    for at in range(touched_count):
        count += mass[touched[at]] > 0.0
    nodes = np.empty(count, np.int32)
    masses = np.empty(count)
    left = 0.0
    count = 0
    for at in range(touched_count):
        node = touched[at]
        left += residual[node]
        if mass[node] > 0.0:
            nodes[count] = node
            masses[count] = mass[node]
            count += 1
        mass[node] = 0.0
        residual[node] = 0.0
    return nodes, masses, left


@kernel
def _pagerank(offsets, neighbours, out_degree, damping, iterations):
    node_count = offsets.size - 1
    rank = np.full(node_count, 1.0 / max(node_count, 1))
    share = np.empty(node_count)
    for _ in range(iterations):
        dangling = 0.0
        for node in range(node_count):
            if out_degree[node]:
                share[node] = rank[node] / out_degree[node]
            else:
                dangling += rank[node]
        base = (1.0 - damping + damping * dangling) / max(node_count, 1)
        for node in range(node_count):
            total = 0.0
            for at in range(offsets[node], offsets[node + 1]):
                total += share[neighbours[at]]
            rank[node] = base + damping * total
    return rank
