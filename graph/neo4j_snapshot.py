"""Neo4j read into a snapshot: by collected columns, relation by relation, one batch after the other."""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .errors import UserError
from .model import FOREVER, RELATIONS
from .neo4j_columns import Batch, batches, by_batches, nothing, repeated
from .neo4j_schema import LABELS
from .snapshot import Snapshot, open_snapshot
from .snapshot_cache import kept
from .snapshot_writer import write_snapshot
from .store import Progress, latest_date, standing_at
from .times import today
from .visibility import superseded_at

if TYPE_CHECKING:
    from .neo4j_store import Neo4jStore

_NODES = 50_000
"""Nodes asked for at a time."""
_EDGE = ("source_id", "target_id", "amount")
_FACT = ("node_id", "status_from")
"""What is read of relationships and of facts beside what is read of both."""
_READERS = 2
"""Relations or tables read at a time; so many of them lie in memory at once, with the one that is written down."""


def snapshot(store: Neo4jStore, revision: int, progress: Progress | None) -> Snapshot:
    """The snapshot of a revision: mapped where it was built before, else built and kept in the user's cache."""
    latest = store.revision()
    if revision > latest or revision < 0:
        raise UserError(f"no revision {revision}: the latest is {latest}", 404)
    loads = store.loads()

    def build(folder: Path) -> None:
        purged = store.connection.read(
            "MATCH (l:Load) WHERE l.purged AND l.revision <= $revision AND l.withdrawn > $revision RETURN l LIMIT 1",
            revision=revision,
        )
        if purged:
            raise UserError(
                f"revision {revision} shows a load that was unloaded and cleared since: take a later one", 410
            )
        with store.reading(revision):
            _Build(store, revision, progress).write(folder)

    folder = kept(store.beside("snapshots"), store.identity, revision, build, store.readers.revisions)
    data_date = latest_date(loads, revision)
    return open_snapshot(folder, today() if data_date is None else data_date)


