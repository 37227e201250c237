r"""Mapping files: how a foreign schema becomes canonical tables.

A mapping is a TOML file. Without one, files must be named and laid out like the canonical tables. Everything is
optional but what is marked *required*; names of files and columns are compared without regard to case.

Top level:

``zone``          zone of times that state none, by its IANA name; by default ``Asia/Shanghai``
``data_date``     the date of the data, where it is not the latest event in it
``delimiter``     the separator of CSV files, where the header line does not tell
``reject_limit``  the share of a table's rows that may be rejected before the load stops; 0.10 by default
``[extract]``     by table: ``"delta"`` (the default) or ``"full"`` (rows that are missing now have ended)
``[privacy]``     by kind of personal key: ``"personal"`` (the default) or ``"internal"``; ``default`` sets
                  those not named
``[sentinels]``   by kind of identifier, this lender's own additions to the stop-list, such as its hotline:
                  ``phone = ["021-58765432"]``; they are kept, flagged, and link no one
``blanks``        this lender's own words for nothing, beside ``\N``, ``NULL``, ``N/A``, ``无``, dashes and the like:
                  ``blanks = ["待补录"]``; such a cell is blank in every column
``[[file]]``      one entry for every table that a file fills. A file may match several entries and so fill
                  several tables; several files may match one. Without any entry, canonical names hold

In a ``[[file]]`` entry:

``match``    *required*: a file name or glob, or a list of them. Suffixes (``.csv``, ``.csv.gz``, ``.parquet``,
             ``.xlsx``, ``.zip``) do not count: ``Person`` matches ``person.csv``, ``Person.parquet``, and the files
             inside a folder ``person/`` or ``person.csv/``. It also matches the sheet of a workbook, a file in an
             archive, and a table of a database, there also as ``schema.person``
``table``    *required*: the canonical table
``where``    only these rows: ``{column = "isBlocked", equals = "true"}``, or ``in = ["a", "b"]``, or
             ``not = "x"`` (one word or a list). Case and outer blanks do not count; ``""`` is a blank cell
``columns``  canonical column = where its value comes from; without it, canonical names hold. One of

             - ``"id"`` a column; ``["id", "personId"]`` the first of these that the file has
             - ``{column = …}`` the same, with the options below
             - ``{join = ["a", "b"], with = "-"}`` several columns joined (each a name or a list of
               alternatives); blank where any of them is blank
             - ``{value = "company"}`` the same word in every row

             options: ``values = {"true" = "blacklist"}`` replaces words, and ``other = "word"`` those not
             listed (without it they stay); ``when = {column = …, equals = …}`` blanks the cell in all other
             rows; ``optional = true`` where files may lack a column this needs; ``plain = true`` takes the text
             as it is: no normal form, no check, no stop-list; ``means = ["NA"]`` says that these words for
             nothing are values in this column
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Set
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from ...graph.errors import UserError
from ...graph.model import PERSONAL_KINDS
from ..cleaning.identifiers import normal_form, sentinels
from .columns import fold
from .tables import TABLES


@dataclass(frozen=True)
class Condition:
    """Rows whose ``column`` holds one of ``values`` (``negated``: none of them).

    Attributes
    ----------
    column : alternative names; the first that the file has
    values : folded as ``fold`` does
    """

    column: tuple[str, ...]
    values: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class ColumnRule:
    """Where the value of a canonical column comes from.

    Attributes
    ----------
    parts : each a column of the file, given by its alternative names; several are joined by ``glue``
    value : the same word in every row, instead of ``parts``
    values : words to replace, by their folded form
    other : what replaces words that are not in ``values``; None keeps them
    means : marks of nothing that are values here, folded
    """

    parts: tuple[tuple[str, ...], ...] = ()
    glue: str = ""
    value: str | None = None
    values: Dict[str, str] = field(default_factory=dict)
    other: str | None = None
    when: Condition | None = None
    optional: bool = False
    plain: bool = False
    means: Set[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """Which files fill which table, and how; ``columns`` is None where canonical names hold."""

    match: tuple[str, ...]
    table: str
    columns: Dict[str, ColumnRule] | None = None
    where: Condition | None = None


@dataclass(frozen=True)
class Mapping:
    """A mapping file, read and checked. ``Mapping()`` is what holds without one.

    Attributes
    ----------
    text : the TOML it was read from
    extract : by table, ``full``; tables that are not in it are ``delta``
    privacy : every kind of personal key, ``personal`` or ``internal``
    sentinels : by kind, normal forms that link no one, beside those of the stop-list
    plain : by table, the columns taken as plain text: no normal form, no check, no stop-list
    blanks : a lender's own marks of nothing, folded
    means : by table and column, the marks of nothing that are values there, folded
    """

    name: str = "canonical"
    zone: str = "Asia/Shanghai"
    data_date: str | None = None
    delimiter: str | None = None
    reject_limit: float = 0.10
    extract: Dict[str, str] = field(default_factory=dict)
    privacy: Dict[str, str] = field(default_factory=lambda: dict.fromkeys(sorted(PERSONAL_KINDS), "personal"))
    sentinels: Dict[str, Set[str]] = field(default_factory=dict)
    plain: Dict[str, Set[str]] = field(default_factory=dict)
    blanks: Set[str] = frozenset()
    means: Dict[tuple[str, str], Set[str]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    text: str = field(default="", repr=False, compare=False)


def shipped() -> list[str]:
    """The names of the mappings that come with the product."""
    folder = resources.files("ringfence.loaders.schema.mappings")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def load_mapping(name: str | Path) -> Mapping:
    """Read a shipped mapping by its name, or a mapping file by its path.

    Raises
    ------
    UserError : there is no such mapping, or it is not valid; the message names the place
    """
    if str(name) in shipped():
        text = resources.files("ringfence.loaders.schema.mappings").joinpath(f"{name}.toml").read_text("utf-8")
        return parse_mapping(text, str(name), f"{name}.toml")
    path = Path(name)
    if not path.is_file():
        raise UserError(f"no mapping '{name}': give the path of a TOML file, or one of: {', '.join(shipped())}")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 (byte {error.start}); save the mapping as UTF-8") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the file") from error
    return parse_mapping(text, path.stem, str(path))


def parse_mapping(text: str, name: str, label: str) -> Mapping:
    """Check the text of a mapping file; ``label`` is what messages call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{label}: not valid TOML ({error}); correct it") from error
    top = _Section(data, label, "")
    top.only("zone", "data_date", "delimiter", "reject_limit", "extract", "privacy", "sentinels", "blanks", "file")
    entries = tuple(_entry(section) for section in top.sections("file"))
    plain: dict[str, set[str]] = {}
    means: dict[tuple[str, str], Set[str]] = {}
    for entry in entries:
        for column, rule in (entry.columns or {}).items():
            if rule.means:
                means[entry.table, column] = means.get((entry.table, column), frozenset()) | rule.means
            if rule.plain:
                plain.setdefault(entry.table, set()).add(column)
    return Mapping(
        name=name,
        zone=_zone(top),
        data_date=_data_date(top),
        delimiter=_delimiter(top),
        reject_limit=_reject_limit(top),
        extract=top.section("extract").words(TABLES, ("full", "delta")),
        privacy=_privacy(top.section("privacy")),
        sentinels=_sentinels(top.section("sentinels")),
        plain={table: frozenset(columns) for table, columns in plain.items()},
        blanks=_folded(top, "blanks"),
        means=means,
        entries=entries,
        text=text,
    )


