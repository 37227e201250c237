"""Why a row or a cell could not be used, and how its value is shown without showing personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from ..graph.store import REJECT_COLUMNS
from .vectors import text

REASONS = {
    "malformed_row": "the record has too many or too few fields, or a quotation mark that is never closed",
    "missing_required": "a required value is blank",
    "unreadable_time": "the text is no time that can be read",
    "unreadable_number": "the text is no number, or no whole one where one is needed",
    "unknown_word": "the word is none of those the column knows",
    "future_time": "the event lies after the moment of loading",
    "scientific_notation": "a spreadsheet rounded this number (1.1E+17): which one it was cannot be known",
    "formula_error": "a spreadsheet's formula failed (#N/A, #REF!) or was never computed",
    "out_of_range": "the number lies outside what is possible, as a latitude of 123",
    "unknown_applicant": "names an applicant that neither this load nor the store declares",
    "unknown_company": "names a company that neither this load nor the store declares",
    "unknown_merchant": "names a merchant that neither this load nor the store declares",
    "unknown_application": "names an application that neither this load nor the store declares",
    "unknown_loan": "names a loan that neither this load nor the store declares",
    "unknown_party": "names a party that no table of this load or the store declares",
    "ambiguous_party": "several tables declare this id: a *_kind column has to say which is meant",
}
"""Every reason a reject may have, with what it means."""

_SHOWN = 100
_DIGITS = re.compile(r"\d{7,}")


def shown(value: str) -> str:
    """A bad value of a column that is not personal, made fit to be kept: columns shift, and then a phone stands here.

    >>> shown("13812345678 call me"), shown("12x")
    ('****5678 call me', '12x')
    """
    return _DIGITS.sub(lambda run: "****" + run[0][-4:], value)[:_SHOWN]


@dataclass
class Issues:
    """Bad cells of some rows, in parallel lists of arrays; ``position`` counts those rows from 0."""

    position: list[np.ndarray] = field(default_factory=list)
    column: list[pa.Array] = field(default_factory=list)
    reason: list[pa.Array] = field(default_factory=list)
    value: list[pa.Array] = field(default_factory=list)

    def add(self, rows: np.ndarray, column: str, reason: str | pa.Array, value: pa.Array) -> None:
        """Note the bad cells of ``column`` in ``rows`` (positions), with their values as they may be kept."""
        if len(rows):
            self.position.append(np.asarray(rows, dtype=np.int64))
            self.column.append(text([column] * len(rows)))
            self.reason.append(text([reason] * len(rows)) if isinstance(reason, str) else reason)
            self.value.append(value)

    def frame(self) -> pd.DataFrame:
        """All of them; columns position, column, reason, value."""
        columns = {"column": self.column, "reason": self.reason, "value": self.value}
        cells = {name: [value for part in parts for value in part.to_pylist()] for name, parts in columns.items()}
        frame = pd.DataFrame(cells, dtype=object)
        frame.insert(0, "position", np.concatenate([np.array([], dtype=np.int64), *self.position]))
        return frame


def reject_frame(
    table: str, files: Sequence[str] | np.ndarray, rows: np.ndarray, issues: pd.DataFrame, level: str
) -> pd.DataFrame:
    """Issues as the store keeps them, given the file and row of each; columns ``REJECT_COLUMNS``."""
    frame = pd.DataFrame(
        {
            "table": table,
            "file": np.asarray(files, dtype=object),
            "row": np.asarray(rows, dtype=np.int64),
            "column": issues["column"].to_numpy(),
            "reason": issues["reason"].to_numpy(),
            "level": level,
            "value": issues["value"].to_numpy(),
        }
    )
    return frame.reindex(columns=list(REJECT_COLUMNS))
