"""Routes of what guarantees could come to: contagion, and taking a circle apart."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request

from ...services import guarantee_plans as answers
from .. import guarantee_models as models
from .asking import AsOf, Store, actor, moment_text, router


@router.post("/guarantees/whatif", response_model=models.WhatIfAnswer, summary="What if a party defaults")
def whatif(reader: Store, request: Request, asked: models.WhatIf, as_of: AsOf = None) -> Any:
    """Who falls and who loses how much if parties default, over all contracts in force or those of a circle. Who was
    asked about is put on record in a row of its own."""
    named = answers.read_defaults(reader, asked.defaults)
    detail = {"method": asked.method, "priority": asked.priority, "circle": asked.circle}
    reader.audit.record(actor(request), "api.whatif.defaults", " ".join(named), None, detail)
    return answers.whatif(reader, named, asked.method, asked.priority, asked.circle, moment_text(as_of))


@router.get("/guarantees/{finding}/cut", response_model=models.CutAnswer, summary="How to take a circle apart")
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
