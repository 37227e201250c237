"""Channels and salespeople as hubs: whom they brought in a burst."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...graph.snapshot import GraphView
from .bursts import brought, within
from .hubs import Hub, Ties
from .population import Known


def channel_hubs(view: GraphView, known: Known, numbers: np.ndarray) -> Iterator[Hub]:
    """Channels with a burst, and who came in it."""
    clients, bursts = brought(view, numbers), known.bursts
    place = within(clients, bursts)
    clients, place = clients.where(place >= 0), place[place >= 0]
    starts = np.searchsorted(place, np.arange(len(bursts.channel) + 1))
    for burst, (low, high) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        if high - low < max(int(bursts.clients[burst]), 1):
            continue
        rows = clients.where(np.arange(low, high))
        nothing = np.full(len(rows), -1, dtype=np.int64)
        ties = Ties(rows.person, rows.node, rows.position, rows.via, rows.time, nothing)
        yield Hub("channel", int(bursts.channel[burst]), np.sort(rows.person), int(bursts.brought[burst]), ties)
