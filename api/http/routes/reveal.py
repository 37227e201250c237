"""The route that shows one personal value."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from ...services.names import read_node
from ...services.reveal import check_reason, reveal
from .. import models
from ..guard import declares
from .asking import Store, reader_of, router, text_sent


def _subject(request: Request) -> str:
    """The node, and which of its fields."""
    node, field = text_sent("node")(request), text_sent("field")(request)
    return f"{read_node(reader_of(request), node)} {field if field.isidentifier() else ''}".strip() if node else ""


@router.post("/reveal", response_model=models.Revealed, summary="One personal value in full")
@declares("personal.reveal", _subject, reason=text_sent("reason"))
def revealed(reader: Store, asked: models.Reveal) -> Any:
    """What one field of one node holds. Who asked, for what and why is kept in the audit log
    before it is shown; the value is not."""
    check_reason(asked.reason)
    return reveal(reader, read_node(reader, asked.node), asked.node, asked.field)
