"""Routes of findings: all by rank, and one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from ....graph.times import to_iso
from ...services import findings as answers
from ...services.reader import stated_moment
from .. import models
from ..guard import declares
from .asking import Store, finding_named, moment_text, of, router


@router.get("/findings", response_model=models.Findings, summary="Findings by rank")
@declares("findings.read", of("findings"))
def findings(
    reader: Store,
    kind: Annotated[str | None, Query(description="Only findings of this kind.", examples=["guarantee_cycle"])] = None,
    view: Annotated[str | None, Query(description="Only this view: raw or contracted.")] = None,
    top: Annotated[int | None, Query(ge=1, description="Only the first so many, over all pages.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Findings on a page.")] = 100,
    offset: Annotated[int, Query(ge=0, description="Findings before this page.")] = 0,
    as_of: Annotated[
        str | None,
        Query(
            description="Only each detector's latest run that looked at this time or earlier.", examples=["2026-03-31"]
        ),
    ] = None,
) -> Any:
    """What the latest run of each detector found, by rank over all."""
    moment = None if as_of is None else stated_moment(moment_text(as_of) or "")
    runs, found = answers.findings(reader.store, kind, view, moment)
    found = found[:top]
    page = found[offset : offset + limit]
    after = len(found) - offset - len(page)
    cut = [{"bound": "limit", "limit": limit, "skipped": after, "could_change": False}] if after > 0 else []
    return {
        "as_of": to_iso(moment),
        "runs": [answers.run_as_dict(run) for run in runs],
        "total": len(found),
        "offset": offset,
        "limit": limit,
        "findings": page,
        "truncated": [*cut, *(bound for run in runs for bound in run.truncated)],
    }


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
