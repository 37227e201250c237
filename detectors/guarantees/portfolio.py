"""What guarantors and insurers enhance of the book, against the limit of the policy: by partner and by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ...graph.times import DEFAULT_ZONE, to_iso
from ...graph.words.names import Words
from ..contract import Params
from .figures import share
from .loans import loans_at
from .net import LICENSED_ROLES, coded, former_names, licensed_guarantors, plain_name

WORDS = {
    "block": Words(
        "担保增信余额占贷款余额{share:.2%}，已达上限{limit:.1%}，不得新增担保增信贷款",
        "{share:.2%} of the loan balance is enhanced by guarantors and insurers; the limit of {limit:.1%} is reached, "
        "so no further enhanced loan may be made",
    ),
    "warning": Words(
        "担保增信余额占贷款余额{share:.2%}，已达预警线{warning:.1%}，上限为{limit:.1%}",
        "{share:.2%} of the loan balance is enhanced by guarantors and insurers; the warning of {warning:.1%} is "
        "reached, the limit is {limit:.1%}",
    ),
    "ok": Words(
        "担保增信余额占贷款余额{share:.2%}，低于预警线{warning:.1%}",
        "{share:.2%} of the loan balance is enhanced by guarantors and insurers, below the warning of {warning:.1%}",
    ),
    "unknown": Words(
        "贷款余额不详，无法计算担保增信占比",
        "no loan balance is known, so the share that guarantors and insurers enhance is not known",
    ),
}
"""How the share stands to the limit."""
MONTHS = 24
"""Months of the trend, the latest ones."""


def portfolio(view: GraphView, params: Params) -> dict:
    """Guarantee-enhanced balance / total balance at the view's ``as_of``: ``{"currency", "limit", "warning", "state",
    "share", "total", "enhanced", "partners", "trend", "crossed_at", "gaps"}``.

    A loan is enhanced that names an enhancer, or that a contract in force of a licensed guarantor secures: the one that
    the contract names, else all of its borrower's. It counts once in ``enhanced``, and with each of its partners.
    ``state`` is ``block`` from the limit on, ``warning`` from the warning on, ``unknown`` where no balance is known,
    else ``ok``. ``crossed_at`` is the day on which the share last rose to the limit, None where it lies below.
    """
    now = _standing(view)
    trend = [_point(view.at(moment)) for moment in _month_ends(view)]
    against = against_limit(now["share"], params)
    limit, state = against["limit"], against["state"]
    return {
        "currency": now["currency"],
        "limit": limit,
        "warning": against["warning"],
        "state": state,
        **{name: now[name] for name in ("share", "total", "enhanced", "partners")},
        "trend": trend,
        "crossed_at": _crossed(view, trend, limit) if state == "block" else None,
        "gaps": now["gaps"],
    }


def enhanced_share(view: GraphView) -> float | None:
    """Guarantee-enhanced balance / total balance at the view's ``as_of``, None where it is not known."""
    return _standing(view)["share"]


def against_limit(part: float | None, params: Mapping[str, Any]) -> dict:
    """How a share stands to the limit of the policy, in both languages: ``{"state", "share", "limit", "warning", "zh",
    "en"}``."""
    limit, warning = params["portfolio_limit"], params["portfolio_warning"]
    state = "unknown" if part is None else "block" if part >= limit else "warning" if part >= warning else "ok"
    told = WORDS[state]
    cells = {"share": part or 0.0, "limit": limit, "warning": warning}
    words = {"zh": told.zh.format(**cells), "en": told.en.format(**cells)}
    return {"state": state, "share": part, "limit": limit, "warning": warning, **words}


def _point(view: GraphView) -> dict:
    now = _standing(view)
    told = {name: now[name] for name in ("total", "enhanced", "share")}
    return {"as_of": to_iso(view.as_of), **told, "balance_unknown": now["gaps"]["balance_unknown"]}


def _standing(view: GraphView) -> dict:
    """The book at one time."""
    loans = _loans(view)
    named = loans["code"].dropna()
    codes = named.value_counts()
    currency = min(codes.index, key=lambda code: (-codes[code], code), default=None)
    foreign = loans["code"].notna() & (loans["code"] != currency)
    balance = loans["balance"].where(~foreign & ~(loans["balance"] < 0))
    partners = _partners(view, loans)
    held = {name: round(float(balance[where].sum()), 2) for name, where in partners.items()}
    known = bool(balance.notna().any())
    every = np.logical_or.reduce([np.zeros(len(loans), dtype=bool), *partners.values()])
    total, enhanced = (round(float(some.sum()), 2) if known else None for some in (balance, balance[every]))
    return {
        "currency": currency,
        "total": total,
        "enhanced": enhanced,
        "share": share(enhanced, total),
        "partners": [
            {
                "partner": name,
                "loans": int(partners[name].sum()),
                "balance": held[name] if known else None,
                "share": share(held[name], total),
            }
            for name in sorted(partners, key=lambda name: (-held[name], name))
        ],
        "gaps": {
            "loans": len(loans),
            "balance_unknown": int((balance.isna() & ~foreign).sum()),
            "other_currency": int(foreign.sum()),
            "currency_unstated": int(loans["code"].isna().sum()),
        },
    }


