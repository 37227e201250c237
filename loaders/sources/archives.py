"""ZIP archives of CSV files, plain or gzip'ed: read where they lie, never unpacked."""

from __future__ import annotations

import struct
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from ...graph.errors import UserError
from .csv_files import CsvReader
from .header import Layout
from .items import Item, LeftOut, Reader, hiding, passed_over, stem, suffix_of
from .text_stream import Stored

_UTF8 = 0x800
_LOCKED = 0x1
_READ = (".csv", ".csv.gz")


def members(path: Path, label: str) -> tuple[list[Item], list[LeftOut]]:
    """The files in an archive, and those that are not read; none is opened.

    Raises
    ------
    UserError : it is no sound archive
    """
    try:
        with ZipFile(path) as archive:
            if not all(info.filename for info in archive.infolist()):
                raise BadZipFile("a file in it has no name")
            listed = [(_name(info), info) for info in archive.infolist() if not info.is_dir()]
    except (BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise UserError(f"{label}: not a sound ZIP archive ({error}); fetch the file again") from error
    items, left_out = [], []
    for name, info in listed:
        inside = PurePosixPath(name)
        if hidden := next(filter(passed_over, inside.parts), None):
            left_out += [LeftOut(f"{label}/{name}", why)] if (why := hiding(hidden, inside.name)) else []
            continue
        folders = [folder for folder in inside.parents if folder.name]
        named = [(part.name, path / part) for part in (inside, *folders)] + [(path.name, path)]
        bearers = tuple((stem(bearer), place) for bearer, place in named)
        items.append(Item(f"{label}/{name}", bearers, info.file_size, _opener(path, f"{label}/{name}", info)))
    return items, left_out


def stored_members(path: Path, label: str) -> list[tuple[str, Stored]]:
    """The CSV files in an archive by their names, to be looked at."""
    found = []
    for item in members(path, label)[0]:
        name = item.name.removeprefix(f"{label}/")
        if suffix_of(name) in _READ:
            with ZipFile(path) as archive:
                info = next(info for info in archive.infolist() if _name(info) == name)
            found.append((name, Stored(path, info)))
    return found


def _opener(path: Path, label: str, info: ZipInfo):
    def open_member(layout: Layout) -> Reader:
        if suffix_of(label) not in _READ:
            raise UserError(f"{label}: only {' and '.join(_READ)} are read inside an archive; unpack it")
        if info.flag_bits & _LOCKED:
            raise UserError(f"{label}: locked with a password; unpack it, or pack it without one")
        try:
            return CsvReader(Stored(path, info), label, layout)
        except (
            OSError,
            ValueError,
            RuntimeError,
            struct.error,
        ) as error:  # what zipfile says of nonsense in an archive
            raise UserError(f"{label}: the ZIP data are damaged ({error}); fetch the file again") from error

    return open_member


def _name(info: ZipInfo) -> str:
    """A member's name; where none is said, its encoding is found as that of a text: UTF-8, else GB18030."""
    name = info.filename
    if not (info.flag_bits & _UTF8 or name.isascii()):
        for encoding in ("utf-8", "gb18030"):
            try:
                name = info.filename.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    return name.replace("\\", "/")
