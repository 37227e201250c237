"""What the HTTP service takes and sends of pictures and of the views that people keep of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .models import Answer

Pixels = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
NodeText = Annotated[str, Field(min_length=3, max_length=500)]


class Placed(BaseModel):
    """A node and where its middle stands, in pixels, y downwards."""

    model_config = ConfigDict(extra="forbid")

    node: NodeText = Field(examples=["company:C1"])
    x: Pixels
    y: Pixels


class ExploreAsked(BaseModel):
    """A picture as it stands, and what to put in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"placed": [], "add": ["company:C1"], "expand": None}]},
    )

    placed: list[Placed] = Field(default=[], max_length=400, description="the nodes that stand already; none moves")
    add: list[NodeText] = Field(default=[], max_length=200, description="nodes to put in, as kind:key")
    expand: NodeText | None = Field(None, description="put in what hangs on this node, and the node")
    kind: str | None = Field(None, pattern="^[a-z_]{1,40}$", description="of that, only nodes of this kind")
    limit: int = Field(40, ge=1, le=200, description="of that, at most so many nodes")


class PictureAnswer(Answer):
    """A picture as vis-network takes it."""

    nodes: list[dict[str, Any]] = Field(description="vis-network's nodes, placed")
    edges: list[dict[str, Any]] = Field(description="vis-network's edges")


class About(BaseModel):
    """What is known of a node in a picture."""

    kind: str
    label: str
    degree: int = Field(description="how many neighbours it has, as far as they were counted")
    hub: bool = Field(description="it has more neighbours than opening it puts in")
    beyond: dict[str, int] = Field(description="neighbours that are not in the picture, by kind")
    risk: Literal["blue", "yellow", "orange", "red"] | None = Field(
        description="the highest colour of the findings of the latest runs it is a member of"
    )
    region: str | None
    flags: list[str] = Field(description="flags in force on it")


class ExploreAnswer(PictureAnswer):
    """The picture with what was put in."""

    about: dict[str, About] = Field(description="by node")
    added: list[str] = Field(description="the nodes that came in")
    missing: list[str] = Field(description="placed nodes that do not show at that time")


class CirclePicture(PictureAnswer):
    """A guarantee circle as a picture."""

    id: str
    view: Literal["raw", "contracted"]
    width: float
    height: float
    shown: int = Field(description="how many nodes are drawn")
    left_out: dict[str, int] = Field(description="nodes, arcs and labels of the evidence that are not drawn")
    legend: list[str] = Field(description="what kinds of nodes and lines there are")
    notes: list[tuple[str, str]] = Field(description="what is told in words instead, Chinese and English")
    folds: dict[str, list[str]] = Field(description="by the id of a fold, the nodes that are folded away there")
    key_nodes: list[str] = Field(description="parties without whom it falls apart")


class ViewFilters(BaseModel):
    """How a view is looked at."""

    model_config = ConfigDict(extra="forbid")

    hide_hubs: bool = False
    hidden_kinds: list[Annotated[str, Field(pattern="^[a-z_]{1,40}$")]] = Field(default=[], max_length=20)
    colour_by: Literal["kind", "risk", "region", "flags"] = "kind"
    as_of: str | None = Field(default=None, max_length=40, description="the time it is about; null for the latest")


class ViewGiven(BaseModel):
    """A view to keep."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")] = Field(
        description="what it is called; no personal values", examples=["ring around C1"]
    )
    shared: bool = Field(False, description="whether everybody who may read the graph can open it")
    nodes: list[Placed] = Field(min_length=1, max_length=400)
    filters: ViewFilters = ViewFilters()


class ViewListed(BaseModel):
    """A view as the list has it."""

    id: str
    name: str
    owner: str
    shared: bool
    own: bool = Field(description="it is the caller's")
    nodes: int = Field(description="how many nodes it holds")
    saved_at: int = Field(description="in epoch milliseconds")


class ViewKept(ViewListed):
    """A view whole."""

    nodes: list[Placed]  # type: ignore[assignment]
    filters: ViewFilters


class Views(BaseModel):
    """The views that the caller may open."""

    views: list[ViewListed] = Field(description="the caller's own first, then those that others share, by name")


class ViewGone(BaseModel):
    """A view that was removed."""

    id: str
