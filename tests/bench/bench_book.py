"""The whole line at size: load, snapshot and detect a book of two million relationships, with CPU time and memory.

    python tests/bench/bench_book.py [--relationships 2000000] [--seed 1]

Every stage is a process of its own, so its CPU-seconds (user + system) and peak memory are its own. The floor for the
load is what SQLite needs just to take the same rows: ``executemany`` of them into the same tables, indexes at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _bare import bare_seconds
from _book import write_book
from _measured import measured

TARGET = 20_000_000

SNAPSHOT = """
import sys
from ringfence.graph.store import open_store
print(open_store(sys.argv[1]).snapshot().edge_count)
"""


def main() -> None:
    """Make the book, run the stages, print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--relationships", type=int, default=2_000_000, help="about how many the book holds")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # apart, since a process counts what its parent took at most when it began as its own peak
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            apart.submit(write_book, folder / "book", given.relationships, given.seed).result()
        database, url = folder / "graph.db", f"sqlite:///{folder}/graph.db"
        keys = {"RINGFENCE_KEY_FILE": str(folder / "keys.json"), "RINGFENCE_STORE": url}
        ringfence = str(Path(sys.executable).with_name("ringfence"))

        _, load_cpu, load_peak = measured(ringfence, "load", str(folder / "book"), **keys)
        printed, snapshot_cpu, snapshot_peak = measured(sys.executable, "-c", SNAPSHOT, url, **keys)
        versions = int(printed)
        scale = TARGET / versions
        printed, detect_cpu, detect_peak = measured(ringfence, "detect", **keys)
        _, again_cpu, again_peak = measured(ringfence, "load", str(folder / "book"), **keys)
        bare = bare_seconds(database, folder / "bare.db")

        print(f"{versions:,} relationships, seed {given.seed}; {database.stat().st_size / 2**20:,.0f} MiB on disk")
        print("stage              CPU-s   peak GiB   at 20 million (CPU-s, linear)")
        for stage, cpu, peak in (
            ("load", load_cpu, load_peak),
            ("the same load again", again_cpu, again_peak),
            ("snapshot", snapshot_cpu, snapshot_peak),
            ("detect", detect_cpu, detect_peak),
        ):
            print(f"{stage:<20}{cpu:>6.1f}{peak:>10.2f}{cpu * scale:>12.0f}")
        print(f"bare executemany of the same rows: {bare:.1f} CPU-s; the load costs {load_cpu / bare:.2f} times that")
        print(printed)


if __name__ == "__main__":
    main()
