"""What every route asks with: the store, the nodes that a request names, common parameters, and its record."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from ...services.findings import is_id
from ...services.names import read_node
from ...services.questions.asking import Asked, read_question
from ...services.reader import Reader
from ..errors import RESPONSES


def reader_of(request: Request) -> Reader:
    """The process's reader of the store."""
    return request.app.state.reader


def named(request: Request) -> dict[str, tuple[str, str]]:
    """The nodes a request names, by parameter: each node's name, and what was written for it."""
    given = {**_asked(request), **request.path_params}
    if "question" in given:
        return asked_question(request, given["question"]).nodes
    return {
        parameter: (read_node(reader_of(request), given[parameter]), given[parameter])
        for parameter in ("node", "from", "to")
        if parameter in given
    }


def asked_question(request: Request, question: str) -> Asked:
    """A question with what the request gives it."""
    given = {name: moment_text(value) or "" for name, value in _asked(request).items() if name != "question"}
    return read_question(reader_of(request), question, given)


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
    for parameter in ("id", "finding"):
        if is_id(prefix := request.path_params.get(parameter, "")):
            subject = prefix
    bounds = {name: value for name, value in _asked(request).items() if name not in NAMES_NODES}
    reader.audit.record(actor(request), f"api.{name}", subject, None, bounds)


def actor(request: Request) -> str:
    """Who asks, as the audit log names them."""
    return f"anonymous@{request.client.host if request.client else 'unknown'}"


NAMES_NODES = frozenset({"from", "to", "id", "id1", "id2"})
"""Query parameters that name a node, perhaps by a raw personal value: what is on record of them is the node's name."""

SHOWS_NO_DATA = frozenset({"health"})
"""Routes that are asked every few seconds and show nothing of the book; all others are audited."""

router = APIRouter(prefix="/v1", dependencies=[Depends(audited)], responses=RESPONSES)
"""Every route is put on this one, so that none can forget its record."""

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


def moment_text(text: str | None) -> str | None:
    """A time as a query states it, its zone mended."""
    # In a query an unescaped + is a blank: 08:00+08:00 arrives as "08:00 08:00".
    return re.sub(r"(T\S+) (\d\d:?\d\d)$", r"\1+\2", text) if text else text
