"""Routes of nodes: one, what lies around it, and how two are linked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from ...services import nodes as answers
from .. import models
from ..guard import declares
from .asking import AsOf, FanOut, Named, NodeName, Store, moment_text, nodes_named, router


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
