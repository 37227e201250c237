"""What happened to some parties, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ...graph.times import to_iso
from .nodes import bounded, relationships, shown
from .set_aside import own_nodes

EVENTS = 200
"""Most events in an answer by default: the latest ones."""


def timeline(
    snapshot: GraphView,
    nodes: Sequence[int],
    first: int | None = None,
    last: int | None = None,
    limit: int = EVENTS,
) -> dict:
    """The dated relationships of some nodes, earliest first; of a party also those of its applications, loans and
    accounts.

    ``{"as_of", "revision", "nodes", "events", "undated", "truncated"}``: each event is a relationship with ``at``, when
    it happened or since when it holds; ``nodes`` are all that events name. ``undated`` counts the relationships that no
    time is known of.

    Parameters
    ----------
    nodes : by number
    first, last : only events at or after, and before, in epoch milliseconds
    limit : most events; earlier ones are left out
    """
    own = np.unique(np.concatenate([own_nodes(snapshot, node) for node in nodes]))
    positions = np.unique(snapshot.touching(own))
    positions = positions[snapshot.visible(positions)]
    positions = positions[snapshot.uid_order(positions)]
    times = snapshot.valid_from(positions)
    dated = times > ALWAYS
    within = dated & (times >= (ALWAYS if first is None else first))
    within &= times < last if last is not None else True
    found = positions[within][np.argsort(times[within], kind="stable")]
    listed = found[max(len(found) - limit, 0) :]
    ends = np.unique(np.concatenate(snapshot.ends(listed))) if len(listed) else np.array([], dtype=np.int64)
    return {
        "as_of": to_iso(snapshot.as_of),
        "revision": snapshot.revision,
        "nodes": shown(snapshot, snapshot.names(ends)),
        "events": [{"at": one["valid_from"], **one} for one in relationships(snapshot, listed)],
        "undated": int((~dated).sum()),
        "truncated": bounded("limit", limit, len(found) - len(listed), False),
    }
