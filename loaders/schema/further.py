"""Rows of one key that state several identifiers: one shows as the column's value, and all of them are ties.

A row put together from several of one key says in ``further`` what else its tie columns hold, so that a later load can
tell which of these ties are no longer stated.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from ..vectors import text
from .columns import Table
from .relations import LINKS, Link, links
from .rows import Rows
from .tables import FURTHER


def tie_columns(table: Table) -> list[str]:
    """The columns of which rows of one key may state several values, each a tie of its own."""
    return [link.column for link in LINKS.get(table.name, ()) if link.tie]


def other_links(table: Table) -> list[str]:
    """The columns that make relationships of which a key has one."""
    return [link.column for link in LINKS.get(table.name, ()) if not link.tie]


def further_of(rows: Rows) -> Rows | None:
    """Those of the further rows whose keys are among these rows'; None where none are."""
    if rows.further is None or not len(rows.further):
        return None
    theirs = np.flatnonzero(_places(rows, rows.further) >= 0)
    return rows.further.take(theirs) if len(theirs) else None


def _places(rows: Rows, further: Rows) -> np.ndarray:
    """int64 by further row: the place of its key among rows, -1 where it is none of theirs."""
    return pd.Index(rows.uid.to_pylist()).get_indexer(further.uid.to_pylist())


def note_further(rows: Rows) -> None:
    """Have rows say in ``further`` what else is stated of their keys."""
    further = further_of(rows)
    if further is None:
        return
    places = _places(rows, further)
    said: dict[int, set[str]] = {}
    for _, positions, frame in links(further):
        for place, uid in zip(places[positions].tolist(), frame["uid"].tolist(), strict=True):
            said.setdefault(place, set()).add(uid.removeprefix(rows.uid[place].as_py() + "/"))
    rows.cells[FURTHER.name] = _written(len(rows), said)


def carry_further(rows: Rows, earlier: pa.Array, stated: set[str]) -> None:
    """Have rows keep what the store holds of further values, in columns that are not ``stated`` now.

    Parameters
    ----------
    earlier : by row what its version in the store says in ``further``
    """
    said: dict[int, set[str]] = {}
    for column in (rows.text(FURTHER.name), earlier):
        for place, item in _items(column):
            if column is not earlier or item.partition("/")[0] not in stated:
                said.setdefault(place, set()).add(item)
    if said:
        rows.cells[FURTHER.name] = _written(len(rows), said)


def further_links(rows: Rows) -> Iterator[tuple[Link, np.ndarray, list[str]]]:
    """The ties to what rows say in ``further``: link, positions of the rows, and the ties' uids."""
    items = list(_items(rows.text(FURTHER.name)))
    for link in LINKS.get(rows.table.name, ()) if items else ():
        own = [(place, item) for place, item in items if item.startswith(link.column + "/")]
        if own:
            uids = [f"{rows.uid[place].as_py()}/{item}" for place, item in own]
            yield link, np.array([place for place, _ in own]), uids


def _items(column: pa.Array) -> Iterator[tuple[int, str]]:
    for place in np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False)).tolist():
        for item in column[place].as_py().split("\n"):
            yield place, item


def _written(count: int, said: dict[int, set[str]]) -> pa.Array:
    return text(["\n".join(sorted(said[place])) if place in said else None for place in range(count)])
