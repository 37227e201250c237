"""Guarantee circles, first class: the list, one of them, the supervisory table, the portfolio, and what changed."""

from __future__ import annotations

from ...detectors.guarantees.changes import changes as became
from ...detectors.guarantees.detail import detail
from ...detectors.guarantees.portfolio import portfolio as enhanced
from ...detectors.guarantees.survey import Survey, survey
from ...detectors.guarantees.table import cells, circle_row
from ...detectors.guarantees.table import table as supervisory
from ...detectors.settings import all_settings
from ...graph.errors import Conflict, NotFound, UserError
from ...graph.times import to_iso
from .findings import is_id
from .reader import Reader


def circles(reader: Reader, as_of: str | None = None) -> dict:
    """``{"as_of", "currency", "circles"}``: every circle with its figures and what its finding says, the largest
    balance first.

    Parameters
    ----------
    as_of : a time as somebody wrote it; the store's data date where None

    Raises
    ------
    UserError : no store, or an unreadable time
    """
    found = _survey(reader, as_of)
    told = [_summary(found, place) for place in range(len(found.rows))]
    return {"as_of": to_iso(found.view.as_of), "currency": found.ledger.currency, "circles": told}


def circle(reader: Reader, prefix: str, as_of: str | None = None) -> dict:
    """One circle from near, by its id or as much of the beginning as is unique: what ``circles`` says of it, its row of
    the supervisory table, and ``detail``.

    Raises
    ------
    NotFound, Conflict : no circle, or several, whose id begins so
    """
    return told(*near(reader, prefix, as_of))


def near(reader: Reader, prefix: str, as_of: str | None = None) -> tuple[Survey, int]:
    """The circles of a time, and the place of one of them, by its id or as much of the beginning as is unique.

    Raises
    ------
    NotFound, Conflict : no circle, or several, whose id begins so
    """
    sought, found = prefix.strip().lower(), _survey(reader, as_of)
    fits = [i for i, finding in enumerate(found.findings) if is_id(sought) and finding.id.startswith(sought)]
    if not fits:
        when = to_iso(found.view.as_of)
        raise NotFound(f"no guarantee circle {prefix!r} as of {when}: 'ringfence guarantees list' lists them")
    if len(fits) > 1:
        raise Conflict(f"{prefix!r} begins the ids of {len(fits)} circles: give more of the id")
    return found, fits[0]


def told(found: Survey, place: int) -> dict:
    """What ``circle`` says of one of some circles."""
    summary = _summary(found, place)
    return {"as_of": to_iso(found.view.as_of), **summary, "table": cells(summary), **detail(found, place)}


def table(reader: Reader, as_of: str | None = None) -> dict:
    """The supervisory table: ``as_of``, ``currency``, ``columns``, ``rows``, ``buckets`` by size, and ``totals`` that
    tie out to the loans."""
    found = _survey(reader, as_of)
    return {"as_of": to_iso(found.view.as_of), **supervisory(found)}


def portfolio(reader: Reader, as_of: str | None = None) -> dict:
    """What guarantors and insurers enhance of the book, against the limit of the policy."""
    policy = reader.policy()
    view = reader.snapshot().at(reader.moment(as_of))
    return {"as_of": to_iso(view.as_of), **enhanced(view, all_settings(policy.parameters)["guarantee"])}


def changes(reader: Reader, since: str, as_of: str | None = None) -> dict:
    """``{"since", "as_of", "changes"}``: what became of the circles of an earlier time.

    Raises
    ------
    UserError : the earlier time is none, or no earlier
    """
    earlier, later = reader.moment(since), reader.moment(as_of)
    if earlier >= later:
        raise UserError(f"changes are told from an earlier time on: {to_iso(earlier)} is not before {to_iso(later)}")
    before, after = (_survey(reader, moment) for moment in (since, as_of))
    told = became(_members(before), _members(after))
    names = _names(before) | _names(after)
    return {
        "since": to_iso(earlier),
        "as_of": to_iso(later),
        "changes": [one | {"names": [names[key] for key in one["after"] or one["before"]]} for one in told],
    }


def _names(found: Survey) -> dict[str, str]:
    rows = (circle_row(found, place) for place in range(len(found.rows)))
    return {row["id"]: row["name"] for row in rows}


def _members(found: Survey) -> dict[str, list[str]]:
    return {finding.id: [member["node"] for member in finding.members] for finding in found.findings}


def _survey(reader: Reader, as_of: str | None) -> Survey:
    moment, policy = reader.moment(as_of), reader.policy()
    return reader.kept(("circles", moment, policy), lambda snapshot: survey(snapshot.at(moment), policy))


def _summary(found: Survey, place: int) -> dict:
    finding = found.findings[place]
    return {
        **circle_row(found, place),
        "reason_zh": finding.reason_zh,
        "reason_en": finding.reason_en,
        "innocent_twin": finding.innocent_twin,
        "truncated": finding.truncated,
    }
