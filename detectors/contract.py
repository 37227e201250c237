"""What a detector is, and what it hands to the run: a declaration and a function.

``detect`` is local: given the same ``population`` it finds on a unit alone what it finds there in the whole graph.
What is global (corrections, score to colour, ranks) happens once, in ``finalise``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..graph.snapshot import GraphView


@dataclass
class Candidate:
    """What a detector found on one unit, before anything global is known of it.

    Attributes
    ----------
    kind, view : as in a finding
    members : ``[(node number, role)]``
    evidence : int64 positions of relationships in the snapshot, the telling ones first
    score : 0 to 1, comparable within the detector's kind
    measures : numbers by name, the raw statistics the score came from
    reason_zh, reason_en : what an investigator would write, in one or two sentences
    innocent_twin : the innocent explanation that fits, None where none does
    truncated : ``[{"bound", "limit", "skipped", "could_change"}]``
    """

    kind: str
    members: list[tuple[int, str]]
    evidence: np.ndarray
    score: float
    measures: dict[str, float] = field(default_factory=dict)
    reason_zh: str = ""
    reason_en: str = ""
    view: str = "raw"
    innocent_twin: str | None = None
    truncated: list[dict] = field(default_factory=list)


def bound(name: str, limit: int, skipped: str, could_change: bool = False) -> dict:
    """A bound that bit: what was skipped for it, and whether that could change the finding itself."""
    return {"bound": name, "limit": limit, "skipped": skipped, "could_change": could_change}


@dataclass(frozen=True)
class Parameter:
    """One setting of a detector, described where it is defined."""

    name: str
    default: Any
    description: str


@dataclass(frozen=True)
class Detector:
    """A detector's declaration.

    Attributes
    ----------
    id : its name on the command line, such as ``guarantee``
    version : changes whenever its findings may
    kinds : the kinds of finding it may emit
    unit : what it can decide alone, in words
    parameters : its settings
    population : what only the whole graph knows, computed once from ``(snapshot, params)``; it can be frozen
    detect : ``(snapshot, population, params) -> Iterator[Candidate]``; deterministic; its docstring names what it finds
        and its innocent twins
    """

    id: str
    version: str
    kinds: tuple[str, ...]
    unit: str
    parameters: tuple[Parameter, ...]
    population: Callable[[GraphView, dict[str, Any]], Any]
    detect: Callable[[GraphView, Any, dict[str, Any]], Iterator[Candidate]]

    def defaults(self) -> dict[str, Any]:
        """Its parameters by name with their default values."""
        return {parameter.name: parameter.default for parameter in self.parameters}
