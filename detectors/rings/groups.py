"""From ties to groups: people whom what they share binds, round after round, and the splitting of what is too large."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import networkx as nx
import numpy as np

from ...graph.kernels.coincidence import ONCE, Ties, added_up
from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import distinct
from ..sharing.population import Compared

LEAST_THINGS = 2
"""One thing in common is a coincidence, or a hub; a second makes it a cycle of ties."""
CONFIRMING = 3
"""So many users of a value, and half of all its users, must be bound to others of them already, for it to bind all."""
FEW = 3
"""Two groups with so many people of several ties each are so rare that what ties them is no matter of their size."""


RARE = 2.5
"""What weighs so much is shared by chance with fewer than one in twelve."""

LOOSE = 0.5
"""What ties a person to a group whose members are rarely tied so by chance, the group's size taken into account."""


@dataclass(frozen=True)
class Group:
    """People who hang together.

    Attributes
    ----------
    people : int64, ascending
    cut_from : how many people a larger group held of which this is a part; 0 where it was not taken apart
    """

    people: np.ndarray
    cut_from: int = 0


def bound_together(
    compared: Compared,
    rule: np.ndarray,
    strength: float,
    single: float,
    weak: float = math.inf,
    label: np.ndarray | None = None,
) -> np.ndarray:
    """Label the groups that what they share binds: int64 by person.

    In the beginning everybody is a group. Then, round after round, all these are joined at once, until nothing is:

    - two groups that at least ``LEAST_THINGS`` things tie, of a weight of ``strength`` in all
    - two groups that one thing ties which no place explains, of a weight of ``single``; of ``strength``, where each
      has two people or more who are tied to another person by several things: the clients of a hub, whom the hub alone
      binds, are not
    - two groups that anything ties, a place even, of a weight of ``weak``, where each has two people or more; and one
      person and a group, where ``FEW`` people of it or more are tied to the rest of it by several things
    - all users of a value half of whom, and no less than ``CONFIRMING``, are in groups with other users of it: a value
      whose users share other things too is no coincidence for any of them

    One thing that one person of each has binds no groups that have ``FEW`` people of several ties each: they stand by
    themselves. Larger groups share more by chance: the weight must be larger by the logarithm of the number of pairs
    between two groups, unless each has ``FEW`` people tied by several things.

    Parameters
    ----------
    label : the groups to begin with, where people are not to begin alone
    """
    ties, count = compared.ties, len(compared.people)
    telling = distinct(ties.value)
    used = np.isin(compared.value, telling)
    holder, value = compared.holder[used], np.searchsorted(telling, compared.value[used])
    users = compared.holders[telling]
    place = ~np.isin(telling, ties.value[rule[ties.facet] <= ONCE])
    firm = _firm(ties, np.arange(count), rule, strength)
    label = np.arange(count, dtype=np.int64) if label is None else label
    while True:
        size = np.bincount(label, minlength=count)
        between = _offers(ties, label, rule, firm, (strength, single, weak))
        strong = between.total >= between.asked
        confirmed = _confirmed(label[holder], value, users, place, size)
        one = np.concatenate((between.first[strong], label[holder[confirmed]]))
        other = np.concatenate((between.second[strong], count + value[confirmed]))
        joined = weak_components(one, other, count + len(users))[label].astype(np.int64)
        if np.count_nonzero(np.bincount(joined)) == np.count_nonzero(size):
            return label
        label = joined


class Offers(NamedTuple):
    """What ties groups, pair by pair, and what would join them.

    Attributes
    ----------
    first, second : int64, labels
    total : float64, the weight of what ties the two, less what their sizes explain
    sizes : float64, what their sizes explain
    asked : float64, the total from which they are joined; infinite where none would do
    things : int64, how many things tie them
    """

    first: np.ndarray
    second: np.ndarray
    total: np.ndarray
    sizes: np.ndarray
    asked: np.ndarray
    things: np.ndarray


def offers(
    compared: Compared, label: np.ndarray, rule: np.ndarray, strength: float, single: float, weak: float = math.inf
) -> Offers:
    """What ties groups that ``bound_together``, which has the same arguments, did not join, and what it asked."""
    firm = _firm(compared.ties, np.arange(len(label)), rule, strength)
    return _offers(compared.ties, label, rule, firm, (strength, single, weak))


def _offers(
    ties: Ties, label: np.ndarray, rule: np.ndarray, firm: np.ndarray, strengths: tuple[float, float, float]
) -> Offers:
    strength, single, weak = strengths
    count = len(label)
    sums = added_up(ties, label, rule)
    size, firmly = (np.bincount(label, weights, count) for weights in (None, firm))
    several = np.minimum(firmly[sums.first], firmly[sums.second])
    less, more = np.sort(np.stack([size[sums.first], size[sums.second]]), axis=0)
    sizes = np.log(np.where(several < FEW, less * more, 1))
    total = sums.total - sizes
    asked = np.where(sums.things >= LEAST_THINGS, strength, math.inf)
    asked = np.minimum(asked, np.where(sums.alone, np.where(several > 1, strength, single), math.inf))
    if weak < math.inf:
        settled = np.bincount(label, _settled(ties, label, rule, strength), count) >= FEW
        whom = (less > 1) | settled[sums.first] | settled[sums.second]
        asked = np.minimum(asked, np.where(whom, weak, math.inf))
    # two people of several ties each form their groups first, and these stand by themselves
    asked[sums.slight & (several >= np.where(more > 1, FEW, 1))] = math.inf
    return Offers(sums.first, sums.second, total, sizes, asked, sums.things)


