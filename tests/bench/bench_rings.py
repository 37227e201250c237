"""Fraud rings at size: make, load and search a synthetic book of 200,000 applicants, with CPU time and memory.

    python tests/bench/bench_rings.py [--applicants 200000] [--seed 1]

Every stage is a process of its own, so its CPU-seconds (user + system) and peak memory are its own; what the detector
alone took is what ``ringfence detect`` prints.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _measured import measured
from bench_book import SNAPSHOT


def main() -> None:
    """Make the book, run the stages, print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/graph.db"
        keys = {"RINGFENCE_KEY_FILE": str(folder / "keys.json"), "RINGFENCE_STORE": url}
        ringfence = str(Path(sys.executable).with_name("ringfence"))
        size = ["--applicants", str(given.applicants), "--seed", str(given.seed)]
        stages = {
            "sample": (ringfence, "sample", str(folder / "book"), *size),
            "load": (ringfence, "load", str(folder / "book")),
            "snapshot": (sys.executable, "-c", SNAPSHOT, url),
            "detect": (ringfence, "detect", "fraud-ring"),
        }
        print(f"{given.applicants:,} applicants, seed {given.seed}")
        print("stage        CPU-s   peak GiB")
        for stage, command in stages.items():
            printed, cpu, peak = measured(*command, **keys)
            print(f"{stage:<10}{cpu:>8.1f}{peak:>10.2f}")
        print(printed)


if __name__ == "__main__":
    main()
