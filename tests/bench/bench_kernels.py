"""CPU-seconds of each kernel beside SciPy or NetworkX on one heavy-tailed random graph; ratios are of the same run.

    python tests/bench/bench_kernels.py [--nodes 500000] [--edges 2000000] [--seed 1]

Both sides begin with the same integer arrays, so what either builds first is counted. Kernels are compiled beforehand.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice

import networkx as nx
import numpy as np
from ringfence.graph.kernels.adjacency import backward, both, forward
from ringfence.graph.kernels.chains import longest_chains
from ringfence.graph.kernels.components import strong_components, weak_components
from ringfence.graph.kernels.cycles import cycles, shortest_cycles
from ringfence.graph.kernels.leiden import leiden
from ringfence.graph.kernels.pagerank import Scratch, pagerank, push_pagerank
from ringfence.graph.kernels.paths import k_hop, shortest_path
from scipy import sparse
from scipy.sparse.csgraph import connected_components

REPEATS = 3


def heavy_tailed(random: np.random.Generator, nodes: int, edges: int, power: float) -> tuple[np.ndarray, np.ndarray]:
    """Sources by a power law over shuffled ids, targets by a milder one."""
    ends = (nodes * random.random(edges) ** power, nodes * random.random(edges) ** (1 + power / 8))
    name = random.permutation(nodes).astype(np.int32)
    return name[ends[0].astype(np.int64)], name[ends[1].astype(np.int64)]


def spent(work: Callable[[], object]) -> float:
    """CPU-seconds of the process, the median of some repeats."""
    times = []
    for _ in range(REPEATS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return sorted(times)[REPEATS // 2]


def report(name: str, ours: Callable[[], object], peer: str = "", theirs: Callable[[], object] | None = None) -> None:
    """One line: the kernel's CPU-seconds, and its peer's with the ratio."""
    mine = spent(ours)
    line = f"{name:42}{mine:9.3f}"
    if theirs is not None:
        other = spent(theirs)
        line += f"   {peer:24}{other:9.3f}{other / mine:8.1f} x"
    print(line, flush=True)


def matrix(source: np.ndarray, target: np.ndarray, nodes: int) -> sparse.csr_matrix:
    """SciPy's adjacency. Parallel edges are added up, so the values need room."""
    return sparse.csr_matrix((np.ones(len(source), np.int64), (source, target)), (nodes, nodes))


def iterate(source: np.ndarray, target: np.ndarray, nodes: int, iterations: int) -> np.ndarray:
    """PageRank by SciPy's matrix product."""
    step = matrix(target, source, nodes).astype(float)
    degree = np.bincount(source, minlength=nodes)
    rank = np.full(nodes, 1 / nodes)
    for _ in range(iterations):
        base = (0.15 + 0.85 * rank[degree == 0].sum()) / nodes
        rank = base + 0.85 * (step @ (rank / np.maximum(degree, 1)))
    return rank


def measure(nodes: int, edges: int, seed: int) -> None:
    """All lines for one size."""
    random = np.random.default_rng(seed)
    source, target = heavy_tailed(random, nodes, edges, 3)
    around = both(source, target, nodes)
    print(f"{nodes:,} nodes, {edges:,} edges, largest degree {np.diff(around.offsets).max():,}")
    report("adjacency, both directions", lambda: (forward(source, target, nodes), backward(source, target, nodes)),
           "scipy csr and csc", lambda: matrix(source, target, nodes).tocsc())  # fmt: skip
    report("weak components", lambda: weak_components(source, target, nodes),
           "scipy", lambda: connected_components(matrix(source, target, nodes), directed=False))  # fmt: skip
    report("strong components", lambda: strong_components(source, target, nodes),
           "scipy", lambda: connected_components(matrix(source, target, nodes), connection="strong"))  # fmt: skip
    report("PageRank, 20 iterations", lambda: pagerank(source, target, nodes, 0.85, 20),
           "scipy product", lambda: iterate(source, target, nodes, 20))  # fmt: skip
    worth = leiden(source, target, nodes).modularity
    report(f"Leiden communities, modularity {worth:.3f}", lambda: leiden(source, target, nodes))
    scratch, seeds = Scratch(nodes), random.integers(0, nodes, 1_000)
    report("personalised PageRank, a set of 1,000, 1e-7", lambda: push_pagerank(around, seeds, 0.15, 1e-7, scratch))

    pairs = random.integers(0, nodes, (1_000, 2)).tolist()
    report("2 hops, fan-out 200, 1,000 look-ups", lambda: [k_hop(around, [start], 2) for start, _ in pairs])
    report("path of 6 hops, fan-out 200, 1,000 look-ups", lambda: [shortest_path(around, *pair, 6) for pair in pairs])

    # A net of guarantees in the proportions of a bank's book: six companies and 17 guarantees to a hundred nodes, four
    # in five of them among neighbours (a town, a trade), which is what makes cycles.
    parties, contracts = max(nodes * 6 // 100, 10), max(nodes * 17 // 100, 20)
    source, target = heavy_tailed(random, parties, contracts, 2)
    step = random.integers(-4, 5, contracts)
    target = np.where(random.random(contracts) < 0.8, (source + step) % parties, target).astype(np.int32)
    label = strong_components(source, target, parties)
    inside = np.flatnonzero(np.bincount(label)[label] > 1)
    print(f"{parties:,} parties, {contracts:,} guarantees, largest strong component {np.bincount(label).max():,}")
    report("longest chains", lambda: longest_chains(source, target, parties))
    found = cycles(source, target, parties)
    report(f"cycles up to 6, {len(found.offsets) - 1:,} listed", lambda: cycles(source, target, parties))
    report(f"shortest cycles of {len(inside):,}", lambda: shortest_cycles(source, target, parties, inside))
    near = (source < parties // 10) & (target < parties // 10)
    source, target = source[near], target[near]
    graph = nx.DiGraph(zip(source.tolist(), target.tolist(), strict=True))
    report(f"cycles up to 4 among {parties // 10:,} of them", lambda: cycles(source, target, parties, 4),
           "networkx, graph built", lambda: sum(1 for _ in islice(nx.simple_cycles(graph, 4), 10**6)))  # fmt: skip


def main() -> None:
    """Compile on a small graph, unseen, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=500_000)
    parser.add_argument("--edges", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    none = np.empty(0, np.int32)
    for kernel in (forward, both, weak_components, strong_components, pagerank, longest_chains, cycles):
        kernel(none, none, 1)
    leiden(np.array([0]), np.array([1]), 2)
    shortest_cycles(none, none, 1, none)
    push_pagerank(both(none, none, 1), [0])
    measure(chosen.nodes, chosen.edges, chosen.seed)


if __name__ == "__main__":
    main()
