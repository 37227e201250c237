"""The fast picture of the graph: built from a store, kept as plain arrays, read by detectors and services.

``GraphView`` is what they see, whether it is the whole snapshot or a part of one.
"""

from .reading import Snapshot, open_snapshot
from .view import Edges, GraphView

__all__ = ["Edges", "GraphView", "Snapshot", "open_snapshot"]
