"""A night's work: a load, the detectors on what it made, and what changed since the night before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ...detectors.kept import home_of
from ...detectors.run import Batch, run
from ...graph.errors import UserError
from ...graph.store import Load, Progress
from ...graph.store.protocol import Findings, Loads
from .cases import cases
from .reader import Reader

CHANGES = ("new", "grown", "gone")
"""What is told of cases; of those that are gone only what was not gone the night before."""


@dataclass(frozen=True)
class Night:
    """What the detectors did on the newest load.

    Attributes
    ----------
    gone : ids of cases that were still there the night before
    overdue : ids of cases that were to be closed by now, in the order of the queue
    """

    load: Load
    batch: Batch
    gone: frozenset[str]
    overdue: list[str]


def required_tables(stated: Iterable[str]) -> list[str]:
    """Tables that must be there, each once.

    Parameters
    ----------
    stated : names, also several in one text with commas between them

    Raises
    ------
    UserError : there is no such table
    """
    from ...loaders.schema.tables import TABLES

    names = [name.strip() for text in stated for name in text.split(",") if name.strip()]
    for name in names:
        if name not in TABLES:
            raise UserError(f"no table '{name}' can be required; there are {', '.join(TABLES)}")
    return sorted(set(names))


def undetected(loads: Loads, findings: Findings) -> Load | None:
    """The newest load that stands, where no nightly batch of all detectors has looked at it yet."""
    from ...detectors.registry import DETECTORS

    standing = [load for load in loads.loads() if load.bulk and load.state == "published"]
    newest = max(standing, key=lambda load: load.revision or 0, default=None)
    looked = {one.detector: one.revision for one in findings.latest_runs() if one.purpose == "nightly"}
    if newest is None or min(looked.get(detector, 0) for detector in DETECTORS) >= (newest.revision or 0):
        return None
    return newest


def detected(reader: Reader, load: Load, progress: Progress | None = None) -> Night:
    """Run all detectors at the store's data date, as ``ringfence detect`` does, and keep what they find."""
    was_gone = {case["id"] for case in reader.store.cases() if case["state"] == "gone"}
    snapshot = reader.snapshot(progress).at(reader.moment(None))
    policy, keep_in = reader.policy(), home_of(reader.store)
    batch = run(snapshot, reader.store, progress=progress, policy=policy, purpose="nightly", keep_in=keep_in)
    gone = {case["id"] for case in batch.cases if case["state"] == "gone"}
    overdue = [case["id"] for case in cases(reader) if case["overdue"]]
    return Night(load, batch, frozenset(gone - was_gone), overdue)


def summary(night: Night) -> dict:
    """A night as one JSON object: ``{"load", "revision", "source", "tables", "rejects", "left_out", "unlinked",
    "batch", "policy", "findings", "cases", "overdue", "truncated"}``.

    ``tables`` are as in ``Load``; ``rejects`` are rejected rows by table; ``left_out`` names what was not read of the
    source, and ``unlinked`` what is kept but links no one; ``findings`` are counts by kind and colour; ``cases`` are
    ids by ``CHANGES``, and ``overdue`` those that were to be closed by now; ``truncated`` are the bounds that bit, with
    the detector of each.
    """
    load, batch = night.load, night.batch
    return {
        "load": load.load,
        "revision": batch.runs[0].revision,
        "source": load.source,
        "tables": load.tables,
        "rejects": {name: counts["rejected"] for name, counts in load.tables.items() if counts["rejected"]},
        "left_out": [{"name": name, "reason": reason} for name, reason in load.notes.get("left_out", [])],
        "unlinked": load.notes.get("unlinked", []),
        "batch": batch.runs[0].batch,
        "policy": batch.runs[0].policy,
        "findings": _by_kind(batch),
        "cases": _changes(night),
        "overdue": night.overdue,
        "truncated": _truncated(batch),
    }


def _by_kind(batch: Batch) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in batch.findings:
        counts[finding.kind][finding.colour] += 1
    return {kind: dict(colours) for kind, colours in sorted(counts.items())}


def _changes(night: Night) -> dict[str, list[str]]:
    changed = {
        state: [case["id"] for case in night.batch.cases if case["state"] == state] for state in ("new", "grown")
    }
    return {**changed, "gone": [case["id"] for case in night.batch.cases if case["id"] in night.gone]}


def _truncated(batch: Batch) -> list[dict]:
    """The bounds that bit, each once for a detector: of its run, and of its findings."""
    told = [{"detector": one.detector, **bound} for one in batch.runs for bound in one.truncated]
    for finding in batch.findings:
        told += [{"detector": finding.detector, **bound} for bound in finding.truncated]
    return [bound for number, bound in enumerate(told) if bound not in told[:number]]
