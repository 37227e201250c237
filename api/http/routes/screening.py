"""The route that screens applications."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Request

from ...services.screening import Desk
from ..screening_models import ScreenAnswer, ScreenRequest
from .asking import Store, router


@router.post("/screen", response_model=ScreenAnswer, summary="Screen an application")
def screen(reader: Store, request: Request, asked: Annotated[ScreenRequest, Body()]) -> Any:
    """What an application touches and what it makes, before a decision. It is laid over the book and not stored. What
    could not be checked within the deadline, or for want of a nightly run, is named."""
    desk = _desk(request, reader)
    if asked.tables is not None:
        return {"screenings": [desk.screen(asked.tables, asked.deadline_ms)]}
    return {"screenings": desk.screen_all(asked.batch or [], asked.deadline_ms)}


def _desk(request: Request, reader: Store) -> Desk:
    """The process's desk, made at the first request."""
    state = request.app.state
    if getattr(state, "desk", None) is None:
        state.desk = Desk(reader)
    return state.desk
