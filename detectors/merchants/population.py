"""What only the whole book knows of its merchants: how often their sales show each sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.kernels.texts import Texts
from ...graph.snapshot import GraphView
from ..contract import Params
from ..flows import ledger
from .sales import Sales, read
from .signs import SIGNS, Signs, signs

PEERS = 50.0
"""For so many sales the whole book counts beside a line of business."""


@dataclass(frozen=True)
class Population:
    """What the whole book says; a line of business is known by its words.

    Attributes
    ----------
    merchants : in the order of their names
    line : int64 by merchant, its line of business, a place in ``lines``
    lines : the lines of business
    shown, known : int64[merchants, signs], of how many sales each sign shows, and can be known
    """

    merchants: Texts
    line: np.ndarray
    lines: Texts
    shown: np.ndarray
    known: np.ndarray

    def usual(self, merchant: str, line: str) -> np.ndarray:
        """float64 by sign: how often the sales of other merchants show it, those of the same line of business first."""
        place = self.merchants.find(merchant)
        own = np.zeros((2, len(SIGNS)))
        if place >= 0:
            own = np.stack([self.shown[place], self.known[place]])
        shown, known = np.stack([self.shown.sum(axis=0), self.known.sum(axis=0)]) - own
        book = (shown + 0.5) / (known + 1.0)
        same = self.line == self.lines.find(line)
        shown, known = np.stack([self.shown[same].sum(axis=0), self.known[same].sum(axis=0)]) - (
            own if place >= 0 and same[place] else 0
        )
        return (shown + PEERS * book) / (known + PEERS)


def measure(view: GraphView, params: Params) -> Population:
    """Measure a book."""
    sales = read(view)
    return counted(view, sales, signs(view, sales, ledger.read(view), params["back_days"], params["least_back"]))


def counted(view: GraphView, sales: Sales, found: Signs) -> Population:
    """How often the sales of each merchant show each sign."""
    nodes = distinct(sales.merchant)
    names = view.names(nodes)
    order = np.array(sorted(range(len(nodes)), key=names.__getitem__), dtype=np.int64)
    place = np.searchsorted(nodes, sales.merchant)
    shown, known = (np.zeros((len(nodes), len(SIGNS)), np.int64) for _ in range(2))
    np.add.at(shown, place, found.shown)
    np.add.at(known, place, found.known)
    words = lines_of(view, nodes)
    lines = sorted(set(words))
    line = np.array([lines.index(word) for word in words], dtype=np.int64)
    return Population(Texts.of([names[i] for i in order]), line[order], Texts.of(lines), shown[order], known[order])


def lines_of(view: GraphView, merchants: np.ndarray) -> list[str]:
    """The line of business of merchants, empty where none is on record."""
    facts = view.facts("merchants", merchants)
    if "category" not in facts:
        return [""] * len(merchants)
    stated = dict(zip(facts["node"], facts["category"].fillna(""), strict=True))
    return [stated.get(node, "") for node in merchants.tolist()]
