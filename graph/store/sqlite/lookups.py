"""Single look-ups in the embedded store: what is said of one node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...model import RELATIONS, kind_of
from ..masks import mask_of
from ..visibility import shown
from .schema import relation_table, version_tables

if TYPE_CHECKING:
    from .file import SqliteFile

_STANDING = "v.load IN (SELECT load FROM loads WHERE revision IS NOT NULL AND withdrawn IS NULL)"


def node_statements(store: SqliteFile, node: str, as_of: int | None) -> dict | None:
    """See ``Reading.get``."""
    connection = store.connection
    found = connection.execute("SELECT id FROM nodes WHERE name = ?", (node,)).fetchone()
    if found is None:
        return None
    facts = []
    for owner in version_tables(connection):
        if not owner.startswith("fact_"):
            continue
        rows = _versions(
            store,
            owner,
            "v.node",
            [found[0]],
            ["data", "file", "row", "status_from", "valid_from", "valid_to"],
        )
        for row in shown(rows, as_of, state=True):
            facts.append({"table": owner.removeprefix("fact_"), **row, "data": json.loads(row["data"])})
    if not facts and not _relationships_at(store, [found[0]], as_of, first_only=True):
        return None
    return {"node": node, "kind": kind_of(node), "mask": mask_of(node, store.secret), "facts": facts}


def _relationships_at(store: SqliteFile, nodes: list[int], as_of: int | None, first_only: bool = False) -> list[dict]:
    """The relationships that show at ``as_of`` and end at any of the nodes; of one relation only where one will do."""
    found: list[dict] = []
    wanted = set(nodes)
    for relation, declared in RELATIONS.items():
        owner = relation_table(relation)
        columns = ["source", "target", "amount", "data", "file", "row", "valid_from", "valid_to"]
        rows = {
            (row["uid"], row["load"]): row
            for end in ("source", "target")
            for row in _versions(store, owner, f"v.{end}", nodes, columns)
        }
        for row in shown(list(rows.values()), as_of, state=declared.nature == "state"):
            # A version may have moved the relationship away from the node that led here.
            if row["source"] in wanted or row["target"] in wanted:
                found.append({"relation": relation, **row, "data": json.loads(row["data"] or "{}")})
        if first_only and found:
            break
    return found


def _versions(store: SqliteFile, owner: str, end: str, nodes: list[int], columns: list[str]) -> list[dict]:
    """All standing versions of the uids of which any version ends at ``nodes``."""
    select = ", ".join("f.name AS file" if name == "file" else f"v.{name}" for name in columns)
    names, joins = "", ""
    if owner.startswith("rel_"):
        names = ", s.name AS source_name, t.name AS target_name"
        joins = "JOIN nodes s ON s.id = v.source JOIN nodes t ON t.id = v.target"
    cursor = store.connection.execute(
        f'SELECT v.uid, v.load, v.known_at, l.revision, {select}{names} FROM "{owner}" v'
        f" JOIN loads l ON l.load = v.load LEFT JOIN files f ON f.file = v.file {joins}"
        f" WHERE {_STANDING} AND v.uid IN"
        f' (SELECT v.uid FROM "{owner}" v WHERE {end} IN (SELECT value FROM json_each(?)))',
        (json.dumps(nodes),),
    )
    keys = [item[0] for item in cursor.description]
    return [dict(zip(keys, row, strict=True)) for row in cursor]
