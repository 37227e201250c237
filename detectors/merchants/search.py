"""Which merchants turn credit into cash, and through which of their sales."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import by_label, distinct
from ...graph.snapshot import GraphView
from ..contract import Params
from ..flows import ledger
from ..flows.ledger import Ledger
from .population import Population, lines_of
from .sales import Sales, read
from .signs import Signs, signs
from .weighing import Weighed, weigh

WITHOUT_ONE = 1.0
"""What must still speak for cash without the sign that speaks most for it: one sign alone may be the shop's way."""


class Shop(NamedTuple):
    """A merchant whose sales speak for cash.

    Attributes
    ----------
    merchant : its node
    sales : int64, all its sales
    cash : int64, those that were rather cash than not
    usual : float64 by sign, how often sales of other merchants show it
    weighed : what its sales come to
    """

    merchant: int
    sales: np.ndarray
    cash: np.ndarray
    usual: np.ndarray
    weighed: Weighed


class Search(NamedTuple):
    """What was looked at, and what was found."""

    sales: Sales
    signs: Signs
    ledger: Ledger
    shops: list[Shop]


def search(view: GraphView, known: Population, params: Params) -> Search:
    """All merchants of the view whose sales speak for cash, by node."""
    sales, moved = read(view), ledger.read(view)
    found = signs(view, sales, moved, params["back_days"], params["least_back"])
    merchants = distinct(sales.merchant)
    lines = dict(zip(merchants.tolist(), lines_of(view, merchants), strict=True))
    names = dict(zip(merchants.tolist(), view.names(merchants), strict=True))
    shops = []
    for merchant, here in by_label(sales.merchant).items():
        usual = known.usual(names[merchant], lines[merchant])
        weighed = weigh(found.shown[here], found.known[here], usual, sales.applied[here])
        shop = Shop(merchant, here, here[weighed.cash], usual, weighed)
        if _speaks(shop, sales, params):
            shops.append(shop)
    return Search(sales, found, moved, shops)


def _speaks(shop: Shop, sales: Sales, params: Params) -> bool:
    customers = len(distinct(sales.customer[shop.cash]))
    weighed = shop.weighed
    return (
        customers >= params["min_customers"]
        and weighed.evidence >= params["least_evidence"]
        and weighed.least >= WITHOUT_ONE
    )
