"""The innocent explanations that were tried of a risky cluster, and why each fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.names import Words
from ..contract import Explanation
from .peers import SEASONED

REGION, PRODUCT, MONTH, YOUNG, HOUSEHOLD, RING = (
    "region", "product", "month", "unseasoned", "household", "ring",
)  # fmt: skip
TWINS = {
    REGION: Words("同一地区普遍不良", "a region in which loans go bad"),
    PRODUCT: Words("同一产品普遍不良", "a product whose loans go bad"),
    MONTH: Words("同一时期普遍不良", "a month whose loans go bad"),
    YOUNG: Words("放款未满90天", "loans too young to tell"),
    HOUSEHOLD: Words("一家人", "one family"),
    RING: Words("团伙", "a fraud ring"),
}
"""What looks like a risky cluster and is none; what one of them explains is not reported. A ring is no innocent cause:
of it is said how much of the cluster may be one."""
_NAMED = {REGION: Words("地区", "region"), PRODUCT: Words("产品", "product"), MONTH: Words("放款月份", "month")}


def explanations(reason: Mapping[str, Any]) -> list[Explanation]:
    """What was tried, none of which fits.

    Parameters
    ----------
    reason : as the dossier gives it
    """
    tried = [
        *((twin, _alike(reason, twin)) for twin in (REGION, PRODUCT, MONTH)),
        (YOUNG, _young(reason)),
        (HOUSEHOLD, _household(reason)),
        (RING, _ring(reason)),
    ]
    return [Explanation(twin, False, why) for twin, why in tried]


def _alike(reason: Mapping[str, Any], twin: str) -> Words:
    """What became of the others of the region, product or month of most of the loans; all of it is in what was
    expected."""
    said, told = reason[twin], _NAMED[twin]
    name = Words(f"“{said['name']}”", f"“{said['name']}”") if said["name"] else Words("未载", "not on record")
    of = f"{said['own']} of the {reason['loans']} loans"
    head = Words(
        f"{TWINS[twin].zh}：{reason['loans']}笔贷款中{said['own']}笔的{told.zh}为{name.zh}",
        f"{TWINS[twin].en}: the {told.en} of {of} is {name.en}",
    )
    if not said["others"]:
        return Words(f"{head.zh}，全库别无此类贷款", f"{head.en}, of which the book has no others")
    return Words(
        f"{head.zh}，其他此类贷款{said['others']:,}笔中不良{said['bad']:,}笔，已计入应不良户数",
        f"{head.en}; of the {said['others']:,} others of it {said['bad']:,} are bad, and the expectation allows for it",
    )


def _young(reason: Mapping[str, Any]) -> Words:
    young = reason["young"]
    if not young:
        return Words(
            f"放款未满{SEASONED}天：成员的贷款均已满{SEASONED}天",
            f"loans too young to tell: all loans of the members have been on book for {SEASONED} days",
        )
    return Words(
        f"放款未满{SEASONED}天：成员另有{young}笔，均未计入",
        f"loans too young to tell: {young} more of the members' have not been on book for {SEASONED} days and are not "
        "counted",
    )


def _household(reason: Mapping[str, Any]) -> Words:
    return Words(
        f"一家人：一家人以及共用手机、账户、证件、邮箱或本人手机号的人合计一户，仍有{reason['households']}户",
        "one family: families, and people who share a handset, account, identity document, e-mail address or own "
        f"phone, count once, and still are {reason['households']} households",
    )


def _ring(reason: Mapping[str, Any]) -> Words:
    hands, members = reason["one_hand"], reason["members"]
    if not hands:
        return Words(
            "团伙：未发现不同户的成员之间共用手机、账户、证件、邮箱或本人手机号",
            "a fraud ring: no two of different families are known to share a handset, account, identity document, "
            "e-mail address or own phone",
        )
    zh = f"团伙：{members}名成员中{hands}人与其他成员共用手机、账户、证件、邮箱或本人手机号"
    en = (
        f"a fraud ring: {hands} of the {members} share a handset, account, identity document, e-mail address or own "
        "phone with another of them"
    )
    if 2 * hands > members:
        return Words(f"{zh}，占多数，应同时按团伙核查", f"{en}, which is most of them: look at them as a ring, too")
    return Words(f"{zh}，不占多数", f"{en}, which is not most of them")
