"""What the HTTP service sends and takes of jobs: wire models, described for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class LoadAsked(BaseModel):
    """A load to run, as ``ringfence load`` does."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["load"]
    source: Line = Field(description="a folder or file, by its path below the folder of sources", examples=["2026-11"])
    mapping: Line | None = Field(None, description="a shipped mapping, or a file below the folder of sources")


class DetectAsked(BaseModel):
    """A run of detectors, as ``ringfence detect`` does it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["detect"]
    detectors: list[Line] = Field(default=[], max_length=50, description="which ones; all where none is named")
    as_of: Line | None = Field(None, description="what was known at this time", examples=["2026-03-31"])


class SnapshotAsked(BaseModel):
    """A snapshot to build, as ``ringfence snapshot`` does."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["snapshot"]


class Job(BaseModel):
    """A job."""

    job: int
    kind: str = Field(description="the command of `ringfence` that it is: load, detect, snapshot or nightly")
    source: str | None = Field(description="what is loaded")
    by: str = Field(description="who began it")
    state: Literal["running", "done", "failed", "cancelled", "lost"] = Field(
        description="lost: its process ended without a word"
    )
    began_at: int = Field(description="by the clock, in epoch milliseconds")
    ended_at: int | None
    said: str | None = Field(description="what came of it, or why it failed")
    cancelled_by: str | None = Field(description="who told it to end")
    step: str | None = Field(description="what it does now; null before it tells")
    name: str | None = Field(description="what it does that with, such as a table")
    done: int | None = Field(description="how much of that is done")
    total: int | None = Field(description="how much there is of it")


class Jobs(BaseModel):
    """Jobs, the latest first."""

    total: int = Field(description="how many there were, listed or not")
    jobs: list[Job]
