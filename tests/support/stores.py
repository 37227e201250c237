"""The stores that every store test runs on, and what they show."""

import numpy as np
from ringfence.graph.model import FOREVER

STORES = ("sqlite", "neo4j")


def relationships_of(store, node):
    """The relationships of a node that show at the end of time, whole."""
    view = store.snapshot().at(FOREVER - 1)
    positions = sorted(set(view.touching([view.find(node)]).tolist()))
    return [view.relationship(position) for position in positions if view.visible(np.array([position]))[0]]
