"""All guarantee circles at one time with their figures: what the list, the table and the changes are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.model import Finding
from ...graph.snapshot import GraphView
from ..contract import Params
from ..finalise import finalise
from ..policy import Policy
from ..settings import all_settings
from ..verdicts import marks
from .cores import Bounds, is_core
from .detector import GUARANTEE, circle_candidates
from .figures import Circle, figures
from .ledger import Ledger, build_ledger
from .net import Net, build_net
from .over import Limits
from .population import Population
from .view import View


@dataclass(frozen=True)
class Survey:
    """Circles at one time, those with the most at stake first.

    Attributes
    ----------
    params : the settings of the detector
    circles : as they are measured, side by side with ``findings``
    rows : the figures of each
    """

    view: GraphView
    params: Params
    net: Net
    views: dict[str, View]
    ledger: Ledger
    circles: list[Circle]
    findings: list[Finding]
    rows: list[dict]


def survey(view: GraphView, policy: Policy) -> Survey:
    """The circles that the detector finds at the view's ``as_of``, measured."""
    params = all_settings(policy.parameters)[GUARANTEE.id]
    known = GUARANTEE.population(view, params)
    candidates = list(circle_candidates(view, known, params))
    found = finalise([(GUARANTEE, candidates)], policy, view.as_of, view.revision, marks(view))
    return measured(view, params, known, found)


def measured(view: GraphView, params: Params, known: Population, findings: Sequence[Finding]) -> Survey:
    """Circles with their figures, the largest balance first, then the largest sum of contracts, then by rank."""
    net = build_net(view, known.licensed, known.currency)
    ledger = build_ledger(view, net, known.currency)
    views = _views(net, known)
    bounds = Bounds(*(params[name] for name in Bounds._fields))
    core = {name: is_core(one, np.arange(one.count), bounds)[one.vertex_of] for name, one in views.items()}
    circles = _circles(net, core, findings)
    rows = figures(net, ledger, views, circles, Limits(params["over_watch"], params["over_hold"]))
    order = sorted(range(len(rows)), key=lambda i: (-(rows[i]["balance"] or 0), -(rows[i]["contract_sum"] or 0), i))
    circles, found, rows = [circles[i] for i in order], [findings[i] for i in order], [rows[i] for i in order]
    return Survey(view, params, net, views, ledger, circles, found, rows)


def _views(net: Net, known: Population) -> dict[str, View]:
    count = np.arange(len(net.parties))
    group = known.of(known.group, net.names)
    own = np.where(group >= 0, group, group.max(initial=-1) + 1 + count)
    vertex_of = np.unique(own, return_inverse=True)[1]
    return {"raw": View("raw", net, count), "contracted": View("contracted", net, vertex_of)}


def _circles(net: Net, core: dict[str, np.ndarray], findings: Sequence[Finding]) -> list[Circle]:
    names = [member["node"] for finding in findings for member in finding.members]
    parties = np.searchsorted(net.parties, net.snapshot.find_all(names)).astype(np.int64)
    ends = np.cumsum([len(finding.members) for finding in findings])[:-1]
    members = [np.sort(some) for some in np.split(parties, ends)] if findings else []
    return [
        Circle(some, some[core[finding.view][some]], finding.view)
        for some, finding in zip(members, findings, strict=True)
    ]
