"""Who the parties are that a column names: which kind, and whether anything in the source declares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..schema.columns import Column
from ..schema.tables import TABLES
from . import words
from .choosing import unplaced
from .fields import GUESS, LIKELY, Entry, Field, Pick
from .folding import tokens

_TABLE = {"applicant": "applicants", "company": "companies", "merchant": "merchants"}
_NOUNS = {
    "applicant": ("person", "individual", "applicant", "个人", "自然人", "农户"),
    "company": ("company", "企业", "公司", "对公", "法人", "单位"),
    "merchant": ("merchant", "shop", "商户", "门店"),
}
_OBJECTS = (("guarantees", "borrower_id"),)
"""Party columns of which the last party that the name of a file speaks of is meant, not the first."""


def with_kinds(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, with the kind of each party that must be said because several tables declare parties."""
    declared = {kind: ids for kind in _TABLE if (ids := _ids(entries, kind)) is not None}
    return [_with_kinds(entry, declared) for entry in entries] if len(declared) > 1 else list(entries)


def _ids(entries: Sequence[Entry], kind: str) -> frozenset[str] | None:
    """Some ids of the parties of a kind that a source declares; None where it declares none."""
    keys = [
        entry.pick(TABLES[_TABLE[kind]].required[0])
        for entry in entries
        if entry.table == _TABLE[kind] and entry.level != GUESS
    ]
    held = [key.fields[0].values for key in keys if key and key.fields]
    return frozenset().union(*held) if held else None


def _with_kinds(entry: Entry, declared: dict[str, frozenset[str]]) -> Entry:
    added = []
    for column in _parties(entry):
        found, companion = entry.pick(column.name), str(column.companion)
        if found and found.fields and not entry.pick(companion):
            kind, why = _kind(entry, column, found.fields[0], declared)
            if kind:
                added.append(Pick(companion, (), LIKELY, why, value=kind))
    return replace(entry, picks=(*entry.picks, *added))


def of_their_kind(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, no party sure whose ids tables of another kind declare and none of its own does: companies may be
    related, as persons are."""
    declared = {kind: ids for kind in _TABLE if (ids := _ids(entries, kind)) is not None}
    return [
        replace(entry, picks=tuple(_of_its_kind(entry, pick, declared) for pick in entry.picks)) for entry in entries
    ]


def _of_its_kind(entry: Entry, pick: Pick, declared: dict[str, frozenset[str]]) -> Pick:
    column = TABLES[entry.table].all_columns[pick.target]
    hits = {kind for kind, ids in declared.items() if any(field.values & ids for field in pick.fields)}
    if column.type != "ref" or column.kind not in _TABLE or not hits or column.kind in hits:
        return pick
    return pick.at_most(LIKELY, f"its ids are found in {_TABLE[min(hits)]} alone")


def _parties(entry: Entry) -> list[Column]:
    return [column for column in TABLES[entry.table].columns if column.type == "party" and entry.table != "flags"]


def _kind(entry: Entry, column: Column, field: Field, declared: dict[str, frozenset[str]]) -> tuple[str | None, str]:
    allowed = {kind: ids for kind, ids in declared.items() if kind in column.kinds}
    hits = {kind: len(field.values & ids) for kind, ids in allowed.items()}
    last = (entry.table, column.name) in _OBJECTS
    for text, why in ((field.means, "the header names them"), (_name(entry), "the name of the file names them")):
        said = [kind for kind in _spoken(text) if kind in allowed]
        if said and (hits[said[-1 if last else 0]] or not any(hits.values())):
            return said[-1 if last else 0], why
    best = max(hits, key=lambda kind: hits[kind], default=None)
    only = best and hits[best] and not any(hits[kind] for kind in hits if kind != best)
    return (best, "its ids are found among theirs alone") if only else (None, "")


def _name(entry: Entry) -> str:
    return entry.columns.sheet.titles[-1]


def _spoken(text: str) -> list[str]:
    """The kinds of party that a text speaks of, in order."""
    parts = tokens(text)
    found = [(parts.index(word), kind) for kind, nouns in _NOUNS.items() for word in nouns if word in parts]
    again = [
        (len(parts) - 1 - parts[::-1].index(word), kind)
        for kind, nouns in _NOUNS.items()
        for word in nouns
        if word in parts
    ]
    chinese = [
        (text.find(word), kind)
        for kind, nouns in _NOUNS.items()
        for word in nouns
        if not word.isascii() and word in text
    ]
    return [kind for _, kind in sorted({*found, *again, *chinese})]


def declaring(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that declare the parties which a source names but declares nowhere, from the rows that name them."""
    found: list[Entry] = []
    declared = {kind for kind in _TABLE if _ids(entries, kind) is not None}
    for entry in entries:
        for column in TABLES[entry.table].columns:
            kinds = column.kinds if column.type == "party" else (column.kind,) if column.type == "ref" else ()
            pick = entry.pick(column.name)
            if (
                pick
                and pick.fields
                and pick.level != GUESS
                and entry.level != GUESS
                and column.required
                and entry.table != "flags"
            ):
                kinds = tuple(kind for kind in kinds if kind in _TABLE)
                if kinds and not declared & set(kinds):
                    found += _declaring(entry, column, pick, kinds, _keys(entry, entries))
    return found


def _keys(entry: Entry, entries: Sequence[Entry]) -> list[Pick]:
    """The keys of the parties that entries of the same sheet declare, sure or not."""
    same = [other for other in entries if other.columns is entry.columns and other.table in _TABLE.values()]
    return [key for other in same if (key := other.pick(TABLES[other.table].required[0]))]


def _declaring(entry: Entry, column: Column, pick: Pick, kinds: Sequence[str], others: Sequence[Pick]) -> list[Entry]:
    free = [*unplaced(entry.columns, [entry]), *pick.fields]
    name = next((f for f in free if words.strength(f.means, entry.table, column.name) == words.NAMED), None)
    kind = (
        _looked(name, kinds)
        or (kinds[0] if len(kinds) == 1 else None)
        or next(iter(_spoken(pick.fields[0].means)), None)
    )
    if kind not in kinds:
        return []
    table = TABLES[_TABLE[str(kind)]]
    why = "no file of the source declares them"
    picks = [replace(pick, target=table.required[0], reason=why).at_most(LIKELY)]
    if name:
        picks.append(Pick("name", (name,), LIKELY, "the header names the party"))
    reason = f"no file declares who stands in {column.name} of {entry.table}: its rows do"
    if any(pick.fields == other.fields for other in others):
        return []
    return [Entry(entry.columns, table.name, LIKELY, reason, tuple(picks))]


def _looked(name: Field | None, kinds: Sequence[str]) -> str | None:
    if name is None:
        return None
    if "company" in kinds and name.look.mostly("company", share=0.5):
        return "company"
    return "applicant" if "applicant" in kinds and name.look.mostly("person") else None
