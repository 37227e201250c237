"""Applications made at a shop by somebody who was far from it (远程冒名)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.facets import DAY
from ..sharing.population import Population
from .filed import Filed, cells, texts
from .hits import Hit
from .limits import HOUR

EARTH = 6371.0
"""Kilometres from its centre."""
ONLINE = ("电商", "网店", "网购", "网上", "线上", "互联网", "online", "e-commerce")
"""Words in the category of a merchant at which nobody applies in person."""
CUSTOMERS = 3
"""What fewer households use is no shop's equipment, but a customer's own."""
CROWD = 10
"""So many times as many as usual are a crowd, as on a promotion day: that tells of the shop, not of one person."""
ZONE = 8 * HOUR
"""By which a day begins earlier here than in Greenwich."""
LEAST_LOCATED = 5
"""Of a shop with fewer applications whose place is known, these do not say where its customers apply from."""


@dataclass(frozen=True)
class Located:
    """Applications at merchants, both of whose places are known; arrays of one length.

    Attributes
    ----------
    row : int64, places in ``Filed``
    merchant : int64 nodes
    position : int64, the relationships that say so: that it was filed there, or that its loan was paid there
    km : how far apart they are
    """

    row: np.ndarray
    merchant: np.ndarray
    position: np.ndarray
    km: np.ndarray


def located(view: GraphView, filed: Filed) -> Located:
    """How far from the shop applications were made, of merchants that one goes to."""
    row, merchant, position = _at_shops(view, filed)
    category = texts(view, "merchants", merchant, "category")
    there = ~np.array([any(word in text.lower() for word in ONLINE) for text in category], dtype=bool)
    row, merchant, position = row[there], merchant[there], position[there]
    km = _apart(_places(view, "applications", filed.node[row]), _places(view, "merchants", merchant))
    known = ~np.isnan(km)
    return Located(row[known], merchant[known], position[known], km[known])


def _at_shops(view: GraphView, filed: Filed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Applications with the merchant that each names, else with the one that its loan was paid to; and what says so."""
    at, became, paid = (view.edges(relation) for relation in ("AT_MERCHANT", "BECAME", "DISBURSED_TO"))
    paid = paid.where(view.kinds[paid.target] == KIND_CODE["merchant"])
    application = np.full(view.node_count, -1, dtype=np.int64)
    application[became.target] = became.source
    filed_at = np.concatenate((at.source, application[paid.source]))
    merchant, position = np.concatenate((at.target, paid.target)), np.concatenate((at.positions, paid.positions))
    row = np.where(filed_at >= 0, filed.row_of[filed_at], -1)
    first = np.unique(row, return_index=True)[1]
    first = first[row[first] >= 0]
    return row[first], merchant[first].astype(np.int64), position[first]


@dataclass(frozen=True)
class Shops:
    """Where the customers of each merchant of the whole book are.

    Attributes
    ----------
    near, located : int64 by id, how many of how many applications of known place were made near it
    crowds : int64, ascending, ``id << 32 | day``: days on which many times as many as usual applied there
    """

    near: np.ndarray
    located: np.ndarray
    crowds: np.ndarray


def shops(filed: Filed, found: Located, shared: Population, params: Params) -> Shops:
    """The merchants of a book, by the applications made there."""
    shop, close = filed.number[found.merchant], found.km <= params["far_km"]
    size = shared.frame.size
    near, all_of = np.bincount(shop[close], minlength=size), np.bincount(shop, minlength=size)
    days, count = np.unique(_on_day(shop, filed.time[found.row]), return_counts=True)
    usual = all_of[days >> 32] * DAY / shared.span
    crowd = (count >= LEAST_LOCATED) & (count >= CROWD * usual)
    return Shops(near, all_of, days[crowd])


def _on_day(shop: np.ndarray, time: np.ndarray) -> np.ndarray:
    """int64: a shop and the day, as its clock tells it, of a time."""
    return shop << 32 | (time + ZONE) // DAY


def _places(view: GraphView, table: str, nodes: np.ndarray) -> np.ndarray:
    """float64[2, nodes], latitude and longitude in radians, NaN where unknown: a zero is what a device that knows no
    place says."""
    degrees = cells(view, table, nodes, "gps_lat", "gps_lon").to_numpy(dtype=np.float64).T
    return np.radians(np.where((degrees == 0).any(axis=0), np.nan, degrees))


def _apart(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Kilometres along the surface."""
    half = np.sin((there - here) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.minimum(half[0] + np.cos(here[0]) * np.cos(there[0]) * half[1], 1.0)))


def far(filed: Filed, found: Located, shared: Population, shops: Shops, params: Params) -> Iterator[Hit]:
    """Persons who applied far from a shop that most of its customers apply near, and whom nothing else places there.

    Parameters
    ----------
    shops : where the customers of each merchant are
    """
    near, of = shops.near, shops.located
    shop = filed.number[found.merchant]
    known = shop < len(of)
    close, all_of = (np.where(known, counts[np.where(known, shop, 0)], 0) for counts in (near, of))
    remote = (all_of >= LEAST_LOCATED) & (2 * close <= all_of)
    person = filed.person[filed.applicant[found.row]]
    crowded = np.isin(_on_day(shop, filed.time[found.row]), shops.crowds)
    away = np.flatnonzero((found.km > params["far_km"]) & ~remote & ~crowded)
    away = away[~_there_after_all(filed, found, away, shared, params["far_km"])]
    away = away[np.lexsort((found.row[away], filed.time[found.row[away]], person[away]))]
    edges = np.flatnonzero(np.diff(person[away], prepend=-1))
    for some in np.split(away, edges[1:]) if len(away) else ():
        rows, furthest = found.row[some], some[int(np.argmax(found.km[some]))]
        time = int(filed.time[found.row[furthest]])
        yield Hit(
            sign="far",
            people=tuple(distinct(filed.applicant[rows]).tolist()),
            persons=1,
            count=float(found.km[furthest]),
            least=float(found.km[furthest]),
            first=time,
            last=time,
            rows=np.concatenate((filed.position[rows], found.position[some])),
            figures={"near": int(close[furthest]), "located": int(all_of[furthest]), "times": len(rows)},
        )


def _there_after_all(filed: Filed, found: Located, away: np.ndarray, shared: Population, km: float) -> np.ndarray:
    """bool: the application was filed with the shop's own equipment, its applicant lives where the shop is, or has
    applied near it another time: then it is the position that strayed."""
    if not len(away):
        return np.zeros(0, dtype=bool)
    view, rows, merchant = filed.view, found.row[away], found.merchant[away]
    with_shops = np.zeros(view.node_count, dtype=bool)
    for relation in ("USED_DEVICE", "USED_WIFI", "USED_IP"):
        ties = view.ties(relation)
        value = filed.number[ties.target]
        known = value < len(shared.users)
        place = np.where(known, value, 0)
        with_shops[ties.source[known & shared.excused[place] & (shared.users[place] >= CUSTOMERS)]] = True
    lives = texts(view, "applicants", filed.applicant[rows], "region")
    stands = texts(view, "merchants", merchant, "region")
    at = found.km <= km
    pair = filed.applicant[found.row] << 32 | found.merchant
    been = np.isin(pair[away], pair[at])
    return with_shops[filed.node[rows]] | ((lives == stands) & (lives != "")) | been
