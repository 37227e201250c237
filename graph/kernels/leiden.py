"""Communities of an undirected graph by the Leiden method: dense inside, thin between, each in one piece."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compiled import edge_ids, frozen, kernel
from .components import numbered, weak_components

LIMIT = 200
"""How often, on average, each end of an edge may be looked at before nodes stop moving, by default."""
_PASSES = 2
"""How often nodes are gone over from single ones up to communities: what a first pass put into one node of a smaller
graph is free again in the next."""
_RANDOMNESS = 0.01
"""How freely a node joins another than the best part of its community as it is refined, as Traag et al. have it; in
units of the mean weight of an edge, so that the scale of weights is no matter."""


class Communities(NamedTuple):
    """A partition of the nodes.

    Attributes
    ----------
    label : int32[node_count], 0 to k-1 in the order of each community's least node
    modularity : of the partition, as ``modularity`` tells
    work : how many ends of edges were looked at as nodes moved
    truncated : the bound on work bit; nodes might still have moved
    """

    label: np.ndarray
    modularity: float
    work: int
    truncated: bool


def leiden(
    source: np.ndarray,
    target: np.ndarray,
    node_count: int,
    weight: np.ndarray | None = None,
    resolution: float = 1.0,
    seed: int = 0,
    limit: float = LIMIT,
) -> Communities:
    """Communities of high modularity, each connected.

    Traag, Waltman & van Eck 2019 ("From Louvain to Leiden: guaranteeing well-connected communities"): nodes move to the
    neighbouring community that gains most, those around a node that moved being looked at again; each community is
    refined into well-connected parts; the parts become the nodes of a smaller graph, on which the same is done until
    every community is one node.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges; direction is no matter, parallel edges add up
    node_count : ids run from 0 to ``node_count - 1``; a node without edges is a community of its own
    weight : float64[m], finite and not below 0; 1 each where None
    resolution : above 0; the higher, the smaller the communities
    seed : of the order in which nodes are looked at; one seed gives one answer
    limit : nodes stop moving once the ends of edges have been looked at so often, on average

    Raises
    ------
    ValueError : ids out of range, or a weight or resolution that makes no sense
    """
    source, target = edge_ids(source, target, node_count)
    weight = _weights(weight, len(source), resolution)
    graph = tuple(frozen(part, part.dtype.type) for part in _undirected(source, target, weight, node_count))
    state = np.array([seed % 2**64], dtype=np.uint64)
    allowed, work = int(limit * len(graph[1])), 0
    label = np.arange(node_count, dtype=np.int32)
    for _ in range(_PASSES):
        label, done = _once(graph, label, resolution, state, allowed - work)
        work += done
    # Where a pass did not end with every community one node, a community may lie in pieces; apart they are worth more.
    inside = (label[source] == label[target]) & (weight > 0)
    label = weak_components(source[inside], target[inside], node_count)
    return Communities(label, _modularity(source, target, weight, label, resolution), work, work >= allowed > 0)


def _once(
    graph: tuple[np.ndarray, ...], community: np.ndarray, resolution: float, state: np.ndarray, allowed: int
) -> tuple[np.ndarray, int]:
    """A partition bettered from the single nodes up to the communities, and the work that took."""
    where = np.arange(len(community), dtype=np.int32)
    total, work = float(graph[3].sum()), 0
    while total > 0:
        offsets, neighbours, weights, strength = graph
        pull, theta = resolution / total, _RANDOMNESS * float(weights.mean()) if len(weights) else 1.0
        work += _move(offsets, neighbours, weights, strength, pull, community, state, allowed - work)
        community, count = numbered(community)
        if count == len(community) or work >= allowed:
            break
        part, parts = _refine(offsets, neighbours, weights, strength, pull, theta, community, state)
        if parts == len(community):
            break
        graph = tuple(
            frozen(each, each.dtype.type)
            for each in _drawn_together(offsets, neighbours, weights, strength, part, parts)
        )
        above = np.empty(parts, dtype=np.int32)
        above[part] = community
        where, community = part[where], above
    return community[where], work


def modularity(
    source: np.ndarray,
    target: np.ndarray,
    label: np.ndarray,
    weight: np.ndarray | None = None,
    resolution: float = 1.0,
) -> float:
    """How much more weight lies inside communities than chance would put there, at most 1 (Newman & Girvan 2004, with
    the resolution of Reichardt & Bornholdt 2006); 0 for a graph without weight. A self-loop adds its weight twice to
    its node's strength.

    Parameters
    ----------
    label : int32[node_count], the community of each node
    source, target, weight, resolution : as for ``leiden``
    """
    source, target = edge_ids(source, target, len(label))
    return _modularity(source, target, _weights(weight, len(source), resolution), label, resolution)


def _weights(weight: np.ndarray | None, count: int, resolution: float) -> np.ndarray:
    if not 0 < resolution < np.inf:
        raise ValueError(f"resolution {resolution} is not above 0")
    if weight is None:
        return frozen(np.ones(count), np.float64)
    if len(weight) != count or not (np.isfinite(weight) & (np.asarray(weight) >= 0)).all():
        raise ValueError(f"weights are no {count} finite numbers of 0 or more")
    return frozen(weight, np.float64)


def _modularity(
    source: np.ndarray, target: np.ndarray, weight: np.ndarray, label: np.ndarray, resolution: float
) -> float:
    total = 2 * float(weight.sum())
    if not total:
        return 0.0
    inside = 2 * float(weight[label[source] == label[target]].sum())
    ends = np.concatenate([label[source], label[target]])
    strength = np.bincount(ends, weights=np.concatenate([weight, weight]))
    return inside / total - resolution * float(((strength / total) ** 2).sum())


@kernel
def _undirected(source, target, weight, node_count):
    """Offsets, neighbours and weights of edges at both ends, self-loops left out; and the strengths of nodes, to which
    self-loops add twice."""
    offsets = np.zeros(node_count + 1, np.int64)
    strength = np.zeros(node_count)
    for edge in range(source.size):
        one, other = source[edge], target[edge]
        strength[one] += weight[edge]
        strength[other] += weight[edge]
        if one != other and weight[edge] > 0.0:
            offsets[one + 1] += 1
            offsets[other + 1] += 1
    for node in range(node_count):
        offsets[node + 1] += offsets[node]
    place = offsets[:-1].copy()
    neighbours = np.empty(offsets[-1], np.int32)
    weights = np.empty(offsets[-1])
    for edge in range(source.size):
        one, other = source[edge], target[edge]
        if one != other and weight[edge] > 0.0:
            neighbours[place[one]] = other
            weights[place[one]] = weight[edge]
            place[one] += 1
            neighbours[place[other]] = one
            weights[place[other]] = weight[edge]
            place[other] += 1
    return offsets, neighbours, weights, strength


@kernel
def _random(state):
    """The next of splitmix64 (Steele, Lea & Flood 2014), as a number from 0 up to but not 1."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) / 9007199254740992.0