class _Section:
    """A table of a TOML file, with the place it has in it, for messages."""

    def __init__(self, data: object, label: str, place: str):
        self.label = label
        self.place = place
        if not isinstance(data, dict):
            self.fail("", "must be a table")
        self.data: dict = data

    def fail(self, key: str, problem: str) -> NoReturn:
        place = ".".join(part for part in (self.place, key) if part)
        raise UserError(f"{self.label}: {place} {problem}" if place else f"{self.label}: {problem}")

    def only(self, *allowed: str) -> None:
        """Fail on a key that is not one of these."""
        for key in self.data:
            if key not in allowed:
                self.fail(key, f"is not known here; known are {', '.join(allowed)}")

    def section(self, key: str) -> _Section:
        return _Section(self.data.get(key, {}), self.label, f"{self.place}.{key}".lstrip("."))

    def sections(self, key: str) -> list[_Section]:
        found = self.data.get(key, [])
        if not isinstance(found, list):
            self.fail(key, f"must be written [[{key}]]")
        return [_Section(data, self.label, f"[[{key}]] {number}") for number, data in enumerate(found, 1)]

    def text(self, key: str) -> str:
        found = self.data.get(key)
        if not isinstance(found, str):
            self.fail(key, "must be a text" if key in self.data else "is missing")
        return found

    def texts(self, key: str, empty: bool = False) -> tuple[str, ...]:
        """One text, or a list of at least one; ``empty`` allows empty texts."""
        found = self.data.get(key)
        found = [found] if isinstance(found, str) else found
        if not isinstance(found, list) or not found or not all(isinstance(text, str) for text in found):
            self.fail(key, "must be a text or a list of texts" if key in self.data else "is missing")
        if not empty and not all(text.strip() for text in found):
            self.fail(key, "must not be empty")
        return tuple(text if empty else text.strip() for text in found)

    def switch(self, key: str) -> bool:
        found = self.data.get(key, False)
        if not isinstance(found, bool):
            self.fail(key, "must be true or false")
        return found

    def words(self, keys: Iterable[str], allowed: tuple[str, ...]) -> dict[str, str]:
        """All of it, where the keys are among ``keys`` and the values among ``allowed``."""
        self.only(*keys)
        for key, word in self.data.items():
            if word not in allowed:
                self.fail(key, f"must be {' or '.join(repr(choice) for choice in allowed)}")
        return dict(self.data)


