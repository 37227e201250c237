"""What only the whole book knows of those who bring clients: bursts, templates of employers, and the usual default."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...graph.kernels.sets import distinct, laid_out
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing import ground
from ..sharing.population import Population
from .bursts import Bursts, brought, bursts
from .signs import most_alike, outcomes
from .templates import templates

PRIOR_BAD, PRIOR_BORROWERS = 0.05, 200
"""The share of bad borrowers before a book is seen, and for how many borrowers that counts."""


@dataclass(frozen=True)
class Known:
    """What the whole book says.

    Attributes
    ----------
    shared : the population of shared values
    template : int64 by id, of an employer the number of the template that its text follows, -1 for whatever has none
    staff : int64 by template, how many applicants work for an employer that follows it
    bursts : of channels and salespeople
    borrowers, failed : how many have borrowed, and who of these are known as bad ones
    alike : share of the applications that are of the most frequent product, term and amount
    """

    shared: Population
    template: np.ndarray
    staff: np.ndarray
    bursts: Bursts
    borrowers: int
    failed: int
    alike: float

    def as_hubs(self, templates: np.ndarray, params: Params) -> np.ndarray:
        """bool by template, -1 for none: as many work for the employers that follow it as a hub may have clients."""
        staff = np.where(templates >= 0, self.staff[templates], 0) if len(self.staff) else np.zeros(len(templates))
        return (staff >= params["min_clients"]) & (staff <= params["max_users"])

    def following(self, templates: np.ndarray) -> np.ndarray:
        """int64, ascending: the employers by id whose texts follow some templates."""
        sought = distinct(templates)
        follows, employers = self._followed
        return np.sort(employers[laid_out(np.searchsorted(follows, sought), np.searchsorted(follows, sought + 1))])

    @cached_property
    def _followed(self) -> tuple[np.ndarray, np.ndarray]:
        """Templates, ascending, and the employers that follow them."""
        employers = np.flatnonzero(self.template >= 0)
        employers = employers[np.argsort(self.template[employers], kind="stable")]
        return self.template[employers], employers

    @property
    def usual(self) -> float:
        """The share of bad borrowers to reckon with; a small book says little of it."""
        return (self.failed + PRIOR_BAD * PRIOR_BORROWERS) / (self.borrowers + PRIOR_BORROWERS)


def measure(view: GraphView, params: Params, at_hand: Population | None = None) -> Known:
    """Measure a book.

    Parameters
    ----------
    at_hand : the population of shared values, where it was measured already
    """
    shared = ground.shared(view, params, at_hand)
    numbers = np.arange(view.node_count)
    follows = templates(view, numbers, shared.frame.size)
    works = view.edges("WORKS_AT")
    pairs = distinct((follows[works.target] << 32 | works.source)[follows[works.target] >= 0])
    known = outcomes(view)
    return Known(
        shared=shared,
        template=follows,
        staff=np.bincount(pairs >> 32, minlength=int(follows.max(initial=-1)) + 1),
        bursts=bursts(brought(view, numbers), shared.calendar, params["min_clients"]),
        borrowers=int(known.borrowers.sum()),
        failed=int(known.bad.sum()),
        alike=most_alike(view),
    )
