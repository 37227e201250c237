"""The first rows of everything in a source that can be read as a table, as they stand."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ...graph.errors import UserError
from ..sources.archives import stored_members
from ..sources.csv_files import sniff_delimiter, stated_delimiter
from ..sources.folders import Found, found_files
from ..sources.formats import file_size
from ..sources.header import SEARCHED
from ..sources.items import ARCHIVES, WORKBOOKS, stem, suffix_of
from ..sources.text_stream import DAMAGED, Stored, start_of

ROWS = 2_000
"""Rows that are looked at, besides those above a header."""
_START = 4 << 20
"""Bytes that are looked at in a file of text."""


@dataclass(frozen=True)
class Sheet:
    """Something that can be read as one table.

    Attributes
    ----------
    name : what messages call it
    titles : what it and the file that it lies in are called, without suffix, as they are spelled
    matches : what an entry of a mapping must match, without suffix; none where nothing tells it from another
    rows : its first rows, those above the header too, a blank cell as an empty text
    headed : its columns have names of their own, as in a database; the first row holds them
    below : the folder of tables in the source that it lies in; None where it lies in the source itself
    """

    name: str
    titles: tuple[str, ...]
    matches: tuple[str, ...]
    rows: list[list[str]]
    headed: bool = False
    below: str | None = None


@dataclass(frozen=True)
class Sampled:
    """The tables of a source, and what in it cannot be read: ``(name, why)``; ``name`` never holds a password."""

    name: str
    sheets: list[Sheet]
    unread: list[tuple[str, str]]


def sample(source: str) -> Sampled:
    """The first rows of the files of a folder, of one file, or of the tables of a database.

    Raises
    ------
    UserError : there is no such source, or a file of it is none: see ``formats.file_size``
    """
    if "://" in source:
        from ..sources.databases import first_rows

        name, tables = first_rows(source, ROWS)
        return Sampled(name, [Sheet(table, (table,), (table,), rows, headed=True) for table, rows in tables], [])
    found, left_out = found_files(Path(source))
    for file in found:
        file_size(file.path, file.name)
    sheets, unread = [], [(name, why) for name, why in left_out]
    for file, part_of, below in _units(found):
        try:
            sheets += [replace(sheet, below=below) for sheet in _sheets(file.path, file.name, part_of)]
        except (UserError, OSError, *DAMAGED) as error:
            unread.append((file.name, str(error).removeprefix(f"{file.name}: ")))
    return Sampled(source, _told_apart(sheets), unread)


def _units(found: Sequence[Found], below: str | None = None) -> Iterator[tuple[Found, Path | None, str | None]]:
    """What is one table each: a file, with the folder whose first part it is, and the folder of tables it lies in."""
    inside: dict[Path, list[Found]] = {}
    for file in found:
        if file.folders:
            inside.setdefault(file.folders[0], []).append(file)
        else:
            yield file, None, below
    for folder, files in inside.items():
        if _one_table(folder, files):
            yield files[0], folder, below
        elif below is None:
            yield from _units([replace(file, folders=file.folders[1:]) for file in files], folder.name)
        else:
            yield from ((file, None, below) for file in files)


def _one_table(folder: Path, files: Sequence[Found]) -> bool:
    """Whether the files below a folder are the parts of one table: all begin with one line, and look like parts."""
    if any(suffix_of(file.path.name) not in (".csv", ".csv.gz", ".parquet") for file in files):
        return False
    if len({tuple(_first_line(file.path)) for file in files}) > 1:
        return False
    partitioned = any("=" in inner.name for file in files for inner in file.folders[1:])
    return len(files) > 1 or partitioned or suffix_of(folder.name) is not None or "part" in files[0].path.name


def _first_line(path: Path) -> list[str]:
    try:
        return next(iter(_rows(path, path.name)), [])
    except (UserError, OSError, *DAMAGED):
        return []


def _sheets(path: Path, label: str, part_of: Path | None) -> list[Sheet]:
    suffix = suffix_of(path.name)
    if suffix in WORKBOOKS:
        from ..sources.sheets import first_rows

        found = [(title, _texts(rows)) for title, rows in first_rows(path, label, ROWS + SEARCHED)]
        alone = len(found) == 1
        if not found:
            raise UserError(f"{label}: no visible sheet of it holds anything")
        return [
            Sheet(f"{label}/{title}", (title, _bare(path.name)), (stem(path.name if alone else title),), rows)
            for title, rows in found
        ]
    if suffix in ARCHIVES:
        return [
            Sheet(f"{label}/{name}", (_bare(Path(name).name),), (stem(Path(name).name),), _csv_rows(stored))
            for name, stored in stored_members(path, label)
        ]
    name = part_of.name if part_of else path.name
    return [Sheet(label, (_bare(name),), (stem(name),), _rows(path, label), suffix == ".parquet")]


def _bare(name: str) -> str:
    """The name of a file or folder without suffixes, as it is spelled."""
    return name[: len(stem(name))]


def _rows(path: Path, label: str) -> list[list[str]]:
    if suffix_of(path.name) != ".parquet":
        return _csv_rows(Stored(path))
    from ..sources.parquet_files import ParquetReader

    reader = ParquetReader(path, label)
    chunk = next(reader.chunks(reader.columns), None)
    cells = chunk.frame.head(ROWS).astype(object).to_numpy().tolist() if chunk else []
    return [reader.columns, *_texts(cells)]


def _csv_rows(stored: Stored) -> list[list[str]]:
    lines = io.StringIO(start_of(stored, _START), newline="")
    heads = list(islice(lines, SEARCHED))
    lines.seek(0)
    stated = stated_delimiter(heads[0]) if heads else None
    if stated:
        lines.readline()
    delimiter = stated or sniff_delimiter(max(heads, key=_parts, default=""))
    try:
        return list(islice(csv.reader(lines, delimiter=delimiter), ROWS + SEARCHED))
    except csv.Error:
        return [line.rstrip("\r\n").split(delimiter) for line in heads[1 if stated else 0 :]]


def _parts(line: str) -> int:
    return line.count(sniff_delimiter(line))


def _texts(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    return [["" if cell is None or cell != cell else str(cell) for cell in row] for row in rows]


def _told_apart(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The same, save that sheets of one make count as one, and that none is matched by a name that means two."""
    made: dict[tuple, Sheet] = {}
    for sheet in sheets:
        head = tuple(sheet.rows[0]) if sheet.rows else ()
        key = (re.sub(r"[\d\W_年月日季度]+", "", sheet.matches[0]) or sheet.name, head, sheet.below)
        first = made.get(key)
        made[key] = replace(first, matches=tuple(dict.fromkeys(first.matches + sheet.matches))) if first else sheet
    count = Counter((sheet.below, match) for sheet in made.values() for match in sheet.matches)
    return [
        replace(sheet, matches=sheet.matches if count[sheet.below, sheet.matches[0]] == 1 else ())
        for sheet in made.values()
    ]
