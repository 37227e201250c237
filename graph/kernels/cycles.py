"""Directed cycles: all short ones within bounds, and one shortest through each of some nodes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .adjacency import backward, distinct_arcs, forward
from .compiled import edge_ids, frozen, ids, kernel
from .components import strong_components

ARCS_PER_CYCLE = 100
"""Arcs that may be tried from one start for each cycle it may list, so that a bound on cycles bounds the work too."""
ARCS_AT_LEAST = 1_000_000
"""Arcs that may be tried from one start, however few cycles it may list."""


class Cycles(NamedTuple):
    """Simple directed cycles, each once. Cycle ``i`` is ``nodes[offsets[i]:offsets[i + 1]]``, its least node first.

    Attributes
    ----------
    offsets : int64[k+1]
    nodes : int32[offsets[k]]
    self_loops : int32[], nodes with an edge to themselves, ascending; these are no cycles
    capped : int32[], ascending: nodes whose search stopped at the bound per start. Cycles through such a node may
        be missing, and no others
    unsearched : int32[], ascending: nodes whose search had not ended when the bound on all cycles was reached. What
        is missing for this bound runs through such nodes only
    """

    offsets: np.ndarray
    nodes: np.ndarray
    self_loops: np.ndarray
    capped: np.ndarray
    unsearched: np.ndarray


def cycles(
    source: np.ndarray,
    target: np.ndarray,
    node_count: int,
    max_length: int = 6,
    per_start: int = 10_000,
    total: int = 10_000_000,
) -> Cycles:
    """Every simple directed cycle of 2 to ``max_length`` arcs; parallel edges are one arc.

    Nodes are searched from the best connected to the least (equal ones by id), each without those before it, so that
    a hub is walked through only once. From each start, paths are followed depth first and only along nodes from which
    the way back is short enough. The answer does not depend on the order of edges.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges
    node_count : ids run from 0 to ``node_count - 1``
    max_length : longest cycle looked for, 2 to 100 arcs
    per_start : most cycles listed from one start; a 100-node component of density 0.3 holds 91 million of length 6
    total : most cycles listed in all
    """
    if not 2 <= max_length <= 100:
        raise ValueError(f"max_length is {max_length}, not 2 to 100")
    source, target = edge_ids(source, target, node_count)
    self_loops = np.unique(source[source == target])
    source, target = _inside_components(source, target, node_count)

    # The local id of a node is its place in the order of search.
    names, ends = np.unique(np.concatenate((source, target)), return_inverse=True)
    order = np.argsort(-np.bincount(ends, minlength=len(names)), kind="stable")
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    names = names[order].astype(np.int32)
    source, target = distinct_arcs(place[ends[: len(source)]], place[ends[len(source) :]], len(names))
    out = forward(source, target, len(names))
    into = backward(source, target, len(names))
    offsets, nodes, capped, first_unsearched = _cycles(
        frozen(out.offsets, np.int64),
        frozen(out.neighbours, np.int32),
        frozen(into.offsets, np.int64),
        frozen(into.neighbours, np.int32),
        max_length,
        per_start,
        total,
        max(ARCS_AT_LEAST, ARCS_PER_CYCLE * per_start),
    )
    _least_first(offsets, nodes, names)
    return Cycles(offsets, nodes, self_loops, np.sort(names[capped]), np.sort(names[first_unsearched:]))


def shortest_cycles(
    source: np.ndarray, target: np.ndarray, node_count: int, nodes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One shortest directed cycle through each of ``nodes``, of any length from 2 on.

    Searched from both sides of the node. Which of several equally short ones is taken does not depend on the order of
    edges.

    Parameters
    ----------
    source, target : int32[m], the ends of the edges
    node_count : ids run from 0 to ``node_count - 1``
    nodes : int32[k]

    Returns
    -------
    offsets int64[k+1] and a flat int32 array: the cycle through ``nodes[i]`` is ``flat[offsets[i]:offsets[i + 1]]``
    and begins with that node; it is empty where no cycle passes through the node
    """
    source, target = edge_ids(source, target, node_count)
    nodes = ids(nodes, node_count, "nodes")
    source, target = _inside_components(source, target, node_count)
    # Local ids keep the order of nodes; what lies on no cycle has no local id.
    names = np.unique(source)
    local = np.where(np.isin(nodes, names), np.searchsorted(names, nodes), -1)
    source, target = np.searchsorted(names, source), np.searchsorted(names, target)
    out = forward(source, target, len(names))
    into = backward(source, target, len(names))
    offsets, flat = _shortest_cycles(
        frozen(out.offsets, np.int64),
        frozen(out.neighbours, np.int32),
        frozen(into.offsets, np.int64),
        frozen(into.neighbours, np.int32),
        frozen(local, np.int32),
    )
    return offsets, names[flat].astype(np.int32)


