"""Verdicts on cases: kept with the case, and written as flags of its people, so that later runs act on them as facts.

A verdict is known from the store's default T when it was given; the clock is provenance alone. A later verdict on the
same case ends the flags of the one before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...detectors.verdicts import CONFIRMED, INNOCENT
from ...graph.errors import UserError
from ...graph.model import FOREVER
from ...graph.store import Store
from ...graph.store.case_entries import VERDICTS
from ...graph.times import to_iso
from ...loaders.marking import Mark, mark
from .cases import entry
from .reader import Reader, stated_moment

FLAGS = {"confirmed": CONFIRMED, "innocent": INNOCENT}
"""The flag that a verdict sets; ``unsure`` sets none, and ends what was set."""
_TYPES = {
    "case": str, "text": str, "by": str, "at": int, "as_of": int, "people": list, "kinds": list, "verdict": str,
}  # fmt: skip


def give(reader: Reader, case: Mapping, verdict: str, reason: str, by: str, until: str | None = None) -> dict:
    """Give a verdict on a case, and return the entry that is kept of it.

    Parameters
    ----------
    verdict : one of ``case_entries.VERDICTS``
    until : the time from which it holds no more, as somebody wrote it

    Raises
    ------
    UserError : an unknown verdict, no reason, or an end that cannot be
    """
    if verdict not in VERDICTS:
        raise UserError(f"unknown verdict {verdict!r}: use one of {', '.join(VERDICTS)}")
    if until is not None and verdict not in FLAGS:
        raise UserError(f"a verdict {verdict!r} sets nothing that could end: leave --until out")
    end = None if until is None else stated_moment(until)
    given = entry(reader, case, "verdict", reason, by, verdict=verdict, until=end)
    if end is not None and end <= given["as_of"]:
        raise UserError(f"the verdict is known from {to_iso(given['as_of'])} on: name a later --until")
    here = _on_held(reader.store, given)
    if not here["people"]:
        raise UserError(f"nobody of case {case['id']} is in the store any more: there is nobody to decide on")
    _decide(reader.store, here)
    return here


def _on_held(store: Store, given: dict) -> dict:
    """A verdict on those of its people whom a store holds."""
    return {**given, "people": [node for node in given["people"] if store.get(node) is not None]}


def _decide(store: Store, given: dict) -> None:
    # Flags first: they are the same flags however often this is done, and no verdict is told of that does not act.
    mark(store, _changes(store.case_entries(), given), "verdicts")
    store.add_case_entries([given])


def _changes(held: Iterable[Mapping], given: Mapping) -> list[Mark]:
    """The flags that a verdict sets, and those of the verdict before on the same case that it ends."""
    flags = _flags(given)
    before = [
        one
        for one in held
        if one["action"] == "verdict" and one["case"] == given["case"] and one["as_of"] <= given["as_of"]
    ]
    kept = {flag.uid for flag in flags}
    ended = [flag.ended(given["as_of"]) for flag in _flags(before[-1]) if flag.uid not in kept] if before else []
    return [*flags, *ended]


def _flags(given: Mapping) -> list[Mark]:
    if given["verdict"] not in FLAGS:
        return []
    source, since = f"case {given['case']} ({given['by']})", given["as_of"]
    until = FOREVER if given["until"] is None else given["until"]
    return [Mark(node, FLAGS[given["verdict"]], source, since, until, since) for node in given["people"]]


def exported(store: Store) -> Iterator[str]:
    """All verdicts, oldest first, each a line of JSON for ``replay``."""
    for one in store.case_entries():
        if one["action"] == "verdict":
            yield json.dumps(one, ensure_ascii=False)


@dataclass(frozen=True)
class Replayed:
    """What became of one verdict.

    Attributes
    ----------
    given : the verdict
    held : how many of its people this store has
    missing : those whom it does not hold, by name
    known : this store had the verdict already
    """

    given: Mapping
    held: int
    missing: list[str]
    known: bool


def replay(store: Store, lines: Iterable[str]) -> list[Replayed]:
    """Apply verdicts of another store to this one, each at its own T.

    A verdict acts on those of its people whom this store holds; the others are told. Nothing is written unless every
    line can be read.

    Raises
    ------
    UserError : a line that is no verdict
    """
    verdicts = [_read(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return [_replayed(store, given) for given in sorted(verdicts, key=lambda given: (given["as_of"], given["at"]))]


def _replayed(store: Store, given: dict) -> Replayed:
    here = _on_held(store, given)
    known = here in store.case_entries()
    if here["people"] and not known:
        _decide(store, here)
    missing = [node for node in given["people"] if node not in here["people"]]
    return Replayed(given, len(here["people"]), missing, known)


def _read(number: int, line: str) -> dict:
    try:
        given = json.loads(line)
    except ValueError:
        given = None
    if (
        not isinstance(given, dict)
        or given.get("action") != "verdict"
        or given.get("verdict") not in VERDICTS
        or not all(isinstance(given.get(name), kind) for name, kind in _TYPES.items())
        or not all(isinstance(node, str) and ":" in node for node in given["people"])
        or not isinstance(given.get("until"), int | None)
    ):
        raise UserError(f"line {number} is no verdict: give a file that 'ringfence case export' wrote")
    return given