@kernel
def _shuffled(count, state):
    order = np.arange(count).astype(np.int32)
    for last in range(count - 1, 0, -1):
        place = np.int64(_random(state) * (last + 1))
        order[last], order[place] = order[place], order[last]
    return order


@kernel
def _move(offsets, neighbours, weights, strength, pull, community, state, allowed):
    """Move nodes, in ``community``, until none gains by it or the work allowed is done; returns the work."""
    node_count = strength.size
    held = np.zeros(node_count)  # strength by community
    members = np.zeros(node_count, np.int32)
    for node in range(node_count):
        held[community[node]] += strength[node]
        members[community[node]] += 1
    empty = np.empty(node_count + 1, np.int32)
    empty_count = 0
    for name in range(node_count):
        if members[name] == 0:
            empty[empty_count] = name
            empty_count += 1
    queue = _shuffled(node_count, state)
    queued = np.ones(node_count, np.bool_)
    head = 0
    waiting = node_count
    to = np.zeros(node_count)  # weight from the node in hand to each community
    met = np.empty(node_count, np.int32)
    work = 0
    while waiting and work < allowed:
        node = queue[head]
        head = head + 1 if head + 1 < node_count else 0
        waiting -= 1
        queued[node] = False
        own = community[node]
        met_count = 0
        degree_weight = 0.0
        for at in range(offsets[node], offsets[node + 1]):
            name = community[neighbours[at]]
            if to[name] == 0.0:
                met[met_count] = name
                met_count += 1
            to[name] += weights[at]
            degree_weight += weights[at]
        work += offsets[node + 1] - offsets[node]
        drawn = pull * strength[node]
        # A move must gain more than what adding up in another order may seem to.
        least = 1e-12 * degree_weight
        best, gain = own, to[own] - drawn * (held[own] - strength[node])
        for place in range(met_count):
            name = met[place]
            if name != own:
                value = to[name] - drawn * held[name]
                if value > gain + least:
                    best, gain = name, value
        if gain < -least and members[own] > 1:
            empty_count -= 1
            best = empty[empty_count]
        for place in range(met_count):
            to[met[place]] = 0.0
        if best == own:
            continue
        held[own] -= strength[node]
        held[best] += strength[node]
        members[own] -= 1
        if members[own] == 0:
            held[own] = 0.0
            empty[empty_count] = own
            empty_count += 1
        members[best] += 1
        community[node] = best
        for at in range(offsets[node], offsets[node + 1]):
            other = neighbours[at]
            if not queued[other] and community[other] != best:
                queued[other] = True
                tail = head + waiting
                queue[tail if tail < node_count else tail - node_count] = other
                waiting += 1
    return work


