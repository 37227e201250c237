"""One load into Neo4j, in batches of columns; nothing of it shows before ``publish``."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np
import pandas as pd
import pyarrow as pa

from ...errors import Unavailable, UserError
from ...model import ALWAYS, FOREVER, KINDS, kind_of
from ...snapshot.cells import parse_data
from ..records import REJECT_COLUMNS, FieldType
from .columns import shared_values
from .connection import Connection, Transaction
from .loads import LOCK_STORE, OF_LOAD, batches_of, discard_load, remove_versions
from .schema import (
    BATCHES,
    FACT_PROPERTIES,
    LABELS,
    RELATIONSHIP_PROPERTIES,
    cell_names,
    relation_type,
)

ROWS = 10_000
"""Rows a transaction."""
_LANES = 2
"""Transactions under way at a time. Each makes the nodes it needs in the order of their keys before anything else, and
Neo4j takes the locks of new relationships in order as it commits, so that they never wait for each other in a ring."""
_REMEMBERED = 1_000_000
"""Node keys known to be there, so that a batch need not ask again."""


class Neo4jWriter:
    """See ``store.Writer``.

    Parameters
    ----------
    load, attempt : what ``begin_load`` or ``take_over`` gave
    published : called once the load shows
    """

    def __init__(
        self,
        connection: Connection,
        load: int,
        attempt: int,
        *,
        privacy: dict[str, str],
        published: Callable[[], None],
    ):
        self._connection = connection
        self._after = published
        self.load = load
        self._attempt = attempt
        self.privacy = privacy
        self.published = self.left = False
        self.abandoned: tuple[int, str] | None = None
        self._batches = 0
        self._known: set[str] = set()
        self._fields_written: set[tuple[str, str]] = set()
        self._pool = ThreadPoolExecutor(_LANES, thread_name_prefix="neo4j-load")
        self._waiting: set[Future] = set()
        self._secrets: Future | None = None

    def mark(self) -> list[int]:
        self._settle()
        return [self._batches]

    def rewind(self, mark: list[int]) -> None:
        kept = mark[0] if mark else 0
        last = self._connection.read(
            f"MATCH (b:Batch) WHERE {OF_LOAD} RETURN max(b.batch) - $first AS last", **batches_of(self.load)
        )[0]["last"]
        # Numbers are not used again: a batch of the process before may still have been on its way.
        self._batches = max(kept, last or 0)
        remove_versions(self._connection, self.load, after=kept)
        self._connection.write("MATCH (s:Ringfence {name: 'store'}) SET s.orphans = true")

    def file(self, name: str) -> int:
        return self._connection.write(
            LOCK_STORE + "OPTIONAL MATCH (held:File {name: $name})"
            " WITH s, coalesce(held.file, s.files + 1) AS number"
            " SET s.files = CASE WHEN number > s.files THEN number ELSE s.files END"
            " MERGE (f:File {name: $name}) ON CREATE SET f.file = number RETURN f.file AS file",
            name=name,
        )[0]["file"]

    def facts(self, table: str, frame: pd.DataFrame, fields: dict[str, FieldType]) -> None:
        self._fields(table, fields)
        for start in range(0, len(frame), ROWS):
            part = frame.iloc[start : start + ROWS]
            columns, assigned = _columns(part, ("valid_from", "valid_to", "known_at", "status_from"))
            self._cells(part["data"], fields, FACT_PROPERTIES, columns, assigned)
            columns["node"] = _plain(part["node"].tolist())
            assigned.append("table: $owner")
            self._submit(table, columns, assigned, self._write_facts, shared_values(part))

    def relationships(self, relation: str, frame: pd.DataFrame, fields: dict[str, FieldType]) -> None:
        self._fields(relation_type(relation), fields)
        for start in range(0, len(frame), ROWS):
            part = frame.iloc[start : start + ROWS]
            same = shared_values(part)
            gone = part["valid_to"].to_numpy() == ALWAYS
            part = part.assign(valid_to=np.where(gone, FOREVER, part["valid_to"].to_numpy()))
            columns, assigned = _columns(part, ("valid_from", "valid_to", "known_at"))
            if gone.any():
                columns["retracted"] = [True if here else None for here in gone.tolist()]
                assigned.append("retracted: $retracted[i]")
            columns["amount"] = _plain(part["amount"].astype(float).tolist())
            assigned.append("amount: $amount[i]")
            self._cells(part["data"], fields, RELATIONSHIP_PROPERTIES, columns, assigned)
            columns["source"], columns["target"] = part["source"].tolist(), part["target"].tolist()
            self._submit(relation, columns, assigned, self._write_relationships, same)

    def secrets(self, frame: pd.DataFrame) -> None:
        query = (
            "UNWIND range(0, size($token) - 1) AS i MERGE (s:Secret {token: $token[i]})"
            " ON CREATE SET s.mask = $mask[i], s.cipher = $cipher[i]"
        )
        for start in range(0, len(frame), ROWS):
            part = frame.iloc[start : start + ROWS].sort_values("token")
            columns = {name: part[name].tolist() for name in ("token", "mask", "cipher")}

            def job(columns=columns, before=self._secrets) -> None:
                # One after the other, so that of two with one token the first is kept.
                if before is not None:
                    before.result()
                self._connection.write(query, **columns)

            self._secrets = self._enqueue(job)

    def rejects(self, frame: pd.DataFrame) -> None:
        assigned = ", ".join(f"{name}: ${name}[i]" for name in REJECT_COLUMNS)
        query = f"UNWIND range(0, size($table) - 1) AS i CREATE (:Reject {{load: $load, batch: $batch, {assigned}}})"
        for start in range(0, len(frame), ROWS):
            part = frame.iloc[start : start + ROWS]
            columns = {name: _plain(part[name].tolist()) for name in REJECT_COLUMNS}

            def run(transaction: Transaction, batch: int, columns=columns) -> None:
                transaction.run(query, load=self.load, batch=batch, **columns)

            self._submit_batch("reject", len(part), run)

    def publish(
        self,
        tables: dict[str, dict[str, int]],
        data_date: int | None,
        since: int | None = None,
        notes: dict | None = None,
    ) -> int | None:
        self._settle()
        said = {"tables": json.dumps(tables), "notes": json.dumps(notes or {})}
        revision = self._connection.change(lambda transaction: self._publish(transaction, said, data_date, since))
        if revision is None:
            return None
        self.published = True
        self._after()
        return revision

    def _publish(
        self, transaction: Transaction, said: dict[str, str], data_date: int | None, since: int | None
    ) -> int | None:
        held = transaction.run(
            LOCK_STORE + "OPTIONAL MATCH (l:Load {load: $load})"
            " RETURN s.revision AS latest, l.state AS state, l.revision AS revision, coalesce(l.attempt, 0) AS attempt",
            load=self.load,
        )[0]
        if held["attempt"] != self._attempt:
            raise self._taken_over()
        if held["state"] == "published":
            return held["revision"]  # tried before, and done
        if held["state"] != "open":
            raise self._taken_over()
        if since is not None and held["latest"] != since:
            return None
        revision = held["latest"] + 1
        transaction.run(
            "MATCH (s:Ringfence {name: 'store'}) MATCH (l:Load {load: $load})"
            " SET s.revision = $revision, s += $privacy, l.state = 'published', l.revision = $revision,"
            " l += $said, l.published = datetime(),"
            " l.data_date = CASE WHEN $data_date IS NULL THEN null ELSE datetime({epochMillis: $data_date}) END",
            load=self.load,
            revision=revision,
            privacy={f"privacy_{kind}": value for kind, value in sorted(self.privacy.items())},
            said=said,
            data_date=data_date,
        )
        return revision

    def _taken_over(self) -> UserError:
        lost = "lost its connection to Neo4j and was resumed or discarded by another process"
        return Unavailable(f"load {self.load} {lost}: see 'ringfence status', and run it again where it is not there")

    def discard(self) -> None:
        for waiting in self._waiting:
            waiting.cancel()
        self.close()
        own = self._connection.write(
            "MATCH (l:Load {load: $load}) WHERE coalesce(l.attempt, 0) = $attempt SET l.state = 'discarded'"
            " RETURN l.load AS load",
            load=self.load,
            attempt=self._attempt,
        )
        if own:  # not where another process took the load over
            discard_load(self._connection, self.load)

    def close(self) -> None:
        """End the threads, once what they write is written."""
        self._pool.shutdown(wait=True)

    # -- batches
    def _cells(
        self,
        data: pd.Series,
        fields: dict[str, FieldType],
        taken: frozenset[str],
        columns: dict[str, list],
        assigned: list[str],
    ) -> None:
        """The cells of rows as properties of their own, beside the JSON text that keeps them exactly."""
        names = cell_names(fields, taken)
        table = parse_data(
            pa.chunked_array([pa.array(_plain(data.tolist()), pa.large_string())]), {n: fields[n] for n in names}
        )
        for name in table.column_names:
            columns[f"cell_{name}"] = table.column(name).to_pylist()
            value = f"$cell_{name}[i]"
            assigned.append(f"{name}: {moment(value) if fields[name] == 'time' else value}")

    def _submit(
        self,
        owner: str,
        columns: dict[str, list],
        assigned: list[str],
        write: Callable[[Transaction, str, dict, str], int],
        same: str,
    ) -> None:
        count = len(columns["uid"])
        ends = [name for end in ("node", "source", "target") for name in columns.get(end, ()) if name is not None]

        def run(transaction: Transaction, batch: int) -> None:
            properties = ", ".join(["load: $load", "batch: $batch", "place: i", *assigned])
            given = {**columns, "load": self.load, "batch": batch, "owner": owner}
            written = write(transaction, owner, given, properties)
            if written != count:
                raise RuntimeError(f"Neo4j made {written} of the {count} versions of a batch of {owner}")

        self._submit_batch(owner, count, run, ends, same)

    def _submit_batch(
        self,
        owner: str,
        rows: int,
        run: Callable[[Transaction, int], object],
        nodes: list[str] | None = None,
        same: str | None = None,
    ) -> None:
        self._batches += 1
        batch = self.load * BATCHES + self._batches
        if self._batches >= BATCHES:
            raise UserError(f"load {self.load} has too many parts: split it into several loads")

        def once(transaction: Transaction) -> None:
            # Where the answer to a commit was lost, the batch is there when it is tried again.
            made = transaction.run(
                "MATCH (l:Load {load: $load, state: 'open'}) WHERE coalesce(l.attempt, 0) = $attempt"
                " MERGE (b:Batch {batch: $batch})"
                " ON CREATE SET b.load = $load, b.owner = $owner, b.rows = $rows, b.same = $same, b.new = true"
                " WITH b, b.new AS new REMOVE b.new RETURN new",
                batch=batch,
                load=self.load,
                attempt=self._attempt,
                owner=owner,
                rows=rows,
                same=same,
            )
            if not made:
                raise self._taken_over()
            if made[0]["new"]:
                run(transaction, batch)

        def job() -> None:
            self._make_nodes(nodes or [])
            self._connection.change(once)

        self._enqueue(job)

    def _enqueue(self, job: Callable[[], object]) -> Future:
        while len(self._waiting) > 2 * _LANES:
            done, self._waiting = wait(self._waiting, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
        future = self._pool.submit(job)
        self._waiting.add(future)
        return future

    def _settle(self) -> None:
        """Wait until all is written, and raise what went wrong."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            future.result()

    def _make_nodes(self, names: list[str]) -> None:
        """Make the nodes that are not there yet, in order."""
        missing = sorted(set(names) - self._known)
        if not missing:
            return
        by_kind: dict[str, list[str]] = {}
        for name in missing:
            by_kind.setdefault(kind_of(name), []).append(name)
        if unknown := set(by_kind) - set(KINDS):
            raise ValueError(f"no kind of node is called {min(unknown)!r}")
        for kind in KINDS:
            if kind in by_kind:
                query = f"UNWIND $keys AS key MERGE (:{LABELS[kind]} {{key: key}})"
                self._connection.write(query, keys=by_kind[kind])
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known.update(missing)

    def _write_facts(self, transaction: Transaction, table: str, given: dict, properties: str) -> int:
        written = 0
        for kind, places in _groups([None if name is None else kind_of(name) for name in given["node"]]).items():
            about = f" MATCH (n:{LABELS[kind]} {{key: $node[i]}})" if kind is not None else ""
            fact = f"(f:Fact {{{properties}}})"
            stated = f"{fact}-[:OF {{load: $load}}]->(n)" if kind is not None else fact
            written += transaction.run(
                f"UNWIND {_which(places, len(given['node']))} AS i{about} CREATE {stated} RETURN count(*) AS made",
                places=places,
                **given,
            )[0]["made"]
        return written

    def _write_relationships(self, transaction: Transaction, relation: str, given: dict, properties: str) -> int:
        written = 0
        kinds = [(kind_of(s), kind_of(t)) for s, t in zip(given["source"], given["target"], strict=True)]
        for (source, target), places in _groups(kinds).items():
            written += transaction.run(
                f"UNWIND {_which(places, len(kinds))} AS i MATCH (a:{LABELS[source]} {{key: $source[i]}})"
                f" MATCH (b:{LABELS[target]} {{key: $target[i]}})"
                f" CREATE (a)-[r:{relation} {{{properties}}}]->(b) RETURN count(*) AS made",
                places=places,
                **given,
            )[0]["made"]
        return written

    def _fields(self, owner: str, fields: dict[str, FieldType]) -> None:
        new = [(name, kind) for name, kind in fields.items() if (owner, name) not in self._fields_written]
        if new:
            self._connection.write(
                "UNWIND $new AS item MERGE (f:Field {owner: $owner, name: item[0]}) ON CREATE SET f.type = item[1]",
                owner=owner,
                new=sorted([name, kind] for name, kind in new),
            )
            self._fields_written.update((owner, name) for name, _ in new)


