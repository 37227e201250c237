"""A few rows that somebody hands over, such as one application: cleaned as a load of them would be, and not stored.

What comes out are the versions that such a load would write, so that a view can be laid over the book, or a load
written, with nothing of the cleaning done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from ..graph.errors import UserError
from ..graph.keys import KeyFile
from ..graph.snapshot.overlay import Written
from ..graph.store import Store, Writer
from ..graph.store.records import FACT_COLUMNS, RELATIONSHIP_COLUMNS, FieldType
from ..graph.store.standing import checked_privacy
from .passes.load import run_load
from .passes.staging import Staging
from .schema.mapping import Mapping as Described
from .schema.tables import TABLES
from .sources.items import NONE_BEYOND, Item
from .sources.raw import Chunk
from .sources.source import Matched, Source, entries_for

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by canonical table, each a cell by column; a cell is text, a number, a truth or nothing."""
GIVEN = "given"
"""What provenance calls the rows."""


@dataclass
class Cleaned:
    """What rows come to.

    Attributes
    ----------
    written : the versions that they make, one revision above the store's
    declared : the names of the nodes whose rows were given, by table
    rejects : rows and cells that could not be used, as ``REJECT_COLUMNS``
    unknown : columns that no table has, by table; they are ignored
    secrets : tokens with mask and ciphertext
    data_date : the latest event among them, None where there is none
    tables : what became of the rows of each table, as ``Load.tables``
    """

    written: Written
    declared: dict[str, list[str]]
    rejects: list[dict]
    unknown: list[tuple[str, str]]
    secrets: list[pd.DataFrame]
    data_date: int | None
    tables: dict[str, dict[str, int]]


def clean(store: Store, rows: Rows) -> Cleaned:
    """The versions that some rows make beside what a store holds; nothing is written.

    Parameters
    ----------
    rows : by canonical table; raw values, or as ``plain`` as files would have them

    Raises
    ------
    UserError : an unknown table, no row, or a table without a required column
    """
    mapping = Described(reject_limit=1.0)
    source = _source(rows, mapping)
    revision = store.revision()
    writer = _Collected(revision, checked_privacy(store.privacy(), None))
    staging = _InMemory(store.keys)
    staging.note |= {"load": 0, "source": GIVEN}
    report = run_load(store, cast(Writer, writer), source, staging)
    date = max((day for day in (store.data_date(), report.data_date) if day is not None), default=None)
    return Cleaned(
        written=replace(writer.written(), revision=revision + 1, data_date=date),
        declared=_declared(writer),
        rejects=[row for frame in writer.rejected for row in frame.to_dict("records")],
        unknown=[(name, column) for name, column in report.unknown_columns],
        secrets=writer.kept,
        data_date=report.data_date,
        tables=report.tables,
    )


def write(store: Store, given: Cleaned, source: str, notes: dict, before: Callable[[int], object]) -> int | None:
    """Make rows part of a store in a small write of their own, as they were cleaned.

    Parameters
    ----------
    source : where they come from, for people to read
    notes : what the load says of itself
    before : called with the number of the load when all is written, and before it shows

    Returns
    -------
    the revision that this makes; None where the store has moved on since the rows were cleaned: clean them anew
    """
    written = given.written
    with store.writer(source, bulk=False) as writer:
        file = writer.file(source)
        types = cast(dict[str, dict[str, FieldType]], written.types)
        for table, frame in written.facts.items():
            writer.facts(table, frame.assign(file=file).reindex(columns=list(FACT_COLUMNS)), types[table])
        for relation, frame in written.relationships.items():
            told = frame.assign(file=file).reindex(columns=list(RELATIONSHIP_COLUMNS))
            writer.relationships(relation, told, types[relation])
        for secrets in given.secrets:
            writer.secrets(secrets)
        before(writer.load)
        return writer.publish(given.tables, given.data_date, since=written.revision - 1, notes=notes)


