"""The investigator's console: its files, which hold no data and so are for everybody."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import HTMLResponse, Response

from ....graph.errors import NotFound
from ...console.files import INDEX, file_of
from ..guard import declares
from .asking import of, root


def _of_types(*types: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {each: {"schema": {"type": "string"}} for each in types}}}


@root.get("/", response_class=HTMLResponse, summary="The console", responses=_of_types("text/html"))
@declares("service.describe", of("console"))
def console() -> Any:
    """The page that everything begins with."""
    return _sent(INDEX)


@root.get(
    "/console/{name:path}",
    response_class=Response,
    summary="A file of the console",
    responses=_of_types("text/html", "text/css", "text/javascript", "application/json"),
)
@declares("service.describe", of("console"))
def console_file(name: Annotated[str, Path(max_length=100, description="Its path, as pages name it.")]) -> Any:
    """A file of the page: a script, the style sheet, the library that draws."""
    return _sent(name)


def _sent(name: str) -> Response:
    found = file_of(name)
    if found is None:
        raise NotFound("the console has no such file: begin at /")
    return Response(found.text, media_type=f"{found.media_type}; charset=utf-8")
