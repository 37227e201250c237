"""Surnames: all that is read of people's names, and all that a mask leaves to be read."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...graph.keys import mask
from ...graph.snapshot import Edges, GraphView

FAMILIAR = frozenset("小老阿大")
"""What stands before a surname or a given name among friends (小王, 阿强): the first character is then no surname."""


def surnames(snapshot: GraphView, contacts: Edges) -> tuple[np.ndarray, np.ndarray]:
    """A number for each surname, -1 where none can be told: int64 by node, of applicants; and by contact, of the name
    it was given."""
    frame = snapshot.facts("applicants", columns=("name",))
    own = frame["name"]
    codes = surname_codes(snapshot, pd.concat([own, contacts.column("name")], ignore_index=True))
    by_node = np.full(snapshot.node_count, -1, dtype=np.int64)
    by_node[frame["node"].to_numpy()] = codes[: len(own)]
    return by_node, codes[len(own) :]


def surname_codes(snapshot: GraphView, names: Iterable[str | None]) -> np.ndarray:
    """int64 by name: a number for its surname, -1 where none can be told."""
    codes, texts = pd.factorize(np.array(snapshot.masked(names), dtype=object))
    masks = (text if "*" in text else mask("name", text) for text in texts)
    told = [None if text[:1] in FAMILIAR else text.partition("*")[0] for text in masks]
    return np.append(pd.factorize(np.array(told, dtype=object))[0], -1)[codes]
