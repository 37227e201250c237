"""Runs as every store keeps them, and the one rule of which of them people see as the latest findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from .records import Run

_JSON = ("params", "truncated")
"""Fields of a run that are kept as JSON text."""


def run_record(run: Run) -> dict[str, Any]:
    """A run as a store keeps it: its fields by name, each a plain value, those that are none as JSON text."""
    return {**vars(run), **{name: json.dumps(getattr(run, name)) for name in _JSON}}


def run_of(record: Mapping[str, Any]) -> Run:
    """The run that a record holds. What the record lacks has its default: runs of earlier versions are of no batch.

    >>> run_of({**run_record(Run("guarantee", "1", 3, 0, {"max_parties": 9})), "state": "whole"}).params
    {'max_parties': 9}
    """
    held = {field.name: record[field.name] for field in fields(Run) if field.name in record}
    return Run(**{**held, **{name: json.loads(record[name]) for name in _JSON}})


def latest_runs(runs: Iterable[Run], as_of: int | None = None) -> list[Run]:
    """The run of each detector whose findings people see, by detector id.

    Without ``as_of`` that is its run in the latest nightly batch, so that a back-dated or trial run changes nobody's
    view of today; where it has no nightly run, its last one. With ``as_of``, whatever its purpose, that which looked
    at the latest time up to then, the last of several.

    Parameters
    ----------
    runs : oldest first
    """
    found: dict[str, Run] = {}
    for run in runs:
        held = found.get(run.detector)
        if as_of is None:
            if held is None or run.purpose == "nightly" or held.purpose != "nightly":
                found[run.detector] = run
        elif run.as_of <= as_of and (held is None or run.as_of >= held.as_of):
            found[run.detector] = run
    return [found[name] for name in sorted(found)]


def latest_nightly(runs: Iterable[Run]) -> int:
    """The number of the latest nightly batch, 0 where there is none."""
    return max((run.batch for run in runs if run.purpose == "nightly"), default=0)


def chosen_runs(held: Mapping[str, Sequence[int]], latest: Iterable[Run]) -> dict[str, int]:
    """Of the runs that hold a finding, the one that shows it, by the finding's id.

    Parameters
    ----------
    held : numbers of runs by id
    latest : as ``latest_runs`` gives them
    """
    seen = {run.run for run in latest}
    return {name: max(numbers, key=lambda number: (number in seen, number)) for name, numbers in held.items()}


def numbered(runs: Sequence[Run], numbers: Sequence[int], batch: int, findings: Iterable[dict]) -> list[Run]:
    """Runs with their numbers, that of their batch, and how many findings each made."""
    count = Counter(found["detector"] for found in findings)
    return [
        replace(run, run=number, batch=batch, findings=count[run.detector])
        for run, number in zip(runs, numbers, strict=True)
    ]


def assigned(findings: Iterable[dict], runs: Iterable[Run]) -> list[dict]:
    """Findings with the numbers of their detector's run and of its batch."""
    of = {run.detector: run for run in runs}
    return [{**found, "run": of[found["detector"]].run, "batch": of[found["detector"]].batch} for found in findings]
