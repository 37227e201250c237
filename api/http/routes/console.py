"""The investigator's console: its files, which hold no data and so are for everybody."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response

from ....graph.errors import NotFound
from ...console.files import INDEX, file_of
from ..guard import declares
from .asking import of, root


@root.get("/", include_in_schema=False)
@declares("service.describe", of("console"))
def console() -> Any:
    """The page that everything begins with."""
    return _sent(INDEX)


@root.get("/console/{name:path}", include_in_schema=False)
@declares("service.describe", of("console"))
def console_file(name: Annotated[str, Path(max_length=100)]) -> Any:
    """A file of the page: a script, the style sheet, the library that draws."""
    return _sent(name)


def _sent(name: str) -> Response:
    found = file_of(name)
    if found is None:
        raise NotFound("the console has no such file: begin at /")
    return Response(found.text, media_type=f"{found.media_type}; charset=utf-8")
