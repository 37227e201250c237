"""How the graph lies in Neo4j: labels, types, properties, constraints; how a database is prepared and checked.

Every version of a relationship is a relationship of its relation's type; every version of a row about a node is a
``(:Fact)-[:OF]->(node)``. Both carry ``uid``, ``load``, ``batch`` and ``place``: the number of the transaction that
wrote them, and of the row in it. ``(:Batch)`` nodes list the batches with their table or relation, their number of
rows and what all of these have in common (``columns.py``). So what one load wrote is found by a range of batches,
read batch by batch, and written exactly once however often a transaction is tried.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable

from ...errors import Unavailable, UserError
from ...model import KINDS, RELATIONS
from .connection import Connection

FORMAT = 1
"""Of what is kept; a store of a higher one was made by a newer version of Ringfence."""
BATCHES = 1 << 20
"""Batches a load may have: those of load n are numbered from n times this."""
_TIMES = {"valid_from", "valid_to", "known_at", "status_from"}
FACT_PROPERTIES = frozenset({"uid", "load", "batch", "place", "table", "data", "file", "row", "key", *_TIMES})
"""Properties of a fact that are no cells of its row."""
RELATIONSHIP_PROPERTIES = frozenset(
    {"uid", "load", "batch", "place", "amount", "data", "file", "row", "retracted", *_TIMES}
)
"""Properties of a relationship that are no cells of its row."""


def label(kind: str) -> str:
    """The label of a kind of node.

    >>> label("id_document")
    'IdDocument'

    Raises
    ------
    ValueError : no kind of node; labels come from the product's vocabulary, never from data
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of node is called {kind!r}")
    return "".join(word.capitalize() for word in kind.split("_"))


LABELS = {kind: label(kind) for kind in KINDS}
"""Labels by kind."""


def relation_type(relation: str) -> str:
    """The type of a relation's relationships: its own name.

    Raises
    ------
    ValueError : no relation
    """
    if relation not in RELATIONS:
        raise ValueError(f"no relation is called {relation!r}")
    return relation


def cell_names(fields: Iterable[str], taken: frozenset[str]) -> list[str]:
    """Those of a row's cells that become properties of their own, so that people can ask for them.

    Raises
    ------
    ValueError : a name that is none of a canonical column
    """
    for name in fields:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(f"no canonical column is called {name!r}")
    return [name for name in fields if name not in taken]


def schema_statements() -> dict[str, str]:
    """The constraints and indexes by name, each a statement that does nothing where it holds already."""
    indexes = [
        ("fact", "Fact", "batch"), ("batch", "Batch", "owner"), ("reject", "Reject", "load"),
        ("finding", "Finding", "id"), ("finding", "Finding", "run"), ("finding", "Finding", "thread"),
        ("case", "Case", "batch"),
    ]  # fmt: skip
    unique = [
        ("Ringfence", "name"), ("Load", "load"), ("Batch", "batch"), ("File", "name"), ("Secret", "token"),
        ("Reader", "reader"), ("Run", "run"), ("CaseEntry", "key"), *((name, "key") for name in LABELS.values()),
    ]  # fmt: skip
    # Indexes first: the server fills them beside, while a constraint is waited for.
    wanted = {f"{prefix}_{key}": f"INDEX {{}} FOR (n:{name}) ON (n.{key})" for prefix, name, key in indexes}
    wanted |= {f"{name.lower()}_batch": f"INDEX {{}} FOR ()-[r:{name}]-() ON (r.batch)" for name in RELATIONS}
    wanted |= {
        f"{name.lower()}_{key}": f"CONSTRAINT {{}} FOR (n:{name}) REQUIRE n.{key} IS UNIQUE" for name, key in unique
    }
    wanted |= {
        "fact": "CONSTRAINT {} FOR (n:Fact) REQUIRE (n.uid, n.load) IS UNIQUE",
        "field": "CONSTRAINT {} FOR (n:Field) REQUIRE (n.owner, n.name) IS UNIQUE",
    }
    wanted |= {
        name.lower(): f"CONSTRAINT {{}} FOR ()-[r:{name}]-() REQUIRE (r.uid, r.load) IS UNIQUE" for name in RELATIONS
    }
    return {
        f"ringfence_{name}": f"CREATE {statement.format(f'ringfence_{name} IF NOT EXISTS')}"
        for name, statement in wanted.items()
    }


def inspect(connection: Connection, create: bool) -> dict | None:
    """What the database says of the store in it; None where it is empty and ``create`` lets one be made.

    Raises
    ------
    UserError : an empty database and ``create`` is False, someone else's graph, a store of a newer version
    """
    held, where = _store(connection), _where(connection)
    if held is None:
        if connection.read("MATCH (n) RETURN count(n) AS nodes")[0]["nodes"]:
            raise UserError(f"{where} holds a graph of something else: name another with --store")
        if not create:
            raise Unavailable(f"{where} is empty: run 'ringfence load' first, or name another with --store")
    elif held["format"] > FORMAT:
        raise UserError(
            f"{where} was made by a newer version of Ringfence (format {held['format']}, this one reads {FORMAT}):"
            " upgrade to open it"
        )
    return held


def prepare(connection: Connection, held: dict | None, fingerprint: str) -> str:
    """Make the store where there is none, with its constraints and indexes, and return its own name, which no other
    store has.

    Parameters
    ----------
    held : what ``inspect`` found
    fingerprint : of the token secret that its keys are made with

    Raises
    ------
    UserError : the store was made under another key file
    """
    if held is None:
        _define(connection)
        connection.write(
            "MERGE (s:Ringfence {name: 'store'}) ON CREATE SET s.format = $format, s.fingerprint = $fingerprint,"
            " s.store = $store, s.revision = 0, s.loads = 0, s.files = 0, s.runs = 0, s.copied = 0, s.schema = $schema"
            " MERGE (l:Ringfence {name: 'bulk load'}) ON CREATE SET l.taken = 0",
            format=FORMAT,
            fingerprint=fingerprint,
            store=uuid.uuid4().hex,
            schema=_schema_digest(),
        )
        held = _store(connection) or {}
    if held["fingerprint"] != fingerprint:
        raise UserError(
            f"{_where(connection)} was made under another key file (fingerprint {held['fingerprint']}, this one is"
            f" {fingerprint}): name the right one in RINGFENCE_KEY_FILE"
        )
    if held.get("schema") != _schema_digest():
        # neo4j-admin brings the data alone; and a store that an earlier version made lacks what was added since.
        _define(connection)
        connection.write("MATCH (s:Ringfence {name: 'store'}) SET s.schema = $schema", schema=_schema_digest())
    return held["store"]


def _schema_digest() -> str:
    """What tells one set of constraints and indexes from another."""
    return hashlib.sha256("\n".join(schema_statements().values()).encode()).hexdigest()[:16]


def _where(connection: Connection) -> str:
    address = connection.address
    return f"database {address.database!r} at {address.host}:{address.port}"


def _store(connection: Connection) -> dict | None:
    found = connection.read("MATCH (s:Ringfence {name: 'store'}) RETURN properties(s) AS store")
    return found[0]["store"] if found else None


def _define(connection: Connection) -> None:
    held = {
        record["name"]
        for kind in ("INDEXES", "CONSTRAINTS")
        for record in connection.read(f"SHOW {kind} YIELD name RETURN name")
    }
    for name, statement in schema_statements().items():
        if name not in held:
            connection.once(statement)
    connection.once("CALL db.awaitIndexes(3600)")
