"""The innocent explanations that are tried of a cash-out merchant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.names import Words
from ..contract import Explanation

BUSY, PROMOTION, GOODS = "busy_shop", "promotion_day", "returned_goods"
TWINS = {
    BUSY: Words("生意好的店", "a busy shop"),
    PROMOTION: Words("促销日", "a promotion day"),
    GOODS: Words("退货退款", "goods returned"),
}
"""What looks like cashing out and is none; what one of them explains is not reported."""


def explanations(reason: Mapping[str, Any]) -> list[Explanation]:
    """What was tried, in this order, and whether it fits.

    Parameters
    ----------
    reason : as the dossier gives it
    """
    return [
        Explanation(BUSY, False, _busy(reason)),
        Explanation(PROMOTION, False, _promotion(reason)),
        Explanation(GOODS, 2 * reason["goods_back"] > reason["cash"], _goods(reason)),
    ]


def _busy(reason: Mapping[str, Any]) -> Words:
    rest, hard = reason["sales"] - reason["cash"], reason["rest_hard"]
    if not rest:
        return Words("生意好的店：该商户没有其他贷款", "a busy shop: there are no other loans at this merchant")
    return Words(
        f"生意好的店：该商户其余{rest}笔贷款中，有转回、退款或未发货的仅{hard}笔",
        f"a busy shop: of its other {rest} loans, {hard} show money back, a refund or goods not sent",
    )


def _promotion(reason: Mapping[str, Any]) -> Words:
    return Words(
        f"促销日：上述贷款中{reason['hard']}笔有转回、退款或未发货，申请分布在{reason['dates']}个日期",
        f"a promotion day: {reason['hard']} of these loans show money back, a refund or goods not sent; they were "
        f"applied for on {reason['dates']} date{'s' if reason['dates'] != 1 else ''}",
    )


def _goods(reason: Mapping[str, Any]) -> Words:
    return Words(
        f"退货退款：只有{reason['goods_back']}笔是货物发出后退款、且未见其他转回",
        f"goods returned: {reason['goods_back']} of them were refunded after the goods had been sent, with nothing "
        "else back",
    )
