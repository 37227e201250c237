"""Which detectors run, and with which parameters: what people state, checked before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ..graph.errors import UserError
from .contract import Detector, Parameter
from .registry import DETECTORS

Value = int | float | tuple[str, ...]
"""What a parameter is set to: a number, or words."""
Stated = Mapping[str, Mapping[str, Any]]
"""Values by detector and parameter, where they differ from the defaults."""


def chosen(ids: Sequence[str] = ()) -> list[Detector]:
    """The detectors of these ids, all where none is named; an underscore stands for a hyphen.

    Raises
    ------
    UserError : an unknown id
    """
    wanted = {_known(name) for name in ids}
    return [detector for detector in DETECTORS.values() if not ids or detector.id in wanted]


def _known(name: str) -> str:
    """The id of the detector of this name.

    >>> _known("fraud_ring")
    'fraud-ring'
    """
    detector = name.strip().replace("_", "-")
    if detector not in DETECTORS:
        raise UserError(f"unknown detector {name!r}: choose from {', '.join(DETECTORS)}")
    return detector


def stated_settings(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What texts such as ``fraud-ring.min_members=3`` state, the later over the earlier.

    Raises
    ------
    UserError : a text that states no setting, or one that no detector takes
    """
    stated: dict[str, dict[str, Any]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        detector, point, parameter = name.partition(".")
        if not (equals and point):
            example = "fraud-ring.min_members=4"
            raise UserError(f"write a setting as DETECTOR.PARAMETER=VALUE, for example {example}; {text!r} is none")
        named = _known(detector)
        known = _parameter(DETECTORS[named], parameter.strip())
        stated.setdefault(named, {})[known.name] = _taken(named, known, _stated(value, known.default))
    return stated


def all_settings(*stated: Stated) -> dict[str, dict[str, Any]]:
    """The parameters of every detector by its id: what is stated, the later over the earlier, else the defaults.

    Raises
    ------
    UserError : an unknown detector or parameter, or a value that a parameter does not take
    """
    found = {name: detector.defaults() for name, detector in DETECTORS.items()}
    for name, values in ((name, values) for some in stated for name, values in some.items()):
        detector = DETECTORS[_known(name)]
        for parameter, value in values.items():
            known = _parameter(detector, parameter)
            found[detector.id][known.name] = _taken(detector.id, known, value)
    return found


def _parameter(detector: Detector, name: str) -> Parameter:
    names = {parameter.name: parameter for parameter in detector.parameters}
    if name not in names:
        near = get_close_matches(name, names)
        hint = f"did you mean {' or '.join(near)}?" if near else f"choose from {', '.join(names)}"
        raise UserError(f"detector {detector.id} has no parameter {name!r}: {hint}")
    return names[name]


def _taken(detector: str, parameter: Parameter, value: Any) -> Value:
    """A value as a parameter takes it."""
    if isinstance(parameter.default, tuple):
        return _words(detector, parameter, value)
    whole = isinstance(parameter.default, int)
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or (whole and not isinstance(value, int)):
        kind = "a whole number" if whole else "a number"
        raise UserError(f"parameter {parameter.name} of detector {detector} is {kind}, and {value!r} is not")
    if value < parameter.least:
        least = f"{parameter.least} or more"
        raise UserError(f"parameter {parameter.name} of detector {detector} is {least}, and {value!r} is less")
    return value if whole else float(value)


def _words(detector: str, parameter: Parameter, value: Any) -> tuple[str, ...]:
    """Words as a parameter takes them."""
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) and word.strip() for word in value):
        raise UserError(f"parameter {parameter.name} of detector {detector} is a list of words, and {value!r} is not")
    return tuple(word.strip() for word in value)


def _stated(text: str, default: Value) -> Value | str:
    """The number that a text states, of the default's type, or the words between its commas; the text itself where it
    states no number."""
    if isinstance(default, tuple):
        return tuple(text.split(","))
    try:
        return int(text) if isinstance(default, int) else float(text)
    except ValueError:
        return text.strip()
