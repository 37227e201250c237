"""The database of the shared store: its connection, and what it says of loads, secrets and versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from ...keys import load_key_file
from ...model import RELATIONS
from ..records import FACT_COLUMNS, RELATIONSHIP_COLUMNS, Load
from .columns import Batch, batches, by_batches
from .connection import Connection, read_address
from .locks import Readers
from .schema import inspect, prepare

_PAGE = 50_000


class Neo4jDatabase:
    """A Neo4j database that holds a store, as its readers need it.

    Parameters
    ----------
    url : ``neo4j://user@host:port/database``; the password comes from the environment
    create : make the store where the database is empty
    key_file : where the keys are, as for ``load_key_file``; the fingerprint of their token secret must be the one that
        the store was made under
    """

    def __init__(self, url: str, *, create: bool, key_file: Path | None):
        address = read_address(url)
        self.url = address.url
        self.connection = Connection(address)
        try:
            held = inspect(self.connection, create)
            # A new store may have a new key file; one that exists was made under a key file that must exist too.
            self.keys = load_key_file(key_file, create=held is None)
            self.identity = prepare(self.connection, held, self.keys.fingerprint)
            self._imported = held is not None and "schema" not in held  # neo4j-admin made it just now
        except BaseException:
            self.connection.close()
            raise
        self.readers = Readers(self.connection)

    def close(self) -> None:
        self.readers.close()
        self.connection.close()

    def beside(self, what: str) -> Path:
        from platformdirs import user_cache_path

        folder = user_cache_path("ringfence") / self.identity
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / what

    def revision(self) -> int:
        return self.connection.read("MATCH (s:Ringfence {name: 'store'}) RETURN s.revision AS revision")[0]["revision"]

    def data_date(self) -> int | None:
        return self.connection.read(
            "MATCH (l:Load {state: 'published'}) RETURN max(l.data_date.epochMillis) AS data_date"
        )[0]["data_date"]

    def loads(self) -> list[Load]:
        records = self.connection.read(
            "MATCH (l:Load) WHERE l.revision IS NOT NULL RETURN l.load AS load, l.source AS source, l.bulk AS bulk,"
            " l.state AS state, l.revision AS revision, l.withdrawn AS withdrawn,"
            " l.data_date.epochMillis AS data_date, l.tables AS tables, l.purged AS purged,"
            " coalesce(l.notes, '{}') AS notes ORDER BY l.revision"
        )
        texts = ("tables", "notes")
        return [Load(**{**record, **{name: json.loads(record[name]) for name in texts}}) for record in records]

    def privacy(self) -> dict[str, str]:
        store = self.connection.read("MATCH (s:Ringfence {name: 'store'}) RETURN properties(s) AS store")[0]["store"]
        return {name.removeprefix("privacy_"): v for name, v in store.items() if name.startswith("privacy_")}

    @contextmanager
    def reading(self, revision: int | None = None) -> Iterator[int]:
        held = self.revision() if revision is None else revision
        with self.readers.holding(held):
            yield held

    def batches_of(self, loads: Iterable[int], owner: str | None = None) -> dict[str, list[Batch]]:
        """The batches of versions that some loads wrote, by table or relation."""
        wanted, found = set(loads), {}
        for batch in batches(self.connection, owner):
            if batch.load in wanted and batch.owner != "reject":
                found.setdefault(batch.owner, []).append(batch)
        return found

    def standing(self) -> dict[int, int]:
        """The loads that stand, each with the revision that published it."""
        return {load.load: load.revision or 0 for load in self.loads() if load.state == "published"}

    def owners(self, load: int) -> list[str]:
        return sorted(self.batches_of([load]))

    def versions(self, owner: str, load: int) -> Iterator[pd.DataFrame]:
        columns = RELATIONSHIP_COLUMNS if owner in RELATIONS else FACT_COLUMNS
        wanted = self.batches_of([load], owner).get(owner, [])
        for _, rows in by_batches(self.connection, owner, columns, wanted):
            frame = rows.to_pandas()
            for name in ("node", "data") if owner not in RELATIONS else ("data",):
                frame[name] = frame[name].where(frame[name] != "", None)
            yield frame

    def secrets(self, columns: Sequence[str] = ("token", "mask", "cipher")) -> Iterator[pd.DataFrame]:
        last, collected = "", ", ".join(f"collect(s.{name}) AS {name}" for name in columns)
        while True:
            record = self.connection.read(
                f"MATCH (s:Secret) WHERE s.token > $last WITH s ORDER BY s.token LIMIT $limit RETURN {collected}",
                last=last,
                limit=_PAGE,
            )[0]
            if record["token"]:
                yield pd.DataFrame(dict(record))
            if len(record["token"]) < _PAGE:
                return
            last = record["token"][-1]

    def fields(self) -> list[tuple[str, str, str]]:
        records = self.connection.read(
            "MATCH (f:Field) RETURN f.owner AS owner, f.name AS name, f.type AS type ORDER BY owner, name"
        )
        return [(record["owner"], record["name"], record["type"]) for record in records]

    def files(self) -> dict[int, str]:
        records = self.connection.read("MATCH (f:File) RETURN f.file AS file, f.name AS name ORDER BY file")
        return {record["file"]: record["name"] for record in records}

    def secret(self, token: str) -> tuple[str, str] | None:
        found = self.connection.read(
            "MATCH (s:Secret {token: $token}) RETURN s.mask AS mask, s.cipher AS cipher", token=token
        )
        return (found[0]["mask"], found[0]["cipher"]) if found else None
