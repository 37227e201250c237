"""CPU time of the guarantee detector by stage, on a planted heavy-tailed net.

    python tests/bench/bench_guarantees.py [--companies 300000] [--contracts 860000] [--seed 1] [--repeat 3]

The net: a heavy-tailed giant of most contracts, many small components with rings, chains, stars, joint groups and
mutual pairs, a complete digraph of 100, a ring of 10,000 and a star of 10,000; a tenth of the companies in groups, a
share of the amounts unknown, net assets of every company. Prints the median CPU seconds of each stage (figures:
measures and grades of all circles) and of all together, the number of findings by kind, and the peak memory of the
process.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
from ringfence.detectors.finalise import finalise
from ringfence.detectors.guarantees.detector import GUARANTEE
from ringfence.detectors.guarantees.survey import measured
from ringfence.detectors.policy import shipped
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.snapshot import open_snapshot
from ringfence.graph.snapshot.writing import write_snapshot
from ringfence.graph.times import parse_moment


def arcs(companies: int, contracts: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Guarantors and borrowers of the planted net."""
    parts: list[np.ndarray] = []

    def plant(first: int, pairs: np.ndarray) -> None:
        parts.append(np.asarray(pairs, dtype=np.int64).reshape(-1, 2) + first)

    # Planted giants of their own kind.
    one, other = np.divmod(np.arange(100 * 100), 100)
    plant(0, np.stack((one, other), axis=1)[one != other])
    ring = np.arange(10_000)
    plant(100, np.stack((ring, (ring + 1) % 10_000), axis=1))
    plant(10_100, np.stack((np.zeros(9_999, dtype=np.int64), np.arange(1, 10_000)), axis=1))
    # Small components, a third of the companies.
    first, last = 20_100, 20_100 + companies // 3
    while first < last:
        size = int(min(2 + chance.pareto(1.3) * 2, 150))
        nodes = np.arange(size)
        shape = chance.integers(5)
        if shape == 0:  # ring
            plant(first, np.stack((nodes, (nodes + 1) % size), axis=1))
        elif shape == 1:  # chain
            plant(first, np.stack((nodes[:-1], nodes[1:]), axis=1))
        elif shape == 2:  # star
            plant(first, np.stack((np.zeros(size - 1, dtype=np.int64), nodes[1:]), axis=1))
        elif shape == 3 and size <= 12:  # all for one another
            one, other = np.divmod(np.arange(size * size), size)
            plant(first, np.stack((one, other), axis=1)[one != other])
        else:  # at random
            plant(first, chance.integers(0, size, (2 * size, 2)))
        first += size
    # The rest: heavy-tailed on both sides.
    left = contracts - sum(len(part) for part in parts)
    nodes = last + chance.permutation(companies - last)
    weight = np.arange(1, len(nodes) + 1) ** -0.7
    place = np.cumsum(weight) / weight.sum()
    guarantor = nodes[np.searchsorted(place, chance.random(left))]
    borrower = chance.permutation(nodes)[np.searchsorted(place, chance.random(left))]
    everything = np.concatenate([*parts, np.stack((guarantor, borrower), axis=1)])
    return everything[:, 0], everything[:, 1]


