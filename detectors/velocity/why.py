"""How far one applicant came to the limits of the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import Near, Params
from .counted import counted
from .filed import Filed
from .hits import Hit
from .limits import Limit, table
from .population import Known
from .search import explained
from .units import looked_at
from .wording import counted_words


def why(view: GraphView, known: Known, params: Params, applicant: int) -> list[Near]:
    """For each limit the most that was counted on the applicant, or on a thing of theirs."""
    nodes = looked_at(view, known, np.array([applicant], dtype=np.int32))
    filed, place = Filed(view.part(nodes), known.shared.frame), int(np.searchsorted(nodes, applicant))
    return [_near(filed, known, limit, place) for limit in table(params)]


def _near(filed: Filed, known: Known, limit: Limit, place: int) -> Near:
    count = max((int(hit.count) for hit in _hits(filed, known, replace(limit, limit=1), place)), default=0)
    reached = _hits(filed, known, limit, place)
    ends = Words("", "")
    if reached and all(explained(filed, known.shared, hit) for hit in reached):
        ends = Words("，有无辜解释", ", which an innocent cause explains")
    said = counted_words(limit, count)
    words = Words(f"{said.zh}，限额{limit.limit}{ends.zh}", f"{said.en}, the limit is {limit.limit}{ends.en}")
    return Near(f"{limit.count} by {limit.key}, {limit.window}, {limit.lender_kind}", count, limit.limit, words)


def _hits(filed: Filed, known: Known, limit: Limit, place: int) -> list[Hit]:
    """Where the applicant is among those who reach a limit."""
    ((hits, _),) = counted(filed, known.shared, [limit])
    return [hit for hit in hits if place in hit.people]
