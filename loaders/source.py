"""From a folder of files to raw rows of canonical tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .mapping import Mapping
from .raw import RawBatch, RawReject

__all__ = ["RawBatch", "RawReject", "Source", "open_source"]


class Source:
    """The files of one load, matched to canonical tables.

    Attributes
    ----------
    name : the folder or file, as it is named in the store's list of loads
    unknown_columns : ``(file, column)`` that nothing uses; they are ignored
    unknown_files : files that belong to no table; they are ignored
    passes : ``(table, file, bytes)`` in the order of reading, for progress bars
    """

    name: str
    mapping: Mapping
    unknown_columns: list[tuple[str, str]]
    unknown_files: list[str]
    passes: list[tuple[str, str, int]]

    def tables(self) -> dict[str, set[str]]:
        """The canonical columns that the files of each table have, by table, in the order of ``TABLES``."""
        raise NotImplementedError

    def batches(self) -> Iterator[RawBatch]:
        """The rows of all tables, table by table in the order of ``TABLES``, never many at once."""
        raise NotImplementedError


def open_source(path: str | Path, mapping: Mapping | None = None) -> Source:
    """Look through a folder (or take one file), match it to tables, and check that it can be read."""
    raise NotImplementedError
