"""What the service tells of every request: a line of its log and its metrics. Neither holds a path or a parameter as
it was asked for, as both may be raw personal values: a request is known by its route and its id.
"""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import PurePath
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...graph.environment import stated
from .errors import defect

_log = logging.getLogger("ringfence.requests")
_REQUESTS = Counter("ringfence_requests", "Requests answered.", ("route", "method", "status"))
_SECONDS = Histogram(
    "ringfence_request_seconds",
    "Seconds from a request to the end of its answer.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observed:
    """Logs and counts each request, and answers for a defect."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except ClientDisconnect:
            # Whoever asked has gone before all of the request was here: there is nobody to answer.
            status = status or 499
        except Exception as error:
            if status == 413:
                # The limit of bodies has answered already, and goes on in its own way.
                raise
            _log.error("defect", extra={"error": type(error).__name__, "where": frames(error), "route": _route(scope)})
            if status:
                raise
            await defect(error)(scope, receive, seen)
        finally:
            _tell(scope, status or 500, time.perf_counter() - begun)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    route = _route(scope)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    _REQUESTS.labels(route, method, str(status)).inc()
    _SECONDS.labels(route).observe(seconds)
    caller = scope.get("state", {}).get("caller")
    told: dict[str, Any] = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    _log.info("request", extra=told | {"caller": caller.name if caller else None})


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path_format", "none")


def frames(error: BaseException) -> list[str]:
    """Where an error was raised, innermost last: files, lines and functions, and nothing of what they held."""
    return [
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]


def metrics() -> bytes:
    """All metrics in Prometheus' text form, of all workers where there are several."""
    if stated("PROMETHEUS_MULTIPROC_DIR") is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)
