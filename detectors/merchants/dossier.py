"""What is put before an investigator of one cash-out merchant: measures, what was seen, and the rows that show it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ...graph.words.money import currency_code, day
from ..contract import Candidate, Draft, Params, bound
from ..flows.ledger import CENTS
from .explained import explanations
from .scoring import score
from .search import Search, Shop
from .signs import SIGNS, ties_to_phones
from .weighing import IS_HARD


def draft(view: GraphView, found: Search, shop: Shop, params: Params) -> Draft:
    """A merchant as the run takes it."""
    reason = _reason(view, found, shop, params)
    rows, cut = _rows(view, found, shop, params["max_evidence"])
    candidate = Candidate(
        kind="cashout_merchant",
        unit=view.name(shop.merchant),
        score=score(shop.weighed.evidence),
        reason=reason,
        measures=_measures(shop, reason),
        explanations=explanations(reason),
        truncated=cut,
    )
    customers = distinct(found.sales.customer[shop.cash]).tolist()
    names = dict(zip(customers, view.names(customers), strict=True))
    members = [(shop.merchant, "merchant"), *((one, "customer") for one in sorted(customers, key=names.__getitem__))]
    return Draft(candidate, members, rows)


def _reason(view: GraphView, found: Search, shop: Shop, params: Params) -> dict[str, Any]:
    sales, shown = found.sales, found.signs.shown
    cash, rest = shop.cash, np.setdiff1d(shop.sales, shop.cash)
    applied = sales.applied[cash][sales.applied[cash] > ALWAYS]
    return {
        "sales": len(shop.sales),
        "cash": len(cash),
        "customers": len(distinct(sales.customer[cash])),
        "lent": _lent(view, found, shop),
        "first": day(int(applied.min())) if len(applied) else None,
        "last": day(int(applied.max())) if len(applied) else None,
        "dates": len({day(time) for time in applied.tolist()}),
        "signs": dict(zip(SIGNS, shown[cash].sum(axis=0).tolist(), strict=True)),
        "usual": dict(zip(SIGNS, (100 * shop.usual).round(1).tolist(), strict=True)),
        "back_days": params["back_days"],
        "least_back": params["least_back"],
        "back_middle": _middle(found, shop),
        "hard": int(shown[cash][:, IS_HARD].any(axis=1).sum()),
        "rest_hard": int(shown[rest][:, IS_HARD].any(axis=1).sum()),
        "goods_back": _goods_back(found, shop),
    }


def _lent(view: GraphView, found: Search, shop: Shop) -> dict[str, float]:
    """What the loans came to, by the code of the currency; that of no currency on record comes last."""
    sales = found.sales
    facts = view.facts("loans", distinct(sales.loan[shop.cash]))
    stated = dict(zip(facts["node"], facts["currency"], strict=True)) if "currency" in facts else {}
    lent: dict[str, list[float]] = {}
    for sale in shop.cash[~np.isnan(sales.amount[shop.cash])].tolist():
        word = stated.get(int(sales.loan[sale]))
        lent.setdefault(currency_code(word if isinstance(word, str) else None), []).append(float(sales.amount[sale]))
    return {code: round(sum(lent[code]), 2) for code in sorted(lent, key=lambda code: (not code, code))}


def _middle(found: Search, shop: Shop) -> float:
    """The median share of a loan that came back, of those of which any did."""
    back, out = found.signs.back, found.ledger.out
    here = np.isin(back.case, shop.cash)
    if not here.any():
        return 0.0
    # what several ways have in common came once
    pairs = np.unique(np.stack([back.case[here], back.last[here]]), axis=1)
    cases, place = np.unique(pairs[0], return_inverse=True)
    came = np.bincount(place, weights=out.amount[pairs[1]] / CENTS)
    return float(np.median(came / found.sales.amount[cases]))


def _goods_back(found: Search, shop: Shop) -> int:
    """How many were refunded after the goods had been sent, with no other sign of money or goods."""
    shown = dict(zip(SIGNS, found.signs.shown[shop.cash].T, strict=True))
    known = dict(zip(SIGNS, found.signs.known[shop.cash].T, strict=True))
    sent = known["undelivered"] & ~shown["undelivered"]
    return int((shown["refunded"] & ~shown["returned"] & sent).sum())


def _measures(shop: Shop, reason: dict[str, Any]) -> dict[str, float]:
    lent = list(reason["lent"].values())
    measures: dict[str, float] = {
        "customers": reason["customers"],
        "loans": reason["cash"],
        "merchant_loans": reason["sales"],
        **{f"{sign}_loans": count for sign, count in reason["signs"].items()},
        "evidence": round(shop.weighed.evidence, 2),
    }
    return measures | ({"amount": lent[0]} if len(lent) == 1 else {})


# -- rows and bounds ----------------------------------------------------------------------------------------------


def _rows(view: GraphView, found: Search, shop: Shop, limit: int) -> tuple[np.ndarray, list[dict]]:
    """What went back, the loans at the merchant, orders, phones that tie, and whose loans and accounts they are."""
    sales, ledger, back = found.sales, found.ledger, found.signs.back
    here = np.isin(back.case, shop.cash)
    moved = distinct(np.concatenate((back.first[here], back.last[here])))
    ends = distinct(np.concatenate((ledger.out.source[moved], ledger.out.target[moved])))
    orders = sales.order[shop.cash]
    groups = (
        ledger.position[moved],
        sales.position[shop.cash],
        sales.orders.positions[distinct(orders[orders >= 0])],
        _ties(view, found, shop),
        ledger.borrowed.where(np.isin(ledger.borrowed.target, sales.loan[shop.cash])).positions,
        ledger.owns.where(np.isin(ledger.owns.target, ends)).positions,
    )
    rows = np.concatenate([group[view.uid_order(group)] for group in groups])
    over = len(rows) - limit
    return rows[:limit], [bound("max_evidence", limit, f"{over} more rows")] if over > 0 else []


def _ties(view: GraphView, found: Search, shop: Shop) -> np.ndarray:
    """int64 positions: which phones the customers name, where they are tied by that."""
    tied = shop.cash[found.signs.shown[shop.cash, SIGNS.index("tied")]]
    named = ties_to_phones(view, found.sales)
    party, calls = np.asarray(named["party"]), np.asarray(named["named"], dtype=bool)
    return np.asarray(named["position"], dtype=np.int64)[calls & np.isin(party, found.sales.customer[tied])]