def _folded(section: _Section, key: str) -> frozenset[str]:
    return frozenset(map(fold, section.texts(key))) if key in section.data else frozenset()


def _zone(top: _Section) -> str:
    zone = top.text("zone") if "zone" in top.data else Mapping.zone
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError):
        top.fail("zone", f"'{zone}' is not known; give an IANA name such as Asia/Shanghai or UTC")
    return zone


def _data_date(top: _Section) -> str | None:
    found = top.data.get("data_date")
    if isinstance(found, date | datetime):
        return found.isoformat()
    return top.text("data_date") if found is not None else None


def _delimiter(top: _Section) -> str | None:
    if "delimiter" not in top.data:
        return None
    delimiter = top.text("delimiter")
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        top.fail("delimiter", "must be one plain character, for instance ',' or '|'")
    return delimiter


def _reject_limit(top: _Section) -> float:
    limit = top.data.get("reject_limit", Mapping.reject_limit)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit <= 1:
        top.fail("reject_limit", "must be a share from 0 to 1, for instance 0.10")
    return float(limit)


def _privacy(section: _Section) -> dict[str, str]:
    kinds = sorted(PERSONAL_KINDS)
    stated = section.words(("default", *kinds), ("personal", "internal"))
    default = stated.pop("default", "personal")
    return dict.fromkeys(kinds, default) | stated


def _sentinels(section: _Section) -> dict[str, Set[str]]:
    section.only(*sorted(sentinels()))
    return {kind: frozenset(normal_form(kind, value).lower() for value in section.texts(kind)) for kind in section.data}


def _entry(section: _Section) -> Entry:
    section.only("match", "table", "where", "columns")
    table = section.text("table")
    if table not in TABLES:
        section.fail("table", f"'{table}' is not known; known are {', '.join(TABLES)}")
    columns = None
    if "columns" in section.data:
        stated = section.section("columns")
        stated.only(*TABLES[table].all_columns)
        columns = {column: _rule(stated, column) for column in stated.data}
    where = _condition(section.section("where")) if "where" in section.data else None
    return Entry(section.texts("match"), table, columns, where)


def _rule(columns: _Section, column: str) -> ColumnRule:
    if not isinstance(columns.data[column], dict):
        return ColumnRule(parts=(columns.texts(column),))
    rule = columns.section(column)
    rule.only("column", "join", "with", "value", "values", "other", "when", "optional", "plain", "means")
    if sum(key in rule.data for key in ("column", "join", "value")) != 1:
        rule.fail("", "needs exactly one of column, join or value")
    parts: tuple[tuple[str, ...], ...] = ()
    if "column" in rule.data:
        parts = (rule.texts("column"),)
    elif "join" in rule.data:
        joined = rule.data["join"]
        if not isinstance(joined, list) or len(joined) < 2:
            rule.fail("join", "must be a list of two or more columns")
        parts = tuple(_Section({"join": part}, rule.label, rule.place).texts("join") for part in joined)
    values = rule.section("values")
    return ColumnRule(
        parts=parts,
        glue=rule.text("with") if "with" in rule.data else "",
        value=rule.text("value") if "value" in rule.data else None,
        values={fold(word): values.text(word) for word in values.data},
        other=rule.text("other") if "other" in rule.data else None,
        when=_condition(rule.section("when")) if "when" in rule.data else None,
        optional=rule.switch("optional"),
        plain=rule.switch("plain"),
        means=_folded(rule, "means"),
    )


def _condition(section: _Section) -> Condition:
    section.only("column", "equals", "in", "not")
    tests = [key for key in ("equals", "in", "not") if key in section.data]
    if len(tests) != 1:
        section.fail("", "needs exactly one of equals, in or not")
    words = section.texts(tests[0], empty=True)
    return Condition(section.texts("column"), frozenset(map(fold, words)), negated=tests[0] == "not")
