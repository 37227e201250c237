"""The innocent explanations that were tried of a ring, and why each fails."""

from __future__ import annotations

from ...graph.words.names import Words
from ..contract import Explanation
from ..sharing.common import Common

HOUSEHOLD, ONE_PLACE, SHOP = "household", "one_place", "shop_equipment"
TWINS = {
    HOUSEHOLD: Words("一家人", "one family"),
    ONE_PLACE: Words("同住、同事或同学", "one home, workplace or school"),
    SHOP: Words("门店设备", "shop equipment"),
}
"""What looks like a ring and is none; a group that one of them explains is not reported."""


def explanations(shared: Common, members: int, equipment: int) -> list[Explanation]:
    """What was tried, none of which fits.

    Parameters
    ----------
    equipment : how many things that members share are a shop's
    """
    tried = [(HOUSEHOLD, _family(shared, members)), (ONE_PLACE, _place(shared)), (SHOP, _shop(shared, equipment))]
    return [Explanation(twin, False, why) for twin, why in tried if why is not None]


def _family(shared: Common, members: int) -> Words:
    households = shared.households
    if households < members:
        return Words(
            f"亲属只占一部分，合并后仍有{households}户，同户共用未计",
            f"family: taken as one they are still {households} households, and nothing inside one was counted",
        )
    return Words("成员之间没有亲属关系", "family: no two are known to be kin")


def _place(shared: Common) -> Words | None:
    places = [value for value in shared.values if not value.alone]
    telling = [value for value in shared.values if value.alone]
    if places and telling:
        most = max(len(value.people) for value in places)
        return Words(
            f"同住、同事或同学至多解释地址、单位、网络和熟人（最多{most}人），解释不了其余共用",
            f"one home, workplace or school: that explains places and acquaintances (up to {most} people), no more",
        )
    if telling:
        return Words(
            "未见共同的住处、单位或网络，同住、同事或同学解释不了",
            "one home, workplace or school: they have none in common",
        )
    return None


def _shop(shared: Common, equipment: int) -> Words | None:
    if equipment:
        return Words(
            f"另共用{equipment}项门店设备，已剔除，不影响结论",
            f"shop equipment: {equipment} more things they share are a shop's, and were left out",
        )
    if shared.of("handset"):
        return Words("所用手机不是门店设备", "shop equipment: the handsets are used at no one shop")
    return None
