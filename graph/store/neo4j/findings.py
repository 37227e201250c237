"""Runs and findings in Neo4j: ``(:Run)-[:FOUND]->(:Finding)-[:HAS_MEMBER {role}]->(node)``; for cases see ``cases``.

A finding's ``body`` is its JSON shape, kept exactly; its other properties are for people's Cypher. A run shows once all
of its findings are there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ...model import kind_of
from ..records import Run
from ..runs import assigned, chosen_runs, latest_runs, numbered, run_of, run_record
from .cases import remove_abandoned, save
from .connection import Connection, Transaction
from .loads import LOCK_STORE
from .schema import LABELS

_FINDINGS = 500
_BYTES = 4 << 20
"""Findings, and bytes of their bodies, a transaction."""
_ABANDONED = 24 * 3600 * 1000
"""Milliseconds after which a run that never became whole counts as one whose process died."""
_PLAIN = (
    "id", "kind", "view", "score", "rank", "rank_all", "colour", "reason_zh", "reason_en", "innocent_twin", "detector",
    "version", "thread",
)  # fmt: skip


def save_batch(
    connection: Connection, runs: Sequence[Run], findings: Sequence[dict], cases: Sequence[dict]
) -> list[Run]:
    """See ``Findings.save_batch``."""
    connection.once(
        "MATCH (r:Run {state: 'open'}) WHERE r.begun < timestamp() - "
        f"{_ABANDONED} OPTIONAL MATCH (f:Finding {{run: r.run}})"
        " CALL (r, f) { DETACH DELETE f, r } IN TRANSACTIONS OF 1000 ROWS"
    )
    remove_abandoned(connection)
    taken = connection.write(
        LOCK_STORE + "SET s.runs = s.runs + $count, s.batches = coalesce(s.batches, 0) + 1"
        " WITH s UNWIND range(s.runs - $count + 1, s.runs) AS number"
        " CREATE (:Run {run: number, state: 'open', begun: timestamp()})"
        " RETURN s.batches AS batch, collect(number) AS numbers",
        count=len(runs),
    )[0]
    saved = numbered(runs, taken["numbers"], taken["batch"], findings)
    for run in saved:
        own = [found for found in findings if found["detector"] == run.detector]
        for part in _parts(assigned(own, saved)):
            connection.change(lambda transaction, run=run, part=part: _write(transaction, run.run, part))
    save(connection, taken["batch"], cases)
    connection.write(
        "UNWIND $runs AS row MATCH (r:Run {run: row.run})"
        " SET r += row, r.state = 'whole', r.as_of = datetime({epochMillis: row.as_of})",
        runs=[run_record(run) for run in saved],
    )
    return saved


def runs(connection: Connection) -> list[Run]:
    """See ``Findings.runs``."""
    records = connection.read(
        "MATCH (r:Run {state: 'whole'}) RETURN r {.*, as_of: r.as_of.epochMillis} AS run ORDER BY r.run"
    )
    return [run_of(record["run"]) for record in records]


def findings(connection: Connection, numbers: Sequence[int]) -> list[dict]:
    """See ``Findings.findings``."""
    records = connection.read(
        "MATCH (:Run {state: 'whole'})-[:FOUND]->(f:Finding) WHERE f.run IN $runs RETURN f.body AS body"
        " ORDER BY f.rank_all, f.run",
        runs=list(numbers),
    )
    return [json.loads(record["body"]) for record in records]


def finding(connection: Connection, prefix: str) -> list[dict]:
    """See ``Findings.finding``."""
    records = connection.read(
        "MATCH (f:Finding)<-[:FOUND]-(:Run {state: 'whole'}) WHERE f.id STARTS WITH $prefix"
        " WITH f.id AS id, collect(f.run) AS runs RETURN id, runs ORDER BY id LIMIT 20",
        prefix=prefix,
    )
    shown = chosen_runs({record["id"]: record["runs"] for record in records}, latest_runs(runs(connection)))
    bodies = connection.read(
        "UNWIND $shown AS pair MATCH (f:Finding {id: pair[0]}) WHERE f.run = pair[1]"
        " RETURN f.body AS body ORDER BY f.id",
        shown=[list(pair) for pair in shown.items()],
    )
    return [json.loads(record["body"]) for record in bodies]


def finding_properties(found: dict) -> dict:
    """What a finding shows of itself to people's Cypher: its plain fields, its measures as ``measure_<name>``, and the
    uids of its evidence."""
    properties = {name: found[name] for name in _PLAIN if found.get(name) is not None}
    properties |= {f"measure_{name}": float(value) for name, value in (found.get("measures") or {}).items()}
    properties["evidence"] = list(dict.fromkeys(row["uid"] for row in found.get("evidence") or ()))
    return properties


def _parts(findings: list[dict]) -> Iterator[list[tuple[dict, str]]]:
    """The findings with their bodies, as many at a time as a transaction takes."""
    part: list[tuple[dict, str]] = []
    size = 0
    for found in findings:
        body = json.dumps(found, ensure_ascii=False)
        if part and (len(part) >= _FINDINGS or size + len(body) > _BYTES):
            yield part
            part, size = [], 0
        part.append((found, body))
        size += len(body)
    if part:
        yield part


def _write(transaction: Transaction, run: int, part: list[tuple[dict, str]]) -> None:
    rows = []
    members: dict[str, list[list]] = {}
    for found, body in part:
        rows.append({"properties": finding_properties(found), "body": body, "as_of": found.get("as_of")})
        for member in found.get("members") or ():
            members.setdefault(kind_of(member["node"]), []).append([found["id"], member["node"], member["role"]])
    # Where the answer to a commit was lost, these are there when it is tried again.
    held = transaction.run(
        "MATCH (r:Run {run: $run}) SET r.touched = true WITH r MATCH (r)-[:FOUND]->(f:Finding {id: $id})"
        " WHERE f.rank_all = $rank RETURN f LIMIT 1",
        run=run,
        id=part[0][0]["id"],
        rank=part[0][0].get("rank_all"),
    )
    if held:
        return
    transaction.run(
        "MATCH (r:Run {run: $run}) UNWIND $rows AS row CREATE (r)-[:FOUND]->(f:Finding {run: $run, body: row.body})"
        " SET f += row.properties,"
        " f.as_of = CASE WHEN row.as_of IS NULL THEN null ELSE datetime(row.as_of) END",
        run=run,
        rows=rows,
    )
    for kind, wanted in members.items():
        transaction.run(
            f"UNWIND $wanted AS item MATCH (f:Finding {{id: item[0]}}) WHERE f.run = $run"
            f" MATCH (n:{LABELS[kind]} {{key: item[1]}}) CREATE (f)-[:HAS_MEMBER {{role: item[2]}}]->(n)",
            run=run,
            wanted=wanted,
        )
