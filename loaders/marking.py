"""Flags set by hand: what people decide about a node, as rows of ``flags`` in a small write of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..graph.model import ALWAYS, FOREVER, kind_of
from ..graph.store import Store
from .schema.relations import fact_columns, fields
from .schema.tables import TABLES

_FLAGS = TABLES["flags"]


@dataclass(frozen=True)
class Mark:
    """One flag on one node.

    Attributes
    ----------
    node : its name
    flag : such as ``innocent``
    source : who says so
    since : the time from which it holds, in epoch milliseconds
    until : the time from which it holds no more, ``FOREVER`` where it has no end
    known : the time from which that is known
    """

    node: str
    flag: str
    source: str
    since: int
    until: int
    known: int

    @property
    def uid(self) -> str:
        """What a loaded row of the same key would be known by."""
        parts = [kind_of(self.node), self.node.partition(":")[2], self.flag, self.source, str(self.since)]
        return f"{_FLAGS.name}:{'|'.join(part.replace('|', '%7C') for part in parts)}"

    def ended(self, at: int) -> Mark:
        """The same flag as it is once somebody takes it back at a time."""
        return Mark(self.node, self.flag, self.source, self.since, min(self.until, at), at)


def mark(store: Store, marks: Sequence[Mark], source: str) -> int | None:
    """Write flags as one small load and return its revision; None where there are none to write.

    Parameters
    ----------
    source : what the load is from, for people to read
    """
    if not marks:
        return None
    columns = fact_columns(_FLAGS)
    with store.writer(source, bulk=False) as writer:
        file = writer.file(source)
        frame = pd.DataFrame([{**_row(one), "file": file, "row": place} for place, one in enumerate(marks, 1)])
        writer.facts(_FLAGS.name, frame, fields(columns))
        read = {"read": len(marks), "used": len(marks), "unchanged": 0, "duplicate": 0, "rejected": 0}
        return writer.publish({_FLAGS.name: read}, None)


def _row(one: Mark) -> dict:
    cells = {"flag": one.flag, "source": one.source, "effective_from": one.since}
    cells |= {"expires_at": one.until} if one.until != FOREVER else {}
    return {
        "uid": one.uid,
        "node": one.node,
        "data": json.dumps(cells, ensure_ascii=False, separators=(",", ":")),
        "valid_from": one.since,
        "valid_to": one.until,
        "known_at": one.known,
        "status_from": ALWAYS,
    }
