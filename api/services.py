"""The questions that the command line and the HTTP service both answer: findings, and how a store stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from ..graph.errors import UserError
from ..graph.model import FINDING_KINDS
from ..graph.store import Run, Store
from ..graph.times import to_iso

VIEWS = ("raw", "contracted")


def version() -> str:
    """The installed version of Ringfence."""
    from importlib.metadata import version

    return version("ringfence")


def findings(
    store: Store, kind: str | None = None, view: str | None = None, as_of: int | None = None
) -> tuple[list[Run], list[dict]]:
    """The latest run of each detector and what they found, by rank over all.

    Parameters
    ----------
    kind : only findings of this kind
    view : only this view, ``raw`` or ``contracted``
    as_of : only runs that looked at this time or earlier, in epoch milliseconds

    Raises
    ------
    UserError : an unknown kind or view
    """
    if kind is not None and kind not in FINDING_KINDS:
        raise UserError(f"unknown kind of finding {kind!r}: use one of {', '.join(FINDING_KINDS)}")
    if view is not None and view not in VIEWS:
        raise UserError(f"unknown view {view!r}: use raw or contracted")
    runs = store.latest_runs(as_of)
    found = store.findings([run.run for run in runs])
    return runs, [
        finding
        for finding in found
        if (kind is None or finding["kind"] == kind) and (view is None or finding["view"] == view)
    ]


def finding(store: Store, prefix: str, as_of: int | None = None) -> dict:
    """The finding whose id is, or alone begins with, ``prefix``.

    Parameters
    ----------
    as_of : only findings of each detector's latest run that looked at this time or earlier, in epoch milliseconds

    Raises
    ------
    UserError : none, or several
    """
    sought = prefix.strip().lower()
    if not is_id(sought):
        raise UserError(f"no finding {prefix!r}: ids are 16 hex digits, and 'ringfence findings' lists them", 404)
    if as_of is None:
        found = store.finding(sought)
    else:
        runs = store.latest_runs(as_of)
        found = [item for item in store.findings([run.run for run in runs]) if item["id"].startswith(sought)]
    if not found:
        when = f" as of {to_iso(as_of)}" if as_of is not None else ""
        raise UserError(f"no finding {prefix!r}{when}: 'ringfence findings' lists them", 404)
    if len(found) > 1:
        named = ", ".join(item["id"] for item in found[:5])
        more = ", …" if len(found) > 5 else ""
        raise UserError(f"{prefix!r} begins the ids of several findings: give more of {named}{more}", 409)
    return found[0]


def is_id(text: str) -> bool:
    """Whether a text could be a finding's id or begin one."""
    return 0 < len(text) <= 16 and all(character in "0123456789abcdef" for character in text)


def status(store: Store) -> dict:
    """How the store stands: nodes by kind, relationships by relation, published loads, rejects and the last run.

    ``{"nodes": {kind: n}, "relations": {name: n}, "loads": [{"load", "revision", "source", "tables"}], "rejects":
    [{"table", "column", "reason", "level", "rows"}], "last_run": {"as_of", "revision", "detectors": [run]} | None}``;
    loads that were withdrawn are left out, and so are their rejects.
    """
    nodes, relations = store.counts()
    loads = [
        {"load": load.load, "revision": load.revision, "source": load.source, "tables": load.tables}
        for load in store.loads()
        if load.state == "published"
    ]
    return {
        "nodes": nodes,
        "relations": relations,
        "loads": loads,
        "rejects": _kinds_of_reject(store),
        "last_run": _last_run(store.latest_runs()),
    }


def rejects(store: Store, load: int | None = None, table: str | None = None, reason: str | None = None) -> list[dict]:
    """Rejected rows and cells, by load, table, file and row: ``[{"load", "table", "file", "row", "column", "reason",
    "level", "value"}]``, personal values masked.

    Parameters
    ----------
    load : of this load, whether it stands or was undone; of all that stand unless said

    Raises
    ------
    UserError : there is no such load, table or reason
    """
    from ..loaders.cleaning.rejects import REASONS
    from ..loaders.schema.tables import TABLES

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


def _last_run(runs: Sequence[Run]) -> dict | None:
    if not runs:
        return None
    last = max(runs, key=lambda run: run.run)
    return {
        "as_of": to_iso(last.as_of),
        "revision": last.revision,
        "detectors": [run_as_dict(run) for run in runs],
    }


def run_as_dict(run: Run) -> dict:
    """A run as JSON-ready data, its time in ISO form."""
    return {**asdict(run), "as_of": to_iso(run.as_of)}
