"""The records that pass through a store: versions, loads, runs, and what is told while they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

FieldType = Literal["text", "number", "time"]
"""What a cell of ``data`` holds: a JSON string, a JSON number, or epoch milliseconds as a JSON integer."""

FACT_COLUMNS = ("uid", "node", "data", "valid_from", "valid_to", "known_at", "status_from", "file", "row")
"""One version of what a row says of a node. ``node`` is a node name, or None for a row about no node (partners);
``data`` is JSON text of the row's own cells without blanks, its keys in the table's column order; times are epoch
milliseconds with ``ALWAYS`` and ``FOREVER`` for what is open; ``status_from`` is the time from which the columns of the
present state count; ``file`` is a number from ``Writer.file``; ``row`` counts the header as 1."""

RELATIONSHIP_COLUMNS = (
    "uid", "source", "target", "amount", "data", "valid_from", "valid_to", "known_at", "file", "row",
)  # fmt: skip
"""One version of a relationship. ``source`` and ``target`` are node names; ``amount`` is a float, NaN where unknown;
an event's time is its ``valid_from``, and one that its row states no longer has the ``valid_to`` ``ALWAYS``; ``data``
is JSON text of the other cells, or None."""

REJECT_COLUMNS = ("table", "file", "row", "column", "reason", "level", "value")
"""A row or cell that could not be used: ``level`` is ``row`` or ``cell``; ``value`` is masked where personal."""


Progress = Callable[[str, str, int, int], None]
"""``progress(step, name, done, total)``: ``reading`` counts the bytes of a file, ``writing`` the rows of a table,
``snapshot`` the rows of a relation or table, or what else the store reads one by one."""

Waiting = Callable[[str], None]
"""``waiting(source)``: this load waits for another, of that source (``""``: not known yet), to end."""


@dataclass
class Load:
    """One load as the store records it.

    Attributes
    ----------
    state : ``open`` while it is written, then ``published``, perhaps ``withdrawn`` later
    revision : the revision its publication made, None while open
    withdrawn : the revision its undo made, None while it stands
    data_date : epoch milliseconds of the latest event it holds, None where it holds none
    purged : undone, and its rows are gone
    tables : ``{table: {"read", "used", "unchanged", "duplicate", "rejected"}}``
    notes : what else the loader said of it, as JSON
    """

    load: int
    source: str
    bulk: bool
    state: Literal["open", "published", "withdrawn"]
    revision: int | None = None
    withdrawn: int | None = None
    data_date: int | None = None
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    purged: bool = False
    notes: dict = field(default_factory=dict)


Purpose = Literal["nightly", "ad hoc", "backtest"]
"""What a batch is for. What people see as today's findings are those of nightly batches."""


@dataclass
class Run:
    """One run of one detector; the runs of one call make a batch.

    Attributes
    ----------
    as_of : epoch milliseconds
    params : the parameters it ran with
    seconds : wall-clock, and ``cpu_seconds`` processor time it took
    truncated : bounds of the run itself that bit
    run, batch : their numbers in the store; 0 before they are saved
    policy : the version of the policy it ran under
    """

    detector: str
    version: str
    revision: int
    as_of: int
    params: dict
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    findings: int = 0
    truncated: list[dict] = field(default_factory=list)
    run: int = 0
    batch: int = 0
    purpose: Purpose = "nightly"
    policy: str = ""
