"""The HTTP service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ..access.gate import Gate
from ..services.reader import Reader
from ..services.status import version
from ..settings import Settings, read_settings
from . import errors
from .models import Problem
from .routes import router

DESCRIPTION = (
    "Findings of a book of loans, guarantees and accounts, and the graph behind them, for any time. "
    "Every request shows a key in the header `Authorization: Bearer KEY`; what its roles do not allow is refused. "
    "Every request for data is recorded in the audit log."
)


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
        yield
        reader.close()

    app = FastAPI(
        title="Ringfence",
        version=version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        # FastAPI's pages fetch scripts from elsewhere, which a closed network cannot.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.reader = reader
    app.state.gate = Gate(settings)
    errors.install(app)
    app.include_router(router)
    app.openapi = lambda: _openapi(app)
    return app


def _openapi(app: FastAPI) -> dict:
    """The description of all routes, with the one shape of errors instead of FastAPI's own."""
    if not app.openapi_schema:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(own, None)
        app.openapi_schema = document
    return app.openapi_schema
