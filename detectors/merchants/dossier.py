"""What is put before an investigator of one cash-out merchant: measures, what was seen, and the rows that show it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...graph.kernels.sets import among, distinct
from ...graph.model import ALWAYS, RELATION_CODE
from ...graph.snapshot import GraphView
from ...graph.words.money import by_currency, day
from ..contract import Candidate, Draft, Params, evidence_within
from ..flows.ledger import CENTS
from .explained import explanations
from .scoring import score
from .search import Search, Shop
from .sides import sides
from .signs import HARD, SIGNS


def draft(view: GraphView, found: Search, shop: Shop, params: Params) -> Draft:
    """A merchant as the run takes it."""
    reason = _reason(view, found, shop, params)
    rows, cut = _rows(view, found, shop, params["max_evidence"])
    candidate = Candidate(
        kind="cashout_merchant",
        unit=view.name(shop.merchant),
        score=score(shop.evidence),
        reason=reason,
        measures=_measures(shop, reason),
        explanations=explanations(reason),
        truncated=cut,
    )
    customers = distinct(found.sales.customer[shop.cashed]).tolist()
    names = dict(zip(customers, view.names(customers), strict=True))
    members = [(shop.merchant, "merchant"), *((one, "customer") for one in sorted(customers, key=names.__getitem__))]
    return Draft(candidate, members, rows)


def _reason(view: GraphView, found: Search, shop: Shop, params: Params) -> dict[str, Any]:
    sales, cash = found.sales, shop.cashed
    applied = sales.applied[cash][sales.applied[cash] > ALWAYS]
    return {
        "sales": len(shop.sales),
        "cash": len(cash),
        "customers": len(distinct(sales.customer[cash])),
        "spent": int(sales.is_spent[cash].sum()),
        "lent": _lent(view, found, shop),
        "unknown_amounts": int((sales.amount[cash] <= 0).sum()),
        "first": day(int(applied.min())) if len(applied) else None,
        "last": day(int(applied.max())) if len(applied) else None,
        "dates": len({day(time) for time in applied.tolist()}),
        "signs": dict(zip(SIGNS, shop.shown[shop.cash].sum(axis=0).tolist(), strict=True)),
        "usual": dict(zip(SIGNS, (100 * shop.usual).round(1).tolist(), strict=True)),
        "telling": [sign for sign, tells in zip(SIGNS, shop.telling.tolist(), strict=True) if tells and sign in HARD],
        "back_days": params["back_days"],
        "least_back": params["least_back"],
        "back_middle": _middle(found, shop),
        "hard": int(shop.hard[shop.cash].sum()),
        "rest_hard": int(shop.hard[~shop.cash].sum()),
        "goods_back": _goods_back(found, shop),
    }


def _lent(view: GraphView, found: Search, shop: Shop) -> dict[str, float]:
    """What the loans came to, by the code of the currency; that of no currency on record comes last."""
    sales = found.sales
    facts = view.facts("loans", distinct(sales.loan[shop.cashed]), ("currency",))
    stated = dict(zip(facts["node"], facts["currency"], strict=True))
    known = shop.cashed[sales.amount[shop.cashed] > 0].tolist()
    lent = by_currency((int(sales.amount[sale]), stated.get(int(sales.loan[sale]))) for sale in known)
    return {code: cents / CENTS for code, cents in lent.items()}


def _middle(found: Search, shop: Shop) -> float:
    """The median share of a loan that came back, of those of which any did."""
    back, moves = found.signs.returned.back, found.signs.returned.moves
    here = np.isin(back.case, shop.cashed)
    if not here.any():
        return 0.0
    cases, place = np.unique(back.case[here], return_inverse=True)
    came = np.bincount(place, weights=moves.amount[back.last[here]])
    return float(np.median(came / found.sales.amount[cases]))


def _goods_back(found: Search, shop: Shop) -> int:
    """How many were refunded after the goods had been sent, with nothing back but transfers that are called refunds."""
    money = found.signs.returned
    otherwise = np.isin(shop.sales, money.back.case[~money.is_refund])
    refunded = shop.shown[:, SIGNS.index("refunded")] & found.signs.sent[shop.sales]
    return int((refunded & ~otherwise & shop.cash).sum())


def _measures(shop: Shop, reason: dict[str, Any]) -> dict[str, float]:
    lent = list(reason["lent"].values())
    measures: dict[str, float] = {
        "customers": reason["customers"],
        "loans": reason["cash"],
        "merchant_loans": reason["sales"],
        "spent_loans": reason["spent"],
        **{f"{sign}_loans": count for sign, count in reason["signs"].items()},
        "evidence": round(shop.evidence, 2),
    }
    return measures | ({"amount": lent[0]} if len(lent) == 1 else {})


# -- rows and bounds ----------------------------------------------------------------------------------------------


def _rows(view: GraphView, found: Search, shop: Shop, limit: int) -> tuple[np.ndarray, list[dict]]:
    """What went back, the loans at the merchant, orders, phones that tie, and whose loans, accounts and phones."""
    sales, money, cash = found.sales, found.signs.returned, shop.cashed
    customers, order = distinct(sales.customer[cash]), sales.order[cash]
    side = distinct(sides(view, np.array([shop.merchant])).party)
    parties = distinct(np.concatenate((side, distinct(sales.customer[shop.sales]))))
    here = np.isin(money.back.case, cash)
    moved = distinct(np.concatenate((money.back.first[here], money.back.last[here])))
    spent = cash[sales.is_spent[cash]]
    accounts = (money.moves.source[moved], money.moves.target[moved], *view.ends(sales.position[spent]))
    accounts = distinct(np.concatenate(accounts).astype(np.int64))
    ties = found.signs.ties
    tied = among(ties.customer, customers) & (ties.merchant == shop.merchant)
    phones, callers = distinct(ties.phone[tied]), distinct(ties.customer[tied])
    filed = sales.application[cash]
    groups = (
        money.position[moved],
        distinct(sales.position[cash]),
        distinct(sales.orders.positions[order[order >= 0]]),
        _between(view, phones, callers, "LISTS_CONTACT"),
        _between(view, distinct(sales.loan[cash]), customers, "BORROWED"),
        _between(view, distinct(sales.loan[spent]), accounts, "DISBURSED_TO"),
        _between(view, distinct(filed[filed >= 0]), distinct(sales.loan[cash]), "BECAME"),
        _between(view, accounts, parties, "OWNS"),
        _between(view, phones, parties, "HAS_PHONE"),
        _between(view, np.array([shop.merchant]), side, "CONTROLS"),
    )
    rows = np.concatenate([group[view.uid_order(group)] for group in groups])
    return evidence_within(rows, limit, "more rows")


def _between(view: GraphView, some: np.ndarray, others: np.ndarray, relation: str) -> np.ndarray:
    """int64, ascending: the ties of a relation between some nodes and others, both ascending."""
    positions = distinct(view.touching(some))
    positions = positions[view.relation_codes(positions) == RELATION_CODE[relation]]
    positions = positions[view.links(positions)]
    source, target = (end.astype(np.int64) for end in view.ends(positions))
    return positions[(among(source, some) & among(target, others)) | (among(source, others) & among(target, some))]