def _declared(writer: _Collected) -> dict[str, list[str]]:
    return {table: pd.concat(frames)["node"].dropna().tolist() for table, frames in writer.stated.items()}


def _source(rows: Rows, mapping: Described) -> Source:
    for table in rows:
        if table not in TABLES:
            raise UserError(f"unknown table '{table}': use {', '.join(TABLES)}")
    held = {table: given for table, given in rows.items() if given}
    if not held:
        raise UserError("no row was given: state at least applications and applicants")
    return Source(GIVEN, mapping, [_matched(table, given, mapping) for table, given in held.items()])


def _matched(table: str, given: Sequence[Mapping[str, Any]], mapping: Described) -> Matched:
    item = Item(table, ((table, Path(table)),), 0, lambda _: _Reader(given))
    return Matched(item, entries_for(table, mapping))


class _Reader:
    """Rows as the readers of files give them."""

    above = serial_shift = 0
    beyond = NONE_BEYOND

    def __init__(self, rows: Sequence[Mapping[str, Any]]):
        self.columns = list(dict.fromkeys(name for row in rows for name in row))
        self._rows = rows

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """All of them."""
        frame = pd.DataFrame({name: [_text(row.get(name)) for row in self._rows] for name in wanted}, dtype="str")
        yield Chunk(frame, np.arange(2, len(self._rows) + 2), [], 0)


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


class _InMemory(Staging):
    """What a load would stage on disk, kept in memory."""

    def __init__(self, keys: KeyFile):
        super().__init__(Path(), {"note": {}, "partitions": {}, "tables": {}, "side": {}}, keys)
        self._held: dict[str, pa.Table] = {}

    def save(self) -> None:
        """Nothing is resumed."""

    def _keep(self, name: str, rows: pa.Table) -> None:
        self._held[name] = rows

    def _part(self, name: str) -> pa.Table:
        return self._held[name]


@dataclass
class _Collected:
    """A ``Writer`` that keeps what it is given."""

    revision: int
    privacy: dict[str, str]
    load: int = 0
    left: bool = False
    abandoned: None = None
    names: dict[int, str] = field(default_factory=dict)
    stated: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    tied: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    kept: list[pd.DataFrame] = field(default_factory=list)
    rejected: list[pd.DataFrame] = field(default_factory=list)

    def mark(self) -> list[int]:
        """Nothing is resumed."""
        return []

    def file(self, name: str) -> int:
        """Numbers that no file of a store has."""
        numbers = {held: number for number, held in self.names.items()}
        number = numbers.get(name, -2 - len(self.names))
        self.names[number] = name
        return number

    def facts(self, table: str, frame: pd.DataFrame, fields: Mapping[str, str]) -> None:
        """As ``Writer.facts``."""
        self.stated.setdefault(table, []).append(frame)
        self.types.setdefault(table, {}).update(fields)

    def relationships(self, relation: str, frame: pd.DataFrame, fields: Mapping[str, str]) -> None:
        """As ``Writer.relationships``."""
        self.tied.setdefault(relation, []).append(frame)
        self.types.setdefault(relation, {}).update(fields)

    def secrets(self, frame: pd.DataFrame) -> None:
        """As ``Writer.secrets``."""
        self.kept.append(frame)

    def rejects(self, frame: pd.DataFrame) -> None:
        """As ``Writer.rejects``."""
        self.rejected.append(frame)

    def publish(self, *_: Any, **__: Any) -> int:
        """Nothing is published."""
        return self.revision + 1

    def written(self) -> Written:
        """All of it."""
        masks = {token: mask for frame in self.kept for token, mask in zip(frame["token"], frame["mask"], strict=True)}
        return Written(
            self.revision + 1,
            None,
            {name: self._whole(frames) for name, frames in self.tied.items()},
            {name: self._whole(frames) for name, frames in self.stated.items()},
            self.types,
            self.names,
            masks,
        )

    def _whole(self, frames: list[pd.DataFrame]) -> pd.DataFrame:
        whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
        return whole.assign(revision=self.revision + 1)
