"""The batch run: detectors over the graph, their findings ranked, threaded and saved."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..graph.model import Finding
from ..graph.snapshot import GraphView
from ..graph.store import Progress, Run
from ..graph.store.protocol import Cases, Findings
from ..graph.store.records import Purpose
from ..graph.times import to_iso
from .beside import beside
from .cases import cases
from .contract import Candidate, Detector
from .finalise import finalise
from .kept import keep
from .policy import Policy, shipped
from .settings import all_settings, chosen
from .stakes import stakes
from .threads import link_threads
from .verdicts import marks


class Kept(Findings, Cases, Protocol):
    """Where a run looks up what was found before, and keeps what it finds."""


@dataclass(frozen=True)
class Batch:
    """What a batch did: one ``Run`` for each detector, the findings of all by rank, and the cases that a nightly one
    makes of what people see, other detectors' latest findings included."""

    runs: list[Run]
    findings: list[Finding]
    cases: list[dict] = field(default_factory=list)


def run(
    view: GraphView,
    store: Kept | None = None,
    detectors: Sequence[str] = (),
    params: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress | None = None,
    *,
    policy: Policy | None = None,
    purpose: Purpose = "nightly",
    populations: Mapping[str, Any] | None = None,
    keep_in: Path | None = None,
) -> Batch:
    """Run detectors on the graph at the view's ``as_of``: one batch.

    Parameters
    ----------
    store : where the batch and its findings are saved, and where earlier findings are looked up for threads; nothing is
        saved where None
    detectors : ids, all where empty
    params : settings by detector id and name, where they differ from the policy and the defaults
    progress : called as ``progress("detecting", id, done, total)`` before each detector begins, with how many are done
    policy : what the lender decides; the shipped one where None
    purpose : ``nightly``, ``ad hoc`` or ``backtest``; what people see as today's findings are those of nightly batches
    populations : frozen populations by detector id; the others are computed of the view
    keep_in : the folder in which the populations are kept for screening; they are not kept where None

    Raises
    ------
    UserError : an unknown detector or parameter, or a value that a parameter does not take
    """
    policy, frozen = policy or shipped(), populations or {}
    values_of = all_settings(policy.parameters, params or {})
    found: list[tuple[Detector, list[Candidate]]] = []
    runs, grounds, measured = [], {}, {}
    asked = chosen(detectors)
    for number, detector in enumerate(asked):
        values = values_of[detector.id]
        if progress is not None:
            progress("detecting", detector.id, number, len(asked))
        wall, processor = time.perf_counter(), time.process_time()
        population = frozen[detector.id] if detector.id in frozen else _population(detector, view, values, grounds)
        measured[detector.id] = (population, values)
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
    findings = finalise(found, policy, view.as_of, view.revision, marks(view))
    ran = {this.detector for this in runs}
    latest = store.latest_runs() if store else []
    # what a back-dated or trial run called its findings is nothing that tonight's go on from
    known = [earlier for earlier in latest if purpose != "nightly" or earlier.purpose == "nightly"]
    before = [earlier.run for earlier in known if earlier.detector in ran]
    link_threads(findings, store.findings(before) if store and before else [])
    for this in runs:
        this.findings = sum(finding.detector == this.detector for finding in findings)
    if store is None:
        return Batch(runs, findings)
    rest = [other.run for other in latest if other.detector not in ran and other.purpose == "nightly"]
    opened = _cases(view, store, findings, rest) if purpose == "nightly" else []
    saved = _saved(store, runs, findings, opened)
    if keep_in is not None:
        told = {"revision": view.revision, "as_of": view.as_of, "policy": policy.version}
        keep(keep_in, saved.runs[0].batch, measured, told)
    return saved


def _population(detector: Detector, view: GraphView, values: Mapping[str, Any], grounds: dict[tuple, Any]) -> Any:
    """A detector's population; its ground is taken from those that the batch has measured, or added to them."""
    ground = detector.ground
    if ground is None:
        return detector.population(view, values)
    key = (ground.measure, *(values[name] for name in ground.settings))
    if key not in grounds:
        grounds[key] = ground.measure(view, values)
    return detector.population(view, values, grounds[key])


def _cases(view: GraphView, store: Kept, findings: list[Finding], rest: list[int]) -> list[dict]:
    """The cases of what people see after a batch: its findings, and those of other detectors' latest runs."""
    seen = [*(finding.as_dict() for finding in findings), *(store.findings(rest) if rest else [])]

    def told(people: list[str]) -> dict:
        return {**stakes(view, people)._asdict(), "beside": beside(view, people)}

    return cases(seen, store.cases(), to_iso(view.as_of) or "", view.revision, told, time.time_ns() // 1_000_000)


def _saved(store: Kept, runs: list[Run], findings: list[Finding], opened: list[dict]) -> Batch:
    saved = store.save_batch(runs, [finding.as_dict() for finding in findings], opened)
    of = {run.detector: run for run in saved}
    for finding in findings:
        finding.run, finding.batch = of[finding.detector].run, of[finding.detector].batch
    return Batch(saved, findings, opened)
