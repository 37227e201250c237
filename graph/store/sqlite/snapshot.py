"""The embedded store read into a snapshot: column by column, relation by relation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ...errors import Gone, NotFound
from ...model import RELATIONS
from ...snapshot.cache import kept
from ...snapshot.reading import Snapshot
from ...snapshot.writing import places, write_snapshot
from ...times import today
from ..records import Progress
from ..standing import latest_date, standing_at
from .columns import Read, column_reader
from .schema import relation_table, version_tables

if TYPE_CHECKING:
    from .file import SqliteFile

_NO_AMOUNT = "9e999"
"""Stands for a missing amount on the way, so that the column is of one type throughout; becomes NaN."""


def snapshot(store: SqliteFile, revision: int, progress: Progress | None) -> Snapshot:
    """The snapshot of a revision: mapped where it was built before, else built and kept beside the store."""
    connection = store.connection
    if revision > store.revision() or revision < 0:
        raise NotFound(f"no revision {revision}: the latest is {store.revision()}")
    identity = connection.execute("SELECT value FROM meta WHERE name = 'store'").fetchone()[0]

    def build(folder: Path) -> None:
        purged = connection.execute(
            "SELECT 1 FROM loads WHERE purged AND revision <= ?1 AND withdrawn > ?1", (revision,)
        ).fetchone()
        if purged:
            raise Gone(f"revision {revision} shows a load that was unloaded and cleared since: take a later one")
        with store.reading(revision):
            _build(store, revision, folder, progress)

    def held() -> set[int]:
        return {row[0] for row in connection.execute("SELECT revision FROM readers")}

    files = kept(store.beside("snapshots"), identity, revision, build, held)
    data_date = latest_date(store.loads(), revision)
    return Snapshot(files, today() if data_date is None else data_date)


def _build(store: SqliteFile, revision: int, folder: Path, progress: Progress | None) -> None:
    loads = store.loads()
    standing = standing_at(loads, revision)
    types: dict[str, dict[str, str]] = {}
    for owner, name, kind in store.connection.execute("SELECT owner, name, type FROM fields"):
        types.setdefault(owner, {})[name] = kind
    with column_reader(store) as read:
        reader = _Reader(store, read, standing)
        nodes = pa.concat_tables(
            read("SELECT id, name FROM nodes ORDER BY id", {"id": pa.int64(), "name": pa.string()})
        )
        place = places(nodes.column("id").to_numpy())
        write_snapshot(
            folder,
            revision=revision,
            data_date=latest_date(loads, revision),
            files=dict(store.connection.execute("SELECT file, name FROM files").fetchall()),
            names=nodes.column("name").combine_chunks(),
            masks=pa.concat_tables(
                read("SELECT token, mask FROM secrets", {"token": pa.string(), "mask": pa.string()})
            ),
            edges=((name, part) for name in _counted(RELATIONS, progress) for part in reader.edges(name, place)),
            facts=reader.facts(place),
            types=types,
        )


def _counted(relations: Iterable[str], progress: Progress | None) -> Iterator[str]:
    """The relations, told one after the other."""
    names = list(relations)
    for done, name in enumerate(names, 1):
        yield name
        if progress:
            progress("snapshot", "relations", done, len(names))


class _Reader:
    """Reads the versions of the loads that stand."""

    def __init__(self, store: SqliteFile, read: Read, standing: dict[int, int]):
        self._store = store
        self._read = read
        self._standing = standing

    def edges(self, relation: str, place: np.ndarray) -> Iterator[pa.Table]:
        columns = {"source": pa.int64(), "target": pa.int64(), "amount": pa.float64()}
        for part in self._versions(relation_table(relation), columns, {"amount": f"coalesce(amount, {_NO_AMOUNT})"}):
            amount = part.column("amount").to_numpy()
            part = _with(part, "amount", np.where(np.isinf(amount), np.nan, amount))
            for name in ("source", "target"):
                part = _with(part, name, place[part.column(name).to_numpy()])
            yield part

    def facts(self, place: np.ndarray) -> Iterator[tuple[str, pa.Table]]:
        columns = {"node": pa.int64(), "status_from": pa.int64()}
        for owner in version_tables(self._store.connection):
            if owner.startswith("fact_"):
                for part in self._versions(owner, columns, {"node": "coalesce(node, -1)"}):
                    part = _with(part, "node", place[part.column("node").to_numpy()])
                    yield owner.removeprefix("fact_"), part

    def _versions(self, owner: str, columns: dict[str, pa.DataType], special: dict[str, str]) -> Iterator[pa.Table]:
        schema = {
            "load": pa.int64(),
            "uid": pa.large_string(),
            "data": pa.large_string(),
            "valid_from": pa.int64(),
            "valid_to": pa.int64(),
            "known_at": pa.int64(),
            "file": pa.int64(),
            "row": pa.int64(),
            **columns,
        }
        special = {
            "data": "coalesce(data, '')",
            "file": "coalesce(file, -1)",
            "row": "coalesce(row, -1)",
            **special,
        }
        select = ", ".join(f"{special.get(name, name)} AS {name}" for name in schema)
        loads = f"load IN ({', '.join(map(str, self._standing)) or 'NULL'})"
        for part in self._read(f'SELECT {select} FROM "{owner}" WHERE {loads} ORDER BY rowid', schema):
            if part.num_rows:
                numbers, places = np.unique(part.column("load").to_numpy(), return_inverse=True)
                revisions = np.array([self._standing[number] for number in numbers.tolist()], dtype=np.int64)
                yield _with(part, "revision", revisions[places])


def _with(table: pa.Table, name: str, array: np.ndarray) -> pa.Table:
    column = pa.array(array)
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)
