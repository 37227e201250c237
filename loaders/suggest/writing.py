"""A survey as the text of a mapping file, with how sure each column is, and what was left out and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from .fields import GUESS, LIKELY, SURE, Columns, Entry, Field, Pick
from .folding import shown
from .survey import Survey

_HEAD = """\
# A first mapping of {source}. Read it through and correct it before you load.
#
# sure     header and values agree, or the header can mean nothing else
# likely   much speaks for it; look at it once
# guess    written as a comment, so that no load uses it: take the mark away if it is right
"""


def toml(survey: Survey) -> str:
    """The mapping of a survey, which a load accepts as it stands."""
    parts = [_HEAD.format(source=shown(survey.source))]
    if not any(survey.active(place) for place in range(len(survey.entries))):
        parts.append("# No file of it could be placed for certain: a load needs at least one [[file]] below.\n")
    for columns in _sheets(survey):
        parts.append("\n".join(_sheet(survey, columns)) + "\n")
    if survey.unread:
        parts.append(
            "\n".join(["# Not read:", *(f"# {_comment(name)}: {_comment(why)}" for name, why in survey.unread)]) + "\n"
        )
    return "\n".join(parts)


def _sheets(survey: Survey) -> list[Columns]:
    found: dict[int, Columns] = {}
    for entry in survey.entries:
        found.setdefault(id(entry.columns), entry.columns)
    return list(found.values())


def _sheet(survey: Survey, columns: Columns) -> Iterator[str]:
    yield f"# --- {_comment(columns.sheet.name)}"
    for place, entry in enumerate(survey.entries):
        if entry.columns is columns:
            yield ""
            yield from _entry(entry, survey.active(place), survey.lacking.get(place, ()))
    left = next((left for seen, left in survey.left if seen is columns), [])
    if left:
        yield ""
        yield f"# Columns of {_comment(columns.sheet.name)} that nothing takes:"
        yield from (f"#   {_comment(field.said)}: {why}" for field, why in left)


def _entry(entry: Entry, active: bool, lacking: Sequence[str]) -> Iterator[str]:
    mark = "" if active else "# "
    if lacking:
        yield f"# {entry.table} needs {', '.join(lacking)}, and nothing was found for it: say where it comes from."
    yield f"{mark}[[file]]  # {entry.level}: {entry.reason}"
    matches = entry.columns.sheet.matches
    yield (
        f"{mark}match = {_text(_glob(matches[0]))}"
        if len(matches) == 1
        else f"{mark}match = [{', '.join(_text(_glob(m)) for m in matches)}]"
    )
    yield f"{mark}table = {_text(entry.table)}"
    if entry.columns.skip:
        yield f"{mark}skip_rows = {entry.columns.skip}"
    if not entry.columns.named:
        yield f"{mark}header = false"
    if entry.where:
        yield f"{mark}where = {_condition(*entry.where)}"
    yield f"{mark}[file.columns]"
    yield from (_line(pick, mark) for pick in entry.picks)


def _line(pick: Pick, mark: str) -> str:
    if pick.level == GUESS:
        return f"# guess: {pick.target} = {_rule(pick)}  # {pick.reason}"
    return f"{mark}{pick.target} = {_rule(pick)}  # {pick.level}: {pick.reason}"


def _rule(pick: Pick) -> str:
    if pick.value is not None:
        return f"{{value = {_text(pick.value)}}}"
    source = [_source(field) for field in pick.fields]
    keys = [f"join = [{', '.join(source)}]" if len(source) > 1 else f"column = {source[0]}"]
    keys += [f"{name} = {_value(value)}" for name, value in pick.options]
    if pick.when:
        keys.append(f"when = {_condition(pick.when[0], (pick.when[1],))}")
    return source[0] if len(keys) == 1 and len(source) == 1 else f"{{{', '.join(keys)}}}"


def _condition(field: Field, words: Sequence[str]) -> str:
    test = f"equals = {_text(words[0])}" if len(words) == 1 else f"in = [{', '.join(map(_text, words))}]"
    return f"{{column = {_source(field)}, {test}}}"


def _source(field: Field) -> str:
    return str(field.place) if field.twice or not field.header else _text(field.header)


def _value(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return _text(str(value))


def _text(text: str) -> str:
    """A text as TOML writes it: JSON's way, save that TOML wants one more sign escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _glob(name: str) -> str:
    """A name as a pattern that matches it alone."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def counts(survey: Survey) -> dict[str, int]:
    """How many columns of the source are sure, likely, a guess, or not placed, each counted once at its best."""
    found: dict[str, int] = dict.fromkeys((SURE, LIKELY, GUESS, "not placed"), 0)
    for columns in _sheets(survey):
        entries = [(place, entry) for place, entry in enumerate(survey.entries) if entry.columns is columns]
        for field in columns.fields:
            found[_best(survey, entries, field)] += 1
    return found


def _best(survey: Survey, entries: Sequence[tuple[int, Entry]], field: Field) -> str:
    levels = {
        pick.level if survey.active(place) else GUESS
        for place, entry in entries
        for pick in entry.picks
        if any(used.place == field.place for used in (*pick.fields, *((pick.when[0],) if pick.when else ())))
    }
    levels |= {entry.level for place, entry in entries if entry.where and entry.where[0].place == field.place}
    return next((level for level in (SURE, LIKELY, GUESS) if level in levels), "not placed")
