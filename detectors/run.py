"""The batch run: detectors over the graph, their findings ranked, threaded and saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..graph.errors import UserError
from ..graph.model import Finding
from ..graph.snapshot import GraphView
from ..graph.store import Run
from ..graph.store.protocol import Findings
from ..graph.store.records import Purpose
from .contract import Candidate, Detector
from .finalise import finalise
from .policy import Policy, shipped
from .registry import DETECTORS
from .threads import link_threads


@dataclass(frozen=True)
class Batch:
    """What a batch did: one ``Run`` for each detector, and the findings of all by rank."""

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


def settings(detector: Detector, *given: Mapping[str, Any]) -> dict[str, Any]:
    """A detector's parameters by name: what is given, the later over the earlier, else the defaults.

    Raises
    ------
    UserError : a parameter that the detector does not have, or a value of another type
    """
    values = detector.defaults()
    for name, value in ((name, value) for some in given for name, value in some.items()):
        if name not in values:
            raise UserError(f"detector {detector.id} has no parameter {name!r}: choose from {', '.join(values)}")
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (isinstance(values[name], int) and not isinstance(value, int))
        ):
            kind = "a whole number" if isinstance(values[name], int) else "a number"
            raise UserError(f"parameter {name} of detector {detector.id} is {kind}, and {value!r} is not")
        values[name] = value
    return values


def run(
    view: GraphView,
    store: Findings | None = None,
    detectors: Sequence[str] = (),
    params: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Callable[[str], None] = lambda detector: None,
    *,
    policy: Policy | None = None,
    purpose: Purpose = "nightly",
    populations: Mapping[str, Any] | None = None,
) -> Batch:
    """Run detectors on the graph at the view's ``as_of``: one batch.

    Parameters
    ----------
    store : where the batch and its findings are saved, and where earlier findings are looked up for threads; nothing is
        saved where None
    detectors : ids, all where empty
    params : settings by detector id and name, where they differ from the policy and the defaults
    progress : called with each detector's id before it begins
    policy : what the lender decides; the shipped one where None
    purpose : ``nightly``, ``ad hoc`` or ``backtest``; what people see as today's findings are those of nightly batches
    populations : frozen populations by detector id; the others are computed of the view

    Raises
    ------
    UserError : an unknown detector or parameter
    """
    policy, given, frozen = policy or shipped(), params or {}, populations or {}
    for names in (given, policy.parameters):
        chosen(list(names))
    found: list[tuple[Detector, list[Candidate]]] = []
    runs, grounds = [], {}
    for detector in chosen(detectors):
        values = settings(detector, policy.parameters.get(detector.id, {}), given.get(detector.id, {}))
        progress(detector.id)
        wall, processor = time.perf_counter(), time.process_time()
        population = frozen[detector.id] if detector.id in frozen else _population(detector, view, values, grounds)
        candidates = list(detector.detect(view, population, values))
        found.append((detector, candidates))
        runs.append(
            Run(
                detector=detector.id,
                version=detector.version,
                revision=view.revision,
                as_of=view.as_of,
                params=values,
                seconds=round(time.perf_counter() - wall, 3),
                cpu_seconds=round(time.process_time() - processor, 3),
                purpose=purpose,
                policy=policy.version,
            )
        )
    findings = finalise(found, policy, view.as_of, view.revision)
    ran = {this.detector for this in runs}
    before = [earlier.run for earlier in store.latest_runs() if earlier.detector in ran] if store else []
    link_threads(findings, store.findings(before) if store and before else [])
    for this in runs:
        this.findings = sum(finding.detector == this.detector for finding in findings)
    return _saved(store, runs, findings) if store else Batch(runs, findings)


def _population(detector: Detector, view: GraphView, values: Mapping[str, Any], grounds: dict[tuple, Any]) -> Any:
    """A detector's population; its ground is taken from those that the batch has measured, or added to them."""
    ground = detector.ground
    if ground is None:
        return detector.population(view, values)
    key = (ground.measure, *(values[name] for name in ground.settings))
    if key not in grounds:
        grounds[key] = ground.measure(view, values)
    return detector.population(view, values, grounds[key])


def _saved(store: Findings, runs: list[Run], findings: list[Finding]) -> Batch:
    saved = store.save_batch(runs, [finding.as_dict() for finding in findings])
    of = {run.detector: run for run in saved}
    for finding in findings:
        finding.run, finding.batch = of[finding.detector].run, of[finding.detector].batch
    return Batch(saved, findings)
