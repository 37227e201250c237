"""Files found in a folder, each matched to the table it belongs to.

Which file belongs to which table
    Without a mapping, a file belongs to the table whose name it bears: ``loans.csv``, ``loans.csv.gz``,
    ``loans.parquet``. A table in several parts is a folder that bears its name and holds the parts, whatever they
    are called and however deep they lie: ``transfers/part-0000.parquet``, ``transfers/dt=2024-01-31/part-0.csv``.
    What lies in a ZIP archive or a workbook belongs to the innermost name that is a table's: that of the file or
    sheet, else of a folder around it; where nothing in it bears such a name, all of it belongs to that of the archive
    or workbook.
    With a mapping, the ``match`` of its entries takes the place of the table's name. Names that start with a dot,
    an underscore or ``~$`` are passed over.
Where they are looked for
    In the folder named. Where nothing in it belongs to a table, in its sub-folders: if exactly one has such files
    that one is taken; several would be several deliveries, of which the user has to name one.
What is not read
    is named, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...graph.errors import UserError
from ..schema.mapping import Mapping
from ..schema.tables import TABLES
from .formats import contents
from .items import SUFFIXES, LeftOut, hiding, passed_over, stem, suffix_of
from .source import NO_TABLE, Matched, Source, entries_for, known

_DEEPEST = 8
"""Folders looked through one inside the other: more than a partitioned table has, and a circle of links ends."""
_INSTEAD = {".xls": ".xlsx", ".xlsb": ".xlsx", ".ods": ".xlsx", ".et": ".xlsx", ".numbers": ".xlsx"}
"""As what to save a file of a format that cannot be read; others as .csv."""
_NO_NAME = "it lies in a folder that bears no table's name; move it, or load that folder by itself"


def open_files(place: Path, mapping: Mapping) -> Source:
    """A folder looked through, or one file: see ``open_source``."""
    if not place.exists():
        raise UserError(f"{place}: there is no such file or folder; check the path")
    if not place.is_dir():
        files, left_out = _matched([Found(place, place.name)], mapping)
    else:
        files, left_out = _in_folder(place, mapping)
    if not any(file.entries for file in files):
        raise UserError(f"{place}: {_nothing_known(mapping, left_out)}")
    return Source(str(place), mapping, files, left_out)


def _nothing_known(mapping: Mapping, left_out: Sequence[LeftOut]) -> str:
    if 0 < len(left_out) <= 3 and all(reason != NO_TABLE for _, reason in left_out):
        return "nothing to load: " + "; ".join(f"{name}: {reason}" for name, reason in left_out)
    names = [name for name, _ in left_out]
    found = f"no file of a known table (found {_some(names)})" if names else "the folder is empty"
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


def _in_folder(folder: Path, mapping: Mapping) -> tuple[list[Matched], list[LeftOut]]:
    """The files of a source folder that belong to a table, and those that do not."""
    listed = _listed(folder, folder)
    files, left_out = _matched(listed, mapping)
    if files:
        return files, left_out
    below = {sub.name: _matched(_listed(sub, folder), mapping) for sub in _entries(folder) if _is_folder(sub)}
    holding = [name for name, (found, _) in below.items() if found]
    if len(holding) > 1:
        raise UserError(f"{folder}: tables lie in several of its folders ({_some(holding)}); name one of them")
    if not holding:
        return [], left_out
    found, others = below[holding[0]]
    beside = [item for item in left_out if not item.name.startswith(f"{holding[0]}/")]
    return found, sorted([*others, *beside])


def found_files(place: Path) -> tuple[list[Found], list[LeftOut]]:
    """The files of a folder and of those below that have a format which can be read, and those that are not read.

    Raises
    ------
    UserError : there is no such folder
    """
    if not place.exists():
        raise UserError(f"{place}: there is no such file or folder; check the path")
    if not place.is_dir():
        return [Found(place, place.name)], []
    found, left_out = [], []
    for file in _listed(place, place):
        why = hiding(file.hidden, file.path.name) if file.hidden else _unreadable(file.path.name)
        if why:
            left_out.append(LeftOut(file.name, why))
        elif not file.hidden:
            found.append(file)
    return found, left_out


@dataclass(frozen=True)
class Found:
    """A file that was found, and the folders it lies in, from the outermost.

    Attributes
    ----------
    hidden : the name by which it is passed over: its own or that of a folder around it
    """

    path: Path
    name: str
    folders: tuple[Path, ...] = ()
    hidden: str | None = None


def _listed(folder: Path, top: Path, around: tuple[Path, ...] = (), hidden: str | None = None) -> list[Found]:
    """The files in a folder and in the folders below."""
    found = []
    for entry in _entries(folder):
        passed = hidden or (entry.name if passed_over(entry.name) else None)
        if not entry.is_dir():
            found.append(Found(entry, entry.relative_to(top).as_posix(), around, passed))
        elif len(around) < _DEEPEST:
            found += _listed(entry, top, (*around, entry), passed)
    return found


def _is_folder(entry: Path) -> bool:
    return entry.is_dir() and not passed_over(entry.name)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise UserError(f"{folder}: cannot be read ({error.strerror}); check the folder") from error


def _matched(listed: Sequence[Found], mapping: Mapping) -> tuple[list[Matched], list[LeftOut]]:
    files: list[Matched] = []
    left_out: list[LeftOut] = []
    seen: dict[tuple[Path | None, str], Path] = {}

    def alone(name: str, place: Path, within: Path | None) -> None:
        # the same rows twice, compressed and not or whole and in parts, would count twice
        other = seen.setdefault((within, name), place)
        if other != place:
            raise UserError(f"{other} and {place} bear one name, as if they held the same rows; remove one")

    for found in listed:
        around = [(stem(folder.name), folder) for folder in reversed(found.folders)]
        if found.hidden:
            left_out += [LeftOut(found.name, why)] if (why := hiding(found.hidden, found.path.name)) else []
            continue
        if why := _unreadable(found.path.name) or (_NO_NAME if around and not known(around[-1][0], mapping) else None):
            left_out.append(LeftOut(found.name, why))
            continue
        items, not_read = contents(found.path, found.name)
        left_out += not_read
        named_inside = any(_bearer(item.bearers[:-1], mapping) for item in items)
        for item in items:
            bearer = _bearer(around or (item.bearers[:-1] if named_inside else item.bearers), mapping)
            if bearer is None:
                left_out.append(LeftOut(item.name, NO_TABLE))
                continue
            for name, place in (*item.bearers, *around[:1]):
                alone(name, place, place.parent)
            if not mapping.entries:
                alone(*bearer, None)
            files.append(Matched(item, entries_for(bearer[0], mapping)))
    return files, left_out


def _unreadable(name: str) -> str | None:
    """Why a file of this name cannot be read; None where it can."""
    if suffix_of(name):
        return None
    suffix = Path(name).suffix.lower()
    what = f"{suffix} files cannot be read" if suffix else "a file without suffix cannot be read"
    return f"{what}; if it holds a table, save it as {_INSTEAD.get(suffix, '.csv')}"


def _bearer(bearers: Sequence[tuple[str, Path]], mapping: Mapping) -> tuple[str, Path] | None:
    """The innermost of the names that tells a table, with what bears it."""
    return next((bearer for bearer in bearers if known(bearer[0], mapping)), None)
