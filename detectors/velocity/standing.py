"""How people stand against the limits of the policy's table at a moment, whether they reach one or not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct
from ...graph.model import FOREVER
from ...graph.snapshot import GraphView
from ..contract import Params
from .counted import joined, of_lenders, unexcused
from .filed import Filed, Pairs
from .limits import Limit, table
from .population import Known
from .units import looked_at


class Standing(NamedTuple):
    """One limit, and what is counted in the window that ends at the moment: of several things of one kind, such as two
    phones, the one with the most."""

    limit: Limit
    counted: int

    @property
    def reached(self) -> bool:
        """Whether the limit is reached."""
        return self.counted >= self.limit.limit


def standing(view: GraphView, known: Known, params: Params, people: np.ndarray, at: int) -> list[Standing]:
    """How some people stand, limit by limit, at the cost of what they and the things that they use have.

    Parameters
    ----------
    people : node numbers of applicants
    at : epoch milliseconds
    """
    nodes = looked_at(view, known, np.asarray(people, dtype=np.int32))
    filed = Filed(view.part(nodes), known.shared.frame)
    persons = distinct(filed.person[np.searchsorted(nodes, people)])
    own = np.flatnonzero(among(filed.person[filed.applicant], persons))
    counts = []
    for limit in table(params):
        on = of_lenders(filed, unexcused(filed.things(limit.key), known.shared, limit), limit)
        counts.append(Standing(limit, _most(filed, on, limit, own, at)))
    return counts


def _most(filed: Filed, on: Pairs, limit: Limit, own: np.ndarray, at: int) -> int:
    on, value = joined(on, filed.things(limit.count))
    mine = distinct(on.thing[among(on.row, own)])
    time = filed.time[on.row]
    inside = among(on.thing, mine) & (time <= at)
    if limit.span != FOREVER:
        inside &= time >= at - limit.span
    return max((len(distinct(value[inside & (on.thing == thing)])) for thing in mine.tolist()), default=0)
