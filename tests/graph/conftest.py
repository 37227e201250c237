import numpy as np
import pytest


@pytest.fixture(scope="session")
def multigraph():
    """A seeded random multigraph: ``source, target, node_count``, with self-loops, parallels and isolated nodes.

    Small seeds first give the smallest graphs: no node, one node, no edges. Every third graph has a hub.
    """

    def make(seed, nodes=10, edges=24):
        random = np.random.default_rng(seed)
        node_count = min(seed, int(random.integers(1, nodes + 1)))
        edge_count = int(random.integers(0, edges + 1)) if node_count else 0
        source, target = random.integers(0, max(node_count, 1), (2, edge_count)).astype(np.int32)
        if seed % 3 == 2:
            source = np.where(random.random(edge_count) < 0.5, np.int32(0), source)
        return source, target, node_count

    return make
