"""What one can ask of the queue of cases, for the command line and the HTTP service alike; light to import."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What became of a case since the nightly batch before; or that it was closed or put off."""

    new = "new"
    grown = "grown"
    shrunk = "shrunk"
    unchanged = "unchanged"
    gone = "gone"
    closed = "closed"
    snoozed = "snoozed"


class CaseSort(StrEnum):
    """In what order cases stand."""

    queue = "queue"
    amount = "amount"
    people = "people"
    date = "date"
    due = "due"
