"""What lies inside some circles: their parties, contracts and loans, as pairs of a circle and what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.kernels.adjacency import forward
from ...graph.kernels.inside_sets import edges_inside
from ...graph.kernels.sets import among, distinct, laid_out
from .ledger import Ledger
from .net import Net


@dataclass(frozen=True)
class Pairs:
    """A circle and something in it, by circle.

    Attributes
    ----------
    circle, place : int64, the number of the circle, and of what is in it
    """

    circle: np.ndarray
    place: np.ndarray

    def where(self, keep: np.ndarray) -> Pairs:
        """Only some of them."""
        return Pairs(self.circle[keep], self.place[keep])

    def within(self, others: Pairs) -> np.ndarray:
        """bool by pair: is it one of the others, too?"""
        size = int(max(self.place.max(initial=0), others.place.max(initial=0))) + 1
        return among(self.circle * size + self.place, distinct(others.circle * size + others.place))


@dataclass(frozen=True)
class Inside:
    """What lies inside circles.

    Attributes
    ----------
    count : how many circles
    parties : their members
    contracts : contracts of the net between two different members, counter-guarantees left out
    loans : loans that a member borrowed, each once
    """

    count: int
    parties: Pairs
    contracts: Pairs
    loans: Pairs

    def total(self, pairs: Pairs, values: np.ndarray) -> np.ndarray:
        """float64 by circle: the sum of the values of what is in it, unknown ones (NaN) left out, in cents."""
        return np.round(np.bincount(pairs.circle, np.nan_to_num(values[pairs.place]), self.count), 2)

    def number(self, pairs: Pairs, mask: np.ndarray) -> np.ndarray:
        """int64 by circle: of how many of what is in it ``mask`` holds."""
        return np.bincount(pairs.circle[mask[pairs.place]], minlength=self.count)


def inside(net: Net, ledger: Ledger, members: Sequence[np.ndarray]) -> Inside:
    """What lies inside circles with these members, by party number."""
    sizes = [len(some) for some in members]
    circle = np.repeat(np.arange(len(sizes)), sizes)
    parties = Pairs(circle, np.concatenate([np.zeros(0, dtype=np.int64), *members]).astype(np.int64))
    plain = np.flatnonzero(net.structural & (net.guarantor != net.borrower))
    offsets = np.cumsum([0, *sizes])
    of, place = edges_inside(net.guarantor[plain], net.borrower[plain], len(net.parties), offsets, parties.place)
    return Inside(
        count=len(sizes),
        parties=parties,
        contracts=Pairs(of, plain[place]),
        loans=once(beside(parties, *ledger.borrowed, len(net.parties))),
    )


def guaranteed(net: Net, ledger: Ledger, what: Inside, contracts: Pairs) -> Pairs:
    """The loans inside circles that some of their contracts secure, each once: the one that a contract names, or all of
    its borrower's where it names none."""
    covers = ledger.covers[contracts.place]
    named = Pairs(contracts.circle, covers).where(covers >= 0)
    open_to_all = contracts.where(covers == -1)
    borrowers = Pairs(open_to_all.circle, net.borrower[open_to_all.place])
    every = beside(borrowers, *ledger.borrowed, len(net.parties))
    found = once(Pairs(np.concatenate((named.circle, every.circle)), np.concatenate((named.place, every.place))))
    return found.where(found.within(what.loans))


def once(pairs: Pairs) -> Pairs:
    """Each pair once, by circle, then place."""
    size = int(pairs.place.max(initial=0)) + 1
    keys = distinct(pairs.circle * size + pairs.place)
    return Pairs(keys // size, keys % size)


def beside(pairs: Pairs, party: np.ndarray, what: np.ndarray, count: int) -> Pairs:
    """For each party in a circle what stands beside that party: ``party[i]`` has ``what[i]``."""
    offsets, _, edges = forward(party.astype(np.int32), np.zeros(len(party), dtype=np.int32), count)
    low, high = offsets[pairs.place], offsets[pairs.place + 1]
    return Pairs(np.repeat(pairs.circle, high - low), what[edges[laid_out(low, high)]].astype(np.int64))
