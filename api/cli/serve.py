"""The command that runs the HTTP service."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph.errors import UserError
from .commands import StoreUrl
from .output import say

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = "127.0.0.1"
"""The one address the service listens on."""


def serve(
    host: Annotated[
        str,
        typer.Option("--host", metavar="ADDRESS", help=f"{LOOPBACK} and no other."),
    ] = LOOPBACK,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="8000 by default; 0 takes a free one.")
    ] = None,
    store: StoreUrl = None,
) -> None:
    """Answer over HTTP, on this machine only."""
    if host != LOOPBACK:
        raise UserError(f"the service listens on {LOOPBACK} only: leave --host out")
    from ..settings import read_settings

    settings = read_settings(store=store, port=port)
    listening = _listen(settings.port)
    import uvicorn

    from ..http.app import create_app

    app = create_app(settings)
    # A store that cannot be opened is said here, not at the first request.
    app.state.reader.store.revision()
    _refuse_foreign_hosts(app)
    port = listening.getsockname()[1]
    say(f"listening on http://{LOOPBACK}:{port} only; Ctrl-C stops it")
    # No access log: addresses hold node names as they were asked for, raw ones too. The audit log has who saw what.
    config = uvicorn.Config(app, access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise UserError(f"cannot listen on {LOOPBACK}:{port}: {error.strerror}; choose another with --port") from None
    return listening


def _refuse_foreign_hosts(app: FastAPI) -> None:
    """A web page somewhere can point its own name at this machine and have the user's browser ask us questions. Its
    requests carry that name, so only those that name this machine are answered."""
    from starlette.middleware.base import RequestResponseEndpoint
    from starlette.requests import Request
    from starlette.responses import Response

    from ..http.errors import problem

    @app.middleware("http")
    async def only_this_machine(request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.url.hostname in (LOOPBACK, "localhost"):
            return await call_next(request)
        return problem(403, f"the service answers on this machine only: ask for http://{LOOPBACK}")
