"""Which merchants turn credit into cash, and through which of their sales."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import by_label, distinct
from ...graph.snapshot import GraphView
from ..contract import Params
from .population import Population, lines_of, usual
from .sales import Sales, read
from .signs import Signs, signs
from .weighing import IS_HARD, OFTEN, mixture, of_cash_days, rather_cash, ratios, without_best

WITHOUT_ONE = 1.0
"""What must still speak for cash without the sign that speaks most for it: one sign alone may be the shop's way."""


class Shop(NamedTuple):
    """A merchant whose sales speak for cash.

    Attributes
    ----------
    merchant : its node
    sales : int64, all its sales
    shown : bool[sales, signs], which of the signs that tell something each of them shows
    cash : bool by sale of these, whether it was rather cash than not
    telling : bool by sign, whether it tells something here
    usual : float64 by sign, how often sales of other merchants show it
    evidence : what its sales come to, in natural logarithms
    """

    merchant: int
    sales: np.ndarray
    shown: np.ndarray
    cash: np.ndarray
    telling: np.ndarray
    usual: np.ndarray
    evidence: float

    @property
    def cashed(self) -> np.ndarray:
        """int64: the sales that were rather cash than not."""
        return self.sales[self.cash]

    @property
    def hard(self) -> np.ndarray:
        """bool by sale: whether it shows a sign of money or goods."""
        return np.asarray(self.shown[:, IS_HARD].any(axis=1))


class Search(NamedTuple):
    """What was looked at, and what was found."""

    sales: Sales
    signs: Signs
    shops: list[Shop]


def search(view: GraphView, known: Population, params: Params) -> Search:
    """All merchants of the view whose sales speak for cash, by node."""
    sales = read(view)
    found = signs(view, sales, params["back_days"], params["least_back"])
    return Search(sales, found, list(_shops(view, sales, found, known, params)))


def _shops(view: GraphView, sales: Sales, found: Signs, known: Population, params: Params) -> Iterator[Shop]:
    for shop, ratio in weighed(view, sales, found, known):
        if _speaks(shop, sales, params) and without_best(ratio) >= WITHOUT_ONE:
            yield shop


def weighed(view: GraphView, sales: Sales, found: Signs, known: Population) -> Iterator[tuple[Shop, np.ndarray]]:
    """All merchants of which a sale shows a sign of money or goods, and how much each sign of each sale speaks."""
    merchants = distinct(sales.merchant)
    others = usual(known, view.names(merchants), lines_of(view, merchants))
    for place, (merchant, here) in enumerate(by_label(sales.merchant).items()):
        often, shown = others.often[place], found.shown[here]
        # what every other sale shows, or none in the book, is not how sales are but how they are recorded
        telling = (often < OFTEN) & (others.any[place] | shown.any(axis=0))
        shown = shown & telling
        if shown[:, IS_HARD].any():
            ratio = ratios(shown, found.known[here] & telling, often)
            likely = mixture(ratio.sum(axis=1))
            shop = Shop(merchant, here, shown, np.zeros(len(here), bool), telling, often, likely.evidence)
            told = shop.hard | of_cash_days(shop.hard, sales.applied[here])
            yield shop._replace(cash=rather_cash(ratio.sum(axis=1), likely.share) & told), ratio


def _speaks(shop: Shop, sales: Sales, params: Params) -> bool:
    customers = len(distinct(sales.customer[shop.cashed]))
    return customers >= params["min_customers"] and shop.evidence >= params["least_evidence"]
