"""The flows of a view, weighed and told, before those with an innocent explanation are left out."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph.snapshot import GraphView
from ..contract import Draft, Params, unit_name
from ..sharing.kin import said_to_be_kin
from .amounts import amounts
from .course import course
from .dossier import Traced, draft, lent
from .papers import Papers, papers
from .population import Population
from .refunds import refunds
from .search import Flow, Search, by_borrower, search
from .weighing import weigh


def drafts(view: GraphView, known: Population, params: Params, sought: Params | None = None) -> Iterator[Draft]:
    """All flows, the innocent too.

    Parameters
    ----------
    sought : what a flow takes to be looked at, where that is not what it takes to be told
    """
    found = search(view, sought or params)
    said = papers(view, found)
    traced = [_traced(view, found, flow, said, known, params) for flow in found.flows]
    people = _borrowers(found) + [other for one in traced for other in one.weighed.others]
    kin, unit = said_to_be_kin(view, people), _unit_names(view, found)
    for one in traced:
        yield draft(view, found, one, known, kin, unit[id(one.flow)], params)


def _traced(view: GraphView, found: Search, flow: Flow, said: Papers, known: Population, params: Params) -> Traced:
    passed = course(view, found.ledger, found.where, flow, params)
    sums = amounts(found.ledger, found.where, flow, passed, params)
    weighed = weigh(found, flow, passed, sums, known, params)
    return Traced(flow, passed, sums, weighed, refunds(found, flow, said, view.as_of, params), lent(found, flow, said))


def _borrowers(found: Search) -> list[int]:
    return [int(one) for flow in found.flows for one in found.ledger.borrower[flow.loans]]


def _unit_names(view: GraphView, found: Search) -> dict[int, str]:
    """What the unit of each flow is called, by the flow's identity."""
    names: dict[int, str] = {}
    for borrowers, flows in by_borrower(found):
        names |= dict.fromkeys(map(id, flows), unit_name(view, borrowers))
    return names
