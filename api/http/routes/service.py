"""Routes about the service itself: is it alive, is it ready, what does it measure, what can be asked."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from ...access.roles import ACTIONS, may
from .. import models
from ..guard import declares
from ..observed import metrics
from .asking import Store, of, root, router

_OF_SERVICE = of("service")
_STYLE = "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto}td{vertical-align:top}"
STYLE_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
"""What lets the style sheet of ``/docs`` be under the Content-Security-Policy."""


@root.get("/healthz", response_model=models.Alive, summary="Whether the process is alive")
@declares("service.probe", _OF_SERVICE)
def healthz() -> Any:
    """Answers as long as the process can answer at all; it opens nothing."""
    return {"status": "ok"}


@root.get("/readyz", response_model=models.Alive, summary="Whether data can be asked for")
@declares("service.probe", _OF_SERVICE)
def readyz(reader: Store) -> Any:
    """503 as long as there is no store, or its snapshot is being mapped or built; asking begins that."""
    reader.check_ready()
    return {"status": "ok"}


@router.get("/me", response_model=models.Me, summary="Who asks, and what they may do")
@declares("status.read", _OF_SERVICE)
def me(request: Request) -> Any:
    """The name, the roles, and all actions that these allow: what a console offers."""
    caller = request.state.caller
    return {
        "name": caller.name,
        "roles": sorted(caller.roles),
        "actions": [action for action in ACTIONS if may(caller.roles, action)],
    }


@root.get(
    "/metrics",
    response_class=PlainTextResponse,
    summary="What the service measures",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@declares("service.measure", _OF_SERVICE)
def measured() -> Any:
    """Requests by route, method and status, and their seconds, for Prometheus; of all workers together."""
    return PlainTextResponse(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/openapi.json", summary="The description of all routes", response_model=dict[str, Any])
@declares("service.describe", _OF_SERVICE)
def openapi(request: Request) -> Any:
    """All routes, parameters, answers and errors, for programs, as OpenAPI 3.1."""
    return request.app.openapi()


@root.get(
    "/docs",
    response_class=HTMLResponse,
    summary="The description of all routes, to read",
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
@declares("service.describe", _OF_SERVICE)
def docs(request: Request) -> Any:
    """A page of the same, which fetches nothing from elsewhere."""
    return HTMLResponse(_page(request.app.openapi()))


def _page(document: dict) -> str:
    parts = [
        _operation(method, path, operation)
        for path, item in sorted(document["paths"].items())
        for method, operation in item.items()
    ]
    info = document["info"]
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])}</title>"
    return f"{head}<style>{_STYLE}</style><h1>Ringfence</h1><p>{escape(info['description'])}</p>{''.join(parts)}"


def _operation(method: str, path: str, operation: dict) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{escape(one.get('description', ''))}"
        for one in operation.get("parameters", [])
    )
    heading = f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
    roles = escape(", ".join(operation["x-roles"]))
    return f"{heading}<p>{escape(operation['description'])}<p>Roles: {roles}<table>{rows}</table>"
