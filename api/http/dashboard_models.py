"""What the HTTP service sends to the dashboard."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from .guarantee_models import Portfolio


class CaseCounts(BaseModel):
    """The cases of the latest nightly batch."""

    open: dict[str, int] = Field(description="by colour")
    new: int
    grown: int
    unassigned: int
    undecided: int = Field(description="open ones without a verdict")
    closed: int
    amounts: list[dict[str, Any]] = Field(description="money at stake in open cases, by currency")


class KindCounts(BaseModel):
    """Findings of one kind."""

    kind: str
    colours: dict[str, int]


class Precision(BaseModel):
    """The last verdicts on cases of one colour."""

    colour: str
    confirmed: int
    innocent: int
    unsure: int
    precision: float | None = Field(description="confirmed of confirmed and innocent; null where there are neither")


class ClusterRates(BaseModel):
    """Risky clusters beside their peers."""

    found: int
    households: int
    bad_rate: float | None = Field(description="the share of their households that has a bad one")
    expected_rate: float | None = Field(description="the same, as expected of loans like theirs")


class Soundness(BaseModel):
    """How loads went and what they could not use."""

    nodes: dict[str, int]
    loads: list[dict[str, Any]]
    rejects: list[dict[str, Any]] = Field(description="by table, column and reason")
    unlinked: list[dict[str, Any]] = Field(description="values that are kept and link no one")
    last_run: dict[str, Any] | None


class Dashboard(BaseModel):
    """What a manager looks at."""

    as_of: str | None
    revision: int
    cases: CaseCounts
    findings: list[KindCounts]
    verdicts: list[Precision]
    clusters: ClusterRates
    portfolio: Portfolio
    health: Soundness
