"""What a request for screening holds, and what the service answers: wire models, described for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .models import Finding, Truncation

Cell = str | int | float | bool | None
Tables = dict[str, list[dict[str, Cell]]]


class ScreenRequest(BaseModel):
    """One application, or several."""

    model_config = ConfigDict(extra="forbid")

    tables: Tables | None = Field(
        None,
        description="one application: its rows by canonical table (applications and applicants; contacts, identifiers, "
        "relations and any other), raw values as a file would have them",
        examples=[
            {
                "applicants": [{"applicant_id": "A9", "name": "张三", "mobile": "13812345678"}],
                "applications": [{"apply_no": "P9", "applicant_id": "A9", "apply_time": "2026-03-20 10:00:00"}],
            }
        ],
    )
    batch: Annotated[list[Tables], Field(max_length=1000)] | None = Field(
        None, description="several applications, each as `tables`; each is screened by itself"
    )
    deadline_ms: float | None = Field(
        250, ge=0, description="what is not done by then is not begun and is named in `not_checked`; null for no limit"
    )

    store: bool = Field(
        False,
        description="make the application part of the graph: later screenings see it at once. For one application, and "
        "for who may write rows. The header Idempotency-Key has it stored once, however often it is sent within a day",
    )

    @model_validator(mode="after")
    def _one_form(self) -> ScreenRequest:
        if (self.tables is None) == (self.batch is None):
            raise ValueError("state tables for one application, or batch for several")
        if self.store and self.tables is None:
            raise ValueError("store takes one application, in tables")
        return self


class Reason(BaseModel):
    """Why an application has its colour."""

    colour: str
    zh: str
    en: str
    finding: str | None = Field(description="the id of the finding that says so; null where no finding does")


class Matched(BaseModel):
    """A finding of the latest nightly runs that the application touches."""

    id: str
    kind: str
    colour: str
    score: float
    batch: int
    reason_zh: str
    reason_en: str
    by: str = Field(description="person: the applicant is a member; thing: they use what its members use")
    things: list[str] = Field(description="what they use of it, by node")


class ConfirmedBad(BaseModel):
    """How near the applicant stands to confirmed fraudsters."""

    distance: int | None = Field(description="ties in between; null where it is more than two, or was not checked")
    path: list[str]


class Count(BaseModel):
    """One limit of the policy, and what is counted in the window that ends now."""

    window: str
    key: str
    lender_kind: str
    count: str
    limit: int
    counted: int
    reached: bool


class PortfolioLimit(BaseModel):
    """How the guarantee-enhanced share of the book stood to its limit in the latest nightly run."""

    state: str = Field(
        description="block: the limit is reached, no further enhanced loan may be made; warning: near it; ok; unknown"
    )
    share: float | None
    limit: float
    warning: float
    zh: str
    en: str
    as_of: str


class NotChecked(BaseModel):
    """What this answer says nothing about."""

    what: str
    why: str


class Screening(BaseModel):
    """What screening an application found."""

    applicants: list[str] = []
    colour: str | None = Field(None, description="the gravest of the reasons'; null where nothing was found")
    score: float = 0.0
    reasons: list[Reason] = []
    findings: list[Finding] = Field([], description="what the book with this application says of the applicant")
    matched: list[Matched] = []
    confirmed_bad: ConfirmedBad | None = None
    velocity: list[Count] = []
    guarantees: list[str] = Field([], description="those of `findings` that are about guarantees, by id")
    portfolio: PortfolioLimit | None = Field(
        None, description="of the whole book, whoever applies; it has no part in the colour. Null without a nightly run"
    )
    truncated: list[Truncation] = Field([], description="every bound that cut a finding short")
    not_checked: list[NotChecked] = Field([], description="what was not checked: no link was sought there")
    rejects: list[dict[str, Any]] = Field([], description="rows and cells that could not be used, values masked")
    unknown_columns: list[dict[str, str]] = []
    as_of: str | None = None
    revision: int | None = Field(None, description="of the store, over which the application was laid")
    stored: int | None = Field(None, description="the revision from which on it is part of the graph, if it is")
    milliseconds: float | None = None
    error: str | None = Field(None, description="in a batch: why this one is no application")


class ScreenAnswer(BaseModel):
    """One screening, or one for each of a batch, in its order."""

    screenings: list[Screening]
