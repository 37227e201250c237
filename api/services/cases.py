"""Cases as people work on them: the queue, and one case with what was decided and noted about it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ...detectors.cases import STATES
from ...detectors.policy import Level
from ...detectors.stakes import most
from ...graph.errors import Conflict, NotFound, UserError
from ...graph.model import COLOURS
from ...graph.snapshot import Snapshot
from ...graph.store.protocol import Findings
from ...graph.times import parse_moment
from .findings import findings, is_id
from .reader import Reader, stated_moment
from .response import response

CLOSED = "closed"
"""What one can ask for beside the states of ``detectors.cases``: cases that were closed and have not grown since."""
SNOOZED = "snoozed"
"""And those that were put off to a day that no nightly batch has reached yet, and have not grown since."""
CHOICES = (*STATES, CLOSED, SNOOZED)
_NOTHING_SAID = {
    "verdict": "a verdict needs a reason: state it with --reason",
    "close": "closing needs a reason: state it with --reason",
    "snooze": "putting a case off needs a reason: state it with --reason",
    "note": "the note is empty: say what to keep",
    "assign": "nobody is named: say to whom the case goes",
}


def cases(reader: Reader, batch: int | None = None) -> list[dict]:
    """The cases of a nightly batch, by default the latest one, in the order of the queue.

    Each has what was made of it: ``assigned``, its last ``verdict`` (an entry, see ``case_entries``) or None, whether
    it is ``closed``, until when it is ``snoozed`` (epoch milliseconds, or None), and all its ``entries``, oldest first;
    and what it asks for: ``level``, ``owner``, ``due`` and ``overdue``, see ``response``. A case is closed, or snoozed,
    until somebody, or a kind of finding, is added to what it was then.
    """
    entries: dict[str, list[dict]] = defaultdict(list)
    for entry in reader.store.case_entries():
        entries[entry["case"]].append(entry)
    levels, now = reader.policy().levels, _now()
    return [_with(case, entries[case["id"]], levels, now) for case in reader.store.cases(batch)]


def _with(case: dict, entries: Sequence[dict], levels: Mapping[str, Level], now: int) -> dict:
    last = {entry["action"]: entry for entry in entries}
    closed = "close" in last and _as_it_was(case, last["close"])
    return {
        **case,
        "assigned": last["assign"]["text"] if "assign" in last else None,
        "verdict": last.get("verdict"),
        "closed": closed,
        "snoozed": _snoozed(case, last["snooze"]) if "snooze" in last else None,
        **response(case, closed, entries, levels, now),
        "entries": [*entries],
    }


def _snoozed(case: Mapping, given: Mapping) -> int | None:
    # The batches' time and not the clock's: a case is put off until a night has looked again.
    due = parse_moment(case["last_seen"]) >= given["until"]
    return None if due or not _as_it_was(case, given) else given["until"]


def _as_it_was(case: Mapping, closing: Mapping) -> bool:
    return concerned(case) <= set(closing["people"]) and set(case["kinds"]) <= set(closing["kinds"])


def concerned(case: Mapping) -> set[str]:
    """A case's people, and who else uses what is mostly theirs."""
    return {*case["people"], *case["beside"]}


def queue(
    found: Iterable[dict],
    *,
    new: bool = False,
    overdue: bool = False,
    state: str | None = None,
    colours: Sequence[str] = (),
) -> list[dict]:
    """Those of the cases that are asked for; without a state neither what is gone nor what is closed or snoozed.

    Parameters
    ----------
    new : only what is new or has grown since the nightly batch before
    overdue : only what was to be closed by now
    state : one of ``CHOICES``
    colours : only these

    Raises
    ------
    UserError : an unknown state or colour
    """
    asked = [(state, CHOICES, "state")] if state else []
    for word, known, what in (*asked, *((colour, COLOURS, "colour") for colour in colours)):
        if word not in known:
            raise UserError(f"unknown {what} {word!r}: use one of {', '.join(known)}")
    return [
        case
        for case in found
        if (not colours or case["colour"] in colours)
        and (not new or case["state"] in ("new", "grown"))
        and (not overdue or case["overdue"])
        and _stands(case, state)
    ]


