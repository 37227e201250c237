"""The innocent explanations that are tried of a cash-out merchant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_HARD = {
    "returned": Words("款项转回", "money back"),
    "refunded": Words("退款", "a refund"),
    "undelivered": Words("未发货", "goods not sent"),
}


def explanations(reason: Mapping[str, Any]) -> list[Explanation]:
    """What was tried, in this order, and whether it fits.

    Parameters
    ----------
    reason : as the dossier gives it
    """
    return [
        Explanation(BUSY, _rest_is_alike(reason), _busy(reason)),
        Explanation(PROMOTION, 2 * reason["hard"] < reason["cash"], _promotion(reason)),
        Explanation(GOODS, 2 * reason["goods_back"] > reason["cash"], _goods(reason)),
    ]


def _rest_is_alike(reason: Mapping[str, Any]) -> bool:
    """Whether the other loans show signs of money or goods as often."""
    rest = reason["sales"] - reason["cash"]
    return rest > 0 and reason["rest_hard"] * reason["cash"] >= reason["hard"] * rest


def _any_hard(reason: Mapping[str, Any]) -> Words:
    zh, en = zip(*(_HARD[sign] for sign in reason["telling"]), strict=True)
    return Words(_or(zh, "、", "或"), _or(en, ", ", " or "))


def _or(words: Sequence[str], comma: str, last: str) -> str:
    """Words as one enumeration."""
    return last.join(part for part in (comma.join(words[:-1]), words[-1]) if part)


def _busy(reason: Mapping[str, Any]) -> Words:
    rest, hard, words = reason["sales"] - reason["cash"], reason["rest_hard"], _any_hard(reason)
    if not rest:
        return Words("生意好的店：该商户没有其他贷款", "a busy shop: there are no other loans at this merchant")
    return Words(
        f"生意好的店：该商户其余{rest}笔贷款中，{hard}笔有{words.zh}",
        f"a busy shop: of its other {rest} loans, {hard} show {words.en}",
    )


def _promotion(reason: Mapping[str, Any]) -> Words:
    words, dates = _any_hard(reason), reason["dates"]
    return Words(
        f"促销日：上述贷款中{reason['hard']}笔有{words.zh}，申请分布在{dates}个日期",
        f"a promotion day: {reason['hard']} of these loans show {words.en}, applied for on {dates} "
        f"date{'s' if dates != 1 else ''}",
    )


def _goods(reason: Mapping[str, Any]) -> Words:
    return Words(
        f"退货退款：{reason['goods_back']}笔是货物发出后退款，且除记为退款的转账外没有款项转回",
        f"goods returned: {reason['goods_back']} of these loans have a refund after the goods had been sent, with "
        "nothing back but transfers that are called refunds",
    )
