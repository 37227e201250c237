"""What is counted: applications with a time, who filed them, and what each of them was filed with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import distinct, laid_out
from ...graph.model import ALWAYS, KIND_CODE, RELATION_CODE
from ...graph.snapshot import Edges, GraphView
from ..sharing.numbering import Frame, numbered
from .limits import LENDER_KINDS

STATED = {"id_document": "HAS_ID", "phone": "HAS_PHONE", "card": "OWNS"}
"""What is a person's, by what applications are counted on it, and the relation that says so."""


class Pairs:
    """Applications with what they were filed with; arrays of one length.

    Attributes
    ----------
    row : int64, places in ``Filed``
    thing : int64 ids in the frame
    node, position : int64, the thing as the view numbers it, and the relationship that ties it; -1 where none does
    """

    def __init__(
        self, row: np.ndarray, thing: np.ndarray, node: np.ndarray | None = None, position: np.ndarray | None = None
    ):
        nothing = np.full(len(row), -1, dtype=np.int64)
        self.row, self.thing = row, thing
        self.node = nothing if node is None else node
        self.position = nothing if position is None else position

    def where(self, mask: np.ndarray) -> Pairs:
        """Those for which ``mask`` holds, or at these places."""
        return Pairs(self.row[mask], self.thing[mask], self.node[mask], self.position[mask])


class Filed:
    """The applications of a view that have a time, by applicant, then by time.

    Attributes
    ----------
    number : int64 by node of the view, its id in the frame; of a device that of its handset
    node, applicant, position : int64 by application: its node, who filed it, the relationship that says so
    time : int64 by application, epoch milliseconds
    """

    def __init__(self, view: GraphView, frame: Frame):
        self.view = view
        number = numbered(frame, view)
        known = number < len(frame.joined)
        self.number = number.copy()
        self.number[known] = frame.joined[number[known]]
        applied = view.edges("APPLIED")
        applied = applied.where(applied.valid_from > ALWAYS)
        applied = applied.where(np.lexsort((applied.target, applied.valid_from, applied.source)))
        self.node = applied.target.astype(np.int64)
        self.applicant = applied.source.astype(np.int64)
        self.time, self.position = applied.valid_from, applied.positions
        self._with: dict[str, Pairs] = {}

    def __len__(self) -> int:
        return len(self.node)

    @cached_property
    def row_of(self) -> np.ndarray:
        """int64 by node, the place of an application, -1 for whatever is none."""
        place = np.full(self.view.node_count, -1, dtype=np.int64)
        place[self.node] = np.arange(len(self))
        return place

    # -- who
    @cached_property
    def names(self) -> np.ndarray:
        """int64 by node, a number for each name of applicants, -1 where none is on record."""
        told = self.view.facts("applicants", columns=("name",))
        code = np.full(self.view.node_count, -1, dtype=np.int64)
        code[told["node"].to_numpy()] = pd.factorize(told["name"])[0]
        return code

    @cached_property
    def person(self) -> np.ndarray:
        """int64 by node, one number for all applicants who are one person."""
        one, other = same_people(self.view, self.names)
        return weak_components(one, other, self.view.node_count).astype(np.int64)

    # -- what it was filed with
    def things(self, kind: str) -> Pairs:
        """The applications with each of what ``KEYS`` and ``COUNTS`` name."""
        if kind not in self._with:
            self._with[kind] = self._filed_with(kind)
        return self._with[kind]

    def _filed_with(self, kind: str) -> Pairs:
        rows = np.arange(len(self))
        if kind == "applications":
            return Pairs(rows, rows)
        if kind in ("person", "people"):
            return Pairs(rows, self.person[self.applicant])
        if kind == "lenders":
            return Pairs(rows, self.lender)
        if kind == "names":
            named = self.names[self.applicant] >= 0
            return Pairs(rows[named], self.names[self.applicant][named])
        return self._devices if kind in ("device", "devices") else self._stated("phone" if kind == "phones" else kind)

    @cached_property
    def lender(self) -> np.ndarray:
        """int64 by application, a number for each lender, one of them our own."""
        return pd.factorize(texts(self.view, "applications", self.node, "lender"))[0].astype(np.int64)

    @cached_property
    def lender_kind(self) -> np.ndarray:
        """int64 by application, a place in ``LENDER_KINDS``, 0 where none is told."""
        kind = texts(self.view, "applications", self.node, "lender_kind")
        return np.select([kind == name for name in LENDER_KINDS[1:]], [1, 2], 0)

    @cached_property
    def _devices(self) -> Pairs:
        used = self.view.ties("USED_DEVICE")
        row = self.row_of[used.source]
        used, row = used.where(row >= 0), row[row >= 0]
        return Pairs(row, self.number[used.target], used.target.astype(np.int64), used.positions)

    def _stated(self, kind: str) -> Pairs:
        """What was the applicant's own at the time of the application, as far as the tie tells a time."""
        ties = own(self.view, STATED[kind])
        low, high = (np.searchsorted(self.applicant, ties.source, side=side) for side in ("left", "right"))
        row, tie = laid_out(low, high), np.repeat(np.arange(len(ties)), high - low)
        then = (ties.valid_from[tie] <= self.time[row]) & (self.time[row] < ties.valid_to[tie])
        row, tie = row[then], tie[then]
        return Pairs(row, self.number[ties.target[tie]], ties.target[tie].astype(np.int64), ties.positions[tie])


