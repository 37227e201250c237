"""What the HTTP service takes and sends about contagion along guarantees and about taking circles apart."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .models import Answer


class WhatIf(BaseModel):
    """Who defaults, and how contagion is reckoned."""

    model_config = ConfigDict(extra="forbid")

    defaults: list[str] = Field(
        default=[],
        description="who defaults, as kind:key; only a simulation of a circle can do without",
        examples=[["company:C1"]],
    )
    method: Literal["cascade", "clearing", "probabilistic"] = Field(
        "cascade", description="calls for the full amount, what all pay once all settle, or defaults drawn by chance"
    )
    priority: Literal["pari_passu", "own_first"] = Field(
        "pari_passu", description="whether called guarantees rank with own debt or behind it; not for a cascade"
    )
    circle: str | None = Field(None, description="the id of a guarantee finding to whose members it is kept")


class Missing(BaseModel):
    """Something that is not on record, or was left out."""

    gap: str
    currency: str | None = Field(description="where it is of another currency")
    count: int
    zh: str
    en: str


class Estimate(BaseModel):
    """A mean over drawings, with its 95 % interval."""

    mean: float
    low: float
    high: float


class NetAnswer(Answer):
    """What every answer about a net of guarantees says of itself; amounts are in one currency."""

    finding: str | None = Field(description="the circle that it is kept to; null for all contracts of the book")
    currency: str | None
    parties_in_net: int
    contracts_in_net: int
    gaps: list[Missing]
    reason_zh: str
    reason_en: str


class WhatIfAnswer(NetAnswer):
    """What follows if parties default; which fields there are depends on the method."""

    model_config = ConfigDict(extra="allow")

    method: Literal["cascade", "clearing", "probabilistic"]
    defaults: list[dict[str, str]] = Field(description="`node` and `label` of each")
    summary: dict[str, Any]


class Replaced(BaseModel):
    """What is replaced at once: all contracts of one guarantor for one borrower, or a joint group."""

    joint_group: str | None
    arcs: list[dict[str, str]] = Field(description="`guarantor` and `borrower` of each")
    contracts: list[str] = Field(description="what their rows are known by")
    amount: float | None = Field(description="the known amounts; null where none is known")
    amount_unknown: int = Field(description="contracts of unknown amount")


class Part(BaseModel):
    """A strong component, or several that a joint group ties together."""

    parties: int
    guarantees: int
    weight: float
    bound: float
    exact: bool


class Choice(BaseModel):
    """Guarantees to replace, and the expected loss once they are."""

    how: Literal["best", "random", "degree", "amount"]
    guarantees: list[Replaced]
    after: Estimate
    drop: Estimate


class Plan(BaseModel):
    """The best guarantees to replace with a budget, beside simple choices."""

    budget: int
    exact: bool = Field(description="whether every set was tried; otherwise the best was built up one by one")
    draws: int
    seed: int
    before: Estimate
    choices: list[Choice]


class CutAnswer(NetAnswer):
    """The cheapest guarantees whose replacement leaves no cycle."""

    view: Literal["raw", "contracted"]
    exact: bool = Field(description="whether nothing cheaper exists")
    guarantees: list[Replaced]
    amount: float = Field(description="the known amounts of what is replaced")
    amount_unknown: int
    unknown_taken_as: float | None = Field(description="what a contract of unknown amount weighed in the choice")
    weight: float = Field(description="what is replaced weighs, unknown amounts included")
    bound: float = Field(description="no other choice weighs less")
    gap: float = Field(description="by which part of its weight a cheaper choice could be cheaper")
    parts: list[Part]
    plan: Plan | None
