"""The table of the policy: how much of what may be counted on one person, document, phone, handset or card, and within
which time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...graph.model import FOREVER
from ..contract import Params
from ..sharing.facets import DAY

KEYS = ("person", "id_document", "phone", "device", "card")
"""What applications are counted on. A ``phone`` is one that applicants give as their own."""
LENDER_KINDS = ("any", "bank", "nonbank")
"""Which applications are counted: all, or those that a bureau says were filed with a bank or with another lender."""
COUNTS = ("applications", "lenders", "people", "devices", "phones", "names")
"""What is counted of them."""
EVER = "ever"
"""The window of all time."""
HOUR = DAY // 24
UNITS = {"hour": HOUR, "day": DAY, "month": 365 * DAY // 12}
"""Milliseconds of what windows are measured in; twelve months are 365 days."""
FIELDS = ("window", "key", "lender_kind", "count", "limit")
CHOICES = {"key": KEYS, "lender_kind": LENDER_KINDS, "count": COUNTS}


@dataclass(frozen=True)
class Limit:
    """One row of the table.

    Attributes
    ----------
    window : such as ``5 days``, or ``ever``
    limit : the count from which on it is reached
    """

    window: str
    key: str
    lender_kind: str
    count: str
    limit: int

    @property
    def span(self) -> int:
        """Milliseconds of the window."""
        if self.window == EVER:
            return FOREVER
        number, unit = self.window.split()
        return int(number) * UNITS[unit.removesuffix("s")]


SHIPPED: list[dict[str, Any]] = [
    {"window": "5 days", "key": "person", "lender_kind": "any", "count": "applications", "limit": 5},
    {"window": "2 days", "key": "device", "lender_kind": "any", "count": "people", "limit": 5},
    {"window": "1 hour", "key": "id_document", "lender_kind": "any", "count": "applications", "limit": 3},
    {"window": "1 hour", "key": "phone", "lender_kind": "any", "count": "applications", "limit": 3},
    {"window": "3 months", "key": "phone", "lender_kind": "any", "count": "people", "limit": 2},
    {"window": EVER, "key": "id_document", "lender_kind": "any", "count": "names", "limit": 2},
]
"""The table that comes with the product."""


def table(params: Params) -> list[Limit]:
    """The limits among a detector's parameters."""
    return [Limit(**row) for row in params["limits"]]


def taken(stated: Any) -> list[dict[str, Any]]:
    """A table as a policy states it, checked; ``lender_kind`` is ``any`` unless it says so.

    Raises
    ------
    ValueError : a row that is none, in one line

    >>> taken([{"window": "1 hour", "key": "card", "count": "people", "limit": 2}])
    [{'window': '1 hour', 'key': 'card', 'lender_kind': 'any', 'count': 'people', 'limit': 2}]
    """
    if not (isinstance(stated, list) and all(isinstance(row, dict) for row in stated)):
        raise ValueError("is a table in the policy file, one [[parameters.velocity.limits]] for each limit")
    rows = [_row(number, row) for number, row in enumerate(stated, start=1)]
    for number, row in enumerate(rows, start=1):
        if any(_place(row) == _place(other) for other in rows[: number - 1]):
            raise ValueError(f"entry {number}: the same window, key, lender_kind and count as an earlier entry")
    return rows


def _row(number: int, stated: Mapping[str, Any]) -> dict[str, Any]:
    row = {"lender_kind": "any", **stated}
    for name in row:
        if name not in FIELDS:
            raise ValueError(f"entry {number}: unknown '{name}'; it holds {', '.join(FIELDS)}")
    for name in FIELDS:
        if name not in row:
            raise ValueError(f"entry {number}: say its {name}")
    for name, choices in CHOICES.items():
        if row[name] not in choices:
            raise ValueError(f"entry {number}: {name} is one of {', '.join(choices)}, and {row[name]!r} is not")
    limit, window = row["limit"], row["window"]
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 2:
        raise ValueError(f"entry {number}: limit is a whole number of 2 or more, and {limit!r} is not")
    if not isinstance(window, str) or not re.fullmatch(r"ever|[1-9]\d{0,3} (hour|day|month)s?", window):
        raise ValueError(f"entry {number}: window is like '1 hour', '5 days', '3 months' or 'ever', not {window!r}")
    return {name: row[name] for name in FIELDS}


def _place(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    limit = Limit(**row)
    return limit.span, limit.key, limit.lender_kind, limit.count
