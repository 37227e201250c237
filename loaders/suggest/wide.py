"""The tables of a sheet: the one it is most like, and those that a wide sheet fills besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..schema.tables import TABLES
from . import words
from .choosing import WIDE, Candidate, candidate, candidates, entry, level
from .fields import GUESS, LIKELY, SURE, Columns, Entry, Field, least
from .fitting import AGAINST, SPEAKS
from .matching import Match

_NUMBERS = ("1", "2", "3", "4", "5")
_ORDINALS = str.maketrans("一二三四五", "12345")


def chosen(columns: Columns) -> list[Entry]:
    """The entries that a sheet makes, its own table first; none where nothing speaks for any."""
    ranked = candidates(columns)
    best = _by_row(ranked[0])
    if best.score <= 0 or not any(match.strength for match in best.matches):
        return []
    first = entry(columns, best, *level(best, ranked[1:]))
    contacts = _numbered_contacts(columns, first)
    others = [other for other in ranked[1:] if other.table in WIDE and not (contacts and other.table == "contacts")]
    return [first, *contacts, *_besides(columns, first, contacts, others)]


def _besides(columns: Columns, first: Entry, contacts: Sequence[Entry], others: Sequence[Candidate]) -> list[Entry]:
    """The further tables of a wide sheet: all they require is there, and columns that no other table took."""
    found: list[Entry] = []
    keys: set[int] = set()
    taken = first.used.union(*(contact.used for contact in contacts))
    for other in sorted(others, key=lambda one: -len(_more(one, taken))):
        other = _by_row(other, first)
        more = _more(other, taken)
        if other.lacking or not _exact(other) or not _adds(other, more):
            continue
        key = next(match.field.place for match in other.matches if match.column.name == TABLES[other.table].required[0])
        if other.table == "contacts" or key not in keys:
            reason = f"it has columns of the table besides those of {first.table}"
            found.append(entry(columns, other, least(first.level, _sameness(other)), reason))
            keys.add(key)
            taken |= {match.field.place for match in more}
    return found


def _exact(candidate: Candidate) -> bool:
    strengths = [candidate.strength(column) for column in TABLES[candidate.table].required]
    return all(strength >= words.WORD or strength == words.INSTEAD for strength in strengths)


def _more(candidate: Candidate, taken: set[int]) -> list[Match]:
    """The matches by plain words in columns that no table has taken."""
    exact = (match for match in candidate.matches if match.strength >= words.WORD and match.fit != AGAINST)
    return [match for match in exact if match.field.place not in taken]


def _adds(candidate: Candidate, more: Sequence[Match]) -> bool:
    """Whether what a table would add says that the sheet holds it, not only words that many tables have."""
    events = candidate.table in ("applications", "loans", "contacts")
    required = TABLES[candidate.table].required
    return any((match.column.name in required) == events for match in more)


def _sameness(candidate: Candidate) -> str:
    """How sure it is that all rows are of the party's kind: a sheet of loans may hold persons and companies."""
    name = next((match.field.look for match in candidate.matches if match.column.name == "name"), None)
    if name is None or candidate.table not in ("applicants", "companies"):
        return SURE
    companies = name.shares["company"] if name.count else 0.0
    if 0.1 < companies < 0.9:
        return GUESS
    return SURE if companies or candidate.table == "applicants" else LIKELY


def _by_row(candidate: Candidate, first: Entry | None = None) -> Candidate:
    """Of a sheet of applications without a person's number: the application's number stands for the person.

    One person's applications are tied by their document. The document's number itself would stand in the store.
    """
    if "applicant_id" not in candidate.lacking:
        return candidate
    if first is None and candidate.table == "applications":
        stand_in = next((match.field for match in candidate.matches if match.column.name == "apply_no"), None)
    else:
        stand_in = _row_number(first) if candidate.table in ("applicants", "contacts") else None
    if stand_in is None:
        return candidate
    match = Match(stand_in, TABLES[candidate.table].all_columns["applicant_id"], words.INSTEAD, SPEAKS)
    lacking = tuple(column for column in candidate.lacking if column != "applicant_id")
    return replace(candidate, matches=(*candidate.matches, match), lacking=lacking)


def _row_number(first: Entry | None) -> Field | None:
    """The column that stands for persons in the table that a sheet is."""
    number, person = (first.pick("apply_no"), first.pick("applicant_id")) if first else (None, None)
    return number.fields[0] if number and person and number.fields == person.fields else None


def _numbered_contacts(columns: Columns, first: Entry) -> list[Entry]:
    """The contacts of a sheet that has several side by side, their columns numbered: an entry for each number."""
    found = [_numbered_contact(columns, first, number) for number in _NUMBERS]
    return [one for one in found if one]


def _numbered_contact(columns: Columns, first: Entry, number: str) -> Entry | None:
    own = {field.place: bare for field in columns.fields if (bare := _unnumbered(field, number))}
    others = [field for field in columns.fields if field.place not in own and not _numbered(field)]
    seen = replace(columns, fields=(*own.values(), *others))
    contact = candidate(seen, "contacts")
    kept = [match for match in contact.matches if match.field.place in own and match.strength >= words.WORD]
    if not any(match.column.name == "contact_mobile" and match.fit != AGAINST for match in kept):
        return None
    kept += [match for match in contact.matches if match.column.name == "applicant_id"]
    contact = _by_row(replace(contact, matches=tuple(kept)), first)
    return replace(entry(seen, contact, first.level, f"it has contact number {number} of each row"), columns=columns)


def _numbered(field: Field) -> bool:
    return any(_unnumbered(field, number) for number in _NUMBERS)


def _unnumbered(field: Field, number: str) -> Field | None:
    """The column as if its header had no number, where it is of this number and of a contact."""
    header = field.means.translate(_ORDINALS)
    if number not in header or not re.search("联系人|contact|亲属|relative", header, re.IGNORECASE):
        return None
    return replace(field, means=re.sub(rf"第?{number}[_\s]*", "", header))
