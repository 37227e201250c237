"""Who knows whom or shares something: the graph of applicants in which communities are sought."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import distinct, laid_out
from ..sharing.facets import FACET
from ..sharing.population import Population, comparable, compare
from ..sharing.uses import WAY, Uses

NAMED = [WAY[way] for way in ("kin", "acquaintance", "contact")]
"""Ways of holding a phone that name its holder as somebody one knows."""
SHARED = 0.5
"""What a thing that people share is worth to each of its users, all its other users together; to be named as a contact
by one's own phone is worth 1."""
ONE_HAND = [FACET[name] for name in ("handset", "account", "document", "email", "phone")]
"""What strangers do not share: what befalls the loans of people who do comes of one hand."""
_NAMING = (FACET["known"], FACET["listed"])


class Ties(NamedTuple):
    """Pairs of applicants who are tied, each once; arrays of one length.

    Attributes
    ----------
    first, second : int64 ids, ``first < second``
    weight : float64: 1 where one names the other, and ``SHARED`` of each thing that both use, spread over its users
    named : bool: one names the other
    one_hand : bool: they share what strangers do not: a handset, an account, a document, an e-mail or an own phone
    """

    first: np.ndarray
    second: np.ndarray
    weight: np.ndarray
    named: np.ndarray
    one_hand: np.ndarray

    def where(self, mask: np.ndarray) -> Ties:
        """Those for which ``mask`` holds."""
        return Ties(*(column[mask] for column in self))


class Held(NamedTuple):
    """Things by which people are tied: int64 ``value << 32 | person`` of everybody whom one ties to another, ascending.

    Attributes
    ----------
    named : phones by which one names another, with both
    shared : whatever else several use
    """

    named: np.ndarray
    shared: np.ndarray


def ties(shared: Population, uses: Uses, applied: tuple[np.ndarray, np.ndarray], most: int) -> tuple[Ties, Held]:
    """The ties of applicants of different households, and by what they are tied.

    Parameters
    ----------
    uses : of all who may be tied
    applied : who applied, by id, and when, epoch milliseconds
    most : a thing that more applicants use ties nobody
    """
    uses = uses.where(shared.holders[uses.value] <= most)
    namer, holder, phone = _namings(uses, shared.household)
    names = distinct(_paired(namer, holder))
    compared = compare(shared, uses.where(comparable(shared, uses)), applied)
    one, two, facet = compared.people[compared.ties.first], compared.people[compared.ties.second], compared.ties.facet
    beside = ~np.isin(facet, _NAMING)
    both = _paired(one, two)
    pairs, place = np.unique(np.concatenate((names, both[beside])), return_inverse=True)
    thing = compared.ties.value[beside]
    worth = np.concatenate((np.ones(len(names)), SHARED / (compared.holders[thing] - 1)))
    found = Ties(
        first=pairs >> 32,
        second=pairs & 0xFFFFFFFF,
        weight=np.bincount(place, worth, len(pairs)),
        named=np.isin(pairs, names),
        one_hand=np.isin(pairs, both[np.isin(facet, ONE_HAND)]),
    )
    return found, Held(_held(phone, namer, holder), _held(compared.values[thing], one[beside], two[beside]))


def _paired(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.minimum(one, other) << 32 | np.maximum(one, other)


def _held(value: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return distinct(np.concatenate((value << 32 | one, value << 32 | other)))


def _namings(uses: Uses, household: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who names whom of another household by whose own phone: int64 ids of the one who does, of the other, and of the
    phone."""
    own = uses.where(uses.way == WAY["own_phone"])
    own = own.where(np.argsort(own.value, kind="stable"))
    named = uses.where(np.isin(uses.way, NAMED))
    low, high = np.searchsorted(own.value, named.value), np.searchsorted(own.value, named.value, side="right")
    namer, phone = np.repeat(named.person, high - low), np.repeat(named.value, high - low)
    holder = own.person[laid_out(low, high)]
    others = household[namer] != household[holder]
    return namer[others], holder[others], phone[others]
