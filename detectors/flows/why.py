"""How much of one applicant's loans arrived where it must not go, or came back."""

from __future__ import annotations

import math

import numpy as np

from ...graph.snapshot import GraphView
from ...graph.words.money import money
from ...graph.words.names import Words, joined
from ..contract import Candidate, Near, Params
from .drafts import drafts
from .population import Population
from .units import around

ANY = 1e-9
"""A share that the smallest arrival reaches."""


def why(view: GraphView, known: Population, params: Params, applicant: int) -> list[Near]:
    """For each flow of the applicant's loans what arrived of it, and what was asked."""
    sought = {**params, "least_share": ANY, "least_back": ANY}
    found = []
    for unit in around(view, known, sought, np.array([applicant])):
        place = int(np.searchsorted(unit.nodes, applicant))
        flows = drafts(view.part(unit.nodes), known, params, sought)
        found += [_near(draft.candidate, params) for draft in flows if (place, "borrower") in draft.members]
    if found:
        return sorted(found, key=lambda one: -(one.has or 0.0))
    words = Words("未见贷款资金到达受限账户或回到本人账户", "no money of loans is seen to arrive or to come back")
    return [Near("can", 0.0, params["least_share"], words)]


def _near(flow: Candidate, params: Params) -> Near:
    reason = flow.reason
    least = params["least_back"] if reason["back"] else params["least_share"]
    lent = math.fsum(reason["lent"].values())
    where = Words("回到本人账户", "back") if reason["back"] else Words("到达受限账户", "to restricted accounts")
    paid, can, convention = money(lent), money(reason["can"]), money(reason["convention"])
    told = Words(
        f"贷款{paid.zh}中最多{can.zh}{where.zh}（{reason['rule'][0]}计{convention.zh}），至少需{100 * least:g}%",
        f"of loans of {paid.en} at most {can.en} went {where.en} ({convention.en} by {reason['rule'][1]}), of at least "
        f"{100 * least:g} %",
    )
    share = round(reason["can"] / lent, 4)
    innocent = [tried.why for tried in flow.explanations if tried.fits and share >= least]
    return Near("can", share, least, joined([told, *innocent]))
