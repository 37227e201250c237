"""How good fraud rings found are: recall and precision over books whose truth is known, beside two public baselines.

    python tests/bench/bench_quality.py [--applicants 20000] [--seeds 101-110] [--settings default none] [--jobs 2]

Every book is made, loaded into a store of its own and searched as a user would. Figures are pooled over the seeds of a
setting; intervals are 95 %, bootstrapped by ring; differences are to each baseline on the same books.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from _baselines import all_identifiers, three_identifiers
from ringfence.detectors.run import run
from ringfence.graph.snapshot import Snapshot
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sources import open_source
from support.quality import (
    ALERTS_A_DAY,
    TOP,
    Delay,
    Judgement,
    delays,
    differences,
    false_alarms,
    figures,
    judge,
    totals,
)

METHODS = ("fraud-ring", "three identifiers", "all identifiers")
REPLAYED = "default"
"""The setting whose books are also searched month by month, as they were known then."""


class Book(NamedTuple):
    """Which book to make."""

    setting: str
    applicants: int
    seed: int


class Result(NamedTuple):
    """What became of a book: by method how its findings are judged, and how soon rings were caught."""

    judged: dict[str, Judgement]
    delays: dict[str, Delay]


def searched(book: Book) -> Result:
    """Make a book, load it, look for rings by each method, and judge what is found."""
    with tempfile.TemporaryDirectory() as name, redirect_stderr(StringIO()):
        folder = Path(name)
        os.environ["RINGFENCE_KEY_FILE"] = str(folder / "keys.json")
        write_sample(folder / "book", book.applicants, book.seed, book.setting)
        truth = json.loads((folder / "book" / "truth.json").read_text("utf-8"))
        store = open_store(f"sqlite:///{folder / 'graph.db'}")
        load(store, open_source(str(folder / "book"), None))
        date = store.data_date()
        assert date is not None
        snapshot = store.snapshot().at(date)
        store.close()
        found = {
            "fraud-ring": _rings(snapshot),
            "three identifiers": three_identifiers(snapshot),
            "all identifiers": all_identifiers(snapshot),
        }
        judged = {method: judge(truth, findings, "fraud_ring") for method, findings in found.items()}
        return Result(judged, _replayed(truth, snapshot) if book.setting == REPLAYED else {})


def _rings(snapshot: Snapshot) -> list[dict]:
    return [finding.as_dict() for finding in run(snapshot, detectors=["fraud-ring"]).findings]


def _replayed(truth: dict, snapshot: Snapshot) -> dict[str, Delay]:
    """The book as it was known at the end of each month of the last year."""
    ends = pd.date_range(end=pd.Timestamp(snapshot.as_of, unit="ms", tz="Asia/Shanghai"), periods=12, freq="MS")
    times = [int(end.timestamp() * 1000) for end in ends]
    borrowed = snapshot.edges("BORROWED")
    loans: dict[str, list[int]] = {}
    for name, at in zip(snapshot.names(borrowed.source), borrowed.valid_from.tolist(), strict=True):
        loans.setdefault(name, []).append(at)
    began = [group for group in truth["planted"] if parse_moment(group["first"]) >= times[0]]
    return delays(
        {**truth, "planted": began}, [(time, _rings(snapshot.at(time))) for time in times], loans, "fraud_ring"
    )


def report(setting: str, books: list[Result]) -> None:
    """Print what a setting's books come to."""
    by_method = {method: [book.judged[method] for book in books] for method in METHODS}
    count = sum(len(judgement.planted) for judgement in by_method["fraud-ring"])
    print(f"\n== {setting}: {len(books)} books, {count} planted rings")
    for method, judgements in by_method.items():
        print(f"-- {method}")
        for name, figure in figures(judgements).items():
            print(f"   {name:<24}{figure}")
        print("   " + ", ".join(f"{name} {value:.4g}" for name, value in totals(judgements).items()))
        print(f"   wrong findings by what they are: {false_alarms(judgements)}")
        print(f"   of the first {TOP} of each book: {false_alarms(judgements, TOP)}")
        print(f"   by colour: {dict(Counter(f.colour for j in judgements for f in j.findings))}")
        if method != "fraud-ring":
            for name, figure in differences(by_method["fraud-ring"], judgements).items():
                print(f"   gain in {name:<23}{figure}")
    if found := [delay for book in books for delay in book.delays.values()]:
        days, loans = np.median([delay.days for delay in found]), np.median([delay.loans for delay in found])
        print(
            f"   of rings that began in the last year {len(found)} were caught at the end of a month: after a median of"
        )
        print(f"   {days:.0f} days and {loans:.0f} loans of their members")
    print(f"(top: the first {TOP}, or as many as are planted; a day: {ALERTS_A_DAY} alerts)", flush=True)


def main() -> None:
    """Judge all books and report by setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--seeds", default="101-110", help="first-last")
    parser.add_argument("--settings", nargs="+", default=["default", "dense", "sparse", "camouflaged", "none"])
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    first, last = (int(part) for part in given.seeds.split("-"))
    print(f"books of {given.applicants:,} applicants, seeds {first} to {last}")
    with multiprocessing.get_context("spawn").Pool(given.jobs, maxtasksperchild=4) as pool:
        for setting in given.settings:
            books = [Book(setting, given.applicants, seed) for seed in range(first, last + 1)]
            report(setting, pool.map(searched, books, chunksize=1))


if __name__ == "__main__":
    main()
