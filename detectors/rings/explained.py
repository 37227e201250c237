"""The innocent explanations that were tried of a ring, and why each fails."""

from __future__ import annotations

from typing import NamedTuple

from ...graph.words.names import Words
from ..contract import Explanation
from ..sharing.common import Common

HOUSEHOLD, ONE_PLACE, SHOP, PAYER = "household", "one_place", "shop_equipment", "business_account"
TWINS = {
    HOUSEHOLD: Words("一家人", "one family"),
    ONE_PLACE: Words("同住、同事或同学", "one home, workplace or school"),
    SHOP: Words("门店设备", "shop equipment"),
    PAYER: Words("商户或单位账户", "a shop's or an employer's account"),
}
"""What looks like a ring and is none; a group that one of them explains is not reported."""


class Tried(NamedTuple):
    """What the explanations are held against.

    Attributes
    ----------
    members : how many they are
    disbelieved : pairs of members of whom one calls the other kin, and who are not taken for one household
    place : members who share one home, network, workplace or acquaintance, of the one that most of them share; 0 where
        no two share any
    equipment : how many things that members share are a shop's, accounts apart, and no part of the evidence
    accounts : how many accounts that they share are a shop's or pay wages
    """

    members: int
    disbelieved: int
    place: int
    equipment: int
    accounts: int


def explanations(shared: Common, found: Tried) -> list[Explanation]:
    """What was tried, none of which fits."""
    tried = [(HOUSEHOLD, _family(shared, found)), (ONE_PLACE, _place(shared, found)), (SHOP, _shop(shared, found))]
    tried += [(PAYER, _payer(found))]
    return [Explanation(twin, False, why) for twin, why in tried if why is not None]


def _family(shared: Common, found: Tried) -> Words:
    if shared.households < found.members:
        return Words(
            f"亲属只占一部分，合并后仍有{shared.households}户，同户共用未计",
            f"family: taken as one they are still {shared.households} households, and nothing inside one was counted",
        )
    if found.disbelieved:
        return Words(
            f"{found.disbelieved}对成员中有一方称另一方为亲属，未据此视为一户，此外未发现亲属关系",
            f"family: of {found.disbelieved} pairs one calls the other kin and they are not taken for one household, "
            "no others are known to be kin",
        )
    return Words("成员之间未发现亲属关系", "family: no two are known to be kin")


def _place(shared: Common, found: Tried) -> Words | None:
    if not any(value.alone for value in shared.values):
        return None
    if found.place:
        return Words(
            f"同住、同事或同学只能解释住处、单位、网络和熟人（同一处最多{found.place}人），解释不了其余共用",
            "one home, workplace or school: that explains homes, employers, networks and acquaintances "
            f"(up to {found.place} people in one), no more",
        )
    if found.equipment:
        return Words(
            "除门店设备外未发现共同的住处、单位或网络，同住、同事或同学解释不了",
            "one home, workplace or school: none in common is known, but for a shop's equipment",
        )
    return Words(
        "未发现共同的住处、单位或网络，同住、同事或同学解释不了",
        "one home, workplace or school: none in common is known",
    )


def _shop(shared: Common, found: Tried) -> Words | None:
    if found.equipment:
        are = "thing they share is" if found.equipment == 1 else "things they share are"
        left = "was" if found.equipment == 1 else "were"
        return Words(
            f"另共用{found.equipment}项门店设备，已剔除，不影响结论",
            f"shop equipment: {found.equipment} more {are} a shop's, and {left} left out",
        )
    if shared.of("handset"):
        return Words("所用手机都不是门店设备", "shop equipment: no handset they share is a shop's")
    return None


def _payer(found: Tried) -> Words | None:
    if not found.accounts:
        return None
    several = "more accounts they share are a shop's or pay wages, and were left out"
    one = "more account they share is a shop's or pays wages, and was left out"
    return Words(
        f"另共用{found.accounts}个商户的或发放工资的账户，已剔除，不影响结论",
        f"business accounts: {found.accounts} {one if found.accounts == 1 else several}",
    )
