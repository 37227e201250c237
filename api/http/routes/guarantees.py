"""Routes of guarantee circles: the list, one of them, the supervisory table, the portfolio, what changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from ...services import guarantees as answers
from .. import guarantee_models as models
from ..guard import declares
from .asking import AsOf, Store, finding_named, moment_text, of, router


@router.get("/guarantees", response_model=models.Circles, summary="Guarantee circles")
@declares("findings.read", of("guarantees"))
def guarantees(reader: Store, as_of: AsOf = None) -> Any:
    """Every circle with its figures and grade, the largest balance first."""
    return answers.circles(reader, moment_text(as_of))


@router.get("/guarantees/table", response_model=models.SupervisoryTable, summary="The supervisory table of circles")
@declares("findings.read", of("guarantee_table"))
def guarantee_table(reader: Store, as_of: AsOf = None) -> Any:
    """A row for each circle under the regulator's columns, sizes, and totals that tie out to the loans."""
    return answers.table(reader, moment_text(as_of))


@router.get("/guarantees/portfolio", response_model=models.Portfolio, summary="Guarantee-enhanced share of the book")
@declares("findings.read", of("guarantee_portfolio"))
def guarantee_portfolio(reader: Store, as_of: AsOf = None) -> Any:
    """What guarantors and insurers enhance, against the limit of the policy."""
    return answers.portfolio(reader, moment_text(as_of))


@router.get("/guarantees/changes", response_model=models.Changes, summary="What became of circles")
@declares("findings.read", of("guarantee_changes"))
def guarantee_changes(
    reader: Store,
    since: Annotated[str, Query(description="The earlier time.", examples=["2026-03-31"])],
    as_of: AsOf = None,
) -> Any:
    """New, grown, shrunk, merged, split and dissolved circles since an earlier time."""
    return answers.changes(reader, moment_text(since) or "", moment_text(as_of))


@router.get("/guarantees/{finding}", response_model=models.CircleDetail, summary="One guarantee circle")
@declares("findings.read", finding_named)
def guarantee(
    reader: Store,
    finding: Annotated[str, Path(description="The circle's id, or as much of its beginning as is unique.")],
    as_of: AsOf = None,
) -> Any:
    """One circle from near: figures, row of the table, core enterprises, key parties, hidden groups, contradictions."""
    return answers.circle(reader, finding, moment_text(as_of))
