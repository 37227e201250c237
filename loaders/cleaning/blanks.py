"""What counts as blank: the marks by which databases, sheets and people write nothing."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import re
import tomllib
from collections.abc import Set
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..schema.columns import fold
from ..vectors import first_bytes, matches, where
from .values import half_width

_DASHES = r"[\-\x{2010}-\x{2015}\x{2212}\x{30fc}\x{2500}\x{2501}]+"
_LONGEST_DASHES = 40
_DASH_BYTES = np.frombuffer(b"-\xe2\xe3\xef", np.uint8)
"""With which of these bytes a dash of any kind begins."""


@cache
def marks() -> frozenset[str]:
    """The reviewed marks, folded."""
    listed = tomllib.loads(Path(__file__).with_name("blanks.toml").read_text("utf-8"))["marks"]
    return frozenset(map(fold, listed))


def stated(column: pa.Array, own: Set[str] = frozenset(), means: Set[str] = frozenset()) -> pa.Array:
    r"""A trimmed column without the cells that say nothing.

    Parameters
    ----------
    own : a lender's own marks, folded
    means : marks that this column means, folded: they are values here

    >>> from ringfence.loaders.vectors import text
    >>> stated(text(["\\N", "（null）", "——", "N/A", "7", "NAN JING"])).to_pylist()
    [None, None, None, None, '7', 'NAN JING']
    """
    looked_at = np.flatnonzero(_may_be_blank(column, max(map(len, marks() | own))))
    if not len(looked_at):
        return column
    blank = np.zeros(len(column), dtype=bool)
    blank[looked_at] = matches(half_width(column.take(pa.array(looked_at))), _pattern(frozenset(own), frozenset(means)))
    return where(~blank, column)


def _may_be_blank(column: pa.Array, longest: int) -> np.ndarray:
    """bool by row: could it be a mark of so many characters at most, or dashes? A quick look that saves most cells the
    slower one."""
    lengths = pc.utf8_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    dashes = np.isin(first_bytes(column), _DASH_BYTES) & (lengths <= _LONGEST_DASHES)
    return (lengths > 0) & ((lengths <= longest) | dashes)


@cache
def _pattern(own: frozenset[str], means: frozenset[str]) -> str:
    words = sorted((marks() | own) - means)
    dashes = [] if any(re.fullmatch(r"[-\u2010-\u2015\u2212]+", word) for word in means) else [_DASHES]
    return rf"(?i)^\s*(?:{'|'.join([*map(re.escape, words), *dashes])})\s*$"
