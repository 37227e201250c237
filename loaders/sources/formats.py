"""Reading one file, whatever its format, as batches of text.

``READERS`` names the formats by suffix; a new one is a class with the shape of ``Reader``, a line there and its suffix
in ``items``. Workbooks
and archives hold several tables: ``contents`` lists what lies in a file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG

from ...graph.errors import UserError
from .header import ORDINARY, Layout
from .items import ARCHIVES, WORKBOOKS, Item, LeftOut, Reader, stem, suffix_of


def _csv(path: Path, label: str, layout: Layout) -> Reader:
    from .csv_files import CsvReader
    from .text_stream import Stored

    return CsvReader(Stored(path), label, layout)


def _parquet(path: Path, label: str, layout: Layout) -> Reader:
    from .parquet_files import ParquetReader

    if layout.skip_rows:
        raise UserError(f"{label}: a Parquet file has no rows above its columns; leave skip_rows out of the mapping")
    return ParquetReader(path, label)


READERS: dict[str, Callable[[Path, str, Layout], Reader]] = {
    ".csv.gz": _csv,
    ".csv": _csv,
    ".parquet": _parquet,
}
"""What opens a file, by suffix: called with path, name to use in messages, and where its header stands."""


def contents(path: Path, label: str) -> tuple[list[Item], list[LeftOut]]:
    """The tables that lie in a file with one of ``SUFFIXES``, and what in it cannot be read; a file of one table is not
    opened for that.

    Raises
    ------
    UserError : a workbook or an archive is unreadable, damaged or locked; or see ``file_size``
    """
    suffix, size = suffix_of(path.name), file_size(path, label)
    try:
        if suffix in WORKBOOKS:
            from .sheets import sheets

            return sheets(path, label)
        if suffix in ARCHIVES:
            from .archives import members

            return members(path, label)
    except OSError as error:
        raise _unreadable(label, error) from error
    return [Item(label, ((stem(path.name), path),), size, lambda layout: open_file(path, label, layout))], []


def file_size(path: Path, label: str) -> int:
    """The bytes of a file, which is not opened for that: whoever opens a pipe waits.

    Raises
    ------
    UserError : it is not there, as where a link leads nowhere; or it is no file, but a pipe or a device
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(label, error) from error
    if not S_ISREG(found.st_mode):
        raise UserError(f"{label}: a pipe or a device, and a source is read twice; write it into a file first")
    return found.st_size


def _unreadable(label: str, error: OSError) -> UserError:
    return UserError(f"{label}: cannot be read ({error.strerror or error}); check the file")


def open_file(path: Path, label: str, layout: Layout = ORDINARY) -> Reader:
    """Open a file that is one table.

    Parameters
    ----------
    label : what messages call the file
    layout : where its header stands

    Raises
    ------
    UserError : the file is unreadable, damaged, empty, or in no known encoding
    """
    opener = READERS.get(suffix_of(path.name) or "")
    if opener is None:
        raise UserError(f"{label}: cannot read this format; give one of {', '.join(READERS)}")
    try:
        return opener(path, label, layout)
    except OSError as error:
        raise _unreadable(label, error) from error
