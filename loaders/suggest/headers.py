"""The row of a sheet that names its columns: not always the first, and not always there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..sources.header import SEARCHED
from .folding import fold, shown
from .looks import SURNAMES, Look, look
from .words import known

_LONGEST = 40
_VALUE = re.compile(r"^[+-]?[\d.,:%/\s\\*-]*\d[\d.,:%/\s\\*-]*$|\d{6,}|@")
"""Numbers, times and numbers of people or things: cells that are no name of a column."""
_PERSON = re.compile(rf"^[{SURNAMES}][\u4e00-\u9fff]{{1,2}}$")
"""Names that begin with a common surname."""
_UNIT_LINE = re.compile(r"(?:单位|unit)\s*[::]?\s*(?:人民币)?\s*(百万元|万元|千元|亿元)")


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the header among the rows, from 0; None where there is none.

    >>> header_row([["对外担保台账", ""], ["担保人", "担保金额"], ["甲公司", "100"]])
    1
    >>> header_row([["甲公司", "100"], ["乙公司", "200"]]) is None
    True
    """
    width = _width(rows)
    found = [
        place
        for place, row in enumerate(rows[:SEARCHED])
        if _may_name(row, width) and not _names_persons(row, rows[place + 1 :])
    ]
    sure = [place for place in found if any(fold(cell) in known() for cell in rows[place] if cell)]
    if sure:
        return sure[0]
    return found[0] if found and _differs(rows[found[0]], rows[found[0] + 1 :]) else None


def unit_above(rows: Sequence[Sequence[str]]) -> str | None:
    """The unit of amounts that a row above the header states, such as 万元."""
    stated = (_UNIT_LINE.search(shown(cell)) for row in rows for cell in row)
    return next((found[1] for found in stated if found), None)


def _width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells a row fills, as most rows do that fill most."""
    filled = sorted(sum(1 for cell in row if cell.strip()) for row in rows[: 5 * SEARCHED])
    return filled[int(len(filled) * 0.75)] if filled else 0


def _may_name(row: Sequence[str], width: int) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells or len(cells) < 0.6 * width:
        return False
    short = all(len(cell) <= _LONGEST and not _VALUE.search(cell) for cell in cells)
    return short and len(set(cells)) >= 0.7 * len(cells)


def _names_persons(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row with few words that are known has a person's name where the rows below have them: it is no header,
    and must not be shown."""
    unknown = [place for place, cell in enumerate(row) if cell.strip() and fold(cell) not in known()]
    if len(unknown) <= sum(1 for cell in row if cell.strip()) / 2:
        return False
    return any(_PERSON.match(row[place].strip()) and _mostly_persons(below, place) for place in unknown)


def _mostly_persons(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
    return sum(bool(_PERSON.match(cell)) for cell in cells) >= 0.5 * len(cells)


def _differs(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the cells of a row look different from those below: none is a person's name, say, among such names."""
    above = [look([cell]) for cell in row]
    under = [look([cells[place] if place < len(cells) else "" for cells in below]) for place in range(len(row))]
    return not any(_alike(one, other) for one, other in zip(above, under, strict=True))


def _alike(cell: Look, column: Look) -> bool:
    names = ("person", "company", "address", "email", "ip", "mac")
    return any(cell.mostly(name) and column.mostly(name, share=0.6) for name in names)
