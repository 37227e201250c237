"""What a detector is, and what it hands to the run: a declaration and functions.

``detect`` is local: given the same ``population`` it finds on a unit alone what it finds there in the whole graph.
What is global (corrections, score to colour, ranks) happens once, in ``finalise``, which needs no graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from ..graph.kernels.sets import distinct
from ..graph.snapshot import GraphView
from ..graph.words.names import Words

Params = Mapping[str, Any]
"""A detector's parameters by name."""


class Thing(NamedTuple):
    """Something that members share or stand in, as the detector saw it.

    Attributes
    ----------
    kind : what it is used as, such as ``handset``
    nodes : what stands for it in the graph, one node or several (the device id and the imei of one handset); none for
        what is no node (a joint group)
    members : the members who share it
    users : how many parties of the whole book share it, the members among them
    others : those of them who are no members, by name; none where the detector does not look for them, or where they
        are too many to name, which a bound then says
    """

    kind: str
    nodes: tuple[str, ...]
    members: tuple[str, ...]
    users: int
    others: tuple[str, ...] = ()

    def as_dict(self) -> dict:
        """As a finding has it."""
        told = {"nodes": [*self.nodes], "kind": self.kind, "members": [*self.members], "users": self.users}
        return told | {"others": [*self.others]}


class Explanation(NamedTuple):
    """An innocent explanation that was tried: whether it fits the whole, and why, in both languages."""

    twin: str
    fits: bool
    why: Words

    def as_dict(self) -> dict:
        """As a finding has it."""
        return {"twin": self.twin, "fits": self.fits, "why_zh": self.why.zh, "why_en": self.why.en}


@dataclass
class Candidate:
    """What a detector found on one unit, before anything global is known of it. It names nodes and uids, and no
    positions, so it can be handed from one process to another.

    Attributes
    ----------
    kind, view : as in a finding
    unit : the unit it lies in, by the name of the unit's first party
    members : ``[(node name, role)]``
    evidence : relationships as ``GraphView.evidence`` gives them, the telling ones first
    score : 0 to 1, comparable within the detector's kind
    reason : what was found, how rare it is, and when, as plain data; the detector's ``wording`` makes sentences of it
    measures : numbers by name, the raw statistics the score came from
    things : what the members share or stand in
    explanations : the innocent explanations that were tried, in the order of trying
    truncated : ``[{"bound", "limit", "skipped", "could_change"}]``
    """

    kind: str
    members: list[tuple[str, str]] = field(default_factory=list)
    evidence: list[dict] = field(default_factory=list)
    score: float = 0.0
    unit: str = ""
    reason: dict[str, Any] = field(default_factory=dict)
    measures: dict[str, float] = field(default_factory=dict)
    view: str = "raw"
    things: list[Thing] = field(default_factory=list)
    explanations: list[Explanation] = field(default_factory=list)
    truncated: list[dict] = field(default_factory=list)

    @property
    def innocent_twin(self) -> str | None:
        """The first innocent explanation that fits, None where none does."""
        return next((tried.twin for tried in self.explanations if tried.fits), None)


@dataclass
class Draft:
    """A candidate in the numbers of the view that it was found in: ``portable`` makes a candidate of it.

    Attributes
    ----------
    candidate : all but members and evidence
    members : ``[(node number, role)]``
    evidence : int64 positions of relationships, the telling ones first
    """

    candidate: Candidate
    members: list[tuple[int, str]]
    evidence: np.ndarray


AT_A_TIME = 1000
"""Drafts that become candidates together: those of one time share the rows of their evidence."""


def portable(view: GraphView, drafts: Iterable[Draft]) -> Iterator[Candidate]:
    """Candidates of drafts: numbers become names, positions become rows with their source."""
    waiting = iter(drafts)
    while some := list(islice(waiting, AT_A_TIME)):
        positions = distinct(np.concatenate([draft.evidence for draft in some]).astype(np.int64))
        rows = dict(zip(positions.tolist(), view.evidence(positions), strict=True))
        nodes = sorted({node for draft in some for node, _ in draft.members})
        names = dict(zip(nodes, view.names(nodes), strict=True))
        for draft in some:
            draft.candidate.members = [(names[node], role) for node, role in draft.members]
            draft.candidate.evidence = [rows[position] for position in draft.evidence.tolist()]
            yield draft.candidate


def bound(name: str, limit: int, skipped: str, could_change: bool = False) -> dict:
    """A bound that bit: what was skipped for it, and whether that could change the finding itself."""
    return {"bound": name, "limit": limit, "skipped": skipped, "could_change": could_change}


