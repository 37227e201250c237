"""Where loan money must not go: accounts that a list names, and those of merchants in some lines of business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ...graph.words.plain import plain


class Destinations(NamedTuple):
    """What accounts are to loan money, by node.

    Attributes
    ----------
    restricted : bool, whether it must not go there
    shop : bool, whether the account is a merchant's: what it pays on is takings, and no borrower's money any more
    """

    restricted: np.ndarray
    shop: np.ndarray


def destinations(view: GraphView, categories: Sequence[str]) -> Destinations:
    """The restricted accounts and the accounts of merchants.

    Parameters
    ----------
    categories : words that a restricted merchant's line of business holds
    """
    restricted = np.zeros(view.node_count, dtype=bool)
    flags = view.facts("flags", columns=("flag",))
    if len(flags):
        named = flags[(flags["flag"] == "restricted_destination") & (flags["node"] >= 0)]
        restricted[np.asarray(named["node"])] = True
    merchants = view.facts("merchants", columns=("category",))
    if len(merchants):
        lines = merchants["category"].astype(object).fillna("").map(plain)
        forbidden = lines.map(lambda line: any(plain(word) in line for word in categories)).to_numpy(dtype=bool)
        restricted[merchants["node"].to_numpy()[forbidden]] = True
    owns = view.ties("OWNS")
    restricted[owns.target[restricted[owns.source]]] = True
    shop = np.zeros(view.node_count, dtype=bool)
    shop[owns.target[view.kinds[owns.source] == KIND_CODE["merchant"]]] = True
    return Destinations(restricted, shop & ~restricted)
