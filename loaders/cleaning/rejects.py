"""Why a row or a cell could not be used, and how its value is shown without showing personal data."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.keys import mask
from ...graph.store.records import REJECT_COLUMNS
from ..vectors import text

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
    "impossible_tie": "a person related to themselves, or what no such party can have, as an employer of a company",
    "ambiguous_party": "several tables declare this id: a *_kind column has to say which is meant",
}
"""Every reason a reject may have, with what it means."""

_SHOWN = 100
_DATE = r"\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[T ]\d{1,2}:\d{1,2}\S{0,12})?"
_NUMBER = r"[+-]?\d{1,6}(?:[.,]\d{1,6})?(?:E\+?\d+)?"
_HARMLESS = re.compile(f"{_DATE}|{_NUMBER}", re.IGNORECASE)
"""What was meant for a date, or for a number too short to be anybody's."""
_DIGITS = re.compile(r"\d(?:[\s\-:.()/]*\d){6,}")
_MIXED = re.compile(r"(?=\S*[A-Za-z])(?=\S*\d)[\w:.\-]{8,}")
_MAIL = re.compile(r"\S+@\S+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,}")


def shown(value: str) -> str:
    """A bad value made fit to be kept: columns shift, and then a phone or a name stands where none should.

    File and row say where the value itself is; what is kept of it is its shape.

    >>> shown("13812345678 call me"), shown("138 1234 5678"), shown("12x"), shown("2026-02-30")
    ('****5678 call me', '****5678', '12x', '2026-02-30')
    >>> shown("张小明"), shown("zhang@example.com"), shown("aa:bb:cc:11:22:33"), shown("1.10105E+17")
    ('张*', 'z***', '****2:33', '1.10105E+17')
    """
    kept = value.strip()
    if not _HARMLESS.fullmatch(kept):
        kept = _MAIL.sub(lambda run: run[0][:1] + "***", kept)
        kept = _DIGITS.sub(lambda run: "****" + run[0][-4:], kept)
        kept = _MIXED.sub(lambda run: "****" + run[0][-4:], kept)
        kept = _HAN.sub(lambda run: mask("name", run[0]), kept)
    return kept[:_SHOWN]


def shown_values(values: pa.Array, privacy: Mapping[str, str]) -> pa.Array:
    """``shown`` of each value of a column; as they are in a book without any personal value.

    Parameters
    ----------
    privacy : ``{kind: "personal" | "internal"}``
    """
    if "personal" not in privacy.values():
        return pc.utf8_slice_codeunits(values, 0, _SHOWN)
    return text([shown(value) for value in values.to_pylist()])


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