def _inside_components(source: np.ndarray, target: np.ndarray, node_count: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct arcs whose ends lie in one strong component: only these are on cycles."""
    source, target = distinct_arcs(source, target, node_count)
    component = strong_components(source, target, node_count)
    inside = component[source] == component[target]
    return source[inside], target[inside]


@kernel
def _cycles(out_offsets, out, in_offsets, into, max_length, per_start, total, arcs_per_start):
    """Cycles in local ids, each from its least one; neighbours ascend. Also the capped starts, and the first start
    that the bound on all cycles left undone."""
    node_count = out_offsets.size - 1
    far = np.int8(127)
    to_start = np.full(node_count, far, np.int8)  # arcs from a node back to the start, as far as they are needed
    from_start = np.full(node_count, far, np.int8)  # arcs from the start to a node near it
    # Neighbours before the start are no longer there; these point behind them.
    out_begin = out_offsets[:-1].copy()
    in_begin = in_offsets[:-1].copy()
    near = np.empty(node_count, np.int32)
    reached = np.empty(node_count, np.int32)
    path = np.empty(max_length, np.int32)
    cursor = np.empty(max_length, np.int64)
    on_path = np.zeros(node_count, np.bool_)
    offsets = np.zeros(1024, np.int64)
    nodes = np.empty(4096, np.int32)
    count = 0
    capped = np.empty(node_count, np.int32)
    capped_count = 0
    first_unsearched = node_count
    # A node j arcs before the start lies on a cycle only if it is at most max_length - j arcs behind it. That is known
    # for nodes up to half a cycle ahead, which spares the backward search its widest rings.
    half = (max_length - 1) // 2

    for start in range(node_count):
        near[0] = start
        from_start[start] = 0
        near_count = 1
        head = 0
        while head < near_count:
            node = near[head]
            head += 1
            while out_begin[node] < out_offsets[node + 1] and out[out_begin[node]] < start:
                out_begin[node] += 1
            if from_start[node] < half:
                for at in range(out_begin[node], out_offsets[node + 1]):
                    if from_start[out[at]] == far:
                        from_start[out[at]] = from_start[node] + 1
                        near[near_count] = out[at]
                        near_count += 1
        reached[0] = start
        to_start[start] = 0
        reached_count = 1
        head = 0
        while head < reached_count:
            node = reached[head]
            head += 1
            distance = to_start[node] + 1
            if distance >= max_length:
                continue
            while in_begin[node] < in_offsets[node + 1] and into[in_begin[node]] < start:
                in_begin[node] += 1
            for at in range(in_begin[node], in_offsets[node + 1]):
                before = into[at]
                if to_start[before] == far and (
                    max_length - distance > half or from_start[before] <= max_length - distance
                ):
                    to_start[before] = distance
                    reached[reached_count] = before
                    reached_count += 1

        listed = 0
        arcs = 0
        stop = reached_count == 1
        path[0] = start
        cursor[0] = out_begin[start]
        depth = 0
        while depth >= 0 and not stop:
            node = path[depth]
            if cursor[depth] == out_offsets[node + 1]:
                on_path[node] = False
                depth -= 1
                continue
            following = out[cursor[depth]]
            cursor[depth] += 1
            arcs += 1
            if arcs > arcs_per_start:
                capped[capped_count] = start
                capped_count += 1
                stop = True
            elif following == start:
                if count == total:
                    first_unsearched = start
                    stop = True
                elif listed == per_start:
                    capped[capped_count] = start
                    capped_count += 1
                    stop = True
                else:
                    listed += 1
                    end = offsets[count] + depth + 1
                    if end > nodes.size:
                        larger = np.empty(2 * nodes.size + max_length, np.int32)
                        larger[: nodes.size] = nodes
                        nodes = larger
                    if count + 2 > offsets.size:
                        longer = np.empty(2 * offsets.size, np.int64)
                        longer[: offsets.size] = offsets
                        offsets = longer
                    nodes[offsets[count] : end] = path[: depth + 1]
                    count += 1
                    offsets[count] = end
            elif following > start and depth + 1 + to_start[following] <= max_length and not on_path[following]:
                while out_begin[following] < out_offsets[following + 1] and out[out_begin[following]] < start:
                    out_begin[following] += 1
                depth += 1
                path[depth] = following
                on_path[following] = True
                cursor[depth] = out_begin[following]

        for at in range(depth + 1):
            on_path[path[at]] = False
        for at in range(near_count):
            from_start[near[at]] = far
        for at in range(reached_count):
            to_start[reached[at]] = far
        if first_unsearched == start:
            break
    return offsets[: count + 1].copy(), nodes[: offsets[count]].copy(), capped[:capped_count].copy(), first_unsearched


@kernel
def _least_first(offsets, nodes, names):
    """Give the nodes of cycles their names, in place, and turn each cycle so that its least name comes first."""
    turned = np.empty(128, np.int32)
    for cycle in range(offsets.size - 1):
        begin, length = offsets[cycle], offsets[cycle + 1] - offsets[cycle]
        least = 0
        for place in range(length):
            turned[place] = names[nodes[begin + place]]
            if turned[place] < turned[least]:
                least = place
        for place in range(length):
            nodes[begin + place] = turned[(least + place) % length]


@kernel
def _shortest_cycles(out_offsets, out, in_offsets, into, centres):
    """A shortest cycle through each centre (local ids; none through -1). Every other local id lies on some cycle."""
    node_count = out_offsets.size - 1
    # Per side, 0 what lies ahead of the centre and 1 what lies behind it: whether a node is seen, the neighbour it was
    # seen from, and the nodes seen, ring by ring.
    seen = np.zeros((2, node_count), np.bool_)
    via = np.empty((2, node_count), np.int32)
    queue = np.empty((2, node_count + 1), np.int32)
    begin = np.zeros(2, np.int64)
    end = np.zeros(2, np.int64)
    offsets = np.zeros(centres.size + 1, np.int64)
    nodes = np.empty(1024, np.int32)
    for which in range(centres.size):
        centre = centres[which]
        if centre < 0:
            offsets[which + 1] = offsets[which]
            continue
        for side in range(2):
            queue[side, 0] = centre
            seen[side, centre] = True
            begin[side] = 0
            end[side] = 1
        length = 0
        meeting = node_count
        while meeting == node_count:
            # Widen the side whose outer ring is the smaller by one ring; all cycles up to the sum of both are seen.
            side = 0 if end[0] - begin[0] <= end[1] - begin[1] else 1
            side_offsets = out_offsets if side == 0 else in_offsets
            side_nodes = out if side == 0 else into
            length += 1
            last = end[side]
            while begin[side] < last:
                node = queue[side, begin[side]]
                begin[side] += 1
                for at in range(side_offsets[node], side_offsets[node + 1]):
                    neighbour = side_nodes[at]
                    if neighbour == centre:  # the way round is closed before the other side has set out
                        via[1 - side, node] = centre
                        meeting = min(meeting, node)
                    elif not seen[side, neighbour]:
                        seen[side, neighbour] = True
                        via[side, neighbour] = node
                        queue[side, end[side]] = neighbour
                        end[side] += 1
                        if seen[1 - side, neighbour]:
                            meeting = min(meeting, neighbour)
        stop = offsets[which] + length
        offsets[which + 1] = stop
        if stop > nodes.size:
            larger = np.empty(2 * stop, np.int32)
            larger[: nodes.size] = nodes
            nodes = larger
        ahead = 0
        node = meeting
        while node != centre:
            ahead += 1
            node = via[0, node]
        node = meeting
        for place in range(ahead, -1, -1):
            nodes[offsets[which] + place] = node
            if node != centre:
                node = via[0, node]
        node = via[1, meeting]
        for place in range(ahead + 1, length):
            nodes[offsets[which] + place] = node
            node = via[1, node]
        for side in range(2):
            for at in range(end[side]):
                seen[side, queue[side, at]] = False
    return offsets, nodes[: offsets[-1]].copy()
