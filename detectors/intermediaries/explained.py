"""The innocent explanations that were tried of an intermediary, and why each fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.names import Words
from ..contract import Explanation

SHOP, EMPLOYER, DEALER, PAYER, PLACE, HOUSEHOLD = (
    "shop_equipment", "large_employer", "honest_dealer", "business_account", "one_place", "household",
)  # fmt: skip
TWINS = {
    SHOP: Words("门店设备或同一商户", "shop equipment or one merchant"),
    EMPLOYER: Words("大单位或人事电话", "a large employer or its HR line"),
    DEALER: Words("正常渠道", "an honest dealer"),
    PAYER: Words("商户或单位账户", "a shop's or an employer's account"),
    PLACE: Words("同住、同事或同学", "one home, workplace or school"),
    HOUSEHOLD: Words("一家人", "one family"),
}
"""What looks like an intermediary and is none; what one of them explains is not reported."""


def explanations(reason: Mapping[str, Any]) -> list[Explanation]:
    """What was tried, none of which fits.

    Parameters
    ----------
    reason : as the dossier gives it
    """
    kinds = {hub["kind"]: hub for hub in reason["hubs"]}
    tried = [
        (SHOP, _shop(reason, kinds)),
        (EMPLOYER, _employer(kinds)),
        (DEALER, _dealer(reason, kinds)),
        (PAYER, _payer(kinds)),
        (PLACE, _place(reason, kinds)),
        (HOUSEHOLD, _household(reason)),
    ]
    return [Explanation(twin, False, why) for twin, why in tried if why is not None]


def _shop(reason: Mapping[str, Any], kinds: Mapping[str, Any]) -> Words | None:
    if "handset" in kinds:
        return Words(
            "门店设备：未发现有商户占到所用手机使用次数的一半以上",
            "shop equipment: no merchant accounts for more than half of the uses of a handset",
        )
    most = reason["at_one_shop"]
    if most > 1:
        return Words(f"同一商户：在同一商户申请的最多{most}人", f"one merchant: at most {most} applied at the same one")
    return Words("同一商户：未发现两人在同一商户申请", "one merchant: no two are known to have applied at the same one")


def _employer(kinds: Mapping[str, Any]) -> Words | None:
    if "employer" in kinds:
        return Words(
            "大单位：同一单位的人一般填报同一电话，这些人各填各的",
            "a large employer: its people name one phone, these name one each",
        )
    if "contact" in kinds:
        return Words(
            "人事电话：这些人填报的关系都不是单位，所称机主姓氏也不一",
            "an HR line: none of them calls it an employer's, and its holder goes by several surnames",
        )
    return None


def _dealer(reason: Mapping[str, Any], kinds: Mapping[str, Any]) -> Words | None:
    if "channel" not in kinds:
        return None
    clients, brought = kinds["channel"]["most"], kinds["channel"]["most"] + kinds["channel"]["others"]
    return Words(
        f"正常渠道：正常渠道进件平稳，而该渠道{brought}名客户中{clients}人集中于此",
        f"an honest dealer: {clients} of the {brought} clients of this one came at once",
    )


def _payer(kinds: Mapping[str, Any]) -> Words | None:
    if "account" not in kinds:
        return None
    return Words(
        "商户或单位账户：未发现其属于商户或向两人以上发放工资",
        "a business account: it is not known to belong to a merchant or to pay wages to two or more",
    )


def _place(reason: Mapping[str, Any], kinds: Mapping[str, Any]) -> Words | None:
    if "contact" not in kinds:
        return None
    most = reason["one_place"]
    if most < 2:
        return Words(
            "同住、同事或同学：未发现两人有共同的住处、单位或其他联系人",
            "one home, workplace or school: no two are known to share a home, an employer or another contact",
        )
    return Words(
        f"同住、同事或同学：同一住处、单位或其他联系人最多{most}人",
        f"one home, workplace or school: at most {most} share a home, an employer or another contact",
    )


def _household(reason: Mapping[str, Any]) -> Words:
    return Words(
        f"一家人：亲属合并后仍有{reason['households']}户",
        f"one family: taken as one, families still are {reason['households']} households",
    )
