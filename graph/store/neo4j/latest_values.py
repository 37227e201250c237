"""What nodes carry for people's own Cypher: a copy of the latest values that rows say of them, and their masks.

No reader of the product looks at these copies; they follow a moment after a load is published or undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from ...model import DECLARING, KINDS, kind_of
from ...snapshot.cells import parse_data
from ..visibility import latest
from .columns import by_batches, by_uids
from .schema import FACT_PROPERTIES, LABELS, cell_names
from .writer import moment

if TYPE_CHECKING:
    from .database import Neo4jDatabase

STATING = {**DECLARING, "account": "accounts", "device": "devices"}
"""The table whose rows are about one node of a kind and no other: the key of a row is the key of its node."""
_COLUMNS = ("uid", "load", "node", "data", "known_at")


def refresh(store: Neo4jDatabase, masks: bool) -> None:
    """Bring the copies up to the latest revision.

    Parameters
    ----------
    masks : look also for personal nodes that show no mask yet, which takes a pass over them
    """
    copying = "MATCH (l:Ringfence {name: 'bulk load'}) MERGE (c:Ringfence {name: 'copies'}) SET c.taken = true"
    if not _behind(store):
        return
    with store.connection.held(copying):
        # Looked at again now that nobody else is at it.
        while behind := _behind(store):
            copied, revision = behind
            _copy_since(store, copied)
            if masks:
                _copy_masks(store)
            store.connection.write("MATCH (s:Ringfence {name: 'store'}) SET s.copied = $revision", revision=revision)


def _behind(store: Neo4jDatabase) -> tuple[int, int] | None:
    record = store.connection.read(
        "MATCH (s:Ringfence {name: 'store'}) RETURN s.copied AS copied, s.revision AS revision"
    )[0]
    return (record["copied"], record["revision"]) if record["copied"] < record["revision"] else None


def _copy_since(store: Neo4jDatabase, copied: int) -> None:
    loads = store.loads()
    standing = store.standing()
    changed = {load.load for load in loads if max(load.revision or 0, load.withdrawn or 0) > copied}
    types: dict[str, dict[str, str]] = {}
    for owner, name, kind in store.fields():
        types.setdefault(owner, {})[name] = kind
    everything = store.batches_of(standing)
    for owner, wanted in store.batches_of(changed).items():
        if owner not in STATING.values():
            continue
        alone = len({batch.load for batch in everything.get(owner, [])} | {batch.load for batch in wanted}) == 1
        for _, columns in by_batches(store.connection, owner, _COLUMNS, wanted):
            rows = columns.to_pandas()
            if not alone and len(rows):
                found = by_uids(store.connection, owner, _COLUMNS, rows["uid"].tolist())
                rows = pd.concat([pd.DataFrame({name: each[name] for name in _COLUMNS}) for each in found])
                rows = rows.reset_index(drop=True)
            if len(rows):
                _copy(store, owner, rows, standing, types.get(owner, {}))


def _copy(
    store: Neo4jDatabase, owner: str, rows: pd.DataFrame, standing: dict[int, int], types: dict[str, str]
) -> None:
    shown = latest(rows, standing)
    gone = rows.loc[~rows["uid"].isin(shown["uid"]), ["uid", "node"]].drop_duplicates().assign(data="{}")
    held = pd.concat([shown.loc[:, ["uid", "node", "data"]], gone], ignore_index=True)
    kinds = held["node"].map(kind_of)
    names = cell_names(types, FACT_PROPERTIES | {"mask"})
    for kind in KINDS:
        own = held.loc[kinds == kind]
        if not len(own):
            continue
        data = pa.chunked_array([pa.array(own["data"].tolist(), pa.large_string())])
        cells = parse_data(data, {name: types[name] for name in names})
        columns = {f"cell_{name}": cells.column(name).to_pylist() for name in cells.column_names}
        assigned = "".join(
            f", {name}: {moment(f'$cell_{name}[i]') if types[name] == 'time' else f'$cell_{name}[i]'}"
            for name in cells.column_names
        )
        store.connection.write(
            f"UNWIND range(0, size($key) - 1) AS i MATCH (n:{LABELS[kind]} {{key: $key[i]}})"
            f" SET n = {{key: $key[i], mask: n.mask{assigned}}}",
            key=own["node"].tolist(),
            **columns,
        )


def _copy_masks(store: Neo4jDatabase) -> None:
    for kind, kept in sorted(store.privacy().items()):
        if kept == "personal" and kind in LABELS:
            store.connection.once(
                f"MATCH (n:{LABELS[kind]}) WHERE n.mask IS NULL AND n.key STARTS WITH '{kind}:tok_'"
                f" CALL (n) {{ MATCH (s:Secret {{token: substring(n.key, {len(kind) + 1})}}) SET n.mask = s.mask }}"
                " IN TRANSACTIONS OF 10000 ROWS"
            )
