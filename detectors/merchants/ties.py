"""Customers who know the shop or each other: whose phones they name as contacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...graph.kernels.sets import among, distinct
from ...graph.snapshot import GraphView
from .sales import Sales
from .sides import sides

NAMED_BY = 3
"""A phone that so many customers of one shop name ties them."""


@dataclass(frozen=True)
class Ties:
    """Customers of merchants who are tied, and by which phone; arrays of one length.

    Attributes
    ----------
    merchant, customer, phone : int64 nodes
    shown, known : bool by sale, whether its customer is tied, and whether that can be known: they name somebody
    """

    merchant: np.ndarray
    customer: np.ndarray
    phone: np.ndarray
    shown: np.ndarray
    known: np.ndarray


def ties(view: GraphView, sales: Sales) -> Ties:
    """Customers who name a phone of the merchant, of who controls it, or of another of its customers, or one that
    others of its customers name."""
    sold = distinct((sales.merchant << 32) | sales.customer)
    sold = pd.DataFrame({"merchant": sold >> 32, "customer": sold & 0xFFFFFFFF})
    named = _named(view, distinct(sales.customer))
    calls = sold.merge(named, on="customer")
    own = _own(view, distinct(np.asarray(calls["phone"])))
    side = pd.DataFrame(sides(view, distinct(sales.merchant))._asdict()).merge(own, on="party")
    theirs = sold.merge(own, left_on="customer", right_on="party").drop(columns="customer")
    others = calls.merge(pd.concat((side, theirs.assign(sold=True))), on=["merchant", "phone"])
    others = others[others["sold"].isna() | (others["customer"] != others["party"])]
    many = calls[np.asarray(calls.groupby(["merchant", "phone"])["customer"].transform("size")) >= NAMED_BY]
    tied = pd.DataFrame(pd.concat([pd.DataFrame(others[calls.columns]), pd.DataFrame(many)]).drop_duplicates())
    merchant, customer, phone = (np.asarray(tied[name], dtype=np.int64) for name in ("merchant", "customer", "phone"))
    shown = np.isin((sales.merchant << 32) | sales.customer, (merchant << 32) | customer)
    return Ties(merchant, customer, phone, shown, among(sales.customer, distinct(np.asarray(named["customer"]))))


def _named(view: GraphView, customers: np.ndarray) -> pd.DataFrame:
    """``customer, phone``: whom customers name, each once."""
    called = view.ties("LISTS_CONTACT")
    pairs = (called.source.astype(np.int64) << 32) | called.target
    pairs = distinct(pairs[among(called.source.astype(np.int64), customers)])
    return pd.DataFrame({"customer": pairs >> 32, "phone": pairs & 0xFFFFFFFF})


def _own(view: GraphView, phones: np.ndarray) -> pd.DataFrame:
    """``party, phone``: whose own phones some phones are."""
    own = view.ties("HAS_PHONE")
    own = own.where(among(own.target.astype(np.int64), phones))
    own = own.where(np.asarray(own.column("use") != "work"))
    pairs = distinct((own.source.astype(np.int64) << 32) | own.target)
    return pd.DataFrame({"party": pairs >> 32, "phone": pairs & 0xFFFFFFFF})
