"""Look-ups in other files of a source: what stands behind an id that a file gives in place of a value."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.errors import UserError
from ..cleaning.values import ids
from ..schema.mapping import Lookup
from ..vectors import TEXT, hashes, present, text, trimmed
from .header import column_called
from .items import Reader

NOT_FOUND = "#N/A"
"""Stands for what the other file does not have, as in a spreadsheet."""


class Found:
    """Values by key, as two columns sorted by the hash of the key: some 16 bytes an entry beside the texts."""

    def __init__(self, keys: pa.Array, values: pa.Array):
        numbers = hashes(keys)
        order = np.argsort(numbers, kind="stable")
        self._numbers = numbers[order]
        self._keys, self._values = keys.take(pa.array(order)), values.take(pa.array(order))

    def several(self) -> int:
        """How many keys have more than one value."""
        pairs = pa.table({"key": self._keys, "value": self._values}).group_by(["key", "value"]).aggregate([])
        counts = pairs.group_by("key").aggregate([("value", "count")])["value_count"]
        return int(pc.sum(pc.greater(counts, 1)).as_py() or 0)

    def of(self, column: pd.Series) -> pd.Series:
        """For every key its value, ``NOT_FOUND`` where there is none; blank cells stay blank."""
        asked = _keys(text(column))
        numbers = hashes(asked.fill_null(""))
        places = np.searchsorted(self._numbers, numbers).clip(max=max(len(self._numbers) - 1, 0))
        if len(self._numbers):
            same = pc.equal(self._keys.take(pa.array(places)), asked).fill_null(False)
            found = pc.if_else(same, self._values.take(pa.array(places)), NOT_FOUND)
        else:
            found = text([NOT_FOUND] * len(column))
        found = pc.if_else(pa.array(present(asked)), found, pa.scalar(None, TEXT))
        return pd.Series(found.to_pandas(), index=column.index, dtype=column.dtype)


def read(readers: Sequence[tuple[str, Reader]], lookup: Lookup, mapping: str) -> Found:
    """The values of a look-up, from all files that its name matches.

    Raises
    ------
    UserError : no file matches, a file lacks the columns, or an id has several values
    """
    if not readers:
        raise UserError(f"mapping '{mapping}' looks up in '{lookup.file}', and no file of the source is called so")
    keys, values = [text([])], [text([])]
    for name, reader in readers:
        key, value = (_called(reader, names, name, mapping) for names in (lookup.key, lookup.value))
        for chunk in reader.chunks(list(dict.fromkeys((key, value)))):
            keys.append(_keys(text(chunk.frame[key])))
            values.append(trimmed(text(chunk.frame[value])))
    all_keys, all_values = pa.concat_arrays(keys), pa.concat_arrays(values)
    stated = pa.array(present(all_keys) & present(all_values))
    found = Found(all_keys.filter(stated), all_values.filter(stated))
    if several := found.several():
        raise UserError(
            f"mapping '{mapping}' looks up in '{lookup.file}', where ids have several values ({several:,} of them), "
            "so nobody can tell which is meant; mend the file"
        )
    return found


def _called(reader: Reader, names: Sequence[str | int], label: str, mapping: str) -> str:
    found = column_called(reader.columns, names)
    if found is None:
        raise UserError(f"{label} has no column {named(names)}, which mapping '{mapping}' looks up; correct the name")
    return found


def named(names: Sequence[str | int]) -> str:
    """Names and places of columns as messages give them."""
    return " or ".join(f"'{name}'" if isinstance(name, str) else f"number {name}" for name in names)


def _keys(column: pa.Array) -> pa.Array:
    return ids(trimmed(column))
