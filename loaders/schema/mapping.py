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
``skip_rows``  the rows above the header, blank ones included. Without it the header is the first row, or, below a
             title, the first of 20 rows that has the columns named here
``header``   ``false`` where files have no header: then columns are given by their place
``where``    only these rows: ``{column = "isBlocked", equals = "true"}``, or ``in = ["a", "b"]``, or
             ``not = "x"`` (one word or a list). Case and outer blanks do not count; ``""`` is a blank cell
``columns``  canonical column = where its value comes from; without it, canonical names hold. One of

             - ``"id"`` a column; ``["id", "personId"]`` the first of these that the file has; ``3`` the third
               column, wherever a name may stand: where there is no header, or where two columns share a name
             - ``{column = …}`` the same, with the options below
             - ``{join = ["a", "b"], with = "-"}`` several columns joined (each a name or a list of
               alternatives); blank where any of them is blank
             - ``{value = "company"}`` the same word in every row

             options: ``values = {"true" = "blacklist"}`` replaces words, and ``other = "word"`` those not
             listed (without it they stay); ``when = {column = …, equals = …}`` blanks the cell in all other
             rows; ``optional = true`` where files may lack a column this needs; ``plain = true`` takes the text
             as it is: no normal form, no check, no stop-list; ``means = ["NA"]`` says that these words for
             nothing are values in this column; ``scale = 10000`` multiplies numbers (0.01 where a book has percent,
             10000 where it has 万元); ``unit = "hours"`` says that times are numbers of ``milliseconds``,
             ``seconds``, ``minutes``, ``hours`` or ``days``, counted from ``base = "2017-01-01"`` (by default
             from 1970-01-01 UTC); ``lookup = {file = "accounts", key = "id", value = "acct_no"}`` puts in place of
             an id what another file of the source has in ``value`` where its ``key`` is that id
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from ...graph.errors import UserError
from ...graph.model import PERSONAL_KINDS
from ..cleaning.identifiers import normal_form, sentinels
from .columns import UNITS, fold
from .sections import Section
from .tables import TABLES

_MOST_SKIPPED = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Condition:
    """Rows whose ``column`` holds one of ``values`` (``negated``: none of them).

    Attributes
    ----------
    column : alternative names or places; the first that the file has
    values : folded as ``fold`` does
    """

    column: tuple[str | int, ...]
    values: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class Lookup:
    """Another file of the source, matched as files are: what it has in ``value``, by what it has in ``key``."""

    file: str
    key: tuple[str | int, ...]
    value: tuple[str | int, ...]


@dataclass(frozen=True)
class Count:
    """Times that are counted: the unit, one of ``UNITS``, and the time of 0."""

    unit: str
    base: datetime


@dataclass(frozen=True)
class ColumnRule:
    """Where the value of a canonical column comes from.

    Attributes
    ----------
    parts : each a column of the file, given by alternative names or places; several are joined by ``glue``
    value : the same word in every row, instead of ``parts``
    values : words to replace, by their folded form
    other : what replaces words that are not in ``values``; None keeps them
    means : marks of nothing that are values here, folded
    scale : what numbers are multiplied by
    """

    parts: tuple[tuple[str | int, ...], ...] = ()
    glue: str = ""
    value: str | None = None
    values: Dict[str, str] = field(default_factory=dict)
    other: str | None = None
    when: Condition | None = None
    optional: bool = False
    plain: bool = False
    means: Set[str] = frozenset()
    lookup: Lookup | None = None
    scale: Decimal | None = None
    count: Count | None = None


@dataclass(frozen=True)
class Entry:
    """Which files fill which table, and how; ``columns`` is None where canonical names hold.

    Attributes
    ----------
    skip_rows : rows above the header; None where the header is to be found
    header : whether files have one
    """

    match: tuple[str, ...]
    table: str
    columns: Dict[str, ColumnRule] | None = None
    where: Condition | None = None
    skip_rows: int | None = None
    header: bool = True


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

    @cached_property
    def lookups(self) -> tuple[Lookup, ...]:
        """Every look-up that a rule makes, each once."""
        rules = [rule for entry in self.entries for rule in (entry.columns or {}).values()]
        return tuple(dict.fromkeys(rule.lookup for rule in rules if rule.lookup))


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
    top = Section(data, label, "")
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


def _folded(section: Section, key: str) -> frozenset[str]:
    return frozenset(map(fold, section.texts(key))) if key in section.data else frozenset()


def _zone(top: Section) -> str:
    zone = top.text("zone") if "zone" in top.data else Mapping.zone
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError):
        top.fail("zone", f"'{zone}' is not known; give an IANA name such as Asia/Shanghai or UTC")
    return zone


def _data_date(top: Section) -> str | None:
    found = top.data.get("data_date")
    if isinstance(found, date | datetime):
        return found.isoformat()
    return top.text("data_date") if found is not None else None


def _delimiter(top: Section) -> str | None:
    if "delimiter" not in top.data:
        return None
    delimiter = top.text("delimiter")
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        top.fail("delimiter", "must be one plain character, for instance ',' or '|'")
    return delimiter


