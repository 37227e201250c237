"""Who says that another is kin, believed or not, of one household or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...graph.snapshot import Edges, GraphView
from ...graph.words.kin import KIN, RELATIVES
from .uses import relation_words


def said_to_be_kin(view: GraphView, people: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs of these people, as nodes in rising order, of whom one calls the other kin, or names the other's own
    phone as kin's."""
    inside = np.zeros(view.node_count, dtype=bool)
    inside[people] = True
    related, named = (_as_kin(view, relation, inside) for relation in ("RELATED_TO", "LISTS_CONTACT"))
    pairs = list(zip(related.source.tolist(), related.target.tolist(), strict=True))
    own = view.ties("HAS_PHONE")
    own = own.where(inside[own.source] & np.isin(own.target, named.target))
    own = own.where(np.asarray(own.column("use") != "work"))
    owners: dict[int, list[int]] = {}
    for owner, phone in zip(own.source.tolist(), own.target.tolist(), strict=True):
        owners.setdefault(phone, []).append(owner)
    for namer, phone in zip(named.source.tolist(), named.target.tolist(), strict=True):
        pairs += [(namer, owner) for owner in owners.get(phone, ())]
    return {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}


def _as_kin(view: GraphView, relation: str, inside: np.ndarray) -> Edges:
    ties = view.ties(relation)
    ties = ties.where(inside[ties.source])
    return ties.where(np.asarray(relation_words(ties).isin(KIN | RELATIVES), dtype=bool))
