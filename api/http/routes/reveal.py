"""The route that shows one personal value."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

from ...services.names import read_node
from ...services.reveal import check_reason, reveal
from .. import models
from ..guard import declares
from .asking import Store, reader_of, router


def _sent(request: Request, name: str) -> str:
    """A text of what was sent; nothing where it cannot be read, which is refused when the body is checked."""
    try:
        found = json.loads(request.state.body)[name]
        return found if isinstance(found, str) else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _subject(request: Request) -> str:
    """The node, and which of its fields."""
    node, field = _sent(request, "node"), _sent(request, "field")
    return f"{read_node(reader_of(request), node)} {field if field.isidentifier() else ''}".strip() if node else ""


@router.post("/reveal", response_model=models.Revealed, summary="One personal value in full")
@declares("personal.reveal", _subject, reason=lambda request: _sent(request, "reason"))
def revealed(reader: Store, asked: models.Reveal) -> Any:
    """What one field of one node holds. Who asked, for what and why is kept in the audit log
    before it is shown; the value is not."""
    check_reason(asked.reason)
    return reveal(reader, read_node(reader, asked.node), asked.node, asked.field)
