"""The embedded store: one SQLite file in WAL mode, no server. See ``protocol.py`` for what every method promises."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from ...errors import Conflict, Gone, NotFound, UserError
from ...model import DECLARING, RELATIONS
from ...snapshot.cache import remove_folder
from ..records import REJECT_COLUMNS, Progress, Run, Waiting
from ..runs import latest_runs
from ..standing import checked_privacy
from . import findings as saved
from .erasure import erase, finish, note_remains, scrub
from .file import STANDING, SqliteFile
from .schema import build_indexes, fact_table, relation_table, version_tables
from .writer import SqliteWriter, discard_load, remove_versions, transaction

if TYPE_CHECKING:
    import pandas as pd

    from ...snapshot.reading import Snapshot
    from ..erasure import Erased, Naming

_CURRENT = """
SELECT {columns} FROM (
    SELECT v.*, row_number() OVER (PARTITION BY v.uid ORDER BY v.known_at DESC, l.revision DESC) AS place
    FROM "{owner}" v JOIN loads l ON l.load = v.load
    WHERE l.revision IS NOT NULL AND l.withdrawn IS NULL {restriction}
) c {joins} WHERE c.place = 1
"""


class SqliteStore(SqliteFile):
    """A store in one SQLite file.

    Parameters
    ----------
    path : the file; its snapshots, staging and lock lie beside it
    create : make it where there is none
    key_file : its token secret's fingerprint must be the one the store was made under
    """

    # -- loads and revisions

    @contextmanager
    def writer(
        self,
        source: str,
        *,
        bulk: bool = True,
        privacy: dict[str, str] | None = None,
        load: int | None = None,
        waiting: Waiting | None = None,
    ) -> Iterator[SqliteWriter]:
        with self._bulk_lock(waiting) if bulk else nullcontext():
            abandoned = self.open_load() if bulk else None
            if bulk:
                self._discard_abandoned()
                self.purge()
                finish(self)
            decided = checked_privacy(self.privacy(), privacy)
            with _writing(SqliteWriter.begin(self.connection, source, bulk=bulk, privacy=decided, load=load)) as writer:
                writer.abandoned = abandoned
                yield writer

    @contextmanager
    def resuming(self, waiting: Waiting | None = None) -> Iterator[SqliteWriter | None]:
        with self._bulk_lock(waiting):
            found = self.open_load()
            if found is None:
                yield None
                return
            first = not self.connection.execute("SELECT 1 FROM loads WHERE load <> ? LIMIT 1", found[:1]).fetchone()
            decided = checked_privacy(self.privacy(), None)
            with _writing(SqliteWriter(self.connection, found[0], privacy=decided, indexed=not first)) as writer:
                yield writer

    def unload(self, load: int) -> int:
        connection = self.connection
        with transaction(connection):
            row = connection.execute("SELECT bulk, state FROM loads WHERE load = ?", (load,)).fetchone()
            if row is None or row[1] == "open":
                raise NotFound(f"no load {load} to unload: 'ringfence status' lists them")
            if row[1] == "withdrawn":
                raise UserError(f"load {load} was unloaded before")
            if not row[0]:
                raise UserError(f"load {load} is no bulk load: only bulk loads can be unloaded")
            later = connection.execute(
                "SELECT load FROM loads WHERE bulk AND state = 'published' AND revision >"
                " (SELECT revision FROM loads WHERE load = ?) ORDER BY revision DESC",
                (load,),
            ).fetchall()
            if later:
                names = ", ".join(str(row[0]) for row in later)
                raise Conflict(f"load {load} has later loads resting on it: unload {names} first")
            revision = self.revision() + 1
            connection.execute("UPDATE loads SET state = 'withdrawn', withdrawn = ? WHERE load = ?", (revision, load))
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('orphans', '1')")
        return revision

    def changes_since(self, revision: int) -> set[str]:
        connection = self.connection
        loads = connection.execute(
            "SELECT load, purged FROM loads WHERE revision > ?1 OR (revision IS NOT NULL AND withdrawn > ?1)",
            (revision,),
        ).fetchall()
        if any(purged for _, purged in loads):
            raise Gone(f"revision {revision} is too old to tell what changed since: take a new snapshot")
        uids: set[str] = set()
        for load, _ in loads:
            spans = connection.execute("SELECT owner, first, last FROM spans WHERE load = ?", (load,)).fetchall()
            for owner, first, last in spans:
                rows = connection.execute(f'SELECT uid FROM "{owner}" WHERE rowid BETWEEN ? AND ?', (first, last))
                uids.update(row[0] for row in rows)
        return uids

    def purge(self) -> None:
        connection = self.connection
        for reader, pid in connection.execute("SELECT reader, pid FROM readers").fetchall():
            if not _alive(pid):
                connection.execute("DELETE FROM readers WHERE reader = ?", (reader,))
        lowest = connection.execute("SELECT min(revision) FROM readers").fetchone()[0]
        for (load,) in connection.execute(
            "SELECT load FROM loads WHERE state = 'withdrawn' AND NOT purged AND withdrawn <= ?",
            (self.revision() if lowest is None else lowest,),
        ).fetchall():
            remove_versions(connection, load)
            connection.execute("UPDATE loads SET purged = 1 WHERE load = ?", (load,))

    @contextmanager
    def _bulk_lock(self, waiting: Waiting | None = None) -> Iterator[None]:
        # A lock on a file goes with its process, however that ends; two loads at once queue here.
        lock = os.open(self.beside("lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                other = self.open_load()
                if waiting:
                    waiting(other[1] if other else "")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def open_load(self) -> tuple[int, str] | None:
        return self.connection.execute("SELECT load, source FROM loads WHERE state = 'open' AND bulk").fetchone()

    def _discard_abandoned(self) -> None:
        # Whoever holds the bulk lock is the only bulk load: any other that is open lost its process.
        connection = self.connection
        for (load,) in connection.execute(
            "SELECT load FROM loads WHERE state IN ('open', 'discarded') AND bulk"
        ).fetchall():
            discard_load(connection, load)
        build_indexes(connection)

    # -- reading the graph
    def current_facts(self, table: str, uids: Sequence[str] | None = None) -> pd.DataFrame:
        columns = ["uid", "node", "data", "valid_from", "valid_to", "known_at", "status_from"]
        select = ", ".join("n.name" if name == "node" else f"c.{name}" for name in columns)
        return self._current(fact_table(table), uids, columns, select, "LEFT JOIN nodes n ON n.id = c.node")

    def current_relationships(self, relation: str, uids: Sequence[str] | None = None) -> pd.DataFrame:
        columns = ["uid", "source", "target", "amount", "data", "valid_from", "valid_to", "known_at"]
        names = {"source": "s.name", "target": "t.name"}
        select = ", ".join(names.get(name, f"c.{name}") for name in columns)
        joins = "JOIN nodes s ON s.id = c.source JOIN nodes t ON t.id = c.target"
        return self._current(relation_table(relation), uids, columns, select, joins)

    def _current(
        self, owner: str, uids: Sequence[str] | None, columns: list[str], select: str, joins: str
    ) -> pd.DataFrame:
        import pandas as pd

        if owner not in version_tables(self.connection):
            return pd.DataFrame(columns=columns)
        restriction, arguments = "", ()
        if uids is not None:
            restriction = "AND v.uid IN (SELECT value FROM json_each(?))"
            arguments = (json.dumps(list(uids)),)
        query = _CURRENT.format(columns=select, owner=owner, restriction=restriction, joins=joins)
        return pd.DataFrame(self.connection.execute(query, arguments).fetchall(), columns=columns)

    def names(self, kind: str) -> Iterator[list[str]]:
        owner = fact_table(DECLARING[kind])
        if owner not in version_tables(self.connection):
            return
        cursor = self.connection.execute(
            f'SELECT name FROM nodes WHERE id IN (SELECT node FROM "{owner}" WHERE load IN '
            + STANDING.format(at=self.revision())
            + ")"
        )
        while block := cursor.fetchmany(100_000):
            yield [row[0] for row in block]

    def snapshot(self, revision: int | None = None, progress: Progress | None = None) -> Snapshot:
        from .snapshot import snapshot

        return snapshot(self, self.revision() if revision is None else revision, progress)

    def get(self, node: str, as_of: int | None = None) -> dict | None:
        from .lookups import node_statements

        return node_statements(self, node, as_of)

    # -- counts, rejects, secrets
    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        connection, standing = self.connection, STANDING.format(at=self.revision())
        relations = {}
        for name in RELATIONS:
            loads = connection.execute(
                f"SELECT count(DISTINCT load) FROM spans WHERE owner = ? AND load IN {standing}",
                (relation_table(name),),
            ).fetchone()[0]
            # With one load each uid has one version, and counting rows needs no look at uids.
            what = "count(*)" if loads == 1 else "count(DISTINCT uid)"
            relations[name] = (
                connection.execute(f'SELECT {what} FROM "{relation_table(name)}" WHERE load IN {standing}').fetchone()[
                    0
                ]
                if loads
                else 0
            )
        shown = ""
        if (
            connection.execute("SELECT 1 FROM meta WHERE name = 'orphans'").fetchone()
            or connection.execute("SELECT 1 FROM loads WHERE revision IS NULL").fetchone()
        ):
            ends = [
                f'SELECT {end} FROM "{owner}" WHERE load IN {standing}'
                for owner in version_tables(connection)
                for end in (("source", "target") if owner.startswith("rel_") else ("node",))
            ]
            shown = f"WHERE id IN ({' UNION '.join(ends)})"
        rows = connection.execute(
            "SELECT substr(name, 1, instr(name, ':') - 1) AS kind, count(*) FROM nodes"
            f" {shown} GROUP BY kind ORDER BY kind"
        )
        return dict(rows.fetchall()), {name: count for name, count in relations.items() if count}

    def rejects(self, load: int | None = None) -> pd.DataFrame:
        import pandas as pd

        columns = ["load", *REJECT_COLUMNS]
        select = ", ".join(f'"{name}"' for name in columns)
        which = f"IN {STANDING.format(at=self.revision())}" if load is None else "= :load"
        rows = self.connection.execute(
            f'SELECT {select} FROM rejects WHERE load {which} ORDER BY load, "table", file, row, "column"',
            {"load": load},
        )
        return pd.DataFrame(rows.fetchall(), columns=columns)

    # -- findings
    def save_batch(self, runs: Sequence[Run], findings: Sequence[dict], cases: Sequence[dict] = ()) -> list[Run]:
        return saved.save_batch(self.connection, runs, findings, cases)

    def runs(self) -> list[Run]:
        return saved.runs(self.connection)

    def latest_runs(self, as_of: int | None = None) -> list[Run]:
        return latest_runs(self.runs(), as_of)

    def findings(self, runs: Sequence[int]) -> list[dict]:
        return saved.findings(self.connection, runs)

    def finding(self, prefix: str) -> list[dict]:
        return saved.finding(self.connection, prefix)

    # -- cases
    def cases(self, batch: int | None = None) -> list[dict]:
        return saved.cases(self.connection, batch)

    def add_case_entries(self, entries: Sequence[dict]) -> None:
        saved.add_case_entries(self.connection, entries)

    def case_entries(self) -> list[dict]:
        return saved.case_entries(self.connection)

    # -- personal data
    def replace_ciphers(self, changed: Sequence[tuple[str, str, str]]) -> None:
        with transaction(self.connection):
            self.connection.executemany(
                "UPDATE secrets SET cipher = ?3 WHERE token = ?1 AND cipher = ?2", list(changed)
            )
            note_remains(self.connection)

    def erase(self, node: str, naming: Naming) -> Erased:
        with self._bulk_lock():
            self._discard_abandoned()
            remove_folder(self.beside("staging"))
            return erase(self, node, naming)

    def scrub(self) -> None:
        with self._bulk_lock():
            scrub(self)


@contextmanager
def _writing(writer: SqliteWriter) -> Iterator[SqliteWriter]:
    try:
        yield writer
    finally:
        if not (writer.published or writer.left):
            writer.discard()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
