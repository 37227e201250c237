"""Taking circles apart 拆圈, worded: the cheapest cut and the budgeted plan as JSON-ready answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...detectors.contract import bound
from ...detectors.guarantees.cut import SECONDS, Cuttable, cuttable
from ...detectors.guarantees.default_rates import default_rates
from ...detectors.guarantees.expected_loss import Simulation
from ...detectors.guarantees.exposures import Exposures, Gap
from ...detectors.guarantees.groups import build_ties
from ...detectors.guarantees.plan_words import cut_words
from ...detectors.guarantees.replacement import Choice, plan
from ...detectors.policy import Policy
from ...graph.snapshot import GraphView
from .guarantee_contagion import Scope

MOST_PLANNED = 1_000
"""Parties of a net for which a budgeted plan is made."""


def cut_answer(
    view: GraphView, held: Exposures, contracted: bool, budget: int | None, policy: Policy
) -> dict[str, Any]:  # fmt: skip
    """What to replace so that no cycle is left, and the plan where there is a budget."""
    scope = Scope(view, held, [], 0, 0)
    nodes = view.find_all(held.net.names) if held.net.names else np.zeros(0, np.int64)
    groups = build_ties(view).label(nodes) if contracted else None
    apart = cuttable(held, groups)
    cuts = apart.cuts()
    items = np.concatenate([np.zeros(0, np.int64), *(cut.items for cut in cuts)])
    weight, at_least = (math.fsum(getattr(cut, name) for cut in cuts) for name in ("weight", "bound"))
    unproven = [cut for cut in cuts if not cut.exact]
    gap = 0.0 if not unproven else (weight - at_least) / weight
    unknown, known = apart.unknown(items), apart.known(items)
    words = cut_words(len(items), known, unknown, not unproven, gap, held.currency)
    shown, truncated = scope.listed(items, "guarantees")
    if unproven:
        sizes = ", ".join(str(cut.nodes) for cut in unproven[-5:])
        skipped = f"the proof that nothing cheaper breaks the cycles ({len(unproven)} unproven, the largest of {sizes})"
        truncated.append(bound("max_seconds", int(SECONDS), skipped, True))
    planned, more = _plan(scope, apart, budget, policy)
    return {
        "view": "contracted" if contracted else "raw",
        "exact": not unproven,
        "guarantees": [_item(scope, apart, item) for item in shown.tolist()],
        "amount": known,
        "amount_unknown": unknown,
        "unknown_taken_as": apart.typical if unknown else None,
        "weight": weight,
        "bound": at_least,
        "gap": gap,
        "parts": [
            {"parties": cut.nodes, "guarantees": len(cut.items), "weight": cut.weight, "bound": cut.bound,
             "exact": cut.exact}
            for cut in cuts
        ],
        "plan": planned,
        "gaps": scope.gaps(*([Gap("no_grade", "", int((held.grade < 0).sum()))] if planned else [])),
        "truncated": [*truncated, *more],
        "reason_zh": words.zh,
        "reason_en": words.en,
    }  # fmt: skip


def _item(scope: Scope, apart: Cuttable, item: int) -> dict[str, Any]:
    """What is replaced at once: the contracts of one guarantor for one borrower, or a joint group."""
    held, contracts = apart.held, apart.contracts[item]
    joint = int(held.net.joint[held.rows[contracts[0]]])
    ends = sorted({(scope.names[held.guarantor[at]], scope.names[held.borrower[at]]) for at in contracts.tolist()})
    one = np.array([item])
    unknown = apart.unknown(one)
    return {
        "joint_group": held.net.joint_names[joint] if joint >= 0 else None,
        "arcs": [{"guarantor": guarantor, "borrower": borrower} for guarantor, borrower in ends],
        "contracts": scope.uids(contracts),
        "amount": None if unknown == len(contracts) else apart.known(one),
        "amount_unknown": unknown,
    }  # fmt: skip


def _plan(
    scope: Scope, apart: Cuttable, budget: int | None, policy: Policy
) -> tuple[dict[str, Any] | None, list[dict]]:  # fmt: skip
    if budget is None:
        return None, []
    held = apart.held
    parties = scope.by_name(held.net.members(held.rows))
    if len(parties) > MOST_PLANNED:
        skipped = f"the plan for a net of {len(parties)} parties; ask for one circle"
        return None, [bound("max_planned", MOST_PLANNED, skipped, True)]
    run = Simulation(held, default_rates(held, policy), parties, "pari_passu")
    made = plan(apart, run, budget)
    return {
        "budget": budget,
        "exact": made.exact,
        "draws": run.draws,
        "seed": run.seed,
        "before": made.before._asdict(),
        "choices": [_choice(scope, apart, choice) for choice in made.choices],
    }, made.truncated


def _choice(scope: Scope, apart: Cuttable, choice: Choice) -> dict[str, Any]:
    return {
        "how": choice.how,
        "guarantees": [_item(scope, apart, item) for item in choice.items],
        "after": choice.after._asdict(),
        "drop": choice.drop._asdict(),
    }
