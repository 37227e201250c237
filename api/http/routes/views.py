"""Routes of the views that people keep of pictures, and share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request

from ...access.views import Views
from ...services.names import read_node
from .. import picture_models as models
from ..guard import declares
from .asking import Store, of, reader_of, router

ViewId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="The view's id.")]


def _kept(request: Request) -> Views:
    return Views(reader_of(request).settings.views_file)


def _view(request: Request) -> str:
    """The subject of a route about one view."""
    return f"view {request.path_params['view']}" if request.path_params["view"].isalnum() else "view"


@router.get("/views", response_model=models.Views, summary="Kept views")
@declares("graph.read", of("views"))
def views(request: Request, reader: Store) -> Any:
    """The caller's own views, and those that others share."""
    found = _kept(request).seen_by(request.state.caller.name)
    return {"views": [_listed(view) for view in found]}


@router.post("/views", response_model=models.ViewListed, status_code=201, summary="Keep a view")
@declares("views.keep", of("views"))
def keep_view(request: Request, reader: Store, given: models.ViewGiven) -> Any:
    """Keep a picture under a name: its nodes, where they stand, and how it is looked at. One of the caller's of the
    same name gives way."""
    nodes = [{**one.model_dump(), "node": read_node(reader, one.node)} for one in given.nodes]
    body = {"nodes": nodes, "filters": given.filters.model_dump()}
    return _listed(_kept(request).keep(request.state.caller.name, given.name.strip(), given.shared, body))


@router.get("/views/{view}", response_model=models.ViewKept, summary="One view")
@declares("graph.read", _view)
def view(request: Request, reader: Store, view: ViewId) -> Any:
    """A view with its nodes; the picture itself is asked for with them."""
    return _kept(request).view(view, request.state.caller.name)


@router.delete("/views/{view}", response_model=models.ViewGone, summary="Remove a view")
@declares("views.keep", _view)
def remove_view(request: Request, reader: Store, view: ViewId) -> Any:
    """Remove a view of the caller's."""
    _kept(request).remove(view, request.state.caller.name)
    return {"id": view}


def _listed(view: dict) -> dict:
    return {**view, "nodes": len(view["nodes"])}
