"""The embedded store read into a snapshot: column by column, relation by relation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from .errors import UserError
from .model import FOREVER, RELATIONS
from .snapshot import Snapshot, open_snapshot
from .snapshot_cache import kept
from .snapshot_writer import write_snapshot
from .sqlite_columns import Read, column_reader
from .sqlite_schema import relation_table, version_tables
from .store import Progress, latest_date, standing_at
from .times import today
from .visibility import superseded_at

if TYPE_CHECKING:
    from .sqlite_store import SqliteStore

_NO_AMOUNT = "9e999"
"""Stands for a missing amount on the way, so that the column is of one type throughout; becomes NaN."""


def snapshot(store: SqliteStore, revision: int, progress: Progress | None) -> Snapshot:
    """The snapshot of a revision: mapped where it was built before, else built and kept beside the store."""
    connection = store.connection
    if revision > store.revision() or revision < 0:
        raise UserError(f"no revision {revision}: the latest is {store.revision()}", 404)
    identity = connection.execute("SELECT value FROM meta WHERE name = 'store'").fetchone()[0]

    def build(folder: Path) -> None:
        purged = connection.execute(
            "SELECT 1 FROM loads WHERE purged AND revision <= ?1 AND withdrawn > ?1", (revision,)
        ).fetchone()
        if purged:
            raise UserError(
                f"revision {revision} shows a load that was unloaded and cleared since: take a later one", 410
            )
        with store.reading(revision):
            _build(store, revision, folder, progress)

    def held() -> set[int]:
        return {row[0] for row in connection.execute("SELECT revision FROM readers")}

    folder = kept(store.beside("snapshots"), identity, revision, build, held)
    data_date = latest_date(store.loads(), revision)
    return open_snapshot(folder, today() if data_date is None else data_date)


def _build(store: SqliteStore, revision: int, folder: Path, progress: Progress | None) -> None:
    loads = store.loads()
    standing = standing_at(loads, revision)
    types: dict[str, dict[str, str]] = {}
    for owner, name, kind in store.connection.execute("SELECT owner, name, type FROM fields"):
        types.setdefault(owner, {})[name] = kind
    with column_reader(store) as read:
        reader = _Reader(store, read, standing)
        nodes = read("SELECT id, name FROM nodes ORDER BY id", {"id": pa.int64(), "name": pa.string()})
        numbers = nodes.column("id").to_numpy()
        place = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int32)
        place[numbers] = np.arange(len(numbers), dtype=np.int32)
        write_snapshot(
            folder,
            revision=revision,
            data_date=latest_date(loads, revision),
            files=dict(store.connection.execute("SELECT file, name FROM files").fetchall()),
            names=nodes.column("name").combine_chunks(),
            masks=read("SELECT token, mask FROM secrets", {"token": pa.string(), "mask": pa.string()}),
            edges=((name, reader.edges(name, place)) for name in _counted(RELATIONS, progress)),
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

    def __init__(self, store: SqliteStore, read: Read, standing: dict[int, int]):
        self._store = store
        self._read = read
        self._standing = standing

    def edges(self, relation: str, place: np.ndarray) -> pa.Table:
        owner = relation_table(relation)
        columns = {"source": pa.int64(), "target": pa.int64(), "amount": pa.float64()}
        table = self._versions(owner, columns, {"amount": f"coalesce(amount, {_NO_AMOUNT})"})
        amount = table.column("amount").to_numpy()
        for name in ("source", "target"):
            table = _with(table, name, place[table.column(name).to_numpy()])
        return _with(table, "amount", np.where(np.isinf(amount), np.nan, amount))

    def facts(self, place: np.ndarray) -> Iterator[tuple[str, pa.Table]]:
        for owner in version_tables(self._store.connection):
            if owner.startswith("fact_"):
                columns = {"node": pa.int64(), "status_from": pa.int64()}
                table = self._versions(owner, columns, {"node": "coalesce(node, -1)"})
                if table.num_rows:
                    node = table.column("node").to_numpy()
                    table = _with(table, "node", np.where(node < 0, -1, place[node]).astype(np.int32))
                    yield owner.removeprefix("fact_"), table

    def _versions(self, owner: str, columns: dict[str, pa.DataType], special: dict[str, str]) -> pa.Table:
        schema = {
            "number": pa.int64(),
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
            "number": "rowid",
            "data": "coalesce(data, '')",
            "file": "coalesce(file, -1)",
            "row": "coalesce(row, -1)",
            **special,
        }
        select = ", ".join(f"{special.get(name, name)} AS {name}" for name in schema)
        loads = f"load IN ({', '.join(map(str, self._standing)) or 'NULL'})"
        table = self._read(f'SELECT {select} FROM "{owner}" WHERE {loads} ORDER BY rowid', schema)
        gone = np.full(table.num_rows, FOREVER, dtype=np.int64)
        several = self._several_versions(owner, loads)
        if len(several):
            places = np.searchsorted(table.column("number").to_numpy(), several["number"].to_numpy())
            gone[places] = superseded_at(several)
        return _with(table, "superseded_at", gone).drop_columns(["number"])

    def _several_versions(self, owner: str, loads: str) -> pd.DataFrame:
        """The versions of the uids that have more than one: number, uid, known_at, revision."""
        connection = self._store.connection
        written = connection.execute(
            f"SELECT count(DISTINCT load) FROM spans WHERE owner = ? AND {loads}", (owner,)
        ).fetchone()[0]
        columns = ["number", "uid", "known_at", "load"]
        if written < 2:
            return pd.DataFrame(columns=columns)
        rows = connection.execute(
            f'SELECT rowid, uid, known_at, load FROM "{owner}" WHERE {loads} AND uid IN'
            f' (SELECT uid FROM "{owner}" WHERE {loads} GROUP BY uid HAVING count(*) > 1) ORDER BY rowid'
        )
        frame = pd.DataFrame(rows.fetchall(), columns=columns)
        return frame.assign(revision=[self._standing[load] for load in frame["load"]])


def _with(table: pa.Table, name: str, array: np.ndarray) -> pa.Table:
    column = pa.array(array)
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)
