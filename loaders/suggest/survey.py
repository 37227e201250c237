"""A whole source: every sheet's tables, what they need of each other, and what could not be placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...graph.errors import UserError
from ..schema.tables import TABLES
from . import words
from .adding import completed
from .choosing import unplaced
from .fields import GUESS, Columns, Entry, Field, columns
from .parties import declaring, of_their_kind, with_kinds
from .sampling import sample
from .wide import chosen

_NOTHING = "nothing in it looks like a table that is known"
_PARTIES = ("applicants", "companies", "merchants")


@dataclass(frozen=True)
class Survey:
    """What a source was found to be.

    Attributes
    ----------
    entries : the tables that its sheets fill, sheet by sheet
    lacking : by place among the entries, the required columns that nothing in the source gives
    left : by sheet, the columns that no entry uses, each with why
    unread : files and sheets that no entry reads, each with why
    """

    source: str
    entries: list[Entry]
    lacking: dict[int, tuple[str, ...]]
    left: list[tuple[Columns, list[tuple[Field, str]]]]
    unread: list[tuple[str, str]]

    def active(self, place: int) -> bool:
        """Whether an entry is part of the mapping, and not only a comment in it."""
        return self.entries[place].level != GUESS and not self.lacking.get(place)


def survey(source: str) -> Survey:
    """Look at the first rows of everything in a source, and say which tables it fills.

    Raises
    ------
    UserError : there is no such source, nothing is in it, or its tables lie in several folders
    """
    sampled = sample(source)
    if not sampled.sheets and not sampled.unread:
        raise UserError(f"{sampled.name}: there is nothing in it; name a folder with tables")
    unread = list(sampled.unread)
    found: list[tuple[Columns, list[Entry]]] = []
    for sheet in sampled.sheets:
        seen = columns(sheet)
        if sheet.below and any(some for other, some in found if not other.sheet.below):
            unread.append((sheet.name, f"it lies in the folder {sheet.below}; map and load that folder by itself"))
        elif not sheet.matches:
            unread.append((sheet.name, "another sheet or file bears its name: rename one"))
        elif not seen.fields:
            unread.append((sheet.name, "it is empty"))
        else:
            found.append((seen, chosen(seen)))
    _check_one_folder(source, found)
    entries = _together([entry for _, some in found for entry in some])
    left = [(seen, _left(seen, entries)) for seen, _ in found if any(entry.columns is seen for entry in entries)]
    unread += [(seen.sheet.name, _NOTHING) for seen, some in found if not some]
    return Survey(sampled.name, entries, _lacking(entries), left, unread)


def _check_one_folder(source: str, found: Sequence[tuple[Columns, list[Entry]]]) -> None:
    holding = sorted({seen.sheet.below for seen, some in found if some and seen.sheet.below})
    if len(holding) > 1:
        raise UserError(f"{source}: tables lie in several of its folders ({', '.join(holding[:5])}); name one of them")


def _together(entries: Sequence[Entry]) -> list[Entry]:
    """The entries of all sheets, each as much as the others leave to it."""
    kept = [entry for entry in entries if _own(entry, entries)]
    whole = [more for entry in kept for more in completed(entry)]
    whole = of_their_kind([_unless_given(entry, whole) for entry in whole])
    whole += declaring(whole)
    order = {id(entry.columns): place for place, entry in reversed(list(enumerate(kept)))}
    return with_kinds(sorted(whole, key=lambda entry: order[id(entry.columns)]))


def _unless_given(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """The same, without what the rows that it completes have themselves."""
    table = TABLES[entry.table]
    completed = [
        other
        for other in entries
        if other.table == entry.table and other is not entry and not _targets(other) >= set(table.required)
    ]
    if not table.key or not completed or not _targets(entry) >= set(table.required):
        return entry
    given = set().union(*map(_targets, completed)) - {*table.required, "known_at"}
    why = f"{completed[0].columns.sheet.name} has it for the same rows"
    return replace(
        entry, picks=tuple(pick.at_most(GUESS, why) if pick.target in given else pick for pick in entry.picks)
    )


def _targets(entry: Entry) -> set[str]:
    return {pick.target for pick in entry.picks}


def _own(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether a table that a wide sheet fills besides has anything that the table's own file has not."""
    others = [other for other in entries if other.table == entry.table and other.columns is not entry.columns]
    first = next(other for other in entries if other.columns is entry.columns)
    if entry is first or entry.table not in _PARTIES:
        return True
    firsts = [other for other in others if next(one for one in entries if one.columns is other.columns) is other]
    held = {pick.target for other in firsts for pick in other.picks}
    return not firsts or not {pick.target for pick in entry.picks} <= held


def _lacking(entries: Sequence[Entry]) -> dict[int, tuple[str, ...]]:
    """By place, what an entry lacks: it has no key of its own, or no other entry of the table completes its rows."""
    given = {place: {pick.target for pick in entry.picks if pick.level != GUESS} for place, entry in enumerate(entries)}
    out: set[int] = {place for place, entry in enumerate(entries) if entry.level == GUESS}
    while True:
        found = {place: _missing(place, entries, given, out) for place in given}
        more = {place for place, names in found.items() if names} - out
        if not more:
            return {place: names for place, names in found.items() if names}
        out |= more


def _missing(place: int, entries: Sequence[Entry], given: dict[int, set[str]], out: set[int]) -> tuple[str, ...]:
    table = TABLES[entries[place].table]
    own = given[place]
    elsewhere: set[str] = set()
    if table.key and table.required[0] in own:
        others = (
            other for other in given if other != place and other not in out and entries[other].table == table.name
        )
        elsewhere = set().union(*(given[other] for other in others))
    return tuple(name for name in table.required if name not in own | elsewhere)


def _left(seen: Columns, entries: Sequence[Entry]) -> list[tuple[Field, str]]:
    own = [entry for entry in entries if entry.columns is seen]
    return [(field, _why(field)) for field in unplaced(seen, own)]


def _why(field: Field) -> str:
    if field.word in words.never():
        return words.never()[field.word]
    if not field.look.count:
        return "it is empty"
    return (
        "its header means another table's column"
        if field.word in words.known()
        else "nothing known bears such a header"
    )
