"""What the HTTP service sends: wire models, described for OpenAPI. Nothing else in the product depends on them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    """An error, as RFC 9457 shapes it."""

    type: str = Field("about:blank", description="always about:blank: the status says what kind of error it is")
    title: str = Field(description="the status in words")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="one line that says what to do")
    errors: list[dict[str, str]] | None = Field(
        None, description="by parameter, where the request does not fit: `parameter` and `message`"
    )


class Truncation(BaseModel):
    """A bound that bit."""

    bound: str = Field(description="which bound")
    limit: int | float | str | None = Field(description="its value")
    skipped: int | float | str | None = Field(description="what it left out, or how much; null where that is not known")
    could_change: bool = Field(description="whether the answer could be another without it")


class Member(BaseModel):
    """A party to a finding."""

    node: str
    role: str


class Evidence(BaseModel):
    """A relationship that proves a finding, and the source row that states it."""

    source: str
    target: str
    relation: str
    uid: str
    file: str | None
    row: int | None = Field(description="the row in the file; the header is row 1")


class Thing(BaseModel):
    """Something that members of a finding share or stand in."""

    nodes: list[str] = Field(description="what stands for it in the graph; none for what is no node")
    kind: str = Field(description="what it is used as, such as handset")
    members: list[str] = Field(description="the members who share it")
    users: int = Field(description="how many of the whole book share it, the members among them")
    others: list[str] = Field(default=[], description="those of them who are no members, as far as they are named")


class Explanation(BaseModel):
    """An innocent explanation that was tried."""

    twin: str
    fits: bool
    why_zh: str
    why_en: str


class Finding(BaseModel):
    """A finding: the same shape everywhere."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    members: list[Member]
    view: str
    score: float
    rank: int = Field(description="within its kind")
    rank_all: int
    colour: Literal["blue", "yellow", "orange", "red"]
    evidence: list[Evidence]
    reason_zh: str
    reason_en: str
    innocent_twin: str | None
    measures: dict[str, Any]
    truncated: list[Truncation]
    as_of: str | None
    detector: str
    version: str
    thread: str | None
    run: int = Field(description="the run of its detector")
    batch: int = Field(description="the batch of that run")
    revision: int = Field(description="the revision of the store that its detector looked at")
    policy: str = Field(description="the version of the policy that coloured it")
    things: list[Thing] = Field(description="what its members share or stand in")
    explanations: list[Explanation] = Field(description="the innocent explanations that were tried")


class Run(BaseModel):
    """One run of one detector."""

    detector: str
    version: str
    run: int
    revision: int = Field(description="the revision it looked at")
    as_of: str | None = Field(description="the time it looked at")
    params: dict[str, Any]
    seconds: float = Field(description="wall-clock")
    cpu_seconds: float
    findings: int = Field(description="how many it found, of all kinds and views")
    truncated: list[Truncation]
    batch: int = Field(description="the call of all detectors that it was part of")
    purpose: Literal["nightly", "ad hoc", "backtest"]
    policy: str = Field(description="the version of the policy")


class ListedFinding(Finding):
    """A finding in a list."""

    evidence: list[Evidence] | None = Field(description="null unless `evidence` was asked for")  # type: ignore[assignment]


class Findings(BaseModel):
    """A page of findings, by rank over all."""

    as_of: str | None = Field(description="the time asked about; null where simply the latest runs were")
    runs: list[Run] = Field(description="the run of each detector that the findings are of")
    total: int = Field(description="how many match, on this page or not")
    offset: int
    limit: int
    findings: list[ListedFinding]
    of_unknown_amount: int = Field(
        description="how many were left out because `min_amount` was asked and their amount is not known"
    )
    next: str | None = Field(description="the cursor of the next page; null on the last")
    truncated: list[Truncation]


class Node(BaseModel):
    """A node as people see it."""

    node: str
    kind: str
    label: str = Field(description="a company's name, a person's masked name, a mask, or the plain key")


class PlacedNode(Node):
    """A node some hops away."""

    distance: int = Field(description="hops from the node asked about")


class Fact(BaseModel):
    """What a row says of a node."""

    table: str
    uid: str
    file: str | None
    row: int | None
    valid_from: str | None
    valid_to: str | None
    known_at: str | None = Field(description="null: always known")
    data: dict[str, Any] = Field(description="the row's cells; personal ones as masks")


class Relationship(Evidence):
    """A relationship whole."""

    amount: float | None
    valid_from: str | None = Field(description="an event's time, or since when it holds")
    valid_to: str | None
    known_at: str | None = Field(description="null: always known")
    data: dict[str, Any] = Field(description="the other cells of its row; personal ones as masks")


