"""One mapping entry applied to one file: from the file's columns to canonical ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...graph.errors import UserError
from ..schema.columns import fold
from ..schema.mapping import ColumnRule, Condition, Entry
from ..schema.tables import TABLES
from .raw import Chunk


class Plan:
    """Which columns of a file an entry needs, and what it makes of them.

    Attributes
    ----------
    table : the canonical table
    columns : the canonical columns that come out, in the order of the table
    wanted : the file's columns that are needed
    """

    def __init__(self, entry: Entry, header: Sequence[str], label: str, mapping: str):
        self.table = entry.table
        self._header = header
        self._label = label
        self._mapping = mapping
        canonical = TABLES[entry.table].all_columns
        rules = entry.columns
        if rules is None:
            rules = {name: ColumnRule(parts=((name,),), optional=True) for name in canonical}
        self._rules: dict[str, ColumnRule] = {}
        needed: list[str] = []
        for name in canonical:
            if name not in rules:
                continue
            rule = rules[name]
            alternatives = [*rule.parts, *([rule.when.column] if rule.when else [])]
            if rule.optional and any(find(header, names) is None for names in alternatives):
                continue
            needed += [self._source(names, f"{entry.table}.{name}") for names in alternatives]
            self._rules[name] = rule
        self._where = entry.where
        if entry.where:
            needed.append(self._source(entry.where.column, f"where of {entry.table}"))
        self.columns = tuple(self._rules)
        self.wanted = list(dict.fromkeys(needed))

    @property
    def filters(self) -> bool:
        """Whether only some rows of the file belong to the table."""
        return self._where is not None

    def apply(self, chunk: Chunk) -> tuple[pd.DataFrame, np.ndarray]:
        """The chunk's rows as canonical columns, and their numbers in the file."""
        frame, rows = chunk.frame, chunk.rows
        if self._where:
            kept = self._holds(self._where, frame)
            frame, rows = frame.loc[kept].reset_index(drop=True), rows[kept]
        columns = {name: self._column(rule, frame) for name, rule in self._rules.items()}
        return pd.DataFrame(columns, index=frame.index), rows

    def _column(self, rule: ColumnRule, frame: pd.DataFrame) -> pd.Series:
        result: Any
        if rule.value is not None:
            result = pd.Series(rule.value or None, index=frame.index, dtype=str)
        else:
            result, *more = (frame[self._source(names)] for names in rule.parts)
            result = result.str.cat(more, sep=rule.glue) if more else result
        if rule.values or rule.other is not None:
            result = _replaced(result, rule)
        if rule.when:
            result = result.where(self._holds(rule.when, frame))
        return result

    def _holds(self, condition: Condition, frame: pd.DataFrame) -> np.ndarray:
        words = frame[self._source(condition.column)].fillna("").str.strip().str.casefold()
        return words.isin(condition.values).to_numpy() != condition.negated

    def _source(self, names: tuple[str, ...], use: str = "") -> str:
        found = find(self._header, names)
        if found is None:
            sought = " or ".join(f"'{name}'" for name in names)
            raise UserError(
                f"{self._label} has no column {sought}, which mapping '{self._mapping}' names for {use}; "
                "correct the name in the mapping, or mark it optional = true"
            )
        return found


def find(header: Sequence[str], names: Sequence[str]) -> str | None:
    """The first of ``names`` that is in a header, as the header spells it; without regard to case.

    >>> find(["ID", "name"], ["personId", "id"])
    'ID'
    """
    folded = {column.casefold(): column for column in reversed(header)}
    for name in names:
        if name in header:
            return name
        if name.casefold() in folded:
            return folded[name.casefold()]
    return None


def _replaced(words: Any, rule: ColumnRule) -> pd.Series:
    """Words put in the place of others, each distinct word looked up once; blank cells stay blank."""
    known = {}
    for word in words.dropna().unique():
        kept = word if rule.other is None else rule.other
        known[word] = rule.values.get(fold(word), kept) or None
    return words.map(known).astype(words.dtype)
