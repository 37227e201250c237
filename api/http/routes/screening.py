"""The route that screens applications."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Body, Header, Request
from fastapi.exceptions import RequestValidationError

from ...services.names import read_node
from ...services.once import Different, once
from ...services.once import Request as Once
from ...services.screening import Desk
from ..guard import declares
from ..screening_models import ScreenAnswer, ScreenRequest
from .asking import Store, reader_of, router, sent


def _screened(request: Request) -> str:
    """The subject of a screening: whose applications were sent, as far as that can be read."""
    sets = sent(request, "batch") if sent(request, "tables") is None else [sent(request, "tables")]
    rows = [
        row
        for tables in (sets if isinstance(sets, list) else [])
        for row in (tables.get("applicants") if isinstance(tables, dict) else None) or []
        if isinstance(row, dict) and isinstance(row.get("applicant_id"), str) and row["applicant_id"].strip()
    ]
    named = dict.fromkeys(row["applicant_id"] for row in rows)
    return " ".join(read_node(reader_of(request), f"applicant:{key}") for key in named)


@router.post("/screen", response_model=ScreenAnswer, summary="Screen an application")
@declares("screen.ask", _screened)
def screen(
    reader: Store,
    request: Request,
    asked: Annotated[ScreenRequest, Body()],
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=255, description="stands for this request, where it stores")
    ] = None,
) -> Any:
    """What an application touches and what it makes, before a decision. It is laid over the book, and stored only if
    asked. What could not be checked within the deadline, or for want of a nightly run, is named."""
    desk = _desk(request, reader)
    if asked.store and asked.tables is not None:
        request.app.state.gate.admit(request.state.caller, "rows.write")
        with _once(request, reader, idempotency_key) as known:
            return {"screenings": [desk.screen_and_store(asked.tables, asked.deadline_ms, known)]}
    if asked.tables is not None:
        return {"screenings": [desk.screen(asked.tables, asked.deadline_ms)]}
    return {"screenings": desk.screen_all(asked.batch or [], asked.deadline_ms)}


@contextmanager
def _once(request: Request, reader: Store, key: str | None) -> Iterator[Once | None]:
    """The request under its key, if it has one."""
    if key is None:
        yield None
        return
    try:
        with once(reader.store, request.state.caller.name, key, request.state.body) as known:
            yield known
    except Different:
        said = "this key came with another body before: send a key of its own"
        raise RequestValidationError([{"loc": ("header", "Idempotency-Key"), "msg": said}]) from None


def _desk(request: Request, reader: Store) -> Desk:
    """The process's desk, made at the first request."""
    state = request.app.state
    if getattr(state, "desk", None) is None:
        state.desk = Desk(reader)
    return state.desk
