"""How good findings are: recall and precision over books whose truth is known, beside two public baselines.

    python tests/bench/bench_quality.py [--applicants 20000] [--seeds 601-610] [--settings default second] [--jobs 2]

Every book is made, loaded into a store of its own and searched as a user would. The setting ``second`` is the
second generator's, the others are the first's. Figures are pooled over the seeds of a setting; intervals are 95 %,
bootstrapped by planted group; differences are to each baseline on the same books. Then comes the gap between the two
generators. ``--save`` writes what became of every planted group and finding, case by case; ``--against`` says in which
cases an earlier such file differs.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from _baselines import all_identifiers, three_identifiers
from ringfence.detectors.run import run
from ringfence.graph.snapshot import Snapshot
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sources import open_source
from second import write_book
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

RINGS, BROKERS, FLOWS, VELOCITY = "fraud_ring", "intermediary", "fund_flow", "velocity"
CLUSTERS, CASHOUT = "risky_cluster", "cashout_merchant"
KINDS = {
    "rings": (RINGS,),
    "intermediaries": (BROKERS,),
    "both": (RINGS, BROKERS),
    "flows": (FLOWS,),
    "cash-out": (CASHOUT,),
    "risky clusters": (CLUSTERS,),
    "velocity": (VELOCITY,),
}
"""What is judged: findings of these kinds, taken as one."""
BASELINES = {"three identifiers": three_identifiers, "all identifiers": all_identifiers}
SECOND = "second"
"""The setting of the second generator."""
REPLAYED = "default"
"""The setting whose books are also searched month by month, as they were known then."""
DETECTORS = ("fraud-ring", "intermediary", "fund-flow", "cashout-merchant", "risky-cluster", "velocity")


class Book(NamedTuple):
    """Which book to make."""

    setting: str
    applicants: int
    seed: int


class Result(NamedTuple):
    """What became of a book: by what is judged or by baseline how its findings are, and how soon rings were caught."""

    book: Book
    judged: dict[str, Judgement]
    delays: dict[str, Delay]


def searched(book: Book) -> Result:
    """Make a book, load it, search it by each method, and judge what is found."""
    with tempfile.TemporaryDirectory() as name, redirect_stderr(StringIO()):
        folder = Path(name)
        os.environ["RINGFENCE_KEY_FILE"] = str(folder / "keys.json")
        if book.setting == SECOND:
            write_book(folder / "book", book.applicants, book.seed)
        else:
            write_sample(folder / "book", book.applicants, book.seed, book.setting)
        truth = json.loads((folder / "book" / "truth.json").read_text("utf-8"))
        store = open_store(f"sqlite:///{folder / 'graph.db'}")
        load(store, open_source(str(folder / "book"), None))
        date = store.data_date()
        assert date is not None
        snapshot = store.snapshot().at(date)
        store.close()
        found = _found(snapshot)
        judged = {name: judge(truth, found, *kinds) for name, kinds in KINDS.items()}
        judged |= {name: judge(truth, method(snapshot), RINGS) for name, method in BASELINES.items()}
        return Result(book, judged, _replayed(truth, snapshot) if book.setting == REPLAYED else {})


def _found(snapshot: Snapshot) -> list[dict]:
    return [finding.as_dict() for finding in run(snapshot, detectors=DETECTORS).findings]


def _replayed(truth: dict, snapshot: Snapshot) -> dict[str, Delay]:
    """The book as it was known at the end of each month of the last year."""
    ends = pd.date_range(end=pd.Timestamp(snapshot.as_of, unit="ms", tz="Asia/Shanghai"), periods=12, freq="MS")
    times = [int(end.timestamp() * 1000) for end in ends]
    borrowed = snapshot.edges("BORROWED")
    loans: dict[str, list[int]] = {}
    for name, at in zip(snapshot.names(borrowed.source), borrowed.valid_from.tolist(), strict=True):
        loans.setdefault(name, []).append(at)
    began = [group for group in truth["planted"] if parse_moment(group["first"]) >= times[0]]
    return delays({**truth, "planted": began}, [(time, _found(snapshot.at(time))) for time in times], loans, RINGS)


def report(setting: str, books: list[Result]) -> None:
    """Print what a setting's books come to."""
    for name in (*KINDS, *BASELINES):
        judgements = [book.judged[name] for book in books]
        print(f"\n== {setting}, {name}: {len(books)} books, {sum(len(j.planted) for j in judgements)} planted")
        for figure, value in figures(judgements).items():
            print(f"   {figure:<24}{value}")
        print("   " + ", ".join(f"{total} {value:.4g}" for total, value in totals(judgements).items()))
        print(f"   wrong findings by what they are: {false_alarms(judgements)}")
        print(f"   of the first {TOP} of each book: {false_alarms(judgements, TOP)}")
        print(f"   by colour: {dict(Counter(f.colour for j in judgements for f in j.findings))}")
        if name in BASELINES:
            for figure, value in differences([book.judged["rings"] for book in books], judgements).items():
                print(f"   gain in {figure:<23}{value}")
    if found := [delay for book in books for delay in book.delays.values()]:
        days, loans = np.median([delay.days for delay in found]), np.median([delay.loans for delay in found])
        print(f"   of rings that began in the last year {len(found)} were caught at the end of a month: after a median")
        print(f"   of {days:.0f} days and {loans:.0f} loans of their members")
    print(f"(top: the first {TOP}, or as many as are planted; a day: {ALERTS_A_DAY} alerts)", flush=True)


