"""Contagion along guarantees, worded: a cascade, a clearing and a simulation as JSON-ready answers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

import numpy as np

from ...detectors.contract import bound
from ...detectors.guarantees.default_rates import default_rates
from ...detectors.guarantees.expected_loss import Simulation
from ...detectors.guarantees.exposures import CENTS, Exposures, Gap
from ...detectors.guarantees.people import party_labels
from ...detectors.guarantees.plan_words import cascade_words, clearing_words, expected_words, told
from ...detectors.policy import Policy
from ...graph.kernels.cascade import Cascade, cascade
from ...graph.kernels.clearing import MOST_WORK, Clearing, Priority, called_on, clear, settled
from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView

MOST_LISTED = 1_000
"""Parties or contracts that an answer lists one by one."""
MOST_WEIGHED = 100
"""Parties, and guarantees, of which a simulation says what the loss would be without them."""


class Asked(NamedTuple):
    """How contagion is reckoned: the rank of called guarantees, and the policy with its rates of default."""

    priority: str
    policy: Policy


class Scope:
    """The net that is asked about, and who defaults in it.

    Parameters
    ----------
    names : of those who default
    left, nearest : further parties that hang together with them, and the bound that left them out
    """

    def __init__(self, view: GraphView, held: Exposures, names: list[str], left: int, nearest: int):
        self.view, self.held, self.left, self.nearest = view, held, left, nearest
        self.names, self.defaults = held.net.names, names
        number = {name: party for party, name in enumerate(self.names)}
        self.seeds = np.array([number[name] for name in names if name in number], dtype=np.int64)
        self.outside = len(names) - len(self.seeds)
        self.rank = np.argsort(np.argsort(np.array(self.names, dtype=object), kind="stable"))

    def told(self, defaults: Iterable[str]) -> list[dict]:
        """Those who default, with what people call them."""
        return [{"node": name, "label": label} for name, label in zip(defaults, self.labels_of(defaults), strict=True)]

    def labels_of(self, names: Iterable[str]) -> list[str]:
        """What people call some nodes."""
        nodes = self.view.find_all(list(names))
        ordered = distinct(nodes)
        labels = dict(zip(ordered.tolist(), party_labels(self.view, ordered), strict=True))
        return [labels[node] for node in nodes.tolist()]

    def by_name(self, parties: np.ndarray) -> np.ndarray:
        """Parties in an order that is no store's own."""
        return parties[np.argsort(self.rank[parties], kind="stable")]

    def named(self, parties: np.ndarray) -> list[dict]:
        """Parties as ``{"node", "label"}``."""
        names = [self.names[party] for party in parties.tolist()]
        return [{"node": name, "label": label} for name, label in zip(names, self.labels_of(names), strict=True)]

    def uids(self, contracts: np.ndarray) -> list[str]:
        """What contracts are known by."""
        net = self.held.net
        return net.snapshot.uids(net.position[self.held.rows[contracts]])

    def gaps(self, *more: Gap) -> list[dict]:
        """What is not on record or left out."""
        beside = [gap for gap in (*more, Gap("not_in_net", "", self.outside)) if gap.number]
        return [told(gap) for gap in (*self.held.gaps, *beside)]

    def listed(self, items: np.ndarray, what: str) -> tuple[np.ndarray, list[dict]]:
        """As many as are listed, and the bound where it bites."""
        left = len(items) - MOST_LISTED
        cut = [bound("max_listed", MOST_LISTED, f"{left} further {what} in the list")] if left > 0 else []
        return items[:MOST_LISTED], cut


def _known(amount: Any) -> float | None:
    """A number, None where it is not on record."""
    return float(amount) if math.isfinite(amount) else None


# -- cascade