def _reject_limit(top: Section) -> float:
    limit = top.data.get("reject_limit", Mapping.reject_limit)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit <= 1:
        top.fail("reject_limit", "must be a share from 0 to 1, for instance 0.10")
    return float(limit)


def _privacy(section: Section) -> dict[str, str]:
    kinds = sorted(PERSONAL_KINDS)
    stated = section.words(("default", *kinds), ("personal", "internal"))
    default = stated.pop("default", "personal")
    return dict.fromkeys(kinds, default) | stated


def _sentinels(section: Section) -> dict[str, Set[str]]:
    section.only(*sorted(sentinels()))
    return {kind: frozenset(normal_form(kind, value).lower() for value in section.texts(kind)) for kind in section.data}


def _entry(section: Section) -> Entry:
    section.only("match", "table", "where", "skip_rows", "header", "columns")
    table = section.text("table")
    if table not in TABLES:
        section.fail("table", f"'{table}' is not known; known are {', '.join(TABLES)}")
    columns = None
    if "columns" in section.data:
        stated = section.section("columns")
        stated.only(*TABLES[table].all_columns)
        columns = {column: _rule(stated, column, TABLES[table].all_columns[column].type) for column in stated.data}
    where = _condition(section.section("where")) if "where" in section.data else None
    header = section.switch("header", True)
    if not header and columns is None:
        section.fail("header", "is false, so columns must say which column stands in which place")
    return Entry(section.texts("match"), table, columns, where, _skip_rows(section), header)


def _skip_rows(section: Section) -> int | None:
    rows = section.data.get("skip_rows")
    if rows is not None and (isinstance(rows, bool) or not isinstance(rows, int) or not 0 <= rows <= _MOST_SKIPPED):
        section.fail("skip_rows", f"must be a whole number from 0 to {_MOST_SKIPPED}")
    return rows


def _rule(columns: Section, column: str, kind: str) -> ColumnRule:
    if not isinstance(columns.data[column], dict):
        return ColumnRule(parts=(columns.columns(column),))
    rule = columns.section(column)
    rule.only(*_OPTIONS)
    if sum(key in rule.data for key in ("column", "join", "value")) != 1:
        rule.fail("", "needs exactly one of column, join or value")
    values = rule.section("values")
    return ColumnRule(
        parts=_parts(rule),
        glue=rule.text("with") if "with" in rule.data else "",
        value=rule.text("value") if "value" in rule.data else None,
        values={fold(word): values.text(word) for word in values.data},
        other=rule.text("other") if "other" in rule.data else None,
        when=_condition(rule.section("when")) if "when" in rule.data else None,
        optional=rule.switch("optional"),
        plain=rule.switch("plain"),
        means=_folded(rule, "means"),
        lookup=_lookup(rule.section("lookup")) if "lookup" in rule.data else None,
        scale=_scale(rule, kind) if "scale" in rule.data else None,
        count=_count(rule, kind) if {"unit", "base"} & set(rule.data) else None,
    )


_OPTIONS = (
    "column", "join", "with", "value", "values", "other", "when", "optional", "plain", "means", "scale", "unit", "base",
    "lookup",
)  # fmt: skip


def _parts(rule: Section) -> tuple[tuple[str | int, ...], ...]:
    if "column" in rule.data:
        return (rule.columns("column"),)
    if "join" not in rule.data:
        return ()
    joined = rule.data["join"]
    if not isinstance(joined, list) or len(joined) < 2:
        rule.fail("join", "must be a list of two or more columns")
    return tuple(Section({"join": part}, rule.label, rule.place).columns("join") for part in joined)


def _lookup(section: Section) -> Lookup:
    section.only("file", "key", "value")
    return Lookup(section.text("file"), section.columns("key"), section.columns("value"))


def _scale(rule: Section, kind: str) -> Decimal:
    scale = rule.data["scale"]
    if kind not in ("number", "integer"):
        rule.fail("scale", "is for columns of numbers")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale < float("inf"):
        rule.fail("scale", "must be a number above 0, for instance 0.01 or 10000")
    return Decimal(repr(scale))


def _count(rule: Section, kind: str) -> Count:
    if kind != "time":
        rule.fail("unit", "and base are for columns of times")
    unit = rule.text("unit")
    if unit not in UNITS:
        rule.fail("unit", f"must be one of {', '.join(UNITS)}")
    base = rule.data.get("base", _EPOCH)
    try:
        return Count(unit, datetime.fromisoformat(base if isinstance(base, str) else base.isoformat()))
    except (AttributeError, TypeError, ValueError):
        rule.fail("base", "must be a date or a time such as 2017-01-01 or 2017-01-01T08:00:00+08:00")


def _condition(section: Section) -> Condition:
    section.only("column", "equals", "in", "not")
    tests = [key for key in ("equals", "in", "not") if key in section.data]
    if len(tests) != 1:
        section.fail("", "needs exactly one of equals, in or not")
    words = section.texts(tests[0], empty=True)
    return Condition(section.columns("column"), frozenset(map(fold, words)), negated=tests[0] == "not")
