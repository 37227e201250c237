"""Two things that are settled before any route is looked for: which names the service answers to, and HEAD."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import problem


class OnlyHosts:
    """A web page somewhere can point its own name at this machine and have the user's browser ask us questions. Its
    requests carry that name, so only those that name a host we know are answered.

    Parameters
    ----------
    hosts : names and addresses; ``*`` stands for any
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]):
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or "*" in self._hosts or self._known(scope):
            await self._app(scope, receive, send)
        else:
            refused = problem(403, "the service does not answer to this host: see RINGFENCE_ALLOWED_HOSTS")
            await refused(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        try:
            return (urlsplit("//" + Headers(scope=scope).get("host", "")).hostname or "") in self._hosts
        except ValueError:
            return False


class HeadAsGet:
    """HEAD is GET without what it shows: every route that can be read answers it, and is recorded alike."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask as GET, and send the headers only."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, without_body)
