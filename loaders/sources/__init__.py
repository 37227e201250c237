"""Reading what is given, whatever its form: files, archives, workbooks, databases. ``open_source`` is its face."""

from __future__ import annotations

from pathlib import Path

from ..schema.mapping import Mapping
from .source import Source

__all__ = ["Source", "open_source"]


def open_source(path: str | Path, mapping: Mapping | None = None) -> Source:
    """Look through a folder or a database, or take one file; match files to tables, and check that they can be read.

    Parameters
    ----------
    path : of a folder or a file, or the URL of a database

    Raises
    ------
    UserError : there is nothing to read, a file is damaged or cannot be decoded, or a column is missing
    """
    mapping = mapping or Mapping()
    if "://" in str(path):
        from .databases import open_database

        return open_database(str(path), mapping)
    from .folders import open_files

    return open_files(Path(path), mapping)