def _columns(part: pd.DataFrame, times: tuple[str, ...]) -> tuple[dict[str, list], list[str]]:
    """The columns every version has, and how each becomes a property; times that are open are left out."""
    columns = {name: _plain(part[name].tolist()) for name in ("uid", "data", "file", "row")}
    assigned = [f"{name}: ${name}[i]" for name in columns]
    for name in times:
        values = part[name].to_numpy(dtype=np.int64)
        open_ended = (values == ALWAYS) | (values == FOREVER)
        if not open_ended.all():
            columns[name] = [None if here else value for here, value in zip(open_ended, values.tolist(), strict=True)]
            assigned.append(f"{name}: {moment(f'${name}[i]') if open_ended.any() else _sure_moment(f'${name}[i]')}")
    return columns, assigned


def _sure_moment(value: str) -> str:
    return f"datetime({{epochMillis: {value}}})"


def moment(value: str) -> str:
    """The Cypher that makes a time of epoch milliseconds, or of nothing nothing."""
    return f"CASE WHEN {value} IS NULL THEN null ELSE {_sure_moment(value)} END"


def _groups(kinds: list) -> dict:
    groups: dict = {}
    for place, kind in enumerate(kinds):
        groups.setdefault(kind, []).append(place)
    return groups


def _which(places: list[int], count: int) -> str:
    return f"range(0, {count - 1})" if len(places) == count else "$places"


def _plain(values: list) -> list:
    """Values as Cypher takes them: what is missing as null."""
    return [None if value is None or value != value else value for value in values]
