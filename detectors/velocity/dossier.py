"""What is put before an investigator: signs with their figures, what is shared, source rows, the bounds that bit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView
from ...graph.words.money import by_currency, day
from ..contract import Candidate, Draft, Params, Thing, bound, evidence_within
from ..guarantees.scoring import INNOCENT
from ..rings.outsiders import outsiders
from .explained import explanations
from .filed import Filed
from .hits import Hit
from .limits import Limit, table
from .population import Known
from .scoring import reached, score
from .search import Shown

THING = {"device": "handset", "phone": "phone", "id_document": "document", "card": "account"}
"""What a thing that several share is called, by what applications are counted on."""


def draft(view: GraphView, one: Shown, filed: Filed, known: Known, unit: str, params: Params) -> Draft:
    """A person or a group as the run takes it.

    Parameters
    ----------
    unit : the name of its unit
    """
    order = {limit: place for place, limit in enumerate(table(params))}
    names = dict(zip(one.people, view.names(one.people), strict=True))
    told = _once(one.hits)
    tried = explanations(filed, known.shared, [hits[0] for hits in told], params["far_km"])
    people = sorted(one.people, key=names.__getitem__)
    things = _things(view, one.hits, filed, known, names, params["max_named"])
    rows, cut = _rows(view, one.hits, params["max_evidence"])
    reasons = [_reason(view, hits, known, order, params) for hits in told]
    candidate = Candidate(
        kind="velocity",
        unit=unit,
        score=score(one.hits, known, order) * (INNOCENT if any(t.fits for t in tried) else 1.0),
        reason={"signs": reasons, "people": one.hits[0].persons},
        measures=_measures(one, filed, known, order, reasons),
        things=things,
        explanations=tried,
        truncated=[*cut, *_not_named(things, params["max_named"])],
    )
    return Draft(candidate, [(node, "member") for node in people], rows)


def _once(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Signs by what they rest on: the same count of the same applications, on a document and on a phone, is one."""
    told: dict[tuple, list[Hit]] = {}
    for place, hit in enumerate(hits):
        key: tuple = (place,)
        if hit.limit:
            key = (replace(hit.limit, key=""), hit.count, *hit.figures["applications"].tolist())
        told.setdefault(key, []).append(hit)
    return list(told.values())


# -- what the wording is made of ----------------------------------------------------------------------------------


def _reason(view: GraphView, hits: Sequence[Hit], known: Known, order: dict[Limit, int], params: Params) -> dict:
    hit = hits[0]
    count, of = reached(hit, known, order)
    told: dict[str, Any] = {"sign": hit.sign, "count": hit.count, "first": day(hit.first), "last": day(hit.last)}
    told |= {"reached": count, "of": of}
    if hit.limit:
        keys = list(dict.fromkeys(one.limit.key for one in hits if one.limit))
        limit = {name: getattr(hit.limit, name) for name in ("window", "lender_kind", "limit")}
        return told | {"keys": keys, "count_of": hit.limit.count} | limit
    if hit.sign == "far":
        return told | {"far_km": params["far_km"]}
    opened = {"opened": day(hit.figures["opened"])} if "opened" in hit.figures else {}
    figures = {name: hit.figures[name] for name in ("moved", "gap") if name in hit.figures}
    hours = {"hours": params["moved_hours"], "small": params["polish_amount"]}
    return told | opened | figures | hours | {"amount": _amounts(view, hit.figures["loans"])}


def _amounts(view: GraphView, loans: np.ndarray) -> dict[str, float]:
    """The known amounts of loans by currency, that of no currency on record last."""
    told = view.facts("loans", distinct(loans), ("amount", "currency")).dropna(subset=["amount"])
    return by_currency(zip(told["amount"].tolist(), told["currency"].tolist(), strict=True))


def _measures(
    one: Shown, filed: Filed, known: Known, order: dict[Limit, int], reasons: Sequence[dict]
) -> dict[str, float]:
    most: dict[str, float] = {}
    for hit in one.hits:
        name = hit.limit.count if hit.limit else {"far": "distance_km"}.get(hit.sign, "draws")
        if name == "people":
            continue
        most[name] = max(most.get(name, 0), round(hit.count, 1) if hit.sign == "far" else hit.count)
    shares = [count / of for count, of in (reached(hit, known, order) for hit in one.hits)]
    amounts = [told["amount"] for told in reasons if told.get("amount")]
    largest = max((sum(some.values()) for some in amounts if len(some) == 1), default=None)
    return {
        "signs": len(reasons),
        "people": len(distinct(filed.person[np.array(one.people)])),
        "rarity": round(-math.log10(min(shares)), 2),
        **most,
        **({} if largest is None else {"amount": largest}),
    }


# -- things, rows and bounds --------------------------------------------------------------------------------------


def _things(
    view: GraphView, hits: Sequence[Hit], filed: Filed, known: Known, names: dict[int, str], most: int
) -> list[Thing]:
    keyed: dict[int, Hit] = {}
    for hit in hits:
        if hit.key >= 0 and (hit.key not in keyed or len(hit.people) > len(keyed[hit.key].people)):
            keyed[hit.key] = hit
    return [_thing(view, hit, filed, known, names, most) for hit in keyed.values()]


def _thing(view: GraphView, hit: Hit, filed: Filed, known: Known, names: dict[int, str], most: int) -> Thing:
    inside = distinct(filed.number[np.array(hit.people)])
    users, others = len(inside), ()
    if hit.key < len(known.shared.holders):
        rest = outsiders(view, known.shared, np.array([hit.key]), inside, most)
        users, others = users + max(rest.number, 0), rest.names
    return Thing(
        kind=THING[hit.limit.key] if hit.limit else "account",
        nodes=tuple(sorted(view.names(hit.things))),
        members=tuple(sorted(names[node] for node in hit.people)),
        users=users,
        others=others,
    )


def _rows(view: GraphView, hits: Sequence[Hit], limit: int) -> tuple[np.ndarray, list[dict]]:
    """Positions of what the signs rest on, sign by sign, each by time, then by uid."""
    positions: dict[int, None] = {}
    for hit in hits:
        rows = distinct(hit.rows)
        rows = rows[view.uid_order(rows)]
        rows = rows[np.argsort(view.valid_from(rows), kind="stable")]
        positions |= dict.fromkeys(rows.tolist())
    rows = np.fromiter(positions, dtype=np.int64)
    return evidence_within(rows, limit, "further relationships as evidence")


def _not_named(things: Sequence[Thing], limit: int) -> list[dict]:
    count = sum(thing.users > len(thing.members) and not thing.others for thing in things)
    return [bound("max_named", limit, f"who else uses {count} things of more users")] if count else []
