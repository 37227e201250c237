"""Columns that stand in the names of folders: ``transfers/kind=payroll/dt=2024-01-31/part-0.csv``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

import pandas as pd

from .header import column_called
from .items import Reader
from .raw import Chunk

_NOTHING = "__HIVE_DEFAULT_PARTITION__"


def folder_columns(name: str) -> dict[str, str | None]:
    """The columns that the folders around a file state, ``column=value`` each, and their value in all of its rows.

    >>> folder_columns("transfers/kind=payroll/dt=__HIVE_DEFAULT_PARTITION__/part-0.csv")
    {'kind': 'payroll', 'dt': None}
    """
    folders = [folder.split("=", 1) for folder in name.split("/")[:-1] if "=" in folder]
    return {unquote(column): None if value == _NOTHING else unquote(value) for column, value in folders if column}


def with_folder_columns(reader: Reader, name: str) -> Reader:
    """The reader of a file, with the columns that the folders around it state and the file does not have."""
    stated = folder_columns(name)
    added = {column: value for column, value in stated.items() if not column_called(reader.columns, [column])}
    return _Widened(reader, added) if added else reader


class _Widened:
    """A reader with more columns, each of one value."""

    def __init__(self, reader: Reader, added: Mapping[str, str | None]):
        self._reader, self._added = reader, added
        self.columns = [*reader.columns, *added]
        self.above, self.serial_shift, self.beyond = reader.above, reader.serial_shift, reader.beyond

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records, as frames of the ``wanted`` columns."""
        inside = [name for name in wanted if name in self._reader.columns]
        for chunk in self._reader.chunks(inside):
            count = len(chunk.rows)
            frame = chunk.frame.assign(
                **{name: pd.Series([self._added[name]] * count, dtype=str) for name in wanted if name not in inside}
            )
            yield replace(chunk, frame=frame)
