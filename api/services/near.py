"""How far one applicant came to what each detector asks: what was missing, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...detectors.contract import Detector, Near, Params
from ...detectors.kept import Kept
from ...detectors.registry import DETECTORS
from ...detectors.sharing.ground import SHARED
from ...graph.snapshot import GraphView
from ...graph.store import Run
from .nodes import shown


def near(
    snapshot: GraphView, runs: Sequence[Run], applicant: int, shared: tuple[Any, Params], kept: Mapping[str, Kept]
) -> list[dict]:
    """``[{"detector", "version", "run", "told": [{"what", "has", "asked", "zh", "en", "nodes"}]}]``, by the settings of
    each detector's run among ``runs``; ``has`` and ``asked`` are None where they are no numbers.

    Parameters
    ----------
    applicant : node number
    shared : the population of shared values, and the settings that it was measured with
    kept : the populations of the latest runs, taken where they are what would be measured here
    """
    found = []
    for detector in DETECTORS.values():
        if detector.why is not None:
            run = next((run for run in runs if run.detector == detector.id), None)
            params = stated(detector, run)
            population = population_of(detector, snapshot, params, kept)
            if population is None:
                population = _measured(detector, snapshot, params, shared)
            told = detector.why(snapshot, population, params, applicant)
            found.append(
                {
                    "detector": detector.id,
                    "version": detector.version,
                    "run": run.run if run else None,
                    "told": [_told(snapshot, one) for one in told],
                }
            )
    return found


def stated(detector: Detector, run: Run | None) -> Params:
    """A detector's settings in a run, its defaults where it has not run."""
    defaults, said = detector.defaults(), run.params if run else {}
    return defaults | {name: value for name, value in said.items() if name in defaults}


def population_of(detector: Detector, view: GraphView, params: Params, kept: Mapping[str, Kept]) -> Any:
    """A detector's population of a view as a run kept it; None where none kept just that."""
    one = kept.get(detector.id)
    return one.population if one is not None and one.fits(view, params) else None


def _measured(detector: Detector, snapshot: GraphView, params: Params, shared: tuple[Any, Params]) -> Any:
    population, measured = shared
    if detector.ground == SHARED and all(params[name] == measured[name] for name in SHARED.settings):
        return detector.population(snapshot, params, population)
    return detector.population(snapshot, params)


def _told(snapshot: GraphView, one: Near) -> dict:
    items = {item["node"]: item for item in shown(snapshot, sorted(set(one.nodes)))}
    nodes = [items[node] for node in one.nodes]
    return {"what": one.what, "has": one.has, "asked": one.asked, **one.words._asdict(), "nodes": nodes}
