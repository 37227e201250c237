"""Which column of a sheet is which column of one table: one to one, by what headers say and values look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..schema.columns import Column
from ..schema.tables import TABLES
from . import words
from .fields import GUESS, LIKELY, SURE, Field, Pick, least
from .fitting import AGAINST, AGREES, SILENT, SPEAKS, fits

_SAID = {
    words.CANONICAL: "the header is its name",
    words.WORD: "the header says so",
    words.VAGUE: "the header may mean it in such a table",
    words.NAMED: "the header names the party, and no column has its number",
    words.INSTEAD: "no column has the person's number, so that of the application stands for it",
    words.PART: "a part of the header says so",
    words.NOTHING: "only the values look like it",
}
_SEEN = {
    AGREES: "the values look like it",
    SPEAKS: "the values fit",
    SILENT: "the values say nothing",
    AGAINST: "the values speak against it",
}
_UNMISTAKABLE = ("phone", "id_document", "ip", "wifi", "email", "address")
"""Kinds whose values alone may give a guess."""


@dataclass(frozen=True)
class Match:
    """A column of a sheet beside a canonical one: how well the header means it, how the values stand to it."""

    field: Field
    column: Column
    strength: int
    fit: int

    @property
    def weight(self) -> float:
        """What the assignment adds up."""
        return 10 * self.strength + (4 * self.fit if self.fit >= 0 else -12) + 5 - self.field.place / 1_000


def matched(fields: Sequence[Field], table: str) -> list[Match]:
    """The columns of a sheet beside those of a table, as many as possible and each at most once."""
    targets = list(TABLES[table].all_columns.values())
    grid = [[_match(field, column, table) for column in targets] for field in fields]
    weights = np.array([[max(match.weight, 0) if match else 0 for match in row] for row in grid]).reshape(
        len(fields), -1
    )
    # doubled: one good match outweighs two poor ones
    rows, columns = linear_sum_assignment(weights**2, maximize=True)
    pairs = [grid[row][column] for row, column in zip(rows, columns, strict=True) if weights[row, column] > 0]
    found = [pair for pair in pairs if pair]
    return [*found, *_only_ones(fields, table, found)]


def _only_ones(fields: Sequence[Field], table: str, found: Sequence[Match]) -> list[Match]:
    """The one column left that a noun of its header makes an account, say, where the table has one account."""
    taken = {match.field.place for match in found if match.strength}
    filled = {match.column.name for match in found if match.strength}
    more = []
    for what in ("account", "device", "phone", "address", "time", "number"):
        targets = [column for column in TABLES[table].columns if what in (column.type, column.kind)]
        left = [
            field for field in fields if field.place not in taken and field.means and words.head(field.means) == what
        ]
        if len(targets) == len(left) == 1 and targets[0].name not in filled:
            fit = fits(targets[0], left[0].look)
            more += [Match(left[0], targets[0], words.PART, fit)] if fit > SILENT else []
    return more


def _match(field: Field, column: Column, table: str) -> Match | None:
    strength = words.strength(field.means, table, column.name) if field.means else words.NOTHING
    fit = fits(column, field.look)
    if strength == words.NOTHING and not _by_look(field, column, fit):
        return None
    if fit == AGAINST and (strength < words.WORD or field.look.mostly("clock")):
        return None
    return Match(field, column, strength, fit)


def _by_look(field: Field, column: Column, fit: int) -> bool:
    unknown = field.word not in words.never() and field.word not in words.known() and not words.turned(field.means)
    return fit == AGREES and column.kind in _UNMISTAKABLE and unknown and not column.required


def pick(match: Match, fields: Sequence[Field], table: str, level: str) -> Pick:
    """A match as a rule of a mapping, with how sure it is.

    Parameters
    ----------
    level : how sure it is that the sheet is the table
    """
    alone = least(_level(match), level)
    reason = _SAID[match.strength]
    if match.field.look.count or match.fit == AGAINST:
        reason += f", {_SEEN[match.fit]}"
    elif not match.field.look.count:
        reason += ", there are no values"
    found = Pick(match.column.name, (match.field,), alone, reason, options=_options(match))
    if _rivals(match, fields, table):
        return found.at_most(LIKELY, "another column could be it as well")
    if _divided(match, table):
        return found.at_most(LIKELY, "the header has two meanings in such a table")
    return found


def _level(match: Match) -> str:
    if match.fit == AGAINST or match.strength == words.NOTHING:
        return GUESS
    if match.strength < words.WORD:
        return LIKELY
    return SURE


def _rivals(match: Match, fields: Sequence[Field], table: str) -> bool:
    others = (_match(field, match.column, table) for field in fields if field.place != match.field.place)
    return any(other and other.strength >= min(match.strength, words.WORD) and other.fit != AGAINST for other in others)


def _divided(match: Match, table: str) -> bool:
    """Whether the header is as good a word for another column of the table."""
    if match.strength == words.CANONICAL:
        return False
    means = [words.strength(match.field.means, table, name) for name in TABLES[table].all_columns]
    return sum(strength >= match.strength for strength in means) > 1


def _options(match: Match) -> tuple[tuple[str, object], ...]:
    field, column = match.field, match.column
    if column.type == "time" and field.look.mostly("seconds") and not field.look.mostly("time"):
        return (("unit", "seconds"),)
    if column.type not in ("number", "integer") or column.name.startswith("gps_"):
        return ()
    if column.name == "ratio":
        percent = field.scale == 0.01 or field.look.high > 1 or field.look.shares["percent_sign"] > 0
        return (("scale", 0.01),) if percent else ()
    return (("scale", field.scale),) if field.scale and field.scale != 1 else ()
