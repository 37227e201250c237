"""What a load keeps but lets link no one, counted by column and flag."""

# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from ..cleaning.identifiers import masked
from ..vectors import present

SHARE = 0.1
"""The share of a column's values from which on it is said what to do about them."""

ADVICE = {
    "invalid": "if they are sound values of the lender's own, let the mapping say plain = true",
    "masked": "only whole values can link: ask for an extract without masks",
    "sentinel": "they stand on the stop-list; if they are sound values, let the mapping say plain = true",
    "landline": "many people share a landline: map the column that holds their mobiles, if there is one",
}
"""What can be done about many values of one flag."""


@dataclass
class Unlinked:
    """Values by table and column, and of these the ones that link no one, by flag."""

    stated: Counter[tuple[str, str]] = field(default_factory=Counter)
    flagged: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, table: str, column: str, raw: pa.Array, flags: pa.Array) -> None:
        """Count the values of a column: the text that stood there, and the flag that cleaning gave it."""
        self.stated[table, column] += int(present(raw).sum())
        counts = {} if flags.null_count == len(flags) else _counts(raw, flags)
        for flag, count in counts.items():
            self.flagged[table, column, flag] += count

    def notes(self) -> dict:
        """What a load's record keeps: ``unlinked`` as in ``rows``, and ``stated``, the values by table and column."""
        return {
            "unlinked": self.rows(),
            "stated": [[table, column, count] for (table, column), count in sorted(self.stated.items())],
        }

    def rows(self) -> list[dict]:
        """``[{"table", "column", "flag", "values", "of"}]``: how many of the values of a column link no one."""
        return [
            {"table": table, "column": column, "flag": flag, "values": count, "of": self.stated[table, column]}
            for (table, column, flag), count in sorted(self.flagged.items())
        ]


def _counts(raw: pa.Array, flags: pa.Array) -> dict[str, int]:
    """How many values link no one, by flag; masked ones, which are invalid, apart."""
    counts = {counted["values"]: counted["counts"] for counted in pc.value_counts(flags.drop_null()).to_pylist()}
    if "invalid" in counts:
        counts["masked"] = int(masked(raw.filter(pc.equal(flags, "invalid"))).sum())
        counts["invalid"] -= counts["masked"]
    return {flag: count for flag, count in counts.items() if flag in ADVICE and count}


def advice(rows: Sequence[dict]) -> list[str]:
    """A line for each flag of a column that more than ``SHARE`` of its values bear; landlines are to be expected where
    a column is not for mobiles."""
    return [
        f"{row['table']}.{row['column']}: {row['values']:,} of {row['of']:,} values are kept but link no one"
        f" ({row['flag']}): {ADVICE[row['flag']]}"
        for row in rows
        if row["values"] > SHARE * row["of"] and (row["flag"] != "landline" or "mobile" in row["column"])
    ]
