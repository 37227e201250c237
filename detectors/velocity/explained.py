"""The innocent explanations that are tried of a sign, and why each fits or does not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ...graph.kernels.sets import among, distinct
from ...graph.words.names import Words
from ..contract import Explanation
from ..sharing.facets import DAY
from ..sharing.population import Population
from .filed import Filed, ending_at, texts
from .hits import Hit
from .search import at_one_shop, households

TWINS = {
    "household": Words("一家人共用", "one family"),
    "shop_equipment": Words("门店设备或柜面人员", "shop equipment or counter staff"),
    "recycled_number": Words("二次放号", "a recycled number"),
    "same_person": Words("同一人", "one person under several numbers or names"),
    "impatient": Words("一处被拒再申请别处", "refused here, tried there"),
    "consolidator": Words("借新还旧归并贷款", "loans put together into one"),
    "new_salary_card": Words("新开工资卡", "a new salary card"),
    "own_account": Words("转入本人账户", "money moved to an own account"),
    "shopping": Words("分期消费", "shopping by instalments"),
    "remote_shop": Words("非到店商户", "a shop that is not visited"),
    "stray_position": Words("定位漂移", "a position that strayed"),
}
"""What looks like speed or distance and is innocent."""
SOON = 7 * DAY
"""Loans that a new one pays off are paid off within so much time."""
REFUSED = ("拒", "refus", "reject", "declin", "denied")
"""Words in the status of an application that was refused."""
PART = Words("（不能解释其余情形）", " (which does not explain the rest)")


def explanations(filed: Filed, shared: Population, hits: Sequence[Hit], far_km: float) -> list[Explanation]:
    """What was tried on all signs of a person or a group. It fits where it explains each of them."""
    tried: dict[str, list[tuple[bool, Words]]] = {}
    for hit in hits:
        for twin, fits, why in _tried(filed, shared, hit, far_km):
            tried.setdefault(twin, []).append((fits, why))
    told = []
    for twin, some in tried.items():
        fits, why = next((one for one in some if one[0]), some[0])
        whole = fits and sum(one[0] for one in some) == len(hits)
        rest = PART if fits and not whole else Words("", "")
        told.append(Explanation(twin, whole, Words(why.zh + rest.zh, why.en + rest.en)))
    return told


def _tried(filed: Filed, shared: Population, hit: Hit, far_km: float) -> Iterator[tuple[str, bool, Words]]:
    if hit.limit and hit.limit.count == "names":
        yield (
            "same_person",
            False,
            Words(f"同一人：登记的姓名有{hit.count}个", f"one person: {hit.count} names are on record"),
        )
    elif hit.limit and hit.persons > 1:
        yield from _sharing(filed, shared, hit)
    elif hit.limit:
        yield _impatient(filed, hit)
    elif hit.sign == "draws":
        yield _consolidator(filed, hit)
    elif hit.sign in ("new_card", "night_card"):
        yield _salary(filed, hit)
        yield _consolidator(filed, hit)
    elif hit.sign == "moved_out":
        yield (
            "own_account",
            False,
            Words(
                "转入本人账户：转给借款人名下账户及取现的未计入",
                "an own account: what went to the borrower's own or was withdrawn is not counted",
            ),
        )
    elif hit.sign == "polishing":
        yield "shopping", False, Words("分期消费：未见贷款付给商户", "shopping: none is known to be paid to a shop")
    else:
        yield from _place(hit, far_km)


def _sharing(filed: Filed, shared: Population, hit: Hit) -> Iterator[tuple[str, bool, Words]]:
    assert hit.limit
    homes = households(filed, shared, hit)
    yield (
        "household",
        False,
        Words(f"一家人：亲属合并后仍有{homes}户", f"one family: taken as one, families still are {homes} households"),
    )
    if hit.limit.key == "device":
        most = at_one_shop(filed, hit)[1]
        yield (
            "shop_equipment",
            False,
            Words(
                f"门店设备：未见商户占该手机使用次数的一半以上，在同一商户申请的最多{most}人",
                f"shop equipment: no merchant accounts for more than half of its uses, at most {most} applied at one",
            ),
        )
    if hit.limit.key == "phone":
        days = (hit.last - hit.first) // DAY
        yield (
            "recycled_number",
            False,
            Words(f"二次放号：各人申请前后相隔仅{days}天", f"a recycled number: they applied only {days} days apart"),
        )
    yield (
        "same_person",
        False,
        Words(
            f"同一人：按证件及姓名合并后仍有{hit.persons}人",
            f"one person: by document and name they are {hit.persons} people",
        ),
    )


def _impatient(filed: Filed, hit: Hit) -> tuple[str, bool, Words]:
    nodes = filed.node[hit.figures["applications"]]
    status = texts(filed.view, "applications", nodes[:-1], "status")
    refused = sum(any(word in text.lower() for word in REFUSED) for text in status)
    before = len(nodes) - 1
    return (
        "impatient",
        refused == before,
        Words(
            f"一处被拒再申请别处：最后一笔之前的{before}笔中{refused}笔被拒",
            f"refused here, tried there: refused of the {before} before the last: {refused}",
        ),
    )


def _consolidator(filed: Filed, hit: Hit) -> tuple[str, bool, Words]:
    """Whether the accounts that received the loans soon paid off others with half of them or more."""
    view, loans = filed.view, distinct(hit.figures["loans"])
    paid = ending_at(view, loans, "DISBURSED_TO")
    repaid = ending_at(view, distinct(view.ends(paid)[1]), "REPAID")
    time, (_, target) = view.valid_from(repaid), view.ends(repaid)
    repaid = repaid[(time >= hit.first) & (time <= hit.last + SOON) & ~among(target, loans)]
    back, drawn = _sum(filed, repaid), _sum(filed, paid)
    share = round(100 * back / drawn) if drawn else 0
    return (
        "consolidator",
        bool(drawn) and 2 * back >= drawn,
        Words(
            f"归并贷款：7天内由收款账户归还其他贷款的占{share}%",
            f"loans put together: within 7 days {share} % of it paid off other loans",
        ),
    )


def _salary(filed: Filed, hit: Hit) -> tuple[str, bool, Words]:
    """Whether wages are known to be paid to the card."""
    moved = ending_at(filed.view, hit.things, "TRANSFERRED")
    moved = moved[np.isin(filed.view.ends(moved)[1], hit.things)]
    wages = sum(filed.view.relationship(position)["data"].get("kind") == "payroll" for position in moved.tolist())
    return (
        "new_salary_card",
        wages > 0,
        Words(f"新开工资卡：该卡收到工资{wages}笔", f"a new salary card: payments of wages to it: {wages}"),
    )


def _place(hit: Hit, far_km: float) -> Iterator[tuple[str, bool, Words]]:
    near, located = hit.figures["near"], hit.figures["located"]
    yield (
        "remote_shop",
        False,
        Words(
            f"非到店商户：该商户有定位的{located}笔申请中{near}笔在{far_km:g}公里以内",
            f"a shop that is not visited: of its {located} located applications {near} are within {far_km:g} km",
        ),
    )
    yield (
        "stray_position",
        False,
        Words(
            "定位漂移：未见使用门店的设备或网络，未见申请人登记在门店所在地区，也未见在该店附近申请过",
            "a position that strayed: neither equipment of the shop, nor that the applicant lives in its region, nor "
            "another application near it is on record",
        ),
    )


def _sum(filed: Filed, positions: np.ndarray) -> float:
    """The known amounts of some relationships."""
    return math.fsum(filed.view.relationship(position).get("amount", 0.0) for position in positions.tolist())
