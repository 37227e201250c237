"""What the HTTP service sends and takes of cases: wire models, described for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .models import Node, Relationship, Truncation

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Entry(BaseModel):
    """What somebody did with a case."""

    model_config = ConfigDict(extra="allow")

    case: str
    action: Literal["verdict", "note", "assign", "close", "snooze"]
    text: str = Field(description="the reason, the note, or who works on it")
    by: str
    at: int = Field(description="when, by the clock, in epoch milliseconds")
    as_of: int = Field(description="the store's data date then, from which a verdict is known, in epoch milliseconds")
    verdict: Literal["confirmed", "innocent", "unsure"] | None
    until: int | None = Field(description="when a verdict or a snooze ends, in epoch milliseconds")


class Case(BaseModel):
    """Findings about the same people, as one thing that somebody works on."""

    model_config = ConfigDict(extra="allow")

    id: str
    state: Literal["new", "grown", "shrunk", "unchanged", "gone"] = Field(
        description="what became of it since the nightly batch before"
    )
    colour: Literal["blue", "yellow", "orange", "red"]
    people: list[str]
    beside: list[str] = Field(description="who else uses what is mostly theirs")
    added: list[str] = Field(description="who came since the nightly batch before")
    left: list[str] = Field(description="who left since then")
    kinds: dict[str, int] = Field(description="its findings by kind")
    parts: list[dict[str, Any]] = Field(description="its findings, the largest first")
    amounts: list[dict[str, Any]] = Field(description="money at stake by currency")
    first_seen: str
    last_seen: str
    assigned: str | None
    verdict: Entry | None = Field(description="the last one")
    closed: bool
    snoozed: int | None = Field(description="until when it is hidden from the queue, in epoch milliseconds")
    level: str | None = Field(description="the level of response that its colour asks for; null where none")
    owner: str | None = Field(description="the role whose it is")
    due: str | None = Field(description="when, by the clock, it is to be closed")
    overdue: bool = Field(description="whether that is past and it is neither closed nor gone")
    entries: list[Entry] = Field(description="all that was done with it, oldest first")


class Cases(BaseModel):
    """A page of cases in the order asked for."""

    total: int = Field(description="how many match, on this page or not")
    cases: list[Case]
    next: str | None = Field(description="the cursor of the next page; null on the last")
    budget: int = Field(description="how many cases a team can open in a day, by the policy")
    truncated: list[Truncation]


class VerdictGiven(BaseModel):
    """A verdict to give."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["confirmed", "innocent", "unsure"]
    reason: Text = Field(description="why; it is kept with the case", examples=["all five repay from one account"])
    until: str | None = Field(None, description="from when on it holds no more", examples=["2027-03-31"])


class Noted(BaseModel):
    """A note to add."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(description="what to keep; no personal values", examples=["called the employer"])


class Assigned(BaseModel):
    """Who shall work on a case."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(examples=["li.na"])


class Closed(BaseModel):
    """Why a case is closed."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(examples=["handed to the police"])


class Snoozed(BaseModel):
    """Until when a case is put off, and why."""

    model_config = ConfigDict(extra="forbid")

    until: str = Field(description="the day of the nightly batch that shows it again", examples=["2026-07-15"])
    reason: Text = Field(examples=["waits for the bank's answer"])


class Event(Relationship):
    """A dated relationship."""

    at: str = Field(description="when it happened, or since when it holds")


class TimelineAnswer(BaseModel):
    """What happened to some parties, earliest first."""

    as_of: str | None
    revision: int
    nodes: list[Node] = Field(description="all that events name")
    events: list[Event]
    undated: int = Field(description="how many relationships no time is known of")
    truncated: list[Truncation]
