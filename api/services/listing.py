"""The lists that people work through, findings and cases, as the command line and the HTTP service both narrow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ...graph.store import Run
from . import cases as queue
from .findings import findings
from .reader import Reader, stated_moment
from .triage import About, News, Wanted, about, amount, before, kept, news, ordered, read_since

DAY = 86_400_000


class Listed(NamedTuple):
    """Findings that were asked for, in order.

    Attributes
    ----------
    runs : the latest run of each detector
    findings : in their JSON shape
    news : what is new of each of the runs' findings, by its id
    of_unknown_amount : how many were left out because an amount was asked for and theirs is not known
    """

    runs: list[Run]
    findings: list[dict]
    news: dict[str, News]
    of_unknown_amount: int


class ListedCases(NamedTuple):
    """Cases that were asked for, in order.

    Attributes
    ----------
    cases : as ``cases.cases`` gives them
    held : all there are, in the same order
    """

    cases: list[dict]
    held: list[dict]


def wanted(
    kinds: Sequence[str] | None,
    detectors: Sequence[str] | None,
    dates: tuple[str | None, str | None],
    **more: object,
) -> Wanted:
    """What somebody asks for.

    Parameters
    ----------
    dates : from and to, as they were written; a day means all of it
    more : what else, as ``Wanted`` takes it; None asks for nothing

    Raises
    ------
    UserError : an unknown kind, colour or detector, or what is no date
    """
    named = _named(detectors) if detectors else ()
    given = {name: value for name, value in more.items() if value is not None}
    first, last = span(dates)
    return Wanted(kinds=kinds or (), detectors=named, first=first, last=last, **given)  # type: ignore[arg-type]


def _named(detectors: Sequence[str]) -> tuple[str, ...]:
    # Who asks for no detector by name need not wait for all of them.
    from ...detectors.settings import chosen

    return tuple(one.id for one in chosen(detectors))


def span(dates: tuple[str | None, str | None]) -> tuple[int | None, int | None]:
    """From when on and before when, in epoch milliseconds, of two times as they were written; a day means all of it.

    Raises
    ------
    UserError : what is no date
    """
    since, until = dates
    return _day(since), _day(until, 1)


def _day(text: str | None, later: int = 0) -> int | None:
    """The first instant of what was written, or of so many days later where it is a day."""
    if text is None:
        return None
    moment = stated_moment(text)
    return moment + later * DAY if len(text.strip()) <= len("2026-03-31") else moment + later


def listed(
    reader: Reader,
    sought: Wanted,
    new_since: str | None = None,
    sort: str = "score",
    as_of: int | None = None,
    of_runs: Sequence[int] | None = None,
) -> Listed:
    """The findings of each detector's latest run that are asked for.

    Parameters
    ----------
    new_since : only what did not exist before a date or by a batch, as ``triage.read_since`` reads it
    sort : one of ``triage.SORTS``
    as_of, of_runs : as for ``findings.findings``
    """
    runs, found = findings(reader.store, as_of=as_of, of_runs=of_runs)
    every = reader.store.runs()
    since = None if new_since is None else read_since(new_since, every, stated_moment)
    fresh = news(found, reader.store.findings(before(every, runs, since)))
    found = [finding for finding in found if since is None or fresh[finding["id"]].is_new]
    found, told, unknown = _narrowed(reader, found, sought, dated=sort == "date")
    return Listed(runs, ordered(found, sort, told), fresh, unknown)


def _narrowed(
    reader: Reader, found: list[dict], asked: Wanted, dated: bool = False
) -> tuple[list[dict], dict[str, About], int]:
    """The findings that are asked for, what is on file of their members where that, or their dates, are asked for, and
    how many of no known amount are left out."""
    by_themselves = replace(asked, products=(), regions=(), channels=(), first=None, last=None, min_amount=None)
    found = kept(found, by_themselves)
    told = about(reader.snapshot(), found) if asked.of_members or dated else {}
    unknown = sum(amount(finding) is None for finding in found) if asked.min_amount is not None else 0
    return kept(found, asked, told), told, unknown


def listed_cases(
    reader: Reader,
    sought: Wanted,
    *,
    new: bool = False,
    overdue: bool = False,
    state: str | None = None,
    sort: str = "queue",
    batch: int | None = None,
) -> ListedCases:
    """The cases of a nightly batch, by default the latest one, that are asked for.

    What is asked of kinds, detectors, dates, products, regions and channels is asked of a case's findings: one that
    fits is enough.

    Parameters
    ----------
    new, overdue, state : as for ``cases.queue``
    sort : as for ``cases.ordered``
    """
    held = queue.cases(reader, batch)
    found = queue.queue(held, new=new, overdue=overdue, state=state, colours=sought.colours)
    if sought != Wanted(colours=sought.colours):
        own = replace(sought, colours=(), min_amount=None)
        fitting, _, _ = _narrowed(reader, queue.findings_of(reader.store, found), own)
        found = queue.holding(found, [one["id"] for one in fitting], sought.min_amount)
    return ListedCases(queue.ordered(found, sort), queue.ordered(held, sort))
