"""One mapping entry applied to one file: from the file's columns to canonical ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...graph.errors import UserError
from ..schema.columns import fold
from ..schema.mapping import ColumnRule, Condition, Entry, Lookup
from ..schema.tables import TABLES
from .header import column_called, namesakes
from .lookups import Found, named
from .raw import Chunk
from .units import counted, moved, scaled

Names = tuple[str | int, ...]


class Plan:
    """Which columns of a file an entry needs, and what it makes of them.

    Parameters
    ----------
    header : the names of the file's columns
    label, mapping : what messages call the file and the mapping
    serial_shift : days between the day that Excel counts plain serials from and the one that this file does

    Attributes
    ----------
    table : the canonical table
    columns : the canonical columns that come out, in the order of the table
    wanted : the file's columns that are needed
    """

    def __init__(self, entry: Entry, header: Sequence[str], label: str, mapping: str, serial_shift: int = 0):
        self.table = entry.table
        self._header = header
        self._label = label
        self._mapping = mapping
        self._serial_shift = serial_shift
        self._types = {name: column.type for name, column in TABLES[entry.table].all_columns.items()}
        if entry.columns is None:
            self._one_name_each()
        self._rules = {name: rule for name, rule in _rules(entry).items() if not self._lacks(rule)}
        needed = [
            self._source(names, f"{entry.table}.{name}") for name, rule in self._rules.items() for names in _asked(rule)
        ]
        self._where = entry.where
        if entry.where:
            needed.append(self._source(entry.where.column, f"where of {entry.table}"))
        self.columns = tuple(self._rules)
        self.wanted = list(dict.fromkeys(needed))

    @property
    def lookups(self) -> list[Lookup]:
        """The look-ups that its columns make."""
        return [rule.lookup for rule in self._rules.values() if rule.lookup]

    @property
    def filters(self) -> bool:
        """Whether only some rows of the file belong to the table."""
        return self._where is not None

    def apply(self, chunk: Chunk, lookups: Mapping[Lookup, Found]) -> tuple[pd.DataFrame, np.ndarray]:
        """The chunk's rows as canonical columns, and their numbers in the file."""
        frame, rows = chunk.frame, chunk.rows
        if self._where:
            kept = self._holds(self._where, frame)
            frame, rows = frame.loc[kept].reset_index(drop=True), rows[kept]
        columns = {name: self._column(name, rule, frame, lookups) for name, rule in self._rules.items()}
        return pd.DataFrame(columns, index=frame.index), rows

    def _column(self, name: str, rule: ColumnRule, frame: pd.DataFrame, lookups: Mapping[Lookup, Found]) -> pd.Series:
        result: Any
        if rule.value is not None:
            result = pd.Series(rule.value or None, index=frame.index, dtype=str)
        else:
            result, *more = (frame[self._source(names)] for names in rule.parts)
            result = result.str.cat(more, sep=rule.glue) if more else result
        if rule.lookup:
            result = lookups[rule.lookup].of(result)
        if rule.values or rule.other is not None:
            result = _replaced(result, rule)
        if rule.scale is not None:
            result = scaled(result, rule.scale)
        if rule.count:
            result = counted(result, rule.count.base, rule.count.unit)
        elif self._serial_shift and self._types[name] == "time":
            result = moved(result, self._serial_shift)
        if rule.when:
            result = result.where(self._holds(rule.when, frame))
        return result

    def _holds(self, condition: Condition, frame: pd.DataFrame) -> np.ndarray:
        words = frame[self._source(condition.column)].fillna("").str.strip().str.casefold()
        return words.isin(condition.values).to_numpy() != condition.negated

    def _lacks(self, rule: ColumnRule) -> bool:
        """Whether the file lacks what an optional rule needs."""
        return rule.optional and any(column_called(self._header, names) is None for names in _asked(rule))

    def _source(self, names: Names, use: str = "") -> str:
        found = column_called(self._header, names)
        if found is None:
            raise UserError(
                f"{self._label} has no column {named(names)}, which mapping '{self._mapping}' names for {use}; "
                "correct the name in the mapping, mark it optional = true, or say skip_rows if the header stands lower"
            )
        return found

    def _one_name_each(self) -> None:
        for name in self._types:
            if places := namesakes(self._header, column_called(self._header, [name]) or ""):
                raise UserError(
                    f"{self._label}: columns {' and '.join(map(str, places))} are both called '{name}'; remove one, or "
                    "say in a mapping which place counts"
                )


def fits(entry: Entry, names: Sequence[str]) -> bool:
    """Whether columns of these names are a table that an entry can take: one that has all that it needs, or, where
    canonical names hold, a required column."""
    if entry.columns is None:
        return any(column_called(names, [name]) for name in TABLES[entry.table].required)
    conditions = [entry.where.column] if entry.where else []
    needed = [ask for rule in entry.columns.values() if not rule.optional for ask in _asked(rule)]
    return all(column_called(names, ask) for ask in [*needed, *conditions])


def _rules(entry: Entry) -> dict[str, ColumnRule]:
    """The rules of an entry in the order of the table; canonical names where it has none."""
    canonical = TABLES[entry.table].all_columns
    if entry.columns is None:
        return {name: ColumnRule(parts=((name,),), optional=True) for name in canonical}
    return {name: entry.columns[name] for name in canonical if name in entry.columns}


def _asked(rule: ColumnRule) -> list[Names]:
    """The columns that a rule asks for, each by its alternatives."""
    return [*rule.parts, *([rule.when.column] if rule.when else [])]


def _replaced(words: Any, rule: ColumnRule) -> pd.Series:
    """Words put in the place of others, each distinct word looked up once; blank cells stay blank."""
    known = {}
    for word in words.dropna().unique():
        kept = word if rule.other is None else rule.other
        known[word] = rule.values.get(fold(word), kept) or None
    return words.map(known).astype(words.dtype)