def cascade_answer(scope: Scope, _: Asked) -> dict[str, Any]:
    """Who fails in which round, called by whom for how much; and who was called and stands."""
    held = scope.held
    fall = cascade(held.calls, held.capital, scope.seeds)
    amounts = held.amount[fall.contracts]
    called, untold = _called(scope, fall)
    assets = held.net_assets[fall.parties]
    paid = np.where(fall.round == 0, 0.0, np.minimum(called, np.maximum(assets, 0)))
    order = np.argsort(scope.rank[fall.parties], kind="stable")
    fell = np.where(fall.round < 0, len(fall.parties), fall.round)
    shown, cut = scope.listed(order[np.argsort(fell[order], kind="stable")], "parties")
    contracts, more = scope.listed(np.arange(len(fall.contracts)), "calls")
    people = [
        {**who, "round": int(fall.round[at]), "called": _known(called[at]),
         "calls_of_unknown_amount": int(untold[at]), "paid": _known(paid[at]),
         "net_assets": _known(assets[at])}
        for who, at in zip(scope.named(fall.parties[shown]), shown.tolist(), strict=True)
    ]  # fmt: skip
    calls = _calls(scope, fall.contracts[contracts], fall.called_in[contracts])
    failed = int((fall.round > 0).sum())
    rounds = int(fall.round.max(initial=0))
    known = ~np.isnan(paid)
    summary = {
        "failed": failed,
        "rounds": rounds,
        "called": math.fsum(amounts[~np.isnan(amounts)].tolist()),
        "calls_of_unknown_amount": int(np.isnan(amounts).sum()),
        "paid": math.fsum(paid[known].tolist()),
        "paid_unknown": int((~known).sum()),
        "called_from_them": math.fsum(np.nan_to_num(called[~known]).tolist()),
    }
    labels = scope.labels_of(scope.defaults)
    words = cascade_words(labels, failed, rounds, summary["called"], summary["paid"], held.currency)
    return {
        "summary": summary,
        "rounds": [
            {
                "round": step,
                "calls": [call for call in calls if call["round"] == step],
                "failed": [one for one in people if one["round"] == step],
            }
            for step in range(max([rounds, *(call["round"] for call in calls)]) + 1)
        ],
        "standing": [{**one, "round": None} for one in people if one["round"] < 0],
        "gaps": scope.gaps(),
        "truncated": [*cut, *more],
        "reason_zh": words.zh,
        "reason_en": words.en,
    }


def _called(scope: Scope, fall: Cascade) -> tuple[np.ndarray, np.ndarray]:
    """By party reached: for how much it is called, NaN where no call is of known amount; and how many are not."""
    held = scope.held
    unknown = np.isnan(held.amount[fall.contracts])
    count = len(held.debt)
    calls, untold = (
        np.bincount(held.guarantor[some], minlength=count)[fall.parties]
        for some in (fall.contracts, fall.contracts[unknown])
    )
    return np.where((calls > 0) & (calls == untold), np.nan, fall.called / CENTS), untold


def _calls(scope: Scope, contracts: np.ndarray, steps: np.ndarray) -> list[dict]:
    held = scope.held
    rows = zip(
        scope.uids(contracts), held.guarantor[contracts].tolist(), held.borrower[contracts].tolist(),
        held.amount[contracts].tolist(), steps.tolist(), strict=True,
    )  # fmt: skip
    return [
        {"round": step, "by": scope.names[borrower], "guarantor": scope.names[guarantor], "amount": _known(amount),
         "contract": uid}
        for uid, guarantor, borrower, amount, step in rows
    ]  # fmt: skip


# -- clearing


def clearing_answer(scope: Scope, asked: Asked) -> dict[str, Any]:
    """What everybody pays, and what creditors lose, once all have settled."""
    held, priority = scope.held, cast(Priority, asked.priority)
    before = held.before(priority)
    resources = held.resources.copy()
    resources[scope.seeds] = 0.0
    after = clear(held.owing, resources, priority, before, scope.seeds)
    everybody = np.arange(len(held.debt))
    then, now = (settled(held.owing, one, everybody) for one in (before, after))
    fails, failed_before = (_short(one) for one in (after, before))
    touched = np.flatnonzero(fails | (now.called > 0) | (now.loss > 0) | np.isin(everybody, scope.seeds))
    shown, cut = scope.listed(scope.by_name(touched), "parties")
    contracts = np.arange(len(held.rows))
    called = called_on(held.owing, after, contracts)
    listed, more = scope.listed(contracts[called > 0], "payments")
    beyond = fails & ~np.isin(everybody, scope.seeds)
    unknown = np.isnan(held.net_assets)
    summary = {
        "failed": int(beyond.sum()),
        "failed_before": int(failed_before.sum()),
        "called": math.fsum(now.called.tolist()),
        "paid": math.fsum(now.paid.tolist()),
        "paid_without_net_assets": math.fsum(now.paid[unknown].tolist()),
        "loss": math.fsum(now.loss.tolist()),
        "loss_before": math.fsum(then.loss.tolist()),
    }
    labels = scope.labels_of(scope.defaults)
    words = clearing_words(labels, summary["failed"], summary["loss"], summary["loss_before"], held.currency)
    people = [
        {
            **who,
            "debt": float(held.debt[party]),
            "resources": _known(resources[party]),
            "recovery": float(after.own[party]),
            "called": float(now.called[party]),
            "paid": float(now.paid[party]),
            "received": float(now.received[party]),
            "loss": float(now.loss[party]),
            "fails": bool(fails[party]),
            "failed_before": bool(failed_before[party]),
        }
        for who, party in zip(scope.named(shown), shown.tolist(), strict=True)
    ]
    return {
        "priority": priority,
        "summary": summary,
        "parties": people,
        "payments": [
            {"guarantor": scope.names[held.guarantor[at]], "borrower": scope.names[held.borrower[at]], "contract": uid,
             "called": float(called[at]), "paid": float(called[at] * after.calls[held.guarantor[at]])}
            for at, uid in zip(listed.tolist(), scope.uids(listed), strict=True)
        ],
        "gaps": scope.gaps(),
        "truncated": [*_open(before), *_open(after), *cut, *more],
        "reason_zh": words.zh,
        "reason_en": words.en,
    }  # fmt: skip


