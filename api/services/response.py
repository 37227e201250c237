"""What a case asks for: the level of response that the policy names for its colour, whose it is, and until when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ...detectors.policy import Level
from ...graph.times import to_iso

_HOUR = 3_600_000
NONE = {"level": None, "owner": None, "due": None, "overdue": False}
"""Of a case that asks for nothing."""


def response(case: Mapping, closed: bool, entries: Iterable[Mapping], levels: Mapping[str, Level], now: int) -> dict:
    """``{"level", "owner", "due", "overdue"}`` of a case: the role whose it is, and by when, by the clock, in ISO form,
    it is to be closed. One that is closed or gone is never overdue.

    Parameters
    ----------
    closed : whether the case is
    entries : what was done with it
    now : by the clock, in epoch milliseconds
    """
    level = levels.get(case["colour"])
    if level is None or "raised_at" not in case:  # a case that no night of this version has seen
        return NONE
    due = _begun(case, entries) + math.ceil(level.hours * _HOUR)
    overdue = now > due and not closed and case["state"] != "gone"
    return {"level": level.level, "owner": level.owner, "due": to_iso(due // 1000 * 1000), "overdue": overdue}


def _begun(case: Mapping, entries: Iterable[Mapping]) -> int:
    """Since when the time limit runs: since the case got its colour; where it was closed after that and came back as it
    grew, since then. The growth of a case that nobody closed gives no more time."""
    came_back = any(
        entry["action"] == "close" and case["raised_at"] < entry["at"] <= case["grown_at"] for entry in entries
    )
    return case["grown_at"] if came_back else case["raised_at"]
