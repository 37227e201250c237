"""Routes of nodes: one, what lies around it, and how two are linked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request

from ...services import nodes as answers
from ...services.linked import linked
from ...services.search import LIMIT
from ...services.search import search as answer_search
from ...services.shortest import PATHS, shortest
from ...services.timeline import EVENTS, timeline
from ...services.why import why as answer_why
from .. import case_models, models
from ..guard import declares
from .asking import AsOf, FanOut, Named, NodeName, Store, group_named, moment_text, nodes_named, reader_of, router
from .narrowing import Span
from .pages import Events


def _groups_named(request: Request) -> str:
    """The subject of a question about two groups: all their names."""
    return " ".join(name for side in ("from", "to") for name, _ in group_named(request, side))


def _sought(request: Request) -> str:
    """The subject of a search: a token of the text, since it may be a raw personal value. Whoever has the text can show
    that it was sought."""
    text = " ".join(request.query_params.get("q", "").split())
    return f"search {reader_of(request).store.keys.token('search', text)}"


# Before the node itself: a key may hold slashes, and the longer route must be tried first.
@router.get(
    "/nodes/{node:path}/neighbourhood",
    response_model=models.NeighbourhoodAnswer,
    summary="What lies around a node",
)
@declares("graph.read", nodes_named)
def neighbourhood(
    reader: Store,
    nodes: Named,
    node: NodeName,
    hops: Annotated[int, Query(ge=1, le=4, description="How far to go.")] = 1,
    limit: Annotated[int, Query(ge=1, le=1000, description="Most nodes in the answer.")] = 200,
    fan_out: FanOut = answers.FAN_OUT,
    as_of: AsOf = None,
) -> Any:
    """The nodes within some hops, and the relationships among them. Landlines, sentinels and invalid identifiers are
    shown beside the node asked about, but not followed."""
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    return answers.neighbourhood(snapshot, *nodes["node"], hops, limit, fan_out)


@router.get("/nodes/{node:path}/timeline", response_model=case_models.TimelineAnswer, summary="What happened to a node")
@declares("graph.read", nodes_named)
def node_timeline(
    reader: Store,
    nodes: Named,
    node: NodeName,
    span: Span,
    limit: Events = EVENTS,
    as_of: AsOf = None,
) -> Any:
    """The dated relationships of a node and, where it is a party, of its applications, loans and accounts, earliest
    first."""
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    return timeline(snapshot, [answers.place_of(snapshot, *nodes["node"])], *span, limit)


@router.get("/nodes/{node:path}", response_model=models.NodeAnswer, summary="What is said of a node")
@declares("graph.read", nodes_named)
def node(reader: Store, nodes: Named, node: NodeName, as_of: AsOf = None) -> Any:
    """The rows that state something of a node, and how many relationships it has of each kind."""
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    return answers.node(snapshot, *nodes["node"])


@router.get("/paths", response_model=models.PathAnswer, summary="How two nodes are linked")
@declares("graph.read", nodes_named)
def paths(
    reader: Store,
    nodes: Named,
    source: Annotated[str, Query(alias="from", description="One end, as kind:key.", examples=["applicant:A1"])],
    target: Annotated[str, Query(alias="to", description="The other end, as kind:key.", examples=["applicant:A2"])],
    max_hops: Annotated[int, Query(ge=1, le=20, description="Longest link looked for.")] = answers.MAX_HOPS,
    fan_out: FanOut = answers.FAN_OUT,
    directed: Annotated[
        bool,
        Query(description="Follow money alone, from one end to the other: transfers, disbursements, repayments."),
    ] = False,
    in_time: Annotated[
        bool, Query(description="The same, each event not earlier than the one before; implies `directed`.")
    ] = False,
    as_of: AsOf = None,
) -> Any:
    """A shortest link over all relations in both directions, or the shortest way of money. Landlines, sentinels and
    invalid identifiers link no one: `not_followed` counts such ties. Where bounds cut the search short, `truncated`
    says whether that could change the answer."""
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    return answers.path(snapshot, nodes["from"], nodes["to"], max_hops, fan_out, directed, in_time)


@router.get("/paths/all", response_model=models.AllPathsAnswer, summary="All shortest links between two groups")
@declares("graph.read", _groups_named)
def all_paths(
    reader: Store,
    request: Request,
    source: Annotated[
        list[str], Query(alias="from", description="One group, each as kind:key.", min_length=1, max_length=100)
    ],
    target: Annotated[
        list[str], Query(alias="to", description="The other group, each as kind:key.", min_length=1, max_length=100)
    ],
    max_hops: Annotated[int, Query(ge=1, le=20, description="Longest link looked for.")] = answers.MAX_HOPS,
    limit: Annotated[int, Query(ge=1, le=200, description="Most links listed; all are counted.")] = PATHS,
    fan_out: FanOut = answers.FAN_OUT,
    as_of: AsOf = None,
) -> Any:
    """Every link of the least length from a node of one group to one of the other, over all relations in both
    directions. Landlines, sentinels and invalid identifiers link no one: `links_no_one` counts such ties of the nodes
    asked about."""
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    ends = [group_named(request, side) for side in ("from", "to")]
    return shortest(snapshot, ends[0], ends[1], max_hops, limit, fan_out)


@router.get("/why", response_model=models.WhyAnswer, summary="Why an applicant is flagged or not, or what links two")
@declares("findings.read", nodes_named)
def why(
    reader: Store,
    nodes: Named,
    node: Annotated[
        str, Query(description="An applicant, or the first of two parties, as kind:key.", examples=["applicant:A1"])
    ],
    other: Annotated[str | None, Query(description="Another party: then all that links the two is told.")] = None,
    as_of: AsOf = None,
) -> Any:
    """Of one applicant: what is shared with whom, how rare it is, which innocent explanation was taken, and what is
    missing for a ring. Of two parties: every tie between them, and each route by its rarest link, hubs last."""
    moment = reader.moment(moment_text(as_of))
    snapshot, stated = reader.snapshot().at(moment), moment if as_of is not None else None
    if other is None:
        return answer_why(reader.store, snapshot, nodes["node"], stated)
    return linked(reader.store, snapshot, nodes["node"], nodes["other"], stated)


@router.get("/search", response_model=models.SearchAnswer, summary="Nodes by what is in hand")
@declares("graph.read", _sought)
def search(
    reader: Store,
    q: Annotated[
        str,
        Query(
            description="An identifier raw, as a token or by its last digits (`*5678`), kind:key, or a part of a "
            "company's name.",
            min_length=1,
            max_length=200,
            examples=["*5678"],
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=500, description="Most nodes in the answer.")] = LIMIT,
    as_of: AsOf = None,
) -> Any:
    """The nodes that a text means, best first, and how each was found. What was sought is on record as a token."""
    snapshot = reader.snapshot().at(reader.moment(moment_text(as_of)))
    return answer_search(reader, snapshot, q, limit)
