"""How many applicants of the whole graph use what a ring shares: what its rarity is read off.

An applicant uses an identifier by a tie of its own (a phone, an employer), by an application (a device, an address
it was filed from) or by a loan (the account that it was paid out to or repaid from), and a device also by an account
signed in on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView

LOOKED_AT = 200_000
"""Relationships followed from one identifier; of a busier one, as many people as these lead to are counted."""

CARRIERS = ("application", "loan")
"""Kinds through which a person uses an identifier."""


@dataclass(frozen=True)
class Sharers:
    """Who uses one thing.

    Attributes
    ----------
    everyone : applicants of the whole graph
    inside : those of them who are members
    more : whether there are, or may be, more than these, because not every relationship was looked at
    """

    everyone: int
    inside: int
    more: bool = False


def sharers(snapshot: GraphView, nodes: Iterable[str], members: Iterable[str]) -> Sharers | None:
    """How many use what these nodes stand for together (a handset's device id and imei), at the snapshot's time; None
    where the snapshot holds none of them."""
    numbers = [number for number in map(snapshot.find, nodes) if number is not None]
    if not numbers:
        return None
    found = [_users(snapshot, number) for number in numbers]
    people = np.unique(np.concatenate([users for users, _ in found]))
    inside = [number for number in map(snapshot.find, members) if number is not None]
    return Sharers(len(people), int(np.isin(people, inside).sum()), any(more for _, more in found))


def _users(snapshot: GraphView, node: int) -> tuple[np.ndarray, bool]:
    near, cut = _linked(snapshot, [node])
    kinds = snapshot.kinds[near]
    through = [*CARRIERS, "account"] if snapshot.kind(node) == "device" else CARRIERS
    carriers = near[np.isin(kinds, [KIND_CODE[kind] for kind in through])]
    far, cut_too = _linked(snapshot, np.unique(carriers))
    both = np.concatenate((near, far))
    return np.unique(both[snapshot.kinds[both] == KIND_CODE["applicant"]]), cut or cut_too


def _linked(snapshot: GraphView, nodes: Sequence[int] | np.ndarray) -> tuple[np.ndarray, bool]:
    """The neighbours of nodes over at most ``LOOKED_AT`` relationships that link, and whether there are more."""
    offsets, neighbours, positions = snapshot.adjacency()
    nodes = np.asarray(nodes, dtype=np.int64)
    starts = np.asarray(offsets[nodes])
    ends = np.cumsum(offsets[nodes + 1] - starts)
    total = int(ends[-1]) if len(ends) else 0
    # Position i of all spans laid end to end belongs to the first span that ends behind it.
    places = np.arange(min(total, LOOKED_AT))
    span = np.searchsorted(ends, places, side="right")
    lengths = np.diff(ends, prepend=0)
    spots = starts[span] + places - (ends - lengths)[span]
    linked = snapshot.links(np.asarray(positions[spots]))
    return np.asarray(neighbours[spots])[linked], total > LOOKED_AT
