"""Mapping files: how a foreign schema becomes canonical tables.

A mapping is a TOML file. Without one, files must be named and laid out like the canonical tables. Everything is
optional but what is marked *required*; names of files and columns are compared without regard to case.

Top level:

``zone``          zone of times that state none, by its IANA name; ``Asia/Shanghai`` unless said
``data_date``     the date of the data, where it is not the latest event in it
``delimiter``     the separator of CSV files, where the header line does not tell
``reject_limit``  the share of a table's rows that may be rejected before the load stops; 0.10 unless said
``[extract]``     by table: ``"delta"`` (the default) or ``"full"`` (rows that are missing now have ended)
``[privacy]``     by kind of personal key: ``"personal"`` (the default) or ``"internal"``; ``default`` sets the rest

One ``[[file]]`` entry for every table that a file fills. A file may match several entries and so fill several
tables; several files may match one. Without any entry, canonical names hold.

``match``    *required*: a file name or glob, or a list of them. Suffixes (``.csv``, ``.csv.gz``, ``.parquet``) do
             not count: ``Person`` matches ``person.csv`` and ``Person.parquet``, and the files inside a folder
             ``person/`` or ``person.csv/``
``table``    *required*: the canonical table
``where``    only these rows: ``{column = "isBlocked", equals = "true"}``; or ``in = ["a", "b"]``, or ``not = "x"``
             (a list is allowed). Compared without regard to case and outer blanks; ``""`` stands for a blank cell
``columns``  canonical column = where its value comes from; without it, canonical names hold. One of

             - ``"id"`` a column; ``["id", "personId"]`` the first of these that the file has
             - ``{column = …}`` the same, with the options below
             - ``{join = ["a", "b"], with = "-"}`` several columns joined (each a name or a list of alternatives);
               blank where any of them is blank
             - ``{value = "company"}`` the same word in every row

             options: ``values = {"true" = "blacklist"}`` replaces words, and ``other = "word"`` those not listed
             (without it they stay); ``when = {column = …, equals = …}`` blanks the cell in other rows;
             ``optional = true`` where files may lack a column this needs; ``plain = true`` keeps the text as it is:
             no normal form, no check, no stop-list
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Set
from dataclasses import dataclass, field
from types import MappingProxyType

from ..graph.model import PERSONAL_KINDS


@dataclass(frozen=True)
class Condition:
    """Rows whose ``column`` (the first of these names that the file has) holds one of ``values``, or none of them."""

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
    """

    parts: tuple[tuple[str, ...], ...] = ()
    glue: str = ""
    value: str | None = None
    values: Dict[str, str] = field(default_factory=dict)
    other: str | None = None
    when: Condition | None = None
    optional: bool = False
    plain: bool = False


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
    extract : by table, ``full``; tables that are not in it are ``delta``
    privacy : every kind of personal key, ``personal`` or ``internal``
    plain : by table, the columns taken as plain text: no normal form, no check, no stop-list
    """

    name: str = "canonical"
    zone: str = "Asia/Shanghai"
    data_date: str | None = None
    delimiter: str | None = None
    reject_limit: float = 0.10
    extract: Dict[str, str] = field(default_factory=dict)
    privacy: Dict[str, str] = field(
        default_factory=lambda: MappingProxyType(dict.fromkeys(sorted(PERSONAL_KINDS), "personal"))
    )
    plain: Dict[str, Set[str]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
