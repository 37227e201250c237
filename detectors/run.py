"""The batch run: detectors over a snapshot, their findings ranked, threaded and saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..graph.errors import UserError
from ..graph.model import Finding
from ..graph.snapshot import GraphView
from ..graph.store import Run, Store
from .contract import Candidate, Detector
from .finalise import finalise
from .registry import DETECTORS
from .threads import link_threads


@dataclass(frozen=True)
class Batch:
    """What a batch run did: one ``Run`` for each detector, and the findings of all by rank."""

    runs: list[Run]
    findings: list[Finding]


def chosen(ids: Sequence[str] = ()) -> list[Detector]:
    """The detectors of these ids, all where none is named; an underscore stands for a hyphen.

    Raises
    ------
    UserError : an unknown id
    """
    wanted = {name.replace("_", "-"): name for name in ids}
    for detector, name in wanted.items():
        if detector not in DETECTORS:
            raise UserError(f"unknown detector {name!r}: choose from {', '.join(DETECTORS)}")
    return [detector for detector in DETECTORS.values() if not ids or detector.id in wanted]


def settings(detector: Detector, given: Mapping[str, Any]) -> dict[str, Any]:
    """A detector's parameters by name: what is given, else the defaults.

    Raises
    ------
    UserError : a parameter that the detector does not have
    """
    defaults = detector.defaults()
    for name in given:
        if name not in defaults:
            raise UserError(f"detector {detector.id} has no parameter {name!r}: choose from {', '.join(defaults)}")
    return {**defaults, **given}


def run(
    snapshot: GraphView,
    store: Store | None = None,
    detectors: Sequence[str] = (),
    params: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Callable[[str], None] = lambda detector: None,
) -> Batch:
    """Run detectors on a snapshot at its ``as_of``.

    Parameters
    ----------
    store : where the runs and their findings are saved, and where the previous run of each detector is looked up for
        threads; nothing is saved where None
    detectors : ids, all where empty
    params : settings by detector id and name, where they differ from the defaults
    progress : called with each detector's id before it begins

    Raises
    ------
    UserError : an unknown detector or parameter
    """
    given = params or {}
    chosen(list(given))
    found: list[tuple[Detector, list[Candidate]]] = []
    runs = []
    for detector in chosen(detectors):
        values = settings(detector, given.get(detector.id, {}))
        progress(detector.id)
        wall, processor = time.perf_counter(), time.process_time()
        candidates = list(detector.detect(snapshot, detector.population(snapshot, values), values))
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - processor
        found.append((detector, candidates))
        runs.append(
            Run(
                detector=detector.id,
                version=detector.version,
                revision=snapshot.revision,
                as_of=snapshot.as_of,
                params=values,
                seconds=round(seconds, 3),
                cpu_seconds=round(cpu_seconds, 3),
            )
        )
    findings = finalise(snapshot, found)
    previous = {before.detector: before.run for before in store.latest_runs()} if store else {}
    for this in runs:
        own = [finding for finding in findings if finding.detector == this.detector]
        before = [previous[this.detector]] if this.detector in previous else []
        link_threads(own, store.findings(before) if store and before else [])
        this.findings = len(own)
        if store:
            this.run = store.save_run(this, [finding.as_dict() for finding in own])
    return Batch(runs, findings)
