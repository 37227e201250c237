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
from ..vectors import matches, where
from .values import half_width

_DASHES = r"[\-\x{2010}-\x{2015}\x{2212}\x{30fc}\x{2500}\x{2501}]+"
_LONGEST = 40
"""No mark is longer than so many characters; longer cells need no look."""


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
    short = pc.less_equal(pc.utf8_length(column), _LONGEST).fill_null(False).to_numpy(zero_copy_only=False)
    if not short.any():
        return column
    return where(~_blank(where(short, column), frozenset(own), frozenset(means)), column)


def _blank(column: pa.Array, own: frozenset[str], means: frozenset[str]) -> np.ndarray:
    return matches(half_width(column), _pattern(own, means))


@cache
def _pattern(own: frozenset[str], means: frozenset[str]) -> str:
    words = sorted((marks() | own) - means)
    dashes = [] if any(re.fullmatch(r"[-\u2010-\u2015\u2212]+", word) for word in means) else [_DASHES]
    return rf"(?i)^\s*(?:{'|'.join([*map(re.escape, words), *dashes])})\s*$"
