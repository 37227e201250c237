"""What a detector declares of its findings, in words: measures, bounds, innocent explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...detectors.registry import DETECTORS
from ...detectors.verdicts import MEASURES, TWINS
from ...graph.words.names import Words


@dataclass(frozen=True)
class Told:
    """The words of one detector.

    Attributes
    ----------
    measures, bounds, twins : by name
    unknown : by measure that is a sum of amounts, the measure that counts what is unknown in it
    """

    measures: Mapping[str, Words] = field(default_factory=dict)
    bounds: Mapping[str, Words] = field(default_factory=dict)
    twins: Mapping[str, Words] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)


def told_by(detector: str) -> Told:
    """The words of a detector; none where it is no longer there, and names then stand for themselves."""
    if detector not in DETECTORS:
        return Told()
    declared = DETECTORS[detector]
    return Told(
        measures={measure.name: measure.words for measure in (*declared.measures, *MEASURES)},
        bounds={parameter.name: parameter.words for parameter in declared.parameters if parameter.words},
        twins={**declared.twins, **TWINS},
        unknown={measure.name: measure.unknown for measure in declared.measures if measure.unknown},
    )
