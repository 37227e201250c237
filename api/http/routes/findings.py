"""Routes of findings: all by rank, and one."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse

from ....graph.times import to_iso
from ...evidence.page import evidence_page
from ...evidence.sheet import evidence_sheet
from ...services import findings as answers
from ...services.listing import listed
from ...services.nodes import bounded
from ...services.reader import stated_moment
from .. import models, sheet_models
from ..guard import declares
from .asking import Opened, Store, finding_named, moment_text, of, router
from .narrowing import Narrowed
from .pages import Cursor, Limit, begun, ended


@router.get("/findings", response_model=models.Findings, summary="Findings by rank")
@declares("findings.read", of("findings"))
def findings(
    reader: Store,
    narrowed: Narrowed,
    view: Annotated[
        Literal["raw", "contracted"] | None, Query(description="Only this view of guarantee structures.")
    ] = None,
    new_since: Annotated[
        str | None, Query(description="Only what did not exist before this date, or by this batch.", examples=["12"])
    ] = None,
    sort: Annotated[
        Literal["score", "amount", "people", "date"], Query(description="By rank, or the largest or latest first.")
    ] = "score",
    top: Annotated[int | None, Query(ge=1, description="Only the first so many, over all pages.")] = None,
    limit: Limit = 100,
    offset: Annotated[int, Query(ge=0, le=10**9, description="Findings before this page.")] = 0,
    cursor: Cursor = None,
    evidence: Annotated[bool, Query(description="With the rows that prove each.")] = False,
    as_of: Annotated[
        str | None,
        Query(
            description="Only each detector's latest run that looked at this time or earlier.", examples=["2026-03-31"]
        ),
    ] = None,
) -> Any:
    """What the latest run of each detector found, by rank over all. `next` is the cursor of the page behind this one:
    with it the list stays that of the same runs, whatever ran since."""
    moment = None if as_of is None else stated_moment(moment_text(as_of) or "")
    sought = replace(narrowed, views=[view] if view else ())
    page = begun(cursor)
    asked = listed(reader, sought, moment_text(new_since), sort, moment, page.of if page else None)
    offset = page.offset if page else offset
    found = asked.findings[:top]
    shown = found[offset : offset + limit]
    after = len(found) - offset - len(shown)
    return {
        "as_of": to_iso(moment),
        "runs": [answers.run_as_dict(run) for run in asked.runs],
        "total": len(found),
        "offset": offset,
        "limit": limit,
        "findings": shown if evidence else [{**one, "evidence": None} for one in shown],
        "of_unknown_amount": asked.of_unknown_amount,
        "next": ended([run.run for run in asked.runs], offset, len(shown), len(found)),
        "truncated": [
            *bounded("limit", limit, after, False),
            *(bound for run in asked.runs for bound in run.truncated),
        ],
    }


# Before the finding itself, as a longer route.
@router.get("/findings/{id}/sheet", response_model=sheet_models.Sheet, summary="A finding's evidence, to be drawn")
@declares("findings.read", finding_named)
def finding_sheet(
    reader: Store,
    id: Annotated[str, Path(description="The finding's id, or as much of its beginning as is unique.")],
    opened: Opened = [],  # noqa: B006
) -> Any:
    """The picture of a finding with its positions, its source rows and where each stands in the picture, members,
    measures, and explanations tried: what its evidence page shows."""
    found = answers.finding(reader.store, id, None)
    return {"id": found["id"], **evidence_sheet(found, reader.as_seen_by(found), opened)}


@router.get(
    "/findings/{id}/page",
    response_class=HTMLResponse,
    summary="A finding's evidence as one file",
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
@declares("findings.read", finding_named)
def finding_page(
    reader: Store,
    request: Request,
    id: Annotated[str, Path(description="The finding's id, or as much of its beginning as is unique.")],
) -> Any:
    """The evidence as one HTML file that needs no network: to keep, to print, to hand on."""
    found = answers.finding(reader.store, id, None)
    headers = {"Content-Disposition": f'attachment; filename="{found["id"]}.html"'}
    return HTMLResponse(evidence_page(found, reader.as_seen_by(found), str(request.state.recorded)), headers=headers)


@router.get("/findings/{id}", response_model=models.Finding, summary="One finding")
@declares("findings.read", finding_named)
def finding(
    reader: Store,
    id: Annotated[str, Path(description="The finding's id, or as much of its beginning as is unique.")],
    as_of: Annotated[
        str | None, Query(description="Only from each detector's latest run that looked at this time or earlier.")
    ] = None,
) -> Any:
    """A finding with its evidence, from the latest run that has it."""
    moment = None if as_of is None else stated_moment(moment_text(as_of) or "")
    return answers.finding(reader.store, id, moment)
