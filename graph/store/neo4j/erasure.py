"""Erasure in Neo4j, in one transaction: see ``store.erasure`` for what goes.

What the server's own files keep of it is the server's business: deleted records until their places are taken again,
and transaction logs until they are pruned (``db.tx_log.rotation.retention_policy``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...model import RELATIONS, kind_of
from ...snapshot.cache import remove_folder
from ..case_entries import renamed
from ..erasure import PERSON, SOURCE, Erased, Naming, Plan, Version, plan, renamed_cells
from .cases import case_row, entry_row
from .connection import Transaction
from .loads import LOCK_STORE
from .schema import FACT_PROPERTIES, LABELS, RELATIONSHIP_PROPERTIES, cell_names

if TYPE_CHECKING:
    from .database import Neo4jDatabase

_VERSION = "v.uid AS uid, v.load AS load, v.data AS data, v.file AS file, v.row AS row"
_MENTIONS = "any(text IN $texts WHERE v.uid CONTAINS text OR v.data CONTAINS text)"


def erase(store: Neo4jDatabase, node: str, naming: Naming) -> Erased:
    """See ``store.Store.erase``."""
    files = store.files()

    def once(transaction: Transaction) -> Erased:
        transaction.run(LOCK_STORE + "RETURN s.revision AS revision")
        made = plan(_Ground(transaction, files), node, naming)
        findings = _carry_out(transaction, made)
        # Readers that hold the revision before take a new snapshot.
        transaction.run(
            "MATCH (s:Ringfence {name: 'store'}) SET s.revision = s.revision + 1, s.loads = s.loads + 1"
            " CREATE (:Load {load: s.loads, source: $source, bulk: false, state: 'published', tables: '{}',"
            " purged: false, revision: s.revision, published: datetime()})",
            source=SOURCE,
        )
        return Erased.of(node, made, findings)

    erased = store.connection.change(once)
    for what in ("staging", "snapshots", "populations"):
        remove_folder(store.beside(what))
    return erased


class _Ground:
    """See ``erasure.Ground``."""

    def __init__(self, transaction: Transaction, files: dict[int, str]):
        self._transaction = transaction
        self._files = files

    def at(self, nodes: Iterable[str]) -> list[Version]:
        found = self.facts_about(nodes)
        for kind, keys in _by_kind(nodes).items():
            found += self._versions(
                f"UNWIND $keys AS key MATCH (:{LABELS[kind]} {{key: key}})-[v]-() WHERE v.batch IS NOT NULL"
                f" WITH DISTINCT v RETURN type(v) AS owner, [startNode(v).key, endNode(v).key] AS ends, {_VERSION}",
                keys=keys,
            )
        return found

    def facts_about(self, nodes: Iterable[str]) -> list[Version]:
        found: list[Version] = []
        for kind, keys in _by_kind(nodes).items():
            found += self._versions(
                f"UNWIND $keys AS key MATCH (n:{LABELS[kind]} {{key: key}})<-[:OF]-(v:Fact)"
                f" RETURN v.table AS owner, [n.key] AS ends, {_VERSION}",
                keys=keys,
            )
        return found

    def mentioning(self, texts: Iterable[str]) -> list[Version]:
        wanted = sorted(texts)
        if not wanted:
            return []
        found = self._versions(
            f"MATCH (v:Fact) WHERE {_MENTIONS} OPTIONAL MATCH (v)-[:OF]->(n)"
            f" RETURN v.table AS owner, CASE WHEN n IS NULL THEN [] ELSE [n.key] END AS ends, {_VERSION}",
            texts=wanted,
        )
        for relation in RELATIONS:
            found += self._versions(
                f"MATCH (a)-[v:{relation}]->(b) WHERE {_MENTIONS}"
                f" RETURN '{relation}' AS owner, [a.key, b.key] AS ends, {_VERSION}",
                texts=wanted,
            )
        return found

    def held(self, node: str) -> bool:
        return bool(
            self._transaction.run(
                f"MATCH (n:{LABELS[kind_of(node)]} {{key: $node}}) RETURN 1 AS held"
                " UNION MATCH (s:Secret {token: $token}) RETURN 1 AS held",
                node=node,
                token=node.partition(":")[2],
            )
        )

    def _versions(self, query: str, **parameters: object) -> list[Version]:
        return [
            Version(r["owner"], r["uid"], r["load"], tuple(r["ends"]), r["data"], self._files.get(r["file"]), r["row"])
            for r in self._transaction.run(query, **parameters)
        ]


def _carry_out(transaction: Transaction, made: Plan) -> int:
    """Do what a plan says, and return how many findings went."""
    for owner, versions in _by_owner(made.gone).items():
        _remove(transaction, owner, versions)
    changed = {(version.uid, version.load): (uid, data) for version, uid, data in made.changed}
    for owner, versions in _by_owner(version for version, _, _ in made.changed).items():
        taken = RELATIONSHIP_PROPERTIES if owner in RELATIONS else FACT_PROPERTIES
        rows = []
        for version in versions:
            uid, data = changed[version.uid, version.load]
            cells = renamed_cells(version, data)
            own = {name: cells[name] for name in cell_names(cells, taken)}
            rows.append({"uid": version.uid, "load": version.load, "set": {**own, "uid": uid, "data": data}})
        transaction.run(f"UNWIND $rows AS row MATCH {_matched(owner)} SET v += row.set", rows=rows)
        if owner not in RELATIONS:
            _change_copies(transaction, [(version, changed[version.uid, version.load][1]) for version in versions])
    for old, new in made.renamed.items():
        kept = "n = {key: $new}" if kind_of(old) == PERSON else "n.key = $new, n.mask = null"
        transaction.run(f"MATCH (n:{LABELS[kind_of(old)]} {{key: $old}}) SET {kept}", old=old, new=new)
    transaction.run("MATCH (s:Secret) WHERE s.token IN $tokens DELETE s", tokens=sorted(made.tokens))
    _rename_in_cases(transaction, made)
    gone = _remove_findings(transaction, made.texts)
    for kind, keys in _by_kind(made.renamed.get(name, name) for name in made.loose).items():
        transaction.run(
            f"UNWIND $keys AS key MATCH (n:{LABELS[kind]} {{key: key}})"
            " WHERE NOT EXISTS { (n)-[r]-() WHERE r.load IS NOT NULL } DETACH DELETE n",
            keys=keys,
        )
    _blank_rejects(transaction, made)
    return gone


def _remove(transaction: Transaction, owner: str, versions: list[Version]) -> None:
    rows = [{"uid": version.uid, "load": version.load} for version in versions]
    delete = "DELETE" if owner in RELATIONS else "DETACH DELETE"
    records = transaction.run(
        f"UNWIND $rows AS row MATCH {_matched(owner)} WITH v, v.batch AS batch {delete} v RETURN batch", rows=rows
    )
    counts = Counter(record["batch"] for record in records)
    transaction.run(
        "UNWIND $counts AS item MATCH (b:Batch {batch: item[0]}) SET b.rows = b.rows - item[1]",
        counts=[[batch, count] for batch, count in counts.items()],
    )


def _change_copies(transaction: Transaction, facts: list[tuple[Version, str | None]]) -> None:
    """The latest values that nodes carry for people's own Cypher."""
    changes: dict[tuple[str, str], list[list]] = {}
    for version, data in facts:
        before = version.cells
        for cell, new in renamed_cells(version, data).items():
            for end in version.ends:
                changes.setdefault((kind_of(end), cell), []).append([end, before[cell], new])
    for (kind, cell), items in changes.items():
        (name,) = cell_names([cell], frozenset())
        transaction.run(
            f"UNWIND $items AS item MATCH (n:{LABELS[kind]} {{key: item[0]}}) WHERE n.{name} = item[1]"
            f" SET n.{name} = item[2]",
            items=items,
        )


