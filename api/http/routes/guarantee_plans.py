"""Routes of what guarantees could come to: contagion, and taking a circle apart."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request

from ...services import guarantee_plans as answers
from .. import guarantee_plan_models as models
from ..guard import declares
from .asking import AsOf, Store, finding_named, moment_text, reader_of, router, sent


def _defaulting(request: Request) -> str:
    """The subject of what-if: who shall default; nobody where what was sent names none."""
    named = sent(request, "defaults")
    if not isinstance(named, list) or not all(isinstance(text, str) for text in named):
        return ""
    return " ".join(answers.read_defaults(reader_of(request), named))


@router.post("/guarantees/whatif", response_model=models.WhatIfAnswer, summary="What if a party defaults")
@declares("findings.read", _defaulting)
def whatif(reader: Store, asked: models.WhatIf, as_of: AsOf = None) -> Any:
    """Who falls and who loses how much if parties default, over all contracts in force or those of a circle."""
    named = answers.read_defaults(reader, asked.defaults)
    return answers.whatif(reader, named, asked.method, asked.priority, asked.circle, moment_text(as_of))


@router.get("/guarantees/{finding}/cut", response_model=models.CutAnswer, summary="How to take a circle apart")
@declares("findings.read", finding_named)
def cut(
    reader: Store,
    finding: Annotated[
        str, Path(description="The id of a guarantee finding, or as much of its beginning as is unique.")
    ],
    budget: Annotated[
        int | None, Query(ge=1, description="Also the best so many guarantees to replace, beside three simple choices.")
    ] = None,
    as_of: AsOf = None,
) -> Any:
    """The cheapest guarantees whose replacement leaves no cycle."""
    return answers.cut(reader, finding, budget, moment_text(as_of))
