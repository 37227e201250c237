"""What the page of a guarantee circle says beside its evidence: figures, the worst default, what to replace."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...detectors.guarantees.detector import GUARANTEE
from ...detectors.guarantees.exposures import Exposures, exposures
from ...detectors.guarantees.survey import Survey, measured
from ...detectors.policy import Policy
from ...detectors.settings import all_settings
from ...graph.kernels.cascade import cascade
from ...graph.model import Finding
from ...graph.snapshot import GraphView
from .guarantee_contagion import Asked, Scope, cascade_answer
from .guarantee_cuts import cut_answer
from .guarantees import told

FIRST = 5
"""Parties whose default does most that a report compares."""


def report_of(finding: dict, view: GraphView, policy: Policy) -> dict[str, Any] | None:
    """The report of a circle that a run found; None where the view no longer shows all its parties.

    Parameters
    ----------
    finding : in its JSON shape
    view : the graph as its detector saw it
    """
    edges = view.edges("GUARANTEES")
    nodes = view.find_all([member["node"] for member in finding["members"]])
    if not np.isin(nodes, np.concatenate((edges.source, edges.target))).all():
        return None
    params = all_settings(policy.parameters)[GUARANTEE.id]
    found = measured(view, params, GUARANTEE.population(view, params), [Finding(**finding)])
    return report(found, 0, policy)


def report(found: Survey, place: int, policy: Policy) -> dict[str, Any]:
    """All that ``guarantees.circle`` says of a circle, with ``defaults``: what the default of one party would do, of
    those that do most; ``cascade``: the first of them, step by step; and ``cut``: what to replace.

    Only guarantees between the circle's parties count.
    """
    circle, view = found.circles[place], found.view
    held = exposures(view, found.net.parties[circle.members])
    falls = _falls(held)
    scope = Scope(view, held, [fall["node"] for fall in falls[:1]], 0, 0)
    cut = cut_answer(view, held, circle.view == "contracted", None, policy)
    cut |= {"guarantees": [_labelled(scope, item) for item in cut["guarantees"]]}
    return {
        **told(found, place),
        "defaults": [fall | one for fall, one in zip(falls, scope.told([fall["node"] for fall in falls]), strict=True)],
        "cascade": cascade_answer(scope, Asked("pari_passu", policy)),
        "cut": cut,
    }


def _falls(held: Exposures) -> list[dict[str, Any]]:
    """What the default of each party alone would do: those that bring down most, then that call most, first."""
    told = []
    for party in held.net.members(held.rows).tolist():
        fall = cascade(held.calls, held.capital, np.array([party]))
        amounts = held.amount[fall.contracts]
        told.append(
            {
                "node": held.net.names[party],
                "failed": int((fall.round > 0).sum()),
                "rounds": int(fall.round.max(initial=0)),
                "called": math.fsum(amounts[~np.isnan(amounts)].tolist()),
                "calls_of_unknown_amount": int(np.isnan(amounts).sum()),
            }
        )
    return sorted(told, key=lambda one: (-one["failed"], -one["called"], one["node"]))[:FIRST]


def _labelled(scope: Scope, item: dict[str, Any]) -> dict[str, Any]:
    """A guarantee to replace with what people call its parties."""
    ends = [(arc["guarantor"], arc["borrower"]) for arc in item["arcs"]]
    labels = iter(scope.labels_of(end for pair in ends for end in pair))
    return item | {"labels": [f"{guarantor} → {borrower}" for guarantor, borrower in zip(labels, labels, strict=True)]}
