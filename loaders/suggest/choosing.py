"""Which table a sheet is, and which further tables a wide sheet fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..schema.tables import TABLES
from . import words
from .fields import GUESS, LIKELY, SURE, Columns, Entry, Field
from .fitting import AGAINST, AGREES
from .matching import Match, matched, pick

_WORTH = {
    words.CANONICAL: 2.0,
    words.WORD: 2.0,
    words.VAGUE: 0.6,
    words.NAMED: 0.8,
    words.PART: 0.5,
    words.INSTEAD: 0.0,
    words.NOTHING: 0.1,
}
_NAME = (0.0, 1.0, 3.0, 5.0)
"""What the name of a file is worth, by how well it means the table."""
WIDE = ("applications", "loans", "applicants", "companies", "merchants", "contacts")
"""Tables that a sheet of another table may fill besides."""
_MARGIN = 1.5


@dataclass(frozen=True)
class Candidate:
    """A table that a sheet may be.

    Attributes
    ----------
    name : how well the name of the file means it
    score : how much speaks for it
    lacking : required columns that nothing was matched to
    """

    table: str
    name: int
    matches: tuple[Match, ...]
    score: float
    lacking: tuple[str, ...]

    @property
    def telling(self) -> int:
        """Matches by headers that few tables know."""
        exact = (match for match in self.matches if match.strength >= words.WORD and match.fit != AGAINST)
        return sum(words.tables_of(match.field.word) <= 2 for match in exact)

    def strength(self, target: str) -> int:
        """How well a header means a column, less than ``PART`` where the values speak against it."""
        found = (match for match in self.matches if match.column.name == target)
        return max(
            (match.strength if match.fit != AGAINST else words.NOTHING for match in found), default=words.NOTHING
        )


def candidates(columns: Columns) -> list[Candidate]:
    """The tables that a sheet may be, the best first."""
    found = [candidate(columns, table) for table in TABLES]
    return sorted(found, key=lambda one: -one.score)


def candidate(columns: Columns, table: str) -> Candidate:
    """How much speaks for it that a sheet is a table."""
    matches = tuple(matched(columns.fields, table))
    name = max(words.file_strength(part, table) for part in columns.sheet.titles)
    matches = tuple(match for match in matches if match.strength or match.field.place not in _placed(matches))
    present = {match.column.name for match in matches if match.strength > words.NOTHING}
    lacking = tuple(column for column in TABLES[table].required if column not in present)
    score = _NAME[name] + sum(map(_worth, matches)) - sum(_cost(table, column) for column in lacking)
    return Candidate(table, name, matches, score, lacking)


def _placed(matches: Sequence[Match]) -> set[int]:
    return {match.field.place for match in matches if match.strength}


def _worth(match: Match) -> float:
    worth = _WORTH[match.strength] / max(words.tables_of(match.field.word), 1) ** 0.5
    if match.fit == AGAINST:
        return -worth
    return worth + (0.3 if match.fit == AGREES and match.strength else 0)


def _cost(table: str, column: str) -> float:
    """What a missing required column takes off; less where another file of the table may have it."""
    held = TABLES[table]
    return 2.0 if held.key and column != held.required[0] else 4.0


def level(best: Candidate, others: Sequence[Candidate]) -> tuple[str, str]:
    """How sure it is that a sheet is the table, and why."""
    named = any(other.name >= max(best.name, 1) and not other.lacking for other in others)
    margin = best.score - max((other.score for other in others if not _beside(best, other)), default=0)
    exact = all(best.strength(column) >= words.WORD for column in TABLES[best.table].required)
    said = "the name of the file says so" if best.name else "its headers say so"
    if not _proper(best):
        return (LIKELY if best.name or best.telling else GUESS), f"{said}, but nothing in it says who they are"
    if best.lacking:
        own = best.name == 3 and margin >= _MARGIN and best.strength(TABLES[best.table].required[0]) >= words.WORD
        found = SURE if own else LIKELY if best.name or best.telling else GUESS
        return found, f"{said}, but it lacks {', '.join(best.lacking)}"
    if margin >= _MARGIN and not named and (best.name == 3 or (exact and (best.name == 2 or best.telling >= 2))):
        return SURE, f"{said}, and it has what the table requires"
    if best.name or best.telling:
        near = "" if margin >= _MARGIN and not named else "; another table is nearly as like it"
        return LIKELY, f"{said}, and it has what the table requires{near}"
    return GUESS, "it has what the table requires, but neither its name nor its headers tell it from others"


_WHO = {"applicants": ("name", "cert_no"), "companies": ("name", "uscc")}
"""Columns of which a sheet of persons, or of companies, has one: without them it may be of the others."""


def _proper(candidate: Candidate) -> bool:
    who = _WHO.get(candidate.table)
    return who is None or any(candidate.strength(column) >= words.VAGUE for column in who)


def _beside(best: Candidate, other: Candidate) -> bool:
    """Whether two tables may fill from one sheet, so that one does not speak against the other."""
    own = {match.field.place for match in best.matches}
    more = [match for match in other.matches if match.strength >= words.WORD and match.field.place not in own]
    return other.table in WIDE and len(more) >= 2 and other.name < 3 and other.score < best.score


def entry(columns: Columns, candidate: Candidate, level: str, reason: str) -> Entry:
    """A candidate as an entry, its columns no surer than the table."""
    cap = level if level != GUESS else LIKELY
    picks = tuple(pick(match, columns.fields, candidate.table, cap) for match in candidate.matches)
    order = list(TABLES[candidate.table].all_columns)
    return Entry(columns, candidate.table, level, reason, tuple(sorted(picks, key=lambda one: order.index(one.target))))


def unplaced(columns: Columns, entries: Sequence[Entry]) -> list[Field]:
    """The columns that no entry uses."""
    used = set().union(*(entry.used for entry in entries)) if entries else set()
    return [field for field in columns.fields if field.place not in used]
