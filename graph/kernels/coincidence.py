"""What pairs of holders have in common, weighed: holder after holder, nothing of the size of all pairs is ever held.

Every holder holds values, each in a *way*; two ways of holding one value make a *facet* of what a pair shares. How
facets add up is told by their *rule*: values of ``EACH`` count one by one, of ``ONCE`` the best counts, and all of
``PLACE`` and ``SESSION`` together count once, by the best, those of ``SESSION`` only where no value of the first facet
is shared.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compiled import frozen, ids, kernel

EACH, ONCE, PLACE, SESSION = range(4)


class Holding(NamedTuple):
    """Who holds what: arrays of one length, sorted by holder, one entry for each holder and value.

    Attributes
    ----------
    holder, value : int32 ids from 0
    way : int8, how
    label : int32, what the holder calls it, -1 where that is not known
    first, last : int64, the earliest and latest time it was used; ``first > last`` where no time is known
    """

    holder: np.ndarray
    value: np.ndarray
    way: np.ndarray
    label: np.ndarray
    first: np.ndarray
    last: np.ndarray


class Scale(NamedTuple):
    """How what is shared is weighed.

    Attributes
    ----------
    facet : int8[2, ways, ways], the facet that two ways of holding one value make, -1 for none; the second table is for
        holders who call it differently
    rule : int8[facets]
    weight : float32[facets, degrees], by facet and the value's degree; what weighs nothing is no tie
    apart : int64[facets], a value whose uses lie further apart in time than this is not shared at all
    pace : float64, the mean gap in time between what people do who act together
    span : float64, over how long a time what people do is spread
    together : float64, the share of people with something in common, and not by chance, who act at that pace
    """

    facet: np.ndarray
    rule: np.ndarray
    weight: np.ndarray
    apart: np.ndarray
    pace: float
    span: float
    together: float


class Ties(NamedTuple):
    """What pairs of holders share: arrays of one length.

    Attributes
    ----------
    first, second : int32, the holders
    value : int32, what both hold
    facet : int8
    weight : float32, above 0
    near : float32, what the closeness in time of the two adds once, or takes away; the same for all their ties
    """

    first: np.ndarray
    second: np.ndarray
    value: np.ndarray
    facet: np.ndarray
    weight: np.ndarray
    near: np.ndarray


class Moments(NamedTuple):
    """When each holder did something: int64 times ``at[offsets[holder]:offsets[holder + 1]]``, ascending."""

    offsets: np.ndarray
    at: np.ndarray


def coincidences(
    holding: Holding, holder_group: np.ndarray, degree: np.ndarray, moments: Moments, scale: Scale
) -> tuple[Ties, np.ndarray]:
    """Compare every pair of holders of a common value.

    Parameters
    ----------
    holding : as the class says; only values to be compared, since the work grows with the square of their holders
    holder_group : int32 by holder; pairs of one group are passed over
    degree : int32 by value, its place in ``scale.weight``
    moments : by holder; nothing is known of the closeness of those who have none

    Returns
    -------
    ties, by first holder; and int64[facets, degrees], how many pairs share values by that facet and by no other, by the
    least degree of these: values of ``PLACE`` and ``SESSION`` are together one thing, and so are those of the first
    facet with those of ``SESSION``
    """
    holders, values = len(holder_group), len(degree)
    holder, value = ids(holding.holder, holders, "holder"), ids(holding.value, values, "value")
    *columns, lone = _compare(
        holder,
        value,
        frozen(holding.way, np.int8),
        frozen(holding.label, np.int32),
        frozen(holding.first, np.int64),
        frozen(holding.last, np.int64),
        frozen(np.searchsorted(holder, np.arange(holders + 1)), np.int64),
        frozen(np.concatenate(([0], np.cumsum(np.bincount(value, minlength=values)))), np.int64),
        frozen(np.argsort(value, kind="stable"), np.int64),
        frozen(holder_group, np.int32),
        ids(degree, scale.weight.shape[1], "degree"),
        frozen(scale.facet, np.int8),
        frozen(scale.rule, np.int8),
        frozen(scale.weight, np.float32),
        frozen(scale.apart, np.int64),
        frozen(moments.offsets, np.int64),
        frozen(moments.at, np.int64),
        (float(scale.pace), float(scale.span), float(scale.together)),
    )
    return Ties(*columns), lone


class Sums(NamedTuple):
    """What ties add up to, pair by pair, sorted by first, then second.

    Attributes
    ----------
    first, second : int64, the ends, ``first < second``
    total : float64, the sum of what counts and the best closeness in time of any two, to three decimals, so that it
        does not depend on the order of ties
    things : int64, how many things count
    alone : bool, whether a value of a facet that counts one by one is among them
    slight : bool, whether one holder of each group is all that ties them, and by one thing
    """

    first: np.ndarray
    second: np.ndarray
    total: np.ndarray
    things: np.ndarray
    alone: np.ndarray
    slight: np.ndarray


def added_up(ties: Ties, label: np.ndarray, rule: np.ndarray) -> Sums:
    """Add up ties between holders, or between groups of holders, by the rules of their facets.

    Parameters
    ----------
    label : int64 by holder, the group it belongs to; ties inside a group are passed over
    rule : int8[facets]
    """
    one, other = label[ties.first], label[ties.second]
    between = one != other
    one, other = np.minimum(one, other)[between], np.maximum(one, other)[between]
    value, facet, weight = ties.value[between], ties.facet[between], ties.weight[between].astype(np.float64)
    keys, pair = np.unique(one.astype(np.int64) << 32 | other, return_inverse=True)
    rule = np.asarray(rule)[facet]
    # one by one: of each value its weightiest tie
    each = np.flatnonzero(rule == EACH)
    each = each[np.lexsort((-weight[each], value[each], pair[each]))]
    new = np.ones(len(each), dtype=bool)
    new[1:] = (pair[each][1:] != pair[each][:-1]) | (value[each][1:] != value[each][:-1])
    each = each[new]
    total, things = np.zeros(len(keys)), np.bincount(pair[each], minlength=len(keys))
    np.add.at(total, pair[each], weight[each])
    alone = things > 0
    first_facet = np.zeros(len(keys), dtype=bool)
    first_facet[pair[facet == 0]] = True
    for best_of in (rule == ONCE, (rule == PLACE) | ((rule == SESSION) & ~first_facet[pair])):
        best = np.zeros(len(keys))
        np.maximum.at(best, pair[best_of], weight[best_of])
        total += best
        things += best > 0
    near = np.full(len(keys), -np.inf)
    np.maximum.at(near, pair, ties.near[between])
    total += near
    slight = (things < 2) & _one_each(ties.first[between], ties.second[between], pair, len(keys))
    return Sums(keys >> 32, keys & 0xFFFFFFFF, np.round(total, 3), things, alone, slight)


def _one_each(first: np.ndarray, second: np.ndarray, pair: np.ndarray, pairs: int) -> np.ndarray:
    """bool by pair of groups: all ties between the two are between the same two holders."""
    ends = first.astype(np.int64) << 32 | second
    least, most = np.full(pairs, np.iinfo(np.int64).max), np.full(pairs, -1, dtype=np.int64)
    np.minimum.at(least, pair, ends)
    np.maximum.at(most, pair, ends)
    return least == most


@kernel
def closeness(gap, tries, pace, span, together):
    """Log of how much likelier it is that two people act so close to each other if they act together than if not.

    Who acts together follows at a mean ``pace`` in a share ``together`` of cases, and acts like any two otherwise. Any
    two acts lie ``gap`` apart with density ``2 (span - gap) / span²``; the gap is the least of ``tries`` pairs of acts.
    """
    chance = tries * 2.0 * max(span - gap, 0.02 * span) / (span * span)
    return np.log(together * np.exp(-gap / pace) / pace / chance + 1.0 - together)


@kernel
def _near(one, other, offsets, at, numbers):
    """The closeness of two holders, 0 where nothing is known of either."""
    begin, end = offsets[one], offsets[one + 1]
    place, stop = offsets[other], offsets[other + 1]
    if begin == end or place == stop:
        return 0.0
    tries = (end - begin) * (stop - place)
    gap = abs(at[begin] - at[place])
    while begin < end and place < stop:
        gap = min(gap, abs(at[begin] - at[place]))
        if at[begin] < at[place]:
            begin += 1
        else:
            place += 1
    pace, span, together = numbers
    return closeness(float(gap), float(tries), pace, span, together)


@kernel
def _compare(
    holder, value, way, label, first_use, last_use, own, of_value, by_value, group, degree, facet, rule, weight, apart,
    offsets, moments, numbers,
):  # fmt: skip
    holders, facets = group.size, rule.size
    place = np.empty(value.size, np.int64)
    for at in range(by_value.size):
        place[by_value[at]] = at
    lone = np.zeros(weight.shape, np.int64)
    least_degree = np.zeros((holders, facets), np.int32)  # by partner and facet, 0 where nothing is shared
    partners = np.empty(holders, np.int32)
    is_partner = np.zeros(holders, np.bool_)
    near = np.zeros(holders, np.float32)
    found, room = 0, 1024
    first, second, shared = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    by, weighing, nearness = np.empty(room, np.int8), np.empty(room, np.float32), np.empty(room, np.float32)
    for one in range(holders):
        partner_count = 0
        for use in range(own[one], own[one + 1]):
            common = value[use]
            for at in range(place[use] + 1, of_value[common + 1]):
                other_use = by_value[at]
                other = holder[other_use]
                differ = label[use] >= 0 and label[other_use] >= 0 and label[use] != label[other_use]
                kind = facet[int(differ), way[use], way[other_use]]
                if group[one] == group[other] or kind < 0:
                    continue
                if first_use[use] <= last_use[use] and first_use[other_use] <= last_use[other_use]:
                    gap = max(first_use[use] - last_use[other_use], first_use[other_use] - last_use[use], 0)
                    if gap > apart[kind]:
                        continue
                if not is_partner[other]:
                    is_partner[other] = True
                    near[other] = np.nan  # until it is asked for
                    partners[partner_count] = other
                    partner_count += 1
                if least_degree[other, kind] == 0 or degree[common] < least_degree[other, kind]:
                    least_degree[other, kind] = degree[common]
                weighs = weight[kind, degree[common]]
                if weighs <= 0:
                    continue
                if found == room:
                    first = np.concatenate((first, np.empty(room, np.int32)))
                    second = np.concatenate((second, np.empty(room, np.int32)))
                    shared = np.concatenate((shared, np.empty(room, np.int32)))
                    by = np.concatenate((by, np.empty(room, np.int8)))
                    weighing = np.concatenate((weighing, np.empty(room, np.float32)))
                    nearness = np.concatenate((nearness, np.empty(room, np.float32)))
                    room *= 2
                if np.isnan(near[other]):
                    near[other] = _near(one, other, offsets, moments, numbers)
                first[found], second[found], shared[found] = one, other, common
                by[found], weighing[found], nearness[found] = kind, weighs, near[other]
                found += 1
        for at in range(partner_count):
            # alone: values of one facet only, or of several that are one thing
            other = partners[at]
            is_partner[other] = False
            kinds = 0
            somewhere = False
            for kind in range(facets):
                if least_degree[other, kind]:
                    if rule[kind] == PLACE:
                        somewhere = True
                    elif rule[kind] == SESSION:
                        somewhere = somewhere or least_degree[other, 0] == 0
                    else:
                        kinds += 1
            if kinds + somewhere == 1:
                for kind in range(facets):
                    if least_degree[other, kind] and (somewhere or rule[kind] != SESSION):
                        lone[kind, least_degree[other, kind]] += 1
            least_degree[other, :] = 0
    return first[:found], second[:found], shared[:found], by[:found], weighing[:found], nearness[:found], lone
