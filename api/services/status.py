"""How a store stands: what it holds, what its loads could not use, and which runs were the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...graph.errors import UserError
from ...graph.store import Load, Run, Store
from ...graph.times import to_iso
from .findings import run_as_dict


def version() -> str:
    """The installed version of Ringfence."""
    from importlib.metadata import version

    return version("ringfence")


def status(store: Store) -> dict:
    """How the store stands: nodes by kind, relationships by relation, published loads, rejects and the last run.

    ``{"nodes": {kind: n}, "relations": {name: n}, "loads": [{"load", "revision", "source", "tables", "left_out":
    [{"name", "reason"}]}], "rejects": [{"table", "column", "reason", "level", "rows"}], "unlinked": [{"table",
    "column", "flag", "values", "of"}], "last_run": {"as_of", "revision", "detectors": [run]} | None}``; loads that were
    withdrawn are left out, and so are their rejects and their values that link no one.
    """
    nodes, relations = store.counts()
    standing = [load for load in store.loads() if load.state == "published"]
    loads = [
        {
            "load": load.load,
            "revision": load.revision,
            "source": load.source,
            "tables": load.tables,
            "left_out": [{"name": name, "reason": reason} for name, reason in load.notes.get("left_out", [])],
        }
        for load in standing
    ]
    return {
        "nodes": nodes,
        "relations": relations,
        "loads": loads,
        "rejects": _kinds_of_reject(store),
        "unlinked": _unlinked(standing),
        "last_run": _last_run(store.latest_runs()),
    }


def rejects(store: Store, load: int | None = None, table: str | None = None, reason: str | None = None) -> list[dict]:
    """Rejected rows and cells, by load, table, file and row: ``[{"load", "table", "file", "row", "column", "reason",
    "level", "value"}]``, personal values masked.

    Parameters
    ----------
    load : of this load, whether it stands or was undone; by default of all that stand

    Raises
    ------
    UserError : there is no such load, table or reason
    """
    from ...loaders.cleaning.rejects import REASONS
    from ...loaders.schema.tables import TABLES

    for word, known, what in ((table, TABLES, "table"), (reason, REASONS, "reason")):
        if word is not None and word not in known:
            raise UserError(f"no {what} '{word}'; there are {', '.join(known)}")
    numbers = [held.load for held in store.loads()]
    if load is not None and load not in numbers:
        raise UserError(f"no load {load}; there are {', '.join(map(str, numbers)) or 'none'}")
    cells = store.rejects(load).astype(object)
    found = cells.where(cells.notna(), None).to_dict("records")
    return [reject for reject in found if table in (None, reject["table"]) and reason in (None, reject["reason"])]


def _kinds_of_reject(store: Store) -> list[dict]:
    frame = store.rejects()
    columns = ("table", "column", "reason", "level")
    cells = frame[list(columns)].astype(object)
    counts = Counter(cells.where(cells.notna(), None).itertuples(index=False, name=None))
    rows = [{**dict(zip(columns, group, strict=True)), "rows": count} for group, count in counts.items()]
    return sorted(rows, key=lambda row: (row["table"], row["level"] != "row", -row["rows"], row["reason"]))


def _unlinked(loads: Sequence[Load]) -> list[dict]:
    """The values of all these loads that are kept but link no one, of how many that they have."""
    values: Counter[tuple[str, str, str]] = Counter()
    stated: Counter[tuple[str, str]] = Counter()
    for load in loads:
        for row in load.notes.get("unlinked", []):
            values[row["table"], row["column"], row["flag"]] += row["values"]
        for table, column, count in load.notes.get("stated", []):
            stated[table, column] += count
    return [
        {"table": table, "column": column, "flag": flag, "values": count, "of": stated[table, column]}
        for (table, column, flag), count in sorted(values.items())
    ]


def _last_run(runs: Sequence[Run]) -> dict | None:
    if not runs:
        return None
    last = max(runs, key=lambda run: run.run)
    return {
        "as_of": to_iso(last.as_of),
        "revision": last.revision,
        "detectors": [run_as_dict(run) for run in runs],
    }
