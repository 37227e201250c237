"""The command that runs the HTTP service."""

from __future__ import annotations

import socket
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...graph.errors import UserError
from .commands import StoreUrl
from .output import say

if TYPE_CHECKING:
    import uvicorn

    from ..settings import Settings

LOOPBACK = "127.0.0.1"
"""The address the service listens on unless another is given."""
LAST_SECONDS = 30
"""How long answers under way may take once the service is told to end."""


def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help=f"{LOOPBACK} by default: this machine only.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="8000 by default; 0 takes a free one.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes; 1 by default.")
    ] = None,
    store: StoreUrl = None,
) -> None:
    """Answer over HTTP, on this machine only unless told otherwise."""
    from ..services.reader import Reader
    from ..settings import read_settings

    settings = read_settings(store=store, host=host, port=port, workers=workers)
    _check_access(settings)
    listening = _listen(settings.host, settings.port)
    # A store that cannot be opened is said here, not at the first request.
    with closing(Reader(settings)) as reader:
        reader.store.revision()
    scheme = "https" if settings.tls_cert else "http"
    address = f"{scheme}://{settings.host}:{listening.getsockname()[1]}"
    where = "this machine only" if settings.host == LOOPBACK else "whoever reaches it, with a key or a token"
    say(f"listening on {address} for {where}; Ctrl-C stops it")
    _run(settings, listening)


def _check_access(settings: Settings) -> None:
    from ..access.gate import open_keys

    if settings.host in (LOOPBACK, "localhost"):
        return
    if settings.oidc_issuer is None and not (settings.access_file.exists() and open_keys(settings, create=False).all()):
        raise UserError(f"without a key the service listens on {LOOPBACK} only: 'ringfence access create' makes one")
    if settings.tls_cert is None:
        say("keys and answers travel in the clear: set RINGFENCE_TLS_CERT and RINGFENCE_TLS_KEY, or put TLS before it")


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # From here on whoever asks waits for the answer and is not refused.
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise UserError(f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port") from None
    return listening


def _run(settings: Settings, listening: socket.socket) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    if settings.workers == 1:
        from ..http.app import create_app

        uvicorn.Server(_config(settings, create_app(settings))).run(sockets=[listening])
        return
    with tempfile.TemporaryDirectory(prefix="ringfence-metrics-") as counted:
        _hand_down(settings, counted)
        config = _config(settings, "ringfence.api.http.app:create_app", factory=True, workers=settings.workers)
        Multiprocess(config, sockets=[listening]).run()


def _config(settings: Settings, app: Any, **more: Any) -> uvicorn.Config:
    import uvicorn

    from ..http.logs import log_config

    return uvicorn.Config(
        app,
        # Addresses hold node names as they were asked for, raw ones too: the service's own log has routes instead.
        access_log=False,
        log_config=log_config(),
        server_header=False,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=LAST_SECONDS,
        **more,
    )


def _hand_down(settings: Settings, counted: str) -> None:
    """Let the workers, which read the environment, have the settings of this process."""
    from ...graph.environment import hand_down
    from ..settings import as_variables

    hand_down({**as_variables(settings), "PROMETHEUS_MULTIPROC_DIR": counted})
