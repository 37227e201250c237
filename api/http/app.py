"""The HTTP service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from secure import ContentSecurityPolicy, Secure
from secure.headers import CacheControl, ReferrerPolicy, XContentTypeOptions, XFrameOptions
from secure.middleware import SecureASGIMiddleware
from starlette.concurrency import run_in_threadpool

from ...graph.errors import UserError
from ..access.anchor import EVERY_SECONDS
from ..access.gate import Gate
from ..access.roles import ANONYMOUS, may, roles_that_may
from ..services.reader import Reader
from ..services.status import version
from ..settings import Settings, read_settings
from . import errors
from .guard import declared
from .hosts import HeadAsGet, OnlyHosts
from .models import Problem
from .observed import Observed
from .routes import root, router, service

DESCRIPTION = (
    "Findings of a book of loans, guarantees and accounts, and the graph behind them, for any time. "
    "Every request shows a key or a token in the header `Authorization: Bearer KEY`; what its roles do not allow is "
    "refused. Every request for data is recorded in the audit log."
)
MOST_BYTES = 1 << 20
"""The largest body that is read."""

_log = logging.getLogger("ringfence")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service over one store, which is opened at the first request.

    Parameters
    ----------
    settings : which store, key file and audit log; from the environment where None
    """
    settings = settings or read_settings()
    reader = Reader(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anchoring = asyncio.create_task(_anchor(reader))
        yield
        anchoring.cancel()
        reader.close()

    app = FastAPI(
        title="Ringfence",
        version=version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        # The description is a route like any other; FastAPI's pages fetch scripts from elsewhere.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=MOST_BYTES,
    )
    app.state.reader = reader
    app.state.gate = Gate(settings)
    errors.install(app)
    app.include_router(root)
    app.include_router(router)
    app.openapi = lambda: _openapi(app)
    _stand_before(app, settings)
    return app


def _stand_before(app: FastAPI, settings: Settings) -> None:
    """What every request passes, the last added first."""
    app.add_middleware(HeadAsGet)
    app.add_middleware(OnlyHosts, hosts={"127.0.0.1", "localhost", settings.host, *settings.allowed_hosts})
    app.add_middleware(Observed)
    app.add_middleware(SecureASGIMiddleware, secure=_headers())
    app.add_middleware(CorrelationIdMiddleware)


def _headers() -> Secure:
    # The console's own files alone run and are fetched; the one page with a style sheet inside it names its hash.
    policy = (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'")
        .style_src("'self'", service.STYLE_HASH)
        .connect_src("'self'")
        .img_src("'self'", "data:", "blob:")
        .base_uri("'none'")
        .form_action("'none'")
        .frame_ancestors("'none'")
    )
    return Secure(
        csp=policy,
        cache=CacheControl().no_store(),
        referrer=ReferrerPolicy().no_referrer(),
        xcto=XContentTypeOptions(),
        xfo=XFrameOptions().deny(),
    )


async def _anchor(reader: Reader) -> None:
    """Note each minute how far the audit log has come."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await run_in_threadpool(reader.anchor)
        except (UserError, OSError) as error:
            _log.error("no anchor", extra={"error": str(error)})


def _openapi(app: FastAPI) -> dict:
    """The description of all routes, with the one shape of errors instead of FastAPI's own, who may ask, and how."""
    if not app.openapi_schema:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(own, None)
        document["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a token of the issuer."}
        }
        for route in (*root.routes, *router.routes):
            _describe_access(document["paths"], route)
        app.openapi_schema = document
    return app.openapi_schema


def _describe_access(paths: dict, route: object) -> None:
    action = declared(route).action
    for method in getattr(route, "methods", ()):
        operation = paths[getattr(route, "path_format", "")][method.lower()]
        everybody = may({ANONYMOUS}, action)
        operation["x-action"], operation["x-roles"] = action, ["everybody"] if everybody else roles_that_may(action)
        operation["security"] = [] if everybody else [{"bearer": []}]
