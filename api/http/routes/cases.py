"""Routes of cases: the queue, one, what happened to its people, and what an investigator decides."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse

from ....graph.store.runs import latest_nightly
from ...evidence.case_page import case_page
from ...services import cases as answers
from ...services.case_choices import CaseSort, State
from ...services.case_people import people
from ...services.listing import listed_cases
from ...services.reader import Reader
from ...services.timeline import EVENTS, timeline
from ...services.verdicts import give
from .. import case_models as models
from .. import sheet_models
from ..guard import declares
from .asking import AsOf, Store, case_named, moment_text, of, router, text_sent
from .narrowing import Narrowed, Span
from .pages import Cursor, Events, Limit, Page, begun, ended

CaseId = Annotated[str, Path(description="The case's id, or as much of its beginning as is unique.")]


@router.get("/cases", response_model=models.Cases, summary="Cases by urgency")
@declares("cases.read", of("cases"))
def cases(
    reader: Store,
    sought: Narrowed,
    new: Annotated[bool, Query(description="Only what is new or has grown since the nightly batch before.")] = False,
    overdue: Annotated[bool, Query(description="Only what was to be closed by now.")] = False,
    state: Annotated[
        State | None, Query(description="Only this state; by default all but gone, closed and snoozed.")
    ] = None,
    sort: Annotated[
        CaseSort, Query(description="As the queue stands, the largest first, or what is due first.")
    ] = CaseSort.queue,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Any:
    """The cases of the latest nightly batch, by colour, then by money at stake. What is asked of kinds, detectors,
    dates, products, regions and channels is asked of a case's findings: one that fits is enough."""
    (batch,), offset = begun(cursor, 1) or Page([latest_nightly(reader.store.runs())], 0)
    found, held = listed_cases(reader, sought, new=new, overdue=overdue, state=state, sort=sort, batch=batch)
    # A case may be closed while somebody turns pages: places are those in the list of all, which only a batch changes.
    places = {case["id"]: place for place, case in enumerate(held)}
    rest = [case for case in found if places[case["id"]] >= offset]
    shown = rest[:limit]
    behind = places[shown[-1]["id"]] + 1 if shown else offset
    return {
        "total": len(found),
        "cases": shown,
        "next": ended([batch], behind, 0, len(held)) if len(rest) > len(shown) else None,
        "budget": reader.policy().budget,
        "truncated": [],
    }


@router.get("/cases/{id}", response_model=models.Case, summary="One case")
@declares("cases.read", case_named)
def case(reader: Store, id: CaseId) -> Any:
    """A case of the latest nightly batch with all that was done with it."""
    return answers.case(reader, id)


@router.get("/cases/{id}/timeline", response_model=models.TimelineAnswer, summary="What happened to a case's people")
@declares("cases.read", case_named)
def case_timeline(
    reader: Store,
    id: CaseId,
    span: Span,
    limit: Events = EVENTS,
    as_of: AsOf = None,
) -> Any:
    """The dated relationships of a case's people, and of their applications, loans and accounts, earliest first."""
    found = answers.case(reader, id)
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    places = snapshot.find_all(found["people"])
    return timeline(snapshot, places[places >= 0].tolist(), *span, limit)


@router.get("/cases/{id}/people", response_model=sheet_models.CasePeople, summary="Who is in a case")
@declares("cases.read", case_named)
def case_people(reader: Store, id: CaseId) -> Any:
    """A case's people, and who else uses what is mostly theirs, by name or masked, with what each owes."""
    found = answers.case(reader, id)
    return {"id": found["id"], "members": people(found, answers.seen_by(reader, found))}


@router.get(
    "/cases/{id}/page",
    response_class=HTMLResponse,
    summary="A case's evidence as one file",
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
@declares("cases.read", case_named)
def case_file(reader: Store, request: Request, id: CaseId) -> Any:
    """The evidence as one HTML file that needs no network: to keep, to print, to hand on."""
    found = answers.case(reader, id)
    parts = answers.findings_of(reader.store, [found])
    page = case_page(found, parts, answers.seen_by(reader, found), str(request.state.recorded))
    return HTMLResponse(page, headers={"Content-Disposition": f'attachment; filename="case-{found["id"]}.html"'})


@router.post("/cases/{id}/verdicts", response_model=models.Entry, status_code=201, summary="Decide on a case")
@declares("cases.work", case_named, reason=text_sent("reason"))
def give_verdict(reader: Store, request: Request, id: CaseId, given: models.VerdictGiven) -> Any:
    """Give a verdict; later runs act on it as a fact, known from the store's latest data date on. A later verdict on
    the same case ends the one before."""
    found = answers.case(reader, id)
    return give(reader, found, given.verdict, given.reason, request.state.caller.name, moment_text(given.until))


@router.post("/cases/{id}/notes", response_model=models.Case, status_code=201, summary="Add a note to a case")
@declares("cases.work", case_named)
def add_note(reader: Store, request: Request, id: CaseId, given: models.Noted) -> Any:
    """Keep a note with a case; no personal values."""
    return _added(reader, request, id, "note", given.text)


@router.post("/cases/{id}/assignments", response_model=models.Case, status_code=201, summary="Assign a case")
@declares("cases.work", case_named)
def assign(reader: Store, request: Request, id: CaseId, given: models.Assigned) -> Any:
    """Say who works on a case."""
    return _added(reader, request, id, "assign", given.name)


@router.post("/cases/{id}/snoozes", response_model=models.Case, status_code=201, summary="Put a case off")
@declares("cases.work", case_named, reason=text_sent("reason"))
def snooze(reader: Store, request: Request, id: CaseId, given: models.Snoozed) -> Any:
    """Hide a case from the queue until a day that the nightly batches reach, or until it grows."""
    found = answers.case(reader, id)
    answers.snooze(reader, found, given.reason, request.state.caller.name, moment_text(given.until) or "")
    return answers.case(reader, found["id"])


@router.post("/cases/{id}/closings", response_model=models.Case, status_code=201, summary="Close a case")
@declares("cases.work", case_named, reason=text_sent("reason"))
def close(reader: Store, request: Request, id: CaseId, given: models.Closed) -> Any:
    """Close a case: it leaves the queue, and comes back when somebody, or a kind of finding, is added to it."""
    return _added(reader, request, id, "close", given.reason)


def _added(reader: Reader, request: Request, prefix: str, action: str, text: str) -> dict:
    found = answers.case(reader, prefix)
    answers.add(reader, found, action, text, request.state.caller.name)
    return answers.case(reader, found["id"])
