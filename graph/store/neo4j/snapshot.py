"""Neo4j read into a snapshot: by collected columns, relation by relation, one batch after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
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
from .columns import Batch, batches, by_batches, repeated
from .schema import LABELS

if TYPE_CHECKING:
    from .database import Neo4jDatabase

_NODES = 50_000
"""Nodes asked for at a time."""
_EDGE = ("source_id", "target_id", "amount")
_FACT = ("node_id", "status_from")
"""What is read of relationships and of facts beside what is read of both."""
Part = tuple[str, pa.Table]
"""Versions of a relation or table, and its name."""
_AHEAD = 8
"""Batches read ahead of the one that is written down."""


def snapshot(store: Neo4jDatabase, revision: int, progress: Progress | None) -> Snapshot:
    """The snapshot of a revision: mapped where it was built before, else built and kept in the user's cache."""
    latest = store.revision()
    if revision > latest or revision < 0:
        raise NotFound(f"no revision {revision}: the latest is {latest}")
    loads = store.loads()

    def build(folder: Path) -> None:
        purged = store.connection.read(
            "MATCH (l:Load) WHERE l.purged AND l.revision <= $revision AND l.withdrawn > $revision RETURN l LIMIT 1",
            revision=revision,
        )
        if purged:
            raise Gone(f"revision {revision} shows a load that was unloaded and cleared since: take a later one")
        with store.reading(revision):
            _Build(store, revision, progress).write(folder)

    files = kept(store.beside("snapshots"), store.identity, revision, build, store.readers.revisions)
    data_date = latest_date(loads, revision)
    return Snapshot(files, today() if data_date is None else data_date)


class _Build:
    """One snapshot in the making."""

    def __init__(self, store: Neo4jDatabase, revision: int, progress: Progress | None):
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
            masks=self._masks(),
            edges=_ahead(self._versions(list(RELATIONS), _EDGE, place)),
            facts=_ahead(self._versions(self._tables(), _FACT, place)),
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
        return pa.concat_arrays(names) if names else pa.array([], pa.string()), places(own)

    def _masks(self) -> pa.Table:
        parts = [pa.table({"token": pa.array([], pa.string()), "mask": pa.array([], pa.string())})]
        for frame in self._store.secrets(("token", "mask")):
            parts.append(pa.table({name: pa.array(frame[name], pa.string()) for name in ("token", "mask")}))
        return pa.concat_tables(parts)

    def _tables(self) -> list[str]:
        return [owner for owner in sorted(self._batches) if owner not in RELATIONS and owner != "reject"]

    def _versions(self, owners: list[str], own: tuple[str, ...], place: np.ndarray) -> Generator[Part]:
        """The versions of tables or relations, batch by batch; what Neo4j calls nodes by is replaced by their
        places."""
        columns = ("uid", "data", "valid_from", "valid_to", "known_at", "file", "row", *own)
        for owner in owners:
            wanted = self._batches.get(owner, [])
            total = sum(batch.rows for batch in wanted)
            done = 0
            for batch, rows in by_batches(self._connection, owner, columns, wanted):
                revision = repeated(self._standing[batch.load], pa.int64(), rows.num_rows)
                yield owner, _placed(rows, place).append_column("revision", revision)
                done += rows.num_rows
                self._tell(owner, done, total)
            if done != total:
                raise RuntimeError(f"Neo4j holds {done:,} versions of {owner} where {total:,} were written")

    def _tell(self, name: str, done: int, total: int) -> None:
        if self._progress:
            self._progress("snapshot", name, done, total)


def _placed(rows: pa.Table, place: np.ndarray) -> pa.Table:
    """Rows with the places of their nodes, by the numbers that Neo4j gives them."""
    for name in ("node", "source", "target"):
        if f"{name}_id" in rows.column_names:
            rows = rows.append_column(name, pa.array(place[rows.column(f"{name}_id").to_numpy()]))
    return rows


def _ahead(parts: Generator[Part]) -> Iterator[Part]:
    """The same, of which the next few are read while one is used."""
    with closing(parts), ThreadPoolExecutor(1, thread_name_prefix="neo4j-snapshot") as reader:
        coming = deque(reader.submit(next, parts, None) for _ in range(_AHEAD))
        while (part := coming.popleft().result()) is not None:
            coming.append(reader.submit(next, parts, None))
            yield part