def gap(results: dict[str, list[Result]]) -> None:
    """Print by how much figures on the first generator's books are above those on the second's."""
    if SECOND in results and REPLAYED in results:
        print(f"\n== the gap: {REPLAYED} less {SECOND}")
        for name in KINDS:
            first, second = (
                figures([book.judged[name] for book in results[setting]]) for setting in (REPLAYED, SECOND)
            )
            for figure in first:
                print(f"   {name:<16}{figure:<24}{first[figure].value - second[figure].value:+.3f}")


# -- case by case ---------------------------------------------------------------------------------------------------

COLUMNS = ("setting", "applicants", "seed", "kind", "case", "difficulty", "shape", "outcome")


def cases(results: dict[str, list[Result]]) -> Iterator[tuple[str, ...]]:
    """A row for each planted group, which is caught or missed, and for each finding that catches none."""
    for book, judged, _ in (result for books in results.values() for result in books):
        for name in ("rings", "intermediaries", "flows", "cash-out", "risky clusters", "velocity"):
            of = tuple(map(str, (*book[:3], name)))
            for group in judged[name].planted:
                yield (*of, group.id, group.difficulty, group.shape, "caught" if group.caught else "missed")
            wrong = Counter(f.is_really or "other" for f in judged[name].findings if f.catches < 0)
            for what, count in sorted(wrong.items()):
                yield (*of, f"{what} findings", "", "", str(count))


def save(rows: list[tuple[str, ...]], path: Path) -> None:
    """Write the rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


def compare(rows: list[tuple[str, ...]], path: Path) -> None:
    """Print in which cases of the same books a file differs."""
    with path.open(encoding="utf-8", newline="") as file:
        before = {tuple(row[:-1]): row[-1] for row in list(csv.reader(file))[1:]}
    books, kinds = {row[:3] for row in rows} & {key[:3] for key in before}, {key[3] for key in before}
    now = {row[:-1]: row[-1] for row in rows if row[3] in kinds}
    keys = sorted(key for key in now.keys() | before.keys() if key[:3] in books and now.get(key) != before.get(key))
    print(f"\n== {len(books)} books are in {path}, too; they differ in {len(keys)} cases")
    for key in keys:
        print(f"   {' '.join(filter(None, key))}: {before.get(key, 'none')} before, {now.get(key, 'none')} now")


def main() -> None:
    """Judge all books and report by setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--seeds", default="601-610", help="first-last")
    parser.add_argument("--settings", nargs="+", default=["default", SECOND, "dense", "sparse", "camouflaged", "none"])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--save", type=Path, help="write every case to this CSV file")
    parser.add_argument("--against", type=Path, help="an earlier such file")
    given = parser.parse_args()
    first, last = (int(part) for part in given.seeds.split("-"))
    print(f"books of {given.applicants:,} applicants, seeds {first} to {last}")
    results: dict[str, list[Result]] = {}
    with multiprocessing.get_context("spawn").Pool(given.jobs, maxtasksperchild=4) as pool:
        for setting in given.settings:
            books = [Book(setting, given.applicants, seed) for seed in range(first, last + 1)]
            results[setting] = pool.map(searched, books, chunksize=1)
            report(setting, results[setting])
    gap(results)
    rows = list(cases(results))
    if given.against:
        compare(rows, given.against)
    if given.save:
        save(rows, given.save)


if __name__ == "__main__":
    main()
