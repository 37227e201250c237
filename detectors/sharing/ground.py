"""The population of shared values as the ground that several detectors' populations are made of."""

from __future__ import annotations

from ...graph.snapshot import GraphView
from ..contract import Ground, Params
from .population import Population, measure

SHARED = Ground(measure, ("max_users", "max_named"))


def shared(view: GraphView, params: Params, ground: Population | None = None) -> Population:
    """The population of shared values, measured unless it is at hand."""
    return measure(view, params) if ground is None else ground
