"""The populations of the latest nightly run, kept for screening: each detector's of the latest run that had it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from ..graph.snapshot import GraphView
from ..graph.store.protocol import Reading
from . import frozen
from .contract import Detector
from .registry import DETECTORS

_ABOUT = "run.json"


@dataclass(frozen=True)
class Kept:
    """One detector's population, as a run measured it.

    Attributes
    ----------
    revision, as_of : what the run looked at
    params : the settings it ran with
    policy : the version of its policy
    """

    population: Any
    revision: int
    as_of: int
    params: Mapping[str, Any]
    policy: str

    def fits(self, view: GraphView, params: Mapping[str, Any]) -> bool:
        """Whether it is what would be measured of a view with these settings."""
        settings = json.loads(json.dumps(dict(params)))
        return (self.revision, self.as_of, dict(self.params)) == (view.revision, view.as_of, settings)


def home_of(store: Reading) -> Path:
    """Where the populations of a store's nightly runs are kept: beside it."""
    return store.beside("populations")


def keep(home: Path, number: int, measured: Mapping[str, tuple[Any, Mapping[str, Any]]], told: Mapping) -> None:
    """Keep the populations of a run, all or none, and drop those that a later run has put another in place of.

    Parameters
    ----------
    home : the folder of all of them, made where it is not there
    number : of the run's batch: the greater is the later
    measured : by detector id, population and settings
    told : ``revision``, ``as_of`` and ``policy``
    """
    draft, folder = home / f".draft-{number}", home / str(number)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    written: dict[int, Path] = {}
    for name, (population, params) in measured.items():
        frozen.save(population, draft / name, written)
        about = {**told, "params": dict(params), "version": DETECTORS[name].version}
        (draft / name / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    used = {folder.parent for folder in _latest(home).values()}
    for old in _runs(home):
        if old not in used:
            shutil.rmtree(old, ignore_errors=True)


def kept(home: Path) -> dict[str, Kept]:
    """The latest population of each detector by its id; of a detector that has another version since there is none."""
    found, at_hand = dict[str, Kept](), dict[Path, Any]()
    for name, folder in _latest(home).items():
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        if about["version"] == DETECTORS[name].version:
            population = frozen.opened(_kind(DETECTORS[name]), folder, at_hand)
            told = (about[key] for key in ("revision", "as_of", "params", "policy"))
            found[name] = Kept(population, *told)
    return found


def latest_number(home: Path) -> int:
    """The number of the latest run that kept something, 0 where none did: what was opened is to be opened anew where
    it is another."""
    return max((int(folder.name) for folder in _runs(home)), default=0)


def _kind(detector: Detector) -> type:
    """What a detector's population is."""
    return get_type_hints(detector.population)["return"]


def _runs(home: Path) -> list[Path]:
    """The folders of runs, the latest last."""
    folders = [folder for folder in home.iterdir() if folder.name.isdigit()] if home.exists() else []
    return sorted(folders, key=lambda folder: int(folder.name))


def _latest(home: Path) -> dict[str, Path]:
    return {name: folder / name for folder in _runs(home) for name in DETECTORS if (folder / name).exists()}