def _rename_in_cases(transaction: Transaction, made: Plan) -> None:
    """Cases and what was decided about them stay, with the new names of what was erased."""
    keys = [old.partition(":")[2] for old in made.renamed]
    mention = "WHERE any(key IN $keys WHERE n.body CONTAINS key)"
    found = transaction.run(
        f"MATCH (n:Case) {mention} RETURN n.batch AS batch, n.place AS place, n.body AS body", keys=keys
    )
    cases = [[record["batch"], case_row(record["place"], renamed(record["body"], made.renamed))] for record in found]
    transaction.run(
        "UNWIND $rows AS row MATCH (n:Case {batch: row[0], place: row[1].place}) SET n += row[1]", rows=cases
    )
    found = transaction.run(f"MATCH (n:CaseEntry) {mention} RETURN n.key AS key, n.body AS body", keys=keys)
    entries = [[record["key"], entry_row(renamed(record["body"], made.renamed))] for record in found]
    transaction.run("UNWIND $rows AS row MATCH (n:CaseEntry {key: row[0]}) SET n += row[1]", rows=entries)


def _remove_findings(transaction: Transaction, texts: list[str]) -> int:
    gone = transaction.run(
        "MATCH (f:Finding) WHERE any(text IN $texts WHERE f.body CONTAINS text)"
        " WITH f, f.run AS run DETACH DELETE f RETURN run",
        texts=texts,
    )
    counts = Counter(record["run"] for record in gone)
    transaction.run(
        "UNWIND $counts AS item MATCH (r:Run {run: item[0]}) SET r.findings = r.findings - item[1]",
        counts=[[run, count] for run, count in counts.items()],
    )
    return len(gone)


def _blank_rejects(transaction: Transaction, made: Plan) -> None:
    rows = {f"{load}|{file}|{row}": True for load, file, row in made.rows}
    transaction.run(
        "MATCH (r:Reject) WHERE r.load IN $loads AND $rows[r.load + '|' + r.file + '|' + r.row] SET r.value = null",
        loads=sorted({load for load, _, _ in made.rows}),
        rows=rows,
    )
    # of a reference that was no good: the key of a person itself
    keys = [old.partition(":")[2] for old in made.renamed]
    transaction.run("MATCH (r:Reject) WHERE r.value IN $keys SET r.value = null", keys=keys)


def _matched(owner: str) -> str:
    if owner in RELATIONS:
        return f"()-[v:{owner} {{uid: row.uid, load: row.load}}]->()"
    return "(v:Fact {uid: row.uid, load: row.load})"


def _by_owner(versions: Iterable[Version]) -> dict[str, list[Version]]:
    groups: dict[str, list[Version]] = {}
    for version in versions:
        groups.setdefault(version.owner, []).append(version)
    return groups


def _by_kind(names: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(kind_of(name), []).append(name)
    return groups
