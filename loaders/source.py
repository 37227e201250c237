"""From a folder of files to raw rows of canonical tables.

Which file belongs to which table
    Without a mapping, a file belongs to the table whose name it bears: ``loans.csv``, ``loans.csv.gz``,
    ``loans.parquet``. A table in several parts is a folder that bears its name and holds the parts, whatever they
    are called: ``transfers/part-0000.parquet``. With a mapping, the ``match`` of its entries takes the place of
    the table's name. Names that start with a dot or an underscore are passed over.
Where they are looked for
    In the folder named. Where nothing in it belongs to a table, in its sub-folders: if exactly one has such files
    that one is taken; several would be several deliveries, of which the user has to name one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ..graph.errors import UserError
from .mapping import Entry, Mapping
from .raw import RawBatch, RawReject
from .readers import READERS, Reader, open_file, stem, suffix_of
from .rules import Plan
from .tables import TABLES

__all__ = ["RawBatch", "RawReject", "Source", "open_source"]


@dataclass
class _File:
    """A file that belongs to a table; ``name`` is relative to the source folder."""

    path: Path
    name: str
    entries: list[Entry]
    size: int
    reader: Reader | None = None
    plans: list[Plan] = field(default_factory=list)


class Source:
    """The files of one load, matched to canonical tables.

    Attributes
    ----------
    name : the folder or file as the user named it
    unknown_columns : ``(file, column)`` that nothing uses; they are ignored
    unknown_files : files that belong to no table; they are ignored
    sizes : bytes on disk, by file
    """

    def __init__(self, name: str, mapping: Mapping, files: Sequence[_File], unknown_files: Sequence[str]):
        self.name = name
        self.mapping = mapping
        self.unknown_files = list(unknown_files)
        self.unknown_columns: list[tuple[str, str]] = []
        self.sizes = {file.name: file.size for file in files}
        self._files = list(files)
        for file in self._files:
            file.reader = open_file(file.path, file.name, mapping.delimiter)
            header = file.reader.columns
            file.plans = [Plan(entry, header, file.name, mapping.name) for entry in file.entries]
            used = {column for plan in file.plans for column in plan.wanted}
            self.unknown_columns += [(file.name, column) for column in header if column and column not in used]
        self._check_required()

    @property
    def passes(self) -> list[tuple[str, str]]:
        """``(table, file)`` in the order of reading: a file that fills several tables is read for each."""
        return [(plan.table, file.name) for plan, file in self._order()]

    def tables(self) -> dict[str, set[str]]:
        """The canonical columns that the files of each table have, by table, in the order of ``TABLES``."""
        found: dict[str, set[str]] = {}
        for plan, _ in self._order():
            found.setdefault(plan.table, set()).update(plan.columns)
        return found

    def batches(self) -> Iterator[RawBatch]:
        """The rows of all tables, table by table in the order of ``TABLES``, never many at once.

        A record that cannot be read is rejected once, even where its file fills several tables: by the first
        entry that takes all rows of the file, or else by the first.
        """
        for plan, file in self._order():
            assert file.reader is not None
            blamed = next((other for other in file.plans if not other.filters), file.plans[0])
            try:
                for chunk in file.reader.chunks(plan.wanted):
                    frame, rows = plan.apply(chunk)
                    rejects = chunk.rejects if plan is blamed else []
                    if len(frame) or rejects:
                        yield RawBatch(plan.table, file.name, frame, rows, rejects, chunk.bytes_done)
            except OSError as error:  # it went away while being read
                raise UserError(f"{file.name}: cannot be read ({error.strerror}); check the file") from error

    def _order(self) -> list[tuple[Plan, _File]]:
        position = {table: number for number, table in enumerate(TABLES)}
        pairs = [(plan, file) for file in self._files for plan in file.plans]
        return sorted(pairs, key=lambda pair: position[pair[0].table])

    def _check_required(self) -> None:
        for table, columns in self.tables().items():
            for column in TABLES[table].required:
                if column not in columns:
                    files = ", ".join(dict.fromkeys(file.name for plan, file in self._order() if plan.table == table))
                    raise UserError(
                        f"table '{table}' lacks its required column '{column}' in {files}; "
                        "add the column, or say in a mapping where it comes from"
                    )


def open_source(path: str | Path, mapping: Mapping | None = None) -> Source:
    """Look through a folder, or take one file; match files to tables, and check that they can be read.

    Raises
    ------
    UserError : there is nothing to read, a file is damaged or cannot be decoded, or a column is missing
    """
    place = Path(path)
    mapping = mapping or Mapping()
    if not place.exists():
        raise UserError(f"{place}: there is no such file or folder; check the path")
    if not place.is_dir():
        files, unknown = _matched([_Listed(place, place.name, stem(place.name), part=False)], mapping)
    else:
        files, unknown = _in_folder(place, mapping)
    if not files:
        raise UserError(f"{place}: {_nothing_known(mapping, unknown)}")
    return Source(str(path), mapping, files, unknown)


def _nothing_known(mapping: Mapping, unknown: Sequence[str]) -> str:
    found = f"no file of a known table (found {_some(unknown)})" if unknown else "the folder is empty"
    if mapping.entries:
        names = [name for entry in mapping.entries for name in entry.match]
        return f"{found}; mapping '{mapping.name}' looks for {', '.join(dict.fromkeys(names))}"
    return (
        f"{found}; name files {'|'.join(TABLES)} with suffix {'|'.join(READERS)}, "
        "or say with --mapping which file is which"
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _in_folder(folder: Path, mapping: Mapping) -> tuple[list[_File], list[str]]:
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
    """A file that was found; ``of`` is what tells its table: its own stem, or that of the folder of parts."""

    path: Path
    name: str
    of: str
    part: bool


def _listed(folder: Path, top: Path) -> list[_Listed]:
    """The files in a folder and in its sub-folders."""
    found = []
    for entry in _entries(folder):
        parts = _entries(entry) if entry.is_dir() else [entry]
        for path in parts:
            if path.is_file():
                name = path.relative_to(top).as_posix()
                found.append(_Listed(path, name, stem(entry.name), part=entry.is_dir()))
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "_")))
    except OSError as error:
        raise UserError(f"{folder}: cannot be read ({error.strerror}); check the folder") from error


def _matched(listed: Sequence[_Listed], mapping: Mapping) -> tuple[list[_File], list[str]]:
    files: list[_File] = []
    unknown: list[str] = []
    bearers: dict[tuple[Path, str], Path] = {}
    for item in listed:
        entries = _entries_for(item.of, mapping) if suffix_of(item.path.name) else []
        if not entries:
            unknown.append(item.name)
            continue
        # the same rows twice, compressed and not or whole and in parts, would count twice
        for path in (item.path, item.path.parent) if item.part else (item.path,):
            other = bearers.setdefault((path.parent, stem(path.name)), path)
            if other != path:
                raise UserError(f"{other} and {path} bear one name, as if they held the same rows; remove one")
        files.append(_File(item.path, item.name, entries, item.path.stat().st_size))
    return files, unknown


def _entries_for(of: str, mapping: Mapping) -> list[Entry]:
    if mapping.entries:
        return [entry for entry in mapping.entries if any(fnmatchcase(of, stem(pattern)) for pattern in entry.match)]
    return [Entry((of,), of)] if of in TABLES else []
