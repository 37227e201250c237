"""Many rows into a table of the embedded store at once.

Most of the time of ``executemany`` goes into taking up the next row and into giving each cell to SQLite. So a statement
takes several rows, and what is the same in all of them stands in it once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain, islice

import numpy as np

_ROWS = 16
"""Rows a statement: twice as many gain little."""


def insert_rows(
    connection: sqlite3.Connection, into: str, cells: Mapping[str, Sequence | int | None], count: int
) -> None:
    """Insert ``count`` rows, in their order.

    Parameters
    ----------
    into : how the statement begins, up to the name of the table
    cells : by column its values, or the one number, or None, that stands in all rows; a NaN is stored as NULL. One
        column has a value for each row

    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.execute("CREATE TABLE t (a, b, c)")
    >>> insert_rows(connection, "INSERT INTO t", {"a": ["x", "y"], "b": 7, "c": None}, 2)
    >>> connection.execute("SELECT * FROM t").fetchall()
    [('x', 7, None), ('y', 7, None)]
    """
    columns = [values for values in cells.values() if values is not None and not isinstance(values, int)]
    marks = ["NULL" if one is None else str(one) if isinstance(one, int) else "?" for one in cells.values()]
    begin = f"{into} ({', '.join(cells)}) VALUES "
    row = f"({', '.join(marks)})"
    rows = zip(*columns, strict=True)
    several = count // _ROWS
    values = chain.from_iterable(islice(rows, several * _ROWS))
    connection.executemany(begin + ", ".join([row] * _ROWS), zip(*[values] * (len(columns) * _ROWS), strict=True))
    connection.executemany(begin + row, rows)


def same(values: np.ndarray) -> int | None:
    """The number that all of some whole numbers are; None where they differ.

    >>> same(np.array([3, 3])), same(np.array([3, 4]))
    (3, None)
    """
    return int(values[0]) if len(values) and (values == values[0]).all() else None
