"""The columns of a sheet as they are matched, and what a column was matched to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..cleaning.values import visible
from ..vectors import text, trimmed
from . import headers
from .folding import fold, shown, unit
from .looks import Look, look
from .sampling import ROWS, Sheet

SURE, LIKELY, GUESS = "sure", "likely", "guess"
"""How sure a match is; a guess is written as a comment, so that no load uses it."""
LEVELS = (GUESS, LIKELY, SURE)


def least(*levels: str) -> str:
    """The least sure of some levels."""
    return min(levels, key=LEVELS.index)


@dataclass(frozen=True)
class Field:
    """A column of a sheet.

    Attributes
    ----------
    place : its number, from 1
    header : as the file spells it; blank where the sheet has no header
    means : the header with what stands around it, where another column bears the same name
    twice : another column bears the same name
    look : what its values look like
    scale : what its values are to be multiplied with, by the unit that is stated; None where none is
    values : some of its different values, to compare ids; never shown
    """

    place: int
    header: str
    means: str
    twice: bool
    look: Look
    scale: float | None = None
    values: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def said(self) -> str:
        """What it is called in comments."""
        return f"column {self.place}" if not self.header else shown(self.header)

    @property
    def word(self) -> str:
        """Its header, folded."""
        return fold(self.means)


@dataclass(frozen=True)
class Columns:
    """The columns of a sheet.

    Attributes
    ----------
    skip : rows above the header
    named : the sheet has a header
    """

    sheet: Sheet
    skip: int
    named: bool
    fields: tuple[Field, ...]


def columns(sheet: Sheet) -> Columns:
    """Find the header of a sheet, and look at the values of each column."""
    place = 0 if sheet.headed else headers.header_row(sheet.rows)
    above = sheet.rows[place - 1] if place else []
    below = sheet.rows[0 if place is None else place + 1 :][:ROWS]
    names = _names(sheet.rows, place)
    count = Counter(name.casefold() for name in names)
    stated = unit(f"({headers.unit_above(sheet.rows[: place or 0])})")
    found = []
    for number, name in enumerate(names):
        cells = [row[number] if number < len(row) else "" for row in below]
        if name or any(cell.strip() for cell in cells):
            twice = count[name.casefold()] > 1
            means = _within(number, names, above) if twice and name else name
            found.append(_field(number, name, means, twice, cells, stated))
    return Columns(sheet, place or 0, place is not None, tuple(found))


def _names(rows: Sequence[Sequence[str]], place: int | None) -> list[str]:
    if place is None:
        return [""] * max((len(row) for row in rows), default=0)
    return [" ".join((cell or "").split()) for cell in visible(text(rows[place])).to_pylist()]


def _within(number: int, names: Sequence[str], above: Sequence[str]) -> str:
    """A header that stands twice, with the heading above it, or with the side that the column before it speaks of."""
    heading = next((above[place] for place in range(min(number, len(above) - 1), -1, -1) if above[place].strip()), "")
    if sum(1 for cell in above if cell.strip()) > 1:
        return re.sub("(?:信息|情况|资料)$", "", heading.strip()) + names[number]
    before = names[number - 1] if number else ""
    side = next((side for side in _SIDES if shown(before).lower().startswith(side)), "")
    return f"{side} {names[number]}" if side.isascii() else side + names[number]


_SIDES = ("from", "to", "sender", "receiver", "payer", "payee", "付款", "收款", "转出", "转入", "对方")


def _field(number: int, name: str, means: str, twice: bool, cells: list[str], stated: float | None) -> Field:
    seen = look(cells)
    scale = unit(name)
    if scale is None and stated is not None and seen.mostly("number") and _amount(name):
        scale = stated
    held = frozenset(cell for cell in trimmed(text(cells)).to_pylist() if cell)
    return Field(number + 1, name, means, twice, seen, scale, held)


def _amount(name: str) -> bool:
    """Whether a unit stated above the header speaks of this column."""
    return any(part in name for part in ("金额", "余额", "额度", "资产", "负债", "本金", "额"))


@dataclass(frozen=True)
class Pick:
    """A canonical column and where its value comes from.

    Attributes
    ----------
    fields : one column, or several that are joined
    value : the same word in every row, instead of a column
    when : of another column, the word that a row must have there
    options : further keys of the rule, such as ``scale``
    """

    target: str
    fields: tuple[Field, ...]
    level: str
    reason: str
    value: str | None = None
    when: tuple[Field, str] | None = None
    options: tuple[tuple[str, object], ...] = ()

    def at_most(self, level: str, why: str = "") -> Pick:
        """The same, no surer than a level."""
        if least(self.level, level) == self.level:
            return self
        return replace(self, level=level, reason=f"{self.reason}; {why}" if why else self.reason)


@dataclass(frozen=True)
class Entry:
    """A table that a sheet fills.

    Attributes
    ----------
    where : only rows that have one of these words in this column
    """

    columns: Columns
    table: str
    level: str
    reason: str
    picks: tuple[Pick, ...]
    where: tuple[Field, tuple[str, ...]] | None = None

    def pick(self, target: str) -> Pick | None:
        """What a canonical column was matched to."""
        return next((pick for pick in self.picks if pick.target == target), None)

    @property
    def used(self) -> set[int]:
        """The places of the columns that it uses."""
        fields = {field.place for pick in self.picks for field in pick.fields}
        return (
            fields
            | {pick.when[0].place for pick in self.picks if pick.when}
            | ({self.where[0].place} if self.where else set())
        )