def findings_of(store: Findings, found: Iterable[dict]) -> list[dict]:
    """The findings that cases are made of, those of cases that are gone as they were."""
    listed = {one["id"]: one for one in findings(store)[1]}
    parts = [part["id"] for case in found for part in case["parts"]]
    return [listed[part] if part in listed else store.finding(part)[0] for part in dict.fromkeys(parts)]


def holding(found: Iterable[dict], findings: Iterable[str], least: float | None = None) -> list[dict]:
    """Those of the cases that have one of these findings, by id, and at least so much balance known in one currency."""
    wanted = set(findings)
    return [
        case
        for case in found
        if any(part["id"] in wanted for part in case["parts"]) and (least is None or most(case["amounts"]) >= least)
    ]


def ordered(found: Sequence[dict], by: str) -> list[dict]:
    """Cases as the queue has them, or those with the most ``amount`` at stake in one currency, the most ``people`` or
    the latest ``date`` at which they were first seen before the others, or those that are ``due`` first."""
    if by == "due":
        return sorted(found, key=lambda case: (case["due"] is None, case["due"]))
    keys = {
        "amount": lambda case: most(case["amounts"]),
        "people": lambda case: len(case["people"]),
        "date": lambda case: case["first_seen"],
    }
    return sorted(found, key=keys[by], reverse=True) if by in keys else [*found]


def _stands(case: Mapping, state: str | None) -> bool:
    if state is None:
        return case["state"] != "gone" and not case["closed"] and case["snoozed"] is None
    return {CLOSED: case["closed"], SNOOZED: case["snoozed"] is not None}.get(state, case["state"] == state)


def case(reader: Reader, prefix: str) -> dict:
    """The case whose id is, or alone begins with, ``prefix``, as ``cases`` gives it.

    Raises
    ------
    UserError : none, or several
    """
    sought = prefix.strip().lower()
    found = [case for case in cases(reader) if case["id"].startswith(sought)] if is_id(sought) else []
    if not found:
        raise NotFound(f"no case {prefix!r}: ids are 16 hex digits, and 'ringfence case list' lists them")
    if len(found) > 1:
        named = ", ".join(one["id"] for one in found[:5])
        raise Conflict(f"{prefix!r} begins the ids of several cases: give more of {named}")
    return found[0]


def entry(reader: Reader, case: Mapping, action: str, text: str, by: str, **more: object) -> dict:
    """What somebody does with a case, as it is kept: see ``graph.store.case_entries``.

    Raises
    ------
    UserError : nothing is said, or nobody says it
    """
    if not text.strip():
        raise UserError(_NOTHING_SAID[action])
    if not by.strip():
        raise UserError("say who it is: a name with --by, or leave it out")
    return {
        "case": case["id"],
        "action": action,
        "text": text.strip(),
        "by": by.strip(),
        "at": _now(),
        "as_of": reader.moment(None),
        "people": sorted(concerned(case)) if action in ("close", "snooze") else [*case["people"]],
        "kinds": sorted(case["kinds"]),
        "verdict": None,
        "until": None,
        **more,
    }


def add(reader: Reader, case: Mapping, action: str, text: str, by: str) -> None:
    """Add a note, an assignment or a closing to a case.

    Raises
    ------
    UserError : nothing is said, or nobody says it
    """
    reader.store.add_case_entries([entry(reader, case, action, text, by)])


def snooze(reader: Reader, case: Mapping, reason: str, by: str, until: str) -> None:
    """Hide a case from the queue until a day that the nightly batches reach, or until it grows.

    Parameters
    ----------
    until : the day, as somebody wrote it

    Raises
    ------
    UserError : no reason, or a day that the latest batch has reached already
    """
    end = stated_moment(until)
    if end <= parse_moment(case["last_seen"]):
        raise UserError(f"the latest nightly batch looked at {case['last_seen'][:10]}: name a later day")
    reader.store.add_case_entries([entry(reader, case, "snooze", reason, by, until=end)])


def seen_by(reader: Reader, case: Mapping) -> Snapshot:
    """The graph in which a case's people were found, for their names: that of its batch, which is kept already; the
    latest one where the store can no longer show it."""
    try:
        snapshot = reader.store.snapshot(case["revision"])
    except UserError:
        snapshot = reader.snapshot()
    return snapshot.at(stated_moment(case["last_seen"]))


def _now() -> int:
    return time.time_ns() // 1_000_000
