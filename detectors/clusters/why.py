"""How one applicant's community fared, and how near the applicant stands to confirmed fraudsters."""

from __future__ import annotations

import numpy as np

from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import Near, Params
from ..sharing.numbering import seen_in
from .peers import first_confirmed, on_book
from .population import Known
from .search import of_nodes
from .touch import touch
from .weighing import Fared, fared


def why(view: GraphView, known: Known, params: Params, applicant: int) -> list[Near]:
    """The test of the applicant's community, and the touch."""
    community = _community(view, known, params, applicant)
    return [*community, _touch(view, known, params, applicant)]


def _community(view: GraphView, known: Known, params: Params, applicant: int) -> list[Near]:
    _, numbers = seen_in(known.shared.frame, view)
    label, home = of_nodes(known.label, numbers, -1), of_nodes(known.home, numbers, -1)
    mine = label[applicant]
    if mine < 0:
        least = params["min_members"]
        words = Words(f"不属于任何{least}人以上的社区", f"in no community of {least} or more")
        return [Near("members", None, least, words)]
    loans, young = on_book(view)
    only = np.where(label == mine, mine, -1)
    (one, *_) = [*fared(loans, young, first_confirmed(view, label), only, home, known.peers), None]
    if one is None or one.households < params["min_households"]:
        return [_few(0 if one is None else one.households, params["min_households"])]
    return [_chance(known, one)]


def _few(has: int, asked: int) -> Near:
    words = Words(
        f"所在社区有满期贷款的只有{has}户，至少需{asked}户",
        f"{has} households of the community have seasoned loans, of at least {asked}",
    )
    return Near("households", has, asked, words)


def _chance(known: Known, one: Fared) -> Near:
    size = int((known.label == one.label).sum())
    words = Words(
        f"所在{size}人社区{one.households}户中{one.bad}户不良，按同类推算应为{one.expected:.1f}户，"
        f"凑巧达到的概率{one.chance:.3g}，需不超过{known.limit:.3g}",
        f"of {one.households} households of a community of {size} {one.bad} are bad, {one.expected:.1f} as their peers "
        f"fare; the chance of so many is {one.chance:.3g}, of at most {known.limit:.3g}",
    )
    return Near("chance", one.chance, known.limit, words)


def _touch(view: GraphView, known: Known, params: Params, applicant: int) -> Near:
    found = touch(view, known, params, applicant)
    rank = f"PageRank {found.score:.3g}"
    told = {
        None: Words(f"两度以内未触黑，{rank}", f"no confirmed fraudster within two ties, {rank}"),
        0: Words(f"本人已确认欺诈，{rank}", f"a confirmed fraudster, {rank}"),
        1: Words(f"一度触黑，{rank}", f"one tie from a confirmed fraudster, {rank}"),
        2: Words(f"二度触黑，{rank}", f"two ties from a confirmed fraudster, {rank}"),
    }
    return Near("touch", found.distance, None, told[found.distance], tuple(found.path))
