"""Rows of one key that state several identifiers: one shows as the column's value, and all of them are ties.

A row put together from several of one key says in ``also`` what else its tie columns hold, so that a later load can
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
from .tables import ALSO


def tie_columns(table: Table) -> list[str]:
    """The columns of which rows of one key may state several values, each a tie of its own."""
    return [link.column for link in LINKS.get(table.name, ()) if link.tie]


def other_links(table: Table) -> list[str]:
    """The columns that make relationships of which a key has one."""
    return [link.column for link in LINKS.get(table.name, ()) if not link.tie]


def places_of(rows: Rows, uids: pa.Array) -> np.ndarray:
    """int64 by uid: the place of its row among others, -1 where it is none of them."""
    return pd.Index(rows.uid.to_pylist()).get_indexer(uids.to_pylist())


def note_further(rows: Rows, further: Rows) -> None:
    """Have rows say what else they state.

    Parameters
    ----------
    further : further values of the same keys, with the file and row that give them, other cells blank
    """
    if not len(further):
        return
    places = places_of(rows, further.uid)
    said: dict[int, set[str]] = {}
    for _, positions, frame in links(further):
        for place, uid in zip(places[positions].tolist(), frame["uid"].tolist(), strict=True):
            if place >= 0:
                said.setdefault(place, set()).add(uid.removeprefix(rows.uid[place].as_py() + "/"))
    rows.cells[ALSO.name] = _written(len(rows), said)


def carry_further(rows: Rows, earlier: pa.Array, stated: set[str]) -> None:
    """Have rows keep what the store holds of further values, in columns that are not ``stated`` now.

    Parameters
    ----------
    earlier : by row what its version in the store says in ``also``
    """
    said: dict[int, set[str]] = {}
    for column in (rows.text(ALSO.name), earlier):
        for place, item in _items(column):
            if column is not earlier or item.partition("/")[0] not in stated:
                said.setdefault(place, set()).add(item)
    if said:
        rows.cells[ALSO.name] = _written(len(rows), said)


def further_links(rows: Rows) -> Iterator[tuple[Link, np.ndarray, list[str]]]:
    """The ties to what rows say in ``also``: link, positions of the rows, and the ties' uids."""
    items = list(_items(rows.text(ALSO.name)))
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