@kernel
def _refine(offsets, neighbours, weights, strength, pull, theta, community, state):
    """The part of its community that each node belongs to, and the number of parts: every part connected and well
    connected with the rest of its community."""
    node_count = strength.size
    whole = np.zeros(node_count)  # strength by community
    for node in range(node_count):
        whole[community[node]] += strength[node]
    outward = np.zeros(node_count)  # weight from each part to the rest of its community
    for node in range(node_count):
        for at in range(offsets[node], offsets[node + 1]):
            if community[neighbours[at]] == community[node]:
                outward[node] += weights[at]
    part = np.arange(node_count).astype(np.int32)
    held = strength.copy()
    alone = np.ones(node_count, np.bool_)
    to = np.zeros(node_count)
    met = np.empty(node_count, np.int32)
    chance = np.empty(node_count)
    order = _shuffled(node_count, state)
    for node in order:
        own = community[node]
        drawn = pull * strength[node]
        if not alone[node] or outward[node] < drawn * (whole[own] - strength[node]):
            continue
        met_count = 0
        for at in range(offsets[node], offsets[node + 1]):
            other = neighbours[at]
            if community[other] == own:
                name = part[other]
                if to[name] == 0.0:
                    met[met_count] = name
                    met_count += 1
                to[name] += weights[at]
        # To stay alone gains nothing.
        best = 0.0
        for place in range(met_count):
            name = met[place]
            well = outward[name] >= pull * held[name] * (whole[own] - held[name])
            chance[place] = to[name] - drawn * held[name] if well else -1.0
            best = max(best, chance[place])
        summed = np.exp(-best / theta)
        for place in range(met_count):
            chance[place] = np.exp((chance[place] - best) / theta) if chance[place] >= 0.0 else 0.0
            summed += chance[place]
        left = _random(state) * summed
        chosen = node
        for place in range(met_count):
            left -= chance[place]
            if left < 0.0:
                chosen = met[place]
                break
        if chosen != node:
            outward[chosen] += outward[node] - 2.0 * to[chosen]
            held[chosen] += strength[node]
            part[node] = chosen
            alone[node] = False
            alone[chosen] = False
        for place in range(met_count):
            to[met[place]] = 0.0
    return numbered(part)


@kernel
def _drawn_together(offsets, neighbours, weights, strength, part, parts):
    """The graph whose nodes are the parts, as ``_undirected`` gives it. What lies inside a part counts in its strength
    and nowhere else: as an edge to itself it would hold every node where it is."""
    node_count = strength.size
    first = np.zeros(parts + 1, np.int64)
    for node in range(node_count):
        first[part[node] + 1] += 1
    for name in range(parts):
        first[name + 1] += first[name]
    place = first[:-1].copy()
    members = np.empty(node_count, np.int32)
    for node in range(node_count):
        members[place[part[node]]] = node
        place[part[node]] += 1
    new_offsets = np.zeros(parts + 1, np.int64)
    new_neighbours = np.empty(neighbours.size, np.int32)
    new_weights = np.empty(neighbours.size)
    new_strength = np.zeros(parts)
    to = np.zeros(parts)
    made = 0
    for name in range(parts):
        begin = made
        for node in members[first[name] : first[name + 1]]:
            new_strength[name] += strength[node]
            for at in range(offsets[node], offsets[node + 1]):
                other = part[neighbours[at]]
                if other != name:
                    if to[other] == 0.0:
                        new_neighbours[made] = other
                        made += 1
                    to[other] += weights[at]
        for at in range(begin, made):
            new_weights[at] = to[new_neighbours[at]]
            to[new_neighbours[at]] = 0.0
        new_offsets[name + 1] = made
    return new_offsets, new_neighbours[:made].copy(), new_weights[:made].copy(), new_strength
