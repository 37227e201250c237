"""Single look-ups in Neo4j: what is said of one node."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...model import RELATIONS, kind_of
from ..masks import mask_of
from ..visibility import shown
from .columns import by_uids
from .schema import LABELS

if TYPE_CHECKING:
    from .database import Neo4jDatabase

_FEW = 1000
"""Relationships of a hub that are looked at before all of them are, to see whether any shows."""


def node_statements(store: Neo4jDatabase, node: str, as_of: int | None) -> dict | None:
    """See ``Reading.get``."""
    kind = kind_of(node)
    if kind not in LABELS:
        return None
    standing, files = store.standing(), store.files()
    found = store.connection.read(
        f"MATCH (n:{LABELS[kind]} {{key: $key}})<-[:OF]-(f:Fact)"
        " RETURN f.table AS table, collect(DISTINCT f.uid) AS uids ORDER BY table",
        key=node,
    )
    columns = ("uid", "load", "known_at", "data", "file", "row", "status_from", "valid_from", "valid_to")
    facts = []
    for record in found:
        versions = _versions(store, record["table"], columns, record["uids"], standing, files)
        for row in shown(versions, as_of, state=True):
            facts.append({"table": record["table"], **row, "data": json.loads(row["data"])})
    if not facts:
        few = _relationships_at(store, [node], as_of, standing, files, first=_FEW)
        if not few and not _relationships_at(store, [node], as_of, standing, files):
            return None
    return {"node": node, "kind": kind, "mask": mask_of(node, store.secret), "facts": facts}


def _relationships_at(
    store: Neo4jDatabase,
    names: list[str],
    as_of: int | None,
    standing: dict[int, int],
    files: dict[int, str],
    first: int | None = None,
) -> list[dict]:
    """The relationships that show at ``as_of`` and end at any of the nodes; of some only, where ``first`` says."""
    uids: dict[str, set[str]] = {}
    limit = "" if first is None else " LIMIT $first"
    for kind, keys in _by_kind(names).items():
        for record in store.connection.read(
            f"UNWIND $keys AS key MATCH (n:{LABELS[kind]} {{key: key}})-[r]-() WHERE r.batch IS NOT NULL WITH r{limit}"
            " RETURN type(r) AS relation, collect(DISTINCT r.uid) AS uids",
            keys=keys,
            first=first,
        ):
            uids.setdefault(record["relation"], set()).update(record["uids"])
    columns = (
        "uid", "load", "known_at", "source", "target", "amount", "data", "file", "row", "valid_from", "valid_to",
    )  # fmt: skip
    wanted, found = set(names), []
    for relation, declared in RELATIONS.items():
        if relation not in uids:
            continue
        rows = _versions(store, relation, columns, sorted(uids[relation]), standing, files)
        for row in shown(rows, as_of, state=declared.nature == "state"):
            # A version may have moved the relationship away from the node that led here.
            if row["source"] in wanted or row["target"] in wanted:
                amount = None if row["amount"] != row["amount"] else row["amount"]
                found.append({"relation": relation, **row, "amount": amount, "data": json.loads(row["data"] or "{}")})
    return found


def _versions(
    store: Neo4jDatabase,
    owner: str,
    columns: tuple[str, ...],
    uids: list[str],
    standing: dict[int, int],
    files: dict[int, str],
) -> list[dict]:
    """All standing versions of some uids, with their revisions and the names of their files."""
    rows = []
    for record in by_uids(store.connection, owner, columns, uids):
        for values in zip(*(record[name] for name in columns), strict=True):
            row = dict(zip(columns, values, strict=True))
            if row["load"] in standing:
                row["revision"] = standing[row["load"]]
                row["file"] = files.get(row["file"])
                row["row"] = None if row["row"] < 0 else row["row"]
                rows.append(row)
    return rows


def _by_kind(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by their kind; those of no kind of node are nobody's."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if kind_of(name) in LABELS:
            groups.setdefault(kind_of(name), []).append(name)
    return groups
