"""What stands before every route: who asks, whether they may, and the record of it.

A route says beside its definition which action it is and on what (``@declares``). One that says nothing is refused to
everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from ..access.errors import Forbidden
from ..access.gate import Caller, Gate
from ..access.roles import SHOWS_NO_DATA
from ..services.reader import Reader

Endpoint = TypeVar("Endpoint", bound=Callable)


@dataclass(frozen=True)
class Declared:
    """What a route does, and on what."""

    action: str
    subject: Callable[[Request], str]
    reason: Callable[[Request], str]


def _nothing(_: Request) -> str:
    return ""


UNDECLARED = Declared("undeclared", _nothing, _nothing)
"""An action that nobody may do."""


def declares(
    action: str, subject: Callable[[Request], str], reason: Callable[[Request], str] = _nothing
) -> Callable[[Endpoint], Endpoint]:
    """Says of a route which action it is and what it is done on.

    Parameters
    ----------
    action : one of ``access.roles.ACTIONS``
    subject : names nodes or ids for the audit log, never a raw personal value
    reason : why, where the request says so
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.declared = Declared(action, subject, reason)  # type: ignore[attr-defined]
        return endpoint

    return mark


def declared(route: Any) -> Declared:
    """What a route says of itself."""
    return getattr(getattr(route, "endpoint", None), "declared", UNDECLARED)


class GuardedRoute(APIRoute):
    """A route that is admitted to before anything of the request is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            request.state.caller = await run_in_threadpool(_admitted, request, self)
            _check_parameters(request, self)
            return await handle(request)

        return guarded


def parameters(route: APIRoute) -> set[str]:
    """The query parameters that a route knows, those of what it depends on among them."""
    return set(_query_parameters(route.dependant))


def _query_parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for other in dependant.dependencies:
        yield from _query_parameters(other)


def _check_parameters(request: Request, route: APIRoute) -> None:
    """A parameter that the route does not know is a slip that changes the answer: it is refused, not ignored."""
    known = parameters(route)
    if unknown := set(request.query_params) - known:
        told = f"unknown parameter; there are: {', '.join(sorted(known)) or 'none'}"
        # A name that is none of ours is repeated only where it can be no personal value.
        names = [name if re.fullmatch(r"[a-z_]{1,30}", name) else "query" for name in sorted(unknown)]
        raise RequestValidationError([{"loc": ("query", name), "msg": told} for name in names])


def _admitted(request: Request, route: APIRoute) -> Caller:
    gate: Gate = request.app.state.gate
    action = declared(route).action
    caller = gate.caller(request.headers.get("authorization"), request.client.host if request.client else "unknown")
    try:
        gate.admit(caller, action)
    except Forbidden:
        _reader(request).audit.record(caller.name, f"api.{route.name}", action, None, {"refused": True})
        raise
    return caller


def record(request: Request, bounds: dict[str, Any]) -> None:
    """Record who asks for what, and why where that is stated, before anything is shown."""
    route = request.scope["route"]
    says = declared(route)
    if says.action not in SHOWS_NO_DATA:
        subject, reason = says.subject(request) or route.name, says.reason(request) or None
        name = request.state.caller.name
        # Its number is at hand for what says where it is recorded.
        request.state.recorded = _reader(request).audit.record(name, f"api.{route.name}", subject, reason, bounds)


def _reader(request: Request) -> Reader:
    return request.app.state.reader