def tied_singly(ties: Ties, facets: Sequence[int], people: int) -> np.ndarray:
    """The groups that anything rare joins by itself, whenever it was used: int64 by person. Chains of such ties are so
    few by chance that those of five people are rare in a book.

    Parameters
    ----------
    facets : those of which one thing is enough
    """
    rare = np.isin(ties.facet, facets) & (ties.weight >= RARE)
    return weak_components(ties.first[rare], ties.second[rare], people).astype(np.int64)


def joined_loosely(ties: Ties, label: np.ndarray, rule: np.ndarray) -> np.ndarray:
    """Groups of ``FEW`` people or more, with the people and groups that anything ties to them, a place even, whenever
    it was used: what ties a person to a group by chance grows with the group.

    Parameters
    ----------
    label : the groups to begin with
    """
    size = np.bincount(label, minlength=len(label))
    sums = added_up(ties._replace(near=np.zeros_like(ties.near)), label, rule)
    one, other = size[sums.first], size[sums.second]
    strong = (np.maximum(one, other) >= FEW) & (sums.total - np.log(one * other) >= LOOSE)
    return weak_components(sums.first[strong], sums.second[strong], len(label))[label].astype(np.int64)


def _firm(ties: Ties, alone: np.ndarray, rule: np.ndarray, strength: float) -> np.ndarray:
    """bool by person: tied to one other by several things of a weight of ``strength``."""
    sums = added_up(ties, alone, rule)
    twice = (sums.things >= LEAST_THINGS) & (sums.total >= strength)
    firm = np.zeros(len(alone), dtype=bool)
    firm[sums.first[twice]] = firm[sums.second[twice]] = True
    return firm


def _settled(ties: Ties, label: np.ndarray, rule: np.ndarray, strength: float) -> np.ndarray:
    """bool by person: tied to others of the same group, whoever they are, by several things of ``strength``."""
    inside = label[ties.first] == label[ties.second]
    first, second, *told = (column[inside] for column in ties)
    person = np.concatenate((first, second)).astype(np.int64)
    rest = len(label) + label[person]
    both = Ties(person, rest, *(np.concatenate((column, column)) for column in told))
    return _firm(both, np.arange(2 * len(label)), rule, strength)[: len(label)]


def _confirmed(
    group: np.ndarray, value: np.ndarray, users: np.ndarray, place: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """bool by use of a value: it binds its user, since enough of the value's users are in groups with others of them.
    A place does not bind groups of ``FEW`` people, but for one that has most of its users.

    Parameters
    ----------
    users, place : by value, how many use it in the whole book, and whether it is a place
    size : by group, how many people it has
    """
    keys, pair, together = np.unique(value << 32 | group, return_inverse=True, return_counts=True)
    value, group = keys >> 32, keys & 0xFFFFFFFF
    counts = ~place[value] | (size[group] < FEW) | (2 * together > users[value])
    several = counts & (together > 1)
    bound = np.zeros(len(users), dtype=np.int64)
    np.add.at(bound, value[several], together[several])
    return (counts & ((bound >= CONFIRMING) & (2 * bound >= users))[value])[pair]


def find_groups(ties: Ties, label: np.ndarray, rule: np.ndarray, least: int, most: int) -> list[Group]:
    """The groups of at least ``least`` people; what holds more than ``most`` is split.

    Parameters
    ----------
    label : by person, as ``bound_together`` gives it
    """
    size = np.bincount(label, minlength=1)
    order = np.argsort(label, kind="stable")
    order = order[size[label[order]] >= least]
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    found = [Group(people) for people in groups if len(people) <= most]
    for people in groups:
        if len(people) > most:
            inside = label[ties.first] == label[people[0]]
            inside &= label[ties.second] == label[people[0]]
            sums = added_up(Ties(*(column[inside] for column in ties)), np.arange(len(label)), rule)
            graph = nx.Graph()
            graph.add_nodes_from(people.tolist())
            graph.add_weighted_edges_from(zip(*(column.tolist() for column in sums[:3]), strict=True))
            # what the weakest links hold together, the tree of the strongest does, too
            for part in _parts(nx.maximum_spanning_tree(graph), least, most):
                found.append(Group(np.array(sorted(part)), len(people) if len(part) < len(people) else 0))
    return found


def _parts(graph: nx.Graph, least: int, most: int) -> Iterator[set[int]]:
    """The people of the parts of a graph, none more than ``most`` as far as its links can be told apart: the weakest
    are left out until it falls apart or shrinks enough."""
    people = set(graph.nodes)
    if len(people) <= most:
        yield people
        return
    for level in sorted({weight for _, _, weight in graph.edges.data("weight")})[1:]:
        rest = graph.edge_subgraph((a, b) for a, b, weight in graph.edges.data("weight") if weight >= level)
        parts = [nodes for nodes in nx.connected_components(rest) if len(nodes) >= least]
        if not parts:
            break
        if len(parts) > 1 or len(parts[0]) <= most:
            for nodes in parts:
                yield from _parts(nx.Graph(rest.subgraph(nodes)), least, most)
            return
    yield people