class Answer(BaseModel):
    """What every answer about nodes says of itself."""

    as_of: str | None = Field(description="the time the answer is about")
    revision: int = Field(description="the revision of the store it was read from")
    truncated: list[Truncation]


class NodeAnswer(Answer, Node):
    """What is said of a node."""

    facts: list[Fact]
    relationships: dict[str, int] = Field(description="how many there are, by relation")


class NeighbourhoodAnswer(Answer):
    """What lies around a node."""

    node: str
    hops: int
    nodes: list[PlacedNode] = Field(description="nearest first, the node itself at distance 0")
    relationships: list[Relationship] = Field(description="those with both ends among the nodes")


class NotFollowed(BaseModel):
    """Ties of one node that link no one, so that a search did not follow them."""

    node: str | None = Field(
        description="the end whose own they are: its ties and, where it is a party, those of its applications, loans "
        "and accounts; null for ties of nodes that the search met between the two, told where no link was found"
    )
    relation: str
    why: str = Field(description="the flag: sentinel, invalid, landline")
    count: int


class PathAnswer(Answer):
    """A shortest link between two nodes, or that none was found."""

    model_config = ConfigDict(populate_by_name=True)

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    max_hops: int
    directed: bool = Field(description="whether only money was followed, in its direction")
    in_time: bool = Field(description="whether each event had to be no earlier than the one before")
    found: bool
    hops: int | None = Field(description="its length; null where none was found")
    nodes: list[Node] = Field(description="from one end to the other")
    relationships: list[Relationship] = Field(description="one fewer than nodes, in order")
    same_instant: int = Field(
        description="in order of time: how many events happened at the instant of the one before, so that either may "
        "have been the first"
    )
    not_followed: list[NotFollowed] = Field(description="behind these ties there may be a link, or a shorter one")


class AllPathsAnswer(BaseModel):
    """All shortest links between two groups of nodes."""

    model_config = ConfigDict(populate_by_name=True)

    source: list[str] = Field(alias="from")
    target: list[str] = Field(alias="to")
    as_of: str | None
    revision: int
    max_hops: int
    hops: int | None = Field(description="their length; null where none was found")
    found: int = Field(description="how many there are, listed or not; parallel relationships are one link")
    paths: list[list[str]] = Field(description="those listed, each its nodes from one group to the other")
    nodes: list[Node] = Field(description="what they go over")
    relationships: list[Relationship] = Field(description="all between two nodes in a row of a listed link")
    links_no_one: list[NotFollowed] = Field(description="ties of the nodes asked about that link no one")
    truncated: list[Truncation]


class FoundNode(Node):
    """A node that a text means."""

    by: Literal["key", "mask", "name"] = Field(description="how it was found")


class SearchAnswer(BaseModel):
    """The nodes that a text means, best first."""

    as_of: str | None
    revision: int
    found: int
    nodes: list[FoundNode]
    truncated: list[Truncation]


class WhyAnswer(BaseModel):
    """Why an applicant is flagged or not, or all that links two parties: as `ringfence why --format json` writes it."""

    model_config = ConfigDict(extra="allow")

    as_of: str | None
    revision: int
    detector: str
    version: str
    run: int | None = Field(description="the run whose settings count; null where the detector has not run")
    params: dict[str, Any]
    truncated: list[Truncation]


class QuestionAnswer(BaseModel):
    """What a question found."""

    question: str = Field(description="its number")
    params: dict[str, Any] = Field(description="what was given; raw personal keys as tokens")
    result: Any = Field(description="rows, one row or a value, as the question has it; ids are keys without their kind")
    truncated: list[Truncation] = Field(description="every bound that cut the answer short")


class Reveal(BaseModel):
    """Which value is wanted, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"node": "applicant:A1", "field": "mobile", "reason": "call back, case 7"}]},
    )

    node: str = Field(min_length=3, max_length=500, description="The node as kind:key.")
    field: str = Field(
        pattern="^[a-z_]{1,40}$", description="A column of its facts, such as mobile; key for what the node stands for."
    )
    reason: str = Field(min_length=3, max_length=500, description="Why; it is kept in the audit log.")


class Revealed(BaseModel):
    """A personal value in full."""

    node: str
    field: str
    values: list[str] = Field(description="each once, as it was first written; several where rows differ")


class Me(BaseModel):
    """Who asks."""

    name: str
    roles: list[str]
    actions: list[str] = Field(description="all that the roles allow")


class Alive(BaseModel):
    """An answer to a probe."""

    status: Literal["ok"]


class Health(BaseModel):
    """Whether the service can answer."""

    status: Literal["ok"]
    version: str
    revision: int = Field(description="the latest revision of the store")
    data_date: str | None = Field(description="the latest event it holds; questions are about this time by default")
