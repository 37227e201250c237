"""Where nodes stand of which some belong together: each group is one box, its nodes under each other inside.

The picture is laid out with groups taken as one node, so that a cycle of groups is seen as a cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .circles import Point, Sizes
from .placing import GAP, layout

PAD = 14.0
"""Pixels between a group's border and the nodes in it."""
HEAD = 20.0
"""Pixels above the nodes for what the group is called."""
BETWEEN = 16.0
"""Pixels between two nodes of a group."""

Box = tuple[float, float, float, float]
"""The centre, width and height of a group."""


def blocks(groups: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Groups under a name of their own, which says how they are ordered: ``{name: nodes}``.

    >>> blocks([["company:B", "company:A"]])
    {'group:company:A': ['company:A', 'company:B']}
    """
    ordered = sorted(sorted(group) for group in groups)
    return {f"group:{group[0]}": group for group in ordered}


def blocked(
    sizes: Sizes,
    arcs: Iterable[tuple[str, str]],
    groups: Mapping[str, Sequence[str]],
    *,
    flow: bool = True,
    gap: float = GAP,
) -> tuple[dict[str, Point], dict[str, Box]]:
    """The centre of each node, as ``layout`` gives it, and the box of each group.

    Parameters
    ----------
    sizes, arcs, flow, gap : as for ``layout``
    groups : the nodes of each group, by the group's name, as ``blocks`` gives them
    """
    block_of = {node: name for name, nodes in groups.items() for node in nodes}
    outer = {node: size for node, size in sizes.items() if node not in block_of}
    outer.update({name: _size([sizes[node] for node in nodes]) for name, nodes in groups.items()})
    merged = [(block_of.get(source, source), block_of.get(target, target)) for source, target in arcs]
    centres = layout(outer, merged, flow=flow, gap=gap)
    points = {node: centre for node, centre in centres.items() if node not in groups}
    for name, nodes in groups.items():
        points.update(_stacked(nodes, sizes, centres[name], outer[name]))
    return points, {name: (*centres[name], *outer[name]) for name in groups}


def _size(inside: Sequence[tuple[float, float]]) -> tuple[float, float]:
    high = sum(height for _, height in inside) + BETWEEN * (len(inside) - 1)
    return max(width for width, _ in inside) + 2 * PAD, high + HEAD + 2 * PAD


def _stacked(nodes: Sequence[str], sizes: Sizes, centre: Point, size: tuple[float, float]) -> dict[str, Point]:
    top = centre[1] - size[1] / 2 + PAD + HEAD
    points = {}
    for node in nodes:
        points[node] = (centre[0], round(top + sizes[node][1] / 2, 1))
        top += sizes[node][1] + BETWEEN
    return points
