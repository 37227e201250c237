"""Findings of the latest runs, all or one, as the command line and the HTTP service show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from ...detectors.ranking import ranked
from ...graph.errors import Conflict, NotFound, UserError
from ...graph.model import FINDING_KINDS
from ...graph.store import Run
from ...graph.store.protocol import Findings
from ...graph.times import to_iso

VIEWS = ("raw", "contracted")


def findings(
    store: Findings,
    kind: str | None = None,
    view: str | None = None,
    as_of: int | None = None,
    of_runs: Sequence[int] | None = None,
) -> tuple[list[Run], list[dict]]:
    """The run of each detector whose findings people see, and what they found, by rank over all.

    Where these runs are of several batches, findings are ranked anew, as one list.

    Parameters
    ----------
    kind : only findings of this kind
    view : only this view, ``raw`` or ``contracted``
    as_of : only runs that looked at this time or earlier, in epoch milliseconds
    of_runs : these runs instead, by number, those of them that are kept

    Raises
    ------
    UserError : an unknown kind or view
    """
    if kind is not None and kind not in FINDING_KINDS:
        raise UserError(f"unknown kind of finding {kind!r}: use one of {', '.join(FINDING_KINDS)}")
    if view is not None and view not in VIEWS:
        raise UserError(f"unknown view {view!r}: use raw or contracted")
    runs, found = _listed(store, as_of, of_runs)
    return runs, [
        finding
        for finding in found
        if (kind is None or finding["kind"] == kind) and (view is None or finding["view"] == view)
    ]


def _listed(store: Findings, as_of: int | None, of_runs: Sequence[int] | None = None) -> tuple[list[Run], list[dict]]:
    runs = store.latest_runs(as_of) if of_runs is None else [run for run in store.runs() if run.run in of_runs]
    found = store.findings([run.run for run in runs])
    return runs, ranked(found) if len({run.batch for run in runs}) > 1 else found


def finding(store: Findings, prefix: str, as_of: int | None = None) -> dict:
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
        raise NotFound(f"no finding {prefix!r}: ids are 16 hex digits, and 'ringfence findings' lists them")
    if as_of is None:
        found = store.finding(sought)
    else:
        found = [item for item in _listed(store, as_of)[1] if item["id"].startswith(sought)]
    if not found:
        when = f" as of {to_iso(as_of)}" if as_of is not None else ""
        raise NotFound(f"no finding {prefix!r}{when}: 'ringfence findings' lists them")
    if len(found) > 1:
        named = ", ".join(item["id"] for item in found[:5])
        more = ", …" if len(found) > 5 else ""
        raise Conflict(f"{prefix!r} begins the ids of several findings: give more of {named}{more}")
    return found[0] if as_of is not None else _as_listed(store, found[0])


def _as_listed(store: Findings, finding: dict) -> dict:
    """A finding with the ranks that it has in the list; one of an earlier run keeps its own."""
    runs = store.latest_runs()
    if len({run.batch for run in runs}) == 1 or finding["run"] not in {run.run for run in runs}:
        return finding
    return next(item for item in _listed(store, None)[1] if item["id"] == finding["id"])


def is_id(text: str) -> bool:
    """Whether a text could be a finding's id or begin one."""
    return 0 < len(text) <= 16 and all(character in "0123456789abcdef" for character in text)


def run_as_dict(run: Run) -> dict:
    """A run as JSON-ready data, its time in ISO form."""
    return {**asdict(run), "as_of": to_iso(run.as_of)}
