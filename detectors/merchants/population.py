"""What only the whole book knows of its merchants: how often their sales show each sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.kernels.texts import Texts
from ...graph.snapshot import GraphView
from ..contract import Params
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


class Usual(NamedTuple):
    """What other merchants' sales show.

    Attributes
    ----------
    often : float64[merchants, signs], how often, those of the same line of business first
    any : bool[merchants, signs], whether any of them does
    """

    often: np.ndarray
    any: np.ndarray


def usual(known: Population, merchants: Sequence[str], lines: Sequence[str]) -> Usual:
    """What the sales of all others show, for each of some merchants.

    Parameters
    ----------
    merchants, lines : names, and the words for their lines of business
    """
    counts = np.concatenate((known.shown, known.known), axis=1).astype(np.float64)
    by_line = np.zeros((len(known.lines) + 1, counts.shape[1]))
    np.add.at(by_line, known.line, counts)
    place, line = known.merchants.find_all(merchants), known.lines.find_all(lines)
    own = np.where((place >= 0)[:, None], counts[place], 0) if len(counts) else np.zeros((len(place), counts.shape[1]))
    was = known.line[place] if len(counts) else place
    book = counts.sum(axis=0) - own
    peers = by_line[line] - np.where(((place >= 0) & (was == line))[:, None], own, 0)
    shown, of = np.split(book, 2, axis=1)
    rate = (shown + 0.5) / (of + 1.0)
    peers_shown, peers_of = np.split(peers, 2, axis=1)
    return Usual((peers_shown + PEERS * rate) / (peers_of + PEERS), shown > 0)


def measure(view: GraphView, params: Params) -> Population:
    """Measure a book."""
    sales = read(view)
    return counted(view, sales, signs(view, sales, params["back_days"], params["least_back"]))


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
    lines = {word: place for place, word in enumerate(sorted(set(words)))}
    line = np.array([lines[word] for word in words], dtype=np.int64)
    return Population(Texts.of([names[i] for i in order]), line[order], Texts.of(lines), shown[order], known[order])


def lines_of(view: GraphView, merchants: np.ndarray) -> list[str]:
    """The line of business of merchants, empty where none is on record."""
    facts = view.facts("merchants", merchants, ("category",))
    stated = dict(zip(facts["node"], facts["category"].astype(object).fillna(""), strict=True))
    return [stated.get(node, "") for node in merchants.tolist()]
