"""Outlines of boxes and courses of arrows, as SVG paths."""

from __future__ import annotations

from ..layout.lanes import Way

CORNERS = {"own": 24.0, "restricted": 13.0}
"""How large the corners of boxes are; of others 3."""
POINT = 14.0
"""How far a loan's box points onward."""


def outline(sort: str, left: float, top: float, wide: float, high: float) -> str:
    """Each sort of box has a shape of its own: a loan points onward, a borrower's own account has round ends, a
    restricted one cut corners."""
    right, bottom = left + wide, top + high
    if sort == "loan":
        shoulder = right - POINT
        return f"M{left:g} {top:g}H{shoulder:g}L{right:g} {top + high / 2:g}L{shoulder:g} {bottom:g}H{left:g}Z"
    corner = CORNERS.get(sort, 3.0)
    turn = "l" if sort == "restricted" else f"a{corner:g} {corner:g} 0 0 1 "
    return (
        f"M{left + corner:g} {top:g}H{right - corner:g}{turn}{corner:g} {corner:g}"
        f"V{bottom - corner:g}{turn}{-corner:g} {corner:g}"
        f"H{left + corner:g}{turn}{-corner:g} {-corner:g}"
        f"V{top + corner:g}{turn}{corner:g} {-corner:g}Z"
    )


def path(way: Way, head: float) -> str:
    """The course of an arrow, which ends under its head."""
    (x, y), (right, low) = way.start, way.end
    drawn = f"M{x:g} {y:g}H{way.level:g}"
    now, at = way.level, y
    for left, level, height in way.past:
        drawn += f"{_bend(now, at, left, height)}H{level:g}"
        now, at = level, height
    return f"{drawn}{_bend(now, at, right - head, low)}h{head / 3:g}"


def head(way: Way, width: float) -> str:
    """The head of an arrow of some width."""
    (right, low), long, half = way.end, head_length(width), width / 2 + 3.2
    return f"M{right:g} {low:g}l{-long:g} {-half:g}v{2 * half:g}Z"


def head_length(width: float) -> float:
    """How long the head of an arrow is."""
    return width + 6


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"
