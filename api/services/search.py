"""Nodes by what an investigator has in hand: an identifier raw, masked or as a token, a key, the name of a company."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...graph.errors import UserError
from ...graph.keys import is_token
from ...graph.model import KINDS, PERSONAL_KINDS, kind_of
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from .names import key_names
from .nodes import bounded, shown
from .reader import Reader

LIMIT = 50
"""Most nodes in an answer by default."""
LEAST = 3
"""Fewest characters of a mask that are looked for: fewer fit half a book."""
LEAST_NAME = 2
"""Fewest characters of a name."""

_NAMED = {"companies": "company", "merchants": "merchant"}


def search(reader: Reader, snapshot: GraphView, text: str, limit: int = LIMIT) -> dict:
    """The nodes that a text means, best first.

    ``{"as_of", "revision", "found", "nodes", "truncated"}``: each node with ``by``, how it was found: ``key`` (as
    kind:key, as a bare key of any kind, raw or as a token), ``mask`` (``*5678`` or ``138****5678``) or ``name`` (a part
    of a company's or merchant's).

    Parameters
    ----------
    snapshot : what shows at its time is found
    text : what somebody has in hand
    limit : most nodes in the answer

    Raises
    ------
    UserError : nothing was written, or too little of a mask
    """
    sought = text.strip()
    if not sought:
        raise UserError(
            "nothing is sought: give an identifier, its last digits as *5678, or a part of a company's name"
        )
    hits = (
        _by_mask(snapshot, sought)
        if "*" in sought
        else {**_by_key(reader, snapshot, sought), **_by_name(snapshot, sought)}
    )
    kept = [(node, by) for node, by in hits.items() if snapshot.shows(snapshot.find(node) or 0)]
    nodes = shown(snapshot, [node for node, _ in kept[:limit]])
    return {
        "as_of": to_iso(snapshot.as_of),
        "revision": snapshot.revision,
        "found": len(kept),
        "nodes": [{**node, "by": by} for node, (_, by) in zip(nodes, kept, strict=False)],
        "truncated": bounded("limit", limit, len(kept) - limit, True),
    }


def _by_key(reader: Reader, snapshot: GraphView, text: str) -> dict[str, str]:
    kind, separator, key = text.partition(":")
    named = [(kind, key)] if separator and kind in KINDS and key.strip() else [(kind, text) for kind in KINDS]
    names = (f"{kind}:{key}" if is_token(key) else key_names(reader, kind, [key])[0] for kind, key in named)
    return _held(snapshot, names, "key")


def _by_mask(snapshot: GraphView, text: str) -> dict[str, str]:
    kind, separator, rest = text.partition(":")
    kinds, mask = ([kind], rest) if separator and kind in PERSONAL_KINDS else (sorted(PERSONAL_KINDS), text)
    if len(re.sub(r"[*\s]", "", mask)) < LEAST:
        raise UserError(f"{LEAST} characters beside the stars are needed: more would be found than anybody can look at")
    pattern = re.sub(r"\*+", "%", re.sub(r"([\\%_])", r"\\\1", mask.strip()))
    tokens = snapshot.tokens_masked(pattern)
    return _held(snapshot, (f"{kind}:{token}" for token in tokens for kind in kinds), "mask")


def _by_name(snapshot: GraphView, text: str) -> dict[str, str]:
    if len(text) < LEAST_NAME:
        return {}
    found: list[str] = []
    for table, kind in _NAMED.items():
        rows = snapshot.facts(table, columns=["name"])
        fits = rows["name"].fillna("").astype(str).str.contains(text, case=False, regex=False)
        nodes = rows.loc[fits, "node"].tolist()
        found += [name for name in snapshot.names([node for node in nodes if node >= 0]) if kind_of(name) == kind]
    return _held(snapshot, sorted(found), "name")


def _held(snapshot: GraphView, names: Iterable[str], by: str) -> dict[str, str]:
    wanted = [*dict.fromkeys(names)]
    places = snapshot.find_all(wanted).tolist()
    return {name: by for name, place in zip(wanted, places, strict=True) if place >= 0}