def _short(clearing: Clearing) -> np.ndarray:
    return (clearing.own < 1) | (clearing.calls < 1)


def _open(clearing: Clearing) -> list[dict]:
    if not clearing.open:
        return []
    skipped = f"further steps: the part that somebody pays could still fall by {clearing.open:.2g} in the next"
    return [bound("max_clearing_work", MOST_WORK, skipped, True)]


# -- simulation


def probabilistic_answer(scope: Scope, asked: Asked) -> dict[str, Any]:
    """Expected losses, how often each party fails, and what the loss would be without it or its guarantee."""
    held = scope.held
    rates = default_rates(held, asked.policy)
    rates[scope.seeds] = 1.0
    parties = scope.by_name(held.net.members(held.rows))
    run = Simulation(held, rates, parties, cast(Priority, asked.priority))
    total = run.total(run.losses)
    shown, cut = scope.listed(parties, "parties")
    heavy = shown[np.argsort(-(held.debt * rates)[shown], kind="stable")][:MOST_WEIGHED]
    without = {party: run.without_party(party) for party in heavy.tolist()}
    grades = Gap("no_grade", "", int((held.grade[parties] < 0).sum()))
    words = expected_words(len(parties), run.draws, *total, held.currency)
    people = [
        {
            **who,
            "default_probability": float(rates[party]),
            "fails": run.fails(party)._asdict(),
            "expected_loss": run.of_party(party)._asdict(),
            **_without(total.mean, without.get(party)),
        }
        for who, party in zip(scope.named(shown), shown.tolist(), strict=True)
    ]
    truncated = [*cut, *_unweighed(len(parties), "parties"), *_unweighed(len(held.rows), "guarantees")]
    if scope.left:
        truncated.append(bound("max_parties", scope.nearest, f"{scope.left} parties further away", True))
    if run.losses.open:
        truncated.append(bound("max_clearing_work", MOST_WORK, f"further steps of {run.losses.open} drawings", True))
    return {
        "priority": asked.priority,
        "draws": run.draws,
        "seed": run.seed,
        "summary": {"expected_loss": total._asdict(), "standing_loss": _standing(run)},
        "parties": people,
        "guarantees": _weighed(scope, run, total.mean),
        "gaps": scope.gaps(grades),
        "truncated": truncated,
        "reason_zh": words.zh,
        "reason_en": words.en,
    }


def _standing(run: Simulation) -> float:
    """What creditors lose already while nobody defaults."""
    held = run.held
    return math.fsum(settled(held.owing, held.before(run.priority), np.arange(len(held.debt))).loss.tolist())


def _without(mean: float, without: float | None) -> dict[str, float | None]:
    return {"loss_without": without, "contribution": None if without is None else mean - without}


def _unweighed(count: int, what: str) -> list[dict]:
    left = count - MOST_WEIGHED
    return [bound("max_weighed", MOST_WEIGHED, f"the loss without {left} {what}")] if left > 0 else []


def _weighed(scope: Scope, run: Simulation, mean: float) -> list[dict]:
    """The largest guarantees, each with the loss if it were released, and if somebody outside stood in its place."""
    held = scope.held
    largest = np.argsort(-np.nan_to_num(held.amount), kind="stable")[:MOST_WEIGHED]
    told = []
    for at, uid in zip(largest.tolist(), scope.uids(largest), strict=True):
        some = np.array([at])
        replaced = run.mean(run.replaced(some))
        told.append(
            {
                "guarantor": scope.names[held.guarantor[at]],
                "borrower": scope.names[held.borrower[at]],
                "contract": uid,
                "amount": _known(held.amount[at]),
                **_without(mean, run.without_contracts(some)),
                "loss_replaced": replaced,
            }
        )
    return told