def _loans(view: GraphView) -> Any:
    """Loans by node with ``balance``, ``enhancer`` and the ``code`` of the currency."""
    loans = loans_at(view, ("enhancer", "currency"))
    loans["balance"] = loans["balance"].astype(np.float64)
    loans["code"] = coded(loans["currency"]).to_numpy()
    return loans


def _partners(view: GraphView, loans: Any) -> dict[str, np.ndarray]:
    """By partner, under its present name, which of the loans it enhances."""
    present = _present_names(view)
    found: dict[str, np.ndarray] = {}

    def add(name: str, where: np.ndarray) -> None:
        name = present.get(name, name)
        found[name] = found.get(name, np.zeros(len(loans), dtype=bool)) | where

    enhancer = loans["enhancer"].map(plain_name, na_action="ignore")
    for name in enhancer.dropna().unique():
        if name:
            add(name, np.asarray(enhancer == name))
    for name, where in _by_contract(view, loans):
        add(name, where)
    return found


def _by_contract(view: GraphView, loans: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Licensed guarantors with the loans that their contracts in force secure."""
    licensed = sorted(licensed_guarantors(view))
    edges = view.edges("GUARANTEES")
    nodes = view.find_all(licensed)
    edges = edges.where(np.isin(edges.source, nodes))
    named: Any = edges.column("loan_id")
    borrowed = view.edges("BORROWED")
    names: Any = view.facts("companies", nodes, ("name",)).drop_duplicates("node").set_index("node")["name"]
    for node in np.unique(edges.source):
        mine = edges.source == node
        keys = named[mine].dropna()
        by_name = view.find_all([f"loan:{key}" for key in keys])
        open_to_all = edges.target[mine & np.asarray(named.isna())]
        secured = np.concatenate((by_name, borrowed.target[np.isin(borrowed.source, open_to_all)]))
        yield plain_name(names.get(node)) or view.name(int(node)), np.asarray(loans.index.isin(secured))


def _present_names(view: GraphView) -> dict[str, str]:
    """Former names of partners and licensed guarantors, each with the present one."""
    partners: Any = view.facts("partners", columns=("partner_name", "role", "former_names"))
    partners = partners[partners["role"].isin(LICENSED_ROLES)]
    companies: Any = view.facts("companies", view.find_all(sorted(licensed_guarantors(view))), ("name", "former_names"))
    pairs = [*zip(companies["name"], companies["former_names"], strict=True)]
    pairs += zip(partners["partner_name"], partners["former_names"], strict=True)
    return {former: plain_name(name) for name, cell in pairs for former in former_names(cell) if plain_name(name)}


def _month_ends(view: GraphView) -> list[int]:
    """The last instants of the latest months in which the book had loans, and ``as_of``."""
    begun = view.edges("BORROWED").valid_from
    first = int(begun[begun > ALWAYS].min(initial=view.as_of))
    moments, moment = [view.as_of], _day(view.as_of).replace(day=1)
    while len(moments) < MONTHS and (last := _millis(moment) - 1) >= first:
        moments.append(last)
        moment = (moment - timedelta(days=1)).replace(day=1)
    return moments[::-1]


def _crossed(view: GraphView, trend: list[dict], limit: float) -> str | None:
    """The day on which the share rose to the limit for the last time, as far as the trend goes back."""
    over = [point["share"] is not None and point["share"] >= limit for point in trend]
    first = len(over) - over[::-1].index(False) if False in over else 0
    ends = _month_ends(view)
    day = _day(ends[first - 1] if first else ends[0]).replace(hour=0, minute=0, second=0, microsecond=0)
    while first and _millis(day) < ends[first]:
        day += timedelta(days=1)
        part = _standing(view.at(min(_millis(day) - 1, view.as_of)))["share"]
        if part is not None and part >= limit:
            return (day - timedelta(days=1)).date().isoformat()
    return day.date().isoformat()


def _day(millis: int) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    return moment.astimezone(ZoneInfo(DEFAULT_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)


def _millis(day: datetime) -> int:
    return int(day.timestamp() * 1000)
