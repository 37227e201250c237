"""A book of the second generator, written into a folder; its mechanisms are described in ``second``.

python tests/bench/second_book.py FOLDER [--applicants 20000] [--seed 1] [--rings 1.2] [--brokers 0.5] [--schemes 1]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from second import write_book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rings", type=float, default=1.2, help="rings for each thousand applicants")
    parser.add_argument("--brokers", type=float, default=0.5, help="intermediaries for each thousand applicants")
    parser.add_argument("--schemes", type=float, default=1.0, help="share of the other frauds' usual number")
    given = parser.parse_args()
    book = write_book(**vars(given))
    for table, rows in book.rows.items():
        print(f"{table:14} {len(rows):>9,}")
    planted = Counter((one.kind, one.difficulty) for one in (*book.planted, *book.schemes))
    for (kind, difficulty), groups in sorted(planted.items()):
        print(f"planted  {kind:24} {difficulty:12} {groups:>6,}")
    for twin, groups in sorted(Counter(twin for twin, _ in book.innocents).items()):
        print(f"innocent {twin:24} {groups:>6,}")


if __name__ == "__main__":
    main()
