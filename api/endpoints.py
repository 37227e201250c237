"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from ..graph.times import to_iso
from . import models, neighbours, services
from .errors import RESPONSES
from .names import read_node
from .reader import Reader, stated_moment


def reader_of(request: Request) -> Reader:
    """The process's reader of the store."""
    return request.app.state.reader


def named(request: Request) -> dict[str, tuple[str, str]]:
    """The nodes a request names, by parameter: each node's name, and what was written for it."""
    given = {**_asked(request), **request.path_params}
    return {
        parameter: (read_node(reader_of(request), given[parameter]), given[parameter])
        for parameter in ("node", "from", "to")
        if parameter in given
    }


def _asked(request: Request) -> dict[str, str]:
    """The query parameters that the route knows; any other is ignored, and is nobody's to record."""
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    return {name: value for name, value in request.query_params.items() if name in known}


Store = Annotated[Reader, Depends(reader_of)]
Named = Annotated[dict[str, tuple[str, str]], Depends(named)]


def audited(request: Request, reader: Store, nodes: Named) -> None:
    """Record who asks for what before anything is shown. A dependency of every route, so that none can forget it."""
    name = request.scope["route"].name
    if name in SHOWS_NO_DATA:
        return
    subject = " ".join(node for node, _ in nodes.values()) or name
    if services.is_id(prefix := request.path_params.get("id", "")):
        subject = prefix
    bounds = {name: value for name, value in _asked(request).items() if name not in nodes}
    client = request.client.host if request.client else "unknown"
    reader.audit.record(f"anonymous@{client}", f"api.{name}", subject, None, bounds)


SHOWS_NO_DATA = frozenset({"health"})
"""Routes that are asked every few seconds and show nothing of the book; all others are audited."""

router = APIRouter(prefix="/v1", dependencies=[Depends(audited)], responses=RESPONSES)

AsOf = Annotated[
    str | None,
    Query(
        description="Show what was known at this time: a date (its first instant, in Asia/Shanghai) or an ISO time. "
        "Without it, the store's latest data date.",
        examples=["2026-03-31"],
    ),
]
NodeName = Annotated[
    str,
    Path(
        description="The node as kind:key, percent-encoded. The key of a personal kind may be given raw; it is "
        "tokenised on entry.",
        examples=["company:C1"],
    ),
]
FanOut = Annotated[
    int, Query(ge=1, le=100_000, description="Most neighbours followed from one node; what that hides is reported.")
]


def _moment(text: str | None) -> str | None:
    # In a query an unescaped + is a blank: 08:00+08:00 arrives as "08:00 08:00".
    return re.sub(r"(T\S+) (\d\d:?\d\d)$", r"\1+\2", text) if text else text


@router.get("/health", response_model=models.Health, summary="Whether the service can answer")
def health(reader: Store) -> Any:
    """The store's revision and data date."""
    return {
        "status": "ok",
        "version": services.version(),
        "revision": reader.store.revision(),
        "data_date": to_iso(reader.store.data_date()),
    }


@router.get("/findings", response_model=models.Findings, summary="Findings by rank")
def findings(
    reader: Store,
    kind: Annotated[str | None, Query(description="Only findings of this kind.", examples=["guarantee_cycle"])] = None,
    view: Annotated[str | None, Query(description="Only this view: raw or contracted.")] = None,
    top: Annotated[int | None, Query(ge=1, description="Only the first so many, over all pages.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Findings on a page.")] = 100,
    offset: Annotated[int, Query(ge=0, description="Findings before this page.")] = 0,
    as_of: Annotated[
        str | None,
        Query(
            description="Only each detector's latest run that looked at this time or earlier.", examples=["2026-03-31"]
        ),
    ] = None,
) -> Any:
    """What the latest run of each detector found, by rank over all."""
    moment = None if as_of is None else stated_moment(_moment(as_of) or "")
    runs, found = services.findings(reader.store, kind, view, moment)
    found = found[:top]
    page = found[offset : offset + limit]
    after = len(found) - offset - len(page)
    cut = [{"bound": "limit", "limit": limit, "skipped": after, "could_change": False}] if after > 0 else []
    return {
        "as_of": to_iso(moment),
        "runs": [services.run_as_dict(run) for run in runs],
        "total": len(found),
        "offset": offset,
        "limit": limit,
        "findings": page,
        "truncated": [*cut, *(bound for run in runs for bound in run.truncated)],
    }


@router.get("/findings/{id}", response_model=models.Finding, summary="One finding")
def finding(
    reader: Store,
    id: Annotated[str, Path(description="The finding's id, or as much of its beginning as is unique.")],
    as_of: Annotated[
        str | None, Query(description="Only from each detector's latest run that looked at this time or earlier.")
    ] = None,
) -> Any:
    """A finding with its evidence, from the latest run that has it."""
    moment = None if as_of is None else stated_moment(_moment(as_of) or "")
    return services.finding(reader.store, id, moment)


# Before the node itself: a key may hold slashes, and the longer route must be tried first.
@router.get(
    "/nodes/{node:path}/neighbourhood",
    response_model=models.NeighbourhoodAnswer,
    summary="What lies around a node",
)
def neighbourhood(
    reader: Store,
    nodes: Named,
    node: NodeName,
    hops: Annotated[int, Query(ge=1, le=4, description="How far to go.")] = 1,
    limit: Annotated[int, Query(ge=1, le=1000, description="Most nodes in the answer.")] = 200,
    fan_out: FanOut = neighbours.FAN_OUT,
    as_of: AsOf = None,
) -> Any:
    """The nodes within some hops, and the relationships among them. Landlines, sentinels and invalid identifiers are
    shown beside the node asked about, but not followed."""
    snapshot = reader.snapshot().at(reader.moment(_moment(as_of)))
    return neighbours.neighbourhood(snapshot, *nodes["node"], hops, limit, fan_out)


@router.get("/nodes/{node:path}", response_model=models.NodeAnswer, summary="What is said of a node")
def node(reader: Store, nodes: Named, node: NodeName, as_of: AsOf = None) -> Any:
    """The rows that state something of a node, and how many relationships it has of each kind."""
    snapshot = reader.snapshot().at(reader.moment(_moment(as_of)))
    return neighbours.node(reader.store, snapshot, *nodes["node"])


@router.get("/paths", response_model=models.PathAnswer, summary="How two nodes are linked")
def paths(
    reader: Store,
    nodes: Named,
    source: Annotated[str, Query(alias="from", description="One end, as kind:key.", examples=["applicant:A1"])],
    target: Annotated[str, Query(alias="to", description="The other end, as kind:key.", examples=["applicant:A2"])],
    max_hops: Annotated[int, Query(ge=1, le=20, description="Longest link looked for.")] = neighbours.MAX_HOPS,
    fan_out: FanOut = neighbours.FAN_OUT,
    as_of: AsOf = None,
) -> Any:
    """A shortest link over all relations in both directions. Landlines, sentinels and invalid identifiers link no one.
    Where bounds cut the search short, `truncated` says whether that could change the answer."""
    snapshot = reader.snapshot().at(reader.moment(_moment(as_of)))
    return neighbours.path(snapshot, nodes["from"], nodes["to"], max_hops, fan_out)
