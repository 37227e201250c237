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
from .items import ARCHIVES, WORKBOOKS, Item, Reader, check_unique, stem, suffix_of


def _csv(path: Path, label: str, delimiter: str | None) -> Reader:
    from .csv_files import CsvReader
    from .text_stream import Stored

    return CsvReader(Stored(path), label, delimiter)


def _parquet(path: Path, label: str, delimiter: str | None) -> Reader:
    from .parquet_files import ParquetReader

    return ParquetReader(path, label)


READERS: dict[str, Callable[[Path, str, str | None], Reader]] = {
    ".csv.gz": _csv,
    ".csv": _csv,
    ".parquet": _parquet,
}
"""What opens a file, by suffix: called with path, name to use in messages, and the CSV delimiter if set."""


def contents(path: Path, label: str) -> list[Item]:
    """The tables that lie in a file with one of ``SUFFIXES``; a file of one table is not opened for that.

    Raises
    ------
    UserError : a workbook or an archive is unreadable, damaged or locked; or it is no file, but a pipe or a device
    """
    suffix = suffix_of(path.name)
    try:
        found = path.stat()
        if not S_ISREG(found.st_mode):
            raise UserError(f"{label}: a pipe or a device, and a source is read twice; write it into a file first")
        if suffix in WORKBOOKS:
            from .sheets import sheets

            return sheets(path, label)
        if suffix in ARCHIVES:
            from .archives import members

            return members(path, label)
    except OSError as error:
        raise UserError(f"{label}: cannot be read ({error.strerror or error}); check the file") from error
    return [Item(label, ((stem(path.name), path),), found.st_size, lambda delimiter: open_file(path, label, delimiter))]


def open_file(path: Path, label: str, delimiter: str | None = None) -> Reader:
    """Open a file that is one table.

    Parameters
    ----------
    label : what messages call the file
    delimiter : the separator of a CSV file; found from its header line unless given

    Raises
    ------
    UserError : the file is unreadable, damaged, empty, in no known encoding, or has two columns of one name
    """
    opener = READERS.get(suffix_of(path.name) or "")
    if opener is None:
        raise UserError(f"{label}: cannot read this format; give one of {', '.join(READERS)}")
    try:
        reader = opener(path, label, delimiter)
    except OSError as error:
        raise UserError(f"{label}: cannot be read ({error.strerror or error}); check the file") from error
    check_unique(reader.columns, label)
    return reader