def own(view: GraphView, relation: str) -> Edges:
    """What applicants are tied to as their own, not their employer's."""
    ties = view.ties(relation)
    ties = ties.where(view.kinds[ties.source] == KIND_CODE["applicant"])
    return ties.where(~np.asarray(ties.column("use") == "work", dtype=bool)) if relation == "HAS_PHONE" else ties


def ending_at(view: GraphView, nodes: Sequence[int] | np.ndarray, relation: str) -> np.ndarray:
    """int64, ascending: the positions of a relation's relationships that link some nodes, at the cost of what these
    have."""
    positions = distinct(view.touching(nodes))
    positions = positions[view.relation_codes(positions) == RELATION_CODE[relation]]
    return positions[view.links(positions)]


def cells(view: GraphView, table: str, nodes: np.ndarray, *columns: str) -> pd.DataFrame:
    """What rows of a table say of nodes, a row each, in their order; blank where none does."""
    return view.facts(table, distinct(nodes), columns).set_index("node").reindex(nodes, columns=[*columns])


def texts(view: GraphView, table: str, nodes: np.ndarray, column: str) -> np.ndarray:
    """A column of text of ``cells``, as objects; what is blank is the empty text."""
    told = cells(view, table, nodes, column)[column].astype(object)
    return told.where(told.notna(), "").to_numpy()


def same_people(view: GraphView, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of applicants who are one person: tied so, or known by one document under one name. Where a document goes
    under several names, who has no name on record is nobody else's self.

    Parameters
    ----------
    names : int64 by node, as ``Filed`` has them
    """
    said = view.ties("SAME_AS")
    said = said.where(view.kinds[said.source] == view.kinds[said.target])
    ties = own(view, "HAS_ID")
    order = np.lexsort((names[ties.source], ties.target))
    holder, document = ties.source[order].astype(np.int64), ties.target[order].astype(np.int64)
    name = names[holder]
    known = distinct(document[name >= 0] << 32 | name[name >= 0]) >> 32
    several = np.bincount(known, minlength=view.node_count)[document] > 1
    next_to = (document[1:] == document[:-1]) & (~several[1:] | ((name[1:] == name[:-1]) & (name[1:] >= 0)))
    one = np.concatenate((said.source.astype(np.int64), holder[:-1][next_to]))
    return one, np.concatenate((said.target.astype(np.int64), holder[1:][next_to]))
