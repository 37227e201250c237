"""From a folder of files to raw rows of canonical tables.

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

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ..graph.errors import UserError
from .mapping import Entry, Mapping
from .raw import RawBatch, RawReject
from .readers import SUFFIXES, Item, Reader, contents, stem, suffix_of
from .rules import Plan
from .tables import TABLES
from .text_stream import DAMAGED

__all__ = ["RawBatch", "RawReject", "Source", "open_source"]


@dataclass
class Matched:
    """Something that can be read as a table, and the entries of the mapping that say which; opened by ``Source``."""

    item: Item
    entries: list[Entry]
    reader: Reader | None = None
    plans: list[Plan] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What messages and provenance call it."""
        return self.item.name


class Source:
    """The files of one load, matched to canonical tables.

    Parameters
    ----------
    reading : entered while rows are read

    Attributes
    ----------
    name : the folder or file as the user named it
    unknown_columns : ``(file, column)`` that nothing uses; they are ignored
    unknown_files : files that belong to no table; they are ignored
    sizes : bytes by file, of a ``.gz`` as compressed
    """

    def __init__(
        self,
        name: str,
        mapping: Mapping,
        files: Sequence[Matched],
        unknown_files: Sequence[str] = (),
        reading: Callable[[], AbstractContextManager] = nullcontext,
    ):
        self.name = name
        self.mapping = mapping
        self.unknown_files = list(unknown_files)
        self.unknown_columns: list[tuple[str, str]] = []
        self.sizes = {file.name: file.item.size for file in files}
        self._files = list(files)
        self._reading = reading
        for file in self._files:
            file.reader = file.item.open(mapping.delimiter)
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
        with self._reading():
            for plan, file in self._order():
                assert file.reader is not None
                blamed = next((other for other in file.plans if not other.filters), file.plans[0])
                try:
                    for chunk in file.reader.chunks(plan.wanted):
                        frame, rows = plan.apply(chunk)
                        rejects = chunk.rejects if plan is blamed else []
                        if len(frame) or rejects:
                            yield RawBatch(plan.table, file.name, frame, rows, rejects, chunk.bytes_done)
                except (OSError, *DAMAGED) as error:  # it went away or changed while being read
                    why = getattr(error, "strerror", None) or error
                    raise UserError(f"{file.name}: cannot be read ({why}); check the file") from error

    def _order(self) -> list[tuple[Plan, Matched]]:
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
        from .sql_source import open_database

        return open_database(str(path), mapping)
    place = Path(path)
    if not place.exists():
        raise UserError(f"{place}: there is no such file or folder; check the path")
    if not place.is_dir():
        files, unknown = _matched([_Listed(place, place.name)], mapping)
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
            if path.is_file():
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


def entries_for(name: str, mapping: Mapping) -> list[Entry]:
    """The entries of a mapping that take something of this name, in lower case and without suffix."""
    if mapping.entries:
        return [entry for entry in mapping.entries if any(fnmatchcase(name, stem(match)) for match in entry.match)]
    return [Entry((name,), name)] if name in TABLES else []
