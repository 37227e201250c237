"""What if a party defaults, and how a circle is taken apart 拆圈: answers of the command line and the HTTP service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from ...detectors.guarantees.exposures import Exposures, exposures
from ...graph.errors import NotFound, UserError
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from . import findings as found
from .guarantee_contagion import Asked, Scope, cascade_answer, clearing_answer, probabilistic_answer
from .guarantee_cuts import cut_answer
from .names import read_node, safe
from .reader import Reader, stated_moment

Method = Literal["cascade", "clearing", "probabilistic"]
Priority = Literal["pari_passu", "own_first"]
_ANSWERS = {"cascade": cascade_answer, "clearing": clearing_answer, "probabilistic": probabilistic_answer}
NEAREST = 2_000
"""Parties around those who default that a simulation without a circle looks at."""


class Circle(NamedTuple):
    """A finding whose members an answer keeps to, or none, and the graph that it is asked of."""

    finding: dict | None
    view: GraphView

    @property
    def members(self) -> np.ndarray | None:
        """Node numbers of the members that the graph shows."""
        if self.finding is None:
            return None
        nodes = self.view.find_all([member["node"] for member in self.finding["members"]])
        return nodes[nodes >= 0]


def read_defaults(reader: Reader, texts: Sequence[str]) -> dict[str, str]:
    """The names of the nodes that people say default, with what they wrote.

    Raises
    ------
    UserError : one is no node
    """
    return {read_node(reader, text): text for text in texts}


def whatif(
    reader: Reader,
    defaults: dict[str, str],
    method: str = "cascade",
    priority: str = "pari_passu",
    circle: str | None = None,
    as_of: str | None = None,
) -> dict[str, Any]:
    """What follows if parties default: ``method``, ``rounds`` or ``parties``, ``summary``, ``gaps``, ``truncated`` and
    ``reason_zh``, ``reason_en``; amounts in one currency. Nothing is put on record.

    Parameters
    ----------
    defaults : as ``read_defaults`` gives them; a simulation of a circle needs none
    method : ``cascade``, ``clearing`` or ``probabilistic``
    priority : how called guarantees rank, for the latter two: ``pari_passu`` or ``own_first``
    circle : the id of a guarantee finding to whose members it is kept

    Raises
    ------
    UserError : no such method, priority, finding or party; a party outside the circle; nobody said to default
    """
    _check(method, get_args(Method), "method")
    _check(priority, get_args(Priority), "priority")
    within = _circle(reader, circle, as_of)
    if not defaults and (method != "probabilistic" or circle is None):
        raise UserError("say who defaults, as in --default company:C1; only a simulation of a --circle can do without")
    nodes = _nodes(within, defaults)
    members = within.members
    if method == "probabilistic" and members is None:
        members, left = _around(within.view, nodes)
    else:
        left = 0
    held = exposures(within.view, members)
    scope = Scope(within.view, held, list(defaults), left, NEAREST)
    answer = _ANSWERS[method](scope, Asked(priority, reader.policy()))
    return {**_frame(within, held), "method": method, "defaults": scope.told(defaults), **answer}


def cut(reader: Reader, finding: str | None, budget: int | None = None, as_of: str | None = None) -> dict[str, Any]:
    """The cheapest guarantees of a circle, or of the whole book, whose replacement leaves no cycle; with a budget, the
    best so many to replace beside simple choices.

    Parameters
    ----------
    finding : the id of a guarantee finding, or None for all contracts of the book
    budget : how many guarantees can be replaced

    Raises
    ------
    UserError : no such finding, or one of another kind; a budget below 1
    """
    if budget is not None and budget < 1:
        raise UserError("a budget is how many guarantees can be replaced: 1 or more")
    within = _circle(reader, finding, as_of)
    held = exposures(within.view, within.members)
    contracted = within.finding is not None and within.finding["view"] == "contracted"
    return {**_frame(within, held), **cut_answer(within.view, held, contracted, budget, reader.policy())}


def _check(given: str, known: tuple[str, ...], what: str) -> None:
    if given not in known:
        raise UserError(f"unknown {what} {given!r}: use {' or '.join(known)}")


def _circle(reader: Reader, finding: str | None, as_of: str | None) -> Circle:
    if finding is None:
        return Circle(None, reader.snapshot().at(reader.moment(as_of)))
    seen = found.finding(reader.store, finding)
    if not seen["kind"].startswith("guarantee_"):
        raise UserError(f"finding {seen['id']} is a {seen['kind']}: name a guarantee structure")
    view = reader.as_seen_by(seen)
    return Circle(seen, view if as_of is None else reader.snapshot().at(stated_moment(as_of)))


def _nodes(circle: Circle, defaults: dict[str, str]) -> np.ndarray:
    """Node numbers of those who default; each must be there, and be a member where there is a circle."""
    nodes = circle.view.find_all(list(defaults)) if defaults else np.zeros(0, np.int64)
    members = circle.members
    for node, (name, text) in zip(nodes.tolist(), defaults.items(), strict=True):
        if node < 0 or not circle.view.shows(node):
            raise NotFound(f"no {safe(text, name)} in the store at {to_iso(circle.view.as_of)}")
        if members is not None and node not in members:
            raise UserError(f"{safe(text, name)} is no member of finding {circle.finding['id']}")  # type: ignore[index]
    return nodes


def _around(view: GraphView, nodes: np.ndarray) -> tuple[np.ndarray, int]:
    """The parties nearest to some by guarantees in force, and how many further ones hang together with them."""
    edges = view.edges("GUARANTEES")
    reached, frontier = np.sort(nodes), nodes
    while len(frontier):
        near = np.isin(edges.source, frontier) | np.isin(edges.target, frontier)
        ends = np.unique(np.concatenate((edges.source[near], edges.target[near]))).astype(np.int64)
        frontier = np.setdiff1d(ends, reached)
        if len(reached) + len(frontier) > NEAREST:
            return reached, len(frontier)
        reached = np.union1d(reached, frontier)
    return reached, 0


def _frame(circle: Circle, held: Exposures) -> dict[str, Any]:
    """What every answer says of itself."""
    return {
        "as_of": to_iso(circle.view.as_of),
        "revision": circle.view.revision,
        "finding": circle.finding["id"] if circle.finding else None,
        "currency": held.currency or None,
        "parties_in_net": len(held.net.members(held.rows)),
        "contracts_in_net": len(held.rows),
    }
