"""The policy's table applied: who reaches which limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...graph.kernels.sets import distinct, laid_out
from ..sharing.population import Population
from .filed import Filed, Pairs
from .hits import Busy, Hit, busy
from .limits import LENDER_KINDS, Limit


def counted(filed: Filed, shared: Population, limits: Sequence[Limit]) -> Iterator[tuple[list[Hit], int]]:
    """For each limit who reaches it, and of how many persons, documents, phones, handsets or cards. What innocent
    causes explain for all who share it, such as the equipment of a shop, is not counted on."""
    keys: dict[str, Pairs] = {}
    for limit in limits:
        if limit.key not in keys:
            keys[limit.key] = unexcused(filed.things(limit.key), shared, limit)
        on = keys[limit.key]
        yield list(_reached(filed, on, limit)), len(distinct(on.thing))


def unexcused(on: Pairs, shared: Population, limit: Limit) -> Pairs:
    """Without the things that innocent causes explain for all who share them."""
    if limit.key == "person":
        return on
    known = on.thing < len(shared.excused)
    return on.where(~(known & shared.excused[np.where(known, on.thing, 0)]))


def of_lenders(filed: Filed, on: Pairs, limit: Limit) -> Pairs:
    """Those filed with the lenders that a limit counts."""
    if limit.lender_kind == LENDER_KINDS[0]:
        return on
    return on.where(filed.lender_kind[on.row] == LENDER_KINDS.index(limit.lender_kind))


def _reached(filed: Filed, on: Pairs, limit: Limit) -> Iterator[Hit]:
    on = of_lenders(filed, on, limit)
    on, value = joined(on, filed.things(limit.count))
    value = np.unique(value, return_inverse=True)[1] if len(value) else value
    for found in busy(on.thing, filed.time[on.row], value, limit.span, limit.limit):
        yield _hit(filed, on, found, limit)


def joined(on: Pairs, counts: Pairs) -> tuple[Pairs, np.ndarray]:
    """Each thing with each of what is counted of the same application."""
    order = np.argsort(counts.row, kind="stable")
    low = np.searchsorted(counts.row[order], on.row)
    high = np.searchsorted(counts.row[order], on.row, side="right")
    place = np.repeat(np.arange(len(on.row)), high - low)
    return on.where(place), counts.thing[order[laid_out(low, high)]]


def _hit(filed: Filed, on: Pairs, found: Busy, limit: Limit) -> Hit:
    row = distinct(on.row[found.inside])
    row = row[np.argsort(filed.time[row], kind="stable")]
    people = distinct(filed.applicant[row])
    ties = distinct(on.position[found.inside])
    return Hit(
        sign="limit",
        limit=limit,
        key=-1 if limit.key == "person" else found.group,
        things=tuple(distinct(on.node[found.inside][on.node[found.inside] >= 0]).tolist()),
        people=tuple(people.tolist()),
        persons=len(distinct(filed.person[people])),
        count=found.count,
        least=limit.limit,
        first=found.first,
        last=found.last,
        rows=np.concatenate((filed.position[row], ties[ties >= 0])),
        figures={"applications": row},
    )
