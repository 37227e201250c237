"""The tables of one load, matched to canonical tables: their rows, and what of them nothing uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ...graph.errors import UserError
from ..schema.mapping import Entry, Mapping
from ..schema.tables import TABLES
from .items import Item, Reader, stem
from .raw import RawBatch
from .rules import Plan
from .text_stream import DAMAGED


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


def entries_for(name: str, mapping: Mapping) -> list[Entry]:
    """The entries of a mapping that take something of this name, in lower case and without suffix."""
    if mapping.entries:
        return [entry for entry in mapping.entries if any(fnmatchcase(name, stem(match)) for match in entry.match)]
    return [Entry((name,), name)] if name in TABLES else []