def unexplained(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Those of which no innocent explanation that was tried fits."""
    return (draft for draft in drafts if draft.candidate.innocent_twin is None)


class Unit(NamedTuple):
    """What a detector can decide alone.

    Attributes
    ----------
    parties : int64, ascending: the parties that it decides on; each lies in one unit
    nodes : int64, ascending: these, and all else that deciding takes; a thing that two units use belongs to both
    """

    parties: np.ndarray
    nodes: np.ndarray


def unit_name(view: GraphView, parties: np.ndarray) -> str:
    """What a unit is called in every view: the name of its first party."""
    return min(view.names(parties))


def evidence_within(rows: np.ndarray, limit: int, further: str) -> tuple[np.ndarray, list[dict]]:
    """The rows of evidence that a finding lists, the first ones, and the bound where it bit.

    Parameters
    ----------
    limit : the parameter ``max_evidence``
    further : what those left out are
    """
    over = len(rows) - limit
    return rows[:limit], [bound("max_evidence", limit, f"{over} {further}")] if over > 0 else []


@dataclass(frozen=True)
class Parameter:
    """One setting of a detector, described where it is defined: a number of the default's type, unless it has a form
    of its own.

    Attributes
    ----------
    least : what it is at least, where it is a number
    words : where it is a bound, what it is called when it bit
    taken : where it is no number, what it makes of what is stated: plain data like the default. It raises
        ``ValueError`` with what is wrong, to be read behind the parameter's name
    """

    name: str
    default: Any
    description: str
    words: Words | None = None
    least: int | float = 1
    taken: Callable[[Any], Any] | None = None


MAX_EVIDENCE = Parameter(
    "max_evidence",
    400,
    "most relationships listed as evidence of one finding",
    Words("最多来源行数", "most rows of evidence"),
)
"""The bound of ``evidence_within``."""


def list_of_words(stated: Any) -> tuple[str, ...]:
    """For ``Parameter.taken``: a list of words, or a text with commas between them.

    Raises
    ------
    ValueError : neither

    >>> list_of_words("a, b")
    ('a', 'b')
    """
    given = stated.split(",") if isinstance(stated, str) else stated
    if not isinstance(given, list | tuple) or not all(isinstance(word, str) and word.strip() for word in given):
        raise ValueError(f"state a list of words, which {stated!r} is not")
    return tuple(word.strip() for word in given)


class Measure(NamedTuple):
    """A number that findings carry.

    Attributes
    ----------
    words : what it is called
    unknown : of a sum, the measure that counts what could not be added for want of a figure
    """

    name: str
    words: Words
    unknown: str | None = None


class Near(NamedTuple):
    """One thing that a detector asks, and how far an applicant came to it.

    Attributes
    ----------
    what : which
    has, asked : what there is, and what a finding takes; None where it is no number, or nothing is asked
    words : the same as an investigator would write it
    nodes : names that the words lead along, the applicant's first
    """

    what: str
    has: float | None
    asked: float | None
    words: Words
    nodes: tuple[str, ...] = ()


class Ground(NamedTuple):
    """What the populations of several detectors are made of. A batch measures it once for all whose settings of it
    agree.

    Attributes
    ----------
    measure : computes it from ``(view, params)``
    settings : the parameters that it depends on
    """

    measure: Callable[[GraphView, Params], Any]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Detector:
    """A detector's declaration.

    Attributes
    ----------
    id : its name on the command line, such as ``guarantee``
    version : changes whenever its findings may
    kinds : the kinds of finding it may emit
    unit : what it can decide alone, in words
    parameters : its settings; those with words are bounds that findings may report
    measures : the numbers its findings carry
    twins : the innocent explanations it tries, by what ``innocent_twin`` says
    population : what only the whole graph knows, computed once from ``(view, params)``, and from the ground, where
        there is one and it is at hand; ``frozen`` keeps it
    units : ``(view, population, params)`` to all units
    around : ``(view, population, params, nodes)`` to the units in which these nodes lie
    detect : ``(view, population, params) -> Iterator[Candidate]``; deterministic; its docstring names what it finds
        and its innocent twins
    wording : a candidate's reason in both languages, one or two sentences an investigator would write
    ground : what the population is made of, where other detectors' are made of it, too
    why : ``(view, population, params, applicant)`` to what was found or missing of the applicant with this node, as
        ``Near``; None where the detector does not tell
    """

    id: str
    version: str
    kinds: tuple[str, ...]
    unit: str
    parameters: tuple[Parameter, ...]
    measures: tuple[Measure, ...]
    twins: Mapping[str, Words]
    population: Callable[..., Any]
    units: Callable[[GraphView, Any, Params], list[Unit]]
    around: Callable[[GraphView, Any, Params, np.ndarray], list[Unit]]
    detect: Callable[[GraphView, Any, Params], Iterator[Candidate]]
    wording: Callable[[Candidate], Words]
    ground: Ground | None = None
    why: Callable[[GraphView, Any, Params, int], list[Near]] | None = None

    def defaults(self) -> dict[str, Any]:
        """Its parameters by name with their default values."""
        return {parameter.name: parameter.default for parameter in self.parameters}