def build(folder: Path, companies: int, contracts: int, seed: int) -> None:
    """Write the planted net as a snapshot."""
    chance = np.random.default_rng(seed)
    guarantor, borrower = arcs(companies, contracts, chance)
    count = len(guarantor)
    amount = np.where(chance.random(count) < 0.1, np.nan, np.round(chance.lognormal(15, 1.2, count), -4))
    joint = chance.random(count) < 0.01
    data = [
        f'{{"joint_group_id": "J{one % 3000}"}}' if in_joint else "{}"
        for one, in_joint in zip(borrower, joint, strict=True)
    ]
    reps = companies // 10

    def table(source, target, amount, uid, data):
        rows = len(source)
        return pa.table(
            {
                "source": source.astype(np.int32),
                "target": target.astype(np.int32),
                "amount": amount,
                "valid_from": np.full(rows, parse_moment("2025-01-01")),
                "valid_to": np.full(rows, FOREVER),
                "known_at": np.full(rows, ALWAYS),
                "revision": np.ones(rows, dtype=np.int64),
                "file": np.ones(rows, dtype=np.int32),
                "row": np.arange(2, rows + 2, dtype=np.int32),
                "uid": pa.array([f"{uid}:{i}" for i in range(rows)], pa.large_string()),
                "data": pa.array(data, pa.large_string()),
            }
        )

    held = chance.permutation(companies)[: companies // 10]
    rep_source = companies + chance.integers(0, reps, reps)
    unknown = np.full(reps, np.nan)
    edges = [
        ("GUARANTEES", table(guarantor, borrower, amount, "guarantees", data)),
        (
            "HOLDS_SHARE",
            table(
                held[1::2],
                held[::2],
                np.full(len(held) // 2, np.nan),
                "holdings",
                ['{"ratio": 0.6}'] * (len(held) // 2),
            ),
        ),
        ("CONTROLS", table(rep_source, chance.integers(0, companies, reps), unknown, "companies", ["{}"] * reps)),
    ]
    facts = pa.table(
        {
            "node": np.arange(companies, dtype=np.int32),
            "valid_from": np.full(companies, ALWAYS),
            "valid_to": np.full(companies, FOREVER),
            "known_at": np.full(companies, ALWAYS),
            "revision": np.ones(companies, dtype=np.int64),
            "status_from": np.full(companies, ALWAYS),
            "file": np.ones(companies, dtype=np.int32),
            "row": np.arange(2, companies + 2, dtype=np.int32),
            "uid": pa.array([f"companies:C{i}" for i in range(companies)], pa.large_string()),
            "data": pa.array(
                [
                    f'{{"name": "第{i}贸易有限公司", "industry": "批发", "net_assets": {owned:.0f}}}'
                    for i, owned in enumerate(chance.lognormal(20, 1.5, companies).tolist())
                ],
                pa.large_string(),
            ),
        }
    )
    names = [f"company:C{i}" for i in range(companies)] + [f"applicant:P{i}" for i in range(reps)]
    write_snapshot(
        folder,
        revision=1,
        data_date=parse_moment("2026-06-30"),
        files={1: "guarantees.csv"},
        names=pa.array(names, pa.large_string()),
        masks=pa.table({"token": pa.array([], pa.string()), "mask": pa.array([], pa.string())}),
        edges=edges,
        facts=[("companies", facts)],
        types={
            "GUARANTEES": {"joint_group_id": "text"},
            "HOLDS_SHARE": {"ratio": "number"},
            "companies": {"name": "text", "industry": "text", "net_assets": "number"},
        },
    )


def main() -> None:
    """Build the net, run the stages, print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=300_000)
    parser.add_argument("--contracts", type=int, default=860_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    params = GUARANTEE.defaults()
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "snapshot", given.companies, given.contracts, given.seed)
        seconds: dict[str, list[float]] = {stage: [] for stage in ("population", "detect", "finalise", "figures")}
        findings = []
        for _ in range(given.repeat):
            snapshot = open_snapshot(Path(folder) / "snapshot", parse_moment("2026-06-30"))
            marks = [time.process_time()]
            known = GUARANTEE.population(snapshot, params)
            marks.append(time.process_time())
            candidates = list(GUARANTEE.detect(snapshot, known, params))
            marks.append(time.process_time())
            findings = finalise([(GUARANTEE, candidates)], shipped(), snapshot.as_of, snapshot.revision)
            marks.append(time.process_time())
            circles = [finding for finding in findings if finding.kind == "guarantee_circle"]
            measured(snapshot, params, known, circles)
            marks.append(time.process_time())
            for stage, one, other in zip(seconds, marks, marks[1:], strict=False):
                seconds[stage].append(other - one)
    for stage, taken in seconds.items():
        print(f"{stage:12s} {statistics.median(taken):6.2f} CPU-s (median of {len(taken)}, first {taken[0]:.2f})")
    print(f"{'together':12s} {sum(map(statistics.median, seconds.values())):6.2f} CPU-s")
    for (kind, view), number in sorted(Counter((f.kind, f.view) for f in findings).items()):
        print(f"{number:8,d} {kind} {view}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
