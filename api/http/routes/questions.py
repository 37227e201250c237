"""The route of questions about money."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request

from ...services.questions.asking import answer
from ...services.questions.declared import MEANINGS, QUESTIONS
from .. import models
from ..guard import declares
from .asking import Store, asked_question, nodes_named, router


def _query(name: str) -> Any:
    return Query(description=MEANINGS[name])


@router.get("/ask", response_model=models.QuestionAnswer, summary="Where money went")
@declares("graph.read", nodes_named)
def ask(
    reader: Store,
    request: Request,
    question: Annotated[
        str,
        Query(
            description="The question: "
            + "; ".join(f"{one.number} or {one.name}, {one.answers}" for one in QUESTIONS.values()),
            examples=["tcr4"],
        ),
    ],
    id: Annotated[str | None, _query("id")] = None,
    id1: Annotated[str | None, _query("id1")] = None,
    id2: Annotated[str | None, _query("id2")] = None,
    threshold: Annotated[str | None, _query("threshold")] = None,
    threshold1: Annotated[str | None, _query("threshold1")] = None,
    threshold2: Annotated[str | None, _query("threshold2")] = None,
    shortest: Annotated[str | None, _query("shortest")] = None,
    longest: Annotated[str | None, _query("longest")] = None,
    days: Annotated[str | None, _query("days")] = None,
    start: Annotated[str | None, _query("start")] = None,
    end: Annotated[str | None, _query("end")] = None,
    limit: Annotated[str | None, _query("limit")] = None,
    order: Annotated[str | None, _query("order")] = None,
) -> Any:
    """The answer to one question. All rows of the history count, whatever has become of them since, within a window
    that leaves out both its ends."""
    return answer(reader.snapshot(), asked_question(request, question))
