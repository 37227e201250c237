"""A load with personal data beside what SQLite itself takes for the same rows, and a day's delta beside that load.

    python tests/bench/bench_load.py [--applicants 50000] [--seed 1]

Makes a book with ``ringfence sample``, in which every identifier of a person is personal, loads it, and then loads a
random hundredth of its rows: one half of these changed, the other half new. Every stage is a process of its own, so
its CPU-seconds (user + system) and its peak memory are its own. The delta's ratios are to the load of the whole book.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _bare import bare_further_seconds, bare_seconds
from _measured import measured

SHARE = 0.01
LOAD_TARGET = 2.5
DELTA_TARGET = 0.03

CHANGES = {
    "applicants": ("applicant_id", "region", "北京市"),
    "applications": ("apply_no", "status", "已放款"),
    "loans": ("loan_id", "balance", "1.00"),
    "accounts": ("account_no", "bank", "建设银行"),
    "devices": ("device_id", "device_type", "HUAWEI Mate 60"),
    "contacts": ("contact_mobile", "relation", "朋友"),
    "orders": ("order_no", "amount", "99.00"),
    "transfers": ("transfer_id", "amount", "99.00"),
    "repayments": ("amount", "amount", "99.00"),
    "loan_history": ("date", "balance", "99.00"),
    "sign_ins": ("time", "time", "2026-06-30 12:00:00"),
}
"""By table a column that makes another row of a row, and one that changes, with its value."""


def main() -> None:
    """Make book and delta, load both, print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=50_000, help="how many the book has")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "graph.db"
        settings = {"RINGFENCE_KEY_FILE": str(folder / "keys.json"), "RINGFENCE_STORE": f"sqlite:///{store}"}
        ringfence = str(Path(sys.executable).with_name("ringfence"))
        size = ["--applicants", str(given.applicants), "--seed", str(given.seed)]
        measured(ringfence, "sample", str(folder / "book"), *size)
        rows = write_delta(folder / "book", folder / "delta", given.seed)

        _, cpu, peak = measured(ringfence, "load", str(folder / "book"), **settings)
        bare = bare_seconds(store, folder / "bare.db")
        before = shutil.copy(store, folder / "before.db")
        _, delta_cpu, delta_peak = measured(ringfence, "load", str(folder / "delta"), **settings)
        bare_delta = bare_further_seconds(store, before)

        print(f"{given.applicants:,} applicants, seed {given.seed}")
        print(f"{'stage':<40}{'CPU-s':>8}{'peak GiB':>10}{'ratio':>8}{'target':>8}")
        print(f"{'bare executemany of the same rows':<40}{bare:>8.1f}")
        print(f"{'load':<40}{cpu:>8.1f}{peak:>10.2f}{cpu / bare:>8.2f}{LOAD_TARGET:>8}")
        print(f"{'bare executemany of what the delta adds':<40}{bare_delta:>8.1f}{'':>10}{bare_delta / cpu:>8.3f}")
        stage = f"load of a delta of {rows:,} rows"
        print(f"{stage:<40}{delta_cpu:>8.1f}{delta_peak:>10.2f}{delta_cpu / cpu:>8.3f}{DELTA_TARGET:>8}")


def write_delta(book: Path, delta: Path, seed: int) -> int:
    """Write a random share of a book's rows, changed and new by turns, and return how many they are."""
    delta.mkdir()
    chance, count = random.Random(seed), 0
    for table, (key, changing, value) in CHANGES.items():
        with (book / f"{table}.csv").open(newline="") as read, (delta / f"{table}.csv").open("w", newline="") as write:
            reader = csv.DictReader(read)
            writer = csv.DictWriter(write, reader.fieldnames or [])
            writer.writeheader()
            for row in reader:
                if chance.random() < SHARE:
                    writer.writerow(_another(row, key, chance) if count % 2 else {**row, changing: value})
                    count += 1
    return count


def _another(row: dict[str, str], key: str, chance: random.Random) -> dict[str, str]:
    """The row under another key, of the same shape."""
    if key in ("date", "time"):
        return {**row, key: "2026-06-30"}
    return {**row, key: row[key][:-4] + f"{chance.randrange(10_000):04}"}


if __name__ == "__main__":
    main()
