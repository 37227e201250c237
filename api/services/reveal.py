"""One personal value of one node in full, for whoever may see it and says why."""

from __future__ import annotations

from ...graph.errors import NotFound, UserError
from ...graph.keys import is_token
from .nodes import place_of
from .reader import Reader

KEY = "key"
"""The field that is a node's own key, as of a phone or an account."""


def check_reason(reason: str) -> str:
    """A reason that somebody states, trimmed.

    Raises
    ------
    UserError : it says nothing
    """
    if len(reason.strip()) < 3:
        raise UserError("say why the value is needed: the reason is kept in the audit log")
    return reason.strip()


def reveal(reader: Reader, name: str, text: str, field: str) -> dict:
    """What a field of a node holds, in full: ``{"node", "field", "values"}``, each value once, as it
    was first written.

    Parameters
    ----------
    name : the node
    text : what was written for it, for messages
    field : a column of the rows that state it, such as ``mobile``; ``key`` for what the node itself stands for

    Raises
    ------
    NotFound : there is no such node, it has no such field, or the field holds nothing personal
    """
    snapshot = reader.snapshot().at(reader.moment(None))
    number = place_of(snapshot, name, text)
    rows = [{KEY: name.partition(":")[2]}] if field == KEY else [row["data"] for row in snapshot.statements(number)]
    cells = [row.get(field) for row in rows]
    tokens = dict.fromkeys(cell for cell in cells if isinstance(cell, str) and is_token(cell))
    secrets = [secret for token in tokens if (secret := reader.store.secret(token))]
    if not secrets:
        raise NotFound("the node has no such field, or nothing personal stands in it: its facts list its fields")
    return {"node": name, "field": field, "values": [reader.store.keys.decrypt(cipher) for _, cipher in secrets]}
