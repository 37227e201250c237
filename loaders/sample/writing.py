"""Writing a book: its tables as CSV, and ``truth.json`` beside them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from .people import FIRST_DAY, LAST_DAY
from .tables import Keys
from .truth import FORMAT, Truth

AS_OF = str(LAST_DAY + 1)
"""The day after the last event."""


def write_table(folder: Path, name: str, columns: dict[str, pa.Array]) -> int:
    """Write one table; how many rows it has."""
    table = pa.table(columns)
    csv.write_csv(table, folder / f"{name}.csv", csv.WriteOptions(quoting_style="needed"))
    return table.num_rows


def write_truth(
    folder: Path, truth: Truth, keys: Keys, setting: str, seed: int, applicants: int, random: np.random.Generator
) -> None:
    """Write what was put into the book, schemes and innocent groups in random order, members sorted by name."""
    planted = [truth.planted[at] for at in random.permutation(len(truth.planted))]
    innocent = [truth.innocent[at] for at in random.permutation(len(truth.innocent))]
    told = {
        "format": FORMAT,
        "setting": setting,
        "seed": seed,
        "applicants": applicants,
        "as_of": AS_OF,
        "planted": [
            {
                "id": f"T{number:04d}",
                "kind": scheme.kind,
                "shape": scheme.shape,
                "difficulty": scheme.difficulty,
                "members": sorted(
                    ({"node": f"{kind}:{keys.of(kind, at)}", "role": role} for kind, at, role in scheme.members),
                    key=lambda member: member["node"],
                ),
                "amount": round(scheme.amount, 2),
                "first": _moment(scheme.first),
                "last": _moment(scheme.last),
            }
            for number, scheme in enumerate(planted, 1)
        ],
        "innocent": [
            {
                "id": f"I{number:04d}",
                "twin": twin,
                "members": sorted(f"{kind}:{keys.of(kind, at)}" for kind, at in members),
            }
            for number, (twin, members) in enumerate(innocent, 1)
        ],
    }
    (folder / "truth.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _moment(second: int | None) -> str | None:
    start = datetime.fromisoformat(str(FIRST_DAY))
    return None if second is None else f"{(start + timedelta(seconds=int(second))).isoformat()}+08:00"
