"""The tables of one load, matched to canonical tables: their rows, and what of them nothing uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ...graph.errors import UserError
from ..schema.mapping import Entry, Lookup, Mapping
from ..schema.tables import TABLES
from .header import Layout, column_called
from .items import Item, LeftOut, Reader, stem
from .lookups import Found, read
from .partitions import with_folder_columns
from .raw import RawBatch
from .rules import Plan, fits
from .text_stream import DAMAGED

NO_TABLE = "it belongs to no table; give it the name of one, or say in a mapping which it is"
"""Why most of what is left out is."""
_TOLD = 5
"""Columns beyond a header that are told by name."""


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

    def open(self, mapping: Mapping) -> Reader:
        """Open it; its header is where the mapping says, or where a row has the columns that are needed."""
        stated = {(entry.skip_rows, entry.header) for entry in self.entries}
        if len(stated) > 1:
            raise UserError(f"{self.name}: entries of mapping '{mapping.name}' differ in skip_rows or header; say one")
        skip_rows, header = stated.pop() if stated else (None, True)
        layout = Layout(mapping.delimiter, skip_rows, header, lambda names: self._fits(names, mapping))
        self.reader = with_folder_columns(self.item.open(layout), self.name)
        return self.reader

    def used(self, mapping: Mapping) -> set[str]:
        """Its columns that entries or look-ups use."""
        return {column for plan in self.plans for column in plan.wanted} | self._looked_up(mapping)

    def _looked_up(self, mapping: Mapping) -> set[str]:
        assert self.reader is not None
        asked = [names for lookup in self.lookups(mapping) for names in (lookup.key, lookup.value)]
        return {found for names in asked if (found := column_called(self.reader.columns, names))}

    def lookups(self, mapping: Mapping) -> list[Lookup]:
        """The look-ups that are made in it."""
        found = [each for name, _ in self.item.bearers for each in lookups_in(name, mapping)]
        return list(dict.fromkeys(found))

    def _fits(self, names: Sequence[str], mapping: Mapping) -> bool:
        asked = [[each.key, each.value] for each in self.lookups(mapping)]
        looked_up = any(all(column_called(names, column) for column in columns) for columns in asked)
        return looked_up or any(fits(entry, names) for entry in self.entries)


class Source:
    """The files of one load, matched to canonical tables.

    Parameters
    ----------
    reading : entered while rows are read

    Attributes
    ----------
    name : the folder or file as the user named it
    unknown_columns : ``(file, column)`` that nothing uses; they are ignored
    left_out : files, sheets and tables that are not read, with the reason; once all is read, also the cells beyond the
        header of a sheet, whose columns are then no longer among the unknown ones
    sizes : bytes by file, of a ``.gz`` as compressed
    """

    def __init__(
        self,
        name: str,
        mapping: Mapping,
        files: Sequence[Matched],
        left_out: Sequence[LeftOut] = (),
        reading: Callable[[], AbstractContextManager] = nullcontext,
    ):
        self.name = name
        self.mapping = mapping
        self.left_out = list(left_out)
        self.unknown_columns: list[tuple[str, str]] = []
        self.sizes = {file.name: file.item.size for file in files}
        self._files = list(files)
        self._reading = reading
        for file in self._files:
            reader = file.open(mapping)
            header, shift = reader.columns, reader.serial_shift
            if reader.above and all(entry.skip_rows is None for entry in file.entries):
                self.left_out.append(LeftOut(file.name, _title(reader.above)))
            file.plans = [Plan(entry, header, file.name, mapping.name, shift) for entry in file.entries]
            used = file.used(mapping)
            self.unknown_columns += [(file.name, column) for column in header if column not in used]
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
            lookups = self._lookups()
            for plan, file in self._order():
                assert file.reader is not None
                blamed = next((other for other in file.plans if not other.filters), file.plans[0])
                try:
                    for chunk in file.reader.chunks(plan.wanted):
                        frame, rows = plan.apply(chunk, lookups)
                        rejects = chunk.rejects if plan is blamed else []
                        if len(frame) or rejects:
                            yield RawBatch(plan.table, file.name, frame, rows, rejects, chunk.bytes_done)
                except (OSError, *DAMAGED) as error:  # it went away or changed while being read
                    why = getattr(error, "strerror", None) or error
                    raise UserError(f"{file.name}: cannot be read ({why}); check the file") from error

        self._tell_beyond()

    def _tell_beyond(self) -> None:
        for file in self._files:
            assert file.reader is not None
            used = file.used(self.mapping)
            found = {column: row for column, row in file.reader.beyond.items() if column not in used}
            told = {(file.name, column) for column in found}
            self.unknown_columns = [one for one in self.unknown_columns if one not in told]
            left_out = LeftOut(file.name, _beyond(found))
            if found and left_out not in self.left_out:
                self.left_out.append(left_out)

    def _lookups(self) -> dict[Lookup, Found]:
        """What the look-ups of the mapping find, read before all else."""
        found = {}
        for lookup in {lookup for plan, _ in self._order() for lookup in plan.lookups}:
            readers = [(file.name, file.reader) for file in self._files if lookup in file.lookups(self.mapping)]
            found[lookup] = read([(name, reader) for name, reader in readers if reader], lookup, self.mapping.name)
        return found

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


def _title(rows: int) -> str:
    return (
        "1 row above its header; it holds no record"
        if rows == 1
        else f"{rows} rows above its header; they hold no records"
    )


def _beyond(found: dict[str, int]) -> str:
    """Which cells beyond the header are not read: some columns, by the first row of each."""
    first = sorted(found.items(), key=lambda one: one[1])[:_TOLD]
    more = f" and {len(found) - _TOLD} more columns" if len(found) > _TOLD else ""
    told = ", ".join(f"column {column} (first in row {row})" for column, row in first)
    return f"cells beyond its header, in {told}{more}; give these columns names in the header, or empty the cells"


def known(name: str, mapping: Mapping) -> bool:
    """Whether a mapping takes something of this name, as a table or to look up in."""
    return bool(entries_for(name, mapping) or lookups_in(name, mapping))


def lookups_in(name: str, mapping: Mapping) -> list[Lookup]:
    """The look-ups that a mapping makes in something of this name, in lower case and without suffix."""
    return [each for each in mapping.lookups if fnmatchcase(name, stem(each.file))]


def entries_for(name: str, mapping: Mapping) -> list[Entry]:
    """The entries of a mapping that take something of this name, in lower case and without suffix."""
    if mapping.entries:
        return [entry for entry in mapping.entries if any(fnmatchcase(name, stem(match)) for match in entry.match)]
    return [Entry((name,), name)] if name in TABLES else []
