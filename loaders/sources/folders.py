"""Files found in a folder, each matched to the table it belongs to.

Which file belongs to which table
    Without a mapping, a file belongs to the table whose name it bears: ``loans.csv``, ``loans.csv.gz``,
    ``loans.parquet``. A table in several parts is a folder that bears its name and holds the parts, whatever they
    are called: ``transfers/part-0000.parquet``. What lies in a ZIP archive or a workbook belongs to the innermost
    name that is a table's: that of the file or sheet, else of a folder around it; where nothing in it bears such a
    name, all of it belongs to that of the archive or workbook.
    With a mapping, the ``match`` of its entries takes the place of the table's name. Names that start with a dot,
    an underscore or ``~$`` are passed over.
Where they are looked for
    In the folder named. Where nothing in it belongs to a table, in its sub-folders: if exactly one has such files
    that one is taken; several would be several deliveries, of which the user has to name one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...graph.errors import UserError
from ..schema.mapping import Mapping
from ..schema.tables import TABLES
from .formats import contents
from .items import SUFFIXES, stem, suffix_of
from .source import Matched, Source, entries_for


def open_files(place: Path, mapping: Mapping) -> Source:
    """A folder looked through, or one file: see ``open_source``."""
    if not place.exists():
        raise UserError(f"{place}: there is no such file or folder; check the path")
    if not place.is_dir():
        files, unknown = _matched([_Listed(place, place.name)], mapping)
    else:
        files, unknown = _in_folder(place, mapping)
    if not files:
        raise UserError(f"{place}: {_nothing_known(mapping, unknown)}")
    return Source(str(place), mapping, files, unknown)


def _nothing_known(mapping: Mapping, unknown: Sequence[str]) -> str:
    found = f"no file of a known table (found {_some(unknown)})" if unknown else "the folder is empty"
    if mapping.entries:
        names = [name for entry in mapping.entries for name in entry.match]
        return f"{found}; mapping '{mapping.name}' looks for {', '.join(dict.fromkeys(names))}"
    return (
        f"{found}; name files {'|'.join(TABLES)} with suffix {'|'.join(SUFFIXES)}, "
        "or say with --mapping which file is which"
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _in_folder(folder: Path, mapping: Mapping) -> tuple[list[Matched], list[str]]:
    """The files of a source folder that belong to a table, and the names of those that do not."""
    files, unknown = _matched(_listed(folder, folder), mapping)
    if files:
        return files, unknown
    below = {sub.name: _matched(_listed(sub, folder), mapping) for sub in _entries(folder) if sub.is_dir()}
    known = [name for name, (found, _) in below.items() if found]
    if len(known) > 1:
        raise UserError(f"{folder}: tables lie in several of its folders ({_some(known)}); name one of them")
    if not known:
        return [], sorted({*unknown, *(name for _, others in below.values() for name in others)})
    return below[known[0]]


@dataclass(frozen=True)
class _Listed:
    """A file that was found; ``folder`` is the folder of parts that it lies in, if it lies in one."""

    path: Path
    name: str
    folder: Path | None = None


def _listed(folder: Path, top: Path) -> list[_Listed]:
    """The files in a folder and in its sub-folders."""
    found = []
    for entry in _entries(folder):
        parts = _entries(entry) if entry.is_dir() else [entry]
        for path in parts:
            if not path.is_dir():
                found.append(_Listed(path, path.relative_to(top).as_posix(), entry if entry.is_dir() else None))
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "_", "~$")))
    except OSError as error:
        raise UserError(f"{folder}: cannot be read ({error.strerror}); check the folder") from error


def _matched(listed: Sequence[_Listed], mapping: Mapping) -> tuple[list[Matched], list[str]]:
    files: list[Matched] = []
    unknown: list[str] = []
    seen: dict[tuple[Path | None, str], Path] = {}

    def alone(name: str, place: Path, within: Path | None) -> None:
        # the same rows twice, compressed and not or whole and in parts, would count twice
        other = seen.setdefault((within, name), place)
        if other != place:
            raise UserError(f"{other} and {place} bear one name, as if they held the same rows; remove one")

    for found in listed:
        around = [(stem(found.folder.name), found.folder)] if found.folder else []
        if not suffix_of(found.path.name) or (around and not _bearer(around, mapping)):
            unknown.append(found.name)
            continue
        items = contents(found.path, found.name)
        named_inside = any(_bearer(item.bearers[:-1], mapping) for item in items)
        for item in items:
            bearer = _bearer(around or (item.bearers[:-1] if named_inside else item.bearers), mapping)
            if bearer is None:
                unknown.append(item.name)
                continue
            for name, place in (*item.bearers, *around):
                alone(name, place, place.parent)
            if not mapping.entries:
                alone(*bearer, None)
            files.append(Matched(item, entries_for(bearer[0], mapping)))
    return files, unknown


def _bearer(bearers: Sequence[tuple[str, Path]], mapping: Mapping) -> tuple[str, Path] | None:
    """The innermost of the names that tells a table, with what bears it."""
    return next((bearer for bearer in bearers if entries_for(bearer[0], mapping)), None)
