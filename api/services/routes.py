"""How two parties are linked: all that they share, and each route between them over one other party or two.

A route goes from party to party, each two in a row sharing at least one thing. A link is as good as the rarest thing in
it, the one that the fewest parties of the whole book use; a route is as good as its weakest link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...graph.kernels.sets import distinct
from .network import FOLLOWED, FROM, HUB, TO, Network


class Route(NamedTuple):
    """Parties in a row, each two of whom share something.

    Attributes
    ----------
    parties : node numbers, from the one to the other
    cost : of the rarest thing of the weakest link, as ``Network.cost`` gives it
    """

    parties: tuple[int, ...]
    cost: int

    @property
    def weakest(self) -> int:
        """How many parties use the rarest thing of the weakest link."""
        return self.cost % HUB

    @property
    def hub(self) -> bool:
        """Whether that is a hub."""
        return self.cost >= HUB


class Routes(NamedTuple):
    """All routes over others between two parties.

    Attributes
    ----------
    best : the first of them, the one with the rarest weakest link first, shorter ones before longer ones, hubs last
    found : how many there are
    not_followed : things of the two that more parties use than are followed
    """

    best: list[Route]
    found: int
    not_followed: list[int]


def routes(net: Network, one: int, other: int, most: int, names: Callable[[Sequence[int]], Sequence[str]]) -> Routes:
    """Every route between two parties over one other, and over two of whom neither is linked with both: where one is,
    the shorter route stands for it.

    A thing of more than ``FOLLOWED`` users counts where it links one of the two with somebody whom a rarer thing links
    with the other. From one such thing to the next, or between two others, no route leads.

    Parameters
    ----------
    most : how many routes are listed
    names : of parties, which decide between equals
    """
    start, goal = _End(net, one), _End(net, other)
    over_one = [Route((one, by, other), max(start.rarest[by], goal.rarest[by])) for by in _between(start, goal)]
    over_two = [
        Route((one, first, second, other), max(start.rarest[first], cost, goal.rarest[second]))
        for first, second, cost in _two_between(net, start, goal)
    ]
    found = over_one + over_two
    parties = sorted({party for route in found for party in route.parties})
    name = dict(zip(parties, names(parties), strict=True))
    found.sort(key=lambda route: (route.cost, len(route.parties), [name[party] for party in route.parties]))
    return Routes(found[:most], len(found), np.union1d(start.hubs, goal.hubs).tolist())


def shared(net: Network, one: int, other: int) -> list[int]:
    """The things by which two parties are linked, the rarest first."""
    mine, theirs = net.of(one), net.of(other)
    both = np.intersect1d(mine.thing, theirs.thing).tolist()
    sides = ((_side(mine, thing), _side(theirs, thing)) for thing in both)
    found = [thing for thing, (side, facing) in zip(both, sides, strict=True) if _face(side, facing)]
    return sorted(found, key=lambda thing: int(net.cost[thing]))


def links(net: Network, route: Route) -> list[list[int]]:
    """What each two in a row of a route share, the rarest first."""
    return [shared(net, one, other) for one, other in pairwise(route.parties)]


class _End:
    """One of the two parties: its things, and those whom they link with it.

    Attributes
    ----------
    hubs : things of the party that are too common to be followed
    near : parties whom other things link with it, ascending; the party itself is none of them
    rarest : by party whom anything links with it, what the rarest of these things costs
    """

    def __init__(self, net: Network, party: int):
        self.party = party
        own = net.of(party)
        self.hubs = distinct(own.thing[net.users[own.thing] > FOLLOWED])
        sides = np.zeros(len(net.users), dtype=np.int64)
        np.bitwise_or.at(sides, own.thing, own.side)
        linked = net.where((_face(sides[net.thing], net.side)) & (net.party != party))
        self.near = distinct(linked.party[net.users[linked.thing] <= FOLLOWED])
        cost = net.cost[linked.thing]
        order = np.lexsort((cost, linked.party))
        parties, first = np.unique(linked.party[order], return_index=True)
        self.rarest: dict[int, int] = dict(zip(parties.tolist(), cost[order][first].tolist(), strict=True))


def _face(one: Any, other: Any) -> Any:
    """Whether the one stands on a side of a thing that the other's lies opposite to."""
    return ((one & FROM > 0) & (other & TO > 0)) | ((one & TO > 0) & (other & FROM > 0))


def _side(own: Network, thing: int) -> int:
    return int(np.bitwise_or.reduce(own.side[own.thing == thing]))


def _between(start: _End, goal: _End) -> list[int]:
    """Parties that are linked with both, with one of them at least by a thing that is followed."""
    found = {by for by in start.near.tolist() if by in goal.rarest} | {
        by for by in goal.near.tolist() if by in start.rarest
    }
    return sorted(found - {start.party, goal.party})


def _two_between(net: Network, start: _End, goal: _End) -> list[tuple[int, int, int]]:
    """Pairs of parties, the first of which is linked with the one and the second with the other, and the two with each
    other, all by things that are followed; and what the rarest that links the two costs."""
    ends, sides = [start.party, goal.party], []
    for people, others in ((start.near, goal.near), (goal.near, start.near)):
        used = net.where(
            (net.users[net.thing] <= FOLLOWED) & np.isin(net.party, np.setdiff1d(people, [*others, *ends]))
        )
        sides.append(pd.DataFrame({"party": used.party, "thing": used.thing, "side": used.side}))
    pairs = sides[0].merge(sides[1], on="thing", suffixes=("", "_other"))
    pairs = pairs[_face(pairs["side"].to_numpy(), pairs["side_other"].to_numpy())]
    pairs["cost"] = net.cost[pairs["thing"].to_numpy()]
    rarest = pairs.groupby(["party", "party_other"], as_index=False)["cost"].min()
    return list(rarest[["party", "party_other", "cost"]].itertuples(index=False, name=None))
