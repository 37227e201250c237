"""What happened, day by day, as the rows of evidence date it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...graph.model import PARTIES
from ...graph.words.names import RELATION_WORDS
from ..services.labels import Label
from .items import day

HAPPENED = (
    "APPLIED", "BORROWED", "DISBURSED_TO", "TRANSFERRED", "ORDERED", "GUARANTEES", "HOLDS_SHARE", "CONTROLS",
)  # fmt: skip
"""Relations by which something began. Those of a shared thing are dated by the application; repayments are many, and
stand among the rows."""
NAMED = 12
"""Most people that one line names."""


def course(rows: Sequence[Mapping], seen: Mapping[str, Label]) -> list[dict[str, Any]]:
    """The days on which something happened, earliest first: ``day``, ``events``, each with ``words``, ``count``,
    ``who`` (labels) and ``more``, of whom no label is listed.

    Parameters
    ----------
    rows : evidence with its times, as ``page.evidence_rows`` gives it
    """
    days: dict[str, dict[str, list[Mapping]]] = {}
    for row in rows:
        when = day(row.get("valid_from"))[:10] if row["relation"] in HAPPENED else ""
        if when:
            days.setdefault(when, {}).setdefault(row["relation"], []).append(row)
    return [{"day": when, "events": [_event(*event, seen) for event in _ordered(days[when])]} for when in sorted(days)]


def _ordered(events: Mapping[str, list[Mapping]]) -> list[tuple[str, list[Mapping]]]:
    return [(relation, events[relation]) for relation in HAPPENED if relation in events]


def _event(relation: str, rows: Sequence[Mapping], seen: Mapping[str, Label]) -> dict[str, Any]:
    ends = ("source", "target") if relation in ("GUARANTEES", "HOLDS_SHARE", "CONTROLS") else ("source",)
    parties = (row[end] for row in rows for end in ends if seen[row[end]].kind in PARTIES)
    who = list(dict.fromkeys(parties))
    return {
        "words": RELATION_WORDS[relation],
        "count": len({row["uid"] for row in rows}),
        "who": [seen[node] for node in who[:NAMED]],
        "more": max(len(who) - NAMED, 0),
    }
