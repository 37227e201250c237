"""What the HTTP service sends of a finding's evidence and a case's people: wire models, described for OpenAPI."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .models import Truncation

Pair = tuple[str, str]
"""A text in Chinese and English."""


class Shown(BaseModel):
    """How a node is shown."""

    node: str
    name: str = Field(description="what people read: a company's name, a masked person's name or key, or the key")
    key: str = Field(description="the plain key, where it tells more than the name does; else empty")
    kind: str


class InRole(Shown):
    """A member of a finding."""

    role: str


class Drawn(BaseModel):
    """A picture: vis-network's items, placed and styled."""

    nodes: list[dict[str, Any]] = Field(description="those whose id starts with `label:` are labels of edges")
    edges: list[dict[str, Any]]
    width: float
    height: float
    shown: int = Field(description="how many nodes of the graph are drawn")
    left_out: dict[str, int] = Field(description="how many nodes, arcs and labels are not")
    legend: list[str]
    notes: list[Pair] = Field(description="what is told in words instead of drawn")
    folds: dict[str, list[str]] = Field(description="by the id of a fold, the nodes that are folded away there")
    whole: bool


class SheetRow(BaseModel):
    """A row of a source that proves a finding."""

    uid: str
    file: str
    row: int | None
    relation: str
    contract: str
    source: Shown
    target: Shown
    amount: float | None = Field(description="null where unknown, or where there is none")
    currency: str | None
    since: int | None = Field(description="since when it holds, or when it happened, in epoch milliseconds")
    until: int | None
    on: list[str] = Field(description="the nodes of the picture that it is about")


class Outside(BaseModel):
    """Something of a finding that others use too."""

    things: list[Shown]
    kind: str
    members: int
    users: int
    people: list[Shown] = Field(description="the others, as far as they are named")


class Tried(BaseModel):
    """An innocent explanation that was tried, and why it fits or does not."""

    twin: str
    words: Pair
    fits: bool
    why: Pair


class Measured(BaseModel):
    """A measure of a finding."""

    name: str
    words: Pair
    value: Any


class Bound(Truncation):
    """A bound that bit, in words."""

    words: Pair


class Sheet(BaseModel):
    """What a finding's evidence shows."""

    id: str
    picture: Drawn
    members: list[InRole]
    rows: list[SheetRow]
    outsiders: list[Outside]
    explanations: list[Tried]
    measures: list[Measured]
    truncated: list[Bound]


class CaseMember(Shown):
    """Somebody of a case, with what they borrowed and still owe."""

    model_config = ConfigDict(extra="forbid")

    role: str = Field(description="`member`, or `beside`: who else uses what is mostly theirs")
    added: bool = Field(description="came since the nightly batch before")
    amounts: list[dict[str, Any]] = Field(description="by currency; a figure that no loan tells is null")


class CasePeople(BaseModel):
    """The people of a case."""

    id: str
    members: list[CaseMember]
