"""Where money can have gone from one node to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.errors import UserError
from ...graph.kernels.sides import NO_TIME
from ...graph.model import ALWAYS, RELATION_CODE, kind_of
from ...graph.snapshot import GraphView
from .names import safe

KINDS = ("applicant", "company", "merchant", "account", "loan")
"""What money is followed between."""
EVENTS = ("DISBURSED_TO", "REPAID", "TRANSFERRED")
"""By what it goes, at a time; owning and borrowing have none here."""
_DISBURSED, _REPAID, _TRANSFERRED, _OWNS, _BORROWED = (RELATION_CODE[name] for name in (*EVENTS, "OWNS", "BORROWED"))


@dataclass(frozen=True)
class Money:
    """The way of money from one node to another: along transfers, out of loans at its start and into loans at its end,
    and through whoever owns the account that it reached to any other account of theirs.

    A loan is no way through: what repays it is the lender's, and what it pays out comes from the lender.

    Attributes
    ----------
    paid_out : the loans that money may come out of: the start itself, or what it borrowed
    paid_back : the loans that money may go into: the goal itself, or what it borrowed; none of those it may come out of
    """

    snapshot: GraphView
    paid_out: np.ndarray
    paid_back: np.ndarray

    def leads(self, positions: np.ndarray, towards: np.ndarray) -> np.ndarray:
        """bool: whether money goes along each relationship, towards the given one of its ends."""
        relation = self.snapshot.relation_codes(positions)
        source, target = self.snapshot.ends(positions)
        out, back = np.isin(source, self.paid_out), np.isin(target, self.paid_back)
        ahead = target == towards
        # The end that borrowed a loan is next to it, so that whoever else borrowed it is on no shortest way.
        bridges = np.where(ahead, np.isin(target, self.paid_out), back)
        return (
            (relation == _OWNS)
            | ((relation == _TRANSFERRED) & ahead)
            | ((relation == _DISBURSED) & ahead & out)
            | ((relation == _REPAID) & ahead & back)
            | ((relation == _BORROWED) & bridges)
        )

    def times(self, positions: np.ndarray) -> np.ndarray:
        """int64: when money went; ``NO_TIME`` where it is not on record, and for who owns or borrowed."""
        is_event = np.isin(self.snapshot.relation_codes(positions), (_DISBURSED, _REPAID, _TRANSFERRED))
        since = self.snapshot.valid_from(positions)
        return np.where(is_event & (since != ALWAYS), since, NO_TIME)


def money(snapshot: GraphView, start: int, goal: int, texts: tuple[str, str]) -> Money:
    """The way of money between two nodes.

    Parameters
    ----------
    texts : what was written for each, for the message

    Raises
    ------
    UserError : one of them is nothing that money goes to or comes from
    """
    for number, text in zip((start, goal), texts, strict=True):
        name = snapshot.name(number)
        if kind_of(name) not in KINDS:
            kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
            raise UserError(f"money has no way from or to {safe(text, name)}: name two nodes of kind {kinds}")
    paid_out = np.setdiff1d(_loans(snapshot, start), [goal])
    return Money(snapshot, paid_out, np.setdiff1d(_loans(snapshot, goal), paid_out))


def _loans(snapshot: GraphView, node: int) -> np.ndarray:
    """A loan itself, or the loans that a node borrowed."""
    if snapshot.kind(node) == "loan":
        return np.array([node])
    positions = snapshot.touching([node])
    positions = positions[(snapshot.relation_codes(positions) == _BORROWED) & snapshot.links(positions)]
    return snapshot.ends(positions)[1]
