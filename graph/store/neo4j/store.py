"""The shared store: one database of a Neo4j server. See ``protocol.py`` for what every method promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...errors import Conflict, Gone, NotFound, Unavailable, UserError
from ...model import DECLARING, RELATIONS
from ..records import REJECT_COLUMNS, Progress, Run, Waiting
from ..runs import latest_nightly, latest_runs
from ..standing import checked_privacy
from ..visibility import latest
from .columns import by_batches, by_uids
from .connection import Transaction
from .database import Neo4jDatabase
from .loads import LOCK_STORE, begin_load, discard_load, remove_versions, take_over
from .locks import bulk_lock
from .schema import LABELS
from .writer import ROWS, Neo4jWriter

if TYPE_CHECKING:
    from ...snapshot.reading import Snapshot
    from ..erasure import Erased, Naming


class Neo4jStore(Neo4jDatabase):
    """A store in a database of a Neo4j server.

    Parameters
    ----------
    url : ``neo4j://user@host:port/database``; the password comes from the environment
    create : make the store where the database is empty
    key_file : where the keys are, as for ``load_key_file``; the fingerprint of their token secret must be the one that
        the store was made under
    """

    def __init__(self, url: str, *, create: bool, key_file: Path | None):
        super().__init__(url, create=create, key_file=key_file)
        if self._imported:
            try:
                self._refresh(bulk=True)
            except BaseException:
                self.close()
                raise

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
    ) -> Iterator[Neo4jWriter]:
        with bulk_lock(self.connection, lambda: self._tell(waiting)) if bulk else nullcontext():
            abandoned = self.open_load() if bulk else None
            if bulk:
                self._discard_abandoned()
                self.purge()
            decided = checked_privacy(self.privacy(), privacy)
            begun = begin_load(self.connection, source, bulk, load)
            with self._writing(begun, decided, bulk=bulk) as writer:
                writer.abandoned = abandoned
                yield writer

    @contextmanager
    def resuming(self, waiting: Waiting | None = None) -> Iterator[Neo4jWriter | None]:
        with bulk_lock(self.connection, lambda: self._tell(waiting)):
            found = self.open_load()
            if found is None:
                yield None
                return
            begun = take_over(self.connection, found[0])
            with self._writing(begun, checked_privacy(self.privacy(), None), bulk=True) as writer:
                yield writer

    @contextmanager
    def _writing(self, begun: tuple[int, int], privacy: dict[str, str], *, bulk: bool) -> Iterator[Neo4jWriter]:
        writer = Neo4jWriter(self.connection, *begun, privacy=privacy, published=lambda: self._refresh(bulk))
        away = False
        try:
            yield writer
        except Unavailable:
            away = True
            raise
        finally:
            # A server that is away cannot be told; the next bulk load discards what this one left.
            if not (writer.published or writer.left or away):
                writer.discard()
            writer.close()

    def open_load(self) -> tuple[int, str] | None:
        found = self.connection.read(
            "MATCH (l:Load {state: 'open', bulk: true}) RETURN l.load AS load, l.source AS source LIMIT 1"
        )
        # one that is being removed may be met without its properties
        return (found[0]["load"], found[0]["source"]) if found and found[0]["load"] is not None else None

    def _tell(self, waiting: Waiting | None) -> None:
        if waiting:
            other = self.open_load()
            waiting(other[1] if other else "")

    def unload(self, load: int) -> int:
        revision = self.connection.change(lambda transaction: _withdraw(transaction, load))
        self._refresh(bulk=True)
        return revision

    def changes_since(self, revision: int) -> set[str]:
        changed = self.connection.read(
            "MATCH (l:Load) WHERE l.revision > $revision OR (l.revision IS NOT NULL AND l.withdrawn > $revision)"
            " RETURN l.load AS load, l.purged AS purged",
            revision=revision,
        )
        if any(record["purged"] for record in changed):
            raise Gone(f"revision {revision} is too old to tell what changed since: take a new snapshot")
        loads = {record["load"] for record in changed}
        uids: set[str] = set()
        for owner, wanted in self.batches_of(loads).items() if loads else ():
            for _, rows in by_batches(self.connection, owner, ("uid",), wanted):
                uids.update(rows.column("uid").to_pylist())
        return uids

    def purge(self) -> None:
        self.readers.forget_the_gone()
        lowest = min(self.readers.revisions(), default=self.revision())
        for record in self.connection.read(
            "MATCH (l:Load {state: 'withdrawn', purged: false}) WHERE l.withdrawn <= $lowest RETURN l.load AS load",
            lowest=lowest,
        ):
            # Marked first: who asks meanwhile what changed must not be told less than the truth.
            self.connection.write("MATCH (l:Load {load: $load}) SET l.purged = true", load=record["load"])
            remove_versions(self.connection, record["load"], rejects=False)
        for record in self.connection.read(
            "MATCH (l:Load {purged: true}) MATCH (b:Batch {load: l.load}) WHERE b.owner <> 'reject'"
            " RETURN DISTINCT l.load AS load"
        ):
            remove_versions(self.connection, record["load"], rejects=False)

    def _discard_abandoned(self) -> None:
        # Whoever holds the bulk lock is the only bulk load: any other that is open lost its process.
        for record in self.connection.read(
            "MATCH (l:Load) WHERE l.state = 'discarded' OR (l.state = 'open' AND l.bulk) RETURN l.load AS load"
            # What the last threads of a load wrote that had lost its lock and was removed by another.
            " UNION MATCH (b:Batch) WHERE NOT EXISTS { (:Load {load: b.load}) } RETURN DISTINCT b.load AS load"
        ):
            discard_load(self.connection, record["load"])

    def _refresh(self, bulk: bool) -> None:
        from .latest_values import refresh

        refresh(self, masks=bulk)

    # -- reading the graph
    def current_facts(self, table: str, uids: Sequence[str] | None = None) -> pd.DataFrame:
        columns = ["uid", "node", "data", "valid_from", "valid_to", "known_at", "status_from"]
        frame = self._current(table, columns, uids)
        return frame.assign(node=frame["node"].where(frame["node"] != "", None))

    def current_relationships(self, relation: str, uids: Sequence[str] | None = None) -> pd.DataFrame:
        columns = ["uid", "source", "target", "amount", "data", "valid_from", "valid_to", "known_at"]
        frame = self._current(relation, columns, uids)
        return frame.assign(data=frame["data"].where(frame["data"] != "", None))

    def _current(self, owner: str, columns: list[str], uids: Sequence[str] | None) -> pd.DataFrame:
        standing = self.standing()
        asked = ("load", *columns)
        if uids is not None:
            records = by_uids(self.connection, owner, asked, uids)
            frames = [pd.DataFrame(record) for record in records if record["uid"]]
        else:
            wanted = self.batches_of(standing, owner).get(owner, [])
            frames = [rows.to_pandas() for _, rows in by_batches(self.connection, owner, asked, wanted)]
        if not frames:
            return pd.DataFrame(columns=columns)
        return latest(pd.concat(frames, ignore_index=True), standing).loc[:, columns].reset_index(drop=True)

    def names(self, kind: str) -> Iterator[list[str]]:
        wanted = self.batches_of(self.standing(), DECLARING[kind]).get(DECLARING[kind], [])
        for _, rows in by_batches(self.connection, DECLARING[kind], ("node",), wanted):
            yield rows.column("node").to_pylist()

    def snapshot(self, revision: int | None = None, progress: Progress | None = None) -> Snapshot:
        from .snapshot import snapshot

        return snapshot(self, self.revision() if revision is None else revision, progress)

    def get(self, node: str, as_of: int | None = None) -> dict | None:
        from .lookups import node_statements

        return node_statements(self, node, as_of)

    # -- counts, rejects, secrets
    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        standing = self.standing()
        relations = {}
        found = self.batches_of(standing)
        for name in RELATIONS:
            own = found.get(name, [])
            if len({batch.load for batch in own}) < 2:
                relations[name] = sum(batch.rows for batch in own)  # one load has one version a uid
            else:
                relations[name] = self.connection.read(
                    f"MATCH ()-[r:{name}]->() WHERE r.uid IS NOT NULL AND r.load IN $standing"
                    " WITH DISTINCT r.uid AS uid RETURN count(uid) AS uids",
                    standing=sorted({batch.load for batch in own}),
                )[0]["uids"]
        state = self.connection.read(
            "MATCH (s:Ringfence {name: 'store'}) OPTIONAL MATCH (l:Load) WHERE l.state <> 'published'"
            " RETURN s.orphans AS orphans, count(l) AS others"
        )[0]
        shown = " WHERE EXISTS { (n)-[r]-() WHERE r.load IN $standing }" if state["orphans"] or state["others"] else ""
        records = self.connection.read(
            " UNION ALL ".join(
                f"MATCH (n:{name}){shown} RETURN '{kind}' AS kind, count(n) AS nodes" for kind, name in LABELS.items()
            ),
            standing=sorted(standing),
        )
        nodes = {record["kind"]: record["nodes"] for record in records if record["nodes"]}
        return dict(sorted(nodes.items())), {name: count for name, count in relations.items() if count}

    def rejects(self, load: int | None = None) -> pd.DataFrame:
        columns = ["load", *REJECT_COLUMNS]
        records = self.connection.read(
            "MATCH (r:Reject) WHERE r.load IN $loads RETURN "
            + ", ".join(f"r.{name} AS `{name}`" for name in columns)
            + " ORDER BY r.load, r.table, r.file IS NOT NULL, r.file, r.row IS NOT NULL, r.row, r.column",
            loads=sorted(self.standing()) if load is None else [load],
        )
        return pd.DataFrame([record.values() for record in records], columns=columns)

    # -- findings
    def save_batch(self, runs: Sequence[Run], findings: Sequence[dict], cases: Sequence[dict] = ()) -> list[Run]:
        from .findings import save_batch

        return save_batch(self.connection, runs, findings, cases)

    def runs(self) -> list[Run]:
        from .findings import runs

        return runs(self.connection)

    def latest_runs(self, as_of: int | None = None) -> list[Run]:
        return latest_runs(self.runs(), as_of)

    def findings(self, runs: Sequence[int]) -> list[dict]:
        from .findings import findings

        return findings(self.connection, runs)

    def finding(self, prefix: str) -> list[dict]:
        from .findings import finding

        return finding(self.connection, prefix)

    # -- cases
    def cases(self, batch: int | None = None) -> list[dict]:
        from .cases import cases

        return cases(self.connection, latest_nightly(self.runs()) if batch is None else batch)

    def add_case_entries(self, entries: Sequence[dict]) -> None:
        from .cases import add_entries

        add_entries(self.connection, entries)

    def case_entries(self) -> list[dict]:
        from .cases import entries

        return entries(self.connection)

    # -- personal data
    def replace_ciphers(self, changed: Sequence[tuple[str, str, str]]) -> None:
        for start in range(0, len(changed), ROWS):
            self.connection.write(
                "UNWIND $changed AS item MATCH (s:Secret {token: item[0]}) WHERE s.cipher = item[1]"
                " SET s.cipher = item[2]",
                changed=[list(item) for item in changed[start : start + ROWS]],
            )

    def erase(self, node: str, naming: Naming) -> Erased:
        from .erasure import erase

        with bulk_lock(self.connection, lambda: self._tell(None)):
            self._discard_abandoned()
            erased = erase(self, node, naming)
        self._refresh(bulk=False)
        return erased

    def scrub(self) -> None:
        # The server takes the places of deleted records again, and prunes its logs, by its own settings.
        pass


def _withdraw(transaction: Transaction, load: int) -> int:
    """Withdraw a load and return the revision that made."""
    found = transaction.run(
        LOCK_STORE + "MATCH (l:Load {load: $load}) RETURN s.revision AS latest, l.bulk AS bulk, l.state AS state,"
        " l.revision AS revision",
        load=load,
    )
    if not found or found[0]["state"] not in ("published", "withdrawn"):
        raise NotFound(f"no load {load} to unload: 'ringfence status' lists them")
    held = found[0]
    if held["state"] == "withdrawn":
        raise UserError(f"load {load} was unloaded before")
    if not held["bulk"]:
        raise UserError(f"load {load} is no bulk load: only bulk loads can be unloaded")
    later = transaction.run(
        "MATCH (l:Load {state: 'published', bulk: true}) WHERE l.revision > $revision RETURN l.load AS load"
        " ORDER BY l.revision DESC",
        revision=held["revision"],
    )
    if later:
        names = ", ".join(str(record["load"]) for record in later)
        raise Conflict(f"load {load} has later loads resting on it: unload {names} first")
    revision = held["latest"] + 1
    transaction.run(
        "MATCH (s:Ringfence {name: 'store'}) MATCH (l:Load {load: $load})"
        " SET s.revision = $revision, s.orphans = true, l.state = 'withdrawn', l.withdrawn = $revision",
        load=load,
        revision=revision,
    )
    return revision
