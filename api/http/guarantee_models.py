"""What the HTTP service sends about guarantee circles, described for OpenAPI."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .models import Truncation


class Circle(BaseModel):
    """A circle with its figures; null is what the book does not tell."""

    model_config = ConfigDict(extra="allow")

    id: str
    view: str
    name: str
    grade: str | None = Field(description="A1 to C3; null where balance or class is not known")
    colour: str
    score: float
    parties: int
    balance: float | None = Field(description="of all loans of its parties, each once, as far as known")
    guaranteed_balance: float | None = Field(description="of the loans that contracts inside it secure, each once")
    contract_sum: float | None = Field(description="of the known amounts of its contracts")
    circulating_share: float | None = Field(description="the part of contract_sum that only goes round")
    reason_zh: str
    reason_en: str
    innocent_twin: str | None
    truncated: list[Truncation]


class Circles(BaseModel):
    """All circles at one time."""

    as_of: str | None
    currency: str | None = Field(description="in which amounts are added up; others are counted and never added")
    circles: list[Circle]


class CircleDetail(Circle):
    """One circle from near."""

    as_of: str | None
    table: dict[str, Any] = Field(description="its row of the supervisory table")
    members: list[dict[str, Any]] = Field(description="its parties, those who owe most first")
    core_enterprises: list[dict[str, Any]] = Field(
        description="with their conditions and neighbours within three hands"
    )
    key_nodes: list[dict[str, Any]] = Field(description="parties without whom it falls apart, and into what")
    over_guarantee: list[dict[str, Any]] = Field(description="parties who guarantee more than the policy's watch")
    hidden_groups: list[dict[str, Any]] = Field(description="what companies share beside guarantees")
    contradictions: list[dict[str, Any]] = Field(description="loans whose class is better than their days allow")


class SupervisoryTable(BaseModel):
    """The supervisory table."""

    as_of: str | None
    currency: str | None
    columns: list[str]
    rows: list[dict[str, Any]]
    buckets: list[dict[str, Any]] = Field(description="circles, parties and balance by size")
    totals: dict[str, Any] = Field(description="in circles + outside = the loans of the book")


class Portfolio(BaseModel):
    """The guarantee-enhanced share of the book."""

    as_of: str | None
    currency: str | None
    limit: float
    warning: float
    state: Literal["ok", "warning", "block", "unknown"]
    share: float | None
    total: float | None
    enhanced: float | None
    partners: list[dict[str, Any]]
    trend: list[dict[str, Any]]
    crossed_at: str | None = Field(description="the day on which the limit was reached")
    gaps: dict[str, int]


class Changes(BaseModel):
    """What became of circles."""

    since: str | None
    as_of: str | None
    changes: list[dict[str, Any]]
