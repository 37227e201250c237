"""One table from what went wrong to how the service says so: ``application/problem+json`` (RFC 9457) for all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ...graph.errors import Busy, Conflict, Gone, NotFound, Unavailable, UserError
from ...graph.outside import outside_cause
from ..access.errors import Forbidden, TooMany, Unauthenticated
from .models import Problem
from .repeatable import repeatable

MEDIA_TYPE = "application/problem+json"

RESPONSES: dict[int | str, dict] = {
    status: {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, description in (
        (400, "Something in the request cannot be used; `detail` says what to do."),
        (401, "No key or token, or one that is not valid."),
        (403, "No role of the caller allows the action; `detail` names the roles that do."),
        (404, "What is asked for does not exist, or was not known at that time."),
        (409, "It cannot be done as things stand: the beginning of an id fits several, or another job runs."),
        (410, "What is asked for was there, and is kept no longer."),
        (422, "A parameter is missing, of the wrong type or out of its bounds; `errors` names each."),
        (413, "The body is larger than the service reads."),
        (429, "The caller asks too often; `Retry-After` says in how many seconds it may again."),
        (503, "There is no store yet, or it cannot be used at the moment."),
        (500, "A defect of the service; its log says more."),
    )
}
"""The error answers of every route, for OpenAPI."""


def problem(
    status: int, detail: str, errors: list[dict] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An error answer: ``type``, ``title``, ``status``, ``detail``, and ``errors`` by parameter where there are any."""
    body = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    content = body.model_dump(exclude_none=True)
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


STATUSES = {
    Unauthenticated: 401,
    TooMany: 429,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Busy: 409,
    Unavailable: 503,
    UserError: 400,
}
"""The status of each kind of ``UserError``; the first that fits counts."""


def _user_error(request: Request, error: UserError) -> JSONResponse:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(error.seconds)}
    return problem(status, _unrepeated(request, str(error)), headers=headers)


def _unrepeated(request: Request, text: str) -> str:
    """A message without what it quotes of the request that may be a raw personal value in the wrong place."""
    body = _texts(_json(getattr(request.state, "body", b"")))
    for value in {*request.query_params.values(), *map(str, request.path_params.values()), *body}:
        if not repeatable(value):
            text = text.replace(repr(value), "what was given")
    return text


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None


def _texts(value: Any) -> Iterator[str]:
    """All texts within what JSON says."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            left += one.values() if isinstance(one, dict) else one


def _invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
    # What was sent is not repeated: it may be a raw personal value.
    errors = [
        {"parameter": str(item["loc"][-1]), "message": str(item["msg"])} for item in error.errors() if item["loc"]
    ]
    detail = "; ".join(f"{item['parameter']}: {item['message']}" for item in errors)
    return problem(422, detail or "the request cannot be read", errors)


def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == 404:
        return problem(404, "there is no such route: /v1/openapi.json lists them all")
    if error.status_code == 405:
        detail = f"{request.method} is not possible here"
        return problem(405, detail, headers=dict(error.headers or {}))
    return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))


def defect(error: Exception) -> JSONResponse:
    """The answer where the request is not at fault."""
    if outside_cause(error):
        return problem(503, "the store cannot be used at the moment; the service's log says more")
    return problem(500, "a defect of the service, not of the request; its log says more")


TABLE = {
    UserError: _user_error,
    RequestValidationError: _invalid_request,
    HTTPException: _http_error,
}
"""Which exception becomes which answer; for any other see ``observed``."""


def install(app: FastAPI) -> None:
    """Let every error of the application be answered by ``TABLE``."""
    for exception, handler in TABLE.items():
        app.add_exception_handler(exception, handler)  # type: ignore[arg-type]
