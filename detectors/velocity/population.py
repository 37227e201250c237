"""What only the whole book knows of speed and place: how many reach each limit, and where customers apply from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ..contract import Params
from ..frozen import AT_HAND
from ..sharing import ground
from ..sharing.population import Population
from . import draws as drawn
from .counted import counted
from .draws import Draws
from .filed import Filed
from .hits import Hit
from .limits import table
from .place import Located, Shops, far, located, shops

SIGNS = ("draws", "new_card", "night_card", "moved_out", "polishing", "far")
"""What is sought beside the policy's table."""


@dataclass(frozen=True)
class Known:
    """What the whole book says.

    Attributes
    ----------
    shared : the population of shared values
    reached, of : int64 by limit of the table, then by sign: how many persons, documents, phones, handsets, cards or
        loans reach it, and of how many; before an innocent explanation is tried on them
    shops : where the customers of merchants are
    found : what is counted, and all that reaches a limit or shows a sign, where the book is at hand
    """

    shared: Population
    reached: np.ndarray
    of: np.ndarray
    shops: Shops
    found: tuple[Filed, list[Hit]] | None = field(default=None, metadata=AT_HAND)


def measure(view: GraphView, params: Params, at_hand: Population | None = None) -> Known:
    """Measure a book.

    Parameters
    ----------
    at_hand : the population of shared values, where it was measured already
    """
    shared = ground.shared(view, params, at_hand)
    none = np.zeros(0, dtype=np.int64)
    filed = Filed(view, shared.frame)
    found = located(view, filed)
    known = Known(shared, none, none, shops(filed, found, shared, params))
    sought = list(_sought(filed, found, known, params))
    return replace(
        known,
        reached=np.array([len(hits) for hits, _ in sought], dtype=np.int64),
        of=np.array([of for _, of in sought], dtype=np.int64),
        found=(filed, [hit for hits, _ in sought for hit in hits]),
    )


def hits(view: GraphView, known: Known, params: Params) -> tuple[Filed, list[Hit]]:
    """What is counted, and all that reaches a limit of the table or shows a sign, in the order of the table, then of
    ``SIGNS``."""
    if known.found is not None and view is known.shared.frame.base:
        return known.found
    filed = Filed(view, known.shared.frame)
    return filed, [hit for some, _ in _sought(filed, located(view, filed), known, params) for hit in some]


def _sought(filed: Filed, found: Located, known: Known, params: Params) -> Iterator[tuple[list[Hit], int]]:
    """For each limit, then for each sign, who reaches it, and of how many."""
    yield from counted(filed, known.shared, table(params))
    draws = Draws(filed.view, filed)
    borrowers = len(distinct(filed.person[draws.applicant]))
    cards = int((draws.opened[distinct(draws.paid.target)] > ALWAYS).sum())
    yield list(drawn.several_a_day(draws, params)), borrowers
    yield list(drawn.new_card(draws, params)), cards
    yield list(drawn.night_card(draws, params)), cards
    yield list(drawn.moved_out(draws, params)), len(draws)
    yield list(drawn.polishing(draws, params)), borrowers
    at_shops = len(distinct(filed.person[filed.applicant[found.row]]))
    yield list(far(filed, found, known.shared, known.shops, params)), at_shops
