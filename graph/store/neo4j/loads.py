"""Loads of a Neo4j store: begun, taken over, discarded, and what they wrote removed."""

from __future__ import annotations

from ...model import RELATIONS
from .connection import Connection, Transaction
from .schema import BATCHES

LOCK_STORE = "MATCH (s:Ringfence {name: 'store'}) SET s.touched = true WITH s "
"""Begins what must not happen twice at a time: the write takes the lock before anything is read."""
OF_LOAD = "b.batch >= $first AND b.batch < $end"
"""Says that a batch is of the load that ``batches_of`` names."""


def batches_of(load: int) -> dict[str, int]:
    """The parameters of ``OF_LOAD``: a load's numbers of batches, the first and the one behind the last."""
    return {"first": load * BATCHES, "end": (load + 1) * BATCHES}


def begin_load(connection: Connection, source: str, bulk: bool, load: int | None) -> tuple[int, int]:
    """Begin a load, under the next free number where ``load`` is None; its number, and that this is the first to
    write it."""
    made = connection.write(
        LOCK_STORE + "WITH s, coalesce($load, s.loads + 1) AS load"
        " SET s.loads = CASE WHEN load > s.loads THEN load ELSE s.loads END"
        " CREATE (l:Load {load: load, source: $source, bulk: $bulk, state: 'open', tables: '{}', purged: false})"
        " RETURN load",
        load=load,
        source=source,
        bulk=bulk,
    )
    return made[0]["load"], 0


def take_over(connection: Connection, load: int) -> tuple[int, int]:
    """Go on with a load that was left: its number, and how many wrote it before; none of these can write any more."""
    query = LOCK_STORE + "MATCH (l:Load {load: $load}) SET l.attempt = coalesce(l.attempt, 0) + 1 RETURN l.attempt AS n"
    return load, connection.change(lambda transaction: transaction.run(query, load=load))[0]["n"]


def discard_load(connection: Connection, load: int) -> None:
    """Remove a load that was never published, with all it wrote."""
    # Before anything goes, the load is closed to what its own threads may still be writing.
    connection.write("MATCH (l:Load {load: $load}) SET l.state = 'discarded'", load=load)
    remove_versions(connection, load)
    connection.write(
        "MATCH (s:Ringfence {name: 'store'}) MATCH (l:Load {load: $load}) SET s.orphans = true DELETE l", load=load
    )


def remove_versions(connection: Connection, load: int, rejects: bool = True, after: int = 0) -> None:
    """Delete all versions a load wrote, and its rejects where they are not to be kept, a batch at a time.

    Parameters
    ----------
    after : only what it wrote after this batch of its own
    """
    batches = connection.read(
        f"MATCH (b:Batch) WHERE {OF_LOAD} AND b.batch > $first + $after RETURN b.batch AS batch, b.owner AS owner"
        " ORDER BY batch",
        after=after,
        **batches_of(load),
    )
    for item in batches:
        if item["owner"] == "reject" and not rejects:
            continue
        connection.change(lambda transaction, item=item: _remove_batch(transaction, item["owner"], item["batch"], load))


def _remove_batch(transaction: Transaction, owner: str, batch: int, load: int) -> None:
    if owner in RELATIONS:
        transaction.run(f"MATCH ()-[r:{owner}]->() WHERE r.batch = $batch DELETE r", batch=batch)
    elif owner == "reject":
        transaction.run("MATCH (r:Reject {load: $load, batch: $batch}) DELETE r", load=load, batch=batch)
    else:
        transaction.run("MATCH (f:Fact) WHERE f.batch = $batch DETACH DELETE f", batch=batch)
    transaction.run("MATCH (b:Batch {batch: $batch}) DELETE b", batch=batch)
