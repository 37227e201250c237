"""CPU time of contagion along guarantees, and of taking circles apart, on the planted net of the guarantee bench.

    python tests/bench/bench_contagion.py [--companies 300000] [--contracts 860000] [--seed 1] [--asked 1000]

Every company has net assets and a loan, drawn from the same seed. Prints the CPU seconds of the arrays, of so many
single-party cascades and clearings, and how much they reached; then a component of 10,000 parties that all hang
together, with what was cut short.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from bench_guarantees import build
from ringfence.detectors.guarantees.exposures import Exposures, exposures
from ringfence.graph.kernels.cascade import cascade
from ringfence.graph.kernels.clearing import clear, settled
from ringfence.graph.kernels.feedback_arcs import Arcs, feedback_arcs
from ringfence.graph.kernels.obligations import obligations
from ringfence.graph.snapshot import open_snapshot
from ringfence.graph.times import parse_moment


def endowed(held: Exposures, seed: int) -> Exposures:
    """The net with debts and net assets for everybody, of the size of its contracts."""
    chance, count = np.random.default_rng(seed), len(held.debt)
    debt, assets = chance.lognormal(15, 1.2, count), chance.lognormal(16, 1.5, count)
    return Exposures(held.net, held.currency, held.rows, held.amount, debt, assets, held.grade, held.gaps)


def cascades(held: Exposures, asked: np.ndarray) -> None:
    """Single-party cascades."""
    cascade(held.calls, held.capital, asked[:1])
    begun, reached = time.process_time(), []
    for one in asked:
        reached.append(len(cascade(held.calls, held.capital, np.array([one])).parties))
    _told(f"{len(asked):,} cascades", begun, reached)


def clearings(held: Exposures, asked: np.ndarray, priority: str) -> None:
    """Single-party clearings, each from the one before anybody defaults."""
    begun = time.process_time()
    before = held.before(priority)
    print(f"{'first clearing, ' + priority:32s} {time.process_time() - begun:7.2f} CPU-s, {before.work:,} contracts")
    begun, reached = time.process_time(), []
    for one in asked:
        resources = held.resources.copy()
        resources[one] = 0.0
        after = clear(held.owing, resources, priority, before, np.array([one]))
        settled(held.owing, after, after.reached)
        reached.append(len(after.reached))
    _told(f"{len(asked):,} clearings, {priority}", begun, reached)


def _told(what: str, begun: float, reached: list[int]) -> None:
    seconds = time.process_time() - begun
    print(f"{what:32s} {seconds:7.2f} CPU-s; parties reached: median {np.median(reached):,.0f}, most {max(reached):,}")


def tangled(count: int, seed: int, seconds: float) -> None:
    """A component of so many parties, each guaranteeing three others for more than it has."""
    chance = np.random.default_rng(seed)
    guarantor = np.repeat(np.arange(count), 3).astype(np.int32)
    borrower = chance.integers(0, count, 3 * count).astype(np.int32)
    apart = guarantor != borrower
    guarantor, borrower = guarantor[apart], borrower[apart]
    cap = chance.lognormal(15, 1.2, len(guarantor))
    begun = time.process_time()
    owing = obligations(chance.lognormal(15, 1, count), guarantor, borrower, cap)
    found = clear(owing, chance.lognormal(15, 1, count), "pari_passu")
    print(
        f"{count:,} tangled parties: cleared in {time.process_time() - begun:.2f} CPU-s, "
        f"{found.work:,} contracts looked at, still open {found.open:.2g}"
    )
    begun = time.process_time()
    keys = np.unique(guarantor.astype(np.int64) * count + borrower)
    source, target = (end.astype(np.int32) for end in np.divmod(keys, count))
    arcs = Arcs(source, target, np.arange(len(keys)), chance.lognormal(15, 1.2, len(keys)), count)
    cuts = list(feedback_arcs(arcs, seconds))
    weight, least = sum(cut.weight for cut in cuts), sum(cut.bound for cut in cuts)
    print(
        f"{count:,} tangled parties: cut in {time.process_time() - begun:.1f} CPU-s of {seconds:.0f} s, "
        f"{sum(len(cut.items) for cut in cuts):,} guarantees, unproven by {1 - least / weight:.1%} at most"
    )


def main() -> None:
    """Build the net, ask, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=300_000)
    parser.add_argument("--contracts", type=int, default=860_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asked", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "snapshot", given.companies, given.contracts, given.seed)
        snapshot = open_snapshot(Path(folder) / "snapshot", parse_moment("2026-06-30"))
        begun = time.process_time()
        held = endowed(exposures(snapshot), given.seed)
        print(f"{'arrays of the net':32s} {time.process_time() - begun:7.2f} CPU-s")
        asked = np.random.default_rng(given.seed).integers(0, len(held.debt), given.asked)
        cascades(held, asked)
        clearings(held, asked, "pari_passu")
        clearings(held, asked, "own_first")
    tangled(10_000, given.seed, 20.0)


if __name__ == "__main__":
    main()