class _Build:
    """One snapshot in the making."""

    def __init__(self, store: Neo4jStore, revision: int, progress: Progress | None):
        self._store = store
        self._connection = store.connection
        self._revision = revision
        self._loads = store.loads()
        self._standing = standing_at(self._loads, revision)
        self._progress = progress
        self._batches: dict[str, list[Batch]] = {}
        for batch in batches(self._connection):
            if batch.load in self._standing:
                self._batches.setdefault(batch.owner, []).append(batch)

    def write(self, folder: Path) -> None:
        with ThreadPoolExecutor(_READERS, thread_name_prefix="neo4j-snapshot") as pool:
            self._write(folder, pool)

    def _write(self, folder: Path, pool: ThreadPoolExecutor) -> None:
        masks = pool.submit(self._masks)
        names, place = self._nodes()
        types: dict[str, dict[str, str]] = {}
        for owner, name, kind in self._store.fields():
            types.setdefault(owner, {})[name] = kind
        write_snapshot(
            folder,
            revision=self._revision,
            data_date=latest_date(self._loads, self._revision),
            files=self._store.files(),
            names=names,
            masks=masks.result(),
            edges=_ahead(pool, list(RELATIONS), lambda name: self._versions(name, _EDGE, place)),
            facts=_ahead(pool, self._tables(), lambda name: self._versions(name, _FACT, place)),
            types=types,
        )

    def _nodes(self) -> tuple[pa.Array, np.ndarray]:
        """The names of all nodes, and the place of each by the number that Neo4j gives it."""
        counts = self._connection.read(
            " UNION ALL ".join(
                f"MATCH (n:{name}) RETURN '{kind}' AS kind, count(n) AS nodes" for kind, name in LABELS.items()
            )
        )
        numbers: list[np.ndarray] = []
        names: list[pa.Array] = []
        for kind, total in ((record["kind"], record["nodes"]) for record in counts):
            last, done = "", 0
            while total:
                record = self._connection.read(
                    f"MATCH (n:{LABELS[kind]}) WHERE n.key > $last WITH n.key AS key, id(n) AS number ORDER BY key"
                    " LIMIT $limit RETURN collect(key) AS keys, collect(number) AS numbers",
                    last=last,
                    limit=_NODES,
                )[0]
                numbers.append(np.array(record["numbers"], dtype=np.int64))
                names.append(pa.array(record["keys"], pa.string()))
                done += len(record["keys"])
                self._tell(kind, done, max(done, total))
                if len(record["keys"]) < _NODES:
                    break
                last = record["keys"][-1]
        own = np.concatenate(numbers) if numbers else np.array([], dtype=np.int64)
        place = np.full(int(own.max(initial=0)) + 1, -1, dtype=np.int32)
        place[own] = np.arange(len(own), dtype=np.int32)
        return pa.concat_arrays(names) if names else pa.array([], pa.string()), place

    def _masks(self) -> pa.Table:
        parts = [pa.table({"token": pa.array([], pa.string()), "mask": pa.array([], pa.string())})]
        for frame in self._store.secrets(("token", "mask")):
            parts.append(pa.table({name: pa.array(frame[name], pa.string()) for name in ("token", "mask")}))
        return pa.concat_tables(parts)

    def _tables(self) -> list[str]:
        return [owner for owner in sorted(self._batches) if owner not in RELATIONS and owner != "reject"]

    def _versions(self, owner: str, own: tuple[str, ...], place: np.ndarray) -> pa.Table:
        """The versions of a table or relation; what Neo4j calls nodes by is replaced by their places."""
        columns = ("uid", "data", "valid_from", "valid_to", "known_at", "file", "row", *own)
        wanted = self._batches.get(owner, [])
        total = sum(batch.rows for batch in wanted)
        parts, loads, done = [_placed(nothing(columns), place)], [], 0
        for batch, rows in by_batches(self._connection, owner, columns, wanted):
            parts.append(_placed(rows, place))
            loads.append((batch.load, rows.num_rows))
            done += rows.num_rows
            self._tell(owner, done, total)
        if done != total:
            raise RuntimeError(f"Neo4j holds {done:,} versions of {owner} where {total:,} were written")
        table = pa.concat_tables(parts)
        return table.append_column("superseded_at", self._superseded(table, loads))

    def _superseded(self, table: pa.Table, loads: list[tuple[int, int]]) -> pa.ChunkedArray:
        """When each version gives way; only uids that a load other than the largest wrote can have several.

        Parameters
        ----------
        loads : the loads of the table's rows, as number and count
        """
        rows = Counter()
        for load, count in loads:
            rows[load] += count
        if len(rows) < 2:
            return pa.chunked_array([repeated(FOREVER, pa.int64(), count) for _, count in loads], pa.int64())
        load = np.repeat(*np.array(loads).T)
        gone = np.full(table.num_rows, FOREVER, dtype=np.int64)
        others = table.column("uid").filter(pa.array(load != max(rows, key=rows.__getitem__)))
        places = np.flatnonzero(pc.is_in(table.column("uid"), value_set=others.combine_chunks()).to_numpy())
        several = table.select(["uid", "known_at"]).take(pa.array(places)).to_pandas()
        several["revision"] = [self._standing[number] for number in load[places].tolist()]
        gone[places] = superseded_at(several)
        return pa.chunked_array([gone])

    def _tell(self, name: str, done: int, total: int) -> None:
        if self._progress:
            self._progress("snapshot", name, done, total)


def _placed(rows: pa.Table, place: np.ndarray) -> pa.Table:
    """Rows whose columns ``node_id``, ``source_id`` and ``target_id`` are nodes' places, -1 where they name none."""
    for index, name in enumerate(rows.column_names):
        if name in ("node_id", "source_id", "target_id"):
            number = rows.column(name).to_numpy()
            nodes = pa.array(np.where(number < 0, np.int32(-1), place[number]), pa.int32())
            rows = rows.set_column(index, name.removesuffix("_id"), nodes)
    return rows


def _ahead(
    pool: ThreadPoolExecutor, names: list[str], read: Callable[[str], pa.Table]
) -> Iterator[tuple[str, pa.Table]]:
    """What is read of each name, in order; the next are read while one is used."""
    coming = [pool.submit(read, name) for name in names[:_READERS]]
    for place, name in enumerate(names):
        table = coming.pop(0).result()
        if place + _READERS < len(names):
            coming.append(pool.submit(read, names[place + _READERS]))
        yield name, table
