"""What every route asks with: the store, the nodes that a request names, common parameters, and its record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from ....graph.errors import UserError
from ...services.findings import is_id
from ...services.names import read_node
from ...services.questions.asking import Asked, read_question
from ...services.reader import Reader
from ..errors import RESPONSES
from ..guard import GuardedRoute, parameters, record
from ..repeatable import repeatable


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
        for parameter in ("node", "other", "from", "to")
        if parameter in given
    }


def group_named(request: Request, parameter: str) -> list[tuple[str, str]]:
    """All nodes that a repeated parameter names: each one's name, and what was written for it."""
    return [(read_node(reader_of(request), text), text) for text in request.query_params.getlist(parameter)]


def asked_question(request: Request, question: str) -> Asked:
    """A question with what the request gives it."""
    given = {name: moment_text(value) or "" for name, value in _asked(request).items() if name != "question"}
    return read_question(reader_of(request), question, given)


def _asked(request: Request) -> dict[str, str]:
    """The query parameters that the route knows; any other is ignored, and is nobody's to record."""
    known = parameters(request.scope["route"])
    return {name: value for name, value in request.query_params.items() if name in known}


Store = Annotated[Reader, Depends(reader_of)]
Named = Annotated[dict[str, tuple[str, str]], Depends(named)]


async def recorded(request: Request, reader: Store) -> None:
    """Record who asks for what before anything is shown. A dependency of every route, so that none can forget it."""
    # What was sent is at hand for the route's subject.
    request.state.body = await request.body()
    _check_text(request.state.body)
    given = {name: request.query_params.getlist(name) for name in _asked(request) if name not in NAMES_NODES}
    await run_in_threadpool(record, request, {name: _bound(values) for name, values in given.items()})


def _check_text(body: bytes) -> None:
    """JSON can spell half a character, which is no text: neither the log nor a store can keep it."""
    if re.search(rb"\\u[dD][89a-fA-F]", body):
        try:
            json.dumps(json.loads(body), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise UserError("the body spells half a character (\\ud800 to \\udfff alone): send whole ones") from None
        except (ValueError, RecursionError):
            return  # It is no JSON, which is said where it is read.


def _bound(values: list[str]) -> str | list[str]:
    """A bound for the record, as far as it can be no raw value in the wrong place."""
    kept = [value if repeatable(value) else "(not kept)" for value in values]
    return kept if len(kept) > 1 else kept[0]


NAMES_NODES = frozenset({"from", "to", "other", "q", "id", "id1", "id2"})
"""Query parameters that name a node, perhaps by a raw personal value: what is on record of them is the node's name."""


def sent(request: Request, name: str) -> Any:
    """What the body of a request says under a name, not checked yet; None where it cannot be read, which is refused
    when the body is checked."""
    try:
        body = json.loads(request.state.body)
    except (ValueError, RecursionError):
        return None
    return body.get(name) if isinstance(body, dict) else None


def text_sent(name: str) -> Callable[[Request], str]:
    """What a body says under a name where that is a text; else nothing."""
    return lambda request: text if isinstance(text := sent(request, name), str) else ""


def nodes_named(request: Request) -> str:
    """The subject of a route that asks about nodes: their names."""
    return " ".join(node for node, _ in named(request).values())


def case_named(request: Request) -> str:
    """The subject of a route about one case: its id, or what it begins with."""
    return _id(request.path_params["id"]) or "case"


def finding_named(request: Request) -> str:
    """The subject of a route about one finding: its id, or what it begins with."""
    return _id(request.path_params.get("id") or request.path_params["finding"]) or "finding"


def _id(text: str) -> str | None:
    # Digits alone may be a phone or a card in the wrong place.
    return text if is_id(text) and not text.isdigit() else None


def of(name: str) -> Callable[[Request], str]:
    """The subject of a route that asks for a whole list, or for the service itself."""
    return lambda _: name


def _guarded(prefix: str) -> APIRouter:
    return APIRouter(prefix=prefix, dependencies=[Depends(recorded)], responses=RESPONSES, route_class=GuardedRoute)


root = _guarded("")
"""For the few routes about the service itself that are asked by their usual names."""

router = _guarded("/v1")
"""Every route is put on this one, so that none can forget who asks, whether they may, and its record."""

AsOf = Annotated[
    str | None,
    Query(
        description="Show what was known at this time: a date (its first instant, in Asia/Shanghai) or an ISO time. "
        "Without it, the store's latest data date.",
        examples=["2026-03-31"],
    ),
]
Opened = Annotated[
    list[str],
    Query(
        alias="open",
        max_length=200,
        description="Folds of a picture of more than 400 nodes to open, by the ids in its `folds`; as far as there is "
        "room, the first ones first.",
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
